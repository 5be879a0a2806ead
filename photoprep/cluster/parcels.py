"""What goes to a worker and what comes back: a task, and its source's bytes where it needs them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from photoprep.cluster.versions import Versions
from photoprep.errors import PhotoError
from photoprep.files import FileStamp, sha256_hex, unreadable
from photoprep.members import Member
from photoprep.photo.source import COPY_PREFIX, changed, held, no_room, plain_ending
from photoprep.photo.task import PhotoTask, SmallerTask
from photoprep.sheet.task import (
    Copies,
    CopyTask,
    PhotoAndCopies,
    PhotoAndCopiesTask,
    Result,
    WorkingCopy,
)

# What a cluster does. Heads are read at home, because a file's first bytes cost less than its
# journey, and sheets are made there, because they are set in the fonts of whoever makes them.
PhotoWork = PhotoTask | PhotoAndCopiesTask | SmallerTask


@dataclass(frozen=True, slots=True)
class Shipped:
    """A source's bytes, their hash, its modification time and the ending of its name."""

    data: bytes
    sha256: str
    mtime_ns: int
    ending: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One task for a worker of these versions; without ``shipped`` it is to see the path itself."""

    work: PhotoWork
    versions: Versions
    shipped: Shipped | None = None

    @property
    def shipped_bytes(self) -> int:
        """How many bytes of its source travel with it."""
        return len(self.shipped.data) if self.shipped else 0


@dataclass(frozen=True, slots=True)
class Unseen:
    """Where the work was to be done, no such file is seen as was found at home."""


@dataclass(frozen=True, slots=True)
class OtherVersions:
    """The work came to a worker that would make other bytes, and was not done."""


_OfSource = TypeVar("_OfSource", PhotoTask, CopyTask)
FarOutcome = Result | PhotoError | Unseen | OtherVersions


def photo_of(work: PhotoWork) -> PhotoTask:
    """The photo that the work is about, as it was found."""
    return work if isinstance(work, PhotoTask) else work.photo


def parcel_of(work: PhotoWork, versions: Versions, *, ship: bool) -> Parcel:
    """The parcel of a task.

    Raises:
        PhotoError: its bytes are to be shipped, and its source is unreadable or has changed; the
            error names the file.

    """
    photo = photo_of(work)
    bare = with_source(work, photo.path, photo.stamp, photo.member)
    if not ship:
        return Parcel(bare, versions)
    try:
        return Parcel(bare, versions, _packed(photo))
    except PhotoError as error:
        error.path = photo.path
        raise


def _packed(photo: PhotoTask) -> Shipped:
    """The source as it was found: what is shipped is what was hashed, or it is an error."""
    with held(photo) as source:
        try:
            data = source.path.read_bytes()
        except OSError as error:
            raise unreadable(photo.path, error) from error
        source.check()
    if sha256_hex(data) != source.sha256:
        raise changed()
    name = photo.member.name if photo.member else photo.path.name
    return Shipped(data, source.sha256, photo.stamp.mtime_ns, plain_ending(name))


def with_source(
    work: PhotoWork,
    path: Path,
    stamp: FileStamp,
    member: Member | None = None,
    *,
    unpacking_folder: Path | None = None,
) -> PhotoWork:
    """The work on a source that lies there, with nothing laid down in folders of home."""
    source = _Source(path, stamp, member, unpacking_folder)
    if isinstance(work, PhotoTask):
        return source.of(work)
    photo = source.of(work.photo)
    if isinstance(work, SmallerTask):
        return replace(work, photo=photo)
    return PhotoAndCopiesTask(photo, source.of(replace(work.copies, folder=None)))


def in_folder(work: PhotoWork, folder: Path | None) -> PhotoWork:
    """The work as it is, with what has to be laid down for it laid down in this folder."""
    photo = photo_of(work)
    return with_source(work, photo.path, photo.stamp, photo.member, unpacking_folder=folder)


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    stamp: FileStamp
    member: Member | None
    unpacking_folder: Path | None

    def of(self, task: _OfSource) -> _OfSource:
        return replace(
            task,
            path=self.path,
            stamp=self.stamp,
            member=self.member,
            unpacking_folder=self.unpacking_folder,
        )


def landed(work: PhotoWork, outcome: Result | PhotoError) -> Result | PhotoError:
    """What came of the work as this machine would have made it.

    Errors name the file where it was found. Copies for sheets, which travel in memory, lie in the
    folder that was asked for; where that has no room, they are a ``NoRoomError``.
    """
    path = photo_of(work).path
    if isinstance(outcome, PhotoError):
        outcome.path = path
    elif isinstance(outcome, PhotoAndCopies) and isinstance(work, PhotoAndCopiesTask):
        copies = outcome.copies
        if isinstance(copies, PhotoError):
            copies.path = path
        elif work.copies.folder is not None:
            return replace(outcome, copies=_laid_down(copies, work.copies.folder, path))
    return outcome


def _laid_down(copies: Copies, folder: Path, source: Path) -> Copies | PhotoError:
    try:
        return Copies({bounds: _in_a_file(copy, folder) for bounds, copy in copies.of.items()})
    except OSError as error:  # what was laid down already, the next run removes
        return no_room(source, error)


def _in_a_file(copy: WorkingCopy, folder: Path) -> WorkingCopy:
    if isinstance(copy.pixels, Path):
        return copy
    handle, name = tempfile.mkstemp(".rgb", COPY_PREFIX, folder)
    with os.fdopen(handle, "wb") as file:
        file.write(copy.pixels)
    return replace(copy, pixels=Path(name))
