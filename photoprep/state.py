"""What an output folder remembers between runs, in SQLite under ``.photoprep/``.

Two things are kept. Of every *source*: what it looked like, its hash, with which recipe it was
worked on and what came of it, so that an unchanged one is recognised without being read. Of every
*output*: the hash of what photoprep wrote there, so that a person's file is never taken for ours.
An output is announced before it is written (with an empty hash), so that a kill between rename
and record leaves no file that nobody knows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from photoprep.errors import CannotWriteError, OutputBusyError
from photoprep.files import FileStamp
from photoprep.report import MailedPhoto, Note, PreparedJpeg, WrittenMail

STATE_SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    source TEXT PRIMARY KEY,
    size_bytes INTEGER, mtime_ns INTEGER, inode TEXT, looked_ns INTEGER,
    sha256 TEXT NOT NULL, recipe TEXT NOT NULL, outcome TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outputs (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL,
    size_bytes INTEGER, mtime_ns INTEGER, inode TEXT, looked_ns INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mails (
    path TEXT PRIMARY KEY, ingredients TEXT NOT NULL, mail TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class RememberedRefusal:
    """An earlier run's verdict on a picture that cannot be prepared."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class RememberedSource:
    """One source at the time it was last worked on, and what came of it."""

    stamp: FileStamp
    sha256: str
    recipe: str
    outcome: PreparedJpeg | RememberedRefusal


@dataclass(frozen=True, slots=True)
class WrittenOutput:
    """One file photoprep put into the folder. An empty hash: announced, perhaps never finished."""

    sha256: str
    stamp: FileStamp | None


class State:
    """The memory of one output folder; one run at a time holds it open.

    Raises (from the constructor):
        OutputBusyError: another run holds it.
        CannotWriteError: the place cannot be written, or the file is no state of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = sqlite3.connect(path, timeout=0.2, isolation_level=None)
            # EXCLUSIVE keeps the lock from the first write until close, and the system drops it
            # when the process dies: no stale lock file can be left behind.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("BEGIN EXCLUSIVE")
            self._database.execute("COMMIT")
            self._database.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            raise self._refused(error) from error
        except sqlite3.DatabaseError as error:
            raise CannotWriteError(
                "The record of earlier runs is damaged.",
                hint=f"Delete its folder {path.parent.name}; the next run makes all anew.",
                path=path,
            ) from error
        found = self.fact("schema")
        if found not in (None, str(STATE_SCHEMA)):
            self._database.close()
            raise CannotWriteError(
                f"This folder was made by another version of photoprep (record {found}).",
                hint="Choose another folder with --out, or use that version.",
                path=path.parent.parent,
            )
        self.set_fact("schema", str(STATE_SCHEMA))

    def __enter__(self) -> State:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def fact(self, name: str) -> str | None:
        """A single remembered value, such as the date of the first run."""
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Remember a single value; writes nothing where it stands already."""
        if self.fact(name) != value:
            self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(name, value)])

    def sources(self) -> dict[str, RememberedSource]:
        """Every remembered source by its relative path."""
        rows = self._database.execute("SELECT * FROM sources")
        return {
            row[0]: RememberedSource(_stamp(row[1:5]), row[5], row[6], _outcome(row[7]))
            for row in rows
        }

    def remember_sources(self, sources: Iterable[tuple[str, RememberedSource]]) -> None:
        """Record what came of sources, all or none."""
        self._write(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (name, *_columns(known.stamp), known.sha256, known.recipe, _text(known.outcome))
                for name, known in sources
            ],
        )

    def forget_sources(self, names: Iterable[str]) -> None:
        """Drop sources that are no longer there."""
        self._write("DELETE FROM sources WHERE source = ?", [(name,) for name in names])

    def outputs(self) -> dict[str, WrittenOutput]:
        """Every file photoprep wrote or announced, by its path in the folder."""
        rows = self._database.execute("SELECT * FROM outputs")
        return {
            row[0]: WrittenOutput(row[1], None if row[2] is None else _stamp(row[2:6]))
            for row in rows
        }

    def record_outputs(self, outputs: Iterable[tuple[str, WrittenOutput]]) -> None:
        """Announce or record outputs, all or none."""
        nothing = (None, None, None, None)
        self._write(
            "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?)",
            [
                (path, known.sha256, *(_columns(known.stamp) if known.stamp else nothing))
                for path, known in outputs
            ],
        )

    def forget_outputs(self, paths: Iterable[str]) -> None:
        """Drop outputs that were removed, or that a person has made their own."""
        self._write("DELETE FROM outputs WHERE path = ?", [(path,) for path in paths])

    def mails(self) -> dict[str, tuple[str, WrittenMail]]:
        """Every written mail by its path, with the fingerprint of what it was made from."""
        rows = self._database.execute("SELECT * FROM mails")
        return {row[0]: (row[1], _mail(row[2])) for row in rows}

    def replace_mails(self, mails: Iterable[tuple[str, WrittenMail]]) -> None:
        """Record the whole series of (fingerprint, mail) in the place of the earlier one."""
        rows = [(mail.output, ingredients, _text(mail)) for ingredients, mail in mails]
        with self._transaction():
            self._database.execute("DELETE FROM mails")
            self._database.executemany("INSERT INTO mails VALUES (?, ?, ?)", rows)

    def _write(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            with self._transaction():
                self._database.executemany(statement, rows)

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database, self._path)

    def _refused(self, error: sqlite3.OperationalError) -> CannotWriteError | OutputBusyError:
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return OutputBusyError(
                "Another photoprep is at work in this folder.",
                hint="Wait until it is done, or choose another folder with --out.",
                path=self._path.parent.parent,
            )
        return _cannot_record(self._path, error)


class _Transaction:
    """All of it or none of it; a disk that refuses becomes an error of ours."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self._path = path

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            try:
                self._database.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise _cannot_record(self._path, error) from error
            return
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        if isinstance(value, sqlite3.OperationalError):
            raise _cannot_record(self._path, value) from value


def _cannot_record(path: Path, error: sqlite3.OperationalError) -> CannotWriteError:
    return CannotWriteError(
        f"The record of this run cannot be written ({error}).",
        hint="Check that the disk has room and may be written, or choose another --out.",
        path=path,
    )


def _columns(stamp: FileStamp) -> tuple[int, int, str, int]:
    # An inode on Windows (a file id) and on some network shares needs all 64 bits, unsigned:
    # more than SQLite's signed integer holds.
    return stamp.size_bytes, stamp.mtime_ns, str(stamp.inode), stamp.looked_ns


def _stamp(row: tuple[int, int, str, int]) -> FileStamp:
    return FileStamp(row[0], row[1], int(row[2]), row[3])


def _text(value: PreparedJpeg | RememberedRefusal | WrittenMail) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":"))


def _outcome(text: str) -> PreparedJpeg | RememberedRefusal:
    fields = json.loads(text)
    if "reason" in fields:
        return RememberedRefusal(**fields)
    fields["notes"] = tuple(Note(**note) for note in fields["notes"])
    return PreparedJpeg(**fields)


def _mail(text: str) -> WrittenMail:
    fields = json.loads(text)
    fields["attachments"] = tuple(MailedPhoto(**item) for item in fields["attachments"])
    return WrittenMail(**fields)
