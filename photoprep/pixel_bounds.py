"""How many pixels a picture may have, so that a worker can hold it."""

from __future__ import annotations

from pathlib import Path

from photoprep.errors import TooManyPixelsError
from photoprep.language import say

# 200 megapixels as RGB are 600 MB, about what one worker may hold; film scans have 100.
MAX_MEGAPIXELS = 200
# The weights that scale it take 300 bytes for each pixel of a side: 3 million took 1.4 GB.
_MAX_SIDE_PX = 300_000


def check_pixels(size_px: tuple[int, int], path: Path, most: int = MAX_MEGAPIXELS) -> None:
    """Refuse a picture of more than ``most`` megapixels, or one that is hardly more than a line.

    Raises:
        TooManyPixelsError: it is such a one.

    """
    width, height = size_px
    if max(size_px) > _MAX_SIDE_PX:
        raise TooManyPixelsError(
            say(
                "The picture is {width} × {height} pixels; photoprep takes at most {most_px:,} a "
                "side.",
                width=width,
                height=height,
                most_px=_MAX_SIDE_PX,
            ),
            hint=say("Cut it, or save a smaller version of it, and run again."),
            path=path,
        )
    megapixels = width * height / 1_000_000
    if megapixels > most:
        limit = (
            say("photoprep takes at most {most} of this format", most=most)
            if most < MAX_MEGAPIXELS
            else say("photoprep takes at most {most}", most=most)
        )
        raise TooManyPixelsError(
            say(
                "The picture has {megapixels:.0f} megapixels ({width} × {height}); {limit}.",
                megapixels=megapixels,
                width=width,
                height=height,
                limit=limit,
            ),
            hint=say("Save a smaller version of it and run again."),
            path=path,
        )
