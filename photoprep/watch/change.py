"""What a scan changes in the ledger, each change with the batch as it is from then on."""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.watch.batch import Batch
from photoprep.watch.found import FoundFile


@dataclass(frozen=True, slots=True)
class New:
    """A folder that was not known: it is queued."""

    batch: Batch
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class LooseBatch:
    """Loose pictures that were in no batch: they are one by now, and queued."""

    batch: Batch
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Files came, went or changed: it is queued again."""

    batch: Batch
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """What was gone lies there again; it is queued unless it was done and looks as it did."""

    batch: Batch
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A folder has another name: its output stays where it is, and what is done is not redone."""

    old: str
    batch: Batch
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """It is to be prepared with other settings: it is queued again."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing of it lies in the watched folder any more; its output stays."""

    batch: Batch


Change = New | LooseBatch | Changed | Back | Renamed | SettingsChanged | Gone
