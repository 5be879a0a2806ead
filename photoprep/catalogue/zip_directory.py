"""The directory of a ZIP archive, read within bounds; what it lists is not believed yet.

Python's own ``zipfile`` reads a directory of any size and keeps every entry, and it decodes names
before anybody can see their bytes; so the few records that are needed are read here (APPNOTE.TXT
6.3.10 by PKWARE, section 4.3).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from photoprep.archive_file import Readable
from photoprep.archive_member import LOCAL_HEADER_BYTES
from photoprep.errors import ArchiveRefusedError
from photoprep.language import say

# A whole season's photos are ten thousand; an entry takes about a hundred bytes.
MAX_ENTRIES = 50_000
MAX_DIRECTORY_BYTES = 16_000_000

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 65_535
_IN_THE_EXTRA_16, _IN_THE_EXTRA_32 = 0xFFFF, 0xFFFF_FFFF
_ZIP64_EXTRA = 0x0001

_ASK_AGAIN = say("Copy it again, or ask for it once more.")
_UNPACK = say("Unpack it, look what it holds, and drop the folder.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory. ``raw_name`` is as it stands, ``extra`` its further fields.

    ``made_on`` is the number of the system that made it (3: Unix), whose ``attributes`` these are.
    """

    raw_name: bytes
    extra: bytes
    made_on: int
    flags: int
    method: int
    crc32: int
    compressed_bytes: int
    size_bytes: int
    attributes: int
    header_offset: int

    @property
    def is_folder(self) -> bool:
        """Whether it only says that there is a folder."""
        return self.raw_name.endswith((b"/", b"\\")) and not self.size_bytes


@dataclass(frozen=True, slots=True)
class _Directory:
    """Where the directory stands; ``shift_bytes`` is what was put before the archive since."""

    start: int
    length_bytes: int
    entries: int
    shift_bytes: int


def read_directory(file: Readable) -> list[Entry]:
    """Every entry of the archive, in the directory's order.

    Raises:
        ArchiveRefusedError: it is damaged, in several parts, or more than is taken; or its entries
            overlap, as they do in archives made to unpack without end.
        OSError: the system refuses to read it.

    """
    size_bytes = file.seek(0, os.SEEK_END)
    directory = _find(file, size_bytes)
    if directory.entries > MAX_ENTRIES or directory.length_bytes > MAX_DIRECTORY_BYTES:
        raise _too_many()
    file.seek(directory.start)
    data = file.read(directory.length_bytes)
    entries = []
    for entry in _entries(data, directory.shift_bytes):
        entries.append(entry)
        if len(entries) > MAX_ENTRIES:
            raise _too_many()
    _check_apart(entries, directory.start)
    return entries


def _find(file: Readable, size_bytes: int) -> _Directory:
    tail_bytes = min(size_bytes, _END.size + _LONGEST_COMMENT)
    file.seek(size_bytes - tail_bytes)
    tail = file.read(tail_bytes)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise _damaged(say("it ends too early"))
    _, disk, start_disk, _, entries, length_bytes, start, _ = _END.unpack_from(tail, found)
    end = size_bytes - tail_bytes + found
    if _IN_THE_EXTRA_16 in (disk, entries) or _IN_THE_EXTRA_32 in (length_bytes, start):
        large = _find_large(file, end)
        if large is not None:
            return large
    if disk or start_disk:
        raise ArchiveRefusedError(
            say("It is one part of an archive in several."),
            hint=say("Unpack all of it, drop the folder."),
        )
    return _placed(end, length_bytes, start, entries)


def _find_large(file: Readable, end: int) -> _Directory | None:
    """The directory by the records of ZIP64, for more than 65,535 entries or 4 GiB."""
    locator_at = end - _END64_LOCATOR.size
    if locator_at < 0:
        return None
    file.seek(locator_at)
    signature, _, told_at, _ = _END64_LOCATOR.unpack(file.read(_END64_LOCATOR.size))
    if signature != b"PK\x06\x07":
        return None
    for record_at in (told_at, locator_at - _END64.size):  # the second: something stands before it
        if not 0 <= record_at <= locator_at - _END64.size:
            continue
        file.seek(record_at)
        record = _END64.unpack(file.read(_END64.size))
        if record[0] == b"PK\x06\x06":
            _, _, _, _, _, _, _, entries, length_bytes, start = record
            return _placed(record_at, length_bytes, start, entries)
    raise _damaged(say("its directory is not where it says"))


def _placed(end: int, length_bytes: int, start: int, entries: int) -> _Directory:
    shift_bytes = end - length_bytes - start
    if shift_bytes < 0:
        raise _damaged(say("its directory is not where it says"))
    return _Directory(start + shift_bytes, length_bytes, entries, shift_bytes)


def _entries(data: bytes, shift_bytes: int) -> Iterator[Entry]:
    at = 0
    while at < len(data):
        if len(data) - at < _ENTRY.size or data[at : at + 4] != b"PK\x01\x02":
            raise _damaged(say("its directory makes no sense"))
        (
            _, made, _, flags, method, _, _, crc32, packed, size, name, extra, comment, _, _,
            attributes, offset,
        ) = _ENTRY.unpack_from(data, at)  # fmt: skip
        at += _ENTRY.size
        if at + name + extra + comment > len(data):
            raise _damaged(say("its directory ends too early"))
        raw_name, fields = data[at : at + name], data[at + name : at + name + extra]
        at += name + extra + comment
        size, packed, offset = _large_figures(fields, (size, packed, offset))
        yield Entry(
            raw_name, fields, made >> 8, flags, method, crc32, packed, size, attributes,
            offset + shift_bytes,
        )  # fmt: skip


def extra_field(fields: bytes, wanted: int) -> bytes:
    """One of an entry's further fields by its number; empty where it has none."""
    at = 0
    while at + 4 <= len(fields):
        number, length = struct.unpack_from("<HH", fields, at)
        if number == wanted:
            return fields[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


def _large_figures(fields: bytes, figures: Sequence[int]) -> Iterator[int]:
    """The figures, those that have no room in four bytes from the field that has them."""
    large = extra_field(fields, _ZIP64_EXTRA)
    for figure in figures:
        if figure != _IN_THE_EXTRA_32:
            yield figure
            continue
        if len(large) < 8:
            raise _damaged(say("its directory makes no sense"))
        yield int.from_bytes(large[:8], "little")
        large = large[8:]


def _check_apart(entries: Sequence[Entry], directory_start: int) -> None:
    """Refuse entries that share bytes: so a few kilobytes become petabytes (D. Fifield, 2019)."""
    ordered = sorted((entry.header_offset, _least_end(entry)) for entry in entries)
    for (_, end), (start, _) in pairwise(ordered):
        if start < end:
            raise ArchiveRefusedError(
                say("Files in the archive overlap, which no honest archive does."), hint=_UNPACK
            )
    if ordered and ordered[-1][1] > directory_start:
        raise _damaged(say("a file in it ends too early"))


def _least_end(entry: Entry) -> int:
    return entry.header_offset + LOCAL_HEADER_BYTES + len(entry.raw_name) + entry.compressed_bytes


def _too_many() -> ArchiveRefusedError:
    return ArchiveRefusedError(
        say(
            "The archive holds more than {most:,} files, the most that photoprep takes.",
            most=MAX_ENTRIES,
        ),
        hint=say("Unpack it and drop the folder."),
    )


def _damaged(detail: str) -> ArchiveRefusedError:
    return ArchiveRefusedError(
        say("The ZIP archive is damaged: {detail}.", detail=detail), hint=_ASK_AGAIN
    )
