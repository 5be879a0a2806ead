"""The watch folder, with the real command, real folders and real signals."""

from __future__ import annotations

import contextlib
import datetime
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from tests.end_to_end.watching import Daemon, children_of, drop, end_of
from tests.faults.support import mounts_refused, small_disk
from tests.support import outputs, photoprep, prepared_here, small_photo, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def daemon(inbox: Path, out: Path, tmp_path: Path) -> Iterator[Daemon]:
    with Daemon(inbox, out, tmp_path / "log") as running:
        yield running


def as_prepared(
    folder: Path, out: Path, tmp_path: Path, preset: str | Path = "trade-email"
) -> None:
    """Hold what came out against what ``prepare`` makes of the same folder on the same day."""
    day = json.loads((out / "report.json").read_text(encoding="utf-8"))["date"]
    other = tmp_path / f"prepared-{out.name}"
    date = datetime.date.fromisoformat(day)
    assert prepared_here(folder, other, date, preset).exit_code == ExitCode.DONE
    assert outputs(out) == outputs(other)
    assert not list((out / ".photoprep/unfinished").iterdir())


def test_what_is_dropped_comes_out_as_prepare_makes_it(
    daemon: Daemon, inbox: Path, out: Path, tmp_path: Path
) -> None:
    """Slowly, by rename, in parallel, loose; and each of them once."""

    def slowly() -> None:
        for number in range(6):
            small_photo(inbox / f"Slow/IMG_{number}.png", number, (240, 160))
            time.sleep(0.1)

    daemon.wait_for_event("started")
    writers = [
        threading.Thread(target=slowly),
        *(
            threading.Thread(target=drop, args=(inbox / f"Box {number}", 2, number * 10))
            for number in range(3)
        ),
    ]
    for writer in writers:
        writer.start()
    drop(tmp_path / "elsewhere/Moved", 3, 50).rename(inbox / "Moved")
    small_photo(inbox / "loose.png", 90)
    for writer in writers:
        writer.join()
    daemon.wait_for_event("done", times=6)
    for name in ("Slow", "Box 0", "Box 1", "Box 2", "Moved"):
        as_prepared(inbox / name, out / name, tmp_path)
    (day,) = (event["batch"] for event in daemon.events("done") if event["batch"][:2] == "20")
    assert len(list((out / day / "photos").iterdir())) == 1
    begun = [event["batch"] for event in daemon.events("begun")]
    assert len(begun) == 6 + begun.count("Slow") - 1, "once each, but for a pause in the slow one"
    assert daemon.stop() == ExitCode.DONE
    assert not daemon.events("bug")


def test_a_broken_batch_stands_by_itself(daemon: Daemon, inbox: Path, out: Path) -> None:
    written(inbox / "Words/notes.txt", "no picture\n")
    written(inbox / "Wrong/photoprep.toml", 'preset = "no-such-preset"\n')
    small_photo(inbox / "Wrong/IMG_1.png")
    (inbox / "Broken").mkdir()
    (inbox / "Broken/IMG_1.jpg").write_bytes(b"\xff\xd8\xff\xe0 and not much more")
    drop(inbox / "Good")
    daemon.wait_for_event("done", "Good")
    daemon.wait_for_event("failed", times=3)
    assert "There are no photos in it." in (out / "Words/FAILED.txt").read_text(encoding="utf-8")
    assert "no-such-preset" in (out / "Wrong/FAILED.txt").read_text(encoding="utf-8")
    assert (out / "Broken/report.html").is_file()
    told = out / ".photoprep-watch/status.json"  # written at every change, but not for each
    daemon.wait_for(lambda: len(json.loads(told.read_text(encoding="utf-8"))["failures"]) == 3)
    asked = photoprep("watch", inbox, "--out", out, "--status", "--json")
    assert asked.returncode == ExitCode.SOME_FAILED, asked.stderr
    status = json.loads(asked.stdout)
    assert {failure["name"] for failure in status["failures"]} == {"Words", "Wrong", "Broken"}
    written(inbox / "Wrong/photoprep.toml", 'customer = "C0123"\nlanguage = "zh"\n')
    daemon.wait_for_event("done", "Wrong")
    assert not (out / "Wrong/FAILED.txt").exists()
    report = json.loads((out / "Wrong/report.json").read_text(encoding="utf-8"))
    assert report["customer"] == "C0123"


