"""Paths as they are dropped: in quotes, with escaped spaces, as ``file://`` addresses, with ``~``.

A terminal or a desktop hands over what a person dragged in its own clothes. A text that names an
existing file as it stands is always taken as it stands; only then are its clothes taken off.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from photoprep.errors import UsageError
from photoprep.files import at_home
from photoprep.language import say

_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_DRIVE_AFTER_SLASH = re.compile(r"/[A-Za-z]:(/|$)")
_ESCAPED = re.compile(r"\\(.)")


def dropped_path(text: str | os.PathLike[str]) -> Path:
    """The absolute path that a dropped text means; links and ``..`` are left for the system.

    Raises:
        UsageError: there is nothing by that name, in whichever way it is read.

    """
    given = os.fspath(text)
    for reading in readings(given, windows=os.name == "nt"):
        path = Path(reading)
        if reading and _exists(path):
            return Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)
    raise UsageError(
        say("There is no file or folder called {given}.", given=repr(given)),
        hint=say("Check the spelling; put a path that has spaces in quotes."),
    )


def readings(text: str, *, windows: bool) -> list[str]:
    """The paths that a text may mean, the most literal first; the disk is not asked.

    On Windows a backslash parts folders; elsewhere it takes the meaning from the next letter.
    """
    bare = text.strip()
    if len(bare) >= 2 and bare[0] in _QUOTES and bare[-1] in _QUOTES:
        bare = bare[1:-1]
    found = [text, bare]
    if bare.lower().startswith("file:"):
        found.append(_from_address(bare, windows=windows))
    if bare.startswith("~"):
        found.append(at_home(bare))
    if "\\" in bare and not windows:
        found.append(_ESCAPED.sub(r"\1", bare))
    return list(dict.fromkeys(found))


def _from_address(address: str, *, windows: bool) -> str:
    """The path in a ``file:`` address (RFC 8089, E.2 and E.3 for Windows), its escapes undone."""
    host, path = "", address[len("file:") :]
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        path = slash + rest
    path = unquote(path, errors="surrogateescape")
    if not windows:
        return path
    if host and host.lower() != "localhost":
        path = f"//{host}{path}"
    elif _DRIVE_AFTER_SLASH.match(path):
        path = path[1:]
    return path.replace("/", "\\")


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):  # a name too long, or one with a NUL
        return False
