"""Real processes stopped at odd moments: whole files only, and a way on for the next run."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from photoprep.errors import ExitCode
from photoprep.files import sha256_of_file
from tests.support import outputs, photoprep, prepared_here, small_photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


# So many stops of each kind, in so many sequences: one folder is stopped several times before a
# run may finish it. A run is parted into as many stretches of time as there are stops of a kind,
# and one comes in each: while Python starts, while photos are made, sheets, mails, and at the end.
STOPS, SEQUENCES = 24, 4

# Before it has a handler for Ctrl-C, Python is ended by it without a word: 6 ms, more when busy.
NO_HANDLER_S = 0.03


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interruption") / "demo"
    for number in range(6):
        small_photo(folder / f"Box X{number % 3}" / f"IMG_{number}.png", number, (480, 320))
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], float]:
    """What an undisturbed run writes, and how many seconds it takes."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    started = time.monotonic()
    assert photoprep(demo, "--out", out, "--date", "2026-11-23").returncode == ExitCode.DONE
    return made(out), time.monotonic() - started


def made(out: Path) -> dict[str, str]:
    """The hashes of photos and mails, and of the pictures of the originals."""
    originals = (out / ".photoprep/originals").glob("*")
    return outputs(out) | {path.name: sha256_of_file(path) for path in originals}


def start(demo: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "photoprep", str(demo), "--out", str(out), "--date", "2026-11-23"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def whole(out: Path) -> bool:
    """Whether every photo and mail in the folder is a whole one."""
    for path in out.glob("photos/*.jpg"):
        with Image.open(path) as image:
            image.load()
    return all(path.read_bytes().endswith(b"--\r\n") for path in out.glob("mails/*.eml"))


@pytest.mark.parametrize("sequence", range(SEQUENCES))
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_stops_at_any_moment_leave_whole_files_and_a_way_on(
    demo: Path,
    undisturbed: tuple[dict[str, str], float],
    tmp_path: Path,
    kind: signal.Signals,
    sequence: int,
) -> None:
    expected, seconds = undisturbed
    out = tmp_path / "out"
    dice = random.Random()
    stretches = list(range(sequence, STOPS, SEQUENCES))
    dice.shuffle(stretches)
    groups = []
    for stop, stretch in enumerate(stretches):
        if stop % 3 == 0:  # each sequence meets a folder not there, half done and nearly done
            shutil.rmtree(out, ignore_errors=True)
        with start(demo, out) as process:
            groups.append(process.pid)
            pause = seconds * (stretch + dice.random()) / STOPS
            time.sleep(pause)
            os.killpg(process.pid, kind) if kind == signal.SIGINT else process.send_signal(kind)
            told = process.communicate(timeout=20)[1].decode()
        assert process.returncode in _answers(kind, told, pause), (pause, told)
        # A worker whose parent was killed while starting it says so by Python's own trace.
        if kind == signal.SIGINT:
            assert "Traceback" not in told or _trace_of_pythons_own(told), told
        assert whole(out)
        assert made(out).items() <= expected.items()
    assert all(map(_gone, groups))
    assert prepared_here(demo, out).exit_code == ExitCode.DONE
    assert made(out) == expected
    assert not list((out / ".photoprep/unfinished").iterdir())


def _gone(group: int) -> bool:
    """Whether all of a run's processes end within ten seconds.

    The workers of one that was killed may be at work for a moment still, and the next run that is
    this very process begins in less: what they leave meanwhile would go at the run after it.
    """
    for _ in range(1000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def _answers(kind: signal.Signals, told: str, pause: float) -> set[int]:
    """The exit codes that fit: of the stop, or of a run that was done before it came.

    SIGTERM ends the process as it ends any other: 143, as the shell says it.
    """
    if kind != signal.SIGINT:
        return {-kind, ExitCode.DONE}
    if _python_was_starting(told):
        return {-kind, 1}
    unheard = {-kind} if not told and pause < NO_HANDLER_S else set()
    return {ExitCode.INTERRUPTED, ExitCode.DONE, *unheard}


def _trace_of_pythons_own(told: str) -> bool:
    """Whether a trace is Python's, which nothing of ours can catch.

    It was starting or, as CPython does when Ctrl-C meets a weak reference's callback or a
    ``__del__``, it dropped the interrupt (docs, ``sys.unraisablehook``) and the run went on.
    """
    return _python_was_starting(told) or told.startswith("Exception ignored in")


def _python_was_starting(told: str) -> bool:
    """Whether Ctrl-C came before photoprep's own first line."""
    if told.startswith("Fatal Python error: init"):  # its own module ``site`` has a ``main`` too
        return True
    first = told.startswith("Traceback") or "Could not import runpy" in told
    return first and told.rstrip().endswith("KeyboardInterrupt") and ", in main\n" not in told


def test_a_kill_while_sheets_are_made_leaves_whole_files_and_a_way_on(tmp_path: Path) -> None:
    """Stopped as soon as a sheet's pictures are copied, or a sheet is there, or a little later."""
    photos, out = tmp_path / "photos", tmp_path / "out"
    for number in range(12):
        small_photo(photos / f"Box X{number % 3}/IMG_{number}.png", number, (240, 160))
    assert prepared_here(photos, tmp_path / "fresh").exit_code == ExitCode.DONE
    expected = made(tmp_path / "fresh")
    assert sum(name.startswith("sheets/") for name in expected) == 4
    dice = random.Random()
    for stop in range(8):
        seen = "sheets/*.jpg" if stop % 2 else ".photoprep/unfinished/*.rgb"
        shutil.rmtree(out, ignore_errors=True)
        with start(photos, out) as process:
            while not list(out.glob(seen)) and process.poll() is None:
                time.sleep(0.002)
            time.sleep(dice.choice((0, 0.01, 0.1)))
            process.kill()
            process.communicate(timeout=20)
        assert whole(out)
        for path in out.glob("sheets/*.jpg"):
            with Image.open(path) as image:
                image.load()
        assert made(out).items() <= expected.items()
        assert _gone(process.pid)
        assert prepared_here(photos, out).exit_code == ExitCode.DONE
        assert made(out) == expected
        assert not list((out / ".photoprep/unfinished").iterdir())


def test_workers_do_not_outlive_a_killed_parent(demo: Path, tmp_path: Path) -> None:
    with start(demo, tmp_path / "out") as process:
        while not list((tmp_path / "out").glob("photos/*.jpg")) and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
        group = process.pid
    if not _gone(group):
        os.killpg(group, signal.SIGKILL)
        pytest.fail("workers were still there after ten seconds")
