"""Which distributions are installed and which plug-ins they bring, told without loading anything.

Python's own way (``importlib.metadata``) takes 40 ms, most of it for loading what parses mails.
What is asked here stands in the names of the ``dist-info`` folders on ``sys.path`` and in one small
file in each (PyPA's "Recording installed projects" and "Entry points specification"): 1 ms for a
hundred of them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from photoprep.language import Sentence, say

DECODERS, DELIVERIES = "photoprep.decoders", "photoprep.delivery"

_ENDING = ".dist-info"
_FILE = "entry_points.txt"
_LARGEST_BYTES = 1 << 20
_OURS = b"[photoprep."


@dataclass(frozen=True, slots=True)
class PluginEntry:
    """One entry point: ``value`` is ``module:attribute``, of a distribution in a version.

    ``group`` is ``photoprep.decoders`` or another that begins so.
    """

    group: str
    name: str
    value: str
    distribution: str
    version: str

    @property
    def plugin(self) -> str:
        """The distribution with its version, as people are told of it: ``photoprep-qoi 1.0``."""
        return f"{self.distribution} {self.version}"


def is_single_file() -> bool:
    """Whether this photoprep is one file with its own Python, into which nothing is installed."""
    return bool(getattr(sys, "frozen", False))  # PyInstaller's mark


def how_to_add_cluster() -> Sentence:
    """What to do where the extra ``cluster`` is wanted and is not here."""
    if is_single_file():
        return say(
            "photoprep as a single file holds no clusters and stores. Install it with Python "
            'instead: pip install "photoprep[cluster]"'
        )
    return say('Install it with: pip install "photoprep[cluster]"')


def version_of(distribution: str) -> str:
    """The version of an installed distribution; empty where its folder is not found."""
    found = _distributions(tuple(sys.path)).get(_normalised(distribution))
    return found[1] if found else ""


def plugin_entries(group: str) -> tuple[PluginEntry, ...]:
    """The entry points of a group, by distribution and name; of one installed twice, the first."""
    return tuple(entry for entry in _entries(tuple(sys.path)) if entry.group == group)


def decoder_identities() -> tuple[str, ...]:
    """The plug-ins that decode, each with its version."""
    return tuple(dict.fromkeys(entry.plugin for entry in plugin_entries(DECODERS)))


@lru_cache(maxsize=2)
def _distributions(places: tuple[str, ...]) -> dict[str, tuple[str, str, str]]:
    """Name, version and folder of every distribution, by its normalised name."""
    found: dict[str, tuple[str, str, str]] = {}
    for place in places:
        with suppress(OSError), os.scandir(place or ".") as entries:
            for entry in entries:
                if entry.name.endswith(_ENDING):
                    name, _, version = entry.name.removesuffix(_ENDING).rpartition("-")
                    found.setdefault(_normalised(name), (name, version, entry.path))
    return found


@lru_cache(maxsize=2)
def _entries(places: tuple[str, ...]) -> tuple[PluginEntry, ...]:
    found: list[PluginEntry] = []
    for name, version, folder in _distributions(places).values():
        data = _content(f"{folder}/{_FILE}")
        if _OURS in data:
            shown = name.replace("_", "-")
            told = _told(data.decode("utf-8", "replace"))
            found += (PluginEntry(*each, shown, version) for each in told)
    return tuple(sorted(found, key=lambda entry: (entry.distribution, entry.group, entry.name)))


def _content(path: str) -> bytes:
    """What stands in a small file; nothing where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:  # most distributions have no entry points
        return b""
    try:
        return os.read(handle, _LARGEST_BYTES)
    except OSError:
        return b""
    finally:
        os.close(handle)


def _told(text: str) -> Iterator[tuple[str, str, str]]:
    """Group, name and value of each entry point of photoprep's groups."""
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]").strip()
        elif group.startswith("photoprep.") and "=" in line and line[0] not in "#;":
            name, _, value = line.partition("=")
            # What stands in brackets names extras, which nobody uses any more.
            yield group, name.strip(), value.partition("[")[0].strip()


def _normalised(name: str) -> str:
    """A name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
