"""The far end: what a worker of the cluster does with a parcel.

Dask runs it in a thread. The photo itself is made in a process beside the worker's, by the very
crew that works at home: so the same limits of time and memory hold, and a decoder that crashes
costs its photo and not the worker, which Dask would else count as lost, with all that it holds.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer

from photoprep.archive_member import ArchiveMember
from photoprep.cluster.parcels import (
    FarOutcome,
    OtherVersions,
    Parcel,
    PhotoWork,
    Shipped,
    Unseen,
    in_folder,
    photo_of,
    with_source,
)
from photoprep.cluster.versions import versions_here
from photoprep.errors import MissingExtraError, NoRoomError, PhotoError, SourceUnreadableError
from photoprep.files import FileStamp, sha256_hex
from photoprep.language import say
from photoprep.members import object_of
from photoprep.photo.source import no_room
from photoprep.photo.task import PhotoTask, load_room
from photoprep.sheet.task import Result, work_on
from photoprep.walk.crew import time_limit_s
from photoprep.workers import Crew

# A crew without work keeps 60 to 150 MB of a machine that is not ours.
_KEPT_IDLE_S = 120.0


@dataclass(frozen=True, slots=True)
class _BenchTask:
    """The work, and whether its source is a copy that was laid down for it."""

    work: PhotoWork
    is_shipped: bool


_BenchCrew = Crew[_BenchTask, Result | Unseen]


def work_far(parcel: Parcel) -> FarOutcome:
    """Do a parcel's work, where this worker may do it and sees its source; raises nothing of ours.

    A task whose process dies, is late or is out of memory is tried once more, as ``Crew.run`` does.
    """
    if parcel.versions != versions_here():
        return OtherVersions()
    try:
        with _source_here(parcel) as task, _idle_crews.one() as crew:
            return next(outcome for _, outcome in list(crew.run([task])))
    except PhotoError as error:
        return error


def _work_where_seen(task: _BenchTask) -> Result | Unseen:
    """In the crew's process, where a share that hangs is within the limit of time too."""
    if task.is_shipped:
        return work_on(task.work)
    if object_of(photo_of(task.work).member):
        return _work_from_store(task.work)
    return work_on(task.work) if _is_seen(photo_of(task.work)) else Unseen()


def _work_from_store(work: PhotoWork) -> Result | Unseen:
    """Whether a store gives its files to this worker too is learned by asking for the file."""
    try:
        return work_on(work)
    except NoRoomError:
        raise
    except (SourceUnreadableError, MissingExtraError):
        return Unseen()


def _is_seen(photo: PhotoTask) -> bool:
    """Whether the file here looks like the one at home; an inode may differ from mount to mount."""
    found = photo.member.archive if isinstance(photo.member, ArchiveMember) else photo.stamp
    try:
        here = FileStamp.of(photo.path)
    except (OSError, ValueError):
        return False
    return (here.size_bytes, here.mtime_ns) == (found.size_bytes, found.mtime_ns)


@contextmanager
def _source_here(parcel: Parcel) -> Iterator[_BenchTask]:
    if parcel.shipped is None:
        # What a worker that is killed leaves there, Dask clears.
        yield _BenchTask(in_folder(parcel.work, _own_folder()), is_shipped=False)
        return
    path = _laid_down(parcel.shipped, photo_of(parcel.work).path)
    try:
        yield _BenchTask(with_source(parcel.work, path, FileStamp.of(path)), is_shipped=True)
    finally:
        with suppress(OSError):  # what stays goes with the worker's own folder
            path.unlink()


def _laid_down(shipped: Shipped, source: Path) -> Path:
    """The bytes in a file of this worker's folder."""
    if sha256_hex(shipped.data) != shipped.sha256:
        raise SourceUnreadableError(
            say("Its bytes were damaged on their way to a worker of the cluster."),
            hint=say("Check the network, then run again."),
        )
    try:
        handle, name = tempfile.mkstemp(shipped.ending, "photoprep-", _own_folder())
        with os.fdopen(handle, "wb") as file:
            file.write(shipped.data)
        os.utime(name, ns=(shipped.mtime_ns, shipped.mtime_ns))
    except OSError as error:
        raise no_room(source, error) from error
    return Path(name)


def _own_folder() -> Path | None:
    """The folder of this worker, which Dask clears when the worker is gone; None in no worker."""
    from distributed import get_worker

    try:
        return Path(get_worker().local_directory)
    except ValueError:
        return None


class _IdleCrews:
    """The crews of this process that have no work, one process each; Dask's threads take turns."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[_BenchCrew] = []
        self._farewell: Timer | None = None

    @contextmanager
    def one(self) -> Iterator[_BenchCrew]:
        """A crew for this block alone."""
        # Dask's nanny makes its workers "daemonic", which may start no processes: they would
        # outlive it. Ours end with their pipe, as soon as the worker is gone.
        multiprocessing.current_process().daemon = False
        with self._lock:
            crew = self._idle.pop() if self._idle else _new_crew()
        try:
            yield crew
        finally:
            with self._lock:
                self._idle.append(crew)
                if self._farewell is not None:
                    self._farewell.cancel()
                self._farewell = Timer(_KEPT_IDLE_S, self.dismiss)
                self._farewell.daemon = True
                self._farewell.start()

    def dismiss(self) -> None:
        """End every crew that has no work."""
        with self._lock:
            while self._idle:
                self._idle.pop().__exit__()


def _new_crew() -> _BenchCrew:
    return Crew(
        _work_where_seen,
        jobs=1,
        set_up=load_room,
        limit_s=lambda task: time_limit_s(task.work),
        lasting=True,
    )


_idle_crews = _IdleCrews()
