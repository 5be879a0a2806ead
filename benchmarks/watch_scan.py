"""What it costs to look through a watched folder, and the idle processor share that follows.

    python -m benchmarks.watch_scan [--files 100000] [--folders 500] [--idle-s 600]
                                    [--latency-ms 0.2 1 5] [--in FOLDER]

The files are empty of pictures: a scan opens none. The cost on a slow share is reckoned from the
calls that a look makes there, each with the latency given; shares that send a folder's files with
their looks (NFS readdirplus, SMB) need fewer. ``--idle-s`` runs what the daemon
does while nothing changes, with its real pauses, and reads the processor time of this process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from photoprep.watch.found import Scan
from photoprep.watch.scan import scan_inbox
from photoprep.watch.settle import SettleState, settled
from photoprep.watch.spacing import Rhythm, spacing
from photoprep.watch.waking import Waker

ROUNDS = 9
QUIET_S = 5.0


@dataclass(frozen=True)
class Round:
    """One look with all that the daemon reckons at it; the median of several."""

    scan: Scan
    cpu_s: float
    took_s: float


def main() -> None:
    """Fill a folder, measure, print."""
    wanted = _arguments()
    with tempfile.TemporaryDirectory(dir=wanted.place) as place:
        inbox = Path(place)
        fill(inbox, wanted.files, wanted.folders)
        whole, quick = (_typical(inbox, is_quick=is_quick) for is_quick in (False, True))
        _print_local(whole, quick)
        for latency_ms in wanted.latency_ms:
            _print_share(whole, quick, latency_ms)
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


def fill(inbox: Path, files: int, folders: int) -> None:
    """So many files that are named like photos, in so many folders."""
    for number in range(folders):
        (inbox / f"Enquiry {number:04}").mkdir()
    for number in range(files):
        folder = inbox / f"Enquiry {number % folders:04}"
        (folder / f"IMG_{number:06}.jpg").write_bytes(b"\xff\xd8")


def _typical(inbox: Path, *, is_quick: bool) -> Round:
    """What a look costs in the steady state: all has settled, and nothing changes."""
    state, before = SettleState(), None
    rounds = []
    for number in range(ROUNDS + 2):
        began_s, cpu_began_s = time.perf_counter(), time.thread_time()
        scan = scan_inbox(inbox, before=before if is_quick else None)
        result = settled(state, scan, number * 2 * QUIET_S, QUIET_S)
        state, before = result.state, scan
        for batch in result.ready:
            assert batch.fingerprint  # noqa: S101 (it is what the ledger asks for)
        cpu_s, took_s = time.thread_time() - cpu_began_s, time.perf_counter() - began_s
        rounds.append(Round(scan, cpu_s, took_s))
    return Round(
        rounds[-1].scan,
        statistics.median(one.cpu_s for one in rounds[2:]),
        statistics.median(one.took_s for one in rounds[2:]),
    )


def _idle_s(look: Round, *, tells_changes: bool, waiting_s: float = 0) -> float:
    """The pause after such a look when nothing changes; ``waiting_s`` is spent at a share."""
    return spacing(
        took_s=look.took_s + waiting_s,
        cpu_s=look.cpu_s,
        tells_changes=tells_changes,
        next_look_s=None,
    ).latest_s


def _print_local(whole: Round, quick: Round) -> None:
    files = whole.scan.files
    print(f"{files} files in {len(whole.scan.folders)} folders")
    share = 0.0
    for name, look in (("whole", whole), ("quick", quick)):
        pause_s = _idle_s(look, tells_changes=True)
        share += look.cpu_s / (look.took_s + pause_s)
        print(
            f"{name} look: {look.scan.looks} calls, {look.cpu_s:.3f} s of processor "
            f"({look.cpu_s / files * 1e6:.2f} µs a file), took {look.took_s:.3f} s; "
            f"idle one each {pause_s:.0f} s"
        )
    print(f"idle: {share:.3%} of a core")
    print(f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _print_share(whole: Round, quick: Round, latency_ms: float) -> None:
    """What the looks would take where each call waits for an answer from afar."""
    for name, look in (("whole", whole), ("quick", quick)):
        waiting_s = look.scan.looks * latency_ms / 1000
        pause_s = _idle_s(look, tells_changes=False, waiting_s=waiting_s)
        print(
            f"share at {latency_ms:g} ms a call: {name} look {look.took_s + waiting_s:.1f} s, "
            f"idle one each {look.took_s + waiting_s + pause_s:.0f} s"
        )


def _print_idle(inbox: Path, idle_s: float) -> None:
    """The daemon's own round, as it is when nothing changes."""
    waker = Waker(inbox)
    state, before, anew = SettleState(), None, frozenset[str]()
    rhythm, began_s, cpu_began_s = Rhythm(), 0.0, 0.0
    looks = whole_looks = 0
    while not began_s or time.monotonic() - began_s < idle_s:
        now_s, cpu_s = time.monotonic(), time.thread_time()
        is_whole = now_s >= rhythm.whole_due_s
        scan = scan_inbox(inbox, before=None if is_whole else before, anew=anew)
        result = settled(state, scan, now_s, QUIET_S)
        state, before = result.state, scan
        waker.watch(scan.folders)
        cpu_s, end_s = time.thread_time() - cpu_s, time.monotonic()
        tells_changes = waker.tells_changes
        looks, whole_looks = looks + 1, whole_looks + is_whole
        if is_whole:
            rhythm = rhythm.after_whole(
                ended_s=end_s, took_s=end_s - now_s, cpu_s=cpu_s, tells_changes=tells_changes
            )
        else:
            rhythm = rhythm.after_quick(took_s=end_s - now_s, cpu_s=cpu_s, is_idle=not anew)
        if not began_s and result.next_look_s is None:
            began_s, cpu_began_s = time.monotonic(), time.process_time()
            looks = whole_looks = 0
        pause = rhythm.pause(tells_changes=tells_changes, next_look_s=result.next_look_s)
        waker.wait(pause.latest_s, pause.soonest_s)
        anew = waker.take_touched() | {one.batch.name for one in result.waiting}
    used_s, took_s = time.process_time() - cpu_began_s, time.monotonic() - began_s
    waker.close()
    print(
        f"idle for {took_s:.0f} s: {looks} looks, {whole_looks} of them whole, {used_s:.2f} s, "
        f"{used_s / took_s:.3%} of a core"
    )


if __name__ == "__main__":
    main()
