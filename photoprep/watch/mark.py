"""One file that says who holds a folder, locked for as long as its writer lives."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

from photoprep.errors import CannotWriteError
from photoprep.language import say
from photoprep.watch.holder import Holder, holder_of, record_of
from photoprep.watch.os_lock import try_lock
from photoprep.watched import Watcher

STALE_S = 300.0
"""A heartbeat of another machine counts for so long."""

_RECORD_BYTES = 4096
# Somebody who only looks (``is_locked``) has the lock for a moment.
_TRIES, _BETWEEN_TRIES_S = 5, 0.1
_OPEN = (
    getattr(os, "O_NOFOLLOW", 0)  # a link could lead to any file of whoever runs the daemon
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class TakenError(Exception):
    """Somebody else has the folder; ``watcher`` is None where the file does not say who."""

    def __init__(self, watcher: Watcher | None) -> None:
        super().__init__()
        self.watcher = watcher


class Mark:
    """The file at ``path``, taken by ``holder``.

    Raises (from the constructor and ``renew``):
        TakenError: another one has it.
        OSError: the place refuses the file (from ``renew``: cannot be reached at the moment).
        CannotWriteError: something lies there that no photoprep put there.
    """

    def __init__(self, path: Path, holder: Holder) -> None:
        self.path = path
        self._holder = holder
        self._handle = self._take()

    def renew(self, now: float) -> None:
        """Write the heartbeat, into a new file where ours is gone."""
        if not _lies_at(self._handle, self.path):
            left, self._handle = self._handle, self._take()
            _close(left)
        self._refuse_another(_read(self._handle))
        self._record(self._handle, now)

    def release(self) -> None:
        """Take the file away and let go of the lock."""
        is_ours = False
        with suppress(OSError):
            found = _read(self._handle)
            is_ours = _lies_at(self._handle, self.path) and (
                found is None or found.token == self._holder.token
            )
        # On Windows a file that is open cannot be removed; elsewhere it goes while it is locked,
        # so that nobody who waits for the lock gets that of a file that is there no more.
        if os.name == "nt":
            _close(self._handle)
        if is_ours:
            with suppress(OSError):
                self.path.unlink()
        if os.name != "nt":
            _close(self._handle)

    def _take(self) -> int:
        for last in range(_TRIES - 1, -1, -1):
            handle = _open(self.path)
            try:
                if self._is_free(handle, is_last_try=not last):
                    with suppress(OSError):  # a full disk: the lock holds without its record
                        self._record(handle, self._holder.watcher.since)
                    return handle
            except BaseException:
                _close(handle)
                raise
            _close(handle)
            time.sleep(_BETWEEN_TRIES_S)
        raise TakenError(None)

    def _is_free(self, handle: int, *, is_last_try: bool) -> bool:
        """Whether the file is ours by now; False where another try may tell more."""
        try:
            has_lock = try_lock(handle)
            locks_work = True
        except OSError:  # a share without locks
            has_lock, locks_work = True, False
        found = _read(handle)
        if not has_lock:
            if is_last_try:
                raise TakenError(found.watcher if found else None)
            return False
        if not _lies_at(handle, self.path):  # its holder took it away just now
            return False
        if not (locks_work and found and found.is_of_this_machine()):
            self._refuse_another(found, only_fresh=True)
        return True

    def _refuse_another(self, found: Holder | None, *, only_fresh: bool = False) -> None:
        if found is None or found.token == self._holder.token:
            return
        if not only_fresh or abs(_now_at(self.path) - self.path.stat().st_mtime) <= STALE_S:
            raise TakenError(found.watcher)

    def _record(self, handle: int, now: float) -> None:
        # Of one length, written at once: who reads meanwhile finds an old record or a new one.
        record = record_of(self._holder, now).ljust(_RECORD_BYTES)[:_RECORD_BYTES]
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, record)


def is_locked(path: Path) -> bool | None:
    """Whether somebody who lives holds the file; None where that cannot be told."""
    try:
        handle = os.open(path, os.O_RDWR | _OPEN)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        return not try_lock(handle)
    except OSError:
        return None
    finally:
        _close(handle)


def _open(path: Path) -> int:
    """The file, made where there is none; it must be a plain one with no other name."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _OPEN, 0o666)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EMLINK}:
            raise _not_ours(path) from error
        raise
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        _close(handle)
        raise _not_ours(path)
    with suppress(OSError, AttributeError):  # another user's daemon is told by it too
        os.fchmod(handle, 0o666)
    return handle


def _close(handle: int) -> None:
    """Let go of the file, whatever a share says that is gone: the handle is closed all the same."""
    with suppress(OSError):
        os.close(handle)


def _read(handle: int) -> Holder | None:
    os.lseek(handle, 0, os.SEEK_SET)
    return holder_of(os.read(handle, _RECORD_BYTES))


def _lies_at(handle: int, path: Path) -> bool:
    """Whether the open file is the one that has this path.

    Raises ``OSError`` where the path cannot be looked at. A share that came back may not know the
    open file any more (ESTALE): then it is another one that lies there.
    """
    try:
        found = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    try:
        ours = os.fstat(handle)
    except OSError:
        return False
    return ours.st_nlink > 0 and (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def _now_at(path: Path) -> float:
    """What time it is where the file lies: a share has a clock of its own."""
    probe = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    try:
        with probe.open("xb") as file:
            now = os.fstat(file.fileno()).st_mtime
        probe.unlink()
    except OSError:
        return time.time()
    return now


def _not_ours(path: Path) -> CannotWriteError:
    return CannotWriteError(
        say("Something that is no file of photoprep's has the name of its lock."),
        hint=say("Move it elsewhere, then start again."),
        path=path,
    )
