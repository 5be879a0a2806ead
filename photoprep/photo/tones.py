"""How light and of which colour a picture is: highlights, clipping, and a cast of colour.

Taken on small planes, whose pixels are means: one that is clipped stands for an area that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.masks import Mask, bits_of, border_of, mask_of
from photoprep.photo.regions import Grid

_HIGHLIGHTS = 0.999
_CLIPPED = 253  # JPEG moves 255 by a level or two
_WHITE, _NEARLY_WHITE = 250, 215
# So much of the border is a background that is light, and not a lamp: a burnt sky is none of ours.
_LIGHT_BORDER = 0.3
# One channel is clipped and another says a colour: neither a white that is slightly off, nor a
# colour so full that its channel is at its end by rights.
_TINTED = (64, 225)
_FEWEST_PX = 50  # a share of fewer says nothing
# Cast of colour, in linear light. Darker than this, of 1, noise says the colour.
_DARKEST, _OFFSET = 0.02, 0.004
_LEAST_LIT = 0.05
_LIGHTEST = 0.05  # the share that is taken for what is white in truth
_NEUTRAL, _SAME_COLOUR = 0.12, 0.15  # distances of logarithms: 12% and 15%
_TONES = (0.1, 0.35)  # dark, middle and light part here: levels 89 and 159 of 255
# Hair, seams and folds: what is dark is rarely of a strong colour, and leans as the light does.
_DARK, _DARK_SHARE, _LEAST_SQUARED = 0.18, 0.005, 0.0025
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # IEC 61966-2-1

_Levels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class White:
    """White that is no light background, and how much of what surrounds it is nearly white."""

    permille: int
    soft_percent: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The colour of the lightest part, and what speaks for and against a cast (``Measures``)."""

    lightest_level: int = 0
    red_log100: int = 0
    blue_log100: int = 0
    neutral_permille: int = 1000
    opposite_permille: int = 0
    second_tone_permille: int = 0
    dark_percent: int = 0


def highlight_of(levels: _Levels) -> int:
    """The level that a thousandth of (height, width, 3) levels reaches in its largest channel."""
    largest, _ = _extremes(levels)
    reached = np.cumsum(np.bincount(largest.ravel(), minlength=256))
    return int(np.searchsorted(reached, _HIGHLIGHTS * largest.size))


def clipped_permille_of(levels: _Levels, background: Mask) -> int:
    """How much has a channel clipped and still a colour, of what is neither ground nor white.

    A ground may have its colour by rights, and a channel at its end with it.
    """
    largest, least = _extremes(levels)
    coloured = (least < _WHITE) & ~background
    low, high = _TINTED
    clipped = coloured & (largest >= _CLIPPED) & (least >= low) & (least <= high)
    return round(1000 * int(clipped.sum()) / max(_FEWEST_PX, int(coloured.sum())))


def white_of(levels: _Levels) -> White:
    """White in (height, width, 3) levels of a picture of about 96 pixels.

    Where much of the border is light, what is connected to it and light is a background, or as good
    as one: a white product on white, a shadow under it, a sweep that is lit unevenly.
    """
    _, least = _extremes(levels)
    light, white = least >= _NEARLY_WHITE, least >= _WHITE
    ring = border_of(light.shape, 1)
    if light[ring].mean() >= _LIGHT_BORDER:
        grid = Grid(light.shape[1], light.shape[0])
        lights = bits_of(light)
        white &= ~mask_of(grid.flooded(lights & bits_of(ring), lights), grid)
    edge = _grown(white)  # a pixel there is a mean of both sides, however sharp it is
    around = _grown(_grown(edge)) & ~edge
    return White(
        permille=round(1000 * float(white.mean())),
        soft_percent=round(100 * int((light & around).sum()) / max(1, int(around.sum()))),
    )


def _extremes(levels: _Levels) -> tuple[_Levels, _Levels]:
    """The largest and the least channel; numpy is slow along an axis of three."""
    red, green, blue = np.moveaxis(levels, 2, 0)
    largest, least = np.maximum(red, green), np.minimum(red, green)
    return np.maximum(largest, blue), np.minimum(least, blue)


def cast_of(levels: _Levels) -> Cast:
    """A cast of colour over (height, width, 3) levels.

    Light of another colour multiplies every channel by a number of its own, so that greys of all
    tones move by one step in the logarithms of red and blue over green. The lightest part is taken
    for white; whether it is may be judged by what else is there.
    """
    linear = _LINEAR[levels].reshape(-1, 3)
    luminance = linear @ _LUMINANCE
    lit = luminance > _DARKEST
    if lit.mean() < _LEAST_LIT:
        return Cast()
    linear, luminance = linear[lit] + np.float32(_OFFSET), luminance[lit]
    logs = np.log(linear)
    ratios = logs[:, [0, 2]] - logs[:, [1]]
    lightest = luminance >= np.quantile(luminance, 1 - _LIGHTEST)
    white = np.median(ratios[lightest], axis=0)
    same = np.hypot(*(ratios - white).T) < _SAME_COLOUR
    tone = np.digitize(luminance, np.array(_TONES, np.float32))
    dark = luminance < _DARK
    leaning = ratios[dark] @ white / max(float(white @ white), _LEAST_SQUARED)
    enough = dark.sum() >= _DARK_SHARE * len(levels) * levels.shape[1]
    by_tone = np.bincount(tone[same], minlength=3) / len(luminance)
    largest = levels.reshape(-1, 3)[lit][lightest].max(axis=1)
    return Cast(
        lightest_level=round(float(np.median(largest))),
        red_log100=round(100 * float(white[0])),
        blue_log100=round(100 * float(white[1])),
        neutral_permille=round(1000 * float((np.hypot(*ratios.T) < _NEUTRAL).mean())),
        opposite_permille=round(1000 * float((ratios @ white < 0).mean())),
        second_tone_permille=round(1000 * float(np.sort(by_tone)[1])),
        dark_percent=round(100 * float(np.median(leaning))) if enough else 0,
    )


def _grown(mask: Mask) -> Mask:
    """The mask and the four neighbours of each of its pixels."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    return wide


def levels_of(picture: Image.Image) -> _Levels:
    """The picture's levels, (height, width, 3)."""
    return np.asarray(picture)


def _linear_levels() -> NDArray[np.float32]:
    """Linear light of each level of sRGB (IEC 61966-2-1)."""
    stored = np.arange(256) / 255
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


_LINEAR = _linear_levels()
