"""What is wrong with a preset, in words: which file and line, what was expected and received."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photoprep.errors import PresetError

if TYPE_CHECKING:
    from pydantic import ValidationError

Key = tuple[str, ...]

_BARE_OR_QUOTED = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_BARE_OR_QUOTED}(?:\s*\.\s*{_BARE_OR_QUOTED})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=(.*)")

# Pydantic's words, and plainer ones.
_PLAINER = (
    ("Input should be ", "expected "),
    ("String should have at least 1 character", "expected a text that is not empty"),
    ("a valid integer", "a whole number"),
    ("a valid string", "a text in quotes"),
    ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One file of a preset: the file itself, or one that it extends.

    ``document`` is what the TOML says, before any check.
    """

    path: Path
    text: str
    document: Mapping[str, Any]

    def holds(self, key: Key) -> bool:
        """Whether this file gives the key a value."""
        value: Any = self.document
        for part in key:
            if not isinstance(value, Mapping) or part not in value:
                return False
            value = value[part]
        return True


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong, and where: ``line`` counts from 1 and is 0 for the whole file."""

    path: Path
    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}" if self.line else self.words


def line_of(key: Key, text: str) -> int:
    """The line of a TOML text on which a key, or the nearest table around it, stands; else 0."""
    table: Key = ()
    best_line, best_depth = 0, 0
    quotes = ""  # the mark that ends the multi-line text we are in
    for number, line in enumerate(text.split("\n"), start=1):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        header = _HEADER.match(line)
        assignment = None if header else _ASSIGNMENT.match(line)
        if header:
            table = path = _parts(header[1])
        elif assignment:
            path = (*table, *_parts(assignment[1]))
            quotes = _opened(assignment[2])
        else:
            continue
        if len(path) > best_depth and path == key[: len(path)]:
            best_line, best_depth = number, len(path)
    return best_line


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(_BARE_OR_QUOTED, dotted))


def _opened(value: str) -> str:
    for mark in ('"""', "'''"):
        if value.count(mark) == 1:
            return mark
    return ""


def mistakes_of(error: ValidationError, layers: Sequence[Layer]) -> list[Mistake]:
    """All that the model found, each laid to the file and line that says it.

    ``layers`` are the preset's file and those it extends, the most basic last. The mistakes come
    in that order, and in each file from top to bottom.
    """
    order = {layer.path: place for place, layer in enumerate(layers)}
    found = [_mistake(dict(detail), layers) for detail in error.errors()]
    return sorted(found, key=lambda mistake: (order[mistake.path], mistake.line))


def refuse(mistakes: Sequence[Mistake]) -> PresetError:
    """The error that says these mistakes; it carries the file of the first."""
    path = mistakes[0].path
    # Where a base is wrong too, its mistakes name their own file.
    said = [
        str(mistake) if mistake.path == path else f"{mistake.path}: {mistake}"
        for mistake in mistakes
    ]
    if len(said) == 1:
        return PresetError(
            f"The preset does not hold: {said[0]}.", hint="Mend that key.", path=path
        )
    return PresetError(
        f"The preset has {len(said)} mistakes:" + "".join(f"\n  {words}." for words in said),
        hint="Mend those keys.",
        path=path,
    )


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that is most like this one; empty when none is much like it."""
    close = difflib.get_close_matches(word.lower(), known, n=1)
    return close[0] if close else ""


def _mistake(detail: dict[str, Any], layers: Sequence[Layer]) -> Mistake:
    key: Key = tuple(str(part) for part in detail["loc"])
    from photoprep.preset_model import ContradictionError

    cause = detail.get("ctx", {}).get("error")
    candidates = cause.keys if isinstance(cause, ContradictionError) else (key,)
    for layer in layers:
        for candidate in candidates:
            if layer.holds(candidate):
                return Mistake(layer.path, line_of(candidate, layer.text), _words(detail, key))
    # A missing key is missed in the preset's own file, at its section if it has that.
    return Mistake(layers[0].path, line_of(key, layers[0].text), _words(detail, key))


def _words(detail: dict[str, Any], key: Key) -> str:
    dotted = ".".join(key)
    kind = detail["type"]
    if kind == "extra_forbidden":
        from photoprep.preset_model import known_keys

        near = nearest(key[-1], known_keys(key[:-1]))
        return f"{dotted} is not a known key" + (f" (did you mean {near}?)" if near else "")
    if kind == "missing":
        return f"{dotted} is missing"
    if kind == "value_error":
        return f"{dotted}: {detail['ctx']['error']}" if dotted else str(detail["ctx"]["error"])
    if kind == "model_type":
        return f"{dotted}: expected a section [{dotted}], received {detail['input']!r}"
    words: str = detail["msg"]
    for pydantics, plainer in _PLAINER:
        words = words.replace(pydantics, plainer)
    return f"{dotted}: {words}, received {detail['input']!r}"
