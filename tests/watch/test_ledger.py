"""The ledger: what it keeps over a kill, a full disk, damage and other versions."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep.errors import (
    CannotWriteError,
    NewerRecordError,
    OutputBusyError,
    RecordDamagedError,
)
from photoprep.language import in_language, unpacked
from photoprep.watch.batch import Outcome
from photoprep.watch.found import FoundBatch, content_of
from photoprep.watch.ledger import LEDGER_SCHEMA, Ledger
from photoprep.watch.plan import after
from tests.faults.support import mounts_refused, small_disk
from tests.watch.scans import NOW, folder, loose, see, told

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 25
DONE = Outcome(0, prepared=2, mails=1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "out" / ".photoprep-watch" / "ledger.db"


@pytest.fixture
def filled(place: Path) -> Path:
    """A ledger with a folder that is done, loose pictures, and one folder that was renamed."""
    with Ledger(place) as ledger:
        see(ledger, folder("A", ("1.jpg", 1, 1)), folder("箱", ("2.jpg", 2, 2)))
        see(ledger, folder("B", ("1.jpg", 1, 1)), folder("箱", ("2.jpg", 2, 2)), loose(("x", 1, 1)))
        run(ledger, "箱")
    return place


def run(ledger: Ledger, name: str, outcome: Outcome = DONE) -> None:
    begun = ledger.begin(name, NOW)
    state, next_try = after(begun, outcome, NOW)
    hashes = {path: f"sha of {path}" for path in begun.files}
    content = content_of(name, hashes)
    ledger.end(name, outcome, state, next_try, now=NOW, content=content, files=hashes)


def test_all_is_there_again(filled: Path) -> None:
    with Ledger(filled) as ledger:
        assert ledger.rebuilt == ledger.finding == ""
        assert {name: batch.state for name, batch in ledger.batches().items()} == {
            "B": "queued",
            "箱": "done",
            "2026-11-29": "queued",
        }
        assert ledger.batches()["箱"].outcome == DONE
        assert ledger.batches()["B"].output == "A"
        assert ledger.batches()["B"].files == ("B/1.jpg",)
        assert ledger.files("箱")["箱/2.jpg"].sha256 == "sha of 箱/2.jpg"
        assert ledger.loose_files() == {"x": "2026-11-29"}


def test_hashes_stay_with_files_that_look_as_they_did(place: Path) -> None:
    with Ledger(place) as ledger:
        see(ledger, folder("A", ("1.jpg", 1, 1), ("2.jpg", 2, 2)))
        run(ledger, "A")
        see(ledger, folder("A", ("1.jpg", 1, 1), ("2.jpg", 2, 3), ("3.jpg", 3, 3)))
        hashes = {path: file.sha256 for path, file in ledger.files("A").items()}
        assert hashes == {"A/1.jpg": "sha of A/1.jpg", "A/2.jpg": "", "A/3.jpg": ""}
        ledger.rename("A", "B")
        assert ledger.files("B")["B/1.jpg"].sha256 == "sha of A/1.jpg"
        assert not ledger.files("A")


def test_names_that_are_no_text_come_back(place: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    with Ledger(place) as ledger:
        see(ledger, folder(name, ("1.jpg", 1, 1)))
    with Ledger(place) as ledger:
        assert ledger.batches()[name].files == (f"{name}/1.jpg",)
        assert ledger.batches()[name].output == "caf"


def test_the_disk_is_written_ahead_and_in_full(place: Path) -> None:
    with Ledger(place) as ledger:
        assert ledger.journal_mode == "wal"
        (synchronous,) = ledger._database.execute("PRAGMA synchronous").fetchone()
        assert synchronous == 2
        see(ledger, folder("A", ("1.jpg", 1, 1)))
        assert not place.with_name("ledger.db-shm").exists()  # a share has none
        with pytest.raises(OutputBusyError), Ledger(place):
            pass


def test_a_disk_without_shared_memory_does(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.parent.mkdir(parents=True)
    real = sqlite3.connect

    def with_dot_files(path: Path, **options: object) -> sqlite3.Connection:
        # SQLite's own way for disks without locks; it has no memory that processes share.
        return real(f"file:{path}?vfs=unix-dotfile", uri=True, isolation_level=None)

    monkeypatch.setattr("photoprep.database.sqlite3.connect", with_dot_files)
    with Ledger(place) as ledger:
        assert ledger.journal_mode in ("wal", "delete")
        see(ledger, folder("A", ("1.jpg", 1, 1)))
    with Ledger(place) as ledger:
        assert set(ledger.batches()) == {"A"}


@pytest.mark.parametrize("where", ["head", "page", "text", "empty", "folder"])
def test_a_damaged_ledger_is_begun_anew(filled: Path, where: str) -> None:
    data = bytearray(filled.read_bytes())
    match where:
        case "head":
            data[:16] = b"this is no SQLite"[:16]
        case "page":
            data[4096 + 100 : 4096 + 3000] = b"\xaa" * 2900
        case "text":
            place = data.index(b"trade-email")
            data[place : place + 5] = b"other"
        case "empty":
            data = bytearray(b"SQLite format 3\0")
    if where == "folder":
        filled.unlink()
    else:
        filled.write_bytes(data)
    with Ledger(filled) as ledger:
        assert ledger.rebuilt in ("damaged", "missing")
        assert in_language(ledger.finding, "en")
        assert {name: batch.output for name, batch in ledger.batches().items()} == {
            "B": "A",
            "箱": "箱",
            "2026-11-29": "2026-11-29",
        }
        seen = see(
            ledger, folder("B", ("1.jpg", 1, 1)), folder("箱", ("2.jpg", 2, 2)), loose(("x", 1, 1))
        )
        assert told(seen) == [("Back", "B"), ("Back", "箱"), ("Back", "2026-11-29")]
        assert all(batch.state == "queued" for batch in ledger.batches().values())
    with Ledger(filled) as ledger:
        assert not ledger.rebuilt
        assert len(ledger.batches()) == 3


def test_damage_that_comes_while_it_is_open_is_told(filled: Path) -> None:
    with Ledger(filled) as ledger:
        ledger._database.execute("UPDATE files SET files = '[]'")
        with pytest.raises(RecordDamagedError):
            ledger.files("B")
    with Ledger(filled) as ledger:
        assert ledger.rebuilt == "damaged"


def test_a_newer_ledger_is_refused_and_left_alone(filled: Path) -> None:
    with Ledger(filled) as ledger:
        ledger._database.execute(f"PRAGMA user_version = {LEDGER_SCHEMA + 1}")
    before = filled.read_bytes()
    with pytest.raises(NewerRecordError, match=f"record {LEDGER_SCHEMA + 1}"):
        Ledger(filled)
    assert filled.read_bytes() == before


def test_an_older_ledger_is_begun_anew(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photoprep.watch.ledger.LEDGER_SCHEMA", LEDGER_SCHEMA + 1)
    with Ledger(filled) as ledger:
        assert ledger.rebuilt == "older"
        assert set(ledger.batches()) == {"B", "箱", "2026-11-29"}
    assert filled.with_name("ledger-older.db").exists()


def test_a_full_disk_leaves_the_state_before(filled: Path) -> None:
    with Ledger(filled) as ledger:
        before = dict(ledger.batches())
        (pages,) = ledger._database.execute("PRAGMA page_count").fetchone()
        ledger._database.execute(f"PRAGMA max_page_count = {pages}")
        many = folder("C", *((f"{number}.jpg", 1, 1) for number in range(2000)))
        with pytest.raises(CannotWriteError):
            see(ledger, many)
        assert dict(ledger.batches()) == before
        ledger._database.execute("PRAGMA max_page_count = 100000")  # emptied
        see(ledger, many)
        assert len(ledger.batches()["C"].files) == 2000


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused() or "mounts are allowed")
def test_a_disk_that_fills_and_is_emptied(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1000) as disk:
        place, filler = disk / "out" / ".photoprep-watch" / "ledger.db", disk / "filler"
        many = folder("C", *((f"{number}.jpg", 1, 1) for number in range(500)))
        with Ledger(place) as ledger:
            see(ledger, folder("A", ("1.jpg", 1, 1)))
            before = dict(ledger.batches())
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while file.write(bytes(512)):
                    pass
            with pytest.raises(CannotWriteError):
                write_until_it_is_refused(ledger, many)
        with Ledger(place) as ledger:
            assert not ledger.rebuilt
            assert ledger.batches()["A"] == before["A"]
            filler.unlink()
            see(ledger, folder("A", ("1.jpg", 1, 1)), many)
            assert len(ledger.batches()["C"].files) == 500


def write_until_it_is_refused(ledger: Ledger, found: FoundBatch) -> None:
    """Again and again: what SQLite has of the disk already is used up first."""
    for _ in range(50):
        see(ledger, found)
        ledger.forget(found.name)


def test_a_ledger_that_was_taken_away_is_noticed(filled: Path) -> None:
    with Ledger(filled) as ledger:
        assert ledger.is_in_place
        filled.unlink()
        assert not ledger.is_in_place


def test_three_deaths_in_a_row_make_a_batch_wait(place: Path) -> None:
    waits = []
    with Ledger(place) as ledger:
        see(ledger, folder("A", ("1.jpg", 1, 1)))
        for _ in range(8):
            ledger.begin("A", NOW)
            (left,) = ledger.found_running(NOW)
            waits.append(left.next_try - NOW if left.state == "later" else 0)
        assert waits == [0, 0, 5, 15, 60, 300, 900, 900]
        assert "8 times in a row" in unpacked(ledger.batches()["A"].outcome.message)
        ledger.begin("A", NOW)
        ledger.end("A", DONE, "done", 0, now=NOW)
        assert ledger.batches()["A"].deaths == 0


def test_a_try_that_was_broken_off_on_purpose_does_not_count(place: Path) -> None:
    with Ledger(place) as ledger:
        see(ledger, folder("A", ("1.jpg", 1, 1)))
        before = ledger.batches()["A"]
        ledger.begin("A", NOW)
        assert replace(ledger.release("A"), begun_at=0) == before


def test_what_waits_is_tried_at_once_when_asked(place: Path) -> None:
    with Ledger(place) as ledger:
        see(ledger, folder("A", ("1.jpg", 1, 1)), folder("B", ("1.jpg", 2, 1)))
        run(ledger, "A", Outcome(73, is_passing=True))
        ledger.retry_now(ledger.batches())
        assert [batch.next_try for batch in ledger.batches().values()] == [0, 0]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_at_any_instant_loses_nothing_that_was_said(place: Path) -> None:
    chance = random.Random(20261129)
    said: list[str] = []
    died_at_work = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.watch.killed_ledger", str(place), str(len(said))],
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )
        assert process.stdout is not None
        assert process.stdout.readline().startswith("opened whole")
        lines = [process.stdout.readline() for _ in range(chance.randrange(1, 12))]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.communicate()
        said += [line.strip() for line in lines if line.endswith("\n")]
        with Ledger(place) as ledger:
            assert not ledger.rebuilt
            batches = dict(ledger.batches())
        done = {line.removeprefix("done ") for line in said if line.startswith("done")}
        assert all(batches[name].state == "done" for name in done)
        assert {line.removeprefix("new ") for line in said if line.startswith("new")} <= set(
            batches
        )
        running = [batch for batch in batches.values() if batch.state == "running"]
        assert len(running) <= 1
        died_at_work += len(running)
        begun = Counter(line for line in said if line.startswith("begun"))
        for name, batch in batches.items():  # one try each, and one more for each death
            assert batch.attempts <= 1 + died_at_work
            assert begun[f"begun {name}"] <= batch.attempts
    assert died_at_work
