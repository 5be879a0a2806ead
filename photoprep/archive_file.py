"""A ZIP archive opened to be read here and there: a file of this computer, or one in a store.

Of one in a store only those bytes come that are asked for, some of them ahead: an archive may have
more than the memory and the disk hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from photoprep.errors import PhotoError, SourceChangedError, SourceUnreadableError
from photoprep.files import FileStamp, open_source, unreadable
from photoprep.language import say
from photoprep.remote_store import Range, RemoteObject, look_at, ranges_of

# What comes of a store at once, and is in memory.
_PIECE_BYTES = 1 << 24


class Readable(Protocol):
    """Bytes that are read from any place, as those of an open file are."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place; returns it."""

    def read(self, size: int, /) -> bytes:
        """So many bytes from there on; fewer at the end alone."""


class ArchiveFile(Readable, Protocol):
    """An open archive."""

    def check_unchanged(self) -> None:
        """Refuse an archive that is no longer what it was when it was looked at.

        Raises:
            SourceChangedError: it is another one.
            SourceUnreadableError: it cannot be looked at.

        """


@dataclass(frozen=True, slots=True)
class Span:
    """Some bytes of an archive by their place; ``known`` are those that are here already."""

    start: int
    length_bytes: int
    known: bytes = b""


@contextmanager
def open_archive(
    path: Path, stamp: FileStamp, in_store: RemoteObject | None, ahead: Sequence[Span] = ()
) -> Iterator[ArchiveFile]:
    """An archive that looked so, for the block: the file at ``path``, or the one in a store.

    ``ahead`` are the places that will be read, so that each of them comes from a store at once.

    Raises:
        SourceUnreadableError: the system refuses to open it.
        SourceChangedError: it is certainly another file than the one that was looked at.

    """
    if in_store is not None:
        yield _ArchiveInStore(path, in_store, ahead)
        return
    with open_source(path) as file:
        archive = _ArchiveOnDisk(path, stamp, file)
        archive.check_unchanged()
        yield archive


@dataclass(frozen=True, slots=True)
class _ArchiveOnDisk:
    path: Path
    stamp: FileStamp
    file: BinaryIO

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self.file.seek(offset, whence)

    def read(self, size: int, /) -> bytes:
        return self.file.read(size)

    def check_unchanged(self) -> None:
        try:
            status = os.fstat(self.file.fileno())
        except OSError as error:
            raise unreadable(self.path, error) from error
        if (status.st_size, status.st_mtime_ns) != (self.stamp.size_bytes, self.stamp.mtime_ns):
            raise _changed(self.path)


class _ArchiveInStore:
    """Ranges of an object; what is read forwards comes once, in few and large pieces."""

    def __init__(self, path: Path, listed: RemoteObject, ahead: Sequence[Span]) -> None:
        self._path, self._listed, self._ahead = path, listed, ahead
        self._at = 0
        self._here = [(span.start, span.known) for span in ahead if span.known]

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        begin = {os.SEEK_CUR: self._at, os.SEEK_END: self._listed.size_bytes}.get(whence, 0)
        self._at = begin + offset
        return self._at

    def read(self, size: int, /) -> bytes:
        start, end = self._at, min(self._at + size, self._listed.size_bytes)
        if start >= end:
            return b""
        self._at = end
        for first, bytes_here in self._here:
            if first <= start and end <= first + len(bytes_here):
                return bytes_here[start - first : end - first]
        fetched = self._fetched(start, max(end, self._worthwhile_end(start)))
        self._here = [(start, fetched)]
        return fetched[: end - start]

    def check_unchanged(self) -> None:
        if not look_at(self._listed.address).is_as(self._listed):
            raise _changed(self._path)

    def _worthwhile_end(self, start: int) -> int:
        """Up to where to fetch along with what is read at a place."""
        ends = (span.start + span.length_bytes for span in self._ahead if span.start <= start)
        return min(max(ends, default=0), start + _PIECE_BYTES, self._listed.size_bytes)

    def _fetched(self, start: int, end: int) -> bytes:
        (fetched,) = ranges_of([Range(self._listed, start, end - start)])
        if isinstance(fetched, PhotoError):
            raise fetched
        if len(fetched) < end - start:
            raise SourceUnreadableError(
                say("The store gives less of the file than there is."),
                hint=say("Check the network and your rights to the store, then run again."),
            )
        return fetched


def _changed(path: Path) -> SourceChangedError:
    return SourceChangedError(
        say("The archive changed while it was being read."),
        hint=say("Wait until it has been copied whole, then run again."),
        path=path,
    )
