"""An output folder that is held, of another version, edited by a person, or without its record."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from photoprep.state import SPARE_FILE
from photoprep.version import __version__
from tests.faults.support import broken_files, make_sources, one_sentence, run, start, wait_until
from tests.support import contents, outputs, photoprep, prepared_here, small_photo

RECORD = ".photoprep/state.db"
SPARE = f".photoprep/{SPARE_FILE}"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_sources(tmp_path / "Boxes", 3, (240, 160))


@pytest.fixture
def out(source: Path, tmp_path: Path) -> Path:
    """A folder that a run has finished."""
    folder = tmp_path / "out"
    assert prepared_here(source, folder).exit_code == ExitCode.DONE
    return folder


def findings(out: Path, report: str = "report.json") -> dict[str, str]:
    """The findings of the last run: their messages by their codes."""
    found: dict[str, str] = {}
    for row in json.loads((out / report).read_bytes())["findings"]:
        found[row["code"]] = found.get(row["code"], "") + row["message"] + "\n"
    return found


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP to make the moment sure")
def test_a_folder_that_another_run_holds_and_a_lock_that_a_killed_one_leaves(
    source: Path, out: Path, tmp_path: Path
) -> None:
    held = tmp_path / "held"
    with start(source, held) as other:
        wait_until(lambda: list(held.glob("photos/*.jpg")), other)
        other.send_signal(signal.SIGSTOP)
        before = contents(held)
        refused = run(source, held)
        assert refused.returncode == ExitCode.TRY_LATER
        said = one_sentence(refused.stderr)
        assert "Another photoprep is at work" in said
        assert str(held) in said
        assert "Wait" in said
        assert contents(held) == before
        other.kill()
    done = run(source, held)  # the lock died with its process
    assert done.returncode == ExitCode.DONE, done.stderr
    assert outputs(held) == outputs(out)
    assert "record-rebuilt" not in findings(held)


def test_a_folder_of_a_newer_version(source: Path, out: Path) -> None:
    edit_record(
        out,
        "UPDATE facts SET value = value + 1 WHERE name = 'schema'",
        "UPDATE facts SET value = '9.8.7' WHERE name = 'photoprep'",
        "ALTER TABLE sources ADD COLUMN unheard_of TEXT",
    )
    before, record = contents(out), (out / RECORD).read_bytes()
    refused = run(source, out)
    assert refused.returncode == ExitCode.CANNOT_WRITE
    said = one_sentence(refused.stderr)
    assert "photoprep 9.8.7" in said
    assert __version__ in said
    assert "--out" in said
    assert contents(out) == before
    assert (out / RECORD).read_bytes() == record


def test_a_folder_of_an_older_version(source: Path, out: Path) -> None:
    """As the first record was: without seals, without a spare, without the version's name."""
    edit_record(
        out,
        "UPDATE facts SET value = '1' WHERE name = 'schema'",
        "DELETE FROM facts WHERE name = 'photoprep'",
        *(
            f"ALTER TABLE {table} DROP COLUMN seal"
            for table in ("facts", "sources", "outputs", "mails")
        ),
    )
    (out / SPARE).unlink()
    before = outputs(out)
    # Without --date: the first run's date is carried over.
    done = photoprep(source, "--out", out, "--jobs", "1")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert outputs(out) == before
    assert "older" in findings(out)["record-rebuilt"]
    assert (out / ".photoprep/state-older.db").is_file()
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert "record-rebuilt" not in findings(out)


def edit_record(out: Path, *statements: str) -> None:
    """Change the record as another version would have written it."""
    database = sqlite3.connect(out / RECORD)
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_what_a_person_edited_is_left_alone_and_named(source: Path, out: Path) -> None:
    photo, *others = sorted(out.glob("photos/*.jpg"))
    (mail,) = out.glob("mails/*.eml")
    report, page = out / "report.json", out / "report.html"
    mine = {photo: b"retouched", mail: b"Dear Mr Miller", report: b"{}\n", page: b"<p>mine\n"}
    for path, data in mine.items():
        path.write_bytes(data)
    (out / "photos/theirs.jpg").write_bytes(b"never ours")
    untouched = {path: path.read_bytes() for path in others}

    done = run(source, out)
    assert done.returncode == ExitCode.DONE, done.stderr
    for path, data in (mine | untouched).items():
        assert path.read_bytes() == data
    assert (out / "photos/theirs.jpg").read_bytes() == b"never ours"
    said = findings(out, "report-2.json")["output-changed"]
    for path in mine:
        name = path.relative_to(out).as_posix()
        assert f"{name} was changed by someone" in said
        assert f"{name} was changed by someone" in done.stdout
        assert path.with_stem(f"{path.stem}-2").is_file()
    assert "theirs.jpg" not in said

    settled = contents(out)
    again = run(source, out)
    assert again.returncode == ExitCode.DONE
    del settled["report-2.json"], settled["report-2.html"]  # they tell of a change but once
    assert contents(out).items() >= settled.items()

    for path in mine:
        path.unlink()
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert not [name for name in contents(out) if "-2." in name]


