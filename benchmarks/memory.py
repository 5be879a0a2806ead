"""How much memory a photo takes, and how time and memory grow with a folder of many photos.

    python -m benchmarks.memory [--photo FILE] [--many 10000]

First, large pictures of many kinds are made from the photo given (else from the demo's), one after
another, and each is prepared by a fresh worker process, started as photoprep starts its own. Then,
with ``--many``, folders of a quarter, of half and of all so many small photos are prepared by the
command line, and the last one twice more, when nothing is left to do.

Peaks are the system's own high-water mark of resident memory (VmHWM, which counts shared libraries
too), in MB of 1,000,000 bytes. It is had from /proc: Linux only. Making the largest picture takes
about 1.3 GB of memory, and ten thousand small photos take about 4 GB of disk.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
from PIL import Image

from photoprep.errors import PhotoError
from photoprep.files import FileStamp
from photoprep.photo.task import PhotoTask
from photoprep.preset import PhotoSpec
from photoprep.walk.crew import photo_crew

# Every worker imports this file: above stands little that it does not need anyhow.

TARGET_24_MP, TARGET_100_MP = 250, 400  # MB
TARGET_AGAIN_S = 3.0
SIZE_24_MP, SIZE_100_MP = (6000, 4000), (12000, 8400)
SMALL_PX, DISTINCT = (640, 480), 200
SAMPLE_S, STRIP_PX = 0.05, 256
NOISE = 6  # levels up or down


@dataclass(frozen=True)
class Case:
    """One kind of large picture, and how much its worker may take, if that is said."""

    name: str
    size_px: tuple[int, int]
    file_name: str
    options: dict[str, Any]
    target_mb: int | None = None


BASELINE: dict[str, Any] = {"quality": 90, "subsampling": "4:2:0"}
PROGRESSIVE = BASELINE | {"progressive": True}
FULL_COLOUR = PROGRESSIVE | {"subsampling": "4:4:4"}
CASES = (
    Case("0.3 MP JPEG (all but the picture)", SMALL_PX, "small.jpg", BASELINE),
    Case("24 MP JPEG, baseline 4:2:0", SIZE_24_MP, "24.jpg", BASELINE, TARGET_24_MP),
    Case("24 MP JPEG, progressive 4:2:0", SIZE_24_MP, "24p.jpg", PROGRESSIVE),
    Case("24 MP JPEG, progressive 4:4:4", SIZE_24_MP, "24p444.jpg", FULL_COLOUR),
    Case("24 MP PNG", SIZE_24_MP, "24.png", {"compress_level": 1}),
    Case("24 MP TIFF, 8 bits a channel", SIZE_24_MP, "24.tif", {}),
    Case("100 MP JPEG, baseline 4:2:0", SIZE_100_MP, "100.jpg", BASELINE, TARGET_100_MP),
    Case("100 MP JPEG, progressive 4:2:0", SIZE_100_MP, "100p.jpg", PROGRESSIVE, TARGET_100_MP),
    Case("100 MP JPEG, progressive 4:4:4", SIZE_100_MP, "100p444.jpg", FULL_COLOUR, TARGET_100_MP),
)


@dataclass
class Run:
    """Seconds, and the peaks of the parent and of its largest worker; 0 where there was none."""

    seconds: float = 0.0
    parent_mb: float = 0.0
    worker_mb: float = 0.0


def main() -> int:
    """Measure and print tables; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photo", type=Path, help="what the pictures are made from")
    parser.add_argument("--many", type=int, default=0, help="how many small photos")
    options = parser.parse_args()
    if not Path("/proc/self/status").exists():
        print("This reads peaks from /proc, which only Linux has.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        photo = options.photo or demo_photo(place / "demo")
        one_by_one(photo, place)
        if options.many:
            many(photo, place, options.many)
    return 0


def demo_photo(folder: Path) -> Path:
    """A photo that photoprep draws itself."""
    from photoprep.demo import make_demo_folder

    return make_demo_folder(folder, megapixels=2)[0]


def one_by_one(photo: Path, place: Path) -> None:
    """A line for every kind of large picture, each prepared by a worker of its own."""
    from photoprep.preset_file import load_preset

    spec, title = load_preset("trade-email").photo, "one photo, one worker"
    print(f"{title:36} {'file MB':>8} {'seconds':>8} {'peak MB':>8} {'target':>7}")
    for case in CASES:
        path = place / case.file_name
        enlarged(photo, case.size_px).save(path, **case.options)
        run, refusal = in_a_worker(path, spec)
        figures = f"{path.stat().st_size / 1e6:8.1f} {run.seconds:8.2f} {run.worker_mb:8.0f}"
        target = f"{case.target_mb or '':>7}{over(run.worker_mb, case.target_mb)}"
        print(f"{case.name:36} {figures} {target}".rstrip())
        print(f"  refused: {refusal}\n" if refusal else "", end="", flush=True)
        path.unlink()


def over(figure: float, target: float | None) -> str:
    """A word where a target is missed."""
    return " OVER" if target is not None and figure > target else ""


def enlarged(photo: Path, size_px: tuple[int, int]) -> Image.Image:
    """The photo at another size, with noise, so that it is as hard to code as a real one."""
    with Image.open(photo) as opened:
        picture = opened.convert("RGB").resize(size_px, Image.Resampling.BICUBIC)
    dice = np.random.default_rng(1)
    for top in range(0, picture.height, STRIP_PX):
        box = (0, top, picture.width, min(top + STRIP_PX, picture.height))
        strip = np.asarray(picture.crop(box), np.int16)
        noise = dice.integers(-NOISE, NOISE, strip.shape, np.int16, endpoint=True)
        picture.paste(Image.fromarray(np.clip(strip + noise, 0, 255).astype(np.uint8)), box)
    return picture


def in_a_worker(path: Path, spec: PhotoSpec) -> tuple[Run, str]:
    """What a fresh worker of photoprep's own making takes, and why it refuses, if it does."""
    task, run, refusal = PhotoTask(path, FileStamp.of(path), spec), Run(), ""
    began = time.perf_counter()
    with photo_crew(1) as crew:
        for _, outcome in crew.run([task]):
            run.seconds = time.perf_counter() - began
            note_children(os.getpid(), run)  # the worker is there until we ask for more
            if isinstance(outcome, PhotoError):
                refusal = f"{outcome.message} {outcome.hint}"
    return run, refusal


def peak_mb(process: int | str) -> float:
    """The most resident memory that a process has had; 0 when it is gone.

    ``ru_maxrss`` would not do: it begins with what the parent had when it started the process.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def many(photo: Path, place: Path, count: int) -> None:
    """How seconds and memory grow with the number of photos, and what running again takes."""
    title = "photos of 640 × 480; peaks in MB"
    print(f"\n{title:36} {'seconds':>8} {'a second':>8} {'parent':>8} {'worker':>8} {'target':>7}")
    jpegs = small_jpegs(photo)
    for number in sorted({max(1, count // 4), max(1, count // 2), count}):
        folder, out = place / f"{number}", place / f"{number} prepared"
        write_small(jpegs, folder, number)
        show(f"{number:,} photos, first run", number, command_line(folder, out))
    for name in ("second", "third"):
        show(f"{number:,} photos, {name} run", number, command_line(folder, out), TARGET_AGAIN_S)


def show(name: str, number: int, run: Run, target_s: float | None = None) -> None:
    """One line of the second table."""
    figures = f"{run.seconds:8.2f} {number / run.seconds:8.0f} {run.parent_mb:8.0f}"
    target = f"{f'{target_s:g} s' if target_s else '':>7}{over(run.seconds, target_s)}"
    print(f"{name:36} {figures} {run.worker_mb:8.0f} {target}".rstrip(), flush=True)


def small_jpegs(photo: Path) -> list[bytes]:
    """Pieces of the photo, each from another place and at another scale, as small JPEGs."""
    dice, found = random.Random(1), []
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    for _ in range(DISTINCT):
        share, buffer = dice.uniform(0.3, 1.0), BytesIO()
        left, top = (dice.uniform(0, side * (1 - share)) for side in picture.size)
        right, bottom = left + picture.width * share, top + picture.height * share
        piece = picture.resize(SMALL_PX, box=(left, top, right, bottom))
        piece.save(buffer, "JPEG", quality=90)
        found.append(buffer.getvalue())
    return found


def write_small(jpegs: list[bytes], folder: Path, count: int) -> None:
    """So many files of a day ago, each with other bytes: a comment within holds its number."""
    folder.mkdir()
    day_ago = time.time() - 86_400  # what has just changed would be read again, to be sure of it
    for number in range(count):
        jpeg, said = jpegs[number % DISTINCT], f"{number:08}".encode()
        comment = b"\xff\xfe" + (len(said) + 2).to_bytes(2) + said
        path = folder / f"photo {number:05}.jpg"
        path.write_bytes(jpeg[:2] + comment + jpeg[2:])
        os.utime(path, (day_ago, day_ago))


def command_line(folder: Path, out: Path) -> Run:
    """One run as a person starts it, without mails, with its processes watched meanwhile."""
    command = [sys.executable, "-m", "photoprep", str(folder), "--out", str(out)]
    run, done, began = Run(), Event(), time.perf_counter()
    with subprocess.Popen([*command, "--quiet", "--no-mails"]) as process:
        watcher = Thread(target=watch, args=(process.pid, run, done))
        watcher.start()
        code = process.wait()
        run.seconds = time.perf_counter() - began
        done.set()
        watcher.join()
    if code:
        raise SystemExit(f"photoprep ended with exit code {code}")
    return run


def watch(parent: int, run: Run, done: Event) -> None:
    """Note the high-water marks of a process and its children until it is done."""
    while not done.wait(SAMPLE_S):
        run.parent_mb = max(run.parent_mb, peak_mb(parent))
        note_children(parent, run)


def note_children(parent: int | str, run: Run) -> None:
    """Note the largest high-water mark of the children of a process, and of theirs."""
    with suppress(OSError):
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split():
            run.worker_mb = max(run.worker_mb, peak_mb(child))
            note_children(child, run)


if __name__ == "__main__":
    sys.exit(main())
