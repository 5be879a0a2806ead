"""The process that works and the daemon's side of it: real processes, no folder watched."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from photoprep.language import unpacked
from photoprep.watch.job import Ended, Job, Progress
from photoprep.watch.running import RENEWED_AFTER_BATCHES, ErrandRunner
from tests.support import outputs, photoprep, small_photo

DAY = "2026-11-23"


class Listener:
    """Hears the runner, as the daemon does."""

    def __init__(self) -> None:
        self.woken = threading.Event()
        self.progress: list[Progress] = []

    def end_of(self, runner: ErrandRunner) -> Ended:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.woken.wait(0.5)
            self.woken.clear()
            for said in runner.news():
                if isinstance(said, Ended):
                    return said
                self.progress.append(said)
        pytest.fail("the job never ended")


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def runner(listener: Listener) -> Iterator[ErrandRunner]:
    made = ErrandRunner(listener.woken.set)
    yield made
    made.stop()


def photos(folder: Path, count: int, size: tuple[int, int] = (240, 160)) -> Path:
    for number in range(count):
        small_photo(folder / f"Box X{number % 2}/IMG_{number}.png", number, size)
    return folder


def job(folder: Path, out: Path, **said: str) -> Job:
    preset = said.get("preset", "trade-email")
    return Job((str(folder),), str(out), preset, said.get("customer", ""), date=DAY, jobs=1)


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def test_a_job_comes_out_as_prepare_would_have_it(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    folder = photos(tmp_path / "Boxes", 4)
    runner.begin(job(folder, tmp_path / "out", customer="C0123"))
    assert runner.is_busy
    ended = listener.end_of(runner)
    assert not runner.is_busy
    assert (ended.outcome.exit_code, ended.outcome.is_passing) == (ExitCode.DONE, False)
    assert ended.outcome.prepared == 4
    assert ended.outcome.page == "report.html"
    assert Progress("photos", 4, 4) in listener.progress
    told = photoprep(
        "prepare", folder, "--out", tmp_path / "other", "--customer", "C0123", "--date", DAY
    )
    assert told.returncode == 0, told.stderr
    assert outputs(tmp_path / "out") == outputs(tmp_path / "other")


def test_it_tells_the_hashes_of_the_files_that_are_asked_for(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    """Of pictures from the run's own record, and of what is none; of what vanished, none."""
    folder = photos(tmp_path / "in/Boxes", 2)
    (folder / "notes.txt").write_text("no picture\n")
    paths = [path.relative_to(tmp_path / "in").as_posix() for path in folder.rglob("*.*")]
    asked = replace(
        job(folder, tmp_path / "out"),
        inbox=str(tmp_path / "in"),
        files=(*paths, "Boxes/gone.jpg"),
        prefix="Boxes/",
    )
    runner.begin(asked)
    told = listener.end_of(runner).files
    assert told == {
        path: hashlib.sha256((tmp_path / "in" / path).read_bytes()).hexdigest() for path in paths
    }


