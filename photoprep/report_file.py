"""report.json as it lies on the disk: put together row by row, for there may be many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

from photoprep.files import Sink
from photoprep.report import Report, data_of


def write_json(report: Report, held: Sink) -> None:
    """Write report.json: ``indented(report.to_json())`` and a line's end, in UTF-8.

    It is put together row by row: all rows as plain data, as texts and as one text would take five
    times the bytes that come of it, twice that where one name is Chinese.
    """
    before = "{"
    for name, value in data_of(report).items():
        held.write(f"{before}\n  {_encoder('').encode(name)}: ".encode())
        if isinstance(value, Iterator):
            _write_rows(held, value)
        else:
            held.write(indented(value, 1).encode())
        before = ","
    held.write(b"\n}\n")


def _write_rows(held: Sink, rows: Iterator[object]) -> None:
    between = b"[\n    "
    for row in rows:
        held.write(between + indented(row, 2).encode())
        between = b",\n    "
    held.write(b"\n  ]" if between.startswith(b",") else b"[]")


def indented(value: object, depth: int = 0) -> str:
    """The text that ``json.dumps(value, ensure_ascii=False, indent=2)`` makes, but sooner.

    Python writes indented JSON value by value; here each table of plain values goes to its encoder
    in C, which takes the line's end and indent for a separator.
    """
    inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if not value or not isinstance(value, dict | list):
        return _encoder("").encode(value)
    if isinstance(value, dict):
        if not any(isinstance(below, dict | list) for below in value.values()):
            return f"{{{inner}{_encoder(inner).encode(value)[1:-1]}{outer}}}"
        key = _encoder("").encode
        parts = [f"{key(name)}: {indented(below, depth + 1)}" for name, below in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{outer}}}"
    parts = [indented(below, depth + 1) for below in value]
    return f"[{inner}{f',{inner}'.join(parts)}{outer}]"


@lru_cache(maxsize=16)
def _encoder(between: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(f",{between}", ": "))
