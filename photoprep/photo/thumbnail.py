"""A finished picture in a few kilobytes, for a page that shows many of them."""

from __future__ import annotations

import io

from PIL import Image

from photoprep.units import scaled_size_px

LONGEST_PX = 256
MOST_BYTES = 10_000
# Seven of eight photos are within their bytes at the first; noise over the whole needs the last.
_QUALITIES = (72, 64, 56, 48, 40, 32, 24, 16, 8)


def thumbnail_of(picture: Image.Image) -> bytes:
    """A JPEG of a picture in mode RGB: at most 256 px along a side and 10,000 bytes.

    It is never enlarged, and has no profile: its colours are sRGB, as the picture's are.
    """
    small = _small(picture)
    data = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
        data = buffer.getvalue()
        if len(data) <= MOST_BYTES:
            break
    return data


def _small(picture: Image.Image) -> Image.Image:
    size_px = scaled_size_px(picture.size, LONGEST_PX)
    if size_px == picture.size:
        return picture
    # Blocks of whole pixels are averaged first, as far as that goes: a sixth of the time of a
    # filter that takes them all.
    whole = max(picture.size) // LONGEST_PX
    return picture.reduce(whole).resize(size_px, Image.Resampling.BICUBIC)
