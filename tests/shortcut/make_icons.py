"""Draws the icon anew in the forms that systems take: ``python -m tests.shortcut.make_icons``.

photoprep.svg is what people change; the PNG is for Linux and macOS, the ICO for Windows.
"""

from __future__ import annotations

import io

import pyvips
from PIL import Image

from photoprep.shortcut.wanted import ICONS

PNG_PX = 256
ICO_PX = (16, 24, 32, 48, 256)


def drawn(side_px: int) -> Image.Image:
    """The icon at a size, drawn from its description."""
    picture = pyvips.Image.svgload(str(ICONS / "photoprep.svg"), scale=side_px / 256)
    data: bytes = picture.write_to_buffer(".png")
    return Image.open(io.BytesIO(data)).convert("RGBA")


def main() -> None:
    """Write both files."""
    drawn(PNG_PX).save(ICONS / "photoprep.png", optimize=True)
    sizes = [drawn(side_px) for side_px in ICO_PX]
    sizes[-1].save(
        ICONS / "photoprep.ico",
        sizes=[picture.size for picture in sizes],
        append_images=sizes[:-1],
        bitmap_format="png",
    )


if __name__ == "__main__":
    main()
