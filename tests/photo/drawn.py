"""Pictures drawn by code for what is measured: edges of a known blur, and products on a ground."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (944, 708)
_FINER = 4  # drawn so many times as large, and averaged


def stripes(angle: float, blur_px: float, contrast: int = 150) -> Image.Image:
    """Broad grey stripes whose edges are exactly a pixel's mean sharp, then blurred by so much."""
    width, height = SIZE
    down, across = np.mgrid[0:height, 0:width]
    along = (across - width / 2) * cos(radians(angle)) + (down - height / 2) * sin(radians(angle))
    inside = np.abs(along % 200 - 100) - 50
    levels = (50 + contrast * (inside + 0.5).clip(0, 1)).astype(np.uint8)
    picture = Image.fromarray(levels)
    return picture.filter(ImageFilter.GaussianBlur(blur_px)) if blur_px else picture


def scene(ground: str = "white", *, at: tuple[float, float] = (0.5, 0.5)) -> Image.Image:
    """A box with a handle, labels and shading on a plain ground, its middle at a share of both."""
    picture = Image.new("RGB", (_FINER * SIZE[0], _FINER * SIZE[1]), ground)
    draw_product(picture, at)
    return picture.reduce(_FINER)


def draw_product(picture: Image.Image, at: tuple[float, float], size: float = 0.45) -> None:
    """One product: grey and red, from dark to light, with outlines that are curved and straight."""
    side = min(picture.size) * size
    left, top = picture.width * at[0] - side / 2, picture.height * at[1] - side / 2
    draw = ImageDraw.Draw(picture)

    def box(*parts: float) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = parts
        return left + x0 * side, top + y0 * side, left + x1 * side, top + y1 * side

    draw.arc(box(0.3, 0, 0.7, 0.4), 180, 360, fill=(40, 40, 40), width=round(side / 16))
    draw.rounded_rectangle(box(0, 0.2, 1, 1), round(side / 12), fill=(120, 120, 122))
    for row in range(12):
        tone = 60 + 12 * row
        draw.rectangle(box(0.08, 0.3 + row / 30, 0.5, 0.33 + row / 30), fill=(tone, tone, tone))
    draw.ellipse(box(0.58, 0.35, 0.9, 0.67), fill=(170, 40, 45))
    for column in range(9):
        draw.line(box(0.1 + column / 12, 0.78, 0.14 + column / 12, 0.92), fill="white", width=9)
