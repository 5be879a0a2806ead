"""What a TIFF says of itself, before anyone decodes it: Pillow refuses kinds that others read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from photoprep.photo.credit import ARTIST, COPYRIGHT, XMP_TAG, add_credit_from, iptc_of_tiff

COMPRESSION = 259
MOST_PAGES = 1000  # more need not be counted

# Tags and their values (TIFF 6.0; BigTIFF has the same).
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC = 256, 257, 258, 262
_ORIENTATION, _EXTRA_SAMPLES, _SAMPLE_FORMAT, _ICC_PROFILE = 274, 338, 339, 34675
_SIGNED, _FLOATING = 2, 3
_ICC_LAB = 9  # CIELAB as in ICC profiles: a* and b* with their 0 in the middle
_UNSPECIFIED, _MULTIPLIED = 0, 1
_BIG = 43


@dataclass(frozen=True, slots=True)
class TiffHead:
    """The first page: its size as stored, and what decides who reads it.

    ``extra_is_alpha`` says that a channel beyond the colours is transparency, ``is_multiplied``
    that the colours are multiplied by it already. ``exif`` has orientation, artist and copyright.
    """

    size_px: tuple[int, int]
    bits: int
    is_float: bool
    is_icc_lab: bool
    extra_is_alpha: bool
    is_multiplied: bool
    icc_profile: bytes
    exif: Image.Exif
    compression: int

    @property
    def is_deep(self) -> bool:
        """Whether it holds more than Pillow's modes do."""
        return self.bits > 8 or self.is_float or self.is_icc_lab


def read_tiff_head(path: Path) -> TiffHead:
    """Read the first directory. Raises what Pillow's parser and ``open`` raise."""
    tags = read_tags(path)
    extra = _whole(tags, _EXTRA_SAMPLES, _UNSPECIFIED)
    exif = Image.Exif()
    for tag in (_ORIENTATION, ARTIST, COPYRIGHT):
        if tag in tags:
            exif[tag] = tags[tag]
    add_credit_from(exif, tags.get(XMP_TAG), iptc_of_tiff(tags))
    profile = tags.get(_ICC_PROFILE, b"")
    return TiffHead(
        size_px=(_whole(tags, _WIDTH, 0), _whole(tags, _HEIGHT, 0)),
        bits=_whole(tags, _BITS, 1),
        is_float=_whole(tags, _SAMPLE_FORMAT, 1) in {_SIGNED, _FLOATING},
        is_icc_lab=_whole(tags, _PHOTOMETRIC, 1) == _ICC_LAB,
        extra_is_alpha=extra != _UNSPECIFIED,
        is_multiplied=extra == _MULTIPLIED,
        icc_profile=profile if isinstance(profile, bytes) else b"",
        exif=exif,
        compression=_whole(tags, COMPRESSION, 1),
    )


def read_tags(path: Path) -> ImageFileDirectory_v2:
    """The tags of the first page; raises as ``read_tiff_head``."""
    with path.open("rb") as file:
        head = file.read(8)
        if _BIG in (head[2], head[3]):
            head += file.read(8)
        tags = ImageFileDirectory_v2(head)
        file.seek(tags.next)
        tags.load(file)
    return tags


def _whole(tags: ImageFileDirectory_v2, tag: int, otherwise: int) -> int:
    """A tag's value, the first of several; ``otherwise`` where it is absent or no number."""
    value = tags.get(tag, otherwise)
    while isinstance(value, tuple):
        value = value[0] if value else otherwise
    return value if isinstance(value, int) else otherwise


def pages_of(path: Path) -> int:
    """How many pages a TIFF has, or ``MOST_PAGES`` when there are as many or more.

    From directory to directory (TIFF 6.0, section 2; BigTIFF), reading nothing of them. A chain
    that ends in nonsense or in itself ends there: the first page is what is taken. Raises
    ``OSError``.
    """
    with path.open("rb") as file:
        head = file.read(16)
        order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
        is_big = int.from_bytes(head[2:4], order) == _BIG
        count_bytes, entry_bytes, offset_bytes = (8, 20, 8) if is_big else (2, 12, 4)
        place = int.from_bytes(head[8:16] if is_big else head[4:8], order)
        # What lies beyond the end may lie beyond what a file can have, which no system seeks.
        end = file.seek(0, os.SEEK_END)
        seen: set[int] = set()
        while 0 < place < end and place not in seen and len(seen) < MOST_PAGES:
            file.seek(place)
            counted = file.read(count_bytes)
            if len(counted) < count_bytes:
                break
            seen.add(place)
            after = place + count_bytes + int.from_bytes(counted, order) * entry_bytes
            file.seek(min(after, end))
            place = int.from_bytes(file.read(offset_bytes), order)
    return len(seen)