def test_an_edit_after_a_kill_is_a_persons_too(source: Path, out: Path) -> None:
    """A run that was to replace a photo is killed before it comes to it; then it is edited."""
    for seed, photo in enumerate(sorted(source.rglob("*.png")), start=9):
        small_photo(photo, seed, (2400, 1600))
    kept = sorted(out.glob("photos/*.jpg"))
    before = {path: path.read_bytes() for path in kept}
    with start(source, out) as process:
        wait_until(lambda: any(path.read_bytes() != before[path] for path in kept), process)
        process.kill()
    (waiting, *_) = [path for path in kept if path.read_bytes() == before[path]]
    waiting.write_bytes(b"retouched")
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert waiting.read_bytes() == b"retouched"
    assert waiting.name in findings(out)["output-changed"]


# What becomes of the record's bytes.
Damage = Callable[[bytearray, random.Random], bytes]


def _cut(data: bytearray, dice: random.Random) -> bytes:
    return bytes(data[: dice.randrange(len(data))])


def _zeros(data: bytearray, dice: random.Random) -> bytes:
    return _overwritten(data, dice, bytes(dice.choice([600, 4096, 6000])))


def _noise(data: bytearray, dice: random.Random) -> bytes:
    return _overwritten(data, dice, dice.randbytes(dice.choice([600, 4096, 6000])))


def _overwritten(data: bytearray, dice: random.Random, with_this: bytes) -> bytes:
    start_byte = dice.randrange(len(data) - len(with_this))
    data[start_byte : start_byte + len(with_this)] = with_this
    return bytes(data)


def _nothing_of_it(data: bytearray, dice: random.Random) -> bytes:
    return dice.randbytes(len(data))


@pytest.mark.parametrize("damage", [_cut, _zeros, _noise, _nothing_of_it])
def test_a_damaged_record_is_rebuilt_and_that_is_said(
    source: Path, out: Path, damage: Damage
) -> None:
    # From the second run on the report stays, where damage strikes nothing in use.
    prepared_here(source, out)
    before, whole, spare = outputs(out), (out / RECORD).read_bytes(), (out / SPARE).read_bytes()
    dice = random.Random(5)
    rebuilt = 0
    for _ in range(4):
        damaged = damage(bytearray(whole), dice)
        (out / RECORD).write_bytes(damaged)
        (out / SPARE).write_bytes(spare)
        told = _without_a_date(source, out, by_command=not rebuilt)
        assert outputs(out) == before  # the date is not lost either
        if "record-rebuilt" in findings(out):  # damage may also strike a page that is not in use
            rebuilt += 1
            assert "was damaged" in told
            assert (out / ".photoprep/state-damaged.db").read_bytes() == damaged
        assert prepared_here(source, out).exit_code == ExitCode.DONE
        assert outputs(out) == before
        assert "record-rebuilt" not in findings(out)
    assert rebuilt


def _without_a_date(source: Path, out: Path, *, by_command: bool) -> str:
    """Run once more; returns what is told: by the command on its page, or of the findings alone."""
    if by_command:
        done = photoprep(source, "--out", out, "--jobs", "1")
        assert done.returncode == ExitCode.DONE, done.stderr
        return done.stdout
    report = prepared_here(source, out, day=None)
    assert report.exit_code == ExitCode.DONE
    return "".join(str(finding.message) for finding in report.findings)


def test_a_record_that_is_gone_is_rebuilt_and_that_is_said(source: Path, out: Path) -> None:
    before = outputs(out)
    (out / RECORD).unlink()
    done = photoprep(source, "--out", out, "--jobs", "1")
    assert done.returncode == ExitCode.DONE
    assert outputs(out) == before
    assert "was gone" in findings(out)["record-rebuilt"]
    assert "was gone" in done.stdout


def test_without_record_and_spare_nothing_is_taken_for_ours(source: Path, out: Path) -> None:
    before = contents(out)
    (out / RECORD).write_bytes(b"this is no database" * 100)
    (out / SPARE).write_bytes(b'["output", "photos/x.jpg"\nnothing\xff to be read\n')
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert before.items() <= contents(out).items()
    assert "left alone" in findings(out, "report-2.json")["record-rebuilt"]
    assert len(list(out.glob("photos/*-2.jpg"))) == 3


def test_edits_stay_a_persons_when_the_record_is_rebuilt(source: Path, out: Path) -> None:
    photo = min(out.glob("photos/*.jpg"))
    photo.write_bytes(b"retouched")
    (out / "photos/theirs.jpg").write_bytes(b"never ours")
    (out / RECORD).unlink()
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert photo.read_bytes() == b"retouched"
    assert (out / "photos/theirs.jpg").read_bytes() == b"never ours"
    assert photo.name in findings(out)["output-changed"]


def test_a_record_folder_that_a_person_deleted(source: Path, out: Path) -> None:
    before = contents(out)
    shutil.rmtree(out / ".photoprep")
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert before.items() <= contents(out).items()
    assert broken_files(out) == []
