"""Work on many cores: results as they come, a crash that costs one picture, an end at once.

The local engine is a ``ProcessPoolExecutor`` of spawned processes: decoders written in C may
crash or eat memory, and a process is what can be lost without harm.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from photoprep.errors import PhotoError, UnexpectedPhotoError, WorkerDiedError

Task = TypeVar("Task")
Result = TypeVar("Result")

# So many tasks wait in the pool for each worker: none idles, and few are lost with a broken pool.
_WAITING_PER_WORKER = 2


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    jobs: int,
    set_up: Callable[[], None],
    executor: Executor | None = None,
) -> Generator[tuple[int, Result | PhotoError], None, None]:
    """Run ``function`` on every task; yields (index, result or error) in order of completion.

    ``set_up`` runs once in each worker. With an ``executor`` of the caller's, the work goes there
    and set-up is the caller's affair. When a worker dies, the tasks that were under way are tried
    once more, one at a time in a worker of their own; the one that kills it again is given a
    ``WorkerDiedError`` and the rest goes on.
    """
    if executor is not None:
        yield from _run(function, tasks, list(range(len(tasks))), executor, max(jobs, 1))
        return
    remaining = list(range(len(tasks)))
    while remaining:
        under_way: list[int] = []
        with _Pool(min(jobs, len(remaining)), set_up) as pool:
            for index, outcome in _run(function, tasks, remaining, pool.executor, jobs, under_way):
                remaining.remove(index)
                yield index, outcome
        for suspect in under_way:
            remaining.remove(suspect)
            yield suspect, _alone(function, tasks[suspect], set_up)


def _run(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    order: Sequence[int],
    executor: Executor,
    jobs: int,
    under_way: list[int] | None = None,
) -> Generator[tuple[int, Result | PhotoError], None, None]:
    """Feed the executor; on a broken pool stop, with ``under_way`` holding what was in it."""
    queue = iter(list(order))
    running: dict[Future[Result], int] = {}
    broken = False
    while True:
        while not broken and len(running) < jobs * _WAITING_PER_WORKER:
            index = next(queue, None)
            if index is None:
                break
            try:
                running[executor.submit(function, tasks[index])] = index
            except BrokenProcessPool:
                broken = True
                if under_way is not None:
                    under_way.append(index)
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            index = running.pop(future)
            outcome = _outcome(future)
            if isinstance(outcome, WorkerDiedError) and under_way is not None:
                broken = True
                under_way.append(index)
            else:
                yield index, outcome


def _alone(
    function: Callable[[Task], Result], task: Task, set_up: Callable[[], None]
) -> Result | PhotoError:
    with _Pool(1, set_up) as pool:
        return _outcome(pool.executor.submit(function, task))


def _outcome(future: Future[Result]) -> Result | PhotoError:
    """The result, or an error of ours whatever happened: one picture never stops the others."""
    try:
        return future.result()
    except PhotoError as error:
        return error
    except BrokenProcessPool as error:
        died = WorkerDiedError(
            "The process at work on it crashed or was killed, perhaps for want of memory.",
            hint="Save the picture anew, or smaller, with another program and run again.",
        )
        died.__cause__ = error
        return died
    except Exception as error:  # noqa: BLE001 (a bug of ours costs this one picture)
        bug = UnexpectedPhotoError(
            f"photoprep met an error of its own ({type(error).__name__}: {error}).",
            hint="Please report it with this picture; saving the picture anew may help.",
        )
        bug.__cause__ = error
        return bug


class _Pool:
    """A process pool that leaves at once when the run is interrupted."""

    def __init__(self, jobs: int, set_up: Callable[[], None]) -> None:
        self._before = set(multiprocessing.active_children())
        self.executor = ProcessPoolExecutor(
            max_workers=jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(set_up,),
        )

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            # Workers hold nothing but memory, so they can be ended in the middle of a picture.
            for process in set(multiprocessing.active_children()) - self._before:
                process.kill()
        self.executor.shutdown(wait=kind is None, cancel_futures=True)


def _start_worker(set_up: Callable[[], None]) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_up()


def _end_with_parent() -> None:
    """A killed parent says no farewell; without this its workers would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
