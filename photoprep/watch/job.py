"""What the daemon and the process that works for it say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from photoprep.language import Language
from photoprep.watch.batch import Outcome

Step = Literal["photos", "sheets", "versions"]


@dataclass(frozen=True, slots=True)
class Job:
    """One batch to prepare: absolute paths, and what is said of it.

    ``language`` is empty for the preset's, ``date`` (ISO 8601) for that of the first run, and
    ``jobs`` 0 for one a core.
    """

    sources: tuple[str, ...]
    out: str
    preset: str
    customer: str = ""
    language: Language | Literal[""] = ""
    date: str | None = None
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job is: ``done`` of ``total`` in this step."""

    step: Step
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over. ``content`` stands for the contents of its sources; ``trace`` is a bug's."""

    outcome: Outcome
    content: str = ""
    trace: str = ""
