"""ZIP archives for tests: honest ones by ``zipfile``, others record by record, by hand."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

UTF_8 = 0x0800


@dataclass(frozen=True)
class Entry:
    """A file in an archive, with whatever an archive may say of it, true or not.

    One that is ``placed_at`` an offset has no bytes of its own.
    """

    name: bytes
    content: bytes = b""
    flags: int = 0
    method: int = 8
    attributes: int = 0
    made_on: int = 3
    size_bytes: int | None = None
    crc32: int | None = None
    packed: bytes | None = None
    extra: bytes = b""
    placed_at: int | None = None


def archive(path: Path, *entries: Entry, before: bytes = b"") -> Path:
    """Write an archive with these entries, and something before it perhaps."""
    data, directory = io.BytesIO(), io.BytesIO()
    for entry in entries:
        packed = entry.packed if entry.packed is not None else _packed(entry)
        size = len(entry.content) if entry.size_bytes is None else entry.size_bytes
        crc32 = zlib.crc32(entry.content) if entry.crc32 is None else entry.crc32
        shared = (entry.flags, entry.method, 0, 0x21, crc32, len(packed), size, len(entry.name))
        at = data.tell() if entry.placed_at is None else entry.placed_at
        if entry.placed_at is None:
            data.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, *shared, 0) + entry.name + packed)
        made = entry.made_on << 8 | 20
        tail = (len(entry.extra), 0, 0, 0, entry.attributes, at)
        directory.write(struct.pack("<4s6H3L5H2L", b"PK\1\2", made, 20, *shared, *tail))
        directory.write(entry.name + entry.extra)
    listed, start = directory.getvalue(), data.tell()
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), start, 0)
    path.write_bytes(before + data.getvalue() + listed + end)
    return path


def zipped(path: Path, folder: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Pack a folder, as people do."""
    with zipfile.ZipFile(path, "w", method) as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, file.relative_to(folder).as_posix())
    return path


def deflated(content: bytes) -> bytes:
    """Content as it stands in an archive."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _packed(entry: Entry) -> bytes:
    return deflated(entry.content) if entry.method == 8 else entry.content
