"""Real processes stopped at odd moments: whole files only, and a way on for the next run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from photoprep.demo import make_demo_folder
from photoprep.errors import ExitCode
from tests.support import outputs, photoprep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interruption") / "demo"
    make_demo_folder(folder, megapixels=1)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], float]:
    """What an undisturbed run writes, and how many seconds it takes."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    started = time.monotonic()
    photoprep(demo, "--out", out, "--date", "2026-11-23")
    return outputs(out), time.monotonic() - started


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


@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_stop_at_any_moment_leaves_whole_files_and_a_way_on(
    demo: Path,
    undisturbed: tuple[dict[str, str], float],
    tmp_path: Path,
    kind: signal.Signals,
    moment: int,
) -> None:
    expected, seconds = undisturbed
    out = tmp_path / "out"
    share = (moment + random.random()) / 6
    with start(demo, out) as process:
        time.sleep(seconds * share)
        os.killpg(process.pid, kind) if kind == signal.SIGINT else process.send_signal(kind)
        told = process.communicate(timeout=20)[1].decode()
    if kind == signal.SIGINT and out.exists():  # else Python itself was still starting
        assert process.returncode in {ExitCode.INTERRUPTED, ExitCode.SOME_FAILED}
        assert "Traceback" not in told
    assert whole(out)
    finished = {name: digest for name, digest in outputs(out).items() if name.startswith("photos/")}
    assert finished.items() <= expected.items()
    photoprep(demo, "--out", out, "--date", "2026-11-23")
    assert outputs(out) == expected


def test_workers_do_not_outlive_a_killed_parent(demo: Path, tmp_path: Path) -> None:
    with start(demo, tmp_path / "out") as process:
        while not list((tmp_path / "out").glob("photos/*.jpg")) and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
        group = process.pid
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("workers were still there after ten seconds")
