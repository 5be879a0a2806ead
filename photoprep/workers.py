"""Work on many cores: results as they come, a crash that costs one picture, an end at once.

Decoders written in C may crash or eat memory, and a process is what can be lost without harm. The
processes are our own rather than a ``ProcessPoolExecutor``: that one does not say which task a dead
worker had, and hangs for ever when a worker is killed in the middle of sending its result. Here
each worker has a pipe of its own, so a broken one names its task and breaks nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_any
from typing import TYPE_CHECKING, Generic, TypeVar

from photoprep.early import THREAD_LIMITS, EarlyWorkers, Ending
from photoprep.errors import PhotoError, UnexpectedPhotoError, WorkerDiedError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Task = TypeVar("Task")
Result = TypeVar("Result")

Outcomes = Generator[tuple[int, Result | PhotoError], None, None]

# One task in work and one waiting in the pipe: a worker never idles while its result is written.
_TASKS_PER_WORKER = 2


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew(Generic[Task, Result]):
    """Processes that run ``function`` on tasks, ``jobs`` at most.

    They start when there is work, or before at ``hire``, so that they load their libraries while
    the caller is busy with other things; ``early`` ones have begun to already, on the same
    function. ``set_up`` runs once in each. Leaving the ``with`` block ends every one of them at
    once.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        *,
        jobs: int,
        set_up: Callable[[], None],
        early: EarlyWorkers | None = None,
    ) -> None:
        self._function, self._set_up, self._jobs = function, set_up, jobs
        self._early = early
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
            with _interrupts_held_back(), _one_thread_each():
                self._take_on(*_spawned(self._function, self._set_up))

    def _take_on(self, pipe: Connection, process: Ending) -> None:
        self._workers[pipe] = _Worker(pipe, process)

    def _welcome(self, tasks: int) -> None:
        """Wait for the early ones: nothing could be done before they have loaded."""
        if self._early and tasks:
            self.hire(tasks)
            early, self._early = self._early, None
            for pipe, process in early.come():
                self._take_on(pipe, process)

    def run(self, tasks: Sequence[Task]) -> Outcomes[Result]:
        """Run the function on every task; yields (index, result or error).

        Results come in order of completion. A task whose worker dies is tried once more, alone,
        when all others are done (two large pictures may have been too much where one is not); if
        it kills its worker again, its outcome is a ``WorkerDiedError``. Closing the generator ends
        every worker.
        """
        died: list[int] = []
        try:
            for index, outcome in self._round(tasks, range(len(tasks)), self._jobs):
                if isinstance(outcome, WorkerDiedError):
                    died.append(index)
                else:
                    yield index, outcome
            if died:
                self.__exit__()  # what is idle holds memory that a second try may need
            for index in died:
                yield from self._round(tasks, [index], 1)
        finally:
            self.dismiss()

    def _round(self, tasks: Sequence[Task], order: Iterable[int], jobs: int) -> Outcomes[Result]:
        waiting, workers = deque(order), self._workers
        self._welcome(len(waiting))
        while waiting or any(worker.given for worker in workers.values()):
            self.hire(min(jobs, len(waiting)))
            _hand_out(tasks, waiting, workers.values())
            busy = [pipe for pipe, worker in workers.items() if worker.given]
            ready = set(wait_for_any(busy))
            for worker in [workers[pipe] for pipe in busy if pipe in ready]:
                outcome = worker.take()
                yield worker.given.popleft(), outcome
                if isinstance(outcome, WorkerDiedError):
                    waiting.extendleft(reversed(worker.given))
                    del workers[worker.pipe]
                    worker.end()


def run_elsewhere(
    function: Callable[[Task], Result], tasks: Sequence[Task], *, jobs: int, executor: Executor
) -> Outcomes[Result]:
    """Run the tasks on an executor of the caller's; else as ``Crew.run``."""
    from concurrent.futures import FIRST_COMPLETED, wait  # loads logging and more

    waiting = deque(range(len(tasks)))
    running: dict[Future[Result], int] = {}
    while waiting or running:
        while waiting and len(running) < jobs * _TASKS_PER_WORKER:
            index = waiting.popleft()
            running[executor.submit(function, tasks[index])] = index
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            error = future.exception()
            yield running.pop(future), future.result() if error is None else _ours(error)


def _hand_out(
    tasks: Sequence[Task], waiting: deque[int], workers: Iterable[_Worker[Task, Result]]
) -> None:
    """Give every worker a task before any gets its second."""
    for depth in range(1, _TASKS_PER_WORKER + 1):
        for worker in workers:
            if waiting and len(worker.given) < depth:
                worker.give(waiting[0], tasks[waiting[0]])
                waiting.popleft()


class _Worker(Generic[Task, Result]):
    """One process and the pipe to it; ``given`` holds the indices of its tasks, in order."""

    def __init__(self, pipe: Connection, process: Ending) -> None:
        self.pipe, self._process = pipe, process
        self.given: deque[int] = deque()

    def give(self, index: int, task: Task) -> None:
        self.given.append(index)
        with suppress(OSError):  # a worker that has died by now: take() will find out and say so
            self.pipe.send(task)

    def take(self) -> Result | PhotoError:
        """The outcome of the first task given, or that the worker died over it."""
        try:
            outcome: Result | PhotoError = self.pipe.recv()
        except (EOFError, OSError) as error:
            died = WorkerDiedError(
                "The process at work on it crashed or was killed, perhaps for want of memory.",
                hint="Save the picture anew, or smaller, with another program and run again.",
            )
            died.__cause__ = error
            return died
        return outcome

    def kill(self) -> None:
        """End the process, in the middle of a picture if need be: it holds nothing but memory."""
        self._process.kill()

    def end(self) -> None:
        """End the process and wait until it is gone."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Start a process with Ctrl-C blocked, for it inherits that; ours arrives a moment later.

    A worker that is still importing could not ignore it yet and would print a trace. Windows has
    no such mask; there, a Ctrl-C in a worker's first tenth of a second is seen.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Started with the first process, it would lift the mask again (CPython's resource_tracker.py).
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Start a process whose matrix library keeps to one core: there is a worker for every core."""
    before = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _spawned(
    function: Callable[[Task], Result], set_up: Callable[[], None]
) -> tuple[Connection, Ending]:
    """A new process, and the pipe to it."""
    context = multiprocessing.get_context("spawn")
    pipe, far_end = context.Pipe()
    process = context.Process(target=_live, args=(far_end, function, set_up), daemon=True)
    process.start()
    # With our copy of its end closed, a dead worker is a closed pipe and not an endless wait.
    far_end.close()
    return pipe, process


def _live(pipe: Connection, function: Callable[[Task], Result], set_up: Callable[[], None]) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up()
    serve(pipe, function)


def serve(pipe: Connection, function: Callable[[Task], Result]) -> None:
    """Work until the other end is closed, which the system does when the parent dies."""
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        outcome: Result | PhotoError
        try:
            outcome = function(task)
        except Exception as error:  # noqa: BLE001 (whatever it is, it costs this one picture)
            outcome = _ours(error)
        try:
            pipe.send(outcome)
        except OSError:
            return


def _ours(error: BaseException) -> PhotoError:
    """The error as one of ours: what is not is a bug, which costs this one picture."""
    if isinstance(error, PhotoError):
        return error
    return UnexpectedPhotoError(
        f"photoprep met an error of its own ({type(error).__name__}: {error}).",
        hint="Please report it with this picture; saving the picture anew may help.",
    )
