"""How long the main job takes, against ImageMagick fitting the same photos, in the same run.

    python benchmarks/speed.py FOLDER... [--runs 3] [--jobs N]

photoprep runs as a person runs it, start-up, mails and report included. ImageMagick gets one
process a photo, as many at once as photoprep has workers: auto-orient, sRGB, 944 px at most, and
``jpeg:extent=200kb``. Photos that ImageMagick here cannot read are left out of both. Both are run
in turn, so that a drifting machine drifts under both; the medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from photoprep.photo.formats import recognise_file
from photoprep.version import __version__
from photoprep.workers import usable_cores


def main() -> int:
    """Time both on every folder and print a table; returns the exit code."""
    arguments = _arguments()
    convert = _image_magick()
    if convert is None:
        print("ImageMagick is missing (Debian: apt-get install imagemagick; macOS: brew).")
        return 2
    version = subprocess.run([convert, "-version"], capture_output=True, text=True, check=True)
    print(f"photoprep {__version__}, Python {platform.python_version()}, {platform.machine()},")
    print(f"{arguments.jobs} workers; {version.stdout.splitlines()[0]}")
    print(f"medians of {arguments.runs} runs in turn, seconds\n")
    print(f"{'folder':12} {'photos':>6} {'photoprep':>10} {'ImageMagick':>12}  ratio   again")
    for folder in arguments.folders:
        _compare(folder, convert, arguments.jobs, arguments.runs)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    return parser.parse_args()


def _image_magick() -> str | None:
    for name in ("magick", "convert"):
        for path in filter(None, (shutil.which(name), shutil.which(name, path="/usr/bin"))):
            told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
            if "ImageMagick" in told.stdout:
                return path
    return None


def _compare(folder: Path, convert: str, jobs: int, runs: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        photos = Path(place) / "photos"
        names = [path for path in _photos(folder) if _readable(path, convert)]
        for path in names:
            copy = photos / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        copies = _photos(photos)
        ours, theirs, again = [], [], []
        for run in range(runs):
            out = Path(place) / f"ours {run}"
            ours.append(_seconds(partial(_photoprep, photos, out, jobs)))
            again.append(_seconds(partial(_photoprep, photos, out, jobs)))
            extent = Path(place) / f"theirs {run}"
            theirs.append(_seconds(partial(_fit_with, convert, copies, extent, jobs)))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(
        f"{folder.name[:12]:12} {len(names):6} {mine:10.2f} {peer:12.2f} "
        f"{peer / mine:5.1f}x {statistics.median(again):7.2f}"
    )


def _photos(folder: Path) -> list[Path]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if (kind := recognise_file(path)) and kind.pillow_format]


def _readable(path: Path, convert: str) -> bool:
    told = subprocess.run(
        [convert, f"{path}[0]", "-ping", "null:"], capture_output=True, check=False
    )
    return told.returncode == 0


def _photoprep(photos: Path, out: Path, jobs: int) -> None:
    subprocess.run(
        [sys.executable, "-m", "photoprep", photos, "--out", out, "--jobs", str(jobs), "--quiet"],
        check=True,
    )


def _fit_with(convert: str, photos: list[Path], out: Path, jobs: int) -> None:
    out.mkdir()

    def fit(numbered: tuple[int, Path]) -> None:
        number, path = numbered
        options = ["-auto-orient", "-colorspace", "sRGB", "-resize", "944x944>"]
        options += ["-define", "jpeg:extent=200kb", "-interlace", "JPEG", "-strip"]
        subprocess.run(
            [convert, f"{path}[0]", *options, out / f"{number}.jpg"],
            check=True,
            capture_output=True,
            env={"MAGICK_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
        )

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(fit, enumerate(photos)))


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
