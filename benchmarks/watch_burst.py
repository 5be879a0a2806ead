"""A burst of files into a running daemon: all done, memory flat, and what a file costs.

    python -m benchmarks.watch_burst [--files 10000] [--folders 500] [--in FOLDER]

Little pictures, all different, in so many folders, are moved in at once. Memory is that of the
daemon, of the process that works for it, and of all workers together (Linux's ``VmRSS``), sampled
every second from the first batch to the last. Beside it stands one ``photoprep prepare`` over all
of the files.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

SIZE_PX = (96, 64)
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory at one moment."""

    daemon_bytes: int
    errand_bytes: int
    workers_bytes: int
    done: int


def main() -> None:
    """Fill, watch, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--folders", type=int, default=500)
    parser.add_argument("--no-prepare", action="store_true")
    parser.add_argument("--in", dest="place", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.place) as place:
        inbox, aside = Path(place) / "in", Path(place) / "aside"
        inbox.mkdir()
        _fill(aside, wanted.files, wanted.folders)
        samples, seconds = _watch(inbox, aside, Path(place), wanted.folders)
        _print(samples, seconds, wanted)
        if not wanted.no_prepare:
            alone_s = _prepare_s(inbox, Path(place) / "alone")
            each_ms = alone_s / wanted.files * 1e3
            print(f"one prepare over all: {alone_s:.0f} s, {each_ms:.1f} ms a file")


def _fill(aside: Path, files: int, folders: int) -> None:
    for number in range(files):
        folder = aside / f"Enquiry {number % folders:04}"
        folder.mkdir(parents=True, exist_ok=True)
        coarse = np.random.default_rng(number).integers(0, 256, (4, 6, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize(SIZE_PX, Image.Resampling.BICUBIC)
        picture.save(folder / f"IMG_{number:05}.jpg", quality=85)


def _watch(inbox: Path, aside: Path, place: Path, folders: int) -> tuple[list[Sample], float]:
    """Move all in and wait until all is done; samples, and seconds from the burst to the end."""
    log = place / "log"
    command = ["photoprep", "watch", str(inbox), "--out", str(place / "out"), "--log", "json"]
    with log.open("wb") as stream:
        daemon = subprocess.Popen([sys.executable, "-m", *command], stderr=stream)
    try:
        while not _count(log, "started"):
            time.sleep(0.05)
        began_s = time.perf_counter()
        for folder in sorted(aside.iterdir()):
            folder.rename(inbox / folder.name)
        samples: list[Sample] = []
        while not samples or samples[-1].done < folders:
            time.sleep(1.0)
            samples.append(_sample(daemon.pid, _count(log, "done")))
            if daemon.poll() is not None:
                raise SystemExit(log.read_text(encoding="utf-8"))
        took_s = time.perf_counter() - began_s
    finally:
        daemon.terminate()
        daemon.wait()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    other = {each["event"] for each in events} & {"later", "failed", "bug", "trouble"}
    begun = sum(each["event"] == "begun" for each in events)
    print(f"{begun} runs for {folders} batches; other events: {', '.join(sorted(other)) or 'none'}")
    return samples, took_s


def _count(log: Path, kind: str) -> int:
    return log.read_bytes().count(f'"event": "{kind}"'.encode())


def _sample(pid: int, done: int) -> Sample:
    parents = _parents()
    errands = [child for child, parent in parents.items() if parent == pid]
    workers = [child for child, parent in parents.items() if parent in errands]
    return Sample(_resident(pid), _all(errands), _all(workers), done)


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def _all(pids: Iterable[int]) -> int:
    return sum(map(_resident, pids))


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _prepare_s(inbox: Path, out: Path) -> float:
    began_s = time.perf_counter()
    command = ["photoprep", "prepare", str(inbox), "--out", str(out), "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:  # 1: so many pictures make more mails than a preset allows
        raise SystemExit(done.stderr)
    return time.perf_counter() - began_s


def _print(samples: Sequence[Sample], seconds: float, wanted: argparse.Namespace) -> None:
    print(
        f"{wanted.files} files in {wanted.folders} folders: all done after {seconds:.0f} s, "
        f"{seconds / wanted.files * 1e3:.1f} ms a file"
    )
    print("MB, median (largest)        daemon        its errand           workers")
    for part in range(_PARTS):
        within = [
            sample
            for sample in samples
            if part <= _PARTS * sample.done / wanted.folders < part + 1 and sample.done
        ]
        if within:
            columns = (
                _typical([sample.daemon_bytes for sample in within]),
                _typical([sample.errand_bytes for sample in within]),
                _typical([sample.workers_bytes for sample in within]),
            )
            print(
                f"batches done: {100 * part // _PARTS:3}–{100 * (part + 1) // _PARTS:3}%  ",
                *(f"{column:>16}" for column in columns),
            )


def _typical(sizes: Sequence[int]) -> str:
    return f"{statistics.median(sizes) / 1e6:.0f} ({max(sizes) / 1e6:.0f})"


if __name__ == "__main__":
    main()
