"""Print on products: labels drawn from text, sized in decimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from photoprep.demo.light import Rgb

# Enough that print stays sharp on a 12-megapixel picture.
PIXELS_PER_DM = 700


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print: its height, and its left and top edge, in dm on the label.

    ``bold`` thickens the strokes by that share of the height.
    """

    text: str
    height_dm: float
    left_dm: float
    top_dm: float
    bold: float = 0.0


def label(
    width_dm: float,
    height_dm: float,
    lines: Sequence[Line],
    *,
    ink: Rgb,
    paper: Rgb | None = None,
) -> Image.Image:
    """A label as an RGBA picture; without ``paper`` only the ink is there."""
    size = (round(width_dm * PIXELS_PER_DM), round(height_dm * PIXELS_PER_DM))
    ground = (*ink, 0) if paper is None else (*paper, 255)
    picture = Image.new("RGBA", size, ground)
    brush = ImageDraw.Draw(picture)
    for line in lines:
        # A font's size is its em; capital letters are about 0.73 of that.
        font = ImageFont.load_default(size=line.height_dm * PIXELS_PER_DM / 0.73)
        at = (line.left_dm * PIXELS_PER_DM, line.top_dm * PIXELS_PER_DM)
        brush.text(
            at,
            line.text,
            font=font,
            fill=(*ink, 255),
            anchor="lt",
            stroke_width=line.bold * line.height_dm * PIXELS_PER_DM,
        )
    return picture
