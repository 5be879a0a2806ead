"""A file that was found, on a disk or in an archive, and what is left aside by its name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from photoprep.files import FileStamp
from photoprep.members import Member

# In a watched folder it says how the batch it lies in is prepared (``watch.settings``).
SETTINGS_NAME = "photoprep.toml"
_CLUTTER = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
_CLUTTER_FOLDERS = {
    "__macosx",
    "@eadir",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "system volume information",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file under what was dropped.

    ``name`` is its path from the dragged folder with forward slashes, printable on every
    terminal; ``stamp`` is how it looked. ``aside`` says why it is no candidate at all (hidden,
    clutter, a socket …), ``trouble`` why it could not even be looked at; both empty for most, as
    is ``hint``, what to do about either. Of a file within an archive, ``path`` is the archive's,
    ``member`` says where it stands in it, and ``told_by`` is the name that tells what it shows.
    """

    path: Path
    name: str
    stamp: FileStamp | None
    aside: str = ""
    trouble: str = ""
    hint: str = ""
    member: Member | None = None
    told_by: str = ""


def is_clutter(own_name: str) -> bool:
    """Whether a file of this name is hidden, or something that a system leaves behind."""
    return own_name.startswith(".") or own_name.casefold() in _CLUTTER


def is_settings(name: str) -> bool:
    """Whether a file of this name, from the dragged folder on, says how a batch is prepared."""
    return name.casefold() == SETTINGS_NAME


def is_clutter_folder(own_name: str) -> bool:
    """Whether a folder of this name is hidden, or something that a system leaves behind."""
    return own_name.startswith(".") or own_name.casefold() in _CLUTTER_FOLDERS


def printable(text: str) -> str:
    r"""A file's name as text that every terminal and JSON reader takes.

    Bytes that are no UTF-8 (POSIX allows them in names) and control characters become ``\xNN``.
    """
    if not text.isascii():
        text = os.fsencode(text).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else _CONTROL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0]):02x}"
