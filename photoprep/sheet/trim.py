"""Where the product stands in its picture: even borders around it are found, and may be cut.

The ground is a smooth surface (a polynomial of second degree, for light that falls off) fitted to
the picture's own border. A row or a column is ground when every pixel of it lies on that surface
to within the noise, and only whole rows and columns from the edge inwards are cut: so a shadow is
kept for as far as it can be seen, and an edge that the product touches is left where it is. A
picture whose border is not even on two sides at least is a scene, or a part of a product, and is
left whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.sheet.page import Box
from photoprep.sheet.scale import UNTOLD

# So small a copy is looked at: 20 ms for any picture, and its means hide most noise.
LOOK_PX = 640
# Of the kept part's longest side, left around it where something was cut.
_MARGIN_PERCENT = 2
# A picture that would keep more than this share of its pixels is left whole.
_WORTH_CUTTING = 0.95
_RING_PX = 3
_BIN_LEVELS = 16
_FIRST_LEVELS = 27  # from the commonest colour of the border, before anything is fitted
_TERMS = (1, 3, 6, 6)  # a level first, then a plane, then twice the whole surface
_PIXELS_A_TERM = 8
# Two levels cannot be seen, and noise passes four deviations once in 16,000 pixels. Above eight
# levels the ground is no longer one that is even, but cloth, wood or a wall.
_UNSEEN_LEVELS, _DEVIATIONS, _MOST_LEVELS = 2.0, 4.0, 8.0
# So much more than the tolerance counts alone, less where three of nine neighbours do.
_CLEAR_LEVELS, _TOGETHER = 6.0, 3
# In the dark a dark product cannot be told from its ground.
_DARK_LEVEL = 64
_SIDES = 2
_UNSEEN_ALPHA = 2

_Levels = NDArray[np.float32]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The box that holds the product, and how much of it is product and no ground.

    The share is ``UNTOLD`` where there is no ground to tell the product from.
    """

    box: Box
    product_permille: int


def trim_box(picture: Image.Image) -> Box:
    """The part of a picture (any mode of Pillow's) that holds the product and its shadow.

    In the picture's own pixels; all of it where there is no even border.
    """
    return trimmed(picture, picture.size).box


