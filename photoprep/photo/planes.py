"""A picture as the three planes that are coded, each made for the others."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from photoprep.photo.chroma import chroma_planes
from photoprep.photo.encode import encode_plain, scaled_tables
from photoprep.photo.luma import Luma, compensated_luma
from photoprep.photo.quality import ChromaSubsampling


@dataclass(frozen=True, slots=True)
class Planes:
    """Chroma at ``chroma_step``, and the luma that goes with it, for any step of its own.

    ``plain_bytes`` is the length of the plain encode that told what the chroma will look like.
    """

    luma: Luma
    cb: Image.Image
    cr: Image.Image
    chroma: ChromaSubsampling
    chroma_step: int
    plain_bytes: int

    def at(self, step: int, dead_zone: float) -> Image.Image:
        """The picture (mode YCbCr) to be encoded with the luma's table at ``step``."""
        levels = self.luma.quantised(scaled_tables(step, self.chroma)[0], dead_zone)
        return Image.merge("YCbCr", (levels, self.cb, self.cr))


def planes_of(picture: Image.Image, step: int, chroma: ChromaSubsampling) -> Planes:
    """The planes of a picture in RGB, its chroma to be coded at ``step``.

    It costs a plain encode, its decoding, and about as much arithmetic again.
    """
    cb, cr = chroma_planes(picture, chroma)
    # Pillow's L is the luma of JFIF, rounded: what the plain encode's length needs.
    data = encode_plain(Image.merge("YCbCr", (picture.convert("L"), cb, cr)), step, chroma)
    shown = Image.open(io.BytesIO(data), formats=["JPEG"])
    shown.draft("YCbCr", shown.size)
    return Planes(compensated_luma(picture, shown), cb, cr, chroma, step, len(data))
