"""Work on many cores: results as they come, a crash that costs one picture, an end at once.

Decoders written in C may crash, hang or eat memory, and a process is what can be lost without harm.
What a task may take is bounded in time here, and in memory by what the workers are set up with. The
processes are our own rather than a ``ProcessPoolExecutor``: that one does not say which task a dead
worker had, and hangs for ever when a worker is killed in the middle of sending its result. Here
each worker has a pipe of its own, so a broken one names its task and breaks nothing else.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_any
from typing import TYPE_CHECKING, Generic, TypeVar

from photoprep.awake import LOOK_EVERY_S, AwakeClock
from photoprep.early import EarlyWorkers, Ending
from photoprep.errors import (
    NotEnoughMemoryError,
    PhotoError,
    PhotoTimeoutError,
    WorkerDiedError,
)
from photoprep.language import say
from photoprep.worker_process import interrupts_held_back, one_thread_each, ours, spawned

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Task = TypeVar("Task")
Result = TypeVar("Result")

Outcomes = Generator[tuple[int, Result | PhotoError], None, None]

# One task in work and one waiting in the pipe: a worker never idles while its result is written.
_TASKS_PER_WORKER = 2

# What may come of the company a task was in, or of what its worker did before: tried once more.
_TRIED_AGAIN = (WorkerDiedError, PhotoTimeoutError, NotEnoughMemoryError)

# A killed process is gone in a moment, unless it is caught in a read that the system can't break
# off, from a share that is gone: it is then left behind, to end with that read.
_GONE_WITHIN_S = 5.0


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew(Generic[Task, Result]):
    """Processes that run ``function`` on tasks, ``jobs`` at most.

    They start when there is work, or before at ``hire``, so that they load their libraries while
    the caller is busy with other things; ``early`` ones have begun to already, on the same
    function. ``set_up`` runs once in each. ``limit_s`` says how many seconds a task may take, from
    when its worker takes it up (a new worker has yet to load then), while the machine is awake.
    Leaving the ``with`` block ends every one of them at once. Of a ``lasting`` crew they stay for
    the runs to come, unless one is broken off.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        *,
        jobs: int,
        set_up: Callable[[], None],
        limit_s: Callable[[Task], float] = lambda _task: math.inf,
        early: EarlyWorkers | None = None,
        lasting: bool = False,
    ) -> None:
        self._function, self._set_up, self._jobs = function, set_up, jobs
        self._limit_s, self._clock = limit_s, AwakeClock()
        self._early, self._lasting = early, lasting
        self._workers: dict[Connection, _Worker[Task, Result]] = {}

    def __enter__(self) -> Crew[Task, Result]:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.dismiss()
        while self._workers:
            self._workers.popitem()[1].end()

    def dismiss(self) -> None:
        """End every process without waiting until it is gone; leaving the block waits."""
        if self._early:
            self._early.end()
            self._early = None
        for worker in self._workers.values():
            worker.kill()

    def hire(self, tasks: int) -> None:
        """Start as many processes as that many tasks can keep busy."""
        wanted = min(self._jobs, tasks)
        if self._early and wanted:
            self._early.ask(wanted)
            return  # whoever does not come is replaced when there is work
        while len(self._workers) < wanted:
            with interrupts_held_back(), one_thread_each():
                self._take_on(*spawned(self._function, self._set_up))

    def _take_on(self, pipe: Connection, process: Ending) -> None:
        self._workers[pipe] = _Worker(pipe, process)

    def _welcome(self, tasks: int) -> None:
        """Wait for the early ones: nothing could be done before they have loaded."""
        if self._early and tasks:
            self.hire(tasks)
            early, self._early = self._early, None
            for pipe, process in early.come():
                self._take_on(pipe, process)

    def run(self, tasks: Sequence[Task], *, last: bool = True) -> Outcomes[Result]:
        """Run the function on every task; yields (index, result or error).

        Results come in order of completion. A task whose worker dies, is out of memory, or is
        killed because the task's time is up, is tried once more, alone and in a new process, when
        all others are done (two large pictures may have been too much where one is not). If that
        fails too, its outcome is a ``WorkerDiedError``, ``NotEnoughMemoryError`` or
        ``PhotoTimeoutError``. The end of the ``last`` run of a crew that does not last, and closing
        the generator before its end, ends every worker.
        """
        again: list[tuple[int, PhotoError]] = []
        finished = False
        try:
            for index, outcome in self._round(tasks, range(len(tasks)), self._jobs):
                if isinstance(outcome, _TRIED_AGAIN):
                    again.append((index, outcome))
                else:
                    yield index, outcome
            yield from self._second_tries(tasks, again)
            finished = True
        finally:
            if (last and not self._lasting) or not finished:
                self.dismiss()

    def _second_tries(
        self, tasks: Sequence[Task], again: Iterable[tuple[int, PhotoError]]
    ) -> Outcomes[Result]:
        """Each task alone, once. One that is late even so shows that it was not the company.

        The others that were late are then let be: a share that is gone would cost each of a
        thousand photos its whole time once more.
        """
        hopeless = False
        for index, first in again:
            if hopeless and isinstance(first, PhotoTimeoutError):
                yield index, first
                continue
            self.__exit__()  # what is idle holds memory that a second try may need
            for _, outcome in self._round(tasks, [index], 1):
                hopeless |= isinstance(outcome, PhotoTimeoutError)
                yield index, outcome

    def _round(self, tasks: Sequence[Task], order: Iterable[int], jobs: int) -> Outcomes[Result]:
        waiting, workers = deque(order), self._workers
        self._welcome(len(waiting))
        while waiting or any(worker.given for worker in workers.values()):
            self.hire(min(jobs, len(waiting)))
            self._hand_out(tasks, waiting)
            for worker, outcome in self._next_outcomes():
                yield worker.taken(self._clock.now_s()), outcome
                if isinstance(outcome, _TRIED_AGAIN):
                    waiting.extendleft(reversed([task.index for task in worker.given]))
                    del workers[worker.pipe]
                    worker.end()

    def _hand_out(self, tasks: Sequence[Task], waiting: deque[int]) -> None:
        """Give every worker a task before any gets its second."""
        now_s = self._clock.now_s()
        for depth in range(1, _TASKS_PER_WORKER + 1):
            for worker in self._workers.values():
                if waiting and len(worker.given) < depth:
                    task = tasks[waiting[0]]
                    worker.give(_Given(waiting[0], self._limit_s(task)), task, now_s)
                    waiting.popleft()

    def _next_outcomes(self) -> Iterator[tuple[_Worker[Task, Result], Result | PhotoError]]:
        """Wait for results, deaths, and ends of time; perhaps nothing, for a look at the clock."""
        busy = [worker for worker in self._workers.values() if worker.given]
        next_end_s = min(worker.ends_s for worker in busy) - self._clock.now_s()
        patience_s = min(LOOK_EVERY_S, max(0.0, next_end_s))
        ready = set(wait_for_any([worker.pipe for worker in busy], patience_s))
        now_s = self._clock.now_s()
        for worker in busy:
            if worker.pipe in ready:
                yield worker, worker.take()
            elif worker.ends_s <= now_s:
                worker.kill()
                yield worker, _timed_out(worker.given[0].limit_s)


