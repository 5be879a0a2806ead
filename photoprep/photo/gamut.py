"""Colours that sRGB cannot hold, brought in so that a red stays a red and keeps its shading.

Cut off channel by channel, a saturated red of a camera's wide gamut becomes one flat patch. Here
what is out of reach, and a margin within, is drawn in along two lines, each with the knee of the
ACES Reference Gamut Compression (Academy TB-2021-003), whose ends are the picture's own extremes:

- saturation: by how much of its largest channel a colour's others fall short;
- brightness: how far its largest channel goes, where the source can show this hue brighter than
  sRGB can. For greys that is nowhere, so whites and greys stay what they are.

Colours are linear sRGB, negative or above 1 where they are out of it. The arithmetic is apart from
files and profiles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# XYZ of D50 to linear sRGB: the inverse of the primaries in IEC 61966-2-1, adapted by Bradford.
_XYZ_TO_LINEAR = np.array(
    [
        [3.1341359, -1.6173863, -0.4906619],
        [-0.9787955, 1.9162544, 0.0334427],
        [0.0719554, -0.2289768, 1.4053860],
    ],
    np.float32,
)
_D50 = np.array([0.9642029, 1.0, 0.8249054], np.float32)

# Margins within which colours that sRGB holds make room for those that it does not: measured on
# photos with saturated reds, see docs/colour.md.
_SATURATION_KNEE, _BRIGHTNESS_KNEE = 0.95, 0.90
_POWER = 1.2  # of the knee, as in ACES
_ENCODED = 1 / 2.2  # brightness is weighed about as it is seen
# Fewer pixels out of reach than this, or not further out, show nothing.
_WORTH_SHARE, _WORTH_EXCESS, _WORTH_NEGATIVE = 0.001, 0.01, 0.003
_MOST = 0.99  # of what is beyond: one glint must not rule the picture
_FARTHEST = 1.3


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a picture goes beyond sRGB.

    ``saturation`` is the most by which a channel falls short of the largest (1: to nothing), for
    each channel; ``brightness`` the share (0…1) of the source's own headroom that it uses.
    """

    saturation: tuple[float, float, float]
    brightness: float

    @property
    def is_beyond(self) -> bool:
        """Whether there is anything to draw in."""
        return self.brightness > 0 or max(self.saturation) > 1


def largest(colours: NDArray[Any]) -> NDArray[Any]:
    """The largest channel of each colour (…, 3); numpy is slow along an axis of three."""
    return np.asarray(np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2]))


def least(colours: NDArray[Any]) -> NDArray[Any]:
    """The least channel of each colour (…, 3)."""
    return np.asarray(np.minimum(np.minimum(colours[..., 0], colours[..., 1]), colours[..., 2]))


def linear_from_lab(lab: Floats) -> Floats:
    """CIELAB of D50 as linear sRGB (CIE 15:2004, 8.2.1)."""
    across = (lab[..., :1] + 16) / 116
    steps = np.concatenate([across + lab[..., 1:2] / 500, across, across - lab[..., 2:] / 200], -1)
    xyz = np.where(steps > 6 / 29, steps**3, (steps - 4 / 29) * (3 * (6 / 29) ** 2)) * _D50
    return linear_from_xyz(xyz)


def linear_from_xyz(xyz: Floats) -> Floats:
    """XYZ of D50 as linear sRGB."""
    return np.asarray(xyz @ _XYZ_TO_LINEAR.T, np.float32)


def encoded(linear: Floats) -> NDArray[np.uint16]:
    """Linear sRGB as 16-bit sRGB (IEC 61966-2-1), cut off where it ends."""
    held = np.clip(linear, 0, 1)
    curved = np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055)
    return np.asarray(curved * 65535 + 0.5, np.uint16)


def headroom(linear: Floats, from_linear: Floats) -> Floats:
    """How much brighter than 1 the source can show each colour's hue and saturation.

    ``from_linear`` is the matrix from linear sRGB to the source's own linear RGB.
    """
    hues = linear / np.maximum(largest(linear), 1e-6)[..., None]
    own = largest(hues @ from_linear.T)
    return np.asarray(np.clip(1 / np.maximum(own, 0.4), 1, None), np.float32)


def reach_of(linear: Floats, room: Floats, pixels: int) -> Reach:
    """How far a picture of so many ``pixels`` goes beyond sRGB.

    ``linear`` are its pixels (n, 3) that may be beyond, ``room`` their ``headroom``.
    """
    most = largest(linear)
    over = most > 1 + _WORTH_EXCESS
    brightness = 0.0
    if over.sum() >= _WORTH_SHARE * pixels:
        used = (most[over] - 1) / np.maximum(room[over] - 1, 1e-3)
        brightness = float(np.quantile(np.clip(used, 0, 1), _MOST))
    short = 1 - linear / np.maximum(most, 1e-4)[:, None]
    farthest = []
    for channel in range(3):
        beyond = short[linear[:, channel] < -_WORTH_NEGATIVE, channel]
        worth = len(beyond) >= _WORTH_SHARE * pixels
        farthest.append(float(np.quantile(beyond, _MOST)) if worth else 1.0)
    # On 64 steps, so that no last digit of a float tips a picture.
    steps = [min(_FARTHEST, math.ceil(value * 64) / 64) for value in farthest]
    return Reach((steps[0], steps[1], steps[2]), math.ceil(brightness * 64) / 64)


def may_change(shown: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Which pixels ``drawn_in`` may change, told by what they are when cut off, as 16-bit sRGB.

    Those beyond sRGB, and within a margin of where it ends.
    """
    most = largest(shown).astype(np.float32)
    fewest = least(shown)
    # The encoding is near the exponent's. Greys have no room above white, and are never changed.
    bright = (most > _BRIGHTNESS_KNEE * 65535 * 0.99) & (fewest < most * np.float32(0.98))
    saturated = fewest < most * np.float32((1 - _SATURATION_KNEE) ** _ENCODED * 1.05)
    return np.asarray(bright | saturated)


def drawn_in(linear: Floats, room: Floats, reach: Reach) -> Floats:
    """The colours with what is beyond sRGB brought in; see the module."""
    most = largest(linear)
    limit = (1 + reach.brightness * (room - 1)) ** _ENCODED
    seen = np.maximum(most, 0) ** _ENCODED
    dimmed = _knee(seen, _BRIGHTNESS_KNEE, limit) ** (1 / _ENCODED)
    short = 1 - linear / np.maximum(most, 1e-4)[..., None]
    for channel, limit_short in enumerate(reach.saturation):
        if limit_short > 1:
            short[..., channel] = _knee(
                short[..., channel], _SATURATION_KNEE, np.float32(limit_short)
            )
    return np.asarray(dimmed[..., None] * (1 - short), np.float32)


def _knee(values: Floats, start: float, limit: Floats | np.float32) -> Floats:
    """Values beyond ``start`` bent so that ``limit`` comes to 1; where it is 1, as they are."""
    over = np.maximum(limit - start, 1e-6)
    ratio = np.maximum((1 - start) / over, 1e-6) ** -_POWER - 1
    scale = over / np.maximum(ratio, 1e-6) ** (1 / _POWER)
    beyond = np.maximum(values - start, 0)
    bent = start + beyond / (1 + (beyond / scale) ** _POWER) ** (1 / _POWER)
    return np.asarray(np.where((values > start) & (limit > 1.0001), bent, values), np.float32)