def test_links_out_of_the_watched_folder_are_not_followed(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    folder = photos(tmp_path / "in/Boxes", 1)
    secret = small_photo(tmp_path / "secret.png", 9)
    (folder / "Box X0/out.png").symlink_to(secret)
    (folder / "Box X0/up.png").symlink_to(small_photo(tmp_path / "in/Other/one.png", 5))
    runner.begin(replace(job(folder, tmp_path / "out"), inbox=str(tmp_path / "in")))
    outcome = listener.end_of(runner).outcome
    assert (outcome.prepared, outcome.failed) == (2, 0)
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    rows = {row["source"]: row for row in report["photos"]}
    assert rows["Box X0/out.png"]["status"] == "skipped"
    assert "out of the watched folder" in rows["Box X0/out.png"]["error"]


def test_a_run_that_cannot_be_is_told_by_its_kind(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    """Wrong for good, or for now, each by its code; and the next job is done all the same."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/notes.txt").write_text("no picture\n")
    folder = photos(tmp_path / "Boxes", 1)
    broken = tmp_path / "broken/IMG_1.jpg"
    broken.parent.mkdir()
    broken.write_bytes(b"\xff\xd8\xff\xe0 not much more")
    (tmp_path / "file").write_text("stands where the output should be")
    expected = [
        (job(tmp_path / "empty", tmp_path / "o1"), ExitCode.NO_PHOTOS, False),
        (job(tmp_path / "broken", tmp_path / "o2"), ExitCode.NOTHING_PREPARED, False),
        (job(folder, tmp_path / "o3", preset="no-such"), ExitCode.WRONG_PRESET, False),
        (job(tmp_path / "gone", tmp_path / "o4"), None, True),
        (job(folder, tmp_path / "file/out"), ExitCode.CANNOT_WRITE, True),
        (job(folder, tmp_path / "o5"), ExitCode.DONE, False),
    ]
    for each, code, is_passing in expected:
        runner.begin(each)
        outcome = listener.end_of(runner).outcome
        assert outcome.is_passing == is_passing, each
        assert code is None or outcome.exit_code == code, each
        assert (outcome.exit_code == ExitCode.DONE) == (unpacked(outcome.message) == ""), each


def test_a_photo_that_the_system_keeps_back_makes_it_a_matter_of_time(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    folder = photos(tmp_path / "Boxes", 2)
    (folder / "Box X0/later.jpg").symlink_to(tmp_path / "not mounted/later.jpg")
    runner.begin(job(folder, tmp_path / "out"))
    outcome = listener.end_of(runner).outcome
    assert outcome.is_passing
    assert (outcome.prepared, outcome.failed) == (2, 1)
    assert "later.jpg" in unpacked(outcome.message)


def test_a_process_that_dies_costs_its_job_one_try(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    folder = photos(tmp_path / "Boxes", 12, (1000, 750))
    runner.begin(job(folder, tmp_path / "out"))
    while not list(tmp_path.glob("out/photos/*.jpg")):
        time.sleep(0.01)
    (child,) = [pid for pid in children_of(os.getpid()) if _is_errand(pid)]
    os.kill(child, signal.SIGKILL)
    ended = listener.end_of(runner)
    assert ended.outcome.is_passing
    runner.begin(job(folder, tmp_path / "out"))
    assert listener.end_of(runner).outcome.exit_code == ExitCode.DONE


def _is_errand(pid: int) -> bool:
    return b"photoprep.watch.errand" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("how", ["end of input", "SIGTERM", "SIGINT and end of input"])
def test_it_ends_within_seconds_and_so_do_its_workers(tmp_path: Path, how: str) -> None:
    folder = photos(tmp_path / "Boxes", 40, (1000, 750))
    with subprocess.Popen(
        [sys.executable, "-m", "photoprep.watch.errand"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"sources": [str(folder)], "out": str(tmp_path / "out"), "preset": "trade-email"}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        while len(list(tmp_path.glob("out/photos/*.jpg"))) < 3:
            time.sleep(0.01)
        workers = children_of(process.pid)
        assert workers
        if how == "SIGTERM":
            process.terminate()
        else:
            if how != "end of input":
                process.send_signal(signal.SIGINT)  # as a terminal would; not for it to heed
            process.stdin.close()
        assert process.wait(14) == ExitCode.DONE
        answers = [json.loads(line) for line in process.stdout.read().splitlines()]
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert answers[-1]["outcome"]["exit_code"] == ExitCode.INTERRUPTED
    made = len(list(tmp_path.glob("out/photos/*.jpg")))
    assert 3 <= made < 40
    for pid in workers:
        for _ in range(100):
            if not Path(f"/proc/{pid}").exists() or "Z" in _state(pid):
                break
            time.sleep(0.05)
        else:
            pytest.fail("a worker went on")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_stop_hears_what_the_last_job_came_to(
    tmp_path: Path, runner: ErrandRunner, listener: Listener
) -> None:
    folder = photos(tmp_path / "Boxes", 40, (1000, 750))
    runner.begin(job(folder, tmp_path / "out"))
    while not list(tmp_path.glob("out/photos/*.jpg")):
        time.sleep(0.01)
    (ended,) = [said for said in runner.stop() if isinstance(said, Ended)]
    assert ended.outcome.exit_code == ExitCode.INTERRUPTED
    assert ended.outcome.is_passing
    assert not runner.is_busy


# A process that answers each line with what the test has in mind; no photo is made.
ANSWERS = """
import sys, os, json
size = 0
for line in sys.stdin:
    size += {growth}
    print(json.dumps({{"outcome": {{"exit_code": 0, "page": str(os.getpid())}}, "files": {{}},
                      "trace": "", "resident_bytes": 1000 + size}}), flush=True)
"""


@pytest.mark.parametrize(("growth", "expected"), [(0, RENEWED_AFTER_BATCHES), (60_000_000, 3)])
def test_the_process_is_renewed(listener: Listener, growth: int, expected: int) -> None:
    """After so many batches, or as soon as it has grown by more than 100 MB."""
    command = [sys.executable, "-c", ANSWERS.format(growth=growth)]
    runner = ErrandRunner(listener.woken.set, command=command)
    processes = []
    for _ in range(expected + 1):
        runner.begin(Job(("/nowhere",), "/nowhere", "trade-email"))
        processes.append(listener.end_of(runner).outcome.page)
    runner.stop()
    assert [processes.count(each) for each in dict.fromkeys(processes)] == [expected, 1]


def test_what_cannot_be_started_or_makes_no_sense_is_tried_again(listener: Listener) -> None:
    for command in (
        [sys.executable, "-c", "raise SystemExit('broken installation')"],
        [sys.executable, "-c", "print('nonsense')"],
        ["/no/such/program"],
    ):
        runner = ErrandRunner(listener.woken.set, command=command)
        runner.begin(Job(("/nowhere",), "/nowhere", "trade-email"))
        ended = listener.end_of(runner)
        assert ended.outcome.is_passing
        assert not runner.is_busy
        if "raise" in command[-1]:
            assert ended.trace == "broken installation"
        runner.stop()


def test_one_that_is_silent_for_an_hour_is_given_up(listener: Listener) -> None:
    now_s = [0.0]
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    runner = ErrandRunner(listener.woken.set, command=command, monotonic_s=lambda: now_s[0])
    runner.begin(Job(("/nowhere",), "/nowhere", "trade-email"))
    assert runner.news() == []
    now_s[0] = 3_700.0
    (ended,) = runner.news()
    assert isinstance(ended, Ended)
    assert ended.outcome.is_passing
    assert not runner.is_busy
