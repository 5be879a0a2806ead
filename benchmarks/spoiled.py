"""Bad photos made of good ones: what each doubt must find. Everything is deterministic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, cos, log2, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from photoprep.units import scaled_size_px

OUTPUT_PX = 944
_RIM = 0.05  # what a moved frame needs around it

Change = Callable[[Image.Image], Image.Image]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Spoiler:
    """One way to spoil a picture of output size, and the doubt that must come of it."""

    code: str
    name: str
    change: Change


def spoilers() -> list[Spoiler]:
    """Every way in which a whole picture is spoiled, the weakest of each kind first."""
    return [
        *(Spoiler("blurred", f"gaussian {s} px", _gaussian(s)) for s in (1.0, 1.5, 2.0, 3.0, 5.0)),
        *(Spoiler("blurred", f"disc of radius {r} px", _disc(r)) for r in (3.0, 5.0)),
        Spoiler("blurred", "gaussian 2 px, noise 4", _then(_gaussian(2.0), _noisy(4.0))),
        Spoiler("blurred", "gaussian 3 px, noise 8", _then(_gaussian(3.0), _noisy(8.0))),
        Spoiler("blurred", "enlarged 4 times", _enlarged(4)),
        *(
            Spoiler("blurred", f"moved {length:g} px at {angle}°", moved(length, angle))
            for length, angle in ((6, 0), (12, 0), (12, 30), (12, 90), (20, 45))
        ),
        *(Spoiler("too-dark", f"{ev:+g} EV", exposed(ev)) for ev in (-1.5, -2, -3, -4)),
        *(Spoiler("burnt-out", f"{ev:+g} EV", exposed(ev)) for ev in (1, 1.5, 2, 3)),
        *(Spoiler("colour-cast", name, lit(gains)) for name, gains in _LIGHTS.items()),
    ]


# Of red, green and blue, in linear light.
_LIGHTS = {
    "warm ×1.35, 1, 0.65": (1.35, 1.0, 0.65),
    "warmer ×1.6, 1, 0.5": (1.6, 1.0, 0.5),
    "cool ×0.7, 1, 1.35": (0.7, 1.0, 1.35),
    "green ×0.75, 1.15, 0.75": (0.75, 1.15, 0.75),
    "pink ×1.2, 0.75, 1.2": (1.2, 0.75, 1.2),
}


def at_full_size(picture: Image.Image, blur_px: float) -> Image.Image:
    """A whole photo out of focus by so much at output size, blurred before it is scaled."""
    size = scaled_size_px(picture.size, OUTPUT_PX)
    soft = picture.filter(ImageFilter.GaussianBlur(blur_px * max(picture.size) / max(size)))
    return soft.resize(size, Image.Resampling.LANCZOS)


def repeats() -> list[tuple[str, Change]]:
    """Ways to take nearly the same shot again; they keep the middle of a picture only."""
    return [
        ("moved by 1%", _again(right=0.01)),
        ("moved by 2%", _again(right=0.02)),
        ("moved by 2% both ways", _again(right=0.02, down=-0.02)),
        ("zoomed by 2%", _again(zoom=1.02)),
        ("turned by 1°", _again(turn=1)),
        ("10% lighter", _again(gain=1.1)),
        ("10% darker", _again(gain=0.9)),
        ("a little of all", _again(0.015, 0.01, 1.01, 0.5, 1.1, 5)),
        ("more of all", _again(0.02, -0.01, 0.98, -1, 0.9, 5)),
    ]


def middle(picture: Image.Image) -> Image.Image:
    """What a repeat of the picture shows."""
    width, height = picture.size
    left, top = round(width * _RIM), round(height * _RIM)
    return picture.crop((left, top, width - left, height - top))


def cut(picture: Image.Image, box: tuple[int, int, int, int], side: str) -> Image.Image:
    """The picture without the last third of what lies in the box, on one side."""
    left, top, right, bottom = box
    width, height = picture.size
    if side == "left":
        return picture.crop((left + (right - left) // 3, 0, width, height))
    if side == "right":
        return picture.crop((0, 0, right - (right - left) // 3, height))
    if side == "top":
        return picture.crop((0, top + (bottom - top) // 3, width, height))
    return picture.crop((0, 0, width, bottom - (bottom - top) // 3))


def side_by_side(one: Image.Image, other: Image.Image) -> Image.Image:
    """Two pictures of one height on one, as large as a prepared photo."""
    high = min(one.height, other.height)
    pair = [
        picture.resize((picture.width * high // picture.height, high), Image.Resampling.LANCZOS)
        for picture in (one, other)
    ]
    both = Image.new("RGB", (pair[0].width + pair[1].width, high))
    both.paste(pair[0], (0, 0))
    both.paste(pair[1], (pair[0].width, 0))
    return both.resize(scaled_size_px(both.size, OUTPUT_PX), Image.Resampling.LANCZOS)


def exposed(ev: float) -> Change:
    """More or less light, and what is too much is clipped."""
    return lit((2.0**ev,) * 3)


def lit(gains: tuple[float, float, float]) -> Change:
    """Light of another colour."""

    def change(picture: Image.Image) -> Image.Image:
        linear = _linear(np.asarray(picture)) * np.array(gains, np.float32)
        return Image.fromarray(_stored(linear))

    return change


def moved(length_px: float, angle: float) -> Change:
    """The picture as a camera that moved on a straight line sees it."""
    reach = ceil(length_px / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for along in np.linspace(-length_px / 2, length_px / 2, int(8 * length_px) + 1):
        x, y = reach + along * cos(radians(angle)), reach + along * sin(radians(angle))
        row, column = int(y), int(x)
        for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
            share = abs(1 - down - (y - row)) * abs(1 - right - (x - column))
            kernel[row + down, column + right] += share
    return _convolved(kernel / kernel.sum())


def _linear(levels: NDArray[np.uint8]) -> Floats:
    part = levels.astype(np.float32) / 255
    linear: Floats = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear


def _stored(linear: Floats) -> NDArray[np.uint8]:
    part = linear.clip(0, 1)
    levels = np.where(part <= 0.0031308, part * 12.92, 1.055 * part ** (1 / 2.4) - 0.055)
    stored: NDArray[np.uint8] = (levels * 255 + 0.5).astype(np.uint8)
    return stored


def _gaussian(sigma_px: float) -> Change:
    return lambda picture: picture.filter(ImageFilter.GaussianBlur(sigma_px))


def _disc(radius_px: float) -> Change:
    """The blur of a lens: a disc."""
    reach = ceil(radius_px)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = (radius_px + 0.5 - np.hypot(down, right)).clip(0, 1)
    return _convolved(kernel / kernel.sum())


def _convolved(kernel: NDArray[np.float64]) -> Change:
    reach = len(kernel) // 2
    # A factor in double precision would have every product made in it, in twice the time.
    parts = kernel.astype(np.float32)

    def change(picture: Image.Image) -> Image.Image:
        levels = np.asarray(picture).astype(np.float32)
        height, width = levels.shape[:2]
        padded = np.pad(levels, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
        total, product = np.zeros_like(levels), np.empty_like(levels)
        for row, column in zip(*np.nonzero(kernel > 1e-6), strict=True):
            moved = padded[row : row + height, column : column + width]
            total += np.multiply(moved, parts[row, column], out=product)
        return Image.fromarray((total + 0.5).astype(np.uint8))

    return change


def _noisy(sigma_levels: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        levels = np.asarray(picture).astype(np.float32)
        noise = np.random.default_rng(1).normal(0, sigma_levels, levels.shape)
        return Image.fromarray((levels + noise + 0.5).clip(0, 255).astype(np.uint8))

    return change


def _enlarged(times: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        return picture.reduce(times).resize(picture.size, Image.Resampling.BICUBIC)

    return change


def _then(first: Change, second: Change) -> Change:
    return lambda picture: second(first(picture))


def _again(
    right: float = 0,
    down: float = 0,
    zoom: float = 1,
    turn: float = 0,
    gain: float = 1,
    noise: float = 0,
) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        cosine, sine = cos(radians(turn)) / zoom, sin(radians(turn)) / zoom
        x, y = width / 2, height / 2
        across = (cosine, sine, x - cosine * x - sine * y + right * width)
        along = (-sine, cosine, y + sine * x - cosine * y + down * height)
        shot = picture.transform(
            picture.size, Image.Transform.AFFINE, (*across, *along), Image.Resampling.BICUBIC
        )
        shot = middle(shot if gain == 1 else exposed(log2(gain))(shot))
        return _noisy(noise)(shot) if noise else shot

    return change
