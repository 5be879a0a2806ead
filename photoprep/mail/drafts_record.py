"""What an output folder remembers of the drafts that were made of it: the series they belong to.

A series is known by its root, the first of its References. When a picture comes or goes, or the
sender's profile changes, the new mails are of another series; the record is what tells that the
drafts of the one before may lie there still. It holds nothing else, and one that is lost or damaged
costs nothing but that hint.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from photoprep.database import connect, translated
from photoprep.errors import RecordDamagedError
from photoprep.files import cannot_write
from photoprep.output_folder import MARKER

RECORD_FILE = "drafts.db"
# Each is one more search of the mailbox; who prepares so often has seen the drafts in between.
_LATEST = 50


@contextmanager
def open_drafts_record(folder: Path, *, rehearsal: bool = False) -> Iterator[DraftsRecord]:
    """Open the record and hold off other runs that would put drafts of this folder somewhere.

    Two that search a mailbox at the same moment would both add. The lock dies with its process. A
    ``rehearsal`` writes no record where there is none.

    Raises:
        OutputBusyError: another run is at it.
        CannotWriteError: its place cannot be written.

    """
    path = folder / MARKER / RECORD_FILE
    if rehearsal and not path.exists():
        path = Path(":memory:")
    else:
        try:
            path.parent.mkdir(exist_ok=True)  # who copies results may leave it behind
        except OSError as error:
            raise cannot_write(path, error) from error
    try:
        database = _opened(path)
    except RecordDamagedError:
        try:
            path.unlink()
        except OSError as error:
            raise cannot_write(path, error) from error
        database = _opened(path)
    try:
        yield DraftsRecord(path, database)
    finally:
        database.close()


class DraftsRecord:
    """The roots of all series whose drafts were put somewhere; raises as ``database`` does."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database

    def series(self) -> list[str]:
        """The latest roots, with their angle brackets, the newest first."""
        with translated(self._path):
            rows = self._database.execute(
                "SELECT root FROM series ORDER BY rowid DESC LIMIT ?", (_LATEST,)
            ).fetchall()
        return [root for (root,) in rows]

    def remember(self, roots: Iterable[str]) -> None:
        """Add roots; they are on the platter when this returns."""
        rows = [(root,) for root in roots if root]
        with translated(self._path):
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR IGNORE INTO series (root) VALUES (?)", rows)
            self._database.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    database = connect(path)
    try:
        with translated(path):
            # EXCLUSIVE keeps the lock from the first write until close.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("CREATE TABLE IF NOT EXISTS series (root TEXT NOT NULL UNIQUE)")
            database.execute("SELECT root FROM series").fetchall()
            database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database
