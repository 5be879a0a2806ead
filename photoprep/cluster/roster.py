"""Who works on a cluster: asked again and again, because workers come and go while a run lasts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

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

    def look_sometimes(self) -> None:
        """As ``look``, where the last look is a while ago."""
        if time.monotonic() - self._looked_s >= _LOOK_EVERY_S:
            self.look()

    def look(self) -> bool:
        """Ask who is there, and newcomers for their versions; returns whether anybody may work.

        Raises:
            TryLaterError: the scheduler is gone, or nobody has been there for too long.

        """
        try:
            present: dict[str, int] = dict(self._client.nthreads())
            known = self.threads.keys() | self.refused.keys()
            answers = self._asked([worker for worker in present if worker not in known])
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

    def _asked(self, workers: list[str]) -> dict[str, Any]:
        if not workers:
            return {}
        answers: dict[str, Any] = self._client.run(
            make_call, packed(versions_here), workers=workers, on_error="return"
        )
        return answers

    def _differences(self, answer: object) -> tuple[str, ...] | None:
        """What is different there; None of a worker that gave no answer and is asked again."""
        if isinstance(answer, Versions):
            return answer.differences(self.ours)
        return without_photoprep() if isinstance(answer, NOT_TO_BE_MADE) else None
