"""When a picture was taken, by its camera's clock: read from its head, without its pixels."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from PIL import Image

from photoprep.photo.formats import recognise_file
from photoprep.photo.png_exif import exif_chunk_of
from photoprep.photo.tiff_head import read_tiff_head

# Exif 2.32, 4.6.5 and 4.6.4: DateTimeOriginal, DateTimeDigitized, DateTime.
_EXIF_IFD, _ORIGINAL, _DIGITIZED, _CHANGED = 0x8769, 0x9003, 0x9004, 0x0132
_FORM = "%Y:%m:%d %H:%M:%S"


def taken_at(exif: Image.Exif) -> str:
    """The time in ISO 8601 without a zone, as the camera's clock had it; empty if not told."""
    below = exif.get_ifd(_EXIF_IFD)
    for value in (below.get(_ORIGINAL), below.get(_DIGITIZED), exif.get(_CHANGED)):
        with suppress(ValueError, TypeError):  # "0000:00:00 00:00:00", or no text at all
            return datetime.strptime(str(value).strip("\0 "), _FORM).isoformat()
    return ""


def capture_time(path: Path) -> str:
    """``taken_at`` of a file; empty for whatever has no time, or no head that can be read."""
    # A guess is made of it, and whatever is wrong with the file is said when it is decoded.
    with suppress(Exception):
        kind = recognise_file(path)
        if kind is None or not kind.pillow_format:
            return ""
        if kind.pillow_format == "RAW":
            return taken_at(read_tiff_head(path).exif)
        with Image.open(path, formats=[kind.pillow_format]) as image:
            if kind.pillow_format == "PNG":
                # Pillow would decode the whole picture to see whether Exif stands behind it.
                image.info.setdefault("exif", exif_chunk_of(path))
            return taken_at(image.getexif())
    return ""
