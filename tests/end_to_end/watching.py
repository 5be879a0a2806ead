"""The real daemon over a real folder, for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.support import small_photo

T = TypeVar("T")

QUIET_S = 0.4
PATIENCE_S = 90


class Daemon:
    """A running ``photoprep watch``; its log is JSON lines in a file."""

    def __init__(self, inbox: Path, out: Path, log: Path, *options: str) -> None:
        self.inbox, self.out, self.log = inbox, out, log
        self._stream = log.open("ab")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "photoprep", "watch", str(inbox), "--out", str(out)),
                *("--quiet-time", str(QUIET_S), "--log", "json", "--jobs", "1", *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=self._stream,
        )

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._stream.close()

    def events(self, kind: str = "", batch: str = "") -> list[dict[str, Any]]:
        """What it said so far."""
        said = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [
            event
            for event in said
            if (not kind or event["event"] == kind) and (not batch or event["batch"] == batch)
        ]

    def wait_for(self, true: Callable[[], T]) -> T:
        """Wait for a moment in its life; returns what proves it."""
        deadline = time.monotonic() + PATIENCE_S
        while not (proof := true()):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.02)
        return proof

    def wait_for_event(self, kind: str, batch: str = "", times: int = 1) -> list[dict[str, Any]]:
        """Wait until an event of a kind was told so often."""
        return self.wait_for(
            lambda: found if len(found := self.events(kind, batch)) >= times else []
        )

    def stop(self, kind: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; returns its exit code."""
        self.process.send_signal(kind)
        return self.process.wait(PATIENCE_S)


def drop(folder: Path, photos: int = 2, seed: int = 0, size: tuple[int, int] = (240, 160)) -> Path:
    """A folder of pictures, written file by file."""
    for number in range(photos):
        small_photo(folder / f"IMG_{number}.png", seed + number, size)
    return folder


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is not only waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_of(pids: list[int], within_s: float) -> bool:
    """Whether all of them end within so long."""
    deadline = time.monotonic() + within_s
    while any(map(is_running, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def environment(**more: str) -> dict[str, str]:
    """This process's, with some more."""
    return os.environ | more
