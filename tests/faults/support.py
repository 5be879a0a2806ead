"""Disks that can be filled, frozen and taken away, and what every fault has to leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PIL import Image

from tests.support import photoprep, small_photo

T = TypeVar("T")

DATE = ("--date", "2026-11-23")
PHOTOS = 6


def mounts_refused() -> str:
    """Why this test cannot mount a disk of its own; empty where it can."""
    if sys.platform != "linux":
        return "needs Linux to mount a small disk (tmpfs)"
    if os.geteuid() != 0:
        return "needs root to mount a small disk (tmpfs)"
    asked = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        check=False,
    )
    return "" if asked.returncode == 0 else "the system refuses to mount (a container?)"


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A tmpfs at ``place``, unmounted whatever happens."""
    place.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def mount(*arguments: str) -> None:
    """Call mount(8)."""
    subprocess.run(["mount", *arguments], capture_output=True, check=True)


def make_sources(folder: Path, photos: int = PHOTOS, size: tuple[int, int] = (640, 480)) -> Path:
    """A few pictures in two products, a file that is none, and nothing that fails."""
    for number in range(photos):
        small_photo(folder / f"Box X{number % 2}" / f"IMG_{number}.png", number, size)
    (folder / "notes.txt").write_text("no picture\n")
    return folder


def start(source: Path, out: Path, **environment: str) -> subprocess.Popen[str]:
    """Start the real command and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "photoprep", str(source), "--out", str(out), "--jobs", "1", *DATE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
        text=True,
        start_new_session=True,
    )


def run(
    source: Path, out: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command to its end."""
    return photoprep(source, "--out", out, "--jobs", "1", *DATE, *arguments, env=environment)


def wait_until(true: Callable[[], T], process: subprocess.Popen[str]) -> T:
    """Wait for a moment in the life of a process, which must not end before; returns its proof."""
    deadline = time.monotonic() + 60
    while not (proof := true()):
        assert process.poll() is None, "it ended before the moment came"
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.002)
    return proof


def one_sentence(told: str) -> str:
    """What was said of the fault: two lines at most (what, and what to do), never a trace."""
    assert "Traceback" not in told, told
    lines = told.strip().splitlines()
    assert 1 <= len(lines) <= 2, told
    return " ".join(lines)


def broken_files(out: Path) -> list[str]:
    """The outputs that are not whole: half a picture, half a mail, a file of no known kind."""
    broken = []
    for path in out.rglob("*"):
        if path.is_dir() or ".photoprep" in path.relative_to(out).parts:
            continue
        if path.suffix == ".jpg":
            try:
                with Image.open(path) as image:
                    image.load()
            except OSError:
                broken.append(path.name)
        elif path.suffix == ".eml":
            broken += [] if path.read_bytes().endswith(b"--\r\n") else [path.name]
        elif path.suffix == ".json":
            broken += [] if path.read_bytes().endswith(b"}\n") else [path.name]
        elif path.suffix == ".html":
            broken += [] if path.read_bytes().rstrip().endswith(b"</html>") else [path.name]
        else:
            broken.append(path.name)
    return broken
