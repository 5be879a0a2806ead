"""One file within a ZIP archive: where it stands, and its content, read piece by piece.

The parent finds members (``catalogue.archive``), workers read them. Nothing that an archive says
of itself is believed: reading ends at the bytes a member may have, what comes out must have the
length and the checksum that the directory names, and the archive must be the file that was looked
at, before and after. (The format: APPNOTE.TXT 6.3.10, PKWARE.)
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from photoprep.errors import ArchiveRefusedError, PhotoError, SourceChangedError
from photoprep.files import FileStamp, open_source, unreadable
from photoprep.language import say

STORED, DEFLATED = 0, 8

LOCAL_HEADER_BYTES = 30
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_READ_BYTES, _PIECE_BYTES = 1 << 18, 1 << 20
_HINT = say("Copy the archive again, or ask for it once more.")

Pieces = Generator[bytes, None, None]


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive, as the archive's directory has it.

    ``name`` is its own path within, ``method`` is ``STORED`` or ``DEFLATED``, ``crc32`` the
    checksum of its content, which has ``size_bytes``. ``archive`` is how the whole archive looked.
    """

    name: str
    header_offset: int
    compressed_bytes: int
    size_bytes: int
    crc32: int
    method: int
    archive: FileStamp

    @property
    def stamp(self) -> FileStamp:
        """What it looks like from outside: unchanged if its archive is, and its checksum too."""
        both = self.crc32 << 64 | self.archive.inode
        return FileStamp(self.size_bytes, self.archive.mtime_ns, both, self.archive.looked_ns)


def head_of_member(archive: Path, member: ArchiveMember, most_bytes: int) -> bytes:
    """The first bytes of a member's content; raises as ``pieces_of_member``."""
    head = b""
    with closing(pieces_of_member(archive, member, piece_bytes=most_bytes)) as pieces:
        while len(head) < most_bytes and (piece := next(pieces, b"")):
            head += piece
    return head[:most_bytes]


def pieces_of_member(
    archive: Path, member: ArchiveMember, *, piece_bytes: int = _PIECE_BYTES
) -> Pieces:
    """The content of a member; whoever comes to its end has had the whole of it, unharmed.

    Raises:
        SourceUnreadableError: the system refuses to read the archive.
        SourceChangedError: the archive is not the one that was looked at.
        ArchiveRefusedError: the member is damaged, or holds more than the archive says.

    """
    with open_source(archive) as file:
        check_unchanged(file, archive, member.archive)
        try:
            yield from _counted(_pieces(file, member, piece_bytes), member)
        except OSError as error:
            raise unreadable(archive, error) from error
        except (PhotoError, zlib.error) as error:
            # Half an archive that is still being copied is not a damaged one.
            check_unchanged(file, archive, member.archive)
            if isinstance(error, PhotoError):
                raise
            raise _damaged(say("its content cannot be unpacked")) from error
        check_unchanged(file, archive, member.archive)


def check_unchanged(file: BinaryIO, path: Path, stamp: FileStamp) -> None:
    """Refuse an archive that is no longer what it was when it was looked at.

    Raises:
        SourceChangedError: its size or its modification time is another.

    """
    try:
        status = os.fstat(file.fileno())
    except OSError as error:
        raise unreadable(path, error) from error
    if (status.st_size, status.st_mtime_ns) != (stamp.size_bytes, stamp.mtime_ns):
        raise SourceChangedError(
            say("The archive changed while it was being read."),
            hint=say("Wait until it has been copied whole, then run again."),
            path=path,
        )


def _counted(pieces: Pieces, member: ArchiveMember) -> Pieces:
    """The pieces, ended with an error where they are not what the directory says they are."""
    length_bytes, crc32 = 0, 0
    for piece in pieces:
        length_bytes += len(piece)
        if length_bytes > member.size_bytes:
            raise _damaged(say("it holds more than the archive says"))
        crc32 = zlib.crc32(piece, crc32)
        yield piece
    if length_bytes < member.size_bytes:
        raise _damaged(say("it ends too early"))
    if crc32 != member.crc32:
        raise _damaged(say("its checksum does not fit"))


def _pieces(file: BinaryIO, member: ArchiveMember, piece_bytes: int) -> Pieces:
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER_BYTES)
    if len(header) < LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise _damaged(say("it is not where the archive says"))
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    raw = _read(file, member.compressed_bytes, min(_READ_BYTES, max(piece_bytes, 4096)))
    return raw if member.method == STORED else _inflated(raw, piece_bytes)


def _read(file: BinaryIO, length_bytes: int, read_bytes: int) -> Pieces:
    while length_bytes and (piece := file.read(min(read_bytes, length_bytes))):
        length_bytes -= len(piece)
        yield piece


def _inflated(raw: Pieces, piece_bytes: int) -> Pieces:
    """Deflated data unpacked, never more than ``piece_bytes`` at once, whatever the ratio."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting = b""
    while not inflater.eof:
        waiting = waiting or next(raw, b"")
        piece = inflater.decompress(waiting, piece_bytes)
        if not waiting and not piece and not inflater.eof:
            raise _damaged(say("it ends too early"))
        waiting = inflater.unconsumed_tail
        if piece:
            yield piece


def _damaged(detail: str) -> ArchiveRefusedError:
    return ArchiveRefusedError(
        say("Its part of the archive is damaged: {detail}.", detail=detail), hint=_HINT
    )
