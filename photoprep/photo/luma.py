"""The luma that is coded: made for the chroma beside which it will be seen, and for few bytes.

A decoder shows R, G and B from three planes, and the chroma that it has is not the picture's:
quantised, halved perhaps, and rounded to whole levels, which in smooth areas errs the same way for
hundreds of pixels. Much of that error is lightness, to which eyes are keenest, and luma, which is
coded finest, can take it back: for every pixel it is set to what makes the *shown* colour as light
as the picture's own. Sharp halving of chroma in WebP's coder does the like; here it is exact, with
the very planes that a decoder will show, and pays at 4:4:4 as well.

Then the luma is quantised here rather than in libjpeg: from fractions of a level instead of whole
ones, with a dead zone. libjpeg still does the coding: it is handed whole levels that it can only
quantise to the same coefficients (``_DITHER``).

All of it together gains 0.7 points of SSIMULACRA2 at the same bytes, for the time of one encode:
see docs/encoder.md. Sums of products are exact in single precision, in any order, and the rest is
one operation at a time, so that all machines make the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.pixels import pixels_of

_Plane = NDArray[np.uint8]
_Floats = NDArray[np.float32]

_ROWS = 64  # at a time, so that they stay in the cache; a multiple of 8

# How much of lightness red, green and blue are, in linear light: SSIMULACRA2's XYB (L and M).
_LIGHTNESS = (0.265, 0.657, 0.078)
# The slope of linear light over stored values, v^1.2, as a parabola through its ends and middle,
# and a little that keeps the dark in the sum. In levels.
_SLOPE, _SLOPE_RISE, _SLOPE_LEAST = 0.741 / 255, 0.259 / 255**2, 0.05

# Luma is rounded to eighths of a level and the basis to 1/2048: no sum of products needs more than
# the 24 bits that single precision has. By Cauchy-Schwarz they are at most 1024 · 8 · 2048 = 2^24.
_LUMA_UNITS = 8
_BASIS_UNITS = 2048

# What is added to a block's levels before their fraction is cut off: a permutation of 0…63, in
# 64ths. A flat block keeps its mean to 1/64, where rounding would lose half a level, and what is
# added spreads over the high frequencies: at scale 1 no coefficient moves by more than 0.37 of half
# a quantisation step, so that libjpeg finds the coefficients that were meant. Annealed for that by
# ``benchmarks/fit_dither.py``.
# fmt: off
_DITHER = (
    30,  6, 40, 12, 26, 51, 11, 35,
    57, 25, 55, 43, 61,  1, 50, 27,
    17, 45,  0, 21, 52, 32, 16, 56,
    31,  8, 37, 62,  7, 36,  2, 20,
    58, 44, 10, 38,  4, 42, 54, 15,
    33, 18, 23, 48, 29, 39, 14, 49,
     9, 59, 41, 13, 60,  5, 63, 28,
    53, 24,  3, 47, 19, 34, 22, 46,
)
# fmt: on
_SHIFT = (128 + (np.array(_DITHER) + 0.5) / 64).astype(np.float32)


def _basis() -> _Floats:
    """The 64 patterns of the 8 × 8 DCT (ITU-T T.81, A.3.3), orthonormal: one a row."""
    frequency, place = np.indices((8, 8))
    norm = np.where(frequency == 0, np.sqrt(1 / 8), 0.5)
    line = norm * np.cos((2 * place + 1) * frequency * np.pi / 16)
    patterns = np.kron(line, line)
    return np.asarray(np.rint(patterns * _BASIS_UNITS) / _BASIS_UNITS, np.float32)


_BASIS = _basis()


@dataclass(frozen=True, slots=True)
class Luma:
    """A picture's luma, as levels rounded and as DCT coefficients that are not.

    ``levels`` is (height, width). ``coefficients`` is (blocks, 64) in levels, row by row of blocks,
    each in natural order; at the right and lower edge blocks are filled with the last pixels.
    There are none where only the levels were asked for.
    """

    levels: _Plane
    coefficients: _Floats

    @property
    def width_px(self) -> int:
        """Pixels across."""
        return int(self.levels.shape[1])

    @property
    def height_px(self) -> int:
        """Pixels down."""
        return int(self.levels.shape[0])

    def rounded(self) -> Image.Image:
        """Whole levels (mode L), for libjpeg to quantise by itself."""
        return Image.fromarray(self.levels)

    def quantised(self, table: tuple[int, ...], dead_zone: float) -> Image.Image:
        """Levels (mode L) that libjpeg quantises by ``table`` as is meant here.

        Values (but for a block's mean) move by ``dead_zone`` towards zero before they are rounded.
        """
        across, down = -(-self.width_px // 8), -(-self.height_px // 8)
        steps = np.array(table, np.float32)
        inverse, levels = 1 / steps, np.empty((down * 8, across * 8), np.uint8)
        for top in range(0, down * 8, _ROWS):
            rows = min(_ROWS, down * 8 - top)
            first, last = top // 8 * across, (top + rows) // 8 * across
            values = self.coefficients[first:last] * inverse
            means = np.rint(values[:, 0])
            values -= np.clip(values, -dead_zone, dead_zone)
            np.rint(values, out=values)
            values[:, 0] = means  # blocks that differ in lightness are what eyes see first
            values *= steps
            shown = values @ _BASIS
            shown += _SHIFT
            np.clip(shown, 0, 255, out=shown)
            blocks = shown.astype(np.uint8).reshape(rows // 8, across, 8, 8)
            levels[top : top + rows].reshape(rows // 8, 8, across, 8)[:] = blocks.swapaxes(1, 2)
        return Image.fromarray(levels[: self.height_px, : self.width_px])


def compensated_luma(
    picture: Image.Image, shown: Image.Image, *, with_coefficients: bool = True
) -> Luma:
    """The luma that makes ``picture`` (RGB) as light as it is, beside the chroma of ``shown``.

    ``shown`` (YCbCr) is the picture coded and decoded with the chroma that it will have.
    """
    # Planes by themselves are read three times as fast as pixels of four bytes.
    planes = [pixels_of(each)[:, :, 0] for each in (*picture.split(), *shown.split()[1:])]
    width_px, height_px = picture.size
    across, down = -(-width_px // 8), -(-height_px // 8)
    levels = np.empty((height_px, width_px), np.uint8)
    coefficients = np.empty((across * down if with_coefficients else 0, 64), np.float32)
    padded = np.empty((_ROWS, across * 8), np.float32)
    for top in range(0, down * 8, _ROWS):
        rows = min(_ROWS, height_px - top)
        band = slice(top, top + rows)
        luma = _compensated(*(plane[band].astype(np.float32) for plane in planes))
        np.add(luma, np.float32(128.5), out=levels[band], casting="unsafe")  # cuts fractions off
        if not with_coefficients:
            continue
        padded[:rows, :width_px] = luma
        padded[:rows, width_px:] = padded[:rows, width_px - 1 : width_px]
        full = -(-rows // 8) * 8
        padded[rows:full] = padded[rows - 1]
        blocks = padded[:full].reshape(full // 8, 8, across, 8).swapaxes(1, 2).reshape(-1, 64)
        first = top // 8 * across
        np.matmul(blocks, _BASIS.T, out=coefficients[first : first + len(blocks)])
    return Luma(levels, coefficients)


def _compensated(
    red: _Floats, green: _Floats, blue: _Floats, blueness: _Floats, redness: _Floats
) -> _Floats:
    """Luma less 128, in eighths, from R, G and B and from Cb and Cr as decoded; all are used up.

    A decoder adds whole numbers to luma for R, G and B (JFIF 1.02; libjpeg rounds them so), which
    are taken off here; what is left is weighed by how much lightness a level of each is worth.
    """
    blueness -= 128
    redness -= 128
    added = blueness * np.float32(-0.344136286)
    added -= redness * np.float32(0.714136286)
    luma = _weighed(green, added, _LIGHTNESS[1])
    luma += _weighed(red, redness * np.float32(1.402), _LIGHTNESS[0])
    luma += _weighed(blue, blueness * np.float32(1.772), _LIGHTNESS[2])
    total = green
    total += red
    total += blue
    luma /= total
    luma -= 128
    np.clip(luma, -128, 127, out=luma)
    luma *= _LUMA_UNITS
    np.rint(luma, out=luma)
    luma /= _LUMA_UNITS
    return luma


def _weighed(values: _Floats, added: _Floats, share: float) -> _Floats:
    """The values less what is added to luma, times their weights, which take the values' place.

    ``added`` is used up.
    """
    np.rint(added, out=added)
    np.subtract(values, added, out=added)
    weights = values * np.float32(share * _SLOPE_RISE)
    weights += np.float32(share * _SLOPE)
    values *= weights
    values += np.float32(share * _SLOPE_LEAST)
    added *= values
    return added
