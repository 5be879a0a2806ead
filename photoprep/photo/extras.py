"""Formats that Pillow reads with some help: JPEG XL by a plugin, Photoshop files with care."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from photoprep.errors import MissingExtraError, UnsupportedFormatError
from photoprep.photo.jpeg_xl_head import JpegXlHead

# Photoshop File Formats Specification, "Image Resource IDs": 1057 is VersionInfo, whose fifth byte
# says whether the file has a picture of its layers put together.
_VERSION_INFO, _HAS_COMPOSITE = 1057, 4
_DEPTH = slice(22, 24)


def load_jpeg_xl(path: Path) -> None:
    """Make Pillow read JPEG XL.

    Raises:
        MissingExtraError: the extra is not installed.

    """
    try:
        from pillow_jxl import JpegXLImagePlugin
    except ImportError as error:
        raise MissingExtraError(
            "It is a JPEG XL file, and what reads those is not installed.",
            hint='Install it with: pip install "photoprep[jxl]". Or save it as JPEG or PNG.',
            path=path,
        ) from error
    JpegXLImagePlugin.DECODE_THREADS = 1  # there is a worker for every core


def check_still(head: JpegXlHead, path: Path) -> None:
    """Refuse a JPEG XL that moves.

    Raises:
        UnsupportedFormatError: it moves.

    """
    if head.moves:
        raise UnsupportedFormatError(
            "It is a JPEG XL that moves, of which photoprep cannot take the first frame.",
            hint="Save one frame of it as JPEG or PNG and run again.",
            path=path,
        )


def check_photoshop_depth(path: Path) -> None:
    """Refuse depths that Pillow does not read, before it says something about the file's head.

    Raises:
        UnsupportedFormatError: it has 16 or 32 bits a channel.

    """
    with path.open("rb") as file:
        bits = int.from_bytes(file.read(26)[_DEPTH], "big")
    if bits > 8:
        raise UnsupportedFormatError(
            f"It is a Photoshop file of {bits} bits a channel, which photoprep does not read.",
            hint="Save it as TIFF, which may have 16 bits, or with 8 bits a channel.",
            path=path,
        )


def check_composite(image: Image.Image, path: Path) -> None:
    """Refuse a Photoshop file that has only its layers: what it shows in their place is white.

    Raises:
        UnsupportedFormatError: it was saved without a composite.

    """
    for number, _name, data in getattr(image, "resources", ()):
        if number == _VERSION_INFO and data[_HAS_COMPOSITE : _HAS_COMPOSITE + 1] == b"\0":
            raise UnsupportedFormatError(
                "The Photoshop file holds only layers, and no picture of them put together.",
                hint='Save it again in Photoshop with "Maximize Compatibility" on, or as TIFF.',
                path=path,
            )
