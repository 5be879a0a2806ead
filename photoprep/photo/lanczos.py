"""Lanczos resampling as banded matrix products: Pillow's picture in half of Pillow's time.

Scaling is the dearest step of all, dearer than decoding. Every row of the result is a weighted sum
of neighbouring pixels (Lanczos with three lobes, Turkowski 1990, stretched to the scale), so that
sixteen columns at a time are one product with a narrow matrix, which is what processors do best.
As Pillow does, columns come first, then rows, with the picture in between rounded to 8 bits.

The weights are whole multiples of 1/32768. Every product and every sum of them is then a whole
number below 2^24, which single precision adds up exactly in any order: all machines, whatever
their matrix library does, make the same picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import nanoarrow
import numpy as np
from numpy.typing import NDArray
from PIL import Image

MODES = {"RGB", "L", "CMYK"}

_LOBES = 3
_UNIT = 1 << 15
_TILE_PX = 16  # results a product: more waste zeros, fewer waste calls
_ROWS_PX = 256  # rows at a time, so that they stay in the cache

_Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Bands:
    """The weights for one axis, in tiles of ``_TILE_PX`` results.

    ``weights`` is (tiles, span, ``_TILE_PX``); a tile takes its pixels from ``starts[tile]`` on.
    """

    starts: tuple[int, ...]
    weights: NDArray[np.float32]

    @property
    def span_px(self) -> int:
        return int(self.weights.shape[1])


def lanczos(
    image: Image.Image, size_px: tuple[int, int], content_px: tuple[float, float]
) -> Image.Image:
    """The upper left ``content_px`` of the picture, scaled to ``size_px``.

    Takes the modes in ``MODES``. Beside Pillow's ``resize`` one value in a thousand or fewer
    differs on photos, by one level; nothing depends on the machine.
    """
    pixels = _pixels(image)
    across = _bands(image.width, content_px[0], size_px[0])
    down = _bands(image.height, content_px[1], size_px[1])
    channels = [
        _rows_scaled(_columns_scaled(pixels[:, :, channel], across, size_px[0]), down, size_px[1])
        for channel in range(len(image.getbands()))
    ]
    return Image.merge(image.mode, [Image.fromarray(channel) for channel in channels])


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The picture's memory as (height, width, channels or more), not copied where that can be.

    Pillow hands it out by the Arrow C data interface when it lies in one piece.
    """
    image.load()
    try:
        array = nanoarrow.c_array(image).view()
    except (ValueError, MemoryError):
        whole: NDArray[np.uint8] = np.asarray(image)
        return whole.reshape(image.height, image.width, -1)
    values = array.child(0) if array.n_children else array
    memory: NDArray[np.uint8] = np.asarray(values.buffer(1))
    return memory.reshape(image.height, image.width, -1)


def _columns_scaled(plane: _Plane, bands: _Bands, width_px: int) -> _Plane:
    height_px = plane.shape[0]
    narrow = np.empty((height_px, width_px), np.uint8)
    wide = np.empty((min(_ROWS_PX, height_px), plane.shape[1]), np.float32)
    sums = np.empty((wide.shape[0], len(bands.starts) * _TILE_PX), np.float32)
    for top in range(0, height_px, _ROWS_PX):
        rows = min(_ROWS_PX, height_px - top)
        source, result = wide[:rows], sums[:rows]
        np.copyto(source, plane[top : top + rows])
        for tile, start in enumerate(bands.starts):
            at = tile * _TILE_PX
            np.matmul(
                source[:, start : start + bands.span_px],
                bands.weights[tile],
                out=result[:, at : at + _TILE_PX],
            )
        narrow[top : top + rows] = _rounded(result[:, :width_px])
    return narrow


def _rows_scaled(plane: _Plane, bands: _Bands, height_px: int) -> _Plane:
    short = np.empty((height_px, plane.shape[1]), np.uint8)
    for tile, start in enumerate(bands.starts):
        at = tile * _TILE_PX
        source = plane[start : start + bands.span_px].astype(np.float32)
        result = bands.weights[tile].T @ source
        short[at : at + _TILE_PX] = _rounded(result[: height_px - at])
    return short


def _rounded(sums: NDArray[np.float32]) -> _Plane:
    """Half up, within 0…255; the cast cuts the fraction off."""
    sums += 0.5
    np.clip(sums, 0, 255, out=sums)
    return sums.astype(np.uint8)


@lru_cache(maxsize=16)  # the pictures of a folder have few sizes
def _bands(source_px: int, content_px: float, target_px: int) -> _Bands:
    """The weights that scale ``content_px`` of ``source_px`` pixels to ``target_px``."""
    scale = content_px / target_px
    stretch = max(scale, 1.0)
    centres = (np.arange(target_px) + 0.5) * scale
    taps = min(source_px, 2 * math.ceil(_LOBES * stretch) + 1)
    firsts = np.floor(centres - _LOBES * stretch + 0.5).astype(np.int64)
    firsts = np.clip(firsts, 0, source_px - taps)
    positions = firsts[:, None] + np.arange(taps)
    distances = (positions + 0.5 - centres[:, None]) / stretch
    weights = np.where(
        np.abs(distances) < _LOBES, np.sinc(distances) * np.sinc(distances / _LOBES), 0.0
    )
    whole = np.rint(weights * (_UNIT / weights.sum(1, keepdims=True)))
    # A flat picture must stay what it is: what rounding took is given to the largest weight.
    whole[np.arange(target_px), whole.argmax(1)] += _UNIT - whole.sum(1)
    return _tiled(firsts, (whole / _UNIT).astype(np.float32), source_px)


def _tiled(firsts: NDArray[np.int64], weights: NDArray[np.float32], source_px: int) -> _Bands:
    target_px, taps = weights.shape
    tiles = math.ceil(target_px / _TILE_PX)
    tile_of = np.arange(target_px) // _TILE_PX
    starts = firsts[::_TILE_PX]
    ends = np.maximum.reduceat(firsts, np.arange(0, target_px, _TILE_PX)) + taps
    span = int((ends - starts).max())
    starts = np.minimum(starts, source_px - span)
    tiled = np.zeros((tiles, span, _TILE_PX), np.float32)
    column = np.arange(target_px) % _TILE_PX
    row = (firsts - starts[tile_of])[:, None] + np.arange(taps)
    tiled[tile_of[:, None], row, column[:, None]] = weights
    return _Bands(tuple(starts.tolist()), tiled)
