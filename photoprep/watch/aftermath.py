"""The thread that does what comes after a batch, so that the daemon's own never waits for it.

While a batch's sources are being moved, a scan finds only a part of them. So whoever plans asks
``holds`` first: what is held has not changed, whatever it looks like. A move that failed half-way
holds its batch until it is over, and at the start all is held until what a kill cut short is.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from photoprep.watch.chores import Came, Chore
from photoprep.watch.log import Event
from photoprep.watch.plan import found_name

_T = TypeVar("_T")

# After a refusal it is tried again so often; a mailbox or an archive may be away for a weekend.
AGAIN_S = 60.0


class Doer(Protocol):
    """What does the chores (``chores.Chores``)."""

    def finish_interrupted(self) -> tuple[bool, tuple[Event, ...]]:
        """Go on with moves that were cut short; whether all of them are over."""

    def do(self, chore: Chore) -> Came:
        """Do one."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the thread has to say after a try: which batch it holds no longer, if any."""

    events: tuple[Event, ...]
    let_go: str | None
    is_a_first_try: bool


class Aftermath:
    """Takes chores and does them one by one; ``wake`` is called when there is something to hear."""

    def __init__(self, doer: Doer, wake: Callable[[], None], *, again_s: float = AGAIN_S) -> None:
        self._doer, self._wake, self._again_s = doer, wake, again_s
        self._chores: queue.SimpleQueue[Chore | None] = queue.SimpleQueue()
        self._said: queue.SimpleQueue[_Said] = queue.SimpleQueue()
        self._waiting: list[tuple[float, Chore]] = []
        self._held: set[str] = set()
        self._is_settled = threading.Event()
        self._last: Event | None = None
        self._to_try = 0
        self._thread = threading.Thread(target=self._work, name="aftermath", daemon=True)

    @property
    def is_busy(self) -> bool:
        """Whether there is something that has not been tried yet."""
        return self._to_try > 0

    def start(self) -> None:
        """Begin with what a kill cut short."""
        self._thread.start()

    def add(self, chore: Chore) -> None:
        """Have a chore done after those before it."""
        if chore.moves:
            self._held.add(found_name(chore.batch))
        self._to_try += 1
        self._chores.put(chore)

    def holds(self, name: str) -> bool:
        """Whether a found batch is to be left as it was last known."""
        return name in self._held or not self._is_settled.is_set()

    def news(self) -> list[Event]:
        """What there is to tell since the last time."""
        told: list[Event] = []
        while not self._said.empty():
            said = self._said.get()
            told += said.events
            self._to_try -= said.is_a_first_try
            if said.let_go is not None:
                self._held.discard(said.let_go)
        return told

    def stop(self, within_s: float) -> None:
        """Let the chore in hand come to its end, for so long at most."""
        self._chores.put(None)
        self._thread.join(within_s)

    def _work(self) -> None:
        while not self._settle():
            if self._pause():
                return
        while True:
            try:
                chore = self._chores.get(timeout=self._until_next())
            except queue.Empty:
                self._do(self._waiting.pop(0)[1], is_first=False)
                continue
            if chore is None:
                return
            self._do(chore, is_first=True)

    def _settle(self) -> bool:
        nothing: tuple[bool, tuple[Event, ...]] = (False, ())
        is_over, events = self._guarded(self._doer.finish_interrupted, nothing)
        if is_over:
            self._is_settled.set()
        self._tell(events)
        return is_over

    def _pause(self) -> bool:
        """Wait for another try; returns whether to stop instead."""
        ends_s = time.monotonic() + self._again_s
        kept: list[Chore] = []
        while (left_s := ends_s - time.monotonic()) > 0:
            try:
                chore = self._chores.get(timeout=left_s)
            except queue.Empty:
                break
            if chore is None:
                return True
            kept.append(chore)
        for chore in kept:
            self._chores.put(chore)
        return False

    def _until_next(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.0, self._waiting[0][0] - time.monotonic())

    def _do(self, chore: Chore, *, is_first: bool) -> None:
        came = self._guarded(lambda: self._doer.do(chore), Came())
        let_go: str | None = found_name(chore.batch) if chore.moves else None
        if came.again is not None:
            self._waiting.append((time.monotonic() + self._again_s, came.again))
            let_go = None if came.again.moves else let_go
        self._tell(came.events, let_go, is_first=is_first)

    def _guarded(self, work: Callable[[], _T], otherwise: _T) -> _T:
        """A bug costs this chore and is told."""
        try:
            return work()
        except Exception:  # noqa: BLE001 (as above)
            self._tell((Event("bug", traceback.format_exc(), level="error"),))
            return otherwise

    def _tell(
        self, events: tuple[Event, ...], let_go: str | None = None, *, is_first: bool = False
    ) -> None:
        """Tell, but not the same trouble at every try."""
        news = tuple(event for event in events if event.level == "info" or event != self._last)
        if events:
            self._last = events[-1]
        self._said.put(_Said(news, let_go, is_first))
        self._wake()
