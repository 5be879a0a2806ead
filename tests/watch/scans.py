"""Scans written down in a few words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from photoprep.watch.batch import Batch, BatchSettings
from photoprep.watch.change import Change
from photoprep.watch.found import LOOSE, FoundBatch, FoundFile, Scan
from photoprep.watch.ledger import Ledger
from photoprep.watch.plan import changes

DAY = datetime.date(2026, 11, 29)
NOW = 1_000_000.0


def settings_of(_found: FoundBatch) -> BatchSettings:
    return BatchSettings("trade-email")


def folder(name: str, *files: tuple[str, int, int]) -> FoundBatch:
    """A folder of files, each with its name, size and time."""
    return FoundBatch(
        name, tuple(FoundFile(f"{name}/{path}", size, time, 1) for path, size, time in files)
    )


def loose(*files: tuple[str, int, int]) -> FoundBatch:
    return FoundBatch(LOOSE, tuple(FoundFile(path, size, time, 1) for path, size, time in files))


def scan(batches: Sequence[FoundBatch]) -> Scan:
    return Scan(tuple(batches), sum(len(batch.files) for batch in batches), 0.0)


def see(ledger: Ledger, *found: FoundBatch, now: float = NOW) -> list[Change]:
    """Record a scan in which all has settled."""
    seen = changes(
        ledger.batches(), found, scan(found), settings_of, now, DAY, files_of=ledger.files
    )
    ledger.apply(seen)
    return list(seen)


def told(seen: Sequence[Change]) -> list[tuple[str, str]]:
    """Each change as its kind and the batch's name."""
    return [(type(change).__name__, change.batch.name) for change in seen]


def queued(name: str = "A", place: int = 1, **fields: object) -> Batch:
    batch = Batch(name, "folder", name, "f", BatchSettings("p"), place=place)
    for field, value in fields.items():
        object.__setattr__(batch, field, value)
    return batch
