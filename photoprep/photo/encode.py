"""One JPEG from one picture: tables at a continuous scale, one encode, one estimate.

The scale of the tables is counted in whole steps of 1/256 octave, so that every choice is made on
whole numbers; a step moves the size by about 0.2%.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops

from photoprep.photo import quant_tables

ChromaSubsampling = Literal["4:4:4", "4:2:0"]

STEPS_PER_OCTAVE = 256
# Scale 1/16 gives steps of 1 nearly everywhere, scale 512 nothing but 255: beyond is nothing.
FINEST_STEP = -4 * STEPS_PER_OCTAVE
COARSEST_STEP = 9 * STEPS_PER_OCTAVE

# SSIMULACRA2's last line, 100 - 10 · loss^0.6276: the loss adds up, the score does not.
_LOSS_POWER = 0.6276336467831387


@dataclass(frozen=True, slots=True)
class EncodedJpeg:
    """A finished JPEG and what is known of it.

    ``quality`` is an estimate (0–100, near SSIMULACRA2's scale, rounded to 0.1) of how the
    picture looks beside the largest version allowed; ``encodes`` is what the search cost.
    """

    data: bytes
    width_px: int
    height_px: int
    dpi: int
    quality: float
    chroma_subsampling: ChromaSubsampling
    encodes: int


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What a JPEG carries beside its pixels."""

    dpi: int
    icc_profile: bytes
    exif: bytes

    @property
    def overhead_bytes(self) -> int:
        """About the bytes that no scale can change: profile, EXIF, tables and markers."""
        return len(self.icc_profile) + len(self.exif) + 300


def scale_of_step(step: int) -> float:
    """The factor on the tables that a whole step stands for."""
    return float(2.0 ** (step / STEPS_PER_OCTAVE))


def scaled_tables(step: int, chroma: ChromaSubsampling) -> list[list[int]]:
    """The tables for Y, Cb and Cr at a step: 64 whole numbers each, within 1…255."""
    scale = scale_of_step(step)
    knee = quant_tables.KNEE_SCALE
    if scale <= knee:
        growths = [scale] * 64
    else:
        growths = [knee * (scale / knee) ** power for power in quant_tables.GROWTH]
    if chroma == "4:4:4":
        bases = (quant_tables.LUMA, quant_tables.CB_444, quant_tables.CR_444)
    else:
        bases = (quant_tables.LUMA, quant_tables.CB_420, quant_tables.CR_420)
    return [
        [
            max(1, min(255, round(entry * growth)))
            for entry, growth in zip(base, growths, strict=True)
        ]
        for base in bases
    ]


def encode_finished(
    image: Image.Image, step: int, chroma: ChromaSubsampling, wrapping: Wrapping
) -> bytes | None:
    """Encode progressive and optimised, as it will be sent.

    None means that the JPEG has more than 64 KiB and more than one byte a pixel: Pillow's buffer
    for progressive files ends there (``ImageFile.MAXBLOCK``), and no photo needs as much.
    """
    return _encode(image, step, chroma, wrapping, finished=True)


def measure_plain(image: Image.Image, step: int, chroma: ChromaSubsampling) -> int:
    """The length of a plain baseline encode in bytes: a sixth of the finished one's time."""
    data = _encode(image, step, chroma, Wrapping(0, b"", b""), finished=False)
    return len(data) if data is not None else 4 * image.width * image.height


def _encode(
    image: Image.Image, step: int, chroma: ChromaSubsampling, wrapping: Wrapping, *, finished: bool
) -> bytes | None:
    buffer = io.BytesIO()
    try:
        image.save(
            buffer,
            "JPEG",
            qtables=scaled_tables(step, chroma),
            subsampling=chroma,
            progressive=finished,
            optimize=finished,
            dpi=(wrapping.dpi, wrapping.dpi),
            icc_profile=wrapping.icc_profile or None,
            exif=wrapping.exif,
        )
    except OSError:
        return None
    return buffer.getvalue()


def coding_loss(step: int, chroma: ChromaSubsampling, payload_bytes: float, pixels: int) -> float:
    """Estimate SSIMULACRA2's loss from the scale and the bits a pixel that it led to.

    A busy picture hides more of the same scale, and its bits a pixel say how busy it is. Fitted
    by least squares on 700 encodes (25 photos at 680 and 944 px, scales 0.4–6.7, both
    subsamplings): mean absolute error 1.5 points on photos left out of the fit, worst 7.3.
    At the end of a fit it was off by 1.0 points in the mean (worst 5.6) at 200 kB, and by 2.1
    (worst 9.0) at 96 kB, where it errs low on photos of fine even grain.
    """
    octaves = step / STEPS_PER_OCTAVE * math.log(2)
    halved = 1.0 if chroma == "4:2:0" else 0.0
    bits = math.log(max(0.02, min(12.0, payload_bytes * 8 / pixels)))
    return math.exp(
        -0.5732
        + 0.9056 * octaves
        + 0.1030 * octaves**2
        + 0.3023 * halved
        - 0.1544 * halved * octaves
        + 0.2141 * bits
        + 0.0233 * bits**2
        + 0.0055 * octaves * bits
    )


def resolution_loss(largest: Image.Image, smaller: Image.Image) -> float:
    """Estimate SSIMULACRA2's loss when ``smaller`` is seen at the size of ``largest``.

    From the mean square difference of luma at half size: 1.037 + 0.624 · ln(mse) is the log of
    the loss (25 photos, 680 against 944 px: mean absolute error 3.0 points, worst 23, on a photo
    whose 680 px version is far too soft anyway).
    """
    shown = smaller.resize(largest.size, Image.Resampling.BICUBIC)
    halves = [picture.convert("L").reduce(2) for picture in (largest, shown)]
    return float(2.82 * mean_square_difference(halves[0], halves[1]) ** 0.624)


def mean_square_difference(one: Image.Image, other: Image.Image) -> float:
    """The mean of the squared differences of two grey pictures of one size."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(count * level**2 for level, count in enumerate(histogram)) / sum(histogram)


def quality_of(coding: float, resolution: float = 0.0) -> float:
    """The quality, 0–100 to 0.1, that the losses of coding and of resolution add up to.

    The weights of the two (1.22 and 0.91) are fitted on 350 pictures encoded at 680 px and shown
    at 944 px: mean absolute error 0.9 points with both losses measured, worst 8.3.
    """
    loss = coding if resolution == 0.0 else 1.22 * coding + 0.91 * resolution
    score = 100.0 - 10.0 * math.pow(loss, _LOSS_POWER)
    return round(max(0.0, score), 1)
