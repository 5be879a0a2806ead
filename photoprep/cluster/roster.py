"""Who works on a cluster: asked again and again, because workers come and go while a run lasts."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from photoprep.cluster.calls import NOT_TO_BE_MADE, make_call, packed
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


class Roster:
    """The workers of a cluster: how many tasks they do at once, and who may not do any.

    ``threads`` has those that may, ``refused`` those present that may not, by their addresses;
    ``ever_refused`` those that there were.
    """

    def __init__(
        self, client: Client, address: str, ours: Versions, *, alone_s: float = _ALONE_AT_MOST_S
    ) -> None:
        self.address, self.ours = address, ours
        self.threads: dict[str, int] = {}
        self.refused: dict[str, RefusedWorker] = {}
        self.ever_refused: dict[str, RefusedWorker] = {}
        self._client, self._alone_s = client, alone_s
        self._looked_s = self._manned_s = time.monotonic()
        # When those are asked once more that have not answered.
        self._ask_anew_s: dict[str, float] = {}

    def look_sometimes(self) -> None:
        """As ``look``, where the last look is a while ago."""
        if time.monotonic() - self._looked_s >= _LOOK_EVERY_S:
            self.look()

    def look(self, *, within_s: float = _ANSWERED_WITHIN_S) -> bool:
        """Ask who is there, and newcomers for their versions; returns whether anybody may work.

        One that does not answer within so many seconds is given no task by its name, and is asked
        again later.

        Raises:
            TryLaterError: the scheduler is gone, or nobody has been there for too long.

        """
        try:
            present: dict[str, int] = dict(self._client.nthreads())
            known = self.threads.keys() | self.refused.keys()
            answers = self._asked([each for each in present if each not in known], within_s)
        except (OSError, ValueError, RuntimeError) as error:  # Dask's, of a connection that is gone
            raise self.lost() from error
        differences = {worker: self._differences(answer) for worker, answer in answers.items()}
        self.threads = {
            worker: threads
            for worker, threads in present.items()
            if worker in self.threads or differences.get(worker) == ()
        }
        self.refused = {worker: row for worker, row in self.refused.items() if worker in present}
        for worker, what in differences.items():
            if what:
                self.refused[worker] = RefusedWorker(worker, what)
        self.ever_refused |= self.refused
        self._looked_s = time.monotonic()
        if self.threads:
            self._manned_s = self._looked_s
        elif self._looked_s - self._manned_s > self._alone_s:
            raise TryLaterError(
                say("The cluster at {address} has no worker any more.", address=self.address),
                hint=say("What is finished stays. Start some workers, then run again to go on."),
            )
        return bool(self.threads)

    def lost(self) -> TryLaterError:
        """The error for a scheduler that is gone, with all that it was to do."""
        return TryLaterError(
            say("The connection to the cluster at {address} is lost.", address=self.address),
            hint=say("What is finished stays. When the cluster is back, run again to go on."),
        )

    def _asked(self, strangers: list[str], within_s: float) -> dict[str, object]:
        """What those answer that are not known; each is asked by itself, because one may hang."""
        now_s = time.monotonic()
        workers = [each for each in strangers if self._ask_anew_s.get(each, now_s) <= now_s]
        if not workers:
            return {}
        answers: dict[str, object] = self._client.sync(_answers, self._client, workers, within_s)
        for silent in [worker for worker in workers if worker not in answers]:
            self._ask_anew_s[silent] = time.monotonic() + _ASKED_ANEW_AFTER_S
        return answers

    def _differences(self, answer: object) -> tuple[str, ...] | None:
        """What is different there; None of a worker that gave no answer and is asked again."""
        if isinstance(answer, Versions):
            return answer.differences(self.ours)
        return without_photoprep() if isinstance(answer, NOT_TO_BE_MADE) else None


async def _answers(client: Client, workers: list[str], within_s: float) -> dict[str, object]:
    """What each worker that answers in time does answer; in Dask's own loop."""

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
