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
from dataclasses import dataclass, replace
from pathlib import Path

from photoprep.archive_file import Readable, Span, open_archive
from photoprep.errors import ArchiveRefusedError, PhotoError
from photoprep.files import FileStamp, unreadable
from photoprep.language import say
from photoprep.remote_store import RemoteObject

STORED, DEFLATED = 0, 8

LOCAL_HEADER_BYTES = 30
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_READ_BYTES, _PIECE_BYTES = 1 << 18, 1 << 20
_LEAST_READ_BYTES = 4096
# A header has fields that the directory does not tell of, and what is deflated may be longer than
# what it holds; whoever fetches so much more need not ask twice.
_SLACK_BYTES = 512
_HINT = say("Copy the archive again, or ask for it once more.")

Pieces = Generator[bytes, None, None]


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive, as the archive's directory has it.

    ``name`` is its own path within, ``method`` is ``STORED`` or ``DEFLATED``, ``crc32`` the
    checksum of its content, which has ``size_bytes``. ``archive`` is how the whole archive looked,
    ``in_store`` the archive itself, where it lies in a store.
    """

    name: str
    header_offset: int
    compressed_bytes: int
    size_bytes: int
    crc32: int
    method: int
    archive: FileStamp
    in_store: RemoteObject | None = None

    @property
    def stamp(self) -> FileStamp:
        """What it looks like from outside: unchanged if its archive is, and its checksum too."""
        both = self.crc32 << 64 | self.archive.inode
        return FileStamp(self.size_bytes, self.archive.mtime_ns, both, self.archive.looked_ns)


def place_of_head(member: ArchiveMember, most_bytes: int) -> Span:
    """Where in its archive the first bytes of a member's content are, as far as that is known."""
    content_bytes = min(member.compressed_bytes, max(most_bytes, _LEAST_READ_BYTES) + _SLACK_BYTES)
    name_bytes = len(member.name.encode("utf-8", "replace"))
    header_bytes = LOCAL_HEADER_BYTES + name_bytes + _SLACK_BYTES
    return Span(member.header_offset, header_bytes + content_bytes)


def head_of_member(
    archive: Path, member: ArchiveMember, most_bytes: int, *, known: bytes = b""
) -> bytes:
    """The first bytes of a member's content; raises as ``pieces_of_member``.

    ``known`` is what stands at ``place_of_head``, where that has come from a store already.
    """
    head = b""
    place = replace(place_of_head(member, most_bytes), known=known)
    with closing(_pieces_of_member(archive, member, most_bytes, place)) as pieces:
        while len(head) < most_bytes and (piece := next(pieces, b"")):
            head += piece
    return head[:most_bytes]


def pieces_of_member(
    archive: Path, member: ArchiveMember, *, piece_bytes: int = _PIECE_BYTES
) -> Pieces:
    """The content of a member; whoever comes to its end has had the whole of it, unharmed.

    Raises:
        SourceUnreadableError: the system or the store refuses to read the archive.
        SourceChangedError: the archive is not the one that was looked at.
        ArchiveRefusedError: the member is damaged, or holds more than the archive says.

    """
    place = place_of_head(member, member.compressed_bytes)
    return _pieces_of_member(archive, member, piece_bytes, place)


def _pieces_of_member(
    archive: Path, member: ArchiveMember, piece_bytes: int, place: Span
) -> Pieces:
    with open_archive(archive, member.archive, member.in_store, [place]) as file:
        try:
            yield from _counted(_pieces(file, member, piece_bytes), member)
        except OSError as error:
            raise unreadable(archive, error) from error
        except (PhotoError, zlib.error) as error:
            # Half an archive that is still being copied is not a damaged one.
            file.check_unchanged()
            if isinstance(error, PhotoError):
                raise
            raise _damaged(say("its content cannot be unpacked")) from error
        if member.in_store is None:  # else a journey, where the checksum is proof as well
            file.check_unchanged()


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


def _pieces(file: Readable, member: ArchiveMember, piece_bytes: int) -> Pieces:
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER_BYTES)
    if len(header) < LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise _damaged(say("it is not where the archive says"))
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    raw = _read(
        file, member.compressed_bytes, min(_READ_BYTES, max(piece_bytes, _LEAST_READ_BYTES))
    )
    return raw if member.method == STORED else _inflated(raw, piece_bytes)


def _read(file: Readable, length_bytes: int, read_bytes: int) -> Pieces:
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
