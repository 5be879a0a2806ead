"""A fifth of a picture in bands, whose length says that of the whole to a third of a percent.

What a finished encode will have can be foretold from a plain one to 2.5%, which is three times too
coarse to meet a limit at the first try. But the ratio of finished to plain is nearly the same in
bands spread over a picture as in all of it: on 1,177 encodes of 51 photos, a quarter of the rows
foretold the length with a standard deviation of 0.34%, a sixth of them with 0.46%.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from photoprep.photo.luma import Luma

BAND_PX = 16  # rows: whole units of 4:2:0
_EVERY = 5
_FIRST = 2
_FEWEST = 3  # with fewer bands a picture is small enough to be measured whole


def _tops(height_px: int) -> range:
    full_bands = height_px // BAND_PX
    tops = range(_FIRST * BAND_PX, full_bands * BAND_PX, _EVERY * BAND_PX)
    return tops if len(tops) >= _FEWEST else range(0)


def in_bands(image: Image.Image) -> Image.Image:
    """The bands below one another; the picture itself where it is small."""
    tops = _tops(image.height)
    if not tops:
        return image
    bands = Image.new(image.mode, (image.width, len(tops) * BAND_PX))
    for number, top in enumerate(tops):
        band = image.crop((0, top, image.width, top + BAND_PX))
        bands.paste(band, (0, number * BAND_PX))
    return bands


def luma_in_bands(luma: Luma) -> Luma:
    """The same bands of a picture's luma."""
    tops = _tops(luma.height_px)
    if not tops:
        return luma
    levels = np.concatenate([luma.levels[top : top + BAND_PX] for top in tops])
    if not len(luma.coefficients):
        return Luma(levels, luma.coefficients)
    across = -(-luma.width_px // 8)
    first = np.array(tops) // 8
    rows = np.stack([first, first + 1], 1).ravel()
    blocks = luma.coefficients.reshape(-1, across, 64)[rows]
    return Luma(levels, blocks.reshape(-1, 64))
