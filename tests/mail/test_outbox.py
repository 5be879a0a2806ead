"""The journal: true after a kill at any of its steps, and no way of sending a part twice."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from photoprep.errors import CannotWriteError
from photoprep.language import say
from photoprep.mail.outbox import Outbox
from tests.faults.support import mounts_refused, small_disk
from tests.mail.outgoing_folder import journal, make_out, postman, sending_of
from tests.mail.smtp_servers import FaultyServer

A, B = "a@example.org", "b@example.org"
# The journal's tables, the series, and of each of two parts: its date, before DATA, before the
# dot, and the end.
STEPS = 2 + 2 * 4
# Whether a kill between the journal's word and the dot's answer leaves a doubt, and of which part.
IN_DOUBT = {(5, "after"): [1], (6, "within"): [1], (9, "after"): [2], (10, "within"): [2]}
SINCE = "2026-11-23T09:00:00.000000+00:00"


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", ["within", "after"])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_kill_at_any_step_of_the_journal(tmp_path: Path, step: int, moment: str) -> None:
    out = make_out(tmp_path, 2)
    with FaultyServer() as server:
        arguments = [str(out), str(server.port), str(step), moment, A, B]
        killed = subprocess.run(
            [sys.executable, "-m", "tests.mail.killed_sender", *arguments],
            capture_output=True,
            cwd=Path(__file__).resolve().parents[2],
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        sending = sending_of(out, server.port, A, B)

        def kept(part: int) -> int:
            return sum(f"X100 ({part}/2)".encode() in mail.data for mail in server.kept)

        with Outbox(journal(out), look=True) as outbox:
            found = sending.deliveries(outbox)
        for part, row in found.items():
            assert len({each.state for each in row}) == 1
            assert row[0].state in ("planned", "deferred", "sent", "unknown")
            if row[0].state != "unknown":
                assert kept(part) == (row[0].state == "sent")
        doubtful = [part for part, row in found.items() if row[0].state == "unknown"]
        assert doubtful == IN_DOUBT.get((step, moment), [])
        with Outbox(journal(out)) as outbox:
            postman(sending, outbox).deliver()
        assert all(kept(part) <= 1 for part in (1, 2))
        with Outbox(journal(out)) as outbox:
            for part in doubtful:
                arrived = kept(part) == 1
                outbox.settle(sending.deliveries(outbox)[part], arrived=arrived, now=SINCE)
            postman(sending, outbox).deliver()
            states = {each.state for row in sending.deliveries(outbox).values() for each in row}
        assert states == {"sent"}
    assert [kept(1), kept(2)] == [1, 1]
    assert all(set(mail.recipients) == {A, B} for mail in server.kept)


def test_there_are_no_more_steps(tmp_path: Path) -> None:
    """So that the test above reaches each of them."""
    out = make_out(tmp_path, 2)
    with FaultyServer() as server:
        arguments = [str(out), str(server.port), str(STEPS + 1), "within", A, B]
        told = subprocess.run(
            [sys.executable, "-m", "tests.mail.killed_sender", *arguments],
            cwd=Path(__file__).resolve().parents[2],
            check=False,
        )
    assert told.returncode == 0
    assert len(server.kept) == 2


class Journalled(RuleBasedStateMachine):
    """Any order of tries, kills and answers: what the journal says is never more than the truth.

    ``delivered`` counts how often the recipient got the part; only a person's word that it did not
    arrive lets a part go a second time, and here persons tell the truth.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / ".photoprep" / "outbox.db"
        self.outbox = Outbox(self.path)
        self.delivered = [0, 0]
        self.part = 0
        self.flight = False
        self.handed = False

    def teardown(self) -> None:
        self.outbox.__exit__(None, None, None)
        shutil.rmtree(self.folder)

    def known(self, part: int) -> str:
        return self.outbox.delivery("s", part, A).state

    @precondition(lambda self: not self.flight)
    @rule(part=st.sampled_from([0, 1]))
    def begin(self, part: int) -> None:
        delivery = self.outbox.delivery("s", part, A)
        if delivery.may_go:
            self.outbox.sending([delivery], "<1@example.com>", SINCE)
            self.part, self.flight, self.handed = part, True, False
        else:
            with pytest.raises(AssertionError):
                self.outbox.sending([delivery], "<1@example.com>", SINCE)

    @precondition(lambda self: self.flight and not self.handed)
    @rule(kept=st.booleans())
    def hand_over(self, kept: bool) -> None:
        self.outbox.handing([self.outbox.delivery("s", self.part, A)], SINCE)
        self.handed = True
        self.delivered[self.part] += kept  # at once, or perhaps never: nobody knows yet

    @precondition(lambda self: self.flight)
    @rule(answer=st.sampled_from(["true", "lost"]))
    def answer(self, answer: str) -> None:
        delivery = self.outbox.delivery("s", self.part, A)
        if not self.handed:
            self.outbox.conclude(
                [(delivery, "deferred", say("not now: {reply}", reply="4"))], SINCE
            )
        elif answer == "lost":
            self.outbox.conclude([(delivery, "unknown", "lost")], SINCE)
        elif self.delivered[self.part]:
            self.outbox.conclude([(delivery, "sent", "250")], SINCE)
        else:
            self.outbox.conclude([(delivery, "refused", "552")], SINCE)
        self.flight = False

    @rule()
    def be_killed(self) -> None:
        """What a kill leaves is the file as it is: no word, no rollback but SQLite's own."""
        self.outbox.__exit__(None, None, None)
        self.outbox = Outbox(self.path)
        self.flight = False

    @precondition(lambda self: not self.flight)
    @rule(part=st.sampled_from([0, 1]))
    def settle(self, part: int) -> None:
        if self.known(part) == "unknown":
            arrived = self.delivered[part] > 0
            self.outbox.settle([self.outbox.delivery("s", part, A)], arrived=arrived, now=SINCE)

    @invariant()
    def nobody_gets_anything_twice(self) -> None:
        assert max(self.delivered) <= 1
        for part in (0, 1):
            state = self.known(part)
            if state == "sent":
                assert self.delivered[part] == 1
            elif state in ("planned", "deferred", "refused"):
                assert self.delivered[part] == 0


