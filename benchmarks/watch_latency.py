"""How long after its last byte a batch is finished: the quiet time, at most one look, the work.

    python -m benchmarks.watch_latency [--batches 36] [--photos 5] [--quiet-s 5] [--share]
                                       [--in FOLDER]

Real folders of demo-sized pictures are written, one after the other, into a folder that the real
daemon watches. The end is when ``report.json``, the last file of all, was put into its place (its
inode's time). Beside it stands ``photoprep prepare`` alone on the same folder, start-up counted,
and the same once more with processes that run already, as the daemon has them.

With ``--share`` the daemon watches a share (sshfs, with a real sftp-server behind it, both from
Debian's packages) and the folders are written at the server, so that no event tells of them: looks
through the folder do it alone.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photoprep.pipeline import prepare
from photoprep.profile import load_profile
from photoprep.walk.crew import photo_crew
from photoprep.watch.status_file import read_status
from tests.end_to_end.shares import share_of

SIZE_PX = (1600, 1200)


def main() -> None:
    """Watch, write, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=36)
    parser.add_argument("--photos", type=int, default=5)
    parser.add_argument("--quiet-s", type=float, default=5.0)
    parser.add_argument("--share", action="store_true")
    parser.add_argument("--in", dest="place", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.place) as place, ExitStack() as stack:
        inbox, out = Path(place) / "in", Path(place) / "out"
        inbox.mkdir()
        watched = inbox
        if wanted.share:
            watched = stack.enter_context(share_of(inbox, Path(place) / "share"))
        command = ["photoprep", "watch", str(watched), "--out", str(out), "--log", "json"]
        command += ["--quiet-time", str(wanted.quiet_s)]
        log = Path(place) / "log"
        with log.open("wb") as stream:
            daemon = subprocess.Popen([sys.executable, "-m", *command], stderr=stream)
        try:
            waits = [
                _wait_for(number, inbox, out, wanted.photos) for number in range(wanted.batches)
            ]
            status = read_status(out)
        finally:
            daemon.terminate()
            daemon.wait()
        took = [event["took_s"] for event in _events(log) if event["event"] == "done"]
        folders = [inbox / _name(number) for number in range(wanted.batches)]
        alone = [_command_s(folder, Path(place)) for folder in folders[:6]]
        warm = _warm_s(folders, Path(place))
    scan_s = status.scan.took_s if status else 0.0
    _print(wanted, waits, took, alone, warm, scan_s)


def _name(number: int) -> str:
    return f"Enquiry {number:03}"


def _wait_for(number: int, inbox: Path, out: Path, photos: int) -> float:
    """Write one batch; the seconds from its last byte to its whole output."""
    dice = random.Random(number)
    last_byte = 0.0
    for photo in range(photos):
        path = inbox / _name(number) / f"IMG_{photo}.jpg"
        path.parent.mkdir(exist_ok=True)
        _photo(number * 100 + photo).save(path, quality=88)
        last_byte = time.time()
    report = out / _name(number) / "report.json"
    while not report.exists():
        time.sleep(0.02)
    time.sleep(dice.uniform(0.5, 2.5))
    return report.stat().st_ctime - last_byte  # outputs are dated back, their renaming is not


def _photo(seed: int) -> Image.Image:
    """A smooth picture with some noise, as large as a small camera's."""
    noise = np.random.default_rng(seed)
    coarse = noise.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    picture = np.asarray(Image.fromarray(coarse).resize(SIZE_PX, Image.Resampling.BICUBIC))
    grain = noise.integers(-6, 7, picture.shape, dtype=np.int16)
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))


def _events(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def _command_s(folder: Path, place: Path) -> float:
    out = place / "alone"
    shutil.rmtree(out, ignore_errors=True)
    began_s = time.perf_counter()
    command = ["photoprep", "prepare", str(folder), "--out", str(out), "--quiet"]
    subprocess.run([sys.executable, "-m", *command], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began_s


def _warm_s(folders: Sequence[Path], place: Path) -> list[float]:
    """``prepare`` in a process and with workers that run already."""
    crew, seconds = photo_crew(2, lasting=True), []
    for folder in folders:
        began_s = time.perf_counter()
        prepare(
            folder,
            out=place / "warm" / folder.name,
            jobs=2,
            crew=crew,
            profile=load_profile(),
            date=datetime.date(2026, 11, 29),
        )
        seconds.append(time.perf_counter() - began_s)
    crew.__exit__()
    return seconds[1:]  # the first one starts the workers


def _print(
    wanted: argparse.Namespace,
    waits: Sequence[float],
    took: Sequence[float],
    alone: Sequence[float],
    warm: Sequence[float],
    scan_s: float,
) -> None:
    print(f"{wanted.batches} batches of {wanted.photos} photos of {SIZE_PX[0]} × {SIZE_PX[1]}")
    rows = {
        "last byte to finished output": waits,
        "  of which the work, by the daemon's log": took,
        "prepare alone, the command": alone,
        "prepare alone, processes running": warm,
    }
    for what, seconds in rows.items():
        median, most = statistics.median(seconds), max(seconds)
        print(f"{what:<42} median {median:6.2f} s   largest {most:6.2f} s")
    print(f"{'quiet time':<42}        {wanted.quiet_s:6.2f} s")
    print(f"{'one look':<42}        {scan_s:6.4f} s")
    pairs = list(zip(waits, took, strict=True))
    rest = [wait - work - wanted.quiet_s for wait, work in pairs]
    print(
        f"{'beyond quiet time and work':<42} median {statistics.median(rest):6.2f} s   "
        f"largest {max(rest):6.2f} s"
    )


if __name__ == "__main__":
    main()
