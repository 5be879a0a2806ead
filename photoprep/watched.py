"""How a watched folder stands: what its daemon tells, and any other process may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FOLDER = ".photoprep-watch"
"""Where in an output folder all lies that a watching daemon keeps."""

Wakes = Literal["events", "polling"]
QUIET_S = 90.0
"""A daemon that has not been heard of for so long is taken for dead; it speaks every 30 s."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches which folder. ``since`` is in seconds since the epoch, the paths are absolute."""

    host: str
    user: str
    pid: int
    since: float
    inbox: str
    out: str


@dataclass(frozen=True, slots=True)
class RunningBatch:
    """The batch at work. ``step`` names the step of the run, with ``done`` of ``total`` parts."""

    name: str
    output: str
    begun_at: float
    step: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A batch that waits: ``settling`` for its files, ``queued`` for its turn, ``later`` for a try.

    ``reason`` is a sentence; ``next_try`` is 0 where no time is known.
    """

    name: str
    state: Literal["settling", "queued", "later"]
    reason: str = ""
    next_try: float = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch. ``message`` and ``hint`` are sentences, ``page`` a path."""

    name: str
    output: str
    state: Literal["done", "failed", "gone"]
    ended_at: float
    prepared: int = 0
    failed: int = 0
    mails: int = 0
    findings: int = 0
    message: str = ""
    hint: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class ScanCost:
    """What it costs to look the folder through, and how often that is done."""

    files: int = 0
    took_s: float = 0.0
    every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Status:
    """All of it at one moment, ``heartbeat`` (seconds since the epoch).

    ``results`` are the last ones, the latest first; ``failures`` are all that are failed for good.
    ``findings`` are sentences about the daemon itself, such as that the watched folder is gone.
    """

    watcher: Watcher
    heartbeat: float
    running: RunningBatch | None = None
    waiting: tuple[WaitingBatch, ...] = ()
    results: tuple[BatchResult, ...] = ()
    failures: tuple[BatchResult, ...] = ()
    findings: tuple[str, ...] = ()
    wakes: Wakes = "events"
    scan: ScanCost = field(default_factory=ScanCost)
    batches: int = 0
    has_ended: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do: nothing runs and nothing waits."""
        return self.running is None and not self.waiting

    @property
    def queue(self) -> tuple[str, ...]:
        """The names of the batches that wait for their turn, the next one first."""
        return tuple(batch.name for batch in self.waiting if batch.state == "queued")


def is_alive(status: Status, now: float) -> bool:
    """Whether the daemon that wrote this still runs, as far as its heartbeat tells.

    One from the future was dated by a clock that has been put back: it tells as little as an old
    one.
    """
    return not status.has_ended and abs(now - status.heartbeat) <= QUIET_S