def trimmed(look: Image.Image, size_px: tuple[int, int]) -> Trimmed:
    """The same with the product's share, for a picture of ``size_px`` of which ``look`` is a copy.

    A transparent picture is judged by its alpha, any other by its colours.
    """
    whole = Trimmed(Box(0, 0, *size_px), UNTOLD)
    factor = max(1, round(max(look.size) / LOOK_PX))
    small = _plain(look)
    small = small.reduce(factor) if factor > 1 else small
    seen = _seen(small)
    if seen is None or not seen.any():
        return whole
    top, bottom = _ends(seen, axis=1)
    left, right = _ends(seen, axis=0)
    box = _with_margin((left, top, right, bottom), small.size, size_px)
    if box.area_px >= _WORTH_CUTTING * whole.box.area_px:
        box = whole.box
    kept = seen[top:bottom, left:right]
    share = _filled(kept).sum() / kept.size
    scale = kept.size / (small.width * small.height) * (size_px[0] * size_px[1]) / box.area_px
    return Trimmed(box, max(1, min(1000, round(1000 * float(share * scale)))))


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in RGB, or in RGBA where anything shines through."""
    if picture.mode in {"RGB", "RGBA"}:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _seen(small: Image.Image) -> _Mask | None:
    """What is product or shadow; None where the border is not even."""
    if small.mode == "RGBA":
        alpha = np.asarray(small.getchannel("A"))
        edges = alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]
        if any((edge <= _UNSEEN_ALPHA).all() for edge in edges):
            shown: _Mask = alpha > _UNSEEN_ALPHA
            return shown
        small = small.convert("RGB")  # as if opaque: what is cut would be opaque ground
    return _off_ground(np.asarray(small).astype(np.float32))


def _off_ground(levels: _Levels) -> _Mask | None:
    """The pixels that are not of an even ground; None where there is none."""
    height, width = levels.shape[:2]
    if min(height, width) < 4 * _RING_PX:
        return None
    fitted = _fitted(levels)
    if fitted is None:
        return None
    surface, tolerance = fitted
    off = _without_specks(np.abs(levels - surface).max(axis=-1), tolerance)
    edges = off[0], off[-1], off[:, 0], off[:, -1]
    even_sides = sum(not edge.any() for edge in edges)
    return off if even_sides >= _SIDES else None


def _without_specks(missed: _Levels, tolerance: float) -> _Mask:
    """The pixels that miss the ground clearly, or slightly together with their neighbours."""
    weak = np.pad(missed > tolerance, 1).astype(np.uint8)
    rows = weak[:-2] + weak[1:-1] + weak[2:]
    near = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    clear = missed > tolerance + _CLEAR_LEVELS
    off: _Mask = clear | ((missed > tolerance) & (near >= _TOGETHER))
    return off


def _fitted(levels: _Levels) -> tuple[_Levels, float] | None:
    """The surface through the border's ground, and by how much a pixel of the ground may miss it.

    None where the border has no ground, or an uneven or a dark one.
    """
    height, width = levels.shape[:2]
    ring = np.ones((height, width), bool)
    ring[_RING_PX:-_RING_PX, _RING_PX:-_RING_PX] = False
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    colours, at = levels[ring], _terms(down[ring], across[ring])
    bins = (colours // _BIN_LEVELS).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    commonest = colours[bins == np.bincount(bins).argmax()].mean(axis=0)
    if commonest.max() < _DARK_LEVEL:
        return None
    chosen = np.abs(colours - commonest).max(axis=-1) <= _FIRST_LEVELS
    coefficients, tolerance = commonest[None], _MOST_LEVELS
    for count in _TERMS:
        if chosen.sum() < count * _PIXELS_A_TERM:
            break
        coefficients = np.linalg.lstsq(at[chosen][:, :count], colours[chosen], rcond=None)[0]
        missed = np.abs(colours - at[:, :count] @ coefficients)
        # The median of absolute misses, which a product at the edge does not move, tells the noise.
        deviation = 1.4826 * float(np.median(missed[chosen], axis=0).max())
        # Noise that JPEG has coded lies in few blotches, and the median knows nothing of them.
        blotches = 1 + 1.25 * float(np.quantile(missed[chosen].max(axis=-1), 0.99))
        tolerance = round(max(_UNSEEN_LEVELS + _DEVIATIONS * deviation, blotches), 3)
        chosen = missed.max(axis=-1) <= max(_FIRST_LEVELS / count, tolerance)
    if tolerance > _MOST_LEVELS:
        return None
    surface = _terms(down, across)[..., : len(coefficients)] @ coefficients
    return surface.astype(np.float32), tolerance


def _terms(down: _Levels, across: _Levels) -> _Levels:
    """What a surface of second degree is the sum of, as the last axis."""
    one = np.ones_like(down)
    terms: _Levels = np.stack([one, across, down, across * down, across**2, down**2], axis=-1)
    return terms


def _ends(seen: _Mask, axis: int) -> tuple[int, int]:
    """The first row (axis 1) or column (axis 0) with something in it; the one after the last."""
    places = np.flatnonzero(seen.any(axis=axis))
    return int(places[0]), int(places[-1]) + 1


def _with_margin(
    part: tuple[int, int, int, int], small_px: tuple[int, int], size_px: tuple[int, int]
) -> Box:
    """The part of the small copy as a box of the picture, with an even margin within its edges."""
    left, top, right, bottom = part
    width, height = small_px
    across, down = size_px[0] / width, size_px[1] / height
    longest = max((right - left) * across, (bottom - top) * down)
    # At least one pixel of the small copy: it has the mean of what a thin edge only grazes.
    margin = max(across, down, longest * _MARGIN_PERCENT / 100)

    def bounded(low: float, high: float, most: int) -> tuple[int, int]:
        return max(0, int(low - margin)), min(most, -int(-(high + margin) // 1))

    x0, x1 = bounded(left * across, right * across, size_px[0])
    y0, y1 = bounded(top * down, bottom * down, size_px[1])
    return Box(x0, y0, x1 - x0, y1 - y0)


def _filled(seen: _Mask) -> _Mask:
    """With each row filled from its first to its last seen pixel: a white label is product too."""
    from_left = np.maximum.accumulate(seen, axis=1)
    from_right = np.maximum.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    filled: _Mask = from_left & from_right
    return filled
