"""A batch as the ledger keeps it: what it is, what became of it, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BatchKind = Literal["folder", "loose"]
BatchState = Literal["queued", "running", "done", "failed", "later", "gone"]
"""``failed`` is for good, until its content or the settings change; ``later`` is tried again."""


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What a batch is prepared with.

    ``preset`` is the name of an installed preset, or the path of a file that the daemon was started
    with; ``contents`` stands for what is in that preset.
    """

    preset: str
    customer: str = ""
    language: str = ""
    contents: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. ``is_passing`` says that its cause may be gone at the next try.

    ``exit_code`` is ``errors.ExitCode``'s; the counts are those of the report, ``message`` and
    ``hint`` sentences as ``language.packed`` makes them (plain data), empty where all went well.
    """

    exit_code: int
    is_passing: bool = False
    message: object = ""
    hint: object = ""
    prepared: int = 0
    failed: int = 0
    mails: int = 0
    findings: int = 0
    page: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch. Times are seconds since the epoch, 0 where there is none yet.

    ``name`` is the folder's in the watched folder; of loose pictures the day's, which is given when
    they become a batch. ``output`` is its folder's name within the output. ``fingerprint`` stands
    for how its files look (``found.fingerprint``), ``files`` are these, and ``content`` the hash
    over their contents, empty until they were read. ``attempts`` counts tries since its content or
    settings last changed; ``next_try`` is when the next one is due.

    ``shape`` is its fingerprint without the folder's own name, so that a renamed folder is known
    again; empty for loose pictures. ``place`` is its place in the queue: a number that only grows,
    because a clock may be put back. ``deaths`` counts the tries in a row in which the daemon itself
    died. ``was`` is what a batch that is gone was before.
    """

    name: str
    kind: BatchKind
    output: str
    fingerprint: str
    settings: BatchSettings
    state: BatchState = "queued"
    files: tuple[str, ...] = ()
    content: str = ""
    attempts: int = 0
    next_try: float = 0
    queued_at: float = 0
    begun_at: float = 0
    ended_at: float = 0
    outcome: Outcome = field(default_factory=lambda: Outcome(0))
    shape: str = ""
    place: int = 0
    deaths: int = 0
    was: BatchState = "queued"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """One file of a batch as the ledger keeps it; the hash is empty until it was read."""

    path: str
    size_bytes: int
    mtime_ns: int
    sha256: str = ""