def run_elsewhere(
    function: Callable[[Task], Result], tasks: Sequence[Task], *, jobs: int, executor: Executor
) -> Outcomes[Result]:
    """Run the tasks on an executor of the caller's; yields as ``Crew.run``.

    What a task raises costs that task, as there. The rest is the executor's to give: nobody can
    end a task of its that hangs, so there is no limit of time; none of memory is set in processes
    that are not ours; and one that runs threads, or this very process, dies with its decoder. A
    pool that has lost a process breaks as a whole (``BrokenExecutor``): every task it still had or
    would have been given ends as a ``WorkerDiedError``, and none is tried again.
    """
    from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait  # loads logging and more

    def outcome_of(future: Future[Result]) -> Result | PhotoError:
        error = future.exception()
        if isinstance(error, BrokenExecutor):
            return died(error)
        return future.result() if error is None else ours(error)

    waiting = deque(range(len(tasks)))
    running: dict[Future[Result], int] = {}
    while waiting or running:
        while waiting and len(running) < jobs * _TASKS_PER_WORKER:
            index = waiting.popleft()
            try:
                running[executor.submit(function, tasks[index])] = index
            except BrokenExecutor as error:
                yield index, died(error)
        for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
            yield running.pop(future), outcome_of(future)


@dataclass(frozen=True, slots=True)
class _Given:
    """A task that a worker has, by its index, and how long it may take."""

    index: int
    limit_s: float


class _Worker(Generic[Task, Result]):
    """One process and the pipe to it; ``given`` holds its tasks, in order.

    It works on the first since it was given that, or since it sent home the one before, which it
    had to before it began: no message is needed to say when a task's time begins.
    """

    def __init__(self, pipe: Connection, process: Ending) -> None:
        self.pipe, self._process = pipe, process
        self.given: deque[_Given] = deque()
        self._began_s = 0.0

    @property
    def ends_s(self) -> float:
        """When the time of the task in work is up."""
        return self._began_s + self.given[0].limit_s

    def give(self, given: _Given, task: Task, now_s: float) -> None:
        if not self.given:
            self._began_s = now_s
        self.given.append(given)
        with suppress(OSError):  # a worker that has died by now: take() will find out and say so
            self.pipe.send(task)

    def taken(self, now_s: float) -> int:
        """The index of the first task, whose outcome is there; the next one's time begins."""
        self._began_s = now_s
        return self.given.popleft().index

    def take(self) -> Result | PhotoError:
        """The outcome of the first task given, or that the worker died over it."""
        try:
            outcome: Result | PhotoError = self.pipe.recv()
        except (EOFError, OSError) as error:
            return died(error)
        return outcome

    def kill(self) -> None:
        """End the process, in the middle of a picture if need be: it holds nothing but memory."""
        self._process.kill()

    def end(self) -> None:
        """End the process and wait until it is gone, where it can be ended."""
        self._process.kill()
        self._process.join(_GONE_WITHIN_S)
        self.pipe.close()


def died(cause: BaseException) -> WorkerDiedError:
    """The error of a picture whose process has died over it."""
    error = WorkerDiedError(
        say("The process at work on it crashed or was killed, perhaps for want of memory."),
        hint=say("Save the picture anew, or smaller, with another program and run again."),
    )
    error.__cause__ = cause
    return error


def _timed_out(limit_s: float) -> PhotoTimeoutError:
    limit = (
        say("{minutes:.0f} minutes", minutes=limit_s / 60)
        if limit_s >= 120
        else say("{seconds:.0f} seconds", seconds=limit_s)
    )
    return PhotoTimeoutError(
        say("The picture was not done after {limit}, and was given up.", limit=limit),
        hint=say(
            "Check the disk or network share it lies on, or save the picture anew with another "
            "program, and run again."
        ),
    )
