"""How long the main job takes, beside sharp and ImageMagick on the same photos, in the same run.

    python -m benchmarks.speed FOLDER... [--photos 40] [--runs 5] [--out FILE.json]

Whole processes, start-up counted, all on the same cores: photoprep as a person runs it, but
without mails and sheets, which the others don't make; sharp with one decode and resize a photo and
then a bisection over whole-number quality, in one Node process; ImageMagick with ``jpeg:extent``,
one process a photo. They take turns, so that a drifting machine drifts under all; medians count.

Then one core against all, and the stages of a photo: what the whole costs against "decode, scale,
one final encode", and what the fit costs against one final encode. See ``memory.py`` for memory.
"""

from __future__ import annotations

import argparse
import json
import os
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

from benchmarks import peers
from benchmarks.photos import photos_in
from benchmarks.stages import time_stages
from photoprep.version import __version__
from photoprep.workers import usable_cores

LIMIT_BYTES = 200_000


def main() -> int:
    """Time all and print tables; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--photos", type=int, default=40, help="how many, evenly from the folders")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    peers.install()
    print(
        f"photoprep {__version__}, {peers.versions()}, {platform.machine()}, {options.jobs} cores"
    )
    # HEIC is left out of all: neither peer reads it everywhere.
    jpegs = [
        path for path in photos_in(options.folders) if path.suffix.lower() in {".jpg", ".jpeg"}
    ]
    chosen = [jpegs[at * len(jpegs) // options.photos] for at in range(options.photos)]
    chosen = list(dict.fromkeys(chosen))
    with tempfile.TemporaryDirectory() as place:
        photos = copied(chosen, Path(place) / "photos")
        seconds = compared(photos, Path(place), options.jobs, options.runs)
    stages = time_stages(chosen)
    print(f"\nthe stages of these photos on one core, milliseconds:\n{stages.table()}")
    if options.out:
        data = {"photos": len(chosen), "seconds": seconds, "stages": stages.to_json()}
        options.out.write_text(json.dumps(data, indent=1) + "\n")
    return 0


def copied(paths: list[Path], folder: Path) -> list[Path]:
    """The photos in one folder, under names that tell them apart."""
    folder.mkdir()
    copies = [folder / f"{number:03} {path.name}" for number, path in enumerate(paths)]
    for path, copy in zip(paths, copies, strict=True):
        shutil.copyfile(path, copy)
    return copies


def compared(photos: list[Path], place: Path, jobs: int, runs: int) -> dict[str, float]:
    """Median seconds of every contender, printed with their ratios to photoprep."""
    contenders: dict[str, Callable[[Path], None]] = {
        "photoprep": partial(run_photoprep, photos, jobs=jobs),
        "photoprep, one core": partial(run_photoprep, photos, jobs=1),
    }
    if shutil.which("node") and (peers.NODE_HOME / "node_modules" / "sharp").is_dir():
        contenders["sharp, bisection"] = partial(run_sharp, photos, jobs=jobs)
    magick = peers.image_magick()
    if magick:
        contenders["ImageMagick jpeg:extent"] = partial(run_magick, magick, photos, jobs=jobs)
    # Nothing is measured cold: an installed package has been compiled, and files have been read.
    for number, run in enumerate(contenders.values()):
        run(place / f"warm {number}")
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(runs):
        for number, (name, run) in enumerate(contenders.items()):
            out = place / f"out {turn} {number}"
            began = time.perf_counter()
            run(out)
            taken[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print(f"\n{len(photos)} photos within {LIMIT_BYTES:,} bytes, medians of {runs} runs in turn:")
    print(f"{'':26} {'seconds':>8} {'photos a second':>16} {'photoprep is':>13}")
    for name, median in medians.items():
        ratio = median / medians["photoprep"]
        print(f"{name:26} {median:8.2f} {len(photos) / median:16.1f} {ratio:11.2f} x")
    return medians


def run_photoprep(photos: list[Path], out: Path, *, jobs: int) -> None:
    """The command line, in a process of its own."""
    command = [sys.executable, "-m", "photoprep", str(photos[0].parent), "--out", str(out)]
    environment = {key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [*command, "--jobs", str(jobs), "--quiet", "--no-mails", "--no-sheets"],
        check=True,
        env=environment,
    )


def run_sharp(photos: list[Path], out: Path, *, jobs: int) -> None:
    """One Node process with as many photos at once as there are cores."""
    out.mkdir()
    command = ["node", *map(str, (peers.SHARP_FOLDER, peers.NODE_HOME, out, LIMIT_BYTES, jobs))]
    subprocess.run([*command, *map(str, photos)], check=True)


def run_magick(magick: str, photos: list[Path], out: Path, *, jobs: int) -> None:
    """One process a photo, as many at once as there are cores."""
    out.mkdir()

    def fit(path: Path) -> None:
        options = ["-auto-orient", "-colorspace", "sRGB", "-resize", "944x944>"]
        options += ["-define", f"jpeg:extent={LIMIT_BYTES}b", "-interlace", "Plane", "-strip"]
        subprocess.run(
            [magick, path, *options, out / f"{path.stem}.jpg"],
            check=True,
            capture_output=True,
            env=os.environ | {"MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"},
        )

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(fit, photos))


if __name__ == "__main__":
    sys.exit(main())
