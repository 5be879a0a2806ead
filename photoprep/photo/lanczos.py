"""Lanczos resampling as banded matrix products: Pillow's picture in half of Pillow's time.

Scaling is the dearest step of all, dearer than decoding. Every row of the result is a weighted sum
of neighbouring pixels (Lanczos with three lobes, Turkowski 1990, stretched to the scale), so that
sixteen columns at a time are one product with a narrow matrix, which is what processors do best.
As Pillow does, columns come first, then rows, with the picture in between rounded to 8 bits.

The weights are whole multiples of 1/32768. Every product and every sum of them is then a whole
number below 2^24, which single precision adds up exactly in any order: all machines, whatever
their matrix library does, make the same picture.

A picture decoded at a half or less is scaled in the same way, by weights for the original's pixels
that are multiplied out (``averages``). There is no picture of Pillow's to be met there, so between
columns and rows three bits more are kept, and four fewer of the rows' weights.

A picture whose colours are converted afterwards, or that has 16 bits, is scaled to 16 bits, with
nothing rounded in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.averages import weights_of_means
from photoprep.photo.pixels import pixels_of

MODES = {"RGB", "L", "CMYK"}

_LOBES = 3
_UNIT = 1 << 15
_PARTS, _COARSE_UNIT = 1 << 3, 1 << 11  # what a scaled decode has instead, see above
_TILE_PX = 16  # results a product: more waste zeros, fewer waste calls
_ROWS_PX = 256  # rows at a time, so that they stay in the cache

_Pixels = NDArray[np.uint8] | NDArray[np.uint16]
_Plane = NDArray[np.uint8] | NDArray[np.uint16]
_Between = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


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
    image: Image.Image,
    size_px: tuple[int, int],
    original_px: tuple[int, int] | None = None,
    averaged_px: int = 1,
) -> Image.Image:
    """The picture scaled to ``size_px``.

    Each of its pixels is the mean of ``averaged_px`` × ``averaged_px`` of an original of
    ``original_px``, of which the last may be there in part: that original is what is scaled.

    Takes the modes in ``MODES``. Beside Pillow's ``resize`` one value in a thousand or fewer
    differs on photos, by one level, where nothing was averaged; nothing depends on the machine.
    """
    fine = averaged_px > 1
    wide, high = original_px if original_px and fine else image.size
    across = _bands(wide, size_px[0], averaged_px, _UNIT)
    down = _bands(high, size_px[1], averaged_px, _COARSE_UNIT if fine else _UNIT)
    between = np.uint16 if fine else np.uint8
    narrow = _columns_scaled(pixels_of(image), range(len(image.getbands())), across, between)
    scaled = [_rows_scaled(plane, down, np.uint8) for plane in narrow]
    planes = [Image.fromarray(plane[: size_px[1], : size_px[0]]) for plane in scaled]
    return Image.merge(image.mode, planes)


def lanczos_deep(
    values: _Pixels,
    size_px: tuple[int, int],
    original_px: tuple[int, int] | None = None,
    averaged_px: int = 1,
    channels: Sequence[int] = (),
) -> NDArray[np.uint16]:
    """Values (height, width, channels) of 8 or 16 bits, scaled, in 16 bits; all channels or some.

    The rest as for ``lanczos``, but that sums at single precision may differ in a last bit from
    machine to machine.
    """
    high, wide = values.shape[:2]
    if original_px and averaged_px > 1:
        wide, high = original_px
    across = _bands(wide, size_px[0], averaged_px, _UNIT)
    down = _bands(high, size_px[1], averaged_px, _UNIT)
    narrow = _columns_scaled(values, channels or range(values.shape[2]), across, np.float32)
    gain = 257 if values.dtype == np.uint8 else 1
    planes = [_rows_scaled(plane, down, np.uint16, gain) for plane in narrow]
    return np.stack([plane[: size_px[1], : size_px[0]] for plane in planes], axis=-1)


def _columns_scaled(
    pixels: _Pixels, channels: Sequence[int], bands: _Bands, between: type[np.generic]
) -> _Between:
    """These channels at another width, as (channels, height, width and up to a tile more).

    In whole levels for uint8, in whole ``_PARTS`` of one for uint16, else unrounded.
    """
    height_px, width_px = pixels.shape[:2]
    narrow_px = len(bands.starts) * _TILE_PX
    narrow: _Between = np.empty((len(channels), height_px, narrow_px), between)
    strip_px = min(_ROWS_PX, height_px)
    gathered = np.empty((strip_px, width_px), pixels.dtype)
    converted = np.empty(gathered.shape, np.float32)
    scaled = np.empty((strip_px, narrow_px), np.float32)
    for top in range(0, height_px, _ROWS_PX):
        rows = min(_ROWS_PX, height_px - top)
        source, sums = converted[:rows], scaled[:rows]
        for place, channel in enumerate(
            channels
        ):  # one after another while the strip is in the cache
            # Gathered first, converted then: that is fast where values lie side by side.
            np.copyto(gathered[:rows], pixels[top : top + rows, :, channel])
            np.copyto(source, gathered[:rows])
            for tile, start in enumerate(bands.starts):
                at = tile * _TILE_PX
                np.matmul(
                    source[:, start : start + bands.span_px],
                    bands.weights[tile],
                    out=sums[:, at : at + _TILE_PX],
                )
            strip = narrow[place, top : top + rows]
            if between is np.float32:
                np.copyto(strip, sums)
            else:
                parts = 1 if between is np.uint8 else _PARTS
                _round(sums, strip, parts, 255 * parts)
    return narrow


def _rows_scaled(plane: _Between, bands: _Bands, kind: type[np.generic], gain: float = 1) -> _Plane:
    """One channel at another height, and up to a tile more; in whole levels times ``gain``."""
    short: _Plane = np.empty((len(bands.starts) * _TILE_PX, plane.shape[1]), kind)
    source = np.empty((bands.span_px, plane.shape[1]), np.float32)
    sums = np.empty((_TILE_PX, plane.shape[1]), np.float32)
    share = 1 / _PARTS if plane.dtype == np.uint16 else gain
    most = int(np.iinfo(short.dtype).max)
    for tile, start in enumerate(bands.starts):
        np.copyto(source, plane[start : start + bands.span_px])
        np.matmul(bands.weights[tile].T, source, out=sums)
        _round(sums, short[tile * _TILE_PX : (tile + 1) * _TILE_PX], share, most)
    return short


def _round(sums: NDArray[np.float32], rounded: _Between, share: float, most: int = 255) -> None:
    """The sums, times ``share``, to whole numbers: half up, within 0…``most``.

    Overwrites them. On whole rows of tiles: numpy takes thrice as long where a row is cut short.
    """
    if share != 1:
        sums *= np.float32(share)  # exact for powers of two
    sums += 0.5
    np.clip(sums, 0, most, out=sums)
    np.copyto(rounded, sums, casting="unsafe")  # cuts the fraction off


@lru_cache(maxsize=16)  # the pictures of a folder have few sizes
def _bands(source_px: int, target_px: int, averaged_px: int, unit: int) -> _Bands:
    """The weights that scale ``source_px`` pixels, or their means, to ``target_px``.

    They are whole multiples of 1 / ``unit``.
    """
    scale = source_px / target_px
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
    stored_px = math.ceil(source_px / averaged_px)
    if averaged_px > 1:
        firsts, weights = weights_of_means(firsts, weights, averaged_px, stored_px)
    whole = np.rint(weights * (unit / weights.sum(1, keepdims=True)))
    # A flat picture must stay what it is: what rounding took is given to the largest weight.
    whole[np.arange(target_px), whole.argmax(1)] += unit - whole.sum(1)
    return _tiled(firsts, (whole / unit).astype(np.float32), stored_px)


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
