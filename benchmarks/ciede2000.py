"""CIEDE2000, the difference between two colours as people see it; 1 is about what can be seen.

Sharma, Wu and Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes,
supplementary test data, and mathematical observations", whose equations are numbered here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_25_TO_7 = 25.0**7


def ciede2000(first: Floats, second: Floats) -> Floats:
    """The differences between CIELAB colours (…, 3)."""
    light1, chroma1, hue1, light2, chroma2, hue2 = _polar(first, second)
    d_light, d_chroma = light2 - light1, chroma2 - chroma1
    grey = chroma1 * chroma2 == 0
    turn = hue2 - hue1
    turn = np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn))
    turn = np.where(grey, 0, turn)  # (10)
    d_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))  # (11)
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    hue = _mean_hue(hue1, hue2, grey)
    tilt = (
        1
        - 0.17 * _cos(hue - 30)
        + 0.24 * _cos(2 * hue)
        + 0.32 * _cos(3 * hue + 6)
        - 0.20 * _cos(4 * hue - 63)
    )  # (15)
    off_middle = (light - 50) ** 2
    s_light = 1 + 0.015 * off_middle / np.sqrt(20 + off_middle)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * tilt
    turned = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    crossed = -2 * np.sqrt(chroma**7 / (chroma**7 + _25_TO_7)) * np.sin(np.radians(2 * turned))
    parts = (d_light / s_light, d_chroma / s_chroma, d_hue / s_hue)
    squares = sum(part**2 for part in parts) + crossed * parts[1] * parts[2]
    return np.asarray(np.sqrt(np.maximum(squares, 0)))  # (22)


def _polar(first: Floats, second: Floats) -> tuple[Floats, ...]:
    """Lightness, chroma and hue in degrees of both, with a* stretched near grey, (2) to (7)."""
    chromas = [np.hypot(lab[..., 1], lab[..., 2]) for lab in (first, second)]
    mean = (chromas[0] + chromas[1]) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + _25_TO_7))
    found: list[Floats] = []
    for lab in (first, second):
        across = lab[..., 1] * stretch
        hue = np.degrees(np.arctan2(lab[..., 2], across)) % 360
        found += [lab[..., 0], np.hypot(across, lab[..., 2]), hue]
    return tuple(found)


def _mean_hue(hue1: Floats, hue2: Floats, grey: NDArray[np.bool_]) -> Floats:
    """Give the mean hue in degrees (14)."""
    total = hue1 + hue2
    near = np.abs(hue1 - hue2) <= 180
    around = np.where(total < 360, (total + 360) / 2, (total - 360) / 2)
    return np.asarray(np.where(grey, total, np.where(near, total / 2, around)))


def _cos(degrees: Floats) -> Floats:
    return np.asarray(np.cos(np.radians(degrees)))
