"""What the daemon and the process that works for it say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from photoprep.language import Language
from photoprep.watch.batch import Outcome

Step = Literal["photos", "sheets", "versions"]


@dataclass(frozen=True, slots=True)
class Job:
    """One batch to prepare: absolute paths, and what is said of it.

    ``language`` is empty for the preset's, ``date`` None for that of the first run (ISO 8601), and
    ``jobs`` 0 for one a core. Links that lead out of ``inbox`` are left aside. ``files`` are those
    whose hashes are asked for: paths relative to ``inbox``, each of which begins with ``prefix``,
    what the run does not have in its names.
    """

    sources: tuple[str, ...]
    out: str
    preset: str
    customer: str = ""
    language: Language | Literal[""] = ""
    date: str | None = None
    jobs: int = 0
    inbox: str = ""
    files: tuple[str, ...] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job is: ``done`` of ``total`` in this step."""

    step: Step
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over. ``files`` are the hashes of those that were asked for and could be read.

    ``trace`` is that of a bug, for whoever mends it.
    """

    outcome: Outcome
    files: Mapping[str, str] = field(default_factory=dict)
    trace: str = ""