def test_a_folder_that_grows_is_prepared_anew_and_one_renamed_is_not(
    daemon: Daemon, inbox: Path, out: Path, tmp_path: Path
) -> None:
    drop(inbox / "Boxes", 2)
    daemon.wait_for_event("done", "Boxes")
    small_photo(inbox / "Boxes/IMG_7.png", 7, (240, 160))
    daemon.wait_for_event("done", "Boxes", times=2)
    as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)
    (inbox / "Boxes").rename(inbox / "Toolboxes")
    (renamed,) = daemon.wait_for_event("renamed")
    assert (renamed["batch"], renamed["was"]) == ("Toolboxes", "Boxes")
    shutil.rmtree(inbox / "Toolboxes")
    daemon.wait_for_event("gone", "Toolboxes")
    assert len(list((out / "Boxes/photos").iterdir())) == 3
    assert len(daemon.events("begun")) == 2


def test_sigterm_in_the_middle_ends_it_in_seconds_and_the_next_goes_on(
    inbox: Path, out: Path, tmp_path: Path
) -> None:
    drop(inbox / "Boxes", 30, size=(800, 600))
    with Daemon(inbox, out, tmp_path / "log") as daemon:
        daemon.wait_for(lambda: len(list(out.glob("Boxes/photos/*.jpg"))) > 2)
        began_s = time.monotonic()
        below = [pid for child in children_of(daemon.process.pid) for pid in children_of(child)]
        assert daemon.stop() == ExitCode.DONE
        assert time.monotonic() - began_s < 20  # "in seconds", on a busy machine
        assert end_of(below, 10)
        made = len(list(out.glob("Boxes/photos/*.jpg")))
        assert made < 30
        asked = photoprep("watch", inbox, "--out", out, "--status")
        assert asked.returncode == ExitCode.TRY_LATER
        assert "is not watched" in asked.stdout
    with Daemon(inbox, out, tmp_path / "log") as daemon:
        daemon.wait_for_event("done", "Boxes")
        report = json.loads((out / "Boxes/report.json").read_text(encoding="utf-8"))
        reused = [row for row in report["photos"] if row["status"] == "reused"]
        assert len(reused) >= made - 1
        as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)
        assert [event["attempt"] for event in daemon.events("begun")] == [1, 1]


def test_sigkill_leaves_nothing_at_work_and_the_next_goes_on(
    inbox: Path, out: Path, tmp_path: Path
) -> None:
    drop(inbox / "Boxes", 30, size=(800, 600))
    with Daemon(inbox, out, tmp_path / "log") as daemon:
        daemon.wait_for(lambda: len(list(out.glob("Boxes/photos/*.jpg"))) > 2)
        children = children_of(daemon.process.pid)
        below = [*children, *(pid for child in children for pid in children_of(child))]
        assert len(below) >= 2
        daemon.process.kill()
        daemon.process.wait()
    with Daemon(inbox, out, tmp_path / "log") as daemon:
        daemon.wait_for_event("done", "Boxes")
        as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)
        assert end_of(below, 20)


def test_a_second_daemon_is_refused_by_the_name_of_the_first(
    daemon: Daemon, inbox: Path, out: Path, tmp_path: Path
) -> None:
    daemon.wait_for_event("started")
    for other in (out, tmp_path / "other"):
        refused = photoprep("watch", inbox, "--out", other)
        assert refused.returncode == ExitCode.TRY_LATER
        assert f"process {daemon.process.pid}" in refused.stderr
        assert "Traceback" not in refused.stderr
    asked = photoprep("watch", inbox, "--out", out, "--status")
    assert asked.returncode == ExitCode.DONE, asked.stdout
    assert f"process {daemon.process.pid}" in asked.stdout


