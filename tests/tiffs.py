"""TIFF files for tests, record by record by hand: kinds that Pillow neither writes nor reads."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NONE, ZSTANDARD = 1, 50000
GREY, RGB, CMYK, CIELAB = 1, 2, 5, 8
_FORMATS = {"u": 1, "i": 2, "f": 3}
_SHORT, _LONG, _ASCII = 3, 4, 2


def write_tiff(
    path: Path,
    values: NDArray[Any],
    photometric: int = RGB,
    *,
    order: Literal["<", ">"] = "<",
    planar: bool = False,
    compression: int = NONE,
    rows_a_strip: int = 16,
    extra: int | None = None,
    orientation: int = 1,
    artist: bytes = b"",
) -> Path:
    """Write (height, width, channels) as one page; ``extra`` says what the last channel is."""
    height, width, channels = values.shape
    stored = values.astype(values.dtype.newbyteorder(order))
    planes = [stored[..., [channel]] for channel in range(channels)] if planar else [stored]
    strips = [
        plane[top : top + rows_a_strip].tobytes()
        for plane in planes
        for top in range(0, height, rows_a_strip)
    ]
    if compression == ZSTANDARD:
        strips = [zstd.compress(strip) for strip in strips]
    bits = values.dtype.itemsize * 8
    tags: list[tuple[int, int, list[int] | bytes]] = [
        (256, _LONG, [width]),
        (257, _LONG, [height]),
        (258, _SHORT, [bits] * channels),
        (259, _SHORT, [compression]),
        (262, _SHORT, [photometric]),
        (273, _LONG, [0] * len(strips)),
        (274, _SHORT, [orientation]),
        (277, _SHORT, [channels]),
        (278, _LONG, [rows_a_strip]),
        (279, _LONG, [len(strip) for strip in strips]),
        (284, _SHORT, [2 if planar else 1]),
        (339, _SHORT, [_FORMATS[values.dtype.kind]] * channels),
    ]
    if artist:
        tags.append((315, _ASCII, artist + b"\0"))
    if extra is not None:
        tags.append((338, _SHORT, [extra]))
    tags.sort()
    at = 8 + len(_directory(order, tags))
    offsets = []
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    tags = [(tag, kind, offsets if tag == 273 else data) for tag, kind, data in tags]
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    path.write_bytes(head + _directory(order, tags) + b"".join(strips))
    return path


def _directory(order: str, tags: list[tuple[int, int, list[int] | bytes]]) -> bytes:
    entries, behind = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for tag, kind, data in tags:
        letter = {_SHORT: "H", _LONG: "I"}.get(kind, "")
        packed = (
            data if isinstance(data, bytes) else struct.pack(f"{order}{len(data)}{letter}", *data)
        )
        place = packed.ljust(4, b"\0")
        if len(packed) > 4:
            place = struct.pack(f"{order}I", start + len(behind))
            behind += packed + bytes(len(packed) % 2)
        entries += struct.pack(f"{order}HHI", tag, kind, len(data)) + place
    return struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + behind
