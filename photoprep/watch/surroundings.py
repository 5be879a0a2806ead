"""What the daemon's loop stands on: clock, sleep, log, service manager, locks, an aftermath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from photoprep.watch.batch import BatchSettings
from photoprep.watch.chores import Chore
from photoprep.watch.clock import Clock
from photoprep.watch.found import FoundBatch
from photoprep.watch.log import Event, Log
from photoprep.watch.lookout import Eyes
from photoprep.watch.room import Room
from photoprep.watched import Status, Watcher


class Afterwards(Protocol):
    """Who does what comes after a batch (``aftermath.Aftermath``)."""

    @property
    def is_busy(self) -> bool:
        """Whether there is something that it has not tried yet."""

    def add(self, chore: Chore) -> None:
        """Have a chore done."""

    def holds(self, name: str) -> bool:
        """Whether a found batch is being moved, so that what a scan finds of it means nothing."""

    def news(self) -> list[Event]:
        """What there is to tell."""

    def stop(self, within_s: float) -> None:
        """Let the chore in hand come to its end."""


class Nothing:
    """Nothing comes after a batch."""

    is_busy = False

    def add(self, chore: Chore) -> None:
        """Leave it."""

    def holds(self, name: str) -> bool:  # noqa: ARG002 (as ``Afterwards`` has it)
        """Nothing is moved."""
        return False

    def news(self) -> list[Event]:
        """There is none."""
        return []

    def stop(self, within_s: float) -> None:
        """There is nothing to stop."""


class Waker(Eyes, Protocol):
    """What the daemon sleeps by (``waking.Waker``)."""

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to end."""

    @property
    def reason(self) -> str:
        """Why no events come; empty where they do."""

    @property
    def has_changed(self) -> bool:
        """Whether an event came that no look has followed yet."""

    def wait(self, timeout_s: float, soonest_s: float = 0.0) -> bool:
        """Sleep so long at most; an event ends it no sooner than ``soonest_s``."""


class Manager(Protocol):
    """Who is told how the daemon does (``systemd.Notifier``)."""

    watchdog_s: float

    def ready(self) -> None:
        """It watches."""

    def reloading(self, monotonic_s: float) -> None:
        """It reads its settings anew."""

    def alive(self) -> None:
        """It turns."""

    def status(self, sentence: str) -> None:
        """It is at this."""

    def stopping(self) -> None:
        """It ends."""


@dataclass(slots=True)
class Wishes:
    """What signals ask for; set from anywhere, taken up by the next turn."""

    reload: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the loop stands on, apart from what it does with it.

    ``renew_holding`` gives the lock's sign of life; it raises ``WatchedAlreadyError`` where another
    daemon has taken over. ``show`` is given each new status, for its file and the live table.
    ``reload`` reads presets anew and returns the settings of a batch that says nothing.
    ``archives`` says that the originals of what is done are moved away; ``owed`` names the batches
    whose results an earlier daemon has not handed over.
    """

    watcher: Watcher
    clock: Clock
    waker: Waker
    log: Log
    manager: Manager
    room: Room
    show: Callable[[Status], None]
    renew_holding: Callable[[float], bool]
    reload: Callable[[], BatchSettings]
    outputs_there: Callable[[], tuple[str, ...]] = tuple
    read_content: Callable[[FoundBatch], str] = lambda _found: ""
    afterwards: Afterwards = field(default_factory=Nothing)
    archives: bool = False
    owed: Callable[[], list[str]] = list
