"""What stands before a plain background: where it touches the edge, and how many parts it has.

The background is what is connected to the border and near a smooth surface fitted to the colours
there (a polynomial of second degree, for light that falls off). Whatever its colour; a picture
without one is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.masks import Mask, bits_of, border_of, mask_of
from photoprep.photo.regions import Grid

_RING_PX = 2
_PLAIN_PERCENT, _UNEVEN_LEVELS = 40, 6  # of the border; misses of the fitted surface
_NEAR_LEVELS = 18  # from the fitted surface, in any channel: noise and shading, no product
_FIRST_LEVELS = 27  # from the commonest colour of the border, before anything is fitted
_BIN_LEVELS = 16
_TERMS = (3, 6, 6)  # a plane first, then twice the whole surface
_PIXELS_A_TERM = 6
# What touches the edge must differ clearly: a shadow or a vignette at the border does not.
_TOUCHING_LEVELS = 40
_MOST_PARTS = 24
_CLOSED_PX = 2  # gaps of four pixels of a hundred are closed: a handle belongs to its bag
# Skin of any tone, by hue (Chai and Ngan 1999, narrower) and by falling red, green, blue (Kovač,
# Peer and Solina 2003, without their lower bound for blue).
_SKIN_CB, _SKIN_CR = (85, 127), (136, 170)
_SKIN_RED, _SKIN_GREEN, _RED_OVER_GREEN, _RED_OVER_BLUE, _GREEN_OVER_BLUE = 80, 40, 15, 20, -5

_Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Shares as ``Measures`` has them, and where the ground is; nowhere unless it is plain."""

    plain_border_percent: int
    uneven_level10: int
    touch_percents: tuple[int, int, int, int]
    skin_percent: int
    part_permilles: tuple[int, ...]
    ground: Mask


def backdrop_of(picture: Image.Image) -> Backdrop:
    """The background of a picture in mode RGB of about 96 pixels (1 ms)."""
    levels = np.asarray(picture).astype(np.float32)
    height, width = levels.shape[:2]
    grid = Grid(width, height)
    ring = border_of((height, width), _RING_PX)
    distance, uneven = _from_surface(levels, ring)
    near, border = bits_of(distance <= _NEAR_LEVELS), bits_of(ring)
    background = grid.flooded(near & border, near)
    front = grid.grown(grid.shrunk(grid.full & ~background))  # without specks
    shown = mask_of(front, grid)
    plain_percent = round(100 * (background & border).bit_count() / border.bit_count())
    is_plain = plain_percent >= _PLAIN_PERCENT and uneven <= _UNEVEN_LEVELS
    return Backdrop(
        plain_border_percent=plain_percent,
        uneven_level10=round(10 * uneven),
        touch_percents=_touched(shown & (distance >= _TOUCHING_LEVELS)),
        skin_percent=_percent(_skin(picture) & shown, shown),
        part_permilles=_parts(front, grid),
        ground=mask_of(background if is_plain else 0, grid),
    )


def _from_surface(levels: _Levels, ring: Mask) -> tuple[_Levels, float]:
    """Each pixel's distance from the surface through the border, and how far that misses there."""
    height, width = ring.shape
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(down), across, down, across * down, across**2, down**2], axis=-1)
    colours, at = levels[ring], terms[ring]
    bins = (colours // _BIN_LEVELS).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    commonest = colours[bins == np.bincount(bins).argmax()].mean(axis=0)
    surface = np.broadcast_to(commonest, levels.shape)
    misses = _largest(np.abs(colours - commonest))
    chosen = misses <= _FIRST_LEVELS
    for count in _TERMS:
        if chosen.sum() < count * _PIXELS_A_TERM:
            break
        fitted = np.linalg.lstsq(at[chosen][:, :count], colours[chosen], rcond=None)[0]
        surface = terms[..., :count] @ fitted
        misses = _largest(np.abs(colours - surface[ring]))
        chosen = misses <= _NEAR_LEVELS
    uneven = float(np.sqrt((misses[chosen] ** 2).mean())) if chosen.any() else 0.0
    return _largest(np.abs(levels - surface)), uneven


def _largest(values: _Levels) -> _Levels:
    """Of the three channels; numpy is slow along so short an axis."""
    largest: _Levels = np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])
    return largest


def _touched(front: Mask) -> tuple[int, int, int, int]:
    """How much of the top, the bottom, the left and the right is covered, in percent."""
    top, bottom, left, right = (
        round(100 * float(side.mean())) for side in (front[0], front[-1], front[:, 0], front[:, -1])
    )
    return top, bottom, left, right


def _skin(picture: Image.Image) -> Mask:
    red, green, blue = np.moveaxis(np.asarray(picture).astype(np.int16), 2, 0)
    _, cb, cr = np.moveaxis(np.asarray(picture.convert("YCbCr")), 2, 0)
    falling = (red > _SKIN_RED) & (green > _SKIN_GREEN) & (red - green > _RED_OVER_GREEN)
    falling &= (red - blue > _RED_OVER_BLUE) & (green - blue > _GREEN_OVER_BLUE)
    hue = (cb >= _SKIN_CB[0]) & (cb <= _SKIN_CB[1]) & (cr >= _SKIN_CR[0]) & (cr <= _SKIN_CR[1])
    skin: Mask = falling & hue
    return skin


def _parts(front: int, grid: Grid) -> tuple[int, ...]:
    """The sizes of the separate parts, in thousandths of the picture, largest first."""
    closed = front
    for _ in range(_CLOSED_PX):
        closed = grid.grown(closed)
    sizes = [(part & front).bit_count() for part in grid.parts(closed, _MOST_PARTS)]
    return tuple(
        sorted((round(1000 * s / (grid.width * grid.height)) for s in sizes), reverse=True)
    )


def _percent(part: Mask, whole: Mask) -> int:
    return round(100 * int(part.sum()) / max(1, int(whole.sum())))