def test_sighup_reads_the_preset_anew(inbox: Path, out: Path, tmp_path: Path) -> None:
    preset = written(
        tmp_path / "mine.toml", 'schema = 1\nextends = "trade-email"\n[photo]\ndpi_max = 100\n'
    )
    drop(inbox / "Boxes", 1, size=(1600, 1200))
    with Daemon(inbox, out, tmp_path / "log", "--preset", str(preset)) as daemon:
        daemon.wait_for_event("done", "Boxes")
        written(preset, "this is no preset\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_event("trouble")
        assert len(daemon.events("begun")) == 1
        written(preset, 'schema = 1\nextends = "trade-email"\n[photo]\ndpi_max = 72\n')
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_event("done", "Boxes", times=2)
        as_prepared(inbox / "Boxes", out / "Boxes", tmp_path, preset)


def test_once_prepares_what_lies_there_and_ends(inbox: Path, out: Path, tmp_path: Path) -> None:
    drop(inbox / "Boxes", 2)
    options = ("--out", out, "--once", "--quiet-time", "0.2")
    assert photoprep("watch", inbox, *options).returncode == ExitCode.DONE
    as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)
    written(inbox / "Words/notes.txt", "no picture\n")
    assert photoprep("watch", inbox, *options).returncode == ExitCode.SOME_FAILED
    before = (out / "Boxes/report.json").stat().st_mtime_ns
    assert photoprep("watch", inbox, *options).returncode == ExitCode.DONE, "nothing is new"
    assert (out / "Boxes/report.json").stat().st_mtime_ns == before


def test_lines_are_plain_text_where_nobody_asks_for_json(inbox: Path, out: Path) -> None:
    drop(inbox / "Boxes", 1)
    done = photoprep("watch", inbox, "--out", out, "--once", "--quiet-time", "0.2")
    lines = done.stderr.splitlines()
    assert done.stdout == ""
    assert [line.split(" ", 1)[1] for line in lines] == [
        f"Watching {inbox}; what comes of it goes to {out}.",
        "Boxes: Queued, 1 file.",
        "Boxes: At work.",
        "Boxes: Done: 1 photo, 1 mail.",
        "The watching has ended.",
    ]


def test_places_that_lie_in_each_other_are_refused(inbox: Path, out: Path, tmp_path: Path) -> None:
    refused = photoprep("watch", inbox, "--out", inbox / "prepared")
    assert refused.returncode == ExitCode.WRONG_USAGE
    assert "inside the watched folder" in refused.stderr
    assert photoprep("watch", tmp_path / "gone").returncode == ExitCode.WRONG_USAGE
    assert not list(inbox.iterdir())


def test_a_daemon_that_is_ended_leaves_no_lock_that_hinders(
    inbox: Path, out: Path, tmp_path: Path
) -> None:
    for kind in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
        with Daemon(inbox, out, tmp_path / "log") as daemon:
            before = len(daemon.events("started"))
            daemon.wait_for_event("started", times=before + 1)
            daemon.process.send_signal(kind)
            assert daemon.process.wait(30) == (-9 if kind == signal.SIGKILL else 0)


def test_the_output_that_goes_and_comes_back_is_waited_for(
    daemon: Daemon, inbox: Path, out: Path, tmp_path: Path
) -> None:
    daemon.wait_for_event("started")
    daemon.wait_for(lambda: (out / ".photoprep-watch/ledger.db").exists())
    time.sleep(0.5)
    out.rename(tmp_path / "elsewhere")
    drop(inbox / "Boxes", 2)
    daemon.wait_for_event("trouble")
    assert not out.exists(), "nothing is made in the place of what is away"
    (tmp_path / "elsewhere").rename(out)
    daemon.wait_for_event("done", "Boxes")
    as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)


def test_the_watched_folder_that_goes_and_comes_back_is_waited_for(
    daemon: Daemon, inbox: Path, out: Path, tmp_path: Path
) -> None:
    drop(inbox / "Boxes", 2)
    daemon.wait_for_event("done", "Boxes")
    inbox.rename(tmp_path / "elsewhere")
    daemon.wait_for_event("trouble")
    drop(tmp_path / "elsewhere/Later", 1)
    (tmp_path / "elsewhere").rename(inbox)
    daemon.wait_for_event("done", "Later")
    assert not daemon.events("gone")
    assert len(daemon.events("begun")) == 2


