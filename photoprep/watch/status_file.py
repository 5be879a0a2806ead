"""The daemon's status as a file: written whole by the daemon, read by whoever asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from photoprep.errors import CannotWriteError
from photoprep.files import cannot_write, write_whole
from photoprep.language import packed, say, unpacked
from photoprep.watched import (
    FOLDER,
    BatchResult,
    RunningBatch,
    ScanCost,
    Status,
    WaitingBatch,
    Watcher,
)

STATUS_FILE = "status.json"
_UNFINISHED = "unfinished"
_SCHEMA = 1
_LARGEST_BYTES = 64_000_000

_Part = TypeVar("_Part", Watcher, RunningBatch, WaitingBatch, BatchResult, ScanCost)


def write_status(out: Path, status: Status) -> None:
    """Put the status into the output; a reader finds the earlier one or this one, whole.

    Raises:
        CannotWriteError: the place refuses it.

    """
    unfinished = out / FOLDER / _UNFINISHED
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(unfinished, error) from error
    told = {"schema": _SCHEMA, **_told(asdict(status))}
    data = json.dumps(told, separators=(",", ":")).encode()
    # Not synced: after a loss of power there is no daemon whose status it would be.
    temporary = unfinished / STATUS_FILE
    write_whole(out / FOLDER / STATUS_FILE, data, temporary=temporary, lasting=False)


def read_status(out: Path) -> Status | None:
    """The status that lies in an output; None where there is none that can be understood.

    What another version told besides is passed over, and what it did not tell has its default.

    Raises:
        CannotWriteError: it lies there and cannot be read.

    """
    path = out / FOLDER / STATUS_FILE
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        return _status(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _unreadable(path: Path, error: OSError) -> CannotWriteError:
    reason = error.strerror or type(error).__name__
    return CannotWriteError(
        say("The status of the watched folder cannot be read ({reason}).", reason=reason),
        hint=say("Check the disk or the network share, and your rights to the file."),
        path=path,
    )


def _told(value: Any) -> Any:
    """Plain data of a status; its sentences can be said in any language when they are read back."""
    if isinstance(value, str):
        return packed(value)
    if isinstance(value, Mapping):
        return {name: _told(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return value


def _status(told: dict[str, Any]) -> Status:
    running = told.get("running")
    return Status(
        watcher=_part(Watcher, told["watcher"]),
        heartbeat=float(told["heartbeat"]),
        running=_part(RunningBatch, running) if running else None,
        waiting=tuple(_part(WaitingBatch, each) for each in told.get("waiting", ())),
        results=tuple(_part(BatchResult, each) for each in told.get("results", ())),
        failures=tuple(_part(BatchResult, each) for each in told.get("failures", ())),
        findings=tuple(unpacked(each) for each in told.get("findings", ())),
        wakes="polling" if told.get("wakes") == "polling" else "events",
        scan=_part(ScanCost, told.get("scan", {})),
        batches=int(told.get("batches", 0)),
        has_ended=bool(told.get("has_ended", False)),
    )


_READ: dict[str, Callable[[Any], Any]] = {"int": int, "float": float}


def _part(kind: type[_Part], told: Mapping[str, Any]) -> _Part:
    """A part of the status of what is told of it; raises as its fields do that cannot be."""
    values: dict[str, Any] = {
        field.name: _READ.get(str(field.type), unpacked)(told[field.name])
        for field in fields(kind)
        if field.name in told
    }
    return kind(**values)
