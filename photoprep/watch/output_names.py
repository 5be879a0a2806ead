"""The name of a batch's folder within the output: as the person wrote it, safe on every system."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from photoprep.mail.items import is_device_name, one_line

_FORBIDDEN = frozenset('/\\":*?<>|')  # learn.microsoft.com, "Naming Files, Paths, and Namespaces"
# Of 255 bytes that most file systems take, and of 260 characters that a whole path has on Windows.
_LONGEST_BYTES = 120
_LONGEST_CHARACTERS = 80


def output_name(name: str, taken: Iterable[str]) -> str:
    """A folder's name for a batch of this name, other than all that are ``taken``.

    It has no character that Windows refuses or that cannot be seen, no dot or space at an end, is
    no device's name, is composed (NFC) and has at most 120 bytes; two names that differ in case or
    Unicode form alone are one on some disks, and so here. Letters of every script stay.
    """
    keys = {_key(other) for other in taken}
    wished = free = _safe(name)
    number = 1
    while _key(free) in keys:
        number += 1
        ending = f"-{number}"
        free = _cut(wished, len(ending)) + ending
    return free


def _safe(name: str) -> str:
    visible = "".join(
        "_" if character in _FORBIDDEN or unicodedata.category(character) in _UNSEEN else character
        for character in one_line(name)
    )
    safe = _cut(visible.strip(". "), 0) or "batch"
    return f"_{safe}" if is_device_name(safe) else safe


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _cut(name: str, reserved: int) -> str:
    """The name shortened until so many more characters fit behind it."""
    name = name[: _LONGEST_CHARACTERS - reserved]
    while len(name.encode("utf-8")) > _LONGEST_BYTES - reserved:
        name = name[:-1]
    return unicodedata.normalize("NFC", name.rstrip(". "))


def _key(name: str) -> str:
    """What is equal for names that some disk takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
