"""The processor time that the real daemon takes while many files lie there and nothing changes.

    python -m benchmarks.watch_idle [--files 100000] [--folders 500] [--idle-s 600] [--in FOLDER]

The files are no pictures, so that all batches have failed for good within minutes: what came of
them does not matter to the looks that follow. Then the time of the daemon and of all its processes
is read from /proc (Linux), over as long as is wanted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.watch_scan import fill
from photoprep.watch.status_file import read_status

# One reading each, so that bursts can be told from what is always there.
_EACH_S = 60.0


def main() -> None:
    """Fill a folder, let the daemon come to rest, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folders", type=int, default=500)
    parser.add_argument("--idle-s", type=float, default=600)
    parser.add_argument("--in", dest="place", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.place) as place:
        inbox, out = Path(place) / "in", Path(place) / "out"
        inbox.mkdir()
        fill(inbox, wanted.files, wanted.folders)
        began_s = time.monotonic()
        command = ["photoprep", "watch", str(inbox), "--out", str(out), "--log", "json"]
        with (Path(place) / "log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", *command], stderr=log)
        try:
            _wait_until_idle(out, wanted.folders)
            print(f"{wanted.files} files in {wanted.folders} folders")
            print(f"at rest after {time.monotonic() - began_s:.0f} s", flush=True)
            _measure(daemon.pid, wanted.idle_s)
        finally:
            daemon.terminate()
            daemon.wait()


def _wait_until_idle(out: Path, folders: int) -> None:
    while True:
        time.sleep(2)
        status = read_status(out)
        if status is not None and status.batches >= folders and status.is_idle:
            time.sleep(15)  # the last results are written down, workers go home
            return


def _measure(pid: int, idle_s: float) -> None:
    began_s, began_cpu_s = time.monotonic(), _cpu_s(pid)
    last_s, last_cpu_s = began_s, began_cpu_s
    shares = []
    while time.monotonic() - began_s < idle_s:
        time.sleep(_EACH_S)
        now_s, now_cpu_s = time.monotonic(), _cpu_s(pid)
        shares.append((now_cpu_s - last_cpu_s) / (now_s - last_s))
        last_s, last_cpu_s = now_s, now_cpu_s
    share = (last_cpu_s - began_cpu_s) / (last_s - began_s)
    print(
        f"idle: {share:.3%} of a core over {last_s - began_s:.0f} s "
        f"(the most in one minute {max(shares):.3%})"
    )


def _cpu_s(pid: int) -> float:
    """The processor time of a process and of all that it started, dead ones too."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    ticks, family = 0, [pid]
    while family:
        member = family.pop()
        ticks += parents.get(member, (0, 0))[1]
        family += [child for child, (parent, _) in parents.items() if parent == member]
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
