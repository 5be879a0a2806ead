"""Work on a cluster, seen from home: some tasks under way, results as they come, a bound on all.

Only so many tasks are under way as keep the workers busy, and so many bytes of sources: a cluster
holds little of what a run is to do, and this process as little of what comes back. Dask gives the
tasks of a lost worker to others; what it cannot know, a path that a worker does not see or a worker
of other versions, is learned from what comes back, and such a task is sent again.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from photoprep.cluster.bench import work_far
from photoprep.cluster.calls import NOT_TO_BE_MADE, make_call, packed
from photoprep.cluster.loop import PATIENCE_S, begun
from photoprep.cluster.parcels import (
    FarOutcome,
    OtherVersions,
    PhotoWork,
    Unseen,
    landed,
    parcel_of,
    photo_of,
)
from photoprep.cluster.places import Place, check_unchanged_here, most_unseen, place_of
from photoprep.cluster.roster import Roster
from photoprep.cluster.versions import RefusedWorker
from photoprep.errors import PhotoError
from photoprep.lazily import Lazily
from photoprep.members import object_of
from photoprep.photo.task import PhotoTask, SmallerTask
from photoprep.sheet.task import PhotoAndCopiesTask, Result, Task
from photoprep.worker_process import ours
from photoprep.workers import Outcomes, died

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Client
    from distributed import Future as DaskFuture

# One in work and one waiting for every thread, so that none idles while a result travels.
_TASKS_PER_THREAD = 2
# Results wait in this process until they are written, 0.4 MB each. With so many under way, at a
# quarter of a second a photo, four times as many would come as one disk can sync.
_MOST_UNDER_WAY = 512
_MOST_SHIPPED_BYTES = 256_000_000
# A task comes back from a worker of other versions, or one without photoprep, until it is known.
_MOST_TRIPS = 20


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A task that is ``given`` away: its index, how often it was sent, what went along of it."""

    given: DaskFuture[FarOutcome]
    index: int
    trips: int
    shipped_bytes: int


class Cluster:
    """The workers of a Dask cluster, as ``workers.Crew`` has those of this machine."""

    def __init__(self, client: Client, roster: Roster) -> None:
        self._client, self._roster = client, roster
        # How often some worker did not see a file of a place: from there bytes are shipped.
        self._unseen: Counter[Place] = Counter()

    @property
    def refused(self) -> tuple[RefusedWorker, ...]:
        """The workers that came during the run and were given no work."""
        return tuple(self._roster.ever_refused.values())

    def run(self, tasks: Sequence[Task]) -> Outcomes[Result]:
        """Do every task on some worker; yields (index, result or error) as they come.

        Closing the generator takes back whatever is under way.

        Raises:
            TryLaterError: the scheduler is gone or silent, or has had no worker, for too long.

        """
        works = Lazily(len(tasks), lambda index: _photo_work(tasks[index]))
        with closing(_Run(self._client, self._roster, works, self._unseen)) as run:
            yield from run.outcomes()


