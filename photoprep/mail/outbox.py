"""The journal of what was sent to whom: synced before each step, true after a kill at any of them.

Of every part of a series and every recipient there is one row with its state:

    planned ──► sending ──► sent                 the server has taken it: never sent again
                   ├──────► deferred             not now: sent again by the next run
                   ├──────► refused              not at all, and why: tried again when asked again
                   └──────► unknown              handed over, and the answer was lost

``sending`` is written before DATA, and ``handed`` before the dot that ends the mail. A server must
not keep a mail whose dot never came (RFC 5321, 4.1.1.4 and 4.1.1.10), so a process that died in
between leaves a part that may be sent again; one that died after it leaves ``unknown``, which only
a person can settle (``settle``).

The journal lies beside the record of the output folder, in a file of its own: a record can be
rebuilt, what went out cannot be taken back. So a journal that is damaged is never begun anew by
itself. Its lock, SQLite's, keeps a second sending out, and dies with its process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from photoprep.database import connect, transaction, translated
from photoprep.errors import CannotWriteError, OutputBusyError, RecordDamagedError, UsageError
from photoprep.files import cannot_write
from photoprep.language import packed, say, unpacked
from photoprep.spare import Value, seal_fits, sealed

State = Literal["planned", "sending", "sent", "deferred", "refused", "unknown"]
Outcome = Literal["sent", "deferred", "refused", "unknown"]
JOURNAL_FILE = "outbox.db"
_SCHEMA = 1
_NOWHERE = Path(":memory:")

# What may follow what. Nothing follows ``sent``.
_MAY_FOLLOW: Mapping[State, frozenset[State]] = {
    "planned": frozenset({"sending", "deferred", "refused"}),
    "deferred": frozenset({"sending", "deferred", "refused"}),
    "refused": frozenset({"sending", "deferred", "refused"}),
    "sending": frozenset({"sent", "deferred", "refused", "unknown"}),
    "unknown": frozenset({"sent", "planned"}),
    "sent": frozenset(),
}

_TABLES = """
CREATE TABLE series (
    number INTEGER PRIMARY KEY, series TEXT UNIQUE NOT NULL, parts INTEGER NOT NULL,
    begun TEXT NOT NULL, seal TEXT NOT NULL
);
CREATE TABLE dates (
    message_id TEXT PRIMARY KEY, date TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE deliveries (
    series TEXT NOT NULL, part INTEGER NOT NULL, recipient TEXT NOT NULL,
    state TEXT NOT NULL, handed INTEGER NOT NULL, message_id TEXT NOT NULL,
    reply TEXT NOT NULL, changed TEXT NOT NULL, seal TEXT NOT NULL,
    PRIMARY KEY (series, part, recipient)
) WITHOUT ROWID;
"""
_WHERE_ONE = "WHERE series = ? AND part = ? AND recipient = ?"
_INSERT_DELIVERY = "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one part for one recipient.

    ``recipient`` is a ``Mailbox.key``; ``reply`` what the server said last, or what else happened;
    ``changed`` when, as ISO 8601. ``handed`` says of ``sending`` that the final dot may be out.
    """

    series: str
    part: int
    recipient: str
    state: State = "planned"
    handed: bool = False
    message_id: str = ""
    reply: str = ""
    changed: str = ""

    @property
    def may_go(self) -> bool:
        """Whether it may be sent without anybody's getting it twice."""
        return self.state in ("planned", "deferred", "refused")


@dataclass(frozen=True, slots=True)
class Begun:
    """A series of which something went out, or may have: its parts, and to how many of them.

    ``settled`` are the parts that a recipient has or may have, by recipient.
    """

    series: str
    parts: int
    begun: str
    settled: Mapping[str, frozenset[int]]

    def half_way(self, recipients: Iterable[str]) -> list[str]:
        """Those of the recipients who have some of its parts and not all."""
        return [key for key in recipients if 0 < len(self.settled.get(key, ())) < self.parts]

    def whole(self, recipients: Iterable[str]) -> list[str]:
        """Those of the recipients who have, or may have, all of it."""
        return [key for key in recipients if len(self.settled.get(key, ())) == self.parts]


class Outbox:
    """The journal in one output folder, held by one sending at a time, or only looked at.

    With ``look`` nothing is written, not even a new journal; deliveries are told as they would be
    after opening it: one that was being sent is ``deferred`` or ``unknown`` by then.

    Raises (from the constructor and every method):
        OutputBusyError: another process holds it.
        CannotWriteError: the place refuses, or the journal is damaged or a newer photoprep's.

    """

    def __init__(self, path: Path, *, look: bool = False) -> None:
        self._path = path
        self._look = look
        if look:
            self._database = connect(path if _is_there(path) else _NOWHERE)
        else:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise cannot_write(path.parent, error) from error
            self._database = connect(path)
        try:
            self._open()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Outbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def delivery(self, series: str, part: int, recipient: str) -> Delivery:
        """What is known of one part for one recipient; ``planned`` where nothing is."""
        found = self._deliveries(_WHERE_ONE, (series, part, recipient))
        return found[0] if found else Delivery(series, part, recipient)

    def begun(self) -> list[Begun]:
        """Every series that was begun, the latest last."""
        settled: dict[str, dict[str, set[int]]] = {}
        for each in self._deliveries():
            if each.state in ("sent", "unknown"):
                settled.setdefault(each.series, {}).setdefault(each.recipient, set()).add(each.part)
        return [
            Begun(
                series,
                parts,
                begun,
                {key: frozenset(done) for key, done in settled.get(series, {}).items()},
            )
            for _, series, parts, begun in self._rows("SELECT * FROM series ORDER BY number")
        ]

    def begin(self, series: str, parts: int, now: str) -> None:
        """Say that a series of so many parts is about to go out; the first time counts."""
        known = [each.series for each in self.begun()]
        if series not in known:
            row = sealed(len(known) + 1, series, parts, now)  # a clock may be put back: a number
            with self._transaction():
                self._database.execute("INSERT INTO series VALUES (?, ?, ?, ?, ?)", row)

    def date_of(self, message_id: str, now: str) -> str:
        """The date in a message's header: now, or what it was when it was first to go.

        So that each try of a message sends the same bytes.
        """
        for _, date in self._rows("SELECT * FROM dates WHERE message_id = ?", message_id):
            return str(date)
        with self._transaction():
            self._database.execute("INSERT INTO dates VALUES (?, ?, ?)", sealed(message_id, now))
        return now

    def sending(self, deliveries: Iterable[Delivery], message_id: str, now: str) -> list[Delivery]:
        """Before DATA: these are about to be sent, as the message of that id."""
        return self._write(
            [
                replace(_moved(each, "sending", "", now), message_id=message_id)
                for each in deliveries
            ]
        )

    def handing(self, deliveries: Iterable[Delivery], now: str) -> list[Delivery]:
        """Before the final dot: from here on they may have arrived."""
        handed = [replace(each, handed=True, changed=now) for each in deliveries]
        if any(each.state != "sending" for each in handed):
            raise AssertionError("handed over what is not being sent")
        return self._write(handed)

    def conclude(self, ends: Iterable[tuple[Delivery, Outcome, str]], now: str) -> list[Delivery]:
        """What became of each, and what the server said: all at once or none."""
        return self._write([_moved(each, outcome, reply, now) for each, outcome, reply in ends])

    def settle(self, deliveries: Iterable[Delivery], *, arrived: bool, now: str) -> list[Delivery]:
        """What a person found out about parts of which it is not known whether they arrived.

        Raises:
            UsageError: it is known of one of them.

        """
        chosen = list(deliveries)
        for each in chosen:
            if each.state != "unknown":
                raise UsageError(
                    say(
                        "Mail {part} to {recipient} is not in doubt: {state}.",
                        part=each.part,
                        recipient=each.recipient,
                        state=say_state(each.state),
                    ),
                    hint=say("Leave it out; photoprep send says which ones are in doubt."),
                )
        reply = say("as its sender says") if arrived else say("did not arrive, as its sender says")
        state: State = "sent" if arrived else "planned"
        return self._write([_moved(each, state, reply, now) for each in chosen])

    def _write(self, deliveries: list[Delivery]) -> list[Delivery]:
        if deliveries:
            with self._transaction():
                self._database.executemany(_INSERT_DELIVERY, [_row(each) for each in deliveries])
        return deliveries

    def _open(self) -> None:
        with self._ours():
            if not self._look:
                # The lock comes with the first transaction and stays until the process ends.
                self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
                # Each commit is on the platter, its journal's end too (sqlite.org/pragma.html).
                self._database.execute("PRAGMA synchronous = EXTRA")
                self._database.execute("BEGIN EXCLUSIVE")
                self._database.execute("COMMIT")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version > _SCHEMA:
            raise CannotWriteError(
                say("The journal of sent mails was written by a newer photoprep."),
                hint=say("Use that version to send these mails."),
                path=self._path,
            )
        if version == 0 and tables:
            raise _damaged(self._path, say("no schema"))
        if version == 0:
            if self._look:  # made and not yet written to
                self._database.close()
                self._database = connect(_NOWHERE)
            self._make_tables()
        with self._ours():
            (said,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise _damaged(self._path, said)
        for table in ("series", "dates"):
            self._rows(f"SELECT * FROM {table}")  # noqa: S608 (our own names)
        left = self._deliveries()
        if not self._look:
            self._write([_after_a_kill(each) for each in left if each.state == "sending"])

    def _make_tables(self) -> None:
        """All tables at once: a kill leaves none of them."""
        with self._transaction():
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {_SCHEMA}")

    def _deliveries(self, where: str = "", key: tuple[Value, ...] = ()) -> list[Delivery]:
        rows = self._rows(f"SELECT * FROM deliveries {where}", *key)  # noqa: S608 (our own)
        known = [_delivery(row) for row in rows]
        return [_after_a_kill(each) for each in known] if self._look else known

    def _rows(self, statement: str, *values: Value) -> list[tuple[Any, ...]]:
        """Rows without their seals, which are looked at."""
        with self._ours():
            rows = self._database.execute(statement, values).fetchall()
        if not all(map(seal_fits, rows)):
            raise _damaged(self._path, say("a row does not fit its seal"))
        return [row[:-1] for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._ours(), transaction(self._database, self._path):
            yield

    @contextmanager
    def _ours(self) -> Iterator[None]:
        """Make one of our errors of whatever SQLite raises, in words about this journal."""
        try:
            with translated(self._path):
                yield
        except RecordDamagedError as error:
            raise _damaged(self._path, error.message) from error
        except OutputBusyError as error:
            raise OutputBusyError(
                say("Another photoprep is sending mails from this folder."),
                hint=say("Wait until it is done, then run again."),
                path=self._path.parent.parent,
            ) from error


def say_state(state: State) -> str:
    """A state in words."""
    return {
        "planned": say("to be sent"),
        "sending": say("being sent"),
        "sent": say("sent"),
        "deferred": say("put off"),
        "refused": say("refused"),
        "unknown": say("in doubt"),
    }[state]


def _moved(delivery: Delivery, state: State, reply: str, now: str) -> Delivery:
    if state not in _MAY_FOLLOW[delivery.state]:
        raise AssertionError(f"{state} cannot follow {delivery.state}")
    return replace(delivery, state=state, handed=False, reply=reply, changed=now)


def _after_a_kill(delivery: Delivery) -> Delivery:
    """How a delivery stands that a process left in the middle of its sending."""
    if delivery.state != "sending":
        return delivery
    if delivery.handed:
        reply = say("photoprep ended before the server had answered")
        return replace(delivery, state="unknown", handed=False, reply=reply)
    reply = say("photoprep ended before the mail was handed over")
    return replace(delivery, state="deferred", handed=False, reply=reply)


def _row(delivery: Delivery) -> tuple[Value, ...]:
    return sealed(
        delivery.series,
        delivery.part,
        delivery.recipient,
        delivery.state,
        int(delivery.handed),
        delivery.message_id,
        json.dumps(packed(delivery.reply), ensure_ascii=False),
        delivery.changed,
    )


def _delivery(row: tuple[Any, ...]) -> Delivery:
    series, part, recipient, state, handed, message_id, reply, changed = row
    return Delivery(
        series,
        part,
        recipient,
        state,
        bool(handed),
        message_id,
        unpacked(json.loads(reply)),
        changed,
    )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _damaged(path: Path, detail: str) -> CannotWriteError:
    return CannotWriteError(
        say("The journal of sent mails is damaged ({detail}).", detail=detail),
        hint=say(
            "Nothing is sent, because nobody knows what has been. Find out in your mailbox, move "
            "the file elsewhere, and run again to send the whole series."
        ),
        path=path,
    )