Journalled.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestJournalled = Journalled.TestCase


def test_a_date_is_that_of_the_first_try(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.db") as outbox:
        assert outbox.date_of("<1@example.com>", "Mon") == "Mon"
    with Outbox(tmp_path / "outbox.db") as outbox:
        assert outbox.date_of("<1@example.com>", "Tue") == "Mon"
        assert outbox.date_of("<2@example.com>", "Tue") == "Tue"


def test_a_sentence_is_kept_as_one(tmp_path: Path) -> None:
    said = say("not now: {reply}", reply="451 4.3.0 später")
    with Outbox(tmp_path / "outbox.db") as outbox:
        outbox.conclude([(outbox.delivery("s", 1, A), "deferred", said)], SINCE)
    with Outbox(tmp_path / "outbox.db", look=True) as outbox:
        reply = outbox.delivery("s", 1, A).reply
    assert reply == said
    assert getattr(reply, "template", "") == "not now: {reply}"


def test_a_look_writes_nothing(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.db", look=True) as outbox:
        assert outbox.delivery("s", 1, A).state == "planned"
    assert not list(tmp_path.iterdir())
    with Outbox(tmp_path / "outbox.db") as outbox:
        outbox.sending([outbox.delivery("s", 1, A)], "<1@example.com>", SINCE)
    before = (tmp_path / "outbox.db").read_bytes()
    with Outbox(tmp_path / "outbox.db", look=True) as outbox:
        assert outbox.delivery("s", 1, A).state == "deferred"
    assert (tmp_path / "outbox.db").read_bytes() == before


def damaged_row(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("UPDATE deliveries SET state = 'planned'")
    database.commit()
    database.close()


def no_database(path: Path) -> None:
    path.write_bytes(b"not a database at all, but of some length" * 50)


def from_the_future(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.commit()
    database.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(damaged_row, "does not fit"), (no_database, "damaged"), (from_the_future, "newer")],
)
def test_a_journal_that_cannot_be_trusted_sends_nothing(
    tmp_path: Path, spoil: object, words: str
) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path) as outbox:
        flying = outbox.sending([outbox.delivery("s", 1, A)], "<1@example.com>", SINCE)
        outbox.conclude([(each, "sent", "250") for each in flying], SINCE)
    assert callable(spoil)
    spoil(path)
    before = path.read_bytes()
    for look in (True, False):
        with pytest.raises(CannotWriteError, match=words):
            Outbox(path, look=look)
    assert path.read_bytes() == before


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused() or "-")
@pytest.mark.parametrize("full_at", ["connect", "rcpt", "data", "content", "dot"])
def test_a_disk_that_fills_up_leaves_a_true_journal(tmp_path: Path, full_at: str) -> None:
    """Whenever the room ends: nothing goes out that could not be written down before."""
    with FaultyServer() as server, small_disk(tmp_path / "disk", 200) as disk:
        out = make_out(disk, 2)
        sending = sending_of(out, server.port, A)
        filled = disk / "filled"
        server.watch = lambda step: fill(filled) if step == full_at else None
        with suppress(CannotWriteError), Outbox(journal(out)) as outbox:
            postman(sending, outbox).deliver()
        assert filled.stat().st_size > 100_000
        filled.unlink()
        server.watch = lambda _step: None
        with Outbox(journal(out)) as outbox:
            found = [row[0].state for row in sending.deliveries(outbox).values()]
            assert found.count("sent") <= len(server.kept)
            assert len(server.kept) <= found.count("sent") + found.count("unknown")
            for part, state in enumerate(found, 1):
                if state == "unknown":  # the answer could not be written down
                    arrived = any(f"({part}/2)".encode() in mail.data for mail in server.kept)
                    outbox.settle(sending.deliveries(outbox)[part], arrived=arrived, now=SINCE)
            postman(sending, outbox).deliver()
    assert len(server.kept) == 2


def fill(path: Path) -> None:
    """Take all the room that a disk has left."""
    with suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(1024))
