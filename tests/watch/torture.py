"""The watch folder under torture: real processes, a real disk, and SIGKILL at random moments.

    python -m tests.watch.torture --batches 300 --kills 200 --seed 1 [--in FOLDER]
    python -m tests.watch.torture --batches 60 --kills 40 --fills 15 --tmpfs 24000

Batches come slowly, by rename, in parts, by two writers at once and out of order; some are
extended, changed or renamed later. Meanwhile ``photoprep watch`` is killed again and again: at its
start, at work, whenever; now and then with all its processes, now and then the process that works
alone. A last start is left to finish. Then every batch must have exactly one output, as ``prepare``
makes it of the same folder, and nothing else may lie or run anywhere.

With ``--tmpfs`` the output lies on a disk of so many kB, which is mounted for it (where there is
the right to mount one: it says so where there is not), and with ``--fills`` a file takes all its
room, again and again, for a second or two.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from photoprep.watch.status_file import read_status
from tests.faults.support import mounts_refused, small_disk
from tests.watch.torture_batches import Arrival, Writer, plans
from tests.watch.torture_checks import Findings, check
from tests.watch.torture_log import KILLED, Account, account, needless

QUIET_S = 0.6
SCAN_S = 1.5
# All batches have come when so much of the kills is over.
_COMES_WITHIN = 0.85
_TOKEN = "PHOTOPREP_TORTURE"  # noqa: S105 (a name in the environment)
# When it is killed: some moment, and how long after it at most.
_MOMENTS = (
    ("at its start", 1.5),
    ("at work", 0.7),
    ("at work", 0.7),
    ("when one was done", 0.3),
    ("when one was done", 1.5),
    ("whenever", 6.0),
)
_AWAITED = {"at work": "begun", "when one was done": "done"}
_AWAITED_FOR_S = 8.0
# Who waits to touch a batch again has a hand full.
_HANDS = 48
_PATIENCE_S = 1800.0
# What a process that was orphaned allows itself (errand), and some more for a busy machine.
_ORPHANS_END_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much torture; ``fills`` is how often the output's disk is filled."""

    batches: int
    kills: int
    seed: int
    fills: int = 0
    commands: int = 20


@dataclass(slots=True)
class Result:
    """What came of it; ``faults`` must be empty."""

    wanted: Wanted
    faults: list[str] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=dict)
    fills: int = 0
    took_s: float = 0.0
    last_s: float = 0.0
    findings: Findings = field(default_factory=Findings)
    account: Account = field(default_factory=Account)
    arrivals: list[Arrival] = field(default_factory=list)


