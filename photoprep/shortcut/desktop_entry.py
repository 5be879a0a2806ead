"""Launchers and what Linux's file managers take, as texts; pure.

Desktop Entry Specification 1.5 ("Possible value types", "The Exec key"); for KDE "Creating Dolphin
service menus"; GNOME Files, Nemo and Caja run what lies in their folders of scripts.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from photoprep.language import Sentence, in_language, say
from photoprep.shortcut.wanted import Shortcut

_WRITTEN = "# Written by photoprep shortcut install; photoprep shortcut remove takes it away again."


def launcher_text(shortcut: Shortcut, icon: str, types: Iterable[str] = ()) -> str:
    """A launcher, whole: what is dropped on it, or opened with it, goes to the command.

    It runs in a terminal, which the desktop chooses. ``types`` are those that file managers offer
    it for.
    """
    about = say("Drop a folder of product photos on this icon")
    listed = "".join(f"{each};" for each in types)
    offered = f"MimeType={listed}\n" if listed else ""
    return f"""\
[Desktop Entry]
{_WRITTEN}
Type=Application
{_spoken("Name", shortcut.name)}{_spoken("Comment", about)}Exec={_command(shortcut)}
Icon={_escaped(icon)}
Terminal=true
StartupNotify=false
Categories=Graphics;Photography;
{offered}"""


def service_menu_text(shortcut: Shortcut, icon: str, types: Iterable[str]) -> str:
    """An entry of the menu that Dolphin shows for folders and pictures.

    KIO takes ``Terminal`` from the group above the action's.
    """
    listed = "".join(f"{each};" for each in types)
    label = say("Prepare with {name}", name=shortcut.name)
    return f"""\
[Desktop Entry]
{_WRITTEN}
Type=Service
X-KDE-ServiceTypes=KonqPopupMenu/Plugin
MimeType={listed}
Actions=prepare;
Terminal=true

[Desktop Action prepare]
{_spoken("Name", label)}Icon={_escaped(icon)}
Exec={_command(shortcut)}
"""


def script_text(launcher: str) -> str:
    """A script for a file manager, which gives it the chosen files' names and no terminal.

    So it hands them to the launcher. Names come without their folder, which is the current one;
    ``gio`` would take one such as ``a:b`` for an address.
    """
    return f"""\
#!/bin/sh
{_WRITTEN}
for each do
    case $each in
        /*) ;;
        *) each=$PWD/$each ;;
    esac
    set -- "$@" "$each"
    shift
done
exec gio launch {shlex.quote(launcher)} "$@"
"""


def _command(shortcut: Shortcut) -> str:
    """The command as ``Exec`` has it, with ``%F`` for all that was dropped."""
    return " ".join([*map(_quoted, shortcut.command), "%F"])


def _quoted(word: str) -> str:
    r"""A word in double quotes, in which ", `, $ and \ are escaped; % is doubled.

    ``Exec`` is a text like others besides, so that each backslash is doubled once more.
    """
    inner = word.replace("\\", "\\\\")
    for mark in '"`$':
        inner = inner.replace(mark, f"\\{mark}")
    return _escaped(f'"{inner}"'.replace("%", "%%"))


def _escaped(text: str) -> str:
    """A text as a value; it has no line breaks and does not begin with a space."""
    return text.replace("\\", "\\\\")


def _spoken(key: str, text: str) -> str:
    """A key's lines: in English, and in Chinese where that is another text."""
    english = f"{key}={_escaped(str(text))}\n"
    chinese = in_language(text, "zh") if isinstance(text, Sentence) else text
    return english if chinese == text else f"{english}{key}[zh]={_escaped(chinese)}\n"
