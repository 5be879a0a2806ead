"""Originals in a store come here ahead of the workers, so that none of them waits for a journey.

A few lie in the unpacking folder at a time, and each is gone when its photo is made. What cannot be
fetched so is left to the worker, which asks the store itself and says what is wrong.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from photoprep.errors import PhotoError
from photoprep.files import FileStamp
from photoprep.photo.source import COPY_PREFIX, plain_ending
from photoprep.photo.task import PhotoTask
from photoprep.remote_store import RemoteObject, pieces_of_object, takes_many_at_once
from photoprep.sheet.task import PhotoAndCopiesTask, Task

_AT_ONCE, _AHEAD = 8, 24
_MOST_AHEAD_BYTES = 256_000_000
# A file that seems to be written just now is hashed twice (``photo.source``).
_DATED_BACK_NS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class _Copy:
    path: Path
    stamp: FileStamp


class FetchAhead:
    """A block in which the tasks' originals come into a folder, in their order.

    Tasks are asked for by their places, mostly one after the other.
    """

    def __init__(self, originals: Sequence[RemoteObject], folder: Path | None) -> None:
        self._originals, self._folder = originals, folder
        self._coming: dict[int, Future[_Copy | None]] = {}
        self._next, self._coming_bytes = 0, 0
        many = bool(originals) and takes_many_at_once(originals[0].address)
        self._threads = ThreadPoolExecutor(_AT_ONCE if many else 1, "fetching")

    def __enter__(self) -> FetchAhead:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Take back what is not begun, wait for the rest, and leave nothing in the folder."""
        self._threads.shutdown(cancel_futures=True)
        for place in list(self._coming):
            self.done(place)

    def with_copy(self, place: int, task: Task) -> Task:
        """The task with the copy as its source, once it is here; as it was where none is."""
        self._order_up_to(place)
        coming = self._coming.get(place)
        copy = coming.result() if coming else None
        return _of_copy(task, copy) if copy else task

    def done(self, place: int) -> None:
        """Remove the copy of a task that is done."""
        coming = self._coming.pop(place, None)
        if coming is None:
            return
        self._coming_bytes -= self._originals[place].size_bytes
        if not coming.cancelled() and (copy := coming.result()):
            with suppress(OSError):  # what stays, the next run removes
                copy.path.unlink()

    def _order_up_to(self, place: int) -> None:
        """Have it fetched, and as many behind it as may lie here."""
        while self._next < len(self._originals) and (
            self._next <= place
            or (len(self._coming) < _AHEAD and self._coming_bytes < _MOST_AHEAD_BYTES)
        ):
            original = self._originals[self._next]
            self._coming[self._next] = self._threads.submit(_fetched, original, self._folder)
            self._coming_bytes += original.size_bytes
            self._next += 1


def fetch_ahead(
    originals: Sequence[RemoteObject | object], folder: Path | None, *, wanted: bool
) -> FetchAhead:
    """What fetches these originals, where all of them lie in a store and that is ``wanted``."""
    remote = [each for each in originals if isinstance(each, RemoteObject)]
    return FetchAhead(remote if wanted and len(remote) == len(originals) else (), folder)


def _fetched(original: RemoteObject, folder: Path | None) -> _Copy | None:
    """A copy of an original; None where none can be had."""
    try:
        handle, name = tempfile.mkstemp(plain_ending(original.name), COPY_PREFIX, folder)
    except OSError:
        return None
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces_of_object(original):
                file.write(piece)
        then_ns = path.stat().st_mtime_ns - _DATED_BACK_NS
        os.utime(path, ns=(then_ns, then_ns))
        return _Copy(path, FileStamp.of(path))
    except (OSError, PhotoError):
        with suppress(OSError):
            path.unlink()
        return None


def _of_copy(task: Task, copy: _Copy) -> Task:
    if isinstance(task, PhotoAndCopiesTask):
        copies = replace(task.copies, path=copy.path, stamp=copy.stamp, member=None)
        return PhotoAndCopiesTask(_photo_of_copy(task.photo, copy), copies)
    return _photo_of_copy(task, copy) if isinstance(task, PhotoTask) else task


def _photo_of_copy(photo: PhotoTask, copy: _Copy) -> PhotoTask:
    return replace(photo, path=copy.path, stamp=copy.stamp, member=None)
