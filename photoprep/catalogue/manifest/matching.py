r"""Which pictures a cell for files means: as it stands, without its ending, by a pattern.

People write what they see: a name without its folder or ending, ``\`` for ``/``, other capitals,
or a path from another computer. What is meant is taken where it can only be one picture.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

_BETWEEN = re.compile(r"[\n;；、|]")
_COMMAS = re.compile(r"[,，]")
_ABSOLUTE = re.compile(r"(?:file:/+)?(?:[A-Za-z]:)?/+")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class Match:
    """The pictures that one file of a cell means.

    ``text`` is that part of the cell. ``is_loose`` says that it fits only when capitals, spaces and
    the ways to write an accent are ignored; ``is_pattern`` that it may well mean several. Of one
    that means none, ``several`` are those it could have meant.
    """

    text: str
    names: tuple[str, ...] = ()
    is_loose: bool = False
    is_pattern: bool = False
    several: tuple[str, ...] = ()


class NameIndex:
    """The names of pictures, to be found by what a person writes of them."""

    def __init__(self, names: Iterable[str], folder: str) -> None:
        """``folder`` is the manifest's own; names are told from there, or from the top."""
        self.names = tuple(names)
        self._prefix = f"{folder}/" if folder else ""
        self._steps = [_Step(self._paths(), key) for key in _KEYS]
        self._by_own_name = [_Step(self._own_names(), key) for key in _KEYS]

    def found(self, cell: str) -> list[Match]:
        """Each of the files that a cell names, with the pictures it means."""
        whole = self._one(cell)
        if whole.names or whole.several:
            return [whole]
        for between in (_BETWEEN, _COMMAS):
            parts = [part for part in between.split(cell) if part.strip()]
            if len(parts) > 1:
                found = [match for part in parts for match in self.found(part)]
                if between is _BETWEEN or any(match.names for match in found):
                    return found
        return [whole]

    def nearest(self, text: str) -> str:
        """The name most like one that is not there; empty where none is much like it."""
        plain = _folded(_tidy(text))
        close = difflib.get_close_matches(plain, self._nearest_names, n=1, cutoff=0.7)
        return self._nearest_names[close[0]] if close else ""

    @cached_property
    def _nearest_names(self) -> dict[str, str]:
        """Under its path and its own name, for as many pictures as difflib has the time for."""
        some = self.names[:5000]
        own = {_folded(name.rpartition("/")[2]): name for name in some}
        return own | {_folded(name): name for name in some}

    def _one(self, cell: str) -> Match:
        dresses = dict.fromkeys((cell, _forward(cell), _tidy(cell)))
        for loosely in (False, True):
            for text in dresses:
                match = self._literal(cell, text, loosely=loosely)
                if match.names or match.several:
                    return match
        text = _tidy(cell)
        if "*" in text or "?" in text:
            return self._pattern(cell, text)
        within = self._folders.get(text.rstrip("/"), {})
        if within:
            return Match(cell, tuple(within), is_pattern=True)
        return self._from_elsewhere(cell)

    def _literal(self, cell: str, text: str, *, loosely: bool) -> Match:
        steps = self._steps if "/" in text else [*self._steps, *self._by_own_name]
        for step in steps:
            names = step.names(text) if step.is_loose == loosely else ()
            if len(names) == 1:
                return Match(cell, names, is_loose=step.is_loose)
            if names:
                return Match(cell, several=names)
        return Match(cell)

    def _from_elsewhere(self, cell: str) -> Match:
        """A path from the top of a disk, whose last steps are a picture's."""
        text = _forward(cell.strip())
        start = _ABSOLUTE.match(text)
        steps = text[start.end() :].split("/") if start else []
        for at in range(len(steps)):
            match = self._literal(cell, "/".join(steps[at:]), loosely=True)
            if match.names or match.several:
                return Match(cell, match.names, is_loose=True, several=match.several)
        return Match(cell)

    def _pattern(self, cell: str, text: str) -> Match:
        # Only * and ? are wild: brackets are in many names. fnmatch's way of writing it takes no
        # time without end, whatever the pattern.
        wild = fnmatch.translate(_folded(text).replace("[", "[[]"))
        fits = re.compile(wild).match
        among = self._folded_paths if "/" in text else self._folded_own_names
        names = tuple(dict.fromkeys(name for path, name in among if fits(path)))
        return Match(cell, names, is_pattern=True)

    @cached_property
    def _folded_paths(self) -> list[tuple[str, str]]:
        return [(_folded(path), name) for path, name in self._paths()]

    @cached_property
    def _folded_own_names(self) -> list[tuple[str, str]]:
        return [(_folded(own_name), name) for own_name, name in self._own_names()]

    @cached_property
    def _folders(self) -> dict[str, dict[str, None]]:
        """What lies below each folder, at any depth."""
        below: dict[str, dict[str, None]] = {}
        for path, name in self._paths():
            folder = path.rpartition("/")[0]
            while folder:
                below.setdefault(folder, {})[name] = None
                folder = folder.rpartition("/")[0]
        return below

    def _paths(self) -> Iterator[tuple[str, str]]:
        for name in self.names:
            if self._prefix and name.startswith(self._prefix):
                yield name.removeprefix(self._prefix), name
            yield name, name

    def _own_names(self) -> Iterator[tuple[str, str]]:
        for name in self.names:
            yield name.rpartition("/")[2], name


class _Step:
    """One way of looking: names by a key, such as their path without its ending."""

    def __init__(self, pairs: Iterable[tuple[str, str]], key: _Key) -> None:
        self.is_loose = key.is_loose
        self._key = key
        self._names: dict[str, dict[str, None]] = {}
        for path, name in pairs:
            self._names.setdefault(key.of_name(path), {})[name] = None

    def names(self, text: str) -> tuple[str, ...]:
        return tuple(self._names.get(self._key.of_text(text), ()))


@dataclass(frozen=True, slots=True)
class _Key:
    of_name: Callable[[str], str]
    of_text: Callable[[str], str]
    is_loose: bool = False


def _forward(text: str) -> str:
    return text.replace("\\", "/")


def _tidy(text: str) -> str:
    return _forward(text.strip()).removeprefix("./")


def _as_it_is(text: str) -> str:
    return text


def _without_ending(text: str) -> str:
    return _ENDING.sub("", text)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _folded_without_ending(text: str) -> str:
    return _folded(_without_ending(text))


_KEYS = (
    _Key(_as_it_is, _as_it_is),
    _Key(_without_ending, _as_it_is),
    _Key(_folded, _folded, is_loose=True),
    _Key(_folded_without_ending, _folded, is_loose=True),
)
