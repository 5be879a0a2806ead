"""The bound on a worker's memory: held where workers are forked and where they are spawned."""

from __future__ import annotations

import subprocess
import sys

import pytest

from photoprep.photo.memory_bound import MOST_BYTES
from photoprep.walk.crew import photo_crew
from photoprep.workers import Crew

if sys.platform != "linux":
    pytest.skip("only Linux bounds memory", allow_module_level=True)

import resource
from pathlib import Path

from photoprep.photo.task import load_room


def bounds(_task: str) -> tuple[int, int, str]:
    """What this process may take, all and now, and how soon it is ended for want of memory."""
    now, most = resource.getrlimit(resource.RLIMIT_DATA)
    return now, most, Path("/proc/self/oom_score_adj").read_text().strip()


def test_workers_are_bounded_and_the_parent_is_not() -> None:
    before = bounds("")
    with Crew(bounds, jobs=1, set_up=load_room) as crew:
        bound, most, score = dict(crew.run([""]))[0]  # type: ignore[misc]
    assert 0 < bound <= MOST_BYTES
    assert (most, score) == (resource.RLIM_INFINITY, "500")
    assert bounds("") == before


def test_a_lower_limit_of_the_persons_own_stays() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_DATA, (10**9, 2 * 10**9));"
        "from photoprep.photo.memory_bound import bound_memory; bound_memory();"
        "print(resource.getrlimit(resource.RLIMIT_DATA))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str((10**9, 2 * 10**9))


def test_photo_workers_have_a_limit_of_time() -> None:
    with photo_crew(1) as crew:
        assert crew._limit_s.__name__ == "time_limit_s"
