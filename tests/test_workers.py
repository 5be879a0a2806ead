from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from photoprep.errors import CannotFitError, PhotoError, UnexpectedPhotoError, WorkerDiedError
from photoprep.workers import run_tasks, usable_cores


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


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_gets_its_own_result(jobs: int) -> None:
    tasks = ["sleep 0.2", "a", "refuse x.jpg", "b", "bug 1/0", "c"]
    results = dict(run_tasks(behave, tasks, jobs=jobs, set_up=nothing))
    assert [results[index] for index in (0, 1, 3, 5)] == ["SLEEP 0.2", "A", "B", "C"]
    refused = results[2]
    assert isinstance(refused, CannotFitError)
    assert (refused.message, refused.smallest_bytes) == ("cannot fit", 7)
    assert refused.path == Path("x.jpg")
    assert isinstance(results[4], UnexpectedPhotoError)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_task_that_kills_its_worker_costs_itself_alone() -> None:
    tasks = ["a", "sleep 0.3", "kill", "b", "c", "kill", "d"]
    results = dict(run_tasks(behave, tasks, jobs=2, set_up=nothing))
    assert sorted(results) == list(range(7))
    died = [index for index, result in results.items() if isinstance(result, PhotoError)]
    assert sorted(died) == [2, 5]
    assert all(isinstance(results[index], WorkerDiedError) for index in died)
    assert results[1] == "SLEEP 0.3"


def test_leaving_early_ends_the_workers_at_once() -> None:
    started = time.monotonic()
    results = run_tasks(behave, ["a", "sleep 60", "sleep 60"], jobs=2, set_up=nothing)
    assert next(results) == (0, "A")
    results.close()
    assert time.monotonic() - started < 30


def test_no_tasks_start_no_worker() -> None:
    assert list(run_tasks(behave, [], jobs=2, set_up=nothing)) == []


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1
