"""The rows of the ledger: how a batch and its files stand in the database, and in its spare.

Names are kept as JSON in ASCII: a name that is no text at all (bytes that are not UTF-8) comes back
as it was. Every row ends with its seal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from photoprep.spare import Value, sealed
from photoprep.watch.batch import Batch, BatchSettings, KnownFile, Outcome


def batch_row(batch: Batch) -> tuple[Value, ...]:
    """The row of a batch; its files have rows of their own."""
    told = asdict(batch)
    del told["name"], told["files"]
    return sealed(key(batch.name), json.dumps(told))


def batch_of(row: tuple[Any, ...], files: Iterable[str]) -> Batch:
    """The batch of a row whose seal fits."""
    told = json.loads(row[1])
    settings, outcome = BatchSettings(**told.pop("settings")), Outcome(**told.pop("outcome"))
    name = name_of(row[0])
    return Batch(name=name, files=tuple(files), settings=settings, outcome=outcome, **told)


def files_row(batch: str, files: Iterable[KnownFile]) -> tuple[Value, ...]:
    """The row of all files of a batch: one, because a hundred thousand would each want a seal."""
    told = [(file.path, file.size_bytes, file.mtime_ns, file.sha256) for file in files]
    return sealed(key(batch), json.dumps(told))


def files_of(row: tuple[Any, ...]) -> list[KnownFile]:
    """The files of a row whose seal fits."""
    return [KnownFile(*file) for file in json.loads(row[1])]


def paths_of(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Their paths alone."""
    return tuple(file[0] for file in json.loads(row[1]))


def key(name: str) -> str:
    """A name as it stands in the database."""
    return json.dumps(name)


def name_of(stored: str) -> str:
    """The name that ``key`` made this of."""
    return str(json.loads(stored))


def spare_line(batch: Batch) -> str:
    """What is kept of a batch beside the ledger: enough to find its output again."""
    told: dict[str, object] = {
        "kind": batch.kind,
        "output": batch.output,
        "settings": asdict(batch.settings),
    }
    if batch.kind == "loose":
        told["files"] = batch.files
    return json.dumps(told)


def batch_of_spare(name: str, line: str, place: int) -> Batch | None:
    """The batch of a line of the spare, gone until it is found; None where it makes no sense.

    What it looked like is not known any more, so that it is run again once it is found.
    """
    try:
        told = json.loads(line)
        known = {field.name for field in fields(BatchSettings)}
        settings = {name: str(value) for name, value in told["settings"].items() if name in known}
        return Batch(
            name=name,
            kind="loose" if told["kind"] == "loose" else "folder",
            output=str(told["output"]),
            fingerprint="",
            settings=BatchSettings(**settings),
            state="gone",
            files=tuple(map(str, told.get("files", ()))),
            place=place,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