def test_the_help_says_what_there_is() -> None:
    told = photoprep("watch", "--help")
    assert told.returncode == 0
    for option in ("--once", "--status", "--quiet-time", "--scan-every", "--archive", "--log"):
        assert option in told.stdout


def test_a_table_stands_on_a_terminal(inbox: Path, out: Path) -> None:
    """``script`` gives the command a terminal of its own."""
    if shutil.which("script") is None:
        pytest.skip("no script(1) here")
    drop(inbox / "Boxes", 1)
    command = f"{sys.executable} -m photoprep watch {inbox} --out {out} --once --quiet-time 0.2"
    told = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=False
    )
    assert told.returncode == ExitCode.DONE, told.stdout
    assert "Boxes" in told.stdout
    assert "1 photos" in told.stdout or "1 photo" in told.stdout


def test_after_success_originals_are_archived_and_a_command_is_run(
    inbox: Path, out: Path, tmp_path: Path
) -> None:
    """As the daemon's own configuration has it; a kill before the move only delays it."""
    told = tmp_path / "told"
    command = tmp_path / "command.py"
    written(
        command, f"import sys; open({str(told)!r}, 'ab').write(sys.stdin.buffer.read() + b'\\n')"
    )
    config = written(
        tmp_path / "watch.toml",
        f'archive = "{tmp_path / "archive"}"\n'
        f'[after]\ncommand = ["{sys.executable}", "{command}"]\n',
    )
    drop(inbox / "Boxes", 2)
    small_photo(inbox / "loose.png", 9)
    written(inbox / "Words/notes.txt", "no picture\n")
    with Daemon(inbox, out, tmp_path / "log", "--config", str(config)) as daemon:
        daemon.wait_for_event("archived", times=2)
        daemon.wait_for_event("handed-over", times=3)
        assert daemon.stop() == ExitCode.DONE
        assert not daemon.events("bug")
        begun = [event["batch"] for event in daemon.events("begun")]
        assert len(begun) == len(set(begun)) == 3
    assert [path.name for path in inbox.iterdir() if not path.name.startswith(".")] == ["Words"]
    assert (tmp_path / "archive/Boxes/IMG_1.png").is_file()
    results = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert sorted(result["state"] for result in results) == ["done", "done", "failed"]


def test_once_waits_for_the_archive_too(inbox: Path, out: Path, tmp_path: Path) -> None:
    drop(inbox / "Boxes", 2)
    done = photoprep(
        *("watch", inbox, "--out", out, "--once", "--quiet-time", "0.2"),
        *("--archive", tmp_path / "archive"),
    )
    assert done.returncode == ExitCode.DONE, done.stderr
    assert not (inbox / "Boxes").exists()
    assert len(list((tmp_path / "archive/Boxes").iterdir())) == 2


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_an_output_disk_that_fills_and_is_emptied_costs_nothing(
    inbox: Path, out: Path, tmp_path: Path
) -> None:
    """Batches wait while it is full, and are prepared by themselves when there is room."""
    with small_disk(out, 4_000), Daemon(inbox, out, tmp_path / "log") as daemon:
        daemon.wait_for_event("started")
        daemon.wait_for(lambda: (out / ".photoprep-watch/status.json").exists())
        ballast = out / "ballast"
        with contextlib.suppress(OSError):
            ballast.write_bytes(bytes(8_000_000))
        drop(inbox / "Boxes", 3)
        daemon.wait_for(lambda: daemon.events("later") or daemon.events("trouble"))
        assert not daemon.events("done")
        ballast.unlink()
        daemon.wait_for_event("done", "Boxes")
        as_prepared(inbox / "Boxes", out / "Boxes", tmp_path)
        assert daemon.stop() == ExitCode.DONE
        assert not daemon.events("bug")
