"""A source held while it is decoded: what is decoded is what was hashed, or it is an error.

A file is read twice, once for its hash and once by the decoder, which opens it by its path. That
both read the same is shown by how it looks before and after; where looks prove nothing, it is
hashed once more. A member of an archive is unpacked, and one of a store fetched, once into a copy
of its own, hashed on the way, because decoders want a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.archive_member import ArchiveMember, head_of_member
from photoprep.errors import NoRoomError, SourceChangedError
from photoprep.files import (
    COARSE_CLOCK_NS,
    FileStamp,
    sha256_of_file,
    unreadable,
)
from photoprep.language import say
from photoprep.members import Member, pieces_of
from photoprep.photo.jpeg_head import is_whole_head
from photoprep.photo.task import HeadTask, SourceTask
from photoprep.remote_store import Range, ranges_of

COPY_PREFIX = "member-"
# What a camera writes before the picture itself: its Exif, a preview, a profile.
_HEAD_BYTES = 1 << 18
_PLAIN_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class HeldSource:
    """Where to decode from, and its hash; ``check`` raises if it has changed since.

    ``check`` raises ``SourceChangedError``, or ``SourceUnreadableError`` for a file that is gone.
    """

    path: Path
    sha256: str
    check: Callable[[], None]


@contextmanager
def held(task: SourceTask) -> Iterator[HeldSource]:
    """The source of a task, to be decoded within the block.

    Raises:
        SourceUnreadableError, SourceChangedError: as their names say.
        ArchiveRefusedError: it is in an archive and damaged there.

    """
    if task.member is not None:
        content = pieces_of(task.path, task.member)
        with _laid_down(content, task.member.name, task) as copy:
            yield copy
        return
    yield _held_file(task)


@contextmanager
def held_head(task: HeadTask) -> Iterator[Path]:
    """A file with the head of a source, at least, for the block; of a file, whatever it is now.

    Raises:
        PhotoError: it is in an archive that is damaged, or in a store that does not give it, or
            there is no room to lay it down.

    """
    if task.member is None:
        yield task.path
        return
    head = _first_bytes(task.path, task.member)
    if is_whole_head(head):
        with _laid_down(iter((head,)), task.member.name, task) as copy:
            yield copy.path
        return
    with held(task) as source:
        yield source.path


def _first_bytes(path: Path, member: Member) -> bytes:
    """As many as a head mostly has; none of an object that its store does not give."""
    if isinstance(member, ArchiveMember):
        return head_of_member(path, member, _HEAD_BYTES)
    (head,) = ranges_of([Range(member, 0, _HEAD_BYTES)])
    return head if isinstance(head, bytes) else b""


def plain_ending(name: str) -> str:
    """A file name's ending, for a copy of the file; empty where not every system would take it."""
    ending = Path(name).suffix
    return ending if _PLAIN_ENDING.fullmatch(ending) else ""


def check_unchanged(path: Path, stamp: FileStamp) -> os.stat_result:
    """Refuse a file that is certainly another than the one looked at; returns how it looks now.

    Raises:
        SourceChangedError: its size or its modification time is another.
        SourceUnreadableError: it is gone.

    """
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    regular = stat.S_ISREG(status.st_mode)
    if not regular or (status.st_size, status.st_mtime_ns) != (stamp.size_bytes, stamp.mtime_ns):
        raise changed()
    return status


def _held_file(task: SourceTask) -> HeldSource:
    path, stamp = task.path, task.stamp
    began_ns = time.time_ns()
    before = check_unchanged(path, stamp)
    sha256 = sha256_of_file(path)
    # A write in the same tick of a coarse clock leaves the modification time as it was.
    fresh = any(
        abs(look_ns - stamp.mtime_ns) <= COARSE_CLOCK_NS for look_ns in (began_ns, stamp.looked_ns)
    )

    def check() -> None:
        after = check_unchanged(path, stamp)
        # Another inode has taken its place, or something was done to it and its time set back.
        doubtful = _identity(before) != _identity(after)
        if (fresh or doubtful) and sha256_of_file(path) != sha256:
            raise changed()

    return HeldSource(path, sha256, check)


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_dev, status.st_ino, status.st_ctime_ns


@contextmanager
def _laid_down(content: Iterable[bytes], name: str, task: SourceTask) -> Iterator[HeldSource]:
    """A private copy of what is no file by itself, gone at the end of the block.

    It has the ending of its ``name``, which decides where content says nothing.
    """
    import tempfile  # workers start without it, and most folders have no archive

    try:
        handle, place = tempfile.mkstemp(plain_ending(name), COPY_PREFIX, task.unpacking_folder)
    except OSError as error:
        raise no_room(task.path, error) from error
    copy = Path(place)
    digest = hashlib.sha256()
    try:
        with open(handle, "wb", buffering=0) as file:  # noqa: PTH123 (a handle)
            for piece in content:
                digest.update(piece)
                _write(file.fileno(), piece, task.path)
        yield HeldSource(copy, digest.hexdigest(), lambda: None)
    finally:
        with suppress(OSError):  # what stays, the next run removes
            copy.unlink()


def _write(handle: int, piece: bytes, source: Path) -> None:
    rest = memoryview(piece)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
    except OSError as error:
        raise no_room(source, error) from error


def no_room(source: Path, error: OSError) -> NoRoomError:
    """Nothing can be laid down beside a source while it is at work."""
    reason = error.strerror or type(error).__name__
    return NoRoomError(
        say(
            "There is no place to unpack it for the moment that it is read ({reason}).",
            reason=reason,
        ),
        hint=say("Free some space or choose another place with --out, then run again."),
        path=source,
    )


def changed() -> SourceChangedError:
    """It is no longer the file that was looked at."""
    return SourceChangedError(
        say("The file changed while it was being read."),
        hint=say("Wait until it has been copied whole, then run again."),
    )
