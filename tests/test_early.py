"""Workers forked before there is a command line: they do what others do, and never stay behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from photoprep.__main__ import _begins_anew
from photoprep.errors import WorkerDiedError

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")

# In a process of its own, as at the door: pytest has had threads.
BEGUN = """
import os, signal, sys, time
from functools import partial
from photoprep.early import begin, claim
from photoprep.errors import WorkerDiedError
from photoprep.worker_process import serve
from photoprep.workers import Crew, _Given

def nothing():
    pass

def threaded():
    import threading
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

def work(task):
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "where":
        time.sleep(0.3)
        return os.getppid()
    if task == "limit":
        return os.environ["OPENBLAS_NUM_THREADS"]
    if task == "sleep":
        time.sleep(60)
    return task.upper()

def crew(jobs, most=2, set_up=nothing):
    begin(set_up, partial(serve, function=work), most)
    return Crew(work, jobs=jobs, set_up=set_up, early=claim())
"""


def told(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BEGUN + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@LINUX
def test_all_work_and_one_was_forked_by_the_other() -> None:
    parents = told(
        """
with crew(2) as hired:
    hired.hire(2)
    parents = dict(hired.run(["where", "where"]))
print(sorted(parents.values()).count(os.getpid()), len(set(parents.values())))
"""
    )
    assert parents == "1 2"


@LINUX
@pytest.mark.parametrize(("jobs", "tasks"), [(1, 3), (2, 1), (2, 5)])
def test_every_task_gets_its_own_result(jobs: int, tasks: int) -> None:
    names = [f"t{number}" for number in range(tasks)]
    result = told(f"with crew({jobs}) as hired: print(sorted(dict(hired.run({names})).values()))")
    assert result == str([name.upper() for name in names])


@LINUX
def test_a_matrix_library_keeps_to_one_core() -> None:
    assert told("with crew(1) as hired: print(dict(hired.run(['limit'])))") == "{0: '1'}"


@LINUX
def test_a_first_with_threads_forks_nobody_and_others_are_started() -> None:
    # What is started in the ordinary way imports its function, and -c has no file to import.
    code = """
hired = crew(2, set_up=threaded)
hired.hire(2)
print(len(hired._early.come()))
hired.dismiss()
"""
    assert told(code) == "1"


@LINUX
def test_a_task_that_kills_an_early_worker_is_known() -> None:
    code = """
with crew(2) as hired:
    hired.hire(2)
    hired._welcome(2)
    for worker in list(hired._workers.values()):
        worker.give(_Given(0, 60.0), "die", 0.0)
    print([type(worker.take()).__name__ for worker in hired._workers.values()])
"""
    assert told(code) == str([WorkerDiedError.__name__] * 2)


@LINUX
@pytest.mark.parametrize(
    "meanwhile",
    [
        "hired.hire(2)",  # asked, and never waited for
        "pass",  # not even asked
        "hired.hire(2); hired._welcome(2)",
        "hired.hire(2); hired._welcome(2); "
        "[w.give(_Given(0, 60.0), 'sleep', 0.0) for w in hired._workers.values()]",
    ],
)
@pytest.mark.parametrize("end", ["pass", "sys.stdout.flush(); os.kill(os.getpid(), 9)"])
def test_none_outlives_its_parent_or_its_block(meanwhile: str, end: str) -> None:
    code = f"with crew(2) as hired:\n    {meanwhile}\n    {end}"
    with subprocess.Popen(
        [sys.executable, "-c", BEGUN.replace("time.sleep(60)", "time.sleep(3)") + code],
        start_new_session=True,
    ) as process:
        process.wait()
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    pytest.fail("a worker stayed behind")


def test_a_first_run_is_told_by_its_output_folder(tmp_path: Path) -> None:
    (tmp_path / "Boxes").mkdir()
    (tmp_path / "Made").mkdir()
    (tmp_path / "Made-prepared").mkdir()
    boxes, made, new = (str(tmp_path / name) for name in ("Boxes", "Made", "New"))
    assert _begins_anew([boxes])
    assert _begins_anew(["prepare", f"{boxes}{os.sep}", "--quiet"])
    assert _begins_anew([made, "--out", new])
    assert _begins_anew([made, f"--out={new}"])
    assert not _begins_anew([made])
    assert not _begins_anew([boxes, "--out", made])
    assert not _begins_anew([new])
    assert not _begins_anew(["--out", made])
    assert not _begins_anew(["--version"])
    assert not _begins_anew(["presets", "show", boxes])
    assert not _begins_anew([])
