"""The workers of a run, which look at photos and make them, and what a photo may cost."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from photoprep.early import claim
from photoprep.errors import PhotoError
from photoprep.photo.task import HeadTask, LookTask, PhotoTask, SmallerTask, load_room
from photoprep.sheet.task import CopyTask, PhotoAndCopiesTask, Result, Task, work_on
from photoprep.workers import Crew, Outcomes, run_elsewhere

if TYPE_CHECKING:
    from concurrent.futures import Executor

PhotoCrew = Crew[Task, Result]
# Hears how many of how many are done.
OnDone = Callable[[int, int], None]


class Elsewhere(Protocol):
    """Workers of other machines, which make photos and smaller versions of them, nothing else."""

    def run(self, tasks: Sequence[Task]) -> Outcomes[Result]:
        """As ``Crew.run``."""


# What a photo may take. 200 megapixels take up to 6 s where this was measured; the rest is for slow
# and busy machines, and for decoders that nobody has met. A file's bytes come on top, at what a
# share at the far end of a bad line still gives (250 kB/s).
LEAST_LIMIT_S = 180.0
_LIMIT_S_PER_MB = 4.0


def unheard(done: int, total: int) -> None:
    """Nobody listens."""


def photo_crew(jobs: int, *, lasting: bool = False) -> PhotoCrew:
    """As many workers as there are jobs; those that the door has begun, else none started yet."""
    return Crew(
        work_on,
        jobs=jobs,
        set_up=load_room,
        limit_s=time_limit_s,
        early=claim(),
        lasting=lasting,
    )


def time_limit_s(task: Task) -> float:
    """How many seconds a task may take before it is given up: a bound, no forecast."""
    if isinstance(task, PhotoAndCopiesTask | SmallerTask):
        task = task.photo
    if isinstance(task, PhotoTask | LookTask | HeadTask | CopyTask):
        return LEAST_LIMIT_S + _LIMIT_S_PER_MB * task.stamp.size_bytes / 1_000_000
    return LEAST_LIMIT_S


class Team:
    """Who works on tasks: a cluster, else the caller's executor, else the run's own crew."""

    def __init__(
        self,
        crew: PhotoCrew,
        jobs: int,
        executor: Executor | None,
        cluster: Elsewhere | None = None,
    ) -> None:
        self._crew, self._jobs = crew, jobs
        self._executor, self._cluster = executor, cluster

    @property
    def is_of_this_run(self) -> bool:
        """Whether the work is done by the run's own processes, on this computer."""
        return self._cluster is None and self._executor is None

    def run(
        self, tasks: Sequence[Task], *, last: bool = False
    ) -> Generator[tuple[int, Result | PhotoError], None, None]:
        """The results with their tasks' places, as they come.

        ``last`` says that the crew has nothing to do afterwards.
        """
        if self._cluster is not None:
            results = self._cluster.run(tasks)
        elif self._executor is not None:
            results = run_elsewhere(work_on, tasks, jobs=self._jobs, executor=self._executor)
        else:
            results = self._crew.run(tasks, last=last)
        with closing(results):
            yield from results
