"""Who holds a watched folder: one daemon at a time, told by name to every other.

A small hidden file lies in the watched folder and another in the output; each says who holds it,
and is locked by the operating system as long as the daemon lives. Where a lock does not reach (a
share that another machine holds too), the file's modification time is the daemon's heartbeat. Both
times of that comparison are the share's own, so that the machines' clocks need not agree.

A record of this very machine counts for nothing once its lock can be taken: whatever process has
its number by then, its daemon is dead. How the folder was reached does not matter, because the file
lies in the folder itself.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from photoprep.errors import WatchedAlreadyError
from photoprep.files import cannot_write
from photoprep.language import say
from photoprep.watch.holder import this_process
from photoprep.watch.mark import Mark, TakenError, is_locked
from photoprep.watched import FOLDER, Watcher

INBOX_MARK = ".photoprep-watch"
OUT_MARK = "holder"
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT})


class Holding:
    """A watched folder and its output, held by this process until ``hold`` ends.

    ``marks`` are the files that say so: that in the output alone where the folder cannot be
    written.
    """

    def __init__(self, watcher: Watcher, marks: list[Mark]) -> None:
        self.watcher = watcher
        self._marks = marks

    @property
    def marks(self) -> tuple[Path, ...]:
        """Where it is written down who holds the folder."""
        return tuple(mark.path for mark in self._marks)

    def renew(self, now: float) -> bool:
        """Give a sign of life; False where a file could not be reached (a share gone for a while).

        A file that was removed is put there again. ``now`` is in seconds since the epoch.

        Raises:
            WatchedAlreadyError: another one has taken over, because this machine was not heard of
                (it slept, or its share was gone): this process has to end.

        """
        reached = True
        for mark in self._marks:
            try:
                mark.renew(now)
            except TakenError as taken:
                raise _held(mark.path.parent, taken.watcher) from taken
            except OSError:
                reached = False
        return reached


@contextmanager
def hold(inbox: Path, out: Path, now: float | None = None) -> Iterator[Holding]:
    """Hold a watched folder and its output; ``now`` is when (seconds since the epoch).

    Raises:
        WatchedAlreadyError: another photoprep has one of them; it says which one.
        CannotWriteError: the output cannot be written, or something else has a mark's name.

    """
    holder = this_process(inbox, out, time.time() if now is None else now)
    marks: list[Mark] = []
    with ExitStack() as stack:
        try:
            marks.append(Mark(inbox / INBOX_MARK, holder))
        except TakenError as taken:
            raise _held(inbox, taken.watcher) from taken
        except OSError as error:
            if error.errno not in _READ_ONLY:
                raise cannot_write(inbox, error) from error
        else:
            stack.callback(marks[-1].release)
        try:
            (out / FOLDER).mkdir(parents=True, exist_ok=True)
            marks.append(Mark(out / FOLDER / OUT_MARK, holder))
        except TakenError as taken:
            raise _held(out, taken.watcher) from taken
        except OSError as error:
            raise cannot_write(out, error) from error
        stack.callback(marks[-1].release)
        yield Holding(holder.watcher, marks)


def is_held(out: Path) -> bool | None:
    """Whether a daemon on this machine lives that puts its work into ``out``; None: unknown."""
    return is_locked(out / FOLDER / OUT_MARK)


def _held(folder: Path, watcher: Watcher | None) -> WatchedAlreadyError:
    hint = say("Stop that one first, or choose another folder.")
    if watcher is None:
        message = say("Another photoprep watches this folder already.")
        return WatchedAlreadyError(message, hint=hint, path=folder)
    message = say(
        "{user} on {host} watches {inbox} already (process {pid}, since {since}); what comes of it "
        "goes to {out}.",
        user=watcher.user,
        host=watcher.host,
        inbox=watcher.inbox,
        pid=watcher.pid,
        since=_local_time(watcher.since),
        out=watcher.out,
    )
    return WatchedAlreadyError(message, hint=hint, path=folder)


def _local_time(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "?"
