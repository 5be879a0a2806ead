"""How sharp the sharpest edges of a picture are, whatever its contrast and its noise.

An edge that a blur of standard deviation s has softened rises by 1/sqrt(s² + f²) where it is
steepest, in a plane that adds f of its own. The same edge in a plane of a quarter of the size rises
by 1/sqrt(s² + c²), so that the ratio of the two says s and the edge's contrast drops out (the
re-blur ratio of Zhuo and Sim, "Defocus map estimation from a single image", 2011). Planes of smooth
colour have no edge and are not asked; a product of plain plastic has an outline.

A picture is as sharp as its sharpest parts: what lies behind the product may be soft. Along the way
in which a camera moved every edge is soft, across it they are sharp, hence four directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TILE_PX, _REDUCED = 32, 4
_SMALL_PX = _TILE_PX // _REDUCED
# The squares of f and c in pixels of the full plane. A step rises by half its height a pixel there,
# by an eighth here: as steep as the step softened by 0.8 and by 3.2 px.
_FINE_VARIANCE, _COARSE_VARIANCE = 0.64, 10.2
# A rise a pixel, of 255 levels, from which it is an edge: 30 levels over ten pixels.
_LEAST_RISE = 3.0
# Tiles looked at: in each direction those with the steepest edges; and those without any, which
# tell what noise alone would be taken for.
_MOST_TILES, _MOST_QUIET_TILES, _FEWEST_MIDTONE_TILES = 48, 24, 8
_MIDTONES = (16, 240)  # where noise is not cut off
# Noise adds to an edge about 0.6 of what it makes alone at most in a tile, and an edge must be
# half as steep as that.
_NOISE_ON_EDGE, _LEAST_OVER_NOISE = 0.6, 0.5
# The sharpest twentieth, but not fewer than three tiles: a speck of dust is no sharp product.
_SHARPEST, _SHARPEST_TILES = 0.05, 2
_FEWEST_TILES = 8  # with an edge, to say something of a direction
_SHARPEST_RATIO = 1.02

_Plane = NDArray[np.uint8]
_Numbers = NDArray[np.float32]
_Rises = tuple[NDArray[np.int16], NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Blur in hundredths of a pixel (standard deviation), -1 where there is nothing to tell by."""

    blur_px100: int
    edge_tiles: int
    along_px100: int
    across_px100: int


def sharpness_of(luma: Image.Image) -> Sharpness:
    """The sharpness of a picture in mode L (1.5 ms for 944 × 708)."""
    if min(luma.size) < 2 * _TILE_PX:
        return Sharpness(-1, 0, -1, -1)
    full, small = np.asarray(luma), np.asarray(luma.reduce(_REDUCED))
    windows = _windows(full)
    rows, columns = windows.shape[:2]
    coarse = _rises_of_tiles(small)[:, :rows, :columns]  # halves of pixels were rounded up
    direction, steepest = coarse.argmax(axis=0), coarse.max(axis=0)
    noise = _noise(windows, steepest, small)
    is_edge = steepest >= max(_LEAST_RISE, _LEAST_OVER_NOISE * noise)
    blurs = [
        _blurs(windows, steepest, is_edge & (direction == way), way, noise) for way in range(4)
    ]
    every = np.concatenate(blurs)
    along, across = _most_unlike(blurs)
    return Sharpness(_sharpest(every), len(every), along, across)


def _windows(full: _Plane) -> _Plane:
    """Every tile with a pixel more on each side, as (rows, columns, side, side); not copied."""
    padded = np.pad(full, 1, mode="edge")
    side = _TILE_PX + 2
    tiles: _Plane = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    return tiles[::_TILE_PX, ::_TILE_PX]


def _sobel(planes: NDArray[np.uint8]) -> _Rises:
    """Eight times the rise a pixel, to the right and downwards, of the last two axes."""
    levels = planes.astype(np.int16)
    tall = levels[..., :-2, :] + levels[..., 2:, :]
    tall += levels[..., 1:-1, :]
    tall += levels[..., 1:-1, :]
    wide = levels[..., :-2] + levels[..., 2:]
    wide += levels[..., 1:-1]
    wide += levels[..., 1:-1]
    return tall[..., 2:] - tall[..., :-2], wide[..., 2:, :] - wide[..., :-2, :]


