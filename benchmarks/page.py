"""What the page's pictures cost a run: thumbnails, and previews of the originals.

    python -m benchmarks.page FOLDER... [--runs 7]

First each photo by itself, on one core: milliseconds of both beside the whole photo. Then whole
runs of the command line with its sheets and mails, in turn, so that a drifting machine drifts under
all: as it is, without previews, without either, and with each preview synced as photos are. Medians
of wall time and of the processor time of the whole process tree; Linux only. Last, bytes on disk.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from benchmarks.photos import photos_in
from benchmarks.speed import copied
from photoprep import output_folder
from photoprep.early import THREAD_LIMITS
from photoprep.files import FileStamp, write_whole
from photoprep.photo import before, decode, make, private, thumbnail
from photoprep.photo.task import PhotoTask, load_room
from photoprep.preset_file import load_preset

VARIANTS = ("as it is", "without previews", "without either", "previews synced")
_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Measure and print all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    for folder in options.folders:
        paths = photos_in([folder])
        print(f"\n{folder.name}: {len(paths)} photos")
        print_photos(paths)
        with tempfile.TemporaryDirectory() as place:
            copied(paths, Path(place) / "photos")
            print_runs(Path(place), len(paths), options.runs)


def print_photos(paths: list[Path]) -> None:
    """The pieces of one photo after another, and their shares of making it."""
    spec = load_preset().photo
    taken = dict.fromkeys(("whole", "thumbnail", "preview", "metadata"), 0.0)
    for path in paths:
        for name, best in _pieces(PhotoTask(path, FileStamp.of(path), spec)).items():
            taken[name] += best
    for name, total in taken.items():
        share = total / taken["whole"]
        print(f"  {name:10} {total / len(paths) * 1000:7.2f} ms a photo {share:7.1%}")


def _pieces(task: PhotoTask) -> dict[str, float]:
    """Processor seconds of each piece, the best of three."""
    best: dict[str, float] = {}

    def timed(name: str, function: Callable[..., object], *arguments: object) -> object:
        began = time.process_time()
        result = function(*arguments)
        best[name] = min(best.get(name, 1e9), time.process_time() - began)
        return result

    patches = (
        (make, "thumbnail_of", "thumbnail"),
        (make, "preview_of", "preview"),
        (decode, "private_kinds", "metadata"),
        (decode, "private_kinds_of_tiff", "metadata"),
    )
    kept = [getattr(module, name) for module, name, _ in patches]
    for (module, name, label), function in zip(patches, kept, strict=True):
        setattr(module, name, partial(timed, label, function))
    for _ in range(3):
        timed("whole", make.make_photo, task)
    for (module, name, _), function in zip(patches, kept, strict=True):
        setattr(module, name, function)
    return best


def print_runs(place: Path, photos: int, runs: int) -> None:
    """Whole runs in turn, and what one leaves on the disk."""
    walls: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    cores: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    for turn in range(-1, runs):  # the first warms up
        # Whoever comes after another finds its files on their way to the disk: it takes turns too.
        for number in range(len(VARIANTS)):
            variant = VARIANTS[(number + turn) % len(VARIANTS)]
            os.sync()
            wall, core = _run(variant, place / "photos", place / f"{turn} {variant}")
            if turn >= 0:
                walls[variant].append(wall)
                cores[variant].append(core)
    least_wall = statistics.median(walls["without either"])
    least_core = statistics.median(cores["without either"])
    print(f"  whole runs, medians of {runs}: seconds, and beside none of it")
    for variant in VARIANTS:
        wall, core = statistics.median(walls[variant]), statistics.median(cores[variant])
        print(
            f"  {variant:17} wall {wall:6.2f} {wall / least_wall - 1:+6.1%}"
            f"   processor {core:6.2f} {core / least_core - 1:+6.1%}"
        )
    out = place / f"0 {VARIANTS[0]}"
    for name in ("photos", ".photoprep/originals", ".photoprep/state.db"):
        print(f"  {name:21} {_bytes(out / name) / photos / 1000:7.1f} kB a photo")


def _bytes(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _run(variant: str, photos: Path, out: Path) -> tuple[float, float]:
    """Seconds of wall and of all processors; workers that outlive the door are waited for."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before_it, began = _processor_s(), time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.page", "--as", variant]
    arguments = [str(photos), "--out", str(out), "--quiet"]
    environment = os.environ | dict.fromkeys(THREAD_LIMITS, "1")
    subprocess.run([*command, *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    with suppress(ChildProcessError):
        while True:
            os.wait()
    return wall, _processor_s() - before_it


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_as(variant: str, arguments: list[str]) -> None:
    """Run the command line with some of it left out; nothing of the product knows of this."""
    from photoprep import __main__ as door

    if variant != "as it is" and variant != "previews synced":
        _replace(before, make, "preview_of")
    if variant == "without either":
        _replace(thumbnail, make, "thumbnail_of")
        for module in (private, decode):
            module.__dict__["private_kinds"] = lambda *_: ()
    if variant == "previews synced":

        def synced(path: Path, data: bytes, *, temporary: Path, **_: bool) -> None:
            write_whole(path, data, temporary=temporary, sync=False)

        output_folder.__dict__["write_whole"] = synced
    sys.argv = ["photoprep", *arguments]
    door.main()


def _replace(*places: object) -> None:
    *modules, name = places
    for module in modules:
        setattr(module, str(name), lambda *_: b"")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        run_as(sys.argv[2], sys.argv[3:])
    else:
        load_room()
        main()
