"""A watched folder without a disk: its files, its clock and the process that works are all played.

Only the ledger is a real one. ``World.live`` lets time pass: it jumps from one thing that is to
happen to the next, so that a day takes milliseconds.
"""

from __future__ import annotations

import datetime
import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from photoprep.errors import CannotWriteError, ExitCode, PhotoprepError, WatchedFolderGoneError
from photoprep.language import packed
from photoprep.watch.batch import Batch, BatchSettings, Outcome
from photoprep.watch.books import Books
from photoprep.watch.chores import Chore
from photoprep.watch.daemon import Daemon
from photoprep.watch.desk import Desk, Places
from photoprep.watch.found import LOOSE, FoundBatch, FoundFile, Scan
from photoprep.watch.job import Ended, Job, Progress
from photoprep.watch.ledger import Ledger
from photoprep.watch.log import Event
from photoprep.watch.lookout import Lookout
from photoprep.watch.room import Room
from photoprep.watch.settings_book import SettingsBook
from photoprep.watch.spacing import Pauses
from photoprep.watch.surroundings import Surroundings, Wishes
from photoprep.watched import Status, Watcher

QUIET_S, SCAN_S, WORK_S = 5.0, 30.0, 2.0
DONE = Outcome(ExitCode.DONE, prepared=3, mails=1, page="report.html")


class KilledError(BaseException):
    """The daemon is killed here: nothing of it runs any more."""


@dataclass(slots=True)
class PlayedClock:
    """Stands still until it is moved. The two clocks can be moved apart, as machines do."""

    monotonic: float = 1_000.0
    wall: float = 1_800_000_000.0
    cpu: float = 0.0

    def monotonic_s(self) -> float:
        return self.monotonic

    def wall_s(self) -> float:
        return self.wall

    def cpu_s(self) -> float:
        return self.cpu

    def today(self) -> datetime.date:
        return datetime.datetime.fromtimestamp(self.wall, datetime.UTC).date()

    def move(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


class PlayedRunner:
    """Works for ``WORK_S`` on each job, then says what ``World.outcomes`` has for its batch."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._job: Job | None = None
        self._ends_s = 0.0
        self._said: list[Progress | Ended] = []

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def begin(self, job: Job) -> None:
        assert self._job is None
        self._job = job
        self._ends_s = self._world.clock.monotonic + WORK_S
        self._world.jobs.append((self._world.clock.monotonic, job))
        self._world.at(self._ends_s, self._world.waker.wake)

    def news(self) -> list[Progress | Ended]:
        if self._job is None or self._world.clock.monotonic < self._ends_s:
            return []
        job, self._job = self._job, None
        name = Path(job.out).name
        told = self._world.outcomes.get(name, [])
        outcome = told.pop(0) if told else DONE
        return [Progress("photos", 3, 3), Ended(outcome, dict.fromkeys(job.files, "5" * 64))]

    def stop(self) -> list[Progress | Ended]:
        if self._job is None:
            return []
        self._job = None
        return [Ended(Outcome(ExitCode.INTERRUPTED, is_passing=True))]


class PlayedWaker:
    """Sleeping is moving the clock; what is to happen meanwhile happens."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tells_changes = True
        self.reason = ""
        self.is_stopped = False
        self.has_changed = False
        self.is_called = False
        self.sleeps = 0

    def watch(self, folders: Iterable[str]) -> None:
        pass

    def noticed(self, *, changed: bool) -> None:  # noqa: ARG002
        self.has_changed = False

    def close(self) -> None:
        pass

    def take_touched(self) -> frozenset[str]:
        return frozenset()

    def wake(self) -> None:
        self.is_called = True

    def changed(self) -> None:
        if self.tells_changes:
            self.has_changed = True

    def wait(self, timeout_s: float, soonest_s: float = 0.0) -> bool:
        assert timeout_s >= 0
        self.sleeps += 1
        assert self.sleeps < 100_000, "the loop spins"
        self.is_called = False
        began_s = self._world.clock.monotonic
        end_s = began_s + timeout_s
        while not self.is_stopped and not self.is_called:
            until_s = min(end_s, began_s + soonest_s) if self.has_changed else end_s
            if not self._world.happen_until(max(began_s, until_s)):
                return self.has_changed
        return False


class PlayedAfterwards:
    """Keeps what it is given in ``World.chores``; ``World.held`` are batches on the move."""

    is_busy = False

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, chore: Chore) -> None:
        self._world.chores.append(chore)

    def holds(self, name: str) -> bool:
        return name in self._world.held

    def news(self) -> list[Event]:
        return []

    def stop(self, within_s: float) -> None:
        pass


