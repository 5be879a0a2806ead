"""Whether a JPEG XL moves: its reader shows the last frame of such a one and says nothing."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from photoprep.errors import UnsupportedFormatError

_BARE = b"\xff\x0a"
_HEAD_BYTES = 32  # two sizes of at most 9 bytes each and a few flags
_MOST_BOXES = 100
# How many bits a side's length has, by a selector of two bits (ISO/IEC 18181-1, SizeHeader).
_SIDE_BITS = (9, 13, 18, 30)


def check_still(path: Path) -> None:
    """Refuse a moving picture.

    Raises:
        UnsupportedFormatError: it moves.

    """
    with path.open("rb") as file:
        head = _codestream(file)
    if head.startswith(_BARE) and _is_animated(_Bits(head[len(_BARE) :])):
        raise UnsupportedFormatError(
            "It is a JPEG XL that moves, of which photoprep cannot take the first frame.",
            hint="Save one frame of it as JPEG or PNG and run again.",
            path=path,
        )


def _codestream(file: BinaryIO) -> bytes:
    """How the picture itself begins, bare or in the first box that holds it (ISO/IEC 18181-2)."""
    head = file.read(_HEAD_BYTES)
    if head.startswith(_BARE):
        return head
    file.seek(0)
    for _ in range(_MOST_BOXES):
        length, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        read = 8
        if length == 1:
            length, read = int.from_bytes(file.read(8), "big"), 16
        if kind == b"jxlp":
            file.read(4)  # the part's number
        if kind in {b"jxlc", b"jxlp"}:
            return file.read(_HEAD_BYTES)
        if length < read:
            return b""
        file.seek(length - read, 1)
    return b""


class _Bits:
    """The bits of a head, the lowest of each byte first; beyond its end there are zeros."""

    def __init__(self, head: bytes) -> None:
        self._left = int.from_bytes(head, "little")

    def take(self, count: int) -> int:
        taken = self._left & ((1 << count) - 1)
        self._left >>= count
        return taken


def _is_animated(bits: _Bits) -> bool:
    """By the fields of SizeHeader and ImageMetadata (ISO/IEC 18181-1) as far as it says so."""
    _skip_size(bits)
    if bits.take(1):  # all_default
        return False
    if not bits.take(1):  # extra_fields
        return False
    bits.take(3)  # orientation
    if bits.take(1):  # have_intr_size
        _skip_size(bits)
    if bits.take(1):  # have_preview, whose size no program is known to write
        return False
    return bool(bits.take(1))


def _skip_size(bits: _Bits) -> None:
    in_eights = bits.take(1)
    _skip_side(bits, in_eights)
    if bits.take(3) == 0:  # else the width is in a ratio to the height
        _skip_side(bits, in_eights)


def _skip_side(bits: _Bits, in_eights: int) -> None:
    bits.take(5 if in_eights else _SIDE_BITS[bits.take(2)])
