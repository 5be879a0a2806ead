"""What it costs to look through a watched folder, and the idle processor share that follows.

    python -m benchmarks.watch_scan [--files 100000] [--folders 500] [--idle-s 600]
                                    [--latency-ms 0.2 1 5] [--in FOLDER]

The files are empty of pictures: a scan opens none. The cost on a slow share is reckoned from the
calls that a scan makes there, each with the latency given; shares that send a folder's files with
their looks (NFS readdirplus, SMB) need a call a folder instead. ``--idle-s`` runs what the daemon
does while nothing changes, with its real pauses, and reads the processor time of this process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photoprep.watch.found import Scan
from photoprep.watch.scan import scan_inbox
from photoprep.watch.settle import SettleState, settled
from photoprep.watch.spacing import spacing
from photoprep.watch.waking import Waker

ROUNDS = 9
QUIET_S = 5.0


@dataclass(frozen=True)
class Round:
    """One look with all that the daemon reckons at it."""

    scan: Scan
    cpu_s: float
    took_s: float


def main() -> None:
    """Fill a folder, measure, print."""
    wanted = _arguments()
    with tempfile.TemporaryDirectory(dir=wanted.place) as place:
        inbox = Path(place)
        _fill(inbox, wanted.files, wanted.folders)
        rounds = list(_rounds(inbox, ROUNDS))
        typical = rounds[len(rounds) // 2]
        _print_local(rounds)
        for latency_ms in wanted.latency_ms:
            _print_share(typical, latency_ms)
        if wanted.idle_s:
            _print_idle(inbox, wanted.idle_s)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folders", type=int, default=500)
    parser.add_argument("--idle-s", type=float, default=0)
    parser.add_argument("--latency-ms", type=float, nargs="*", default=[0.2, 1, 5])
    parser.add_argument("--in", dest="place", type=Path)
    return parser.parse_args()


def _fill(inbox: Path, files: int, folders: int) -> None:
    for number in range(folders):
        (inbox / f"Enquiry {number:04}").mkdir()
    for number in range(files):
        folder = inbox / f"Enquiry {number % folders:04}"
        (folder / f"IMG_{number:06}.jpg").write_bytes(b"\xff\xd8")


def _rounds(inbox: Path, count: int) -> Iterator[Round]:
    """Looks in the steady state: all has settled, and nothing changes."""
    state = SettleState()
    for number in range(count + 2):
        began_s, cpu_began_s = time.perf_counter(), time.thread_time()
        scan = scan_inbox(inbox)
        result = settled(state, scan, number * 2 * QUIET_S, QUIET_S)
        state = result.state
        for batch in result.ready:
            assert batch.fingerprint  # noqa: S101 (it is what the ledger asks for)
        cpu_s, took_s = time.thread_time() - cpu_began_s, time.perf_counter() - began_s
        if number >= 2:
            yield Round(scan, cpu_s, took_s)


def _print_local(rounds: list[Round]) -> None:
    scan = rounds[0].scan
    cpu_s = statistics.median(one.cpu_s for one in rounds)
    took_s = statistics.median(one.took_s for one in rounds)
    scan_cpu_s = statistics.median(one.scan.cpu_s for one in rounds)
    pause_s = spacing(took_s=took_s, cpu_s=cpu_s, tells_changes=True, next_look_s=None).latest_s
    print(f"{scan.files} files in {len(scan.folders)} folders, {scan.looks} looks a scan")
    print(f"scan {scan_cpu_s:.3f} s of processor, with settling {cpu_s:.3f} s, took {took_s:.3f} s")
    print(f"per file {cpu_s / scan.files * 1e6:.2f} µs")
    print(f"idle: one look each {pause_s:.0f} s, {cpu_s / (took_s + pause_s):.3%} of a core")
    print(f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _print_share(typical: Round, latency_ms: float) -> None:
    """What the same scan would take where each call waits for an answer from afar."""
    scan = typical.scan
    for name, calls in (("a call a file", scan.looks), ("a call a folder", len(scan.folders) + 3)):
        took_s = typical.took_s + calls * latency_ms / 1000
        pause = spacing(took_s=took_s, cpu_s=typical.cpu_s, tells_changes=False, next_look_s=None)
        print(
            f"share at {latency_ms:g} ms, {name}: a scan {took_s:.1f} s, idle one each "
            f"{took_s + pause.latest_s:.0f} s, while something settles one each "
            f"{took_s + pause.soonest_s:.0f} s"
        )


def _print_idle(inbox: Path, idle_s: float) -> None:
    """The daemon's own round, as it is when nothing changes."""
    waker = Waker(inbox)
    state, looks = SettleState(), 0
    began_s, cpu_began_s = 0.0, 0.0
    while not began_s or time.monotonic() - began_s < idle_s:
        now_s, cpu_s = time.monotonic(), time.thread_time()
        scan = scan_inbox(inbox)
        result = settled(state, scan, now_s, QUIET_S)
        state, looks = result.state, looks + 1
        waker.watch(scan.folders)
        if not began_s and result.next_look_s is None:
            began_s, cpu_began_s, looks = time.monotonic(), time.process_time(), 0
        pause = spacing(
            took_s=time.monotonic() - now_s,
            cpu_s=time.thread_time() - cpu_s,
            tells_changes=waker.tells_changes,
            next_look_s=result.next_look_s,
        )
        waker.wait(pause.latest_s, pause.soonest_s)
    used_s, took_s = time.process_time() - cpu_began_s, time.monotonic() - began_s
    waker.close()
    print(
        f"idle for {took_s:.0f} s: {looks} looks, {used_s:.2f} s, {used_s / took_s:.3%} of a core"
    )


if __name__ == "__main__":
    main()
