"""Whether a picture that its file wants turned was turned already.

A program that turns the pixels and leaves the orientation tag makes every viewer turn them again.
Two traces of the camera are then left at the other aspect: the size in Exif (PixelXDimension and
PixelYDimension, Exif 2.32, 4.6.5 C) and the thumbnail.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

from PIL import ExifTags, Image

ORIENTATION = 0x0112
_QUARTER_TURNS = {5, 6, 7, 8}
_PIXEL_X, _PIXEL_Y = 0xA002, 0xA003
_THUMBNAIL_AT, _THUMBNAIL_BYTES = 0x0201, 0x0202
_MOST_THUMBNAIL_BYTES = 65_535  # what an Exif segment holds
_ALIKE = 0.05  # sides differ by cropping to whole blocks


def orientation_of(exif: Image.Exif) -> int:
    """The orientation tag, 1 (as it lies) where there is none or one that means nothing."""
    value = exif.get(ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def was_turned_before(exif: Image.Exif, stored_px: tuple[int, int]) -> bool:
    """Whether it is to be turned by a quarter, although its pixels have been turned already."""
    width, height = stored_px
    if orientation_of(exif) not in _QUARTER_TURNS or width == height:
        return False
    with suppress(Exception):  # broken tags raise almost anything, and then say nothing
        own = exif.get_ifd(ExifTags.IFD.Exif)
        across, down = float(own[_PIXEL_X]), float(own[_PIXEL_Y])
        if across > 0 and down > 0 and across != down:
            return _is_turned((across, down), stored_px)
    with suppress(Exception):
        return _is_turned(_thumbnail_px(exif), stored_px, alike=False)
    return False


def _is_turned(
    said_px: tuple[float, float], stored_px: tuple[int, int], *, alike: bool = True
) -> bool:
    """Whether one lies and the other stands, with, unless that matters not, the same aspect."""
    across, down = said_px
    width, height = stored_px
    if (across > down) == (width > height) or across == down:
        return False
    return not alike or abs(across * width / (down * height) - 1) <= _ALIKE


def _thumbnail_px(exif: Image.Exif) -> tuple[int, int]:
    first = exif.get_ifd(ExifTags.IFD.IFD1)
    start, length = int(first[_THUMBNAIL_AT]), int(first[_THUMBNAIL_BYTES])
    if not 0 < length <= _MOST_THUMBNAIL_BYTES:
        return 1, 1
    exif.fp.seek(start)
    with Image.open(BytesIO(exif.fp.read(length)), formats=["JPEG"]) as thumbnail:
        return thumbnail.size
