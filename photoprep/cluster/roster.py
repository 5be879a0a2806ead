"""Who works on a cluster: asked again and again, because workers come and go while a run lasts.

Nothing waits for the answer while there is other work, and for none longer than a scheduler may be
silent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from photoprep.cluster.calls import NOT_TO_BE_MADE, make_call, packed
from photoprep.cluster.loop import PATIENCE_S, begun
from photoprep.cluster.silence import SILENT_AT_MOST_S, TOLD_AFTER_S, Silence
from photoprep.cluster.versions import RefusedWorker, Versions, versions_here, without_photoprep
from photoprep.errors import TryLaterError
from photoprep.language import say

if TYPE_CHECKING:
    from distributed import Client

_LOOK_EVERY_S = 5.0
# A cluster may lose all its workers for a moment, as when it is started anew. A run that nobody
# works on for so long ends, and the next one goes on from where it was.
_ALONE_AT_MOST_S = 120.0
# A worker that hangs holds its connection and answers nothing, until the scheduler lets it go
# (``distributed.scheduler.worker-ttl``). Nobody waits for it longer than this.
_ANSWERED_WITHIN_S = 2.0
_ASKED_ANEW_AFTER_S = 30.0

# Hears for how many seconds the scheduler has been silent; 0 when it speaks again.
OnSilent = Callable[[float], None]


def unheard(silent_s: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds a run goes on without workers, or with a scheduler that is silent.

    That it is silent is told after ``told_s``.
    """

    alone_s: float = _ALONE_AT_MOST_S
    silent_s: float = SILENT_AT_MOST_S
    told_s: float = TOLD_AFTER_S


