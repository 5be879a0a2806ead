from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from photoprep.awake import LOOK_EVERY_S, AwakeClock
from photoprep.errors import (
    CannotFitError,
    NotEnoughMemoryError,
    PhotoError,
    PhotoTimeoutError,
    UnexpectedPhotoError,
    WorkerDiedError,
)
from photoprep.photo.memory_bound import bound_memory
from photoprep.workers import Crew, run_elsewhere, usable_cores

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds memory")


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
    if kind == "segfault":
        ctypes.string_at(0)  # a read at address 0, in C
    if kind == "sleep":
        time.sleep(float(argument))
    if kind == "hang":
        hang()
    if kind == "once":  # what it does, the first time it is tried; then nothing
        name, _, first = argument.partition(" ")
        if not Path(name).exists():
            Path(name).touch()
            behave(first)
    if kind == "brief":
        with Path(argument).open("a") as file:
            file.write("tried ")
        time.sleep(0.5)
    if kind == "eat":
        hoard = []
        while True:
            hoard.append(bytes(100_000_000))
    return task.upper()


def cannot_be_loaded() -> None:
    import no_such_decoder  # type: ignore[import-not-found]  # noqa: F401


def hang() -> None:
    """Wait in the system for ever, heeding no signal that can be left unheeded."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    unwritten, _kept_open = os.pipe()
    os.read(unwritten, 1)


def limit_of(task: str) -> float:
    """Short where a task hangs; the others would not mind a machine that is busy."""
    return 3.0 if "hang" in task or "brief" in task else 600.0


def environment(name: str) -> str:
    return os.environ[name]


def crew(jobs: int = 2, set_up: Callable[[], None] = nothing) -> Crew[str, str]:
    return Crew(behave, jobs=jobs, set_up=set_up, limit_s=limit_of)


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
@pytest.mark.parametrize("fault", ["kill", "segfault"])
def test_a_task_that_kills_its_worker_costs_itself_alone(fault: str) -> None:
    tasks = ["a", "sleep 0.3", fault, "b", "c", fault, "d"]
    results = dict(crew().run(tasks))
    assert sorted(results) == list(range(7))
    died = [index for index, result in results.items() if isinstance(result, PhotoError)]
    assert sorted(died) == [2, 5]
    assert all(isinstance(results[index], WorkerDiedError) for index in died)
    assert results[1] == "SLEEP 0.3"


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("fault", ["kill", "segfault", "hang"])
def test_a_fault_that_does_not_come_again_costs_nothing(
    tmp_path: Path, fault: str, jobs: int
) -> None:
    tasks = ["a", f"once {tmp_path / 'tried'} {fault}", "b", "c"]
    results = dict(crew(jobs).run(tasks))
    assert results == {index: task.upper() for index, task in enumerate(tasks)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_hangs_costs_itself_alone(jobs: int) -> None:
    # With one worker, "a" lies in its pipe behind what hangs, and has to be done by another.
    tasks = ["hang", "a", "b", "c"]
    with crew(jobs) as hired:
        results = dict(hired.run(tasks))
        assert not multiprocessing.active_children()
    assert [results[index] for index in (1, 2, 3)] == ["A", "B", "C"]
    given_up = results[0]
    assert isinstance(given_up, PhotoTimeoutError)
    assert "not done after 3 seconds" in given_up.message


def test_a_task_that_waits_behind_another_uses_up_no_time(tmp_path: Path) -> None:
    # Its limit is 3 s, and it lies for 4 s in its worker's pipe.
    noted = tmp_path / "noted"
    assert dict(crew(1).run(["sleep 4", f"brief {noted}"]))[0] == "SLEEP 4"
    assert noted.read_text() == "tried "


def test_when_one_is_late_alone_too_the_other_late_ones_are_let_be(tmp_path: Path) -> None:
    tasks = ["hang", *(f"once {tmp_path / str(number)} hang" for number in range(2)), "a"]
    results = dict(crew(3).run(tasks))
    assert results.pop(3) == "A"
    assert len(results) == 3
    assert all(isinstance(result, PhotoTimeoutError) for result in results.values())


@LINUX
def test_a_task_that_takes_all_memory_costs_itself_alone() -> None:
    tasks = ["a", "eat", "b", "c"]
    results = dict(crew(set_up=bound_memory).run(tasks))
    assert [results[index] for index in (0, 2, 3)] == ["A", "B", "C"]
    assert isinstance(results[1], NotEnoughMemoryError)
    assert "memory" in results[1].message


def test_an_executor_that_breaks_ends_as_errors_of_ours() -> None:
    tasks = ["kill", *"abcdefgh"]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = dict(run_elsewhere(behave, tasks, jobs=1, executor=pool))
    assert sorted(results) == list(range(len(tasks)))
    assert all(isinstance(result, WorkerDiedError) for result in results.values())


def test_the_clock_does_not_count_what_was_slept_over() -> None:
    now_s = 100.0
    clock = AwakeClock(lambda: now_s)
    now_s += LOOK_EVERY_S
    assert clock.now_s() == LOOK_EVERY_S
    now_s += 3600.0
    assert clock.now_s() <= 3 * LOOK_EVERY_S
    now_s += 1.0
    assert clock.now_s() <= 3 * LOOK_EVERY_S + 1.0


def test_leaving_early_ends_the_workers_at_once() -> None:
    started = time.monotonic()
    results = crew().run(["a", "sleep 60", "sleep 60"])
    assert next(results) == (0, "A")
    results.close()
    assert time.monotonic() - started < 30


def test_what_cannot_be_loaded_is_named_and_no_picture_is_blamed() -> None:
    results = dict(crew(set_up=cannot_be_loaded).run(["say a", "say b", "say c"]))
    assert len(results) == 3
    for refused in results.values():
        assert isinstance(refused, UnexpectedPhotoError)
        assert "cannot be loaded here" in refused.message
        assert "no_such_decoder" in refused.message
        assert "photoprep doctor" in refused.hint


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