class _Run:
    """One run over the cluster: what waits at home, and what is under way."""

    def __init__(
        self,
        client: Client,
        roster: Roster,
        works: Sequence[PhotoWork],
        unseen: Counter[Place],
    ) -> None:
        self._client, self._roster = client, roster
        self._works, self._unseen = works, unseen
        # The first that has not been sent yet, and what is to be sent once more, with its trip.
        self._unsent, self._once_more = 0, deque[tuple[int, int]]()
        self._under_way: dict[Future[FarOutcome], _UnderWay] = {}
        self._shipped_bytes = 0
        self._came: SimpleQueue[Future[FarOutcome]] = SimpleQueue()

    def close(self) -> None:
        """Take back what is under way; what a worker has begun already, it ends for nobody."""
        if self._under_way:
            with suppress(Exception):  # the scheduler is gone, and has nothing left to take back
                self._client.cancel([sent.given for sent in self._under_way.values()])

    def outcomes(self) -> Outcomes[Result]:
        """What comes of every task, with its index, in order of completion."""
        while self._is_waiting() or self._under_way:
            self._roster.look_sometimes()
            while self._is_waiting() and self._has_room():
                index, trip = self._next()
                try:
                    self._send(index, trip)
                except PhotoError as error:
                    yield index, error
            with suppress(Empty):
                yield from self._arrived(self._came.get(timeout=PATIENCE_S))

    def _is_waiting(self) -> bool:
        return bool(self._once_more) or self._unsent < len(self._works)

    def _next(self) -> tuple[int, int]:
        """The task that is sent next, and which of its trips that is."""
        if self._once_more:
            return self._once_more.popleft()
        self._unsent += 1
        return self._unsent - 1, 1

    def _has_room(self) -> bool:
        most = min(_MOST_UNDER_WAY, _TASKS_PER_THREAD * sum(self._roster.threads.values()))
        return len(self._under_way) < most and self._shipped_bytes < _MOST_SHIPPED_BYTES

    def _send(self, index: int, trip: int) -> None:
        work = self._works[index]
        ship = self._is_to_be_shipped(work, trip)
        parcel = parcel_of(work, self._roster.ours, ship=ship)
        try:
            given = self._client.submit(
                make_call, packed(work_far, parcel), pure=False, workers=self._allowed()
            )
        except Exception as error:
            # Of a client that has closed itself Dask tells by a class of its own, or by none.
            if isinstance(error, OSError | RuntimeError) or self._client.status == "closed":
                raise self._roster.lost() from error
            raise
        future = begun(self._client, _result_of(given))
        self._under_way[future] = _UnderWay(given, index, trip, parcel.shipped_bytes)
        self._shipped_bytes += parcel.shipped_bytes
        future.add_done_callback(self._came.put)

    def _is_to_be_shipped(self, work: PhotoWork, trip: int) -> bool:
        """Whether its source has to go along; one that a store refused to a worker has to."""
        if trip > 1 and object_of(photo_of(work).member):
            return True
        return bool(self._unseen) and self._unseen[place_of(work)] >= most_unseen(work)

    def _allowed(self) -> list[str] | None:
        """Those alone that may work, while one is there that may not; else None, for all.

        A list of names costs the scheduler time for each task, so that the rule has none.
        """
        return sorted(self._roster.threads) if self._roster.refused else None

    def _arrived(self, future: Future[FarOutcome]) -> Outcomes[Result]:
        """The outcome of one that came; none where the task has to be sent again."""
        sent = self._under_way.pop(future)
        self._shipped_bytes -= sent.shipped_bytes
        work, outcome = self._works[sent.index], self._outcome(future)
        if not isinstance(outcome, Unseen | OtherVersions):
            yield sent.index, landed(work, outcome)
        elif error := self._again(sent, outcome):
            yield sent.index, error

    def _again(self, sent: _UnderWay, outcome: Unseen | OtherVersions) -> PhotoError | None:
        """Learn from a task that was not done, and put it first; or why it cannot be done."""
        if sent.trips >= _MOST_TRIPS:
            return ours(RuntimeError(f"sent {sent.trips} times: {outcome}"))
        if isinstance(outcome, OtherVersions):
            self._roster.look()
        else:
            try:
                self._learn_unseen(self._works[sent.index])
            except PhotoError as error:
                return error
        self._once_more.appendleft((sent.index, sent.trips + 1))
        return None

    def _learn_unseen(self, work: PhotoWork) -> None:
        """From there bytes are shipped, unless it is the file at home that has changed."""
        check_unchanged_here(work)
        self._unseen[place_of(work)] += 1

    def _outcome(self, future: Future[FarOutcome]) -> FarOutcome:
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            outcome: FarOutcome = future.result()
        except (CancelledError, _WayHomeLostError) as error:
            raise self._roster.lost() from error
        except KilledWorker as error:  # several workers, one after the other
            outcome = died(error)
        except NOT_TO_BE_MADE:
            outcome = OtherVersions()
        except Exception as error:  # noqa: BLE001 (whatever it is, it costs this one picture)
            outcome = ours(error)
        self._roster.has_spoken()
        return outcome


class _WayHomeLostError(Exception):
    """A connection broke over which a result was coming."""


async def _result_of(future: DaskFuture[FarOutcome]) -> FarOutcome:
    """The result, or what the call raised; in Dask's own loop.

    Dask's executor would leave a future open for ever whose result gets lost on its way.
    """
    raised: BaseException | None = await future.exception()
    if raised is not None:
        raise raised
    try:
        result: FarOutcome = await future
    except OSError as error:
        raise _WayHomeLostError from error
    return result


def _photo_work(task: Task) -> PhotoWork:
    if isinstance(task, PhotoTask | PhotoAndCopiesTask | SmallerTask):
        return task
    raise TypeError(f"{type(task).__name__} is done at home")