USUAL = Patience()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The workers present with their threads, what newcomers answered, and who did not."""

    present: dict[str, int]
    answers: dict[str, object]
    silent: list[str]


@dataclass(frozen=True, slots=True)
class _Question:
    """A look that is under way, and whether the scheduler has had its say in it."""

    seen: Future[_Seen]
    spoken: Event


class Roster:
    """The workers of a cluster: how many tasks they do at once, and who may not do any.

    ``threads`` has those that may, ``refused`` those present that may not, by their addresses;
    ``ever_refused`` those that there were. ``on_silent`` hears while the scheduler is silent.
    """

    def __init__(
        self,
        client: Client,
        address: str,
        ours: Versions,
        *,
        patience: Patience = USUAL,
        on_silent: OnSilent = unheard,
    ) -> None:
        self.address, self.ours = address, ours
        self.threads: dict[str, int] = {}
        self.refused: dict[str, RefusedWorker] = {}
        self.ever_refused: dict[str, RefusedWorker] = {}
        self._client, self._patience, self._on_silent = client, patience, on_silent
        self._silence, self._is_told = Silence(), False
        self._looked_s = self._manned_s = time.monotonic()
        self._question: _Question | None = None
        # When those are asked once more that have not answered.
        self._ask_anew_s: dict[str, float] = {}

    def look_sometimes(self) -> None:
        """As ``look``, where the last look is a while ago; what comes of it is seen later.

        Raises:
            TryLaterError: as ``look``.

        """
        if self._question is None and time.monotonic() - self._looked_s >= _LOOK_EVERY_S:
            self._ask(_ANSWERED_WITHIN_S)
        self._answered(self._patience.silent_s)

    def look(self, *, within_s: float = _ANSWERED_WITHIN_S, silent_s: float | None = None) -> None:
        """Ask who is there, and newcomers for their versions, and wait for the answer.

        A worker that does not answer within so many seconds is given no task by its name, and is
        asked again later. The scheduler may be silent for ``silent_s`` seconds, if that is given.

        Raises:
            TryLaterError: the scheduler is gone, or silent for too long, or nobody has been there
                for too long.

        """
        silent_s = self._patience.silent_s if silent_s is None else silent_s
        self._wait(silent_s)  # for one that was asked before
        self._ask(within_s)
        self._wait(silent_s)

    def has_spoken(self) -> None:
        """Hear that something came from the scheduler."""
        self._silence.begin()

    def lost(self) -> TryLaterError:
        """The error for a scheduler that is gone, with all that it was to do.

        A system that gets no answer from a machine any more ends the connection by itself, Linux
        after half a minute of silence: then that is what is told.
        """
        if self._silent_s() >= self._patience.told_s:
            return self._gone_silent()
        return TryLaterError(
            say("The connection to the cluster at {address} is lost.", address=self.address),
            hint=say("What is finished stays. When the cluster is back, run again to go on."),
        )

    def _gone_silent(self) -> TryLaterError:
        return TryLaterError(
            say(
                "The cluster's scheduler at {address} has been silent for {seconds:.0f} seconds.",
                address=self.address,
                seconds=self._silent_s(),
            ),
            hint=say(
                "What is finished stays. See whether the scheduler still runs and its machine can "
                "be reached, then run again to go on."
            ),
        )

    def _ask(self, within_s: float) -> None:
        now_s = time.monotonic()
        known = self.threads.keys() | self.refused.keys()
        not_yet = {worker for worker, at_s in self._ask_anew_s.items() if at_s > now_s}
        spoken = Event()
        seen = _seen(self._client, known | not_yet, within_s, spoken)
        self._silence.begin()
        self._question = _Question(begun(self._client, seen), spoken)

    def _silent_s(self) -> float:
        """For how many seconds the scheduler owes an answer."""
        if self._question is None or self._question.spoken.is_set():
            return 0.0
        return self._silence.lasts_s()

    def _wait(self, at_most_s: float) -> None:
        while self._question is not None and not self._answered(at_most_s):
            wait([self._question.seen], timeout=PATIENCE_S)

    def _answered(self, at_most_s: float) -> bool:
        """Learn what came of the question, if there is one; whether none is open any more."""
        if self._question is None:
            return True
        if self._question.seen.done():
            self._tell(0)
            self._learn(self._question.seen)
            return True
        silent_s = self._silent_s()
        if silent_s >= at_most_s:
            raise self._gone_silent()
        self._tell(silent_s)
        return False

    def _tell(self, silent_s: float) -> None:
        if silent_s >= self._patience.told_s or self._is_told:
            self._is_told = silent_s >= self._patience.told_s
            self._on_silent(silent_s if self._is_told else 0)

    def _learn(self, answer: Future[_Seen]) -> None:
        try:
            seen = answer.result()
        except (OSError, ValueError, RuntimeError, CancelledError) as error:
            raise self.lost() from error  # Dask's, of a connection that is gone
        self._question = None
        now_s = self._looked_s = time.monotonic()
        self._ask_anew_s |= dict.fromkeys(seen.silent, now_s + _ASKED_ANEW_AFTER_S)
        differences = {worker: self._differences(told) for worker, told in seen.answers.items()}
        self.threads = {
            worker: threads
            for worker, threads in seen.present.items()
            if worker in self.threads or differences.get(worker) == ()
        }
        self.refused = {
            worker: row for worker, row in self.refused.items() if worker in seen.present
        }
        for worker, what in differences.items():
            if what:
                self.refused[worker] = RefusedWorker(worker, what)
        self.ever_refused |= self.refused
        if self.threads:
            self._manned_s = now_s
        elif now_s - self._manned_s > self._patience.alone_s:
            raise TryLaterError(
                say("The cluster at {address} has no worker any more.", address=self.address),
                hint=say("What is finished stays. Start some workers, then run again to go on."),
            )

    def _differences(self, answer: object) -> tuple[str, ...] | None:
        """What is different there; None of a worker that gave no answer and is asked again."""
        if isinstance(answer, Versions):
            return answer.differences(self.ours)
        return without_photoprep() if isinstance(answer, NOT_TO_BE_MADE) else None


async def _seen(
    client: Client, passed_over: Collection[str], within_s: float, spoken: Event
) -> _Seen:
    """Who is there, and what those answer that are not passed over; in Dask's own loop."""
    from distributed.utils_comm import retry_operation

    present = await retry_operation(_present, client)  # as results are, where a connection breaks
    spoken.set()
    strangers = [worker for worker in present if worker not in passed_over]
    answers = await _answers(client, strangers, within_s) if strangers else {}
    return _Seen(present, answers, [each for each in strangers if each not in answers])


async def _present(client: Client) -> dict[str, int]:
    if client.status == "closed":
        raise ConnectionError  # it has tried to connect anew, and has no scheduler any more
    return dict(await client.nthreads())


async def _answers(client: Client, workers: list[str], within_s: float) -> dict[str, object]:
    """What each worker that answers in time does answer; each is asked by itself: one may hang."""

    async def answer(worker: str) -> object:
        asked = client.run(make_call, packed(versions_here), workers=[worker], on_error="return")
        return (await asked).get(worker)

    asked = {worker: asyncio.ensure_future(answer(worker)) for worker in workers}
    done, waited_for = await asyncio.wait(asked.values(), timeout=within_s)
    for task in waited_for:
        task.cancel()
    for error in [task.exception() for task in done]:  # all are looked at, or asyncio prints them
        if error is not None:
            raise error
    return {worker: task.result() for worker, task in asked.items() if task in done}
