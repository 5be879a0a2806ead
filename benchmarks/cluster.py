"""How fast a cluster is beside one machine, and what it costs at home.

    python -m benchmarks.cluster FOLDER... [--photos 40] [--runs 3]
    python -m benchmarks.cluster --small 4000

The first takes real photos: this machine with one worker and with two, and a real Dask scheduler
with one worker of one thread and with two, the sources seen by the workers and shipped to them.
All turn by turn, in whole processes; medians count. Scheduler, workers and the run share the same
cores here, so that a ratio below that of the plain runs is what they cost, not what they cannot do.

The second takes so many small pictures, and no time to make them: what it measures is how many
photos a second one process at home can give out, take back, write and record, and how much memory
it has after a tenth of them, when the last is made, and at most: report and page come at the end.
Beside it stands the same run without a cluster; each is a process of its own (Linux).
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.photos import photos_in
from photoprep import prepare
from photoprep.cluster.connecting import connected
from tests.cluster.clusters import RealCluster, real_cluster
from tests.support import contents

Contender = Callable[[Path, Path], None]


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--photos", type=int, default=40, help="how many, evenly from the folders")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", type=int, help="how many small pictures to measure home with")
    parser.add_argument("--home", nargs=2, metavar=("FOLDER", "ADDRESS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.home:
        run_at_home(Path(options.home[0]), options.home[1])
        return 0
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        clusters: dict[int, RealCluster] = {}
        for workers in (1, 2):
            cluster = stack.enter_context(real_cluster(Path(place) / f"cluster {workers}"))
            for number in range(workers):
                cluster.start_worker(f"worker {workers}-{number}")
            cluster.wait_for_workers(workers)
            clusters[workers] = cluster
        if options.small:
            measure_home(options.small, Path(place), clusters[2])
        if options.folders:
            photos = chosen(options.folders, options.photos, Path(place) / "photos")
            compare(photos, Path(place), clusters, options.runs)
    return 0


def chosen(folders: list[Path], count: int, place: Path) -> Path:
    """So many photos of these folders, evenly, copied into one."""
    found = photos_in(folders)
    picked = dict.fromkeys(found[at * len(found) // count] for at in range(count))
    place.mkdir()
    for number, path in enumerate(picked):
        shutil.copyfile(path, place / f"{number:03} {path.name}")
    return place


def compare(photos: Path, place: Path, clusters: dict[int, RealCluster], runs: int) -> None:
    """Seconds of every contender, and that all of them make the same bytes."""
    contenders: dict[str, Contender] = {
        f"this machine, {jobs} worker{'s'[: jobs - 1]}": partial(run, "--jobs", str(jobs))
        for jobs in (1, 2)
    }
    for workers, cluster in clusters.items():
        told = f"a cluster of {workers}"
        contenders[told] = partial(run, "--cluster", cluster.address)
        contenders[f"{told}, shipped"] = partial(run_shipped, "--cluster", cluster.address)
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    made: list[dict[str, str]] = []
    for turn in range(runs + 1):  # the first is not counted: nothing is measured cold
        for name, contender in contenders.items():
            out = place / "out"
            began_s = time.perf_counter()
            contender(photos, out)
            if turn:
                taken[name].append(time.perf_counter() - began_s)
            made.append(contents(out))
            shutil.rmtree(out)
    count = len(list(photos.iterdir()))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    first = next(iter(medians.values()))
    print(f"\n{count} photos, medians of {runs} runs in turn:")
    for name, median_s in medians.items():
        rate = f"{count / median_s:6.1f} photos/s"
        print(f"{name:28} {median_s:7.2f} s {rate} {first / median_s:5.2f} x")
    equal = all(each == made[0] for each in made)
    print("every run made the same bytes" if equal else "THE RUNS DIFFER")


def run(option: str, value: str, photos: Path, out: Path, *, cwd: Path | None = None) -> None:
    """The command line in a process of its own, photos alone."""
    command = [sys.executable, "-m", "photoprep", str(photos), "--out", str(out), option, value]
    more = ["--quiet", "--no-mails", "--no-sheets", "--date", "2026-11-23"]
    subprocess.run([*command, *more], cwd=cwd, check=True, env=dict(os.environ))


def run_shipped(option: str, value: str, photos: Path, out: Path) -> None:
    """The same by a path that only the process at home sees (Linux)."""
    run(option, value, Path("/proc/self/cwd") / photos.name, out, cwd=photos.parent)


def measure_home(count: int, place: Path, cluster: RealCluster) -> None:
    """Photos a second and memory of the process at home; its workers' time is not the bound."""
    for number in range(count):
        folder = place / f"small/{number // 500:03}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.Random(number).randbytes(36)  # no two are alike
        small = Image.frombytes("RGB", (4, 3), pixels).resize((48, 36), Image.Resampling.NEAREST)
        small.save(folder / f"Box X{number:06}.png")
    for address, told in (("", "this machine alone"), (cluster.address, "two workers")):
        print(f"\n{count} small pictures, {told}:", flush=True)
        command = [sys.executable, "-m", "benchmarks.cluster", "--home"]
        subprocess.run([*command, str(place / "small"), address], check=True)


def run_at_home(photos: Path, address: str) -> None:
    """One run, and what this process took of time and memory (Linux)."""
    told: list[tuple[int, float, int]] = []

    def hear(done: int, total: int) -> None:
        if total and done in {total // 10, total // 2, total}:
            told.append((done, time.perf_counter() - began_s, memory_bytes()))

    with ExitStack() as stack:
        workers = stack.enter_context(connected(address)) if address else None
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=photos.parent)))
        began_s = time.perf_counter()
        prepare(
            photos, out=place / "out", mails=False, sheets=(), cluster=workers,
            preset="trade-email", on_photo=hear,
        )  # fmt: skip
        for done, seconds, rss_bytes in told:
            print(f"after {done:6}: {seconds:6.1f} s, {rss_bytes / 1e6:6.1f} MB in this process")
        (first, _, least_bytes), *_, (last, _, most_bytes) = told
        print(f"a picture grew it by {(most_bytes - least_bytes) / (last - first) / 1e3:.1f} kB")
        peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        each_ms = 1000 * time.process_time() / last
        print(f"at most {peak_bytes / 1e6:6.1f} MB; {each_ms:.1f} ms of processor time a picture")


def memory_bytes() -> int:
    """What this process has in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
