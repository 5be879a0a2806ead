"""Paths as they are dropped: in quotes, with escaped spaces, as ``file://`` addresses, with ``~``.

A terminal or a desktop hands over what a person dragged in its own clothes. A text that names an
existing file as it stands is always taken as it stands; only then are its clothes taken off.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from photoprep.errors import UsageError

_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_ESCAPED = re.compile(r"\\(.)")


def dropped_path(text: str | os.PathLike[str]) -> Path:
    """The absolute path that a dropped text means; links and ``..`` are left for the system.

    Raises:
        UsageError: there is nothing by that name, in whichever way it is read.

    """
    given = os.fspath(text)
    for reading in _readings(given):
        path = Path(reading)
        if _exists(path):
            return Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)
    raise UsageError(
        f"There is no file or folder called {given!r}.",
        hint="Check the spelling; put a path that has spaces in quotes.",
    )


def _readings(text: str) -> list[str]:
    """The texts to try, the most literal first."""
    bare = text.strip()
    if len(bare) >= 2 and bare[0] in _QUOTES and bare[-1] in _QUOTES:
        bare = bare[1:-1]
    readings = [text, bare]
    if bare.lower().startswith("file:"):
        readings.append(_from_address(bare))
    if bare.startswith("~"):
        readings.append(str(Path(bare).expanduser()))
    if "\\" in bare and os.name != "nt":
        readings.append(_ESCAPED.sub(r"\1", bare))
    return readings


def _from_address(address: str) -> str:
    """The path in a ``file:`` address (RFC 8089), with its percent-escapes undone."""
    parts = urlsplit(address.replace("#", "%23").replace("?", "%3F"))
    path = unquote(parts.path, errors="surrogateescape")
    if os.name == "nt":
        if parts.netloc and parts.netloc.lower() != "localhost":
            return f"\\\\{parts.netloc}{path}"
        return path.removeprefix("/") if re.match(r"/[A-Za-z]:", path) else path
    return path


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):  # a name too long, or one with a NUL
        return False
