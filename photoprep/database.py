"""SQLite at its edge: a database opened, and whatever it raises in words of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photoprep.errors import CannotWriteError, OutputBusyError, RecordDamagedError
from photoprep.language import say

# What SQLite reports of the disk, and not of what it read there (sqlite.org/rescode.html).
_OF_THE_DISK = (
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
    "SQLITE_READONLY",
    "SQLITE_AUTH",
    "SQLITE_NOMEM",
    "SQLITE_NOLFS",
    "SQLITE_PROTOCOL",
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Make one of our errors of whatever SQLite raises.

    Raises:
        OutputBusyError: another process holds the lock.
        RecordDamagedError: what it read makes no sense.
        CannotWriteError: the disk refuses.

    """
    try:
        yield
    except sqlite3.Error as error:
        name: str = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise busy(path) from error
        if name.startswith(_OF_THE_DISK) and name != "SQLITE_IOERR_SHORT_READ":
            raise CannotWriteError(
                say("The record of this run cannot be written ({detail}).", detail=str(error)),
                hint=say(
                    "Check that the disk has room and may be written, or choose another --out."
                ),
                path=path,
            ) from error
        raise damaged(path, str(error)) from error


def damaged(path: Path, detail: str) -> RecordDamagedError:
    """The error for a record that cannot be trusted; ``detail`` says how that shows."""
    return RecordDamagedError(
        say("The record of earlier runs is damaged ({detail}).", detail=detail),
        hint=say("Run again: it will be rebuilt."),
        path=path,
    )


def busy(path: Path) -> OutputBusyError:
    """The error for a record at ``path`` that another run holds."""
    return OutputBusyError(
        say("Another photoprep is at work in this folder."),
        hint=say("Wait until it is done, or choose another folder with --out."),
        path=path.parent.parent,
    )


def claims_read_only(path: Path) -> bool:
    """Whether the head says that no SQLite of today may write it, which ours never does.

    SQLite would open it and refuse the first write (sqlite.org/fileformat.html, 1.3.3). To be
    asked before it is opened: on POSIX, closing any handle of a file drops the process's locks.
    """
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] > b"\x02"
    except OSError:
        return False


def connect(path: Path) -> sqlite3.Connection:
    """Open the database at ``path``, or a new one; transactions are begun by hand.

    It may be handed from thread to thread, for one at a time.

    Raises:
        CannotWriteError: the place refuses it.

    """
    with translated(path):
        database = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
    # Damaged text must reach its seal instead of ending the reading.
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    return database


@contextmanager
def transaction(database: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Make all changes of the block or none.

    Raises:
        OutputBusyError, RecordDamagedError, CannotWriteError: as for ``translated``.

    """
    with translated(path):
        try:
            database.execute("BEGIN")
            yield
            database.execute("COMMIT")
        except BaseException:
            # SQLite may have rolled back by itself (a full disk), or be unable to (a lost one).
            with suppress(sqlite3.Error):
                database.execute("ROLLBACK")
            raise
