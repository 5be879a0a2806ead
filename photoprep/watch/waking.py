"""What lets the daemon sleep until something may have changed: events, a timer, a call.

Events only wake. They get lost, come late or not at all, so the truth is always a scan, and whoever
waits gives the time at which the next one is due. Where the disk tells no changes, the timer is
alone; where it should tell them and does not, that is noticed by what scans find (``noticed``).

On Linux each folder is watched by itself, as the scan found it: the library's own way into depth
follows links, and a link to ``/`` would watch the whole disk.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Literal, Protocol

from photoprep.language import say
from photoprep.watch.mounts import Mount, mount_of

WAKES_PER_SECOND = 4
# A change that was found without its event may only have been faster than it; several are proof.
_MISSED_UNTIL_TIMER = 3
_TRY_AGAIN_S = 300.0
_STEP_MS = 100
_GROUPING_MS = 200
_NO_TIMEOUT = 0
# A signal that the system gives to another thread does not end the wait of this one.
_LONGEST_WAIT_S = 1.0

Call = Literal["changed", "called"]
OnChange = Callable[[Iterable[str]], None]
OnEnd = Callable[[str], None]


class Watching(Protocol):
    """Something that watches folders until it is stopped."""

    def stop(self) -> None:
        """Let it end; it may still tell a change on its way out."""


StartWatching = Callable[[Sequence[Path], OnChange, OnEnd], Watching]


class Waker:
    """Waits for changes in a watched folder. One thread waits; ``wake`` and ``stop`` are anybody's.

    ``reason`` says why there is a timer alone, and is empty where events are at work.
    """

    def __init__(
        self,
        inbox: Path,
        *,
        mount: Mount | None = None,
        start_watching: StartWatching | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inbox = inbox
        self._start_watching = start_watching or FolderEvents
        self._clock = clock
        # Its put may be called by a signal handler in the midst of its get; a Condition's may not.
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._is_stopped = False
        self._woken_s = -1.0
        self._watching: Watching | None = None
        self._watched: tuple[object, ...] = ()
        self._failure = ""
        self._failed_s = 0.0
        self._has_event = self._has_changed = self._was_told = False
        self._is_in_doubt = False
        self._missed = 0
        self._lock = threading.Lock()
        self._touched: set[str] = set()
        self._never = _why_never(inbox, mount)

    @property
    def tells_changes(self) -> bool:
        """Whether events are at work now; else whoever waits is to wait the shorter times."""
        return self._watching is not None and not self._failure

    @property
    def reason(self) -> str:
        """Why the folder is looked through on a timer alone; empty where events come."""
        return self._never or self._failure

    @property
    def has_changed(self) -> bool:
        """Whether an event came that no scan has followed yet (``noticed``)."""
        return self._has_changed or self._has_event or self._was_told

    @property
    def is_stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._is_stopped

    def watch(self, folders: Iterable[str]) -> None:
        """Watch the folder and those in it that a scan found (``Scan.folders``).

        To be called after each scan: nothing happens where all is watched already. A watched folder
        that was replaced is watched anew; what cannot be watched now is tried again later.
        """
        if self._never:
            return
        if self._failure and self._clock() - self._failed_s < _TRY_AGAIN_S:
            return
        try:
            status = self._inbox.stat()
        except OSError:
            return  # the scan says what there is to say
        within = tuple(folders) if sys.platform == "linux" else ()
        wanted = (status.st_dev, status.st_ino, *within)
        if wanted == self._watched and not self._failure:
            return
        self._begin([self._inbox, *(self._inbox / folder for folder in within)])
        self._watched = wanted

    def noticed(self, *, changed: bool) -> None:
        """Say after each scan whether it differed from the one before.

        Changes that came without an event, several in a row, show that events do not come here: a
        probe of our own is not to be written into the folder.
        """
        if self._has_event:
            self._missed = 0
        elif self._is_in_doubt:
            self._missed += 1
        self._is_in_doubt = changed and not self._has_event and self.tells_changes
        self._has_event = self._has_changed = self._was_told = False
        if self._missed >= _MISSED_UNTIL_TIMER:
            self.close()
            self._never = say(
                "Changes were found that no event told of, so the folder is looked through on a "
                "timer."
            )

    def take_touched(self) -> frozenset[str]:
        """The top-level names that events told of since the last call; to be asked before a scan.

        It is no more than what came through: a whole look now and then finds what did not.
        """
        with self._lock:
            touched, self._touched = frozenset(self._touched), set()
        return touched

    def wait(self, timeout_s: float, soonest_s: float = 0.0) -> bool:
        """Wait; returns whether an event or a call woke it before the time was over.

        An event returns no sooner than ``soonest_s``, nor oftener than ``WAKES_PER_SECOND``;
        ``wake`` and ``stop`` return at once. After ``stop`` it does not wait at all.
        """
        now_s = self._clock()
        end_s = now_s + max(0.0, timeout_s)
        soonest_at_s = max(now_s + soonest_s, self._woken_s + 1 / WAKES_PER_SECOND)
        while not self._is_stopped:
            now_s = self._clock()
            if self._has_changed and now_s >= soonest_at_s:
                self._woken_s = now_s
                return self._told()
            until_s = min(end_s, soonest_at_s) if self._has_changed else end_s
            try:
                call = self._calls.get(timeout=min(max(0.0, until_s - now_s), _LONGEST_WAIT_S))
            except Empty:
                if now_s >= end_s:
                    return self._told()
                continue
            if call == "called":
                return not self._is_stopped
            self._has_changed = True
        return False

    def _told(self) -> bool:
        """Whether there was a change to tell of; it is told once."""
        has_changed, self._has_changed = self._has_changed, False
        self._was_told |= has_changed
        return has_changed

    def wake(self) -> None:
        """Let ``wait`` return at once; from any thread or signal handler."""
        self._calls.put("called")

    def stop(self) -> None:
        """Let ``wait`` return at once, now and ever after; from any thread or signal handler."""
        self._is_stopped = True
        self.wake()

    def close(self) -> None:
        """Watch no more, until ``watch`` is called again.

        To be called when the folder is gone: a disk that comes back may look as if it had never
        been away, and yet send nothing.
        """
        if self._watching is not None:
            self._watching.stop()
        self._watching = None
        self._watched = ()

    def _begin(self, folders: Sequence[Path]) -> None:
        """Watch these, and let go of what was watched before: in this order, to miss nothing."""
        old, self._failure = self._watching, ""
        self._watching = self._start_watching(folders, self._on_change, self._on_end)
        if old is not None:
            old.stop()
        # What changed between the scan that found the folders and now has sent no event.
        self._calls.put("changed")

    def _on_change(self, paths: Iterable[str]) -> None:
        self._has_event = True
        # Some systems tell where the folder really is, whatever way it was named.
        roots = {str(self._inbox), os.path.realpath(self._inbox)}
        with self._lock:
            self._touched.update(_top_names(paths, roots))
        if self._calls.empty():  # thousands of events are one call
            self._calls.put("changed")

    def _on_end(self, reason: str) -> None:
        """Go on with the timer: the watching ended by itself, perhaps as it began."""
        self._failed_s = self._clock()
        self._failure = say(
            "Changes cannot be watched for ({reason}), so the folder is looked through on a timer.",
            reason=reason,
        )


def _top_names(paths: Iterable[str], roots: Iterable[str]) -> set[str]:
    """The first names below one of the roots on each path."""
    prefixes = tuple(root.rstrip("/\\") for root in roots)
    names = set()
    for path in paths:
        for prefix in prefixes:
            if path.startswith(prefix) and path[len(prefix) :][:1] in ("/", "\\"):
                names.add(re.split(r"[/\\]" if os.sep == "\\" else "/", path[len(prefix) + 1 :])[0])
    return names


def _why_never(inbox: Path, mount: Mount | None) -> str:
    try:
        mount = mount or mount_of(inbox)
    except OSError:
        return ""
    if mount.tells_changes:
        return ""
    return say(
        "The folder lies on a share ({kind}) that tells no changes made elsewhere, so it is looked "
        "through on a timer.",
        kind=mount.kind,
    )


class FolderEvents:
    """Watches folders by the system's events, in a thread, through watchfiles."""

    def __init__(self, folders: Sequence[Path], on_change: OnChange, on_end: OnEnd) -> None:
        self._folders = folders
        self._on_change = on_change
        self._on_end = on_end
        self._stopping = threading.Event()
        threading.Thread(target=self._run, name="watching", daemon=True).start()

    def stop(self) -> None:
        """Let it end within a step; it may still tell a change on its way out."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            try:
                self._watch(self._folders)
            except FileNotFoundError:
                # Folders may vanish between the scan and now; twice in a row is no accident.
                self._watch([folder for folder in self._folders if folder.is_dir()])
        except Exception as error:  # noqa: BLE001 (also what the library did not foresee)
            if not self._stopping.is_set():
                self._on_end(_reason(error))

    def _watch(self, folders: Sequence[Path]) -> None:
        from watchfiles import watch  # 40 ms, for the daemon alone

        for changes in watch(
            *folders,
            watch_filter=None,
            debounce=_GROUPING_MS,
            step=_STEP_MS,
            rust_timeout=_NO_TIMEOUT,
            stop_event=self._stopping,
            recursive=sys.platform != "linux",
            ignore_permission_denied=True,
            force_polling=False,
            raise_interrupt=False,
        ):
            self._on_change(path for _, path in changes)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # The library's texts hold the whole state of its inside after the first sentence.
    return str(error).partition(" about ")[0][:200] or type(error).__name__
