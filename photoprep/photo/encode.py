"""One JPEG from one picture: tables at a continuous scale, one encode, one estimate.

The scale of the tables is counted in whole steps of 1/256 octave, so that every choice is made on
whole numbers; a step moves the size by about 0.2%.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from photoprep.photo import quant_tables
from photoprep.photo.memory_bound import check_room
from photoprep.photo.quality import STEPS_PER_OCTAVE, ChromaSubsampling

# Where an entry is rounded up. The tables are symmetric, and were both entries of a pair to change
# at the same step, a smooth picture's length would jump by 5% there, past the budget.
_HALVES = tuple(
    0.5 + 0.05 * ((across > down) - (across < down)) for down in range(8) for across in range(8)
)


Tables = tuple[tuple[int, ...], ...]  # for Y, Cb and Cr, 64 whole numbers each


MARKERS_BYTES = 300  # about

# A progressive JPEG's coefficients of 2 bytes in three channels, and its file.
_FINISHING_BYTES_PER_PIXEL = 8


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What a JPEG carries beside its pixels."""

    dpi: int
    icc_profile: bytes
    exif: bytes

    @property
    def overhead_bytes(self) -> int:
        """About the bytes that no scale can change: profile, EXIF, tables and markers."""
        return len(self.icc_profile) + len(self.exif) + MARKERS_BYTES


def scale_of_step(step: int) -> float:
    """The factor on the tables that a whole step stands for."""
    return float(2.0 ** (step / STEPS_PER_OCTAVE))


@lru_cache(maxsize=64)
def scaled_tables(step: int, chroma: ChromaSubsampling) -> Tables:
    """The tables for Y, Cb and Cr at a step: 64 whole numbers each, within 1…255."""
    scale = scale_of_step(step)
    knee = quant_tables.KNEE_SCALE
    if scale <= knee:
        growths = [scale] * 64
    else:
        growths = [knee * (scale / knee) ** power for power in quant_tables.GROWTH]
    if chroma == "4:4:4":
        bases = (quant_tables.LUMA_444, quant_tables.CB_444, quant_tables.CR_444)
    else:
        bases = (quant_tables.LUMA_420, quant_tables.CB_420, quant_tables.CR_420)
    return tuple(
        tuple(
            max(1, min(255, int(entry * growth + half)))
            for entry, growth, half in zip(base, growths, _HALVES, strict=True)
        )
        for base in bases
    )


def encode_finished(
    image: Image.Image,
    step: int,
    chroma: ChromaSubsampling,
    wrapping: Wrapping,
    *,
    chroma_step: int | None = None,
) -> bytes | None:
    """Encode progressive and optimised, as it will be sent; ``image`` is RGB or YCbCr.

    The chroma's tables are at ``chroma_step``, where that is another than the luma's.

    None means that the JPEG has more than 64 KiB and more than one byte a pixel: Pillow's buffer
    for progressive files ends there (``ImageFile.MAXBLOCK``), and no photo needs as much.
    """
    try:
        return _encode(image, _tables(step, chroma, chroma_step), chroma, wrapping, finished=True)
    except OSError:
        check_room(image.size, bytes_per_pixel=_FINISHING_BYTES_PER_PIXEL)
        return None


def encode_plain(
    image: Image.Image,
    step: int,
    chroma: ChromaSubsampling,
    *,
    chroma_step: int | None = None,
) -> bytes:
    """A plain baseline encode, in a sixth of the finished one's time."""
    wrapping = Wrapping(0, b"", b"")
    return _encode(image, _tables(step, chroma, chroma_step), chroma, wrapping, finished=False)


def _tables(step: int, chroma: ChromaSubsampling, chroma_step: int | None) -> Tables:
    tables = scaled_tables(step, chroma)
    if chroma_step is None:
        return tables
    return tables[:1] + scaled_tables(chroma_step, chroma)[1:]


def _encode(
    image: Image.Image,
    tables: Tables,
    chroma: ChromaSubsampling,
    wrapping: Wrapping,
    *,
    finished: bool,
) -> bytes:
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        qtables=[list(table) for table in tables],
        subsampling=chroma,
        progressive=finished,
        optimize=finished,
        dpi=(wrapping.dpi, wrapping.dpi),
        icc_profile=wrapping.icc_profile or None,
        exif=wrapping.exif,
    )
    return buffer.getvalue()
