"""Kinds of JPEG that libjpeg, as Pillow uses it, does not read: medical and technical ones."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from photoprep.errors import UnsupportedFormatError
from photoprep.language import say

# ITU-T T.81, table B.1: a frame begins with one of these; C4, C8 and CC are something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_LS = 0xF7  # ITU-T T.87
_SCAN = 0xDA
_LONE = frozenset(range(0xD0, 0xD9)) | {0x01}  # markers without a length
_READ_BITS = 8


def check_jpeg_kind(path: Path) -> None:
    """Refuse what is whole but of another kind, before Pillow calls it damaged.

    Raises:
        UnsupportedFormatError: it has more than 8 bits a channel, or is JPEG-LS.

    """
    with path.open("rb") as file:
        marker, bits = _frame(file)
    if marker == _JPEG_LS:
        kind = say("JPEG-LS file")
    elif marker in _FRAMES and bits != _READ_BITS:
        kind = say("JPEG of {bits} bits a channel", bits=bits)
    else:
        return
    raise UnsupportedFormatError(
        say("It is a {kind}, which photoprep does not read.", kind=kind),
        hint=say("Save it as TIFF or PNG, which may have 16 bits, or as JPEG of 8 bits."),
        path=path,
    )


def is_whole_head(data: bytes) -> bool:
    """Whether these are the first bytes of a JPEG, with all that stands before its picture."""
    return any(marker == _SCAN for marker, _ in _segments(BytesIO(data)))


def _frame(file: BinaryIO) -> tuple[int, int]:
    """The marker that begins the picture, and its bits a channel; zeros where there is none."""
    for marker, first in _segments(file):
        if marker in _FRAMES or marker == _JPEG_LS:
            return marker, first
    return 0, 0


def _segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Every marker that has a length, up to the picture's content, and the byte behind that."""
    file.seek(2)
    while file.read(1) == b"\xff":
        code = b"\xff"
        while code == b"\xff":  # any number of them may stand before a marker
            code = file.read(1)
        marker = int.from_bytes(code, "big")
        if marker in _LONE:
            continue
        length, first = int.from_bytes(file.read(2), "big"), file.read(1)
        yield marker, int.from_bytes(first, "big")
        if marker == _SCAN or not first:
            return
        file.seek(max(0, length - 2) - 1, 1)
