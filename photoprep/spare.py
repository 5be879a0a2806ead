"""The spare of an output folder's record: a text file that survives what a database may not.

One JSON line each: ``["fact", name, value, seal]`` or ``["output", path, sha256, seal]``; a later
line replaces an earlier one, an empty value takes it back. It is only appended to during a run,
so that a kill costs its last line at most. A line whose seal does not fit is passed over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from photoprep.errors import CannotWriteError
from photoprep.files import cannot_write, write_whole
from photoprep.language import say

Value = str | int | None


# json.dumps makes an encoder a call; for ten thousand rows that is a tenth of a second.
_as_json = json.JSONEncoder(separators=(",", ":")).encode


def sealed(*values: Value) -> tuple[Value, ...]:
    """The values with a short hash of themselves behind them."""
    return (*values, hashlib.sha256(_as_json(values).encode()).hexdigest()[:16])


def seal_fits(values: Sequence[Value]) -> bool:
    """Whether the last of the values is the seal of the others."""
    return tuple(values) == sealed(*values[:-1])


class Spare:
    """The facts and our outputs' hashes, by name and by path, as the lines of a file have them.

    Raises (from the constructor and every method):
        CannotWriteError: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._said = self._read()

    @cached_property
    def _entries(self) -> dict[tuple[str, str], str]:
        """What the file says, line by line: not asked as long as the database is in order."""
        entries: dict[tuple[str, str], str] = {}
        for kind, name, value in _lines(self._said):
            _take(entries, kind, name, value)
        return entries

    @property
    def facts(self) -> dict[str, str]:
        """Every remembered fact by its name."""
        return self._of_kind("fact")

    @property
    def outputs(self) -> dict[str, str]:
        """The hash of every file that photoprep wrote, by its path in the folder."""
        return self._of_kind("output")

    def add_facts(self, facts: Mapping[str, str]) -> None:
        """Append what is new of the facts."""
        self._add("fact", facts)

    def add_outputs(self, outputs: Mapping[str, str]) -> None:
        """Append what is new of the outputs' hashes; an empty one: no longer ours."""
        self._add("output", outputs)

    def begin_anew(self, facts: Mapping[str, str], outputs: Mapping[str, str]) -> None:
        """Make the file say this and no more; nothing is written where it does already."""
        entries = {("fact", name): value for name, value in sorted(facts.items())}
        entries |= {("output", path): sha256 for path, sha256 in sorted(outputs.items())}
        entries = {key: value for key, value in entries.items() if value}
        text = "".join(_line(*key, value) for key, value in entries.items()).encode()
        if text != self._said:
            write_whole(self._path, text, temporary=self._path.with_suffix(".new"))
        self._entries, self._said = entries, b""

    def _of_kind(self, wanted: str) -> dict[str, str]:
        return {name: value for (kind, name), value in self._entries.items() if kind == wanted}

    def _add(self, kind: str, values: Mapping[str, str]) -> None:
        known = self._entries
        new = [
            (name, value) for name, value in values.items() if known.get((kind, name), "") != value
        ]
        if not new:
            return
        try:
            # Not synced: after a loss of power it lacks lines only if the database is damaged too.
            with self._path.open("ab") as file:
                file.write("".join(_line(kind, *item) for item in new).encode())
        except OSError as error:
            raise cannot_write(self._path, error) from error
        for name, value in new:
            _take(known, kind, name, value)

    def _read(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CannotWriteError(
                say("The record of earlier runs cannot be read ({reason}).", reason=reason),
                hint=say(
                    "Check the disk or the network share, or choose another place with --out."
                ),
                path=self._path,
            ) from error


def _take(entries: dict[tuple[str, str], str], kind: str, name: str, value: str) -> None:
    entries.pop((kind, name), None)
    if value:
        entries[kind, name] = value


def _line(kind: str, name: str, value: str) -> str:
    return _as_json(sealed(kind, name, value)) + "\n"


def _lines(data: bytes) -> Iterable[tuple[str, str, str]]:
    for line in data.splitlines():
        try:
            values = json.loads(line)
        except ValueError:  # cut off by a kill, or damaged
            continue
        if isinstance(values, list) and len(values) == 4 and seal_fits(values):
            yield values[0], values[1], values[2]
