"""The daemon's eyes: when it looks the watched folder through, and what has settled by then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from photoprep.errors import WatchedFolderGoneError
from photoprep.watch.clock import Clock
from photoprep.watch.found import FoundBatch, Scan
from photoprep.watch.settle import Settled, SettleState, Waiting, settled
from photoprep.watch.spacing import Pauses, Rhythm, Spacing

# A folder that is away is asked for again so often.
_AWAY_S = 2.0


class Eyes(Protocol):
    """What wakes the daemon (``waking.Waker``), as far as looking goes."""

    @property
    def tells_changes(self) -> bool:
        """Whether events come."""

    def watch(self, folders: Iterable[str]) -> None:
        """Watch these folders from now on."""

    def take_touched(self) -> frozenset[str]:
        """The names of batches that events told of since the last look."""

    def noticed(self, *, changed: bool) -> None:
        """Hear whether the last look saw anything else than the one before."""

    def close(self) -> None:
        """Watch nothing until ``watch`` is called again."""


class Lookout:
    """Looks, and knows what it saw last.

    ``away`` says why the folder could not be looked through, ``came_back`` that it could not before
    the last look. ``usual`` are the times between two looks where nothing tells of a change
    (``[watch] scan_s``), longer where a look costs much. ``scan`` is given the scan before, for a
    quick look, or None, and what it is to look at anew (``scan.scan_inbox``).
    """

    def __init__(
        self,
        scan: Callable[[Scan | None, frozenset[str]], Scan],
        eyes: Eyes,
        clock: Clock,
        *,
        quiet_s: float,
        usual: Pauses,
    ) -> None:
        self._scan, self._eyes, self._clock = scan, eyes, clock
        self.quiet_s, self.usual = quiet_s, usual
        self._state = SettleState()
        self._look = ""
        self._ended_s = clock.monotonic_s()
        self._rhythm, self._was_whole, self._was_idle = Rhythm(), True, True
        self._spacing = Spacing(0.0, 0.0)
        self.looks = 0
        self.scan = Scan((), 0, 0.0)
        self._cpu_s = 0.0
        self._next_look_s: float | None = None
        self.ready: tuple[FoundBatch, ...] = ()
        self.waiting: tuple[Waiting, ...] = ()
        self.away: WatchedFolderGoneError | None = None
        self.came_back = False

    def look(self) -> bool:
        """Look the folder through; returns whether that could be done."""
        began_s = self._clock.monotonic_s()
        was_away, self.came_back = self.away, False
        is_whole = was_away is not None or not self.looks or self._rhythm.whole_due_s <= began_s
        before = None if is_whole else self.scan
        waiting = {each.batch.name for each in self.waiting}
        anew = self._eyes.take_touched() | waiting
        try:
            scan = self._scan(before, anew)
        except WatchedFolderGoneError as error:
            self.away = error
            self.ready = ()
            self._eyes.close()
            self._ended_s = self._clock.monotonic_s()
            self._spacing = Spacing(_AWAY_S, _AWAY_S)
            return False
        cpu_began_s = self._clock.cpu_s()
        self.away, self.came_back = None, was_away is not None
        self._take_in(scan, settled(self._state, scan, began_s, self.quiet_s))
        self.looks += 1
        self._cpu_s, self._was_whole, self._was_idle = 0.0, is_whole, not anew
        self.cost_more(scan.cpu_s + self._clock.cpu_s() - cpu_began_s)
        return True

    def cost_more(self, cpu_s: float) -> None:
        """What was reckoned from the last look took so much of a core, too."""
        self._cpu_s += cpu_s
        self._ended_s = self._clock.monotonic_s()
        tells_changes, took_s = self._eyes.tells_changes, self.scan.took_s
        if self._was_whole:
            self._rhythm = self._rhythm.after_whole(
                ended_s=self._ended_s,
                took_s=took_s,
                cpu_s=self._cpu_s,
                tells_changes=tells_changes,
                usual=self.usual,
            )
        else:
            self._rhythm = self._rhythm.after_quick(
                took_s=took_s, cpu_s=self._cpu_s, is_idle=self._was_idle
            )
        self._spacing = self._rhythm.pause(
            tells_changes=tells_changes, next_look_s=self._next_look_s, usual=self.usual
        )

    def due_in_s(self, *, has_changed: bool) -> float:
        """In how many seconds the next look is due, after an event or without one."""
        pause_s = self._spacing.soonest_s if has_changed else self._spacing.latest_s
        passed_s = self._clock.monotonic_s() - self._ended_s
        return min(max(0.0, pause_s - passed_s), pause_s)  # a clock that stepped back delays none

    @property
    def soonest_in_s(self) -> float:
        """In how many seconds an event may lead to a look."""
        return self.due_in_s(has_changed=True)

    @property
    def every_s(self) -> float:
        """How often it looks while nothing tells of a change."""
        return self._spacing.latest_s

    def _take_in(self, scan: Scan, seen: Settled) -> None:
        self.scan, self._state = scan, seen.state
        self.ready, self.waiting = seen.ready, seen.waiting
        self._next_look_s = seen.next_look_s
        look = "\n".join(batch.look for batch in scan.batches)
        self._eyes.noticed(changed=bool(self.looks) and look != self._look)
        self._look = look
        self._eyes.watch(scan.folders)
