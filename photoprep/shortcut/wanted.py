"""What an icon is called and runs, and the rules for its name and its command's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.language import say

ICONS = Path(__file__).parent  # photoprep.svg, .png and .ico
NAME = "photoprep"
_LONGEST = 64
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
# Devices, which Windows has in every folder ("Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(\..*)?", re.IGNORECASE)

# For which the icon is offered. A type that nobody else opens is left out when it is installed.
PICTURE_TYPES = (
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/bmp",
    "image/gif",
    "image/heif",
    "image/avif",
    "image/jp2",
    "image/jxl",
    "image/vnd.adobe.photoshop",
)
TYPES = ("inode/directory", "application/zip", *PICTURE_TYPES)


def check_name(name: str) -> None:
    """Refuse, with ``UsageError``, what cannot name a file on every system."""
    if (
        not 0 < len(name) <= _LONGEST
        or not name.isprintable()
        or _FORBIDDEN.search(name)
        or _DEVICE.fullmatch(name)
        or name != name.strip(" .")
    ):
        raise UsageError(
            say("{name} cannot be the name of an icon.", name=repr(name)),
            hint=say(
                "Take up to {most} letters, digits, spaces and hyphens; no dot or space at an end.",
                most=_LONGEST,
            ),
        )


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One icon: ``command`` is a program's absolute path and its arguments.

    What is dropped comes behind them.

    Raises:
        UsageError: the name cannot be one on all systems, or a word cannot stand in a launcher: it
            has control characters, or bytes that are no UTF-8.

    """

    name: str
    command: tuple[str, ...]

    def __post_init__(self) -> None:
        check_name(self.name)
        for word in self.command:
            if not word.isprintable():
                raise UsageError(
                    say("{word} has letters that no icon can be given.", word=repr(word)),
                    hint=say("Rename the file, or name it by another path."),
                )
