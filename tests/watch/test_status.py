"""The status: whole at every instant, understood by other versions, and told to a person."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from photoprep.errors import CannotWriteError
from photoprep.language import Language, say
from photoprep.proof.watch_status import print_status, status_json
from photoprep.watch.status_file import STATUS_FILE, read_status, write_status
from photoprep.watched import (
    FOLDER,
    BatchResult,
    RunningBatch,
    ScanCost,
    Status,
    WaitingBatch,
    Watcher,
    is_alive,
)

PROJECT = Path(__file__).resolve().parents[2]
WATCHER = Watcher("nas", "anna", 77, 1_000_000.0, "/srv/inbox", "/srv/inbox-prepared")
STATUS = Status(
    watcher=WATCHER,
    heartbeat=1_000_100.0,
    running=RunningBatch("工具箱", "工具箱", 1_000_090.0, "photos", 3, 12),
    waiting=(
        WaitingBatch("next", "queued"),
        WaitingBatch("slow", "settling", say("{name} is still being written", name="a.part")),
        WaitingBatch("full", "later", say("the disk is full"), 1_000_400.0, 4),
    ),
    results=(BatchResult("fine", "fine", "done", 1_000_050.0, 12, 1, 3, 2),),
    failures=(
        BatchResult(
            "[broken]",
            "broken",
            "failed",
            1_000_060.0,
            message=say("no picture could be prepared"),
            hint=say("Replace the pictures."),
        ),
    ),
    findings=(say("The record of the watched folder was gone; it is begun anew."),),
    wakes="polling",
    scan=ScanCost(100_000, 0.51, 60.0),
    batches=5,
)


def printed(status: Status, *, is_running: bool = True, language: Language = "en") -> str:
    text = io.StringIO()
    console = Console(file=text, width=100)
    print_status(status, console, language, is_running=is_running)
    return text.getvalue()


def test_it_comes_back_with_its_sentences(tmp_path: Path) -> None:
    write_status(tmp_path, STATUS)
    read = read_status(tmp_path)
    assert read == STATUS
    assert read is not None
    assert read.waiting[1].reason.__reduce__() == STATUS.waiting[1].reason.__reduce__()
    assert not list((tmp_path / FOLDER / "unfinished").iterdir())


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_status(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"watcher": 1}', "[" * 100_000, '{"schema": 1, "wat']
)
def test_what_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    write_status(tmp_path, STATUS)
    (tmp_path / FOLDER / STATUS_FILE).write_text(text)
    assert read_status(tmp_path) is None


def test_other_versions_are_understood(tmp_path: Path) -> None:
    write_status(tmp_path, STATUS)
    path = tmp_path / FOLDER / STATUS_FILE
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps({"schema": 1, "watcher": told["watcher"], "heartbeat": 5}))
    assert read_status(tmp_path) == Status(WATCHER, 5.0)
    told["weather"] = told["running"]["weather"] = told["watcher"]["weather"] = "fine"
    told["schema"] = 9
    path.write_text(json.dumps(told))
    assert read_status(tmp_path) == STATUS


def test_a_place_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file")
    with pytest.raises(CannotWriteError):
        write_status(tmp_path, STATUS)


def test_whoever_reads_meanwhile_finds_it_whole(tmp_path: Path) -> None:
    write_status(tmp_path, STATUS)
    long = replace(STATUS, waiting=STATUS.waiting * 500)
    writer = (
        "import sys; from pathlib import Path\n"
        "from photoprep.watch.status_file import read_status, write_status\n"
        "from dataclasses import replace\n"
        "out = Path(sys.argv[1]); status = read_status(out)\n"
        "long = replace(status, waiting=status.waiting * 500)\n"
        "print('ready', flush=True)\n"
        "while True: write_status(out, long); write_status(out, status)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", writer, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        seen = {len(status.waiting) if (status := read_status(tmp_path)) else 0 for _ in range(300)}
    finally:
        process.kill()
        process.communicate()
    assert seen <= {len(STATUS.waiting), len(long.waiting)}


def test_alive_is_who_was_heard_of(tmp_path: Path) -> None:
    assert is_alive(STATUS, STATUS.heartbeat + 60)
    assert not is_alive(STATUS, STATUS.heartbeat + 100)
    assert not is_alive(STATUS, STATUS.heartbeat - 1000)
    assert not is_alive(replace(STATUS, has_ended=True), STATUS.heartbeat)


def test_idle_is_nothing_to_do() -> None:
    assert not STATUS.is_idle
    assert STATUS.queue == ("next",)
    assert replace(STATUS, running=None, waiting=()).is_idle


def test_a_person_reads_it() -> None:
    text = printed(STATUS)
    for words in (
        "/srv/inbox is watched by anna on nas (process 77)",
        "100000 files looked through in 0.51 s, every 60 s.",
        "At work on 工具箱",
        "(3 of 12)",
        "a.part is still being written",
        "the disk is full (next try at ",
        "[broken]: no picture could be prepared",
        "Replace the pictures.",
        "begun anew",
    ):
        assert words in text
    fine = next(line for line in text.splitlines() if line.startswith("fine"))
    assert fine.split()[:5] == ["fine", "done", "12", "1", "3"]


def test_a_dead_one_is_told_to_be() -> None:
    text = printed(STATUS, is_running=False)
    assert "is not watched" in text
    assert "At work" not in text
    ended = printed(replace(STATUS, has_ended=True), is_running=False)
    assert "was stopped" in ended


def test_long_lists_are_cut_and_counted() -> None:
    text = printed(replace(STATUS, waiting=STATUS.waiting * 50))
    assert "and 130 more" in text


def test_a_program_reads_it() -> None:
    told = status_json(STATUS, "en", is_running=True)
    again = json.loads(json.dumps(told))
    assert again["is_running"] is True
    assert again["is_idle"] is False
    assert again["waiting"][1]["reason"] == "a.part is still being written"
    assert again["scan"] == {"files": 100_000, "took_s": 0.51, "every_s": 60.0}
    assert set(again) == {"schema", "is_running", "is_idle", *STATUS.__dataclass_fields__}
