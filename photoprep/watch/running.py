"""The daemon's side of the process that works: given a job, listened to, stopped, renewed.

Nothing here waits but ``stop``: a thread of its own reads what the process says and calls ``wake``,
so that the daemon sleeps until there is something to hear.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import IO

from photoprep.errors import ExitCode
from photoprep.language import packed, say
from photoprep.watch.batch import Outcome
from photoprep.watch.job import Ended, Job, Progress

RENEWED_AFTER_BATCHES = 50
RENEWED_AFTER_BYTES = 100_000_000
# Longer than the longest silence of a healthy run: hashing 100 GB from a slow share.
SILENT_FOR_S = 3600.0
# What the process allows itself to end (errand), and then some.
ENDS_WITHIN_S = 15.0
_TRACE_BYTES = 8_000

COMMAND = (sys.executable, "-m", "photoprep.watch.errand")


class ErrandRunner:
    """One job at a time, in a process that lives on from job to job.

    It is started with the first job, and again whenever it has ended or is to be renewed.
    ``wake`` is called by another thread when there is something to hear.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        *,
        command: Sequence[str] = COMMAND,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wake, self._command, self._monotonic_s = wake, list(command), monotonic_s
        self._child: _Child | None = None
        self._left: list[_Child] = []
        self._busy = False
        self._heard_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._busy

    def begin(self, job: Job) -> None:
        """Start a job; there must be none under way."""
        assert not self._busy, "one job at a time"  # noqa: S101 (a bug of the caller's)
        if self._child is not None and (self._child.is_worn or not self._child.is_alive):
            self._let_go()
        self._busy, self._heard_s = True, self._monotonic_s()
        try:
            self._child = self._child or _Child(self._command, self._wake)
        except OSError:  # no process to be had: as if it had ended at once
            self._child = None
            self._wake()
            return
        self._child.give(job)

    def news(self) -> list[Progress | Ended]:
        """What was said since the last time; of a process that has ended, that its job has too."""
        said: list[Progress | Ended] = []
        if self._child is not None:
            said = self._child.heard()
        if said:
            self._heard_s = self._monotonic_s()
        elif self._busy and (self._child is None or self._child.has_ended):
            trace = self._child.last_words if self._child else ""
            said = [Ended(_lost(), trace=trace)]
            self._let_go()
        elif self._busy and self._monotonic_s() - self._heard_s > SILENT_FOR_S:
            self.kill()
            said = [Ended(_silent())]
        if any(isinstance(each, Ended) for each in said):
            self._busy = False
        return said

    def stop(self) -> list[Progress | Ended]:
        """Have the process finish the photo in hand and end; returns what it still said.

        It waits until it has, ``ENDS_WITHIN_S`` at most, and then kills it.
        """
        said: list[Progress | Ended] = []
        if self._child is not None:
            self._child.release()
            self._child.wait(ENDS_WITHIN_S)
            said = self._child.heard()
        self.kill()
        for child in self._left:
            child.wait(ENDS_WITHIN_S)
            child.kill()
        return said

    def kill(self) -> None:
        """End the process at once, in the middle of whatever it does."""
        if self._child is not None:
            self._child.kill()
        self._child, self._busy = None, False

    def _let_go(self) -> None:
        """Let the process end by itself; it has no job."""
        if self._child is not None:
            self._child.release()
            self._left = [child for child in (*self._left, self._child) if child.is_alive]
        self._child = None


class _Child:
    """One process, the thread that reads what it says, and how much it has done.

    ``last_words`` is the end of what it wrote to its standard error, when it has ended: why it
    died, if Python could say.
    """

    def __init__(self, command: list[str], wake: Callable[[], None]) -> None:
        self._wake = wake
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (lives as the process)
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
            )
        except OSError:
            self._errors.close()
            raise
        self.last_words = ""
        self._said: deque[Progress | Ended] = deque()
        self._batches = 0
        self._first_bytes = self._last_bytes = 0
        self._read_to_the_end = threading.Event()
        self._reader = threading.Thread(target=self._read, name="errand", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def has_ended(self) -> bool:
        """Whether it is gone and all it said has been heard."""
        return self._read_to_the_end.is_set() and not self._said

    @property
    def is_worn(self) -> bool:
        grown = self._last_bytes - self._first_bytes
        return self._batches >= RENEWED_AFTER_BATCHES or grown > RENEWED_AFTER_BYTES

    def give(self, job: Job) -> None:
        with suppress(OSError, ValueError):  # it has died: ``has_ended`` will say so
            assert self._process.stdin is not None  # noqa: S101 (a pipe was asked for)
            self._process.stdin.write(json.dumps(asdict(job)) + "\n")
            self._process.stdin.flush()

    def heard(self) -> list[Progress | Ended]:
        said = []
        while self._said:
            said.append(self._said.popleft())
        return said

    def release(self) -> None:
        """Close its input, by which it knows that it is to end."""
        with suppress(OSError, ValueError):
            assert self._process.stdin is not None  # noqa: S101 (a pipe was asked for)
            self._process.stdin.close()

    def wait(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._reader.join(1.0)

    def kill(self) -> None:
        with suppress(OSError):
            self._process.kill()
        self.release()
        self.wait(1.0)

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
        with suppress(OSError, ValueError), self._process.stdout as lines:
            for line in lines:
                self._said.append(self._understood(json.loads(line)))
                self._wake()
        self._process.wait()
        with suppress(OSError), self._errors:
            self._errors.seek(max(0, self._errors.seek(0, 2) - _TRACE_BYTES))
            self.last_words = self._errors.read().decode(errors="replace").strip()
        self._read_to_the_end.set()
        self._wake()

    def _understood(self, line: dict[str, object]) -> Progress | Ended:
        match line:
            case {"step": ("photos" | "sheets" | "versions") as step, "done": int(done)}:
                total = line.get("total")
                return Progress(step, done, total if isinstance(total, int) else done)
            case {"outcome": dict(outcome), "files": dict(files), "resident_bytes": int(size)}:
                self._batches += 1
                self._first_bytes = self._first_bytes or size
                self._last_bytes = size
                return Ended(Outcome(**outcome), files, str(line["trace"]))
        return Ended(_lost(), trace=f"no answer: {line!r}")


def _lost() -> Outcome:
    return Outcome(
        ExitCode.TRY_LATER,
        is_passing=True,
        message=packed(
            say("The process at work on it ended unexpectedly, perhaps for want of memory.")
        ),
    )


def _silent() -> Outcome:
    return Outcome(
        ExitCode.TRY_LATER,
        is_passing=True,
        message=packed(
            say(
                "Nothing was heard of the work on it for {minutes:.0f} minutes; it was given up.",
                minutes=SILENT_FOR_S / 60,
            )
        ),
        hint=packed(say("Check the disk or network share that it lies on.")),
    )
