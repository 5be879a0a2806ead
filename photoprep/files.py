"""Files written whole, and files recognised without reading them.

A file is written under a temporary name on the same disk, flushed to the platter, then renamed
into place: a kill at any instant leaves the old file or the new one (rename(2), and MoveFileEx
with MOVEFILE_REPLACE_EXISTING behind ``os.replace`` on Windows).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from photoprep.errors import CannotWriteError, SourceUnreadableError
from photoprep.language import say

# A change within this time of the last look may leave the modification time as it was: FAT keeps
# two seconds, and network shares and synchronised folders round as they like.
COARSE_CLOCK_NS = 2_000_000_000
_CHUNK_BYTES = 1 << 20

# A FIFO that took a file's place would else be waited for without end.
_READ_AT_ONCE = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file looked like from outside, and when we looked (nanoseconds since the epoch)."""

    size_bytes: int
    mtime_ns: int
    inode: int
    looked_ns: int

    @classmethod
    def of(cls, path: Path | str) -> FileStamp:
        """Look at a file; follows links. Raises ``OSError`` as ``os.stat`` does."""
        looked_ns = time.time_ns()
        return cls.from_stat(os.stat(path), looked_ns)  # noqa: PTH116 (texts save time in a loop)

    @classmethod
    def from_stat(cls, status: os.stat_result, looked_ns: int) -> FileStamp:
        """The stamp of a stat result that was taken at ``looked_ns``."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, looked_ns)

    def shows_unchanged(self, earlier: FileStamp) -> bool:
        """Whether this look proves that the file is still what it was at the ``earlier`` one.

        Size, modification time and inode agree, and the modification time is far enough from the
        earlier look that a later write could not have left it as it was.
        """
        same = (self.size_bytes, self.mtime_ns, self.inode) == (
            earlier.size_bytes,
            earlier.mtime_ns,
            earlier.inode,
        )
        return same and abs(earlier.looked_ns - self.mtime_ns) > COARSE_CLOCK_NS


def at_home(path: str) -> str:
    """The path with a leading ``~`` or ``~name`` made the home folder, where there is such a one.

    ``Path.expanduser`` raises where there is none, and ``~$offer.jpg`` is a name like any other.
    """
    try:
        return os.path.expanduser(path)  # noqa: PTH111 (see above)
    except ValueError:  # a NUL within
        return path


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's content, read in pieces.

    Raises:
        SourceUnreadableError: the system refuses to read it.

    """
    digest = hashlib.sha256()
    try:
        with open_source(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def open_source(path: Path) -> BinaryIO:
    """Open a regular file to read; whatever else stands there by now is not waited for.

    Raises:
        SourceUnreadableError: the system refuses to open it, or it is no regular file.

    """
    try:
        file = open(os.open(path, _READ_AT_ONCE), "rb")  # noqa: PTH123, SIM115 (handed out)
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise SourceUnreadableError(
            say("Something that is no regular file has taken its place."),
            hint=say("Put the file back and run again."),
            path=path,
        )
    return file


def unreadable(path: Path, error: OSError) -> SourceUnreadableError:
    """The error for a source that the system refuses to open or read."""
    if isinstance(error, FileNotFoundError):
        return SourceUnreadableError(
            say("The file vanished before it could be read."),
            hint=say("Put it back and run again."),
            path=path,
        )
    if error.errno == errno.ESTALE:
        return SourceUnreadableError(
            say("The network share no longer knows the file (stale file handle)."),
            hint=say("Connect the share anew, then run again."),
            path=path,
        )
    reason = error.strerror or type(error).__name__
    return SourceUnreadableError(
        say("The file cannot be read ({reason}).", reason=reason),
        hint=say("Check the disk or the network share, and your rights to the file."),
        path=path,
    )


def cannot_write(path: Path, error: OSError) -> CannotWriteError:
    """The error for a place that the system refuses to write, with what to do about it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        hint = say("Free some space or choose another place with --out, then run again.")
    elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        hint = say("Choose a place you may write to with --out.")
    elif error.errno in {errno.EEXIST, errno.ENOTDIR}:
        hint = say(
            "A file stands where a folder should be: move it elsewhere, or choose another place "
            "with --out."
        )
    else:
        hint = say("Check the disk or the network share, or choose another place with --out.")
    if error.errno == errno.EXDEV:
        return CannotWriteError(
            say(
                "This place lies on another disk than its output folder, so files cannot be put "
                "there "
                "whole."
            ),
            hint=say(
                "Make a plain folder of the link or mount there, or choose another with --out."
            ),
            path=path,
        )
    reason = error.strerror or type(error).__name__
    return CannotWriteError(
        say("This place cannot be written ({reason}).", reason=reason), hint=hint, path=path
    )


def write_whole(
    path: Path, data: bytes, *, temporary: Path, sync: bool = True, lasting: bool = True
) -> None:
    """Put ``data`` at ``path`` by way of ``temporary``, which must lie on the same disk.

    The data is on the platter before it has its name. Without ``sync`` the name itself is not:
    after a loss of power the old file may stand there, whole, until ``sync_folder`` is called.
    What is not ``lasting`` may then be there in part, or empty: a kill does not harm it, and the
    wait for the platter is spared.

    Raises:
        CannotWriteError: the disk is full, read-only or gone; nothing half-written stays at
            ``path``.

    """
    try:
        with temporary.open("wb") as file:
            file.write(data)
            _finish(file, temporary, lasting=lasting)
        temporary.replace(path)
        if sync and lasting:
            sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):  # the disk may be gone or read-only by now
            temporary.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole file on the platter that has not got its place yet."""

    temporary: Path
    sha256: str


class Sink(Protocol):
    """Where bytes go, piece by piece."""

    def write(self, data: bytes, /) -> object:
        """Take the next of them."""


def spooled(path: Path, draw: Callable[[Sink], object], *, temporary: Path) -> Spooled:
    """Write what ``draw`` puts into a sink, piece by piece: it may be more than the memory holds.

    It lies at ``temporary`` and is to have its place at ``path``.

    Raises:
        CannotWriteError: the disk is full, read-only or gone; nothing half-written stays.

    """
    try:
        with temporary.open("wb") as file:
            hashing = _Hashing(file)
            draw(hashing)
            _finish(file, temporary, lasting=True)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
    return Spooled(temporary, hashing.digest.hexdigest())


class _Hashing:
    """A file that hashes what is written into it."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, data: bytes, /) -> int:
        self.digest.update(data)
        return self._file.write(data)


def _finish(file: BinaryIO, path: Path, *, lasting: bool) -> None:
    file.flush()
    _backdate(file.fileno(), path)
    if lasting:
        os.fsync(file.fileno())


def _backdate(handle: int, path: Path) -> None:
    """Date a file that is being written three seconds back.

    On a clock of two seconds whatever is done to it later then bears another time, so that its
    stamp is proof at the next run already and its hash need not be taken again.
    """
    then_ns = time.time_ns() - 3_000_000_000
    with suppress(OSError):  # where times cannot be set, the hash is taken
        os.utime(handle if os.utime in os.supports_fd else path, ns=(then_ns, then_ns))


def sync_folder(folder: Path) -> None:
    """Make renames durable; Windows has no handle to a folder and needs none.

    Raises ``OSError`` as ``os.open`` and ``os.fsync`` do.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network and FUSE file systems cannot sync a folder; the rename itself has happened.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)
