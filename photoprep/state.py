"""What an output folder remembers between runs, in SQLite under ``.photoprep/``.

Two things are kept. Of every *source*: what it looked like, its hash, with which recipe it was
worked on and what came of it, so that an unchanged one is recognised without being read. Of every
*output*: the hash of what photoprep wrote there, so that a person's file is never taken for ours.
An output is announced before it is written (with an empty hash), so that a kill between rename
and record leaves no file that nobody knows. The *names* that a run gives its pictures are kept
before the first is made, so that one that is cut short and run again gives each the same.

Of every finished photo and sheet there is a *thumbnail*, by the hash of its file; those are read
when somebody asks for them.

Every row carries a seal, a short hash of itself: SQLite notices damage to its pages' structure
(``PRAGMA quick_check``), not to what stands in them. All are checked when the record is opened, but
those of thumbnails, which are most of its bytes and cost themselves alone: when they are read. A
record that is damaged, gone, or of an older version is set aside and begun anew from the *spare*, a
text file beside it that repeats which outputs are ours and the facts; the sources are then worked
on again. Whatever versions to come change, the tables ``facts`` (name, value) and ``outputs``
(path, sha256) keep these columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from photoprep.database import busy, claims_read_only, connect, damaged, transaction, translated
from photoprep.errors import NewerRecordError, RecordDamagedError
from photoprep.files import cannot_write
from photoprep.language import say
from photoprep.remembered import (
    MailVersion,
    RememberedSource,
    WrittenOutput,
    mail_of,
    output_row,
    sheet_of,
    source_of,
    source_row,
    stamp_of,
    text_of,
    thumbnail_of,
    thumbnail_row,
    version_of,
)
from photoprep.report import WrittenMail, WrittenSheet
from photoprep.spare import Spare, Value, seal_fits, sealed
from photoprep.version import __version__

STATE_SCHEMA = 9
SPARE_FILE = "outputs.txt"
_FACTS, _SOURCES = "SELECT * FROM facts", "SELECT * FROM sources"
_OUTPUTS, _MAILS = "SELECT * FROM outputs", "SELECT * FROM mails"
_SHEETS, _VERSIONS = "SELECT * FROM sheets", "SELECT * FROM versions"
_NAMES, _THUMBNAILS = "SELECT * FROM names", "SELECT * FROM thumbnails"
_INSERT_FACT = "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)"
_INSERT_SOURCE = "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_OUTPUT = "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_THUMBNAIL = "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)"
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    size_bytes INTEGER, mtime_ns INTEGER, inode TEXT, looked_ns INTEGER,
    sha256 TEXT NOT NULL, recipe TEXT NOT NULL, outcome TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE names (
    source TEXT PRIMARY KEY, output TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE outputs (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL,
    size_bytes INTEGER, mtime_ns INTEGER, inode TEXT, looked_ns INTEGER, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE mails (
    path TEXT PRIMARY KEY, ingredients TEXT NOT NULL, mail TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sheets (
    path TEXT PRIMARY KEY, ingredients TEXT NOT NULL, sheet TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE versions (
    ingredients TEXT PRIMARY KEY, version TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE thumbnails (
    sha256 TEXT PRIMARY KEY, jpeg BLOB NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
"""


