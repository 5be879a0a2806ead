"""Originals in a store come here ahead of the workers, so that none of them waits for a journey.

A few lie in the unpacking folder at a time, and each is gone when its photo is made. What cannot be
fetched so is left to the worker, which asks the store itself and says what is wrong.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

from photoprep.errors import NoRoomError, PhotoError, SourceUnreadableError, StoreError
from photoprep.files import FileStamp
from photoprep.language import say
from photoprep.members import Member, object_of, pieces_of
from photoprep.photo.source import COPY_PREFIX, no_room, plain_ending
from photoprep.photo.task import PhotoTask
from photoprep.remote_store import takes_many_at_once
from photoprep.sheet.task import PhotoAndCopiesTask, Task

_AT_ONCE, _AHEAD = 8, 24
_MOST_AHEAD_BYTES = 256_000_000
# One file may be gone, or its owner's alone; of so many in a row it is the store.
_MOST_REFUSED = 8
# Libraries ask several times before they give up, and a bad line gives as little as that.
_PATIENCE_S, _LEAST_BYTES_A_SECOND = 180.0, 250_000
_FAREWELL_S = 2.0
# A file that seems to be written just now is hashed twice (``photo.source``).
_DATED_BACK_NS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class _Copy:
    path: Path
    stamp: FileStamp

    def remove(self) -> None:
        with suppress(OSError):  # what stays, the next run removes
            self.path.unlink()


_Came = _Copy | PhotoError


class FetchAhead:
    """A block in which the tasks' originals come into a folder, in their order.

    Tasks are asked for by their places, mostly one after the other.
    """

    def __init__(self, originals: Sequence[Member], folder: Path | None) -> None:
        self._originals, self._folder = originals, folder
        self._coming: dict[int, Future[_Came]] = {}
        self._next, self._coming_bytes, self._refused = 0, 0, 0
        self._orders: SimpleQueue[tuple[Member, Future[_Came]] | None] = SimpleQueue()
        store = object_of(originals[0]) if originals else None
        many = store is not None and takes_many_at_once(store.address)
        # A store may hang for minutes; nobody who wants to leave is to wait for that.
        self._threads = [
            Thread(target=self._work, name="fetching", daemon=True)
            for _ in range(_AT_ONCE if many else 1)
        ]
        self._lock = Lock()  # what has come has either been taken back or not

    def __enter__(self) -> FetchAhead:
        for thread in self._threads if self._originals else ():
            thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Take back what has not come, and leave nothing in the folder.

        What hangs is waited for no longer than two seconds; a copy that it leaves, the next run
        removes.
        """
        for place in list(self._coming):
            self.done(place)
        ends_s = time.monotonic() + _FAREWELL_S
        for _ in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, ends_s - time.monotonic()))

    def with_copy(self, place: int, task: Task) -> Task:
        """The task with the copy as its source, once it is here; as it was where none is.

        Raises:
            StoreError: the store gives one file after the other not, or says nothing for too long.

        """
        self._order_up_to(place)
        if place not in self._coming:
            return task
        came = self._came(place)
        if isinstance(came, _Copy):
            self._refused = 0
            return _of_copy(task, came)
        if isinstance(came, SourceUnreadableError) and not isinstance(came, NoRoomError):
            self._refused += 1
            if self._refused >= _MOST_REFUSED:
                raise _gone(came.message)
        return task

    def done(self, place: int) -> None:
        """Remove the copy of a task that is done; one that is still coming is not waited for."""
        coming = self._coming.pop(place, None)
        if coming is None:
            return
        self._coming_bytes -= self._originals[place].size_bytes
        with self._lock:
            is_taken_back = coming.cancel()
        if not is_taken_back and isinstance(came := coming.result(), _Copy):
            came.remove()

    def _came(self, place: int) -> _Came:
        size_bytes = self._originals[place].size_bytes
        try:
            return self._coming[place].result(_PATIENCE_S + size_bytes / _LEAST_BYTES_A_SECOND)
        except TimeoutError:
            raise _gone(say("it has not answered for a long time")) from None

    def _order_up_to(self, place: int) -> None:
        """Have it fetched, and as many behind it as may lie here."""
        while self._next < len(self._originals) and (
            self._next <= place
            or (len(self._coming) < _AHEAD and self._coming_bytes < _MOST_AHEAD_BYTES)
        ):
            original, coming = self._originals[self._next], Future[_Came]()
            self._coming[self._next] = coming
            self._orders.put((original, coming))
            self._coming_bytes += original.size_bytes
            self._next += 1

    def _work(self) -> None:
        while order := self._orders.get():
            original, coming = order
            if coming.cancelled():
                continue
            came = _fetched(original, self._folder)
            with self._lock:
                is_wanted = coming.set_running_or_notify_cancel()
                if is_wanted:
                    coming.set_result(came)
            if not is_wanted and isinstance(came, _Copy):
                came.remove()


def fetch_ahead(
    originals: Sequence[Member | None], folder: Path | None, *, wanted: bool
) -> FetchAhead:
    """What fetches these originals, where all of them lie in a store and that is ``wanted``."""
    remote = [each for each in originals if each and object_of(each)]
    return FetchAhead(remote if wanted and len(remote) == len(originals) else (), folder)


def _fetched(original: Member, folder: Path | None) -> _Came:
    """A copy of an original, or why there is none."""
    try:
        handle, name = tempfile.mkstemp(plain_ending(original.name), COPY_PREFIX, folder)
    except OSError as error:
        return no_room(Path(original.name), error)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces_of(path, original):
                file.write(piece)
        then_ns = path.stat().st_mtime_ns - _DATED_BACK_NS
        os.utime(path, ns=(then_ns, then_ns))
        return _Copy(path, FileStamp.of(path))
    except (OSError, PhotoError) as error:
        with suppress(OSError):
            path.unlink()
        return error if isinstance(error, PhotoError) else no_room(path, error)


def _gone(reason: str) -> StoreError:
    return StoreError(
        say("The store gives no files any more: {reason}", reason=reason),
        hint=say("What is finished stays. When the store is back, run again to go on."),
    )


def _of_copy(task: Task, copy: _Copy) -> Task:
    if isinstance(task, PhotoAndCopiesTask):
        copies = replace(task.copies, path=copy.path, stamp=copy.stamp, member=None)
        return PhotoAndCopiesTask(_photo_of_copy(task.photo, copy), copies)
    return _photo_of_copy(task, copy) if isinstance(task, PhotoTask) else task


def _photo_of_copy(photo: PhotoTask, copy: _Copy) -> PhotoTask:
    return replace(photo, path=copy.path, stamp=copy.stamp, member=None)
