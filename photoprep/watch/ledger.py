"""What a watched folder's daemon remembers: every batch, its files, and what became of it.

One SQLite file beside the output. Each method is one transaction that is on the platter when it
returns, so that a kill at any instant leaves the state before or the one after. A try is recorded
as begun before its work starts: whoever opens the ledger later sees what a killed daemon was at.

A ledger that is damaged, gone or of an older version never ends the watching. It is set aside and
begun anew from its *spare*, a text file that repeats which output belongs to which batch; each
batch is then run again, over an output whose own record lets nothing be made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from photoprep.database import busy, claims_read_only, connect, damaged, transaction, translated
from photoprep.errors import CannotWriteError, NewerRecordError, RecordDamagedError
from photoprep.files import cannot_write
from photoprep.language import say
from photoprep.spare import Spare, Value, seal_fits
from photoprep.version import __version__
from photoprep.watch.batch import Batch, BatchState, KnownFile, Outcome
from photoprep.watch.change import Change, Gone, Renamed, SettingsChanged
from photoprep.watch.found import FoundFile
from photoprep.watch.ledger_puts import Put, after_death
from photoprep.watch.ledger_rows import (
    batch_of,
    batch_of_spare,
    batch_row,
    files_of,
    files_row,
    key,
    name_of,
    paths_of,
    spare_line,
)

LEDGER_SCHEMA = 1
LEDGER_FILE = "ledger.db"
SPARE_FILE = "batches.txt"
_TABLES = """
CREATE TABLE batches (name TEXT PRIMARY KEY, batch TEXT NOT NULL, seal TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (batch TEXT PRIMARY KEY, files TEXT NOT NULL, seal TEXT NOT NULL) WITHOUT ROWID;
"""
_PUT_BATCH = "INSERT OR REPLACE INTO batches VALUES (?, ?, ?)"
_PUT_FILES = "INSERT OR REPLACE INTO files VALUES (?, ?, ?)"
_DROP_FILES = "DELETE FROM files WHERE batch = ?"
_DROP_BATCH = "DELETE FROM batches WHERE name = ?"


class Ledger:
    """The ledger of one output, held open by one daemon.

    ``rebuilt`` says why it was begun anew, if it was: ``damaged``, ``missing`` or ``older``;
    ``finding`` says it to a person. ``journal_mode`` is what the disk allowed (``wal``, else
    ``delete``).

    Raises (from the constructor and every method):
        OutputBusyError: another process holds it.
        NewerRecordError: a newer photoprep made it.
        CannotWriteError: the place cannot be read or written; what was remembered stands as it did.
        RecordDamagedError: what it read makes no sense (not from the constructor); opening it again
            begins it anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._batches: dict[str, Batch] = {}
        self.rebuilt = ""
        self.journal_mode = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from error
        self._spare = Spare(path.with_name(SPARE_FILE))
        self._inode, unusable = _inode(path), claims_read_only(path)
        self._database = connect(path)
        try:
            self._open_or_rebuild(unusable=unusable)
            self._inode = _inode(path)
            # Without it the ledger works as well: a full disk must not cost what it just did.
            with suppress(CannotWriteError):
                lines = {name: spare_line(batch) for name, batch in self._batches.items()}
                self._spare.begin_anew({}, lines)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    @property
    def finding(self) -> str:
        """What a person is told when the ledger had to be begun anew; empty when it had not."""
        match self.rebuilt:
            case "damaged":
                return say("The record of the watched folder was damaged; it is begun anew.")
            case "missing":
                return say("The record of the watched folder was gone; it is begun anew.")
            case "older":
                return say("The record of the watched folder is an older one; it is begun anew.")
        return ""

    @property
    def is_in_place(self) -> bool:
        """Whether the file that is written is still the one that lies there.

        SQLite goes on writing into a file that was removed or replaced (a share that came back, a
        person who tidied up): then the ledger is to be opened anew.
        """
        return _inode(self._path) == self._inode

    def batches(self) -> Mapping[str, Batch]:
        """Every batch by its name, as the last transaction left it; costs nothing to ask."""
        return MappingProxyType(dict(self._batches))

    def files(self, name: str) -> dict[str, KnownFile]:
        """The files of one batch by their paths, as they looked when it was last queued."""
        rows = self._rows("SELECT * FROM files WHERE batch = ?", key(name))
        return {file.path: file for row in rows for file in files_of(row)}

    def loose_files(self) -> dict[str, str]:
        """The batch of every loose picture by its path; those of batches that are gone first."""
        loose = [batch for batch in self._batches.values() if batch.kind == "loose"]
        loose.sort(key=lambda batch: batch.state != "gone")
        return {path: batch.name for batch in loose for path in batch.files}

    def put(self, batch: Batch, files: Sequence[FoundFile] | None = None) -> None:
        """Record a batch; ``files`` replace its files, or leave them as they are (None)."""
        self._write([Put(batch, files)])

    def apply(self, changes: Iterable[Change]) -> None:
        """Record all that a scan changed, all or nothing."""
        puts = []
        for change in changes:
            if isinstance(change, Gone | SettingsChanged):
                puts.append(Put(change.batch))
            else:
                old = change.old if isinstance(change, Renamed) else ""
                puts.append(Put(change.batch, change.files, old))
        self._write(puts)

    def begin(self, name: str, now: float) -> Batch:
        """Record that a try begins, before it does."""
        batch = self._batches[name]
        return self._change(
            replace(batch, state="running", attempts=batch.attempts + 1, begun_at=now)
        )

    def end(
        self,
        name: str,
        outcome: Outcome,
        state: BatchState,
        next_try: float,
        *,
        now: float,
        content: str = "",
        files: Mapping[str, str] | None = None,
    ) -> Batch:
        """Record what came of a try; one that is to be tried again goes behind all that wait.

        ``files`` are hashes by path, of those that were read; ``content`` is ``content_of`` them.
        """
        batch = self._batches[name]
        place = self._last_place() + 1 if state == "later" else batch.place
        ended = replace(
            batch,
            state=state,
            outcome=outcome,
            next_try=next_try,
            ended_at=now,
            content=content or batch.content,
            place=place,
            deaths=0,
        )
        self._write([Put(ended, hashes=files or {})])
        return ended

    def release(self, name: str) -> Batch:
        """Record that a try was broken off on purpose: it is queued as if it had not begun."""
        batch = self._batches[name]
        return self._change(replace(batch, state="queued", attempts=max(0, batch.attempts - 1)))

    def retry_now(self, names: Iterable[str]) -> None:
        """Make tries that wait due at once: their cause may be gone."""
        self._write(
            [
                Put(replace(self._batches[name], next_try=0.0))
                for name in names
                if self._batches[name].state == "later" and self._batches[name].next_try
            ]
        )

    def rename(self, old: str, new: str) -> Batch:
        """Give a batch another name; one of the new name is forgotten."""
        self._write([Put(replace(self._batches[old], name=new), old=old)])
        return self._batches[new]

    def forget(self, name: str) -> None:
        """Drop a batch; its output stays."""
        with self._transaction():
            self._database.execute(_DROP_BATCH, (key(name),))
            self._database.execute(_DROP_FILES, (key(name),))
        self._batches.pop(name, None)
        self._note({name: ""})

    def found_running(self, now: float) -> list[Batch]:
        """What a killed daemon was at, queued again; asked once, before anything is begun.

        A batch during which the daemon died three times in a row may be why it died: it waits,
        longer each time, and says so.
        """
        left = [batch for batch in self._batches.values() if batch.state == "running"]
        left.sort(key=lambda batch: batch.place)
        again = [after_death(batch, now, self._last_place() + 1) for batch in left]
        self._write([Put(batch) for batch in again])
        return again

    def _change(self, batch: Batch) -> Batch:
        self._write([Put(batch)])
        return batch

    def _last_place(self) -> int:
        return max((batch.place for batch in self._batches.values()), default=0)

    def _write(self, puts: Sequence[Put]) -> None:
        """Record batches, all or none: first in the database, then in what is answered."""
        if not puts:
            return
        batches = dict(self._batches)
        with self._transaction():
            # All old names go before any new one comes: names may have been exchanged.
            earlier = {put.old: self._take_away(put.old) for put in puts if put.old}
            for put in puts:
                if put.old:
                    batches.pop(put.old, None)
            for put in puts:
                known = batches.get(put.batch.name)
                kept = earlier.get(put.old, {}) if put.old else self._files_for(put)
                batches[put.batch.name] = self._put(put, kept, known.files if known else ())
        spared = {put.old: "" for put in puts if put.old}
        spared |= {put.batch.name: spare_line(batches[put.batch.name]) for put in puts}
        self._batches = batches
        self._note(spared)

    def _note(self, lines: Mapping[str, str]) -> None:
        """Repeat in the spare what is recorded already; a full disk makes it wait."""
        with suppress(CannotWriteError):
            self._spare.add_outputs(lines)

    def _put(self, put: Put, kept: Mapping[str, KnownFile], paths: tuple[str, ...]) -> Batch:
        """Write one batch and, where they change, its files; the batch as it is from then on."""
        name = put.batch.name
        files = put.known_files(kept)
        if files is not None:
            self._database.execute(_PUT_FILES, files_row(name, files))
            paths = tuple(file.path for file in files)
        batch = replace(put.batch, files=paths)
        self._database.execute(_PUT_BATCH, batch_row(batch))
        return batch

    def _files_for(self, put: Put) -> dict[str, KnownFile]:
        """The files that are known of a batch, where that is of use."""
        return self.files(put.batch.name) if put.files is not None or put.hashes else {}

    def _take_away(self, name: str) -> dict[str, KnownFile]:
        """Drop the rows of a batch; the files that they told of."""
        files = self.files(name)
        self._database.execute(_DROP_BATCH, (key(name),))
        self._database.execute(_DROP_FILES, (key(name),))
        return files

    def _open_or_rebuild(self, *, unusable: bool) -> None:
        try:
            self.rebuilt = "damaged" if unusable else self._open()
        except RecordDamagedError:
            self.rebuilt = "damaged"
        if self.rebuilt in {"damaged", "older"}:
            self._database.close()
            self._set_aside()
            self._database = connect(self._path)
            self._open()

    def _open(self) -> str:
        """Take the lock, then read or make the tables; returns why it must be begun anew."""
        with translated(self._path):
            # Held from here until the process ends. SQLite then needs no memory that processes
            # share, which a network share has none of (sqlite.org/wal.html, 8).
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            (self.journal_mode,) = self._database.execute("PRAGMA journal_mode = WAL").fetchone()
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("BEGIN EXCLUSIVE")
            self._database.execute("COMMIT")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (said,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok" or (version == 0 and tables) or (version and not tables):
            raise damaged(self._path, str(said))
        if version > LEDGER_SCHEMA:
            raise self._newer(version)
        if version == 0:
            return self._begin_anew()
        if version < LEDGER_SCHEMA:
            return "older"
        self._read()
        return ""

    def _begin_anew(self) -> str:
        """All tables at once, with what the spare knows: a kill leaves none of them."""
        lines = self._spare.outputs.items()
        spared = (batch_of_spare(name, line, place) for place, (name, line) in enumerate(lines, 1))
        batches = {batch.name: batch for batch in spared if batch is not None}
        with self._transaction():
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {LEDGER_SCHEMA}")
            for batch in batches.values():
                self._database.execute(_PUT_BATCH, batch_row(batch))
                files = [KnownFile(path, -1, 0) for path in batch.files]
                self._database.execute(_PUT_FILES, files_row(batch.name, files))
        self._batches = batches
        return self.rebuilt or ("missing" if batches else "")

    def _read(self) -> None:
        rows = self._rows("SELECT * FROM files")
        paths = {name_of(row[0]): paths_of(row) for row in rows}
        for row in self._rows("SELECT * FROM batches"):
            name = name_of(row[0])
            self._batches[name] = batch_of(row, paths.get(name, ()))

    def _rows(self, statement: str, *values: Value) -> Iterator[tuple[Any, ...]]:
        """Rows, each of which fits its seal."""
        with translated(self._path):
            for row in self._database.execute(statement, values):
                if not seal_fits(row):
                    raise damaged(self._path, say("a row does not fit its seal"))
                yield row

    def _set_aside(self) -> None:
        """Move a ledger that cannot be used out of the way, with the logs that belong to it."""
        if _inode(self._path) != self._inode:
            raise busy(self._path)
        aside = self._path.with_name(f"ledger-{self.rebuilt}.db")
        try:
            # The logs first: without their database they would be played into the new one.
            for suffix in ("-wal", "-journal", "-shm", ""):
                with suppress(FileNotFoundError):
                    source = self._path.with_name(self._path.name + suffix)
                    source.replace(aside.with_name(aside.name + suffix))
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def _newer(self, schema: int) -> NewerRecordError:
        return NewerRecordError(
            say(
                "The record of the watched folder was written by a newer photoprep (record "
                "{schema}); this is photoprep {ours}, which knows records up to {known}.",
                schema=schema,
                ours=__version__,
                known=LEDGER_SCHEMA,
            ),
            hint=say("Use that version, or choose another folder with --out."),
            path=self._path.parent.parent,
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with transaction(self._database, self._path):
            yield


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
