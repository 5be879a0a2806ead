from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from photoprep.errors import CannotFitError, PhotoError, UnexpectedPhotoError, WorkerDiedError
from photoprep.workers import Crew, usable_cores


def nothing() -> None:
    pass


def behave(task: str) -> str:
    """What the task's name says; at module level, because a worker process imports it."""
    kind, _, argument = task.partition(" ")
    if kind == "refuse":
        raise CannotFitError("cannot fit", smallest_bytes=7, path=Path(argument))
    if kind == "bug":
        raise ZeroDivisionError(argument)
    if kind == "kill" and sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "sleep":
        time.sleep(float(argument))
    return task.upper()


def environment(name: str) -> str:
    return os.environ[name]


def crew(jobs: int = 2) -> Crew[str, str]:
    return Crew(behave, jobs=jobs, set_up=nothing)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_gets_its_own_result(jobs: int) -> None:
    tasks = ["sleep 0.2", "a", "refuse x.jpg", "b", "bug 1/0", "c"]
    results = dict(crew(jobs).run(tasks))
    assert [results[index] for index in (0, 1, 3, 5)] == ["SLEEP 0.2", "A", "B", "C"]
    refused = results[2]
    assert isinstance(refused, CannotFitError)
    assert (refused.message, refused.smallest_bytes) == ("cannot fit", 7)
    assert refused.path == Path("x.jpg")
    assert isinstance(results[4], UnexpectedPhotoError)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_task_that_kills_its_worker_costs_itself_alone() -> None:
    tasks = ["a", "sleep 0.3", "kill", "b", "c", "kill", "d"]
    results = dict(crew().run(tasks))
    assert sorted(results) == list(range(7))
    died = [index for index, result in results.items() if isinstance(result, PhotoError)]
    assert sorted(died) == [2, 5]
    assert all(isinstance(results[index], WorkerDiedError) for index in died)
    assert results[1] == "SLEEP 0.3"


def test_leaving_early_ends_the_workers_at_once() -> None:
    started = time.monotonic()
    results = crew().run(["a", "sleep 60", "sleep 60"])
    assert next(results) == (0, "A")
    results.close()
    assert time.monotonic() - started < 30


def test_no_tasks_start_no_worker() -> None:
    assert list(crew().run([])) == []


def test_workers_hired_before_there_is_work_do_it_and_end_with_the_block() -> None:
    with crew() as hired:
        hired.hire(1)
        (early,) = hired._workers.values()
        hired.hire(5)
        assert len(hired._workers) == 2
        assert dict(hired.run(["a", "b", "c"])) == {0: "A", 1: "B", 2: "C"}
    assert isinstance(early._process, BaseProcess)
    assert early._process.exitcode is not None


def test_workers_that_nobody_gave_work_end_too() -> None:
    with crew() as hired:
        hired.hire(2)
        processes = [worker._process for worker in hired._workers.values()]
    assert all(isinstance(process, BaseProcess) for process in processes)
    assert not any(process in multiprocessing.active_children() for process in processes)


def test_a_worker_keeps_its_matrix_library_to_one_core() -> None:
    before = dict(os.environ)
    with Crew(environment, jobs=1, set_up=nothing) as hired:
        assert dict(hired.run(["OPENBLAS_NUM_THREADS"])) == {0: "1"}
    assert dict(os.environ) == before


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1