class Torture:
    """One torture in ``place``, with the output in ``out`` where that lies elsewhere."""

    def __init__(self, wanted: Wanted, place: Path, out: Path | None = None) -> None:
        self._wanted, self._place = wanted, place
        self._inbox, self._out = place / "in", out or place / "out"
        self._log = place / "log"
        self._dice = random.Random(wanted.seed)
        self._token = f"{os.getpid()}-{wanted.seed}-{time.monotonic_ns()}"
        self._progress = 0.0
        self._result = Result(wanted)
        for folder in (self._inbox, self._out, place / "elsewhere", place / "scratch"):
            folder.mkdir(parents=True)
        self._log.touch()

    def run(self) -> Result:
        """All of it."""
        result, began_s = self._result, time.monotonic()
        with ThreadPoolExecutor(_HANDS) as pool:
            coming = [
                pool.submit(self._bring, number, writer)
                for number, writer in enumerate(self._writers())
            ]
            filling = threading.Thread(target=self._fill_and_empty)
            filling.start()
            try:
                for number in range(self._wanted.kills):
                    self._kill_once()
                    self._progress = (number + 1) / self._wanted.kills
            finally:
                self._progress = 1.0
                filling.join()
            result.arrivals = [each.result() for each in coming]
        result.took_s = time.monotonic() - began_s
        self._finish()
        result.last_s = time.monotonic() - began_s - result.took_s
        result.account = account(self._log, result.arrivals)
        result.findings = check(
            self._inbox,
            self._out,
            result.arrivals,
            self._place / "elsewhere",
            self._place / "scratch",
            commands=self._wanted.commands,
        )
        result.faults += result.findings.faults
        result.faults += needless(result.account, result.arrivals)
        result.faults += [f"a bug: {trace}" for trace in result.account.bugs]
        return result

    def _writers(self) -> Iterator[Writer]:
        for number, plan in enumerate(plans(self._wanted.batches, self._wanted.seed)):
            due = _COMES_WITHIN * number / self._wanted.batches
            again = due + self._dice.uniform(0.01, 0.15)
            yield Writer(
                plan,
                self._inbox,
                self._place / "elsewhere",
                QUIET_S,
                partial(self._wait_until, again),
            )

    def _bring(self, number: int, writer: Writer) -> Arrival:
        self._wait_until(_COMES_WITHIN * number / self._wanted.batches)
        return writer.write()

    def _wait_until(self, progress: float) -> None:
        while self._progress < min(progress, 1.0):
            time.sleep(0.05)

    def _start(self) -> subprocess.Popen[bytes]:
        command = ["photoprep", "watch", str(self._inbox), "--out", str(self._out)]
        command += ["--quiet-time", str(QUIET_S), "--scan-every", str(SCAN_S)]
        command += ["--log", "json", "--jobs", "1"]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | {_TOKEN: self._token},
            )

    def _kill_once(self) -> None:
        """Start it, wait for some moment, and kill it, and perhaps what works for it."""
        moment, longest_s = self._dice.choice(_MOMENTS)
        event = _AWAITED.get(moment)
        before = self._told(event) if event else 0
        daemon = self._start()
        deadline = time.monotonic() + _AWAITED_FOR_S
        while event and time.monotonic() < deadline and daemon.poll() is None:
            if self._told(event) > before:
                break
            time.sleep(0.01)
        time.sleep(self._dice.uniform(0, longest_s))
        others = [pid for pid in self._ours() if pid != daemon.pid]
        if others and self._dice.random() < 0.08:
            _end(self._dice.choice(others))
            self._count("of what works for it alone")
            time.sleep(self._dice.uniform(0, 0.5))
        with_all = self._dice.random() < 0.2
        if daemon.poll() is not None:
            self._result.faults.append(f"the daemon ended by itself ({daemon.returncode})")
        daemon.kill()
        if with_all:
            for pid in self._ours():
                _end(pid)
        daemon.wait()
        self._count(f"{moment}{', with all its processes' if with_all else ''}")
        self._say_killed()

    def _told(self, event: str) -> int:
        """How often the log tells of that."""
        return self._log.read_bytes().count(f'"event": "{event}"'.encode())

    def _count(self, kind: str) -> None:
        self._result.kills[kind] = self._result.kills.get(kind, 0) + 1

    def _say_killed(self) -> None:
        whole = self._log.read_bytes()[-1:] in (b"\n", b"")
        line = json.dumps({"event": KILLED, "batch": None})
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{'' if whole else chr(10)}{line}\n")

    def _finish(self) -> None:
        """A last start, left until nothing is to be done, then ended as a service manager does."""
        faults, daemon = self._result.faults, self._start()
        deadline, idle_since_s = time.monotonic() + _PATIENCE_S, time.monotonic()
        while time.monotonic() - idle_since_s < 2 * SCAN_S + 3 * QUIET_S:
            status = read_status(self._out)
            is_idle = status is not None and status.is_idle and status.watcher.pid == daemon.pid
            idle_since_s = idle_since_s if is_idle else time.monotonic()
            if daemon.poll() is not None or time.monotonic() > deadline:
                faults.append(f"it does not come to an end ({daemon.poll()}): {status}")
                break
            time.sleep(0.1)
        daemon.send_signal(signal.SIGTERM)
        if code := daemon.wait(60):
            faults.append(f"it ended with {code} when it was asked to end")
        deadline = time.monotonic() + _ORPHANS_END_WITHIN_S
        while (left := self._ours()) and time.monotonic() < deadline:
            time.sleep(0.1)
        if left:
            faults.append(f"processes are left: {[_command(pid) for pid in left]}")
        for lock in (self._inbox / ".photoprep-watch", self._out / ".photoprep-watch/holder"):
            if lock.exists():
                faults.append(f"a lock is left: {lock.name}")

    def _ours(self) -> list[int]:
        """Every process that a daemon of this torture has started, and the daemon."""
        mark, found = f"{_TOKEN}={self._token}".encode(), []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def _fill_and_empty(self) -> None:
        """Take all the room of the output's disk, and give it back, ``fills`` times."""
        balloon, dice = self._out.parent / "balloon", random.Random(self._wanted.seed + 1)
        for number in range(self._wanted.fills):
            self._wait_until((number + 0.5) / self._wanted.fills)
            try:
                with balloon.open("wb", buffering=0) as file:
                    for piece in (1_000_000, 4096, 1):
                        while file.write(bytes(piece)) == piece:
                            pass
            except OSError:
                self._result.fills += 1
            time.sleep(dice.uniform(0.5, 3))
            balloon.unlink()


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return str(pid)


