"""A picture as the three planes that are coded, each made for the others."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.bands import in_bands, luma_in_bands
from photoprep.photo.chroma import chroma_planes
from photoprep.photo.encode import (
    MARKERS_BYTES,
    Wrapping,
    encode_finished,
    encode_plain,
    scaled_tables,
)
from photoprep.photo.luma import Luma, compensated_luma
from photoprep.photo.quality import ChromaSubsampling
from photoprep.photo.search import PLAIN_OVERHEAD_BYTES, WIDEST_DEAD_ZONE, is_fine

_FIXED_BYTES = 700


@dataclass(frozen=True, slots=True)
class Planes:
    """Chroma at ``chroma_step``, and the luma that goes with it, for any step of its own.

    ``plain_bytes`` is the length of the plain encode that told what the chroma will look like, and
    ``grey`` the luma that it had. ``is_rounded`` says that luma is given to libjpeg in whole levels
    to quantise by itself, which at fine steps looks better (``search.is_fine``).
    """

    luma: Luma
    cb: Image.Image
    cr: Image.Image
    grey: Image.Image
    chroma: ChromaSubsampling
    chroma_step: int
    plain_bytes: int
    is_rounded: bool

    def finished(self, step: int, dead_zone: float, wrapping: Wrapping) -> bytes | None:
        """The JPEG as it will be sent, its luma at ``step``; None as ``encode_finished`` has it.

        ``dead_zone`` is for planes that are not rounded.
        """
        picture = self._merged(step, dead_zone)
        return encode_finished(picture, step, self.chroma, wrapping, chroma_step=self.chroma_step)

    def plain(self, step: int, dead_zone: float) -> bytes:
        """The same, encoded plainly."""
        picture = self._merged(step, dead_zone)
        return encode_plain(picture, step, self.chroma, chroma_step=self.chroma_step)

    def _merged(self, step: int, dead_zone: float) -> Image.Image:
        if self.is_rounded:
            levels = self.luma.rounded()
        else:
            levels = self.luma.quantised(scaled_tables(step, self.chroma)[0], dead_zone)
        return Image.merge("YCbCr", (levels, self.cb, self.cr))

    def in_bands(self) -> Planes:
        """The bands of them all, and what a plain encode of those has."""
        cb, cr, grey = (in_bands(plane) for plane in (self.cb, self.cr, self.grey))
        merged = Image.merge("YCbCr", (grey, cb, cr))
        plain_bytes = len(encode_plain(merged, self.chroma_step, self.chroma))
        luma = luma_in_bands(self.luma)
        return replace(self, luma=luma, cb=cb, cr=cr, grey=grey, plain_bytes=plain_bytes)

    def reckoned_from(self, finished_bytes: int, plain_bytes: int) -> float:
        """The payload of the whole, from a finished encode of these bands.

        ``plain_bytes`` is the length of the whole's plain encode. Of a finished one 700 bytes do
        not grow with the picture: markers, and Huffman tables for ten scans.
        """
        grown = (plain_bytes - PLAIN_OVERHEAD_BYTES) / (self.plain_bytes - PLAIN_OVERHEAD_BYTES)
        return (finished_bytes - _FIXED_BYTES) * grown + _FIXED_BYTES - MARKERS_BYTES

    def sizes(self, step: int) -> NDArray[np.float32]:
        """The luma's coefficients beside the means in quantisation steps, without their signs."""
        steps = np.array(scaled_tables(step, self.chroma)[0], np.float32)
        sizes: NDArray[np.float32] = np.abs(self.luma.coefficients[:, 1:] / steps[1:])
        return sizes


def share_beyond(sizes: NDArray[np.float32], dead_zone: float) -> float:
    """The share of coefficients that a dead zone leaves other than zero."""
    return float(np.count_nonzero(sizes >= 0.5 + dead_zone) / sizes.size)


def dead_zone_with(sizes: NDArray[np.float32], share: float) -> float:
    """The dead zone that leaves such a share of coefficients other than zero.

    In whole thousandths, from none to the widest.
    """
    surely = int(np.count_nonzero(sizes >= 0.5 + WIDEST_DEAD_ZONE))
    doubtful = np.sort(sizes[(sizes >= 0.5) & (sizes < 0.5 + WIDEST_DEAD_ZONE)])
    place = len(doubtful) - (round(share * sizes.size) - surely)
    if place >= len(doubtful):
        return WIDEST_DEAD_ZONE
    return round(float(doubtful[place]) - 0.5, 3) if place > 0 else 0.0


def planes_of(picture: Image.Image, step: int, chroma: ChromaSubsampling) -> Planes:
    """The planes of a picture in RGB, its chroma to be coded at ``step``.

    It costs a plain encode, its decoding, and about as much arithmetic again.
    """
    cb, cr = chroma_planes(picture, chroma)
    grey = picture.convert("L")  # the luma of JFIF, rounded
    data = encode_plain(Image.merge("YCbCr", (grey, cb, cr)), step, chroma)
    shown = Image.open(io.BytesIO(data), formats=["JPEG"])
    shown.draft("YCbCr", shown.size)
    is_rounded = is_fine(step)
    luma = compensated_luma(picture, shown, with_coefficients=not is_rounded)
    return Planes(luma, cb, cr, grey, chroma, step, len(data), is_rounded)
