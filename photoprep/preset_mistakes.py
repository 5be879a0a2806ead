"""What is wrong with a preset, in words: which file and line, what was expected and received."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photoprep.errors import PresetError
from photoprep.language import say, say_list

if TYPE_CHECKING:
    from pydantic import ValidationError

Key = tuple[str, ...]
KeysOf = Callable[[Key], Sequence[str]]

# Some files are not written by whoever reads of their mistakes.
_MAX_SHOWN_CHARS = 200
_BARE_OR_QUOTED = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_BARE_OR_QUOTED}(?:\s*\.\s*{_BARE_OR_QUOTED})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=(.*)")


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

    def said(self) -> str:
        """The mistake with its line, without its file."""
        if not self.line:
            return self.words
        return say("line {line}: {words}", line=self.line, words=self.words)


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


def mistakes_of(
    error: ValidationError, layers: Sequence[Layer], keys_of: KeysOf | None = None
) -> list[Mistake]:
    """All that the model found, each laid to the file and line that says it.

    ``layers`` are the preset's file and those it extends, the most basic last. The mistakes come
    in that order, and in each file from top to bottom. ``keys_of`` tells which keys may stand in a
    section, where the file is no preset.
    """
    order = {layer.path: place for place, layer in enumerate(layers)}
    known = keys_of or _keys_of_presets
    found = [_mistake(dict(detail), layers, known) for detail in error.errors()]
    return sorted(found, key=lambda mistake: (order[mistake.path], mistake.line))


def refuse(mistakes: Sequence[Mistake], *, name: str = "") -> PresetError:
    """The error that says these mistakes; it carries the file of the first.

    ``name`` is the file's where it is no preset.
    """
    path = mistakes[0].path
    # Where a base is wrong too, its mistakes name their own file.
    said = [
        mistake.said()
        if mistake.path == path
        else say("{path}: {words}", path=str(mistake.path), words=mistake.said())
        for mistake in mistakes
    ]
    if len(said) == 1:
        message = (
            say("{name} does not hold: {mistake}.", name=name, mistake=said[0])
            if name
            else say("The preset does not hold: {mistake}.", mistake=said[0])
        )
        return PresetError(message, hint=say("Mend that key."), path=path)
    message = (
        say("{name} has {count} mistakes:", name=name, count=len(said))
        if name
        else say("The preset has {count} mistakes:", count=len(said))
    )
    for words in said:
        message = say("{before}\n  {mistake}.", before=message, mistake=words)
    return PresetError(message, hint=say("Mend those keys."), path=path)


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that is most like this one; empty when none is much like it."""
    close = difflib.get_close_matches(word.lower(), known, n=1)
    return close[0] if close else ""


def _keys_of_presets(section: Key) -> Sequence[str]:
    from photoprep.preset_model import known_keys

    return known_keys(section)


def _mistake(detail: dict[str, Any], layers: Sequence[Layer], keys_of: KeysOf) -> Mistake:
    key: Key = tuple(str(part) for part in detail["loc"])
    from photoprep.preset_values import ContradictionError

    cause = detail.get("ctx", {}).get("error")
    candidates = cause.keys if isinstance(cause, ContradictionError) else (key,)
    for layer in layers:
        for candidate in candidates:
            if layer.holds(candidate):
                return Mistake(
                    layer.path, line_of(candidate, layer.text), _words(detail, key, keys_of)
                )
    # A missing key is missed in the preset's own file, at its section if it has that.
    return Mistake(layers[0].path, line_of(key, layers[0].text), _words(detail, key, keys_of))


def _words(detail: dict[str, Any], key: Key, keys_of: KeysOf) -> str:
    dotted, value = ".".join(_shown(part) for part in key), _short(repr(detail["input"]))
    match detail["type"]:
        case "extra_forbidden":
            near = nearest(key[-1], keys_of(key[:-1]))
            if near:
                return say("{key} is not a known key (did you mean {near}?)", key=dotted, near=near)
            return say("{key} is not a known key", key=dotted)
        case "missing":
            return say("{key} is missing", key=dotted)
        case "value_error":
            words: str = detail["ctx"]["error"].args[0]
            return say("{key}: {words}", key=dotted, words=words) if dotted else words
        case "model_type":
            return say(
                "{key}: expected a section [{key}], received {value}", key=dotted, value=value
            )
    wanted = _expected(detail)
    return say("{key}: {wanted}, received {value}", key=dotted, wanted=wanted, value=value)


def _shown(part: str) -> str:
    """A key as it is written, unless a terminal would obey it."""
    return _short(part if part.isprintable() else repr(part))


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}…"


def _expected(detail: dict[str, Any]) -> str:
    """What pydantic wants of a value: in plainer words, where presets can meet them."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "int_type" | "int_from_float" | "int_parsing":
            return say("expected a whole number")
        case "float_type":
            return say("expected a number")
        case "bool_type":
            return say("expected true or false")
        case "string_type":
            return say("expected a text in quotes")
        case "list_type":
            return say("expected a list in square brackets")
        case "dict_type":
            return say("expected a table of keys and lists")
        case "too_short":
            return say("expected at least one value in the list")
        case "string_too_long":
            return say("expected at most {most} characters", most=context["max_length"])
        case "string_too_short":
            return say("expected a text that is not empty")
        case "greater_than_equal":
            return say("expected at least {least}", least=context["ge"])
        case "less_than_equal":
            return say("expected at most {most}", most=context["le"])
        case "literal_error":
            *others, last = re.findall(r"'[^']*'|[0-9]+", context["expected"])
            choices = (
                say("{items} or {item}", items=say_list(others), item=last) if others else last
            )
            return say("expected {choices}", choices=choices)
    return str(detail["msg"])