def page(result: Result) -> str:
    """The result as a person reads it."""
    wanted, told = result.wanted, result.account
    plain = [arrival for arrival in result.arrivals if arrival.plan.kind == "photos"]
    ways = {way: sum(a.plan.way == way for a in plain) for way in {a.plan.way for a in plain}}
    later = {a.plan.later for a in plain if a.plan.later}
    again = {what: sum(a.plan.later == what for a in plain) for what in later}
    runs = [each.begun for each in told.runs.values()]
    lines = [
        f"{wanted.batches} batches, {sum(result.kills.values())} kills, seed {wanted.seed}",
        f"  came: {_counts(ways)}; later: {_counts(again)}",
        f"  killed: {_counts(result.kills)}",
        f"  disk filled and emptied: {result.fills} times",
        f"  {result.took_s:.0f} s of torture, {result.last_s:.0f} s until the last start was idle",
        f"  runs: {told.begun} begun, {told.cut} cut short by a kill, "
        f"{told.events['later']} put off, {told.events['done']} done, "
        f"{told.events['failed']} failed for good; most for one batch: {max(runs, default=0)}",
        *(f"    put off {count} times: {why}" for why, count in told.put_off.most_common()),
        f"  events: {_counts(told.events)}; lines torn by a kill: {told.torn}",
        f"  outputs held against prepare: {result.findings.batches}, {result.findings.files} files "
        f"equal byte for byte ({result.findings.by_command} runs of the command)",
        f"  faults: {len(result.faults)}",
        *(f"    {fault}" for fault in result.faults),
    ]
    return "\n".join(lines)


def _counts(counts: Mapping[Any, int]) -> str:
    told = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {what}" for what, count in told) or "none"


def main() -> int:
    """Torture, print, and say with the exit code whether it was borne."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=300)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fills", type=int, default=0)
    parser.add_argument("--commands", type=int, default=20)
    parser.add_argument("--tmpfs", type=int, default=0, metavar="KB")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--in", dest="place", type=Path)
    told = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="photoprep-torture-", dir=told.place))
    wanted = Wanted(told.batches, told.kills, told.seed, told.fills, told.commands)
    if told.tmpfs and mounts_refused():
        parser.error(mounts_refused())
    if told.tmpfs:
        with small_disk(place / "disk", told.tmpfs) as disk:
            result = Torture(wanted, place, disk / "out").run()
            if told.keep or result.faults:
                shutil.copytree(disk / "out", place / "out")
    else:
        result = Torture(wanted, place).run()
    sys.stdout.write(page(result) + "\n")
    if told.keep or result.faults:
        sys.stdout.write(f"what was left: {place}\n")
    else:
        shutil.rmtree(place)
    return bool(result.faults)


if __name__ == "__main__":
    sys.exit(main())
