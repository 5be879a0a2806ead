"""What hostile files cost a worker.

    python -m tests.fuzz.hostile [NAME …]

prints a line for each of ``bombs``; ``test_hostile`` holds the quick ones within bounds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from photoprep.errors import PhotoError
from photoprep.preset_file import load_preset
from photoprep.workers import Crew
from tests.fuzz.bombs import HOSTILE
from tests.fuzz.verdict import name_of
from tests.fuzz.worker import Attempt, Trial, attempt, set_up


def measured(path: Path, limit_s: float) -> Attempt | PhotoError:
    """What preparing the file costs a worker of its own."""
    trial = Trial(path, load_preset("trade-email").photo, limit_s)
    with Crew(attempt, jobs=1, set_up=set_up) as crew:
        return next(iter(crew.run([trial])))[1]


def main() -> None:
    """Print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or HOSTILE:
            path = Path(folder) / name
            HOSTILE[name](path)
            _say(path, measured(path, 120.0))
            path.unlink()


def _say(path: Path, result: Attempt | PhotoError) -> None:
    name, size = path.name, f"{path.stat().st_size / 1000:.0f} kB"
    if isinstance(result, PhotoError):
        print(f"{name:26} {size:>10}  {name_of(result)}: {result.message}", flush=True)  # noqa: T201
        return
    cost = f"{result.seconds:6.2f} s {result.peak_bytes / 1e6:6.0f} MB"
    for outcome in result.outcomes:
        said = outcome.message if isinstance(outcome, PhotoError) else ""
        print(f"{name:26} {size:>10} {cost}  {name_of(outcome)} {said}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