def _towards(way: int, rises: _Rises) -> _Numbers:
    """How steep it is: to the right, downwards, and along both diagonals, in levels a pixel."""
    right, down = rises
    if way < 2:
        return np.abs(rises[way]) * np.float32(1 / 8)
    slope: _Numbers = np.abs(right + down if way == 2 else right - down) * np.float32(0.5**0.5 / 8)
    return slope


def _rises_of_tiles(small: _Plane) -> _Numbers:
    """The steepest rise a full pixel of each tile in each direction: (4, rows, columns)."""
    rises = _sobel(np.pad(small, 1, mode="edge"))
    rows, columns = small.shape[0] // _SMALL_PX, small.shape[1] // _SMALL_PX
    cut = np.s_[: rows * _SMALL_PX, : columns * _SMALL_PX]
    ways = []
    for way in range(4):
        # By rows first, along which the processor compares sixteen at a time.
        by_row = _towards(way, rises)[cut].reshape(rows, _SMALL_PX, -1).max(axis=1)
        ways.append(by_row.reshape(rows, columns, _SMALL_PX).max(axis=2))
    return np.stack(ways) * np.float32(1 / _REDUCED)


def _noise(windows: _Plane, steepest: _Numbers, small: _Plane) -> float:
    """The rise that noise makes where there is no edge, from the quietest tiles of middle tone."""
    rows, columns = steepest.shape
    middle = small[_SMALL_PX // 2 :: _SMALL_PX, _SMALL_PX // 2 :: _SMALL_PX][:rows, :columns]
    order = np.argsort(steepest, axis=None, kind="stable")
    dark, light = _MIDTONES
    midtone = order[((middle > dark) & (middle < light)).ravel()[order]]
    if len(midtone) < _FEWEST_MIDTONE_TILES:
        return 0.0
    quiet = midtone[: min(_MOST_QUIET_TILES, max(4, len(midtone) // 10))]
    rises = _sobel(windows[np.unravel_index(quiet, steepest.shape)])
    alone = np.maximum(_towards(0, rises), _towards(1, rises)).max(axis=1).max(axis=1)
    return float(np.median(alone))


def _blurs(
    windows: _Plane, steepest: _Numbers, chosen: NDArray[np.bool_], way: int, noise: float
) -> _Numbers:
    """The blur of each chosen tile's edge, which lies this way, in pixels."""
    places = np.flatnonzero(chosen)
    if len(places) == 0:
        return np.empty(0, np.float32)
    coarse = steepest.ravel()[places]
    first = np.argsort(-coarse, kind="stable")[:_MOST_TILES]
    tiles = windows[np.unravel_index(places[first], steepest.shape)]
    fine = _towards(way, _sobel(tiles)).max(axis=1).max(axis=1) - np.float32(_NOISE_ON_EDGE * noise)
    ratio = np.maximum(fine / coarse[first], np.float32(_SHARPEST_RATIO))
    variance = (_COARSE_VARIANCE - _FINE_VARIANCE * ratio**2) / (ratio**2 - 1)
    blurs: _Numbers = np.sqrt(np.maximum(variance, 0)).astype(np.float32)
    return blurs


def _sharpest(blurs: _Numbers) -> int:
    """The blur that the sharpest tiles keep within, in hundredths of a pixel."""
    if len(blurs) < _SHARPEST_TILES + 2:
        return -1
    place = max(_SHARPEST_TILES, int(_SHARPEST * len(blurs)))
    return round(100 * float(np.sort(blurs)[place]))


def _most_unlike(blurs: list[_Numbers]) -> tuple[int, int]:
    """The blurs along and across the way in which they differ most; -1 with too few edges."""
    widths = [_sharpest(each) if len(each) >= _FEWEST_TILES else -1 for each in blurs]
    pairs = [
        (widths[one], widths[other])
        for one, other in ((0, 1), (1, 0), (2, 3), (3, 2))
        if widths[one] >= 0 and widths[other] >= 0
    ]
    return max(pairs, key=lambda pair: pair[0] - pair[1], default=(-1, -1))
