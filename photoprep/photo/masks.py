"""Masks of a picture as arrays, and as the numbers that ``regions`` reckons with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoprep.photo.regions import Grid

Mask = NDArray[np.bool_]


def border_of(shape: tuple[int, ...], width_px: int) -> Mask:
    """The mask of the outermost pixels of (height, width)."""
    ring = np.ones(shape, bool)
    ring[width_px:-width_px, width_px:-width_px] = False
    return ring


def bits_of(mask: Mask) -> int:
    """The mask as one number."""
    padded = np.pad(mask, ((0, 0), (0, 1)))
    return int.from_bytes(np.packbits(padded, bitorder="little").tobytes(), "little")


def mask_of(bits: int, grid: Grid) -> Mask:
    """The number as a mask of the grid's height and width."""
    count = grid.step * grid.height
    packed = np.frombuffer(bits.to_bytes(-(-count // 8), "little"), np.uint8)
    rows = np.unpackbits(packed, count=count, bitorder="little").reshape(grid.height, grid.step)
    return rows[:, : grid.width].astype(bool)