class PlayedManager:
    """The service manager: what it heard, and when it last heard of life."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.watchdog_s = 0.0
        self.heard: list[str] = []
        self.alive_s: list[float] = []

    def ready(self) -> None:
        self.heard.append("ready")

    def reloading(self, monotonic_s: float) -> None:  # noqa: ARG002
        self.heard.append("reloading")

    def alive(self) -> None:
        self.alive_s.append(self._world.clock.monotonic)

    def status(self, sentence: str) -> None:
        self.heard.append(f"status: {sentence}")

    def stopping(self) -> None:
        self.heard.append("stopping")


class Happening(Protocol):
    """Something that happens at its time."""

    def __call__(self) -> object: ...


@dataclass(slots=True)
class World:
    """All of it. ``files`` are those in the watched folder, by their paths: size and time."""

    folder: Path
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    refused: dict[str, Exception] = field(default_factory=dict)
    jobs: list[tuple[float, Job]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    shown: list[Status] = field(default_factory=list)
    clock: PlayedClock = field(default_factory=PlayedClock)
    inbox_away: bool = False
    out_away: bool = False
    ledger_full: bool = False
    free: int = 10**12
    contents: str = "as shipped"
    reload_error: PhotoprepError | None = None
    taken_over: Exception | None = None
    scan_took_s: float = 0.0
    chores: list[Chore] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    archives: bool = False
    promised: list[str] = field(default_factory=list)
    owed: list[str] = field(default_factory=list)
    waker: PlayedWaker = field(init=False)
    manager: PlayedManager = field(init=False)
    wishes: Wishes = field(default_factory=Wishes)
    daemon: Daemon = field(init=False)
    books: Books = field(init=False)
    desk: Desk = field(init=False)
    lookout: Lookout = field(init=False)
    _happenings: list[tuple[float, int, Happening]] = field(default_factory=list)
    _count: Iterable[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.start()

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def start(self, *, once: bool = False) -> None:
        """Begin with a new daemon, over the ledger that lies there."""
        self.waker, self.manager = PlayedWaker(self), PlayedManager(self)
        self.wishes = Wishes()
        settings = SettingsBook(self.folder / "in", self._read_settings, self._default())
        self.lookout = lookout = Lookout(
            self._scan, self.waker, self.clock, quiet_s=QUIET_S, usual=Pauses(SCAN_S, SCAN_S)
        )
        places = Places(self.folder / "in", self.out)
        self.desk = Desk(
            PlayedRunner(self),
            settings,
            places,
            self.clock,
            self.events.append,
            self.promised.append,
        )
        self.books = Books(self._open_ledger, self._check_out, self.clock, self.events.append)
        parts = Surroundings(
            watcher=Watcher("host", "user", 1, self.clock.wall, "/in", "/out"),
            clock=self.clock,
            waker=self.waker,
            log=self.events.append,
            manager=self.manager,
            room=Room(lambda: self.free),
            show=self._show,
            renew_holding=self._renew,
            reload=self._reload,
            afterwards=PlayedAfterwards(self),
            archives=self.archives,
            owed=lambda: self.owed,
        )
        self.daemon = Daemon(
            parts, self.books, lookout, self.desk, settings, self.wishes, once=once
        )

    def live(self, seconds: float) -> None:
        """Let the daemon run for so long and be killed then; ``start`` lets another one go on."""
        self.at(self.clock.monotonic + seconds, self.kill)
        try:
            self.daemon.run()
        except KilledError:
            self._happenings = []
            self.books.close()

    def let_pass(self, seconds: float) -> None:
        """Let the daemon run for so long; it goes on from there at the next call."""
        end_s = self.clock.monotonic + seconds
        while self.clock.monotonic < end_s:
            self.daemon.turn()
            sleep_s = min(self.daemon.sleep_s(), end_s - self.clock.monotonic)
            self.waker.wait(max(0.001, sleep_s), self.lookout.soonest_in_s)

    def killed_and_started(self) -> None:
        """SIGKILL, and another daemon."""
        self._happenings = []
        self.books.close()
        self.start()

    def kill(self) -> None:
        """End the daemon as SIGKILL does: it writes nothing more."""
        self.daemon._end = lambda: None  # type: ignore[method-assign]
        raise KilledError

    def at(self, monotonic_s: float, happening: Happening) -> None:
        """Let something happen at a time."""
        heapq.heappush(self._happenings, (monotonic_s, next(iter(self._count)), happening))

    def after(self, seconds: float, happening: Happening) -> None:
        """Let something happen so long from now."""
        self.at(self.clock.monotonic + seconds, happening)

    def happen_until(self, end_s: float) -> bool:
        """Move on to the next thing that happens, or to the end; returns whether one did."""
        if self._happenings and self._happenings[0][0] <= end_s:
            at_s, _, happening = heapq.heappop(self._happenings)
            self.clock.move(max(0.0, at_s - self.clock.monotonic))
            happening()
            return True
        self.clock.move(max(0.0, end_s - self.clock.monotonic))
        return False

    def drop(self, *paths: str) -> None:
        """Write files, or write them anew."""
        for path in paths:
            self.files[path] = (1_000, int(self.clock.wall * 1e9) + len(self.files))
        self.waker.changed()

    def remove(self, name: str) -> None:
        """Take a folder or a file away."""
        self.files = {path: look for path, look in self.files.items() if path.split("/")[0] != name}
        self.waker.changed()

    def rename(self, old: str, new: str) -> None:
        """Give a folder another name."""
        self.files = {
            (new + path[len(old) :] if path.startswith(f"{old}/") else path): look
            for path, look in self.files.items()
        }
        self.waker.changed()

    def batches(self) -> dict[str, Batch]:
        """What the ledger has, read by somebody else when no daemon runs."""
        with Ledger(self.out / ".photoprep-watch/ledger.db") as ledger:
            return dict(ledger.batches())

    def states(self) -> dict[str, str]:
        return {name: batch.state for name, batch in self.batches().items()}

    def runs(self, output: str = "") -> list[float]:
        """When jobs were begun, those of one output or all."""
        return [at_s for at_s, job in self.jobs if not output or Path(job.out).name == output]

    def told(self, kind: str, batch: str = "") -> list[str]:
        """The sentences of events of a kind."""
        return [
            event.sentence
            for event in self.events
            if event.kind == kind and (not batch or event.batch == batch)
        ]

    def _default(self) -> BatchSettings:
        return BatchSettings("trade-email", contents=self.contents)

    def _scan(self, _before: Scan | None, _anew: frozenset[str]) -> Scan:
        if self.inbox_away:
            raise WatchedFolderGoneError("The watched folder is not there.")
        self.clock.move(self.scan_took_s)
        found: dict[str, list[FoundFile]] = {}
        for number, (path, (size, mtime)) in enumerate(sorted(self.files.items())):
            name = path.split("/")[0] if "/" in path else LOOSE
            found.setdefault(name, []).append(FoundFile(path, size, mtime, number * 0 + mtime))
        batches = tuple(_found(name, files) for name, files in sorted(found.items()))
        return Scan(batches, len(self.files), self.scan_took_s)

    def _read_settings(self, folder: Path, default: BatchSettings) -> BatchSettings:
        if folder.name in self.refused:
            raise self.refused[folder.name]
        return BatchSettings(default.preset, "C0123", contents=default.contents)

    def _open_ledger(self) -> Ledger:
        if self.ledger_full:
            raise CannotWriteError("This place cannot be written (No space left on device).")
        return Ledger(self.out / ".photoprep-watch/ledger.db")

    def _check_out(self) -> None:
        if self.out_away:
            raise CannotWriteError("The output folder is not there.")

    def _renew(self, _now: float) -> bool:
        if self.taken_over is not None:
            raise self.taken_over
        return True

    def _reload(self) -> BatchSettings:
        if self.reload_error is not None:
            raise self.reload_error
        return self._default()

    def _show(self, status: Status) -> None:
        if self.out_away:
            raise CannotWriteError("The output folder is not there.")
        self.shown.append(status)


def _found(name: str, files: list[FoundFile]) -> FoundBatch:
    under_way = tuple(file.path for file in files if file.path.endswith(".part"))
    kept = tuple(file for file in files if not file.path.endswith(".part"))
    return FoundBatch(name, kept, under_way=under_way)


def later(code: int = ExitCode.TRY_LATER, **counts: int) -> Outcome:
    """An outcome whose cause may pass."""
    return replace(
        Outcome(code, is_passing=True, message=packed("The share is gone.")),
        prepared=counts.get("prepared", 0),
        failed=counts.get("failed", 0),
    )


def failed(code: int = ExitCode.NO_PHOTOS, page: str = "") -> Outcome:
    """An outcome that stays until something changes."""
    return Outcome(code, message=packed("There are no photos in it."), page=page)


Act = Callable[[], object]
