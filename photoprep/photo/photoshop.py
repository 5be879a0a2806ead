"""Photoshop files: the picture of their layers put together, which Pillow reads with some help.

Pillow takes the first channels of that picture for all there are. A file with saved selections has
more, and what it read then was shifted and torn; and of four channels the last is transparency only
where the layers say so, else a selection too.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile

from photoprep.errors import UnsupportedFormatError
from photoprep.language import say

# Photoshop File Formats Specification, "Image Resource IDs": 1057 is VersionInfo, whose fifth byte
# says whether the file has a picture of its layers put together.
_VERSION_INFO, _HAS_COMPOSITE = 1057, 4
_DEPTH = slice(22, 24)
_HEAD_BYTES, _CHANNELS, _RUN_LENGTH = 26, slice(12, 14), "packbits"


def check_photoshop_depth(path: Path) -> None:
    """Refuse depths that Pillow does not read, before it says something about the file's head.

    Raises:
        UnsupportedFormatError: it has 16 or 32 bits a channel.

    """
    with path.open("rb") as file:
        bits = int.from_bytes(file.read(26)[_DEPTH], "big")
    if bits > 8:
        raise UnsupportedFormatError(
            say(
                "It is a Photoshop file of {bits} bits a channel, which photoprep does not read.",
                bits=bits,
            ),
            hint=say("Save it as TIFF, which may have 16 bits, or with 8 bits a channel."),
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
                say("The Photoshop file holds only layers, and no picture of them put together."),
                hint=say(
                    'Save it again in Photoshop with "Maximize Compatibility" on, or as TIFF.'
                ),
                path=path,
            )


def mend_channels(image: Image.Image, path: Path) -> None:
    """Lead Pillow to the channels of an opened, not yet loaded picture.

    Raises ``OSError`` and ``struct.error`` for files that end too early.
    """
    if not isinstance(image, ImageFile.ImageFile):
        return
    tiles = image.tile
    with path.open("rb") as file:
        channels = int.from_bytes(file.read(_HEAD_BYTES)[_CHANNELS], "big")
        if channels > len(tiles) and tiles[0].codec_name == _RUN_LENGTH:
            image.tile = _led(tiles, file, channels, image.height)
        if image.mode == "RGBA" and not _has_transparency(file):
            image.tile = image.tile[:3]
            image._mode = "RGB"


def _led(
    tiles: list[ImageFile._Tile], file: BinaryIO, channels: int, height: int
) -> list[ImageFile._Tile]:
    """The tiles behind the lengths of every row of every channel, not of the shown ones alone."""
    lengths_at = tiles[0].offset - 2 * len(tiles) * height
    file.seek(lengths_at)
    lengths = struct.unpack(f">{channels * height}H", file.read(2 * channels * height))
    start = lengths_at + 2 * channels * height
    return [
        tile._replace(offset=start + sum(lengths[: height * channel]))
        for channel, tile in enumerate(tiles)
    ]


def _has_transparency(file: BinaryIO) -> bool:
    """Whether the number of layers is negative, which says so (section "Layer info")."""
    file.seek(_HEAD_BYTES)
    for _ in range(2):  # the palette and the resources
        file.seek(int.from_bytes(file.read(4), "big"), 1)
    whole, layers, count = struct.unpack(">IIh", file.read(10))
    return bool(whole and layers and count < 0)