class State:
    """The memory of one output folder; one run at a time holds it open.

    ``rebuilt`` says why it was begun anew, if it was: ``damaged``, ``missing`` or ``older``.

    Raises (from the constructor and every method):
        OutputBusyError: another run holds it.
        NewerRecordError: a newer photoprep made it.
        CannotWriteError: the place cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spare = Spare(path.with_name(SPARE_FILE))
        self.rebuilt = ""
        inode, unusable = _inode(path), claims_read_only(path)
        self._database = connect(path)
        try:
            try:
                self.rebuilt = "damaged" if unusable else self._open()
            except RecordDamagedError:
                self.rebuilt = "damaged"
            if self.rebuilt in {"damaged", "older"}:
                self._database.close()
                self._set_aside(inode)
                self._database = connect(path)
                self._open()
            hashes = {row[0]: row[1] for row in self._rows(_OUTPUTS) if row[1]}
            self._spare.begin_anew(self._facts(), hashes)
        except BaseException:
            self._database.close()
            raise

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
        return self._facts().get(name)

    def set_fact(self, name: str, value: str) -> None:
        """Remember a single value; writes nothing where it stands already."""
        if self.fact(name) != value:
            self._spare.add_facts({name: value})
            self._write((_INSERT_FACT, [sealed(name, value)]))

    def sources(self) -> dict[str, RememberedSource]:
        """Every remembered source by its relative path."""
        return {row[0]: source_of(row) for row in self._rows(_SOURCES)}

    def source(self, name: str) -> RememberedSource | None:
        """What is remembered of one source."""
        with translated(self._path):
            row = self._database.execute(f"{_SOURCES} WHERE source = ?", (name,)).fetchone()
        return source_of(row) if row is not None else None

    def source_names(self) -> set[str]:
        """The relative paths of all remembered sources."""
        with translated(self._path):
            return {row[0] for row in self._database.execute("SELECT source FROM sources")}

    def remember_sources(self, sources: Iterable[tuple[str, RememberedSource]]) -> None:
        """Record what came of sources, all or none."""
        self._write((_INSERT_SOURCE, [source_row(*source) for source in sources]))

    def forget_sources(self, names: Iterable[str]) -> None:
        """Drop sources that are no longer there."""
        self._write(("DELETE FROM sources WHERE source = ?", [(name,) for name in names]))

    def names(self) -> dict[str, str]:
        """Which output each picture of the last run was given, by the picture's relative path."""
        return {row[0]: row[1] for row in self._rows(_NAMES)}

    def replace_names(self, names: Mapping[str, str]) -> None:
        """Remember what this run calls its pictures, in the place of the earlier names."""
        if names != self.names():
            with self._transaction():
                self._database.execute("DELETE FROM names")
                rows = [sealed(*name) for name in names.items()]
                self._database.executemany("INSERT INTO names VALUES (?, ?, ?)", rows)

    def outputs(self) -> dict[str, WrittenOutput]:
        """Every file photoprep wrote or announced, by its path in the folder."""
        return {
            row[0]: WrittenOutput(row[1], None if row[2] is None else stamp_of(row[2:6]))
            for row in self._rows(_OUTPUTS)
        }

    def record_outputs(
        self,
        outputs: Iterable[tuple[str, WrittenOutput]],
        sources: Iterable[tuple[str, RememberedSource]] = (),
        thumbnails: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Announce or record outputs, what came of sources, and thumbnails, all or none."""
        recorded = dict(outputs)
        self._spare.add_outputs(_hashes(recorded))
        self._write(
            (_INSERT_OUTPUT, [output_row(path, known) for path, known in recorded.items()]),
            (_INSERT_SOURCE, [source_row(*source) for source in sources]),
            (_INSERT_THUMBNAIL, [thumbnail_row(*thumbnail) for thumbnail in thumbnails]),
        )

    def forget_outputs(self, paths: Iterable[str]) -> None:
        """Drop outputs that were removed, or that a person has made their own."""
        dropped = list(paths)
        self._spare.add_outputs(dict.fromkeys(dropped, ""))
        self._write(("DELETE FROM outputs WHERE path = ?", [(path,) for path in dropped]))

    def mails(self) -> dict[str, tuple[str, WrittenMail]]:
        """Every written mail by its path, with the fingerprint of what it was made from."""
        return {row[0]: (row[1], mail_of(row[2])) for row in self._rows(_MAILS)}

    def replace_mails(self, mails: Iterable[tuple[str, WrittenMail]]) -> None:
        """Record the whole series of (fingerprint, mail) in the place of the earlier one."""
        rows = [sealed(mail.output, ingredients, text_of(mail)) for ingredients, mail in mails]
        with self._transaction():
            self._database.execute("DELETE FROM mails")
            self._database.executemany("INSERT INTO mails VALUES (?, ?, ?, ?)", rows)

    def sheets(self) -> dict[str, tuple[str, WrittenSheet]]:
        """Every written sheet by its path, with the fingerprint of what it was made from."""
        return {row[0]: (row[1], sheet_of(row[2])) for row in self._rows(_SHEETS)}

    def replace_sheets(
        self,
        sheets: Iterable[tuple[str, WrittenSheet]],
        thumbnails: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Record all sheets of (fingerprint, sheet) in the place of the earlier ones.

        ``thumbnails`` come to those that are there.
        """
        rows = [sealed(sheet.output, ingredients, text_of(sheet)) for ingredients, sheet in sheets]
        with self._transaction():
            self._database.execute("DELETE FROM sheets")
            self._database.executemany("INSERT INTO sheets VALUES (?, ?, ?, ?)", rows)
            self._database.executemany(
                _INSERT_THUMBNAIL, [thumbnail_row(*thumbnail) for thumbnail in thumbnails]
            )

    def versions(self) -> dict[str, MailVersion]:
        """Every smaller version of a photo by the fingerprint of what it was made from."""
        return {row[0]: version_of(row[1]) for row in self._rows(_VERSIONS)}

    def replace_versions(self, versions: Iterable[MailVersion]) -> None:
        """Record all smaller versions in the place of the earlier ones."""
        rows = [sealed(version.key, text_of(version)) for version in versions]
        with self._transaction():
            self._database.execute("DELETE FROM versions")
            self._database.executemany("INSERT INTO versions VALUES (?, ?, ?)", rows)

    def thumbnails(self) -> dict[str, bytes]:
        """The thumbnails of photos and sheets by the hashes of their files; no damaged ones."""
        return dict(filter(None, map(thumbnail_of, self._rows(_THUMBNAILS))))

    def keep_thumbnails(self, wanted: Set[str]) -> None:
        """Drop the thumbnails of all but these files."""
        with translated(self._path):
            there = {row[0] for row in self._database.execute("SELECT sha256 FROM thumbnails")}
        dropped = [(sha256,) for sha256 in sorted(there - wanted)]
        self._write(("DELETE FROM thumbnails WHERE sha256 = ?", dropped))

    def _open(self) -> str:
        """Take the lock, then check or make the tables; returns why it must be begun anew."""
        with translated(self._path):
            # EXCLUSIVE keeps the lock from the first write until close, and the system drops it
            # when the process dies: no stale lock file can be left behind.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("BEGIN EXCLUSIVE")
            self._database.execute("COMMIT")
            if not self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                # A first run, or one killed before the tables came, has no spare either.
                self._make_tables()
                return "missing" if self._spare.outputs and not self.rebuilt else self.rebuilt
            self._check_structure()
            facts = dict(self._database.execute("SELECT name, value FROM facts").fetchall())
            schema = self._schema_of(facts)
            if schema > STATE_SCHEMA:
                raise self._newer(facts, schema)
            if schema < STATE_SCHEMA:
                rows = self._database.execute("SELECT path, sha256 FROM outputs").fetchall()
                self._spare.begin_anew(_without_versions(facts), dict(rows))
                return "older"
            for table in (_FACTS, _SOURCES, _NAMES, _OUTPUTS, _MAILS, _SHEETS, _VERSIONS):
                self._check_seals(table)
        if facts.get("photoprep") != __version__:
            self._write((_INSERT_FACT, [sealed("photoprep", __version__)]))
        return self.rebuilt

    def _make_tables(self) -> None:
        """All tables at once, with what the spare knows: a kill leaves none of them."""
        facts = self._spare.facts | {"schema": str(STATE_SCHEMA), "photoprep": __version__}
        outputs = self._spare.outputs.items()
        with self._transaction():
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.executemany(
                "INSERT INTO facts VALUES (?, ?, ?)", [sealed(*fact) for fact in facts.items()]
            )
            self._database.executemany(
                "INSERT INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?)",
                [output_row(path, WrittenOutput(sha256, None)) for path, sha256 in outputs],
            )

    def _check_structure(self) -> None:
        (said,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise damaged(self._path, said)

    def _schema_of(self, facts: dict[str, str]) -> int:
        try:
            return int(facts["schema"])
        except (KeyError, ValueError) as error:
            raise damaged(self._path, say("no schema")) from error

    def _newer(self, facts: dict[str, str], schema: int) -> NewerRecordError:
        version = facts.get("photoprep", say("of a later version"))
        return NewerRecordError(
            say(
                "This folder was made by photoprep {version} (record {schema}); this is photoprep "
                "{ours}, which knows records up to {known}.",
                version=version,
                schema=schema,
                ours=__version__,
                known=STATE_SCHEMA,
            ),
            hint=say("Use that version, or choose another folder with --out."),
            path=self._path.parent.parent,
        )

    def _set_aside(self, inode: int) -> None:
        """Move a record that cannot be used out of the way, with the journal that belongs to it.

        Its lock cannot be held meanwhile (a broken database has none). Should another run have
        begun it anew in this very moment, then the file is another one by now.
        """
        if _inode(self._path) != inode:
            raise busy(self._path)
        aside = self._path.with_name(f"state-{self.rebuilt}.db")
        try:
            # The journal first: without it, it would be rolled back into the new database.
            for suffix in ("-journal", ""):
                with suppress(FileNotFoundError):
                    source = self._path.with_name(self._path.name + suffix)
                    source.replace(aside.with_name(aside.name + suffix))
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def _facts(self) -> dict[str, str]:
        return _without_versions({row[0]: row[1] for row in self._rows(_FACTS)})

    def _rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Every row, with the seal that was checked when the record was opened."""
        with translated(self._path):
            yield from self._database.execute(statement)

    def _check_seals(self, statement: str) -> None:
        if not all(map(seal_fits, self._rows(statement))):
            raise damaged(self._path, say("a row does not fit its seal"))

    def _write(self, *changes: tuple[str, Sequence[tuple[Value | bytes, ...]]]) -> None:
        """Do every statement on its rows, all or none."""
        if any(rows for _, rows in changes):
            with self._transaction():
                for statement, rows in changes:
                    self._database.executemany(statement, rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with transaction(self._database, self._path):
            yield


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _without_versions(facts: dict[str, str]) -> dict[str, str]:
    """The facts but those that say who wrote the record, which a new one says for itself."""
    return {name: value for name, value in facts.items() if name not in {"schema", "photoprep"}}


def _hashes(outputs: dict[str, WrittenOutput]) -> dict[str, str]:
    return {path: known.sha256 for path, known in outputs.items() if known.sha256}
