"""Where an icon, and what file managers take, lie on this system, and what stands in them."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import CannotWriteError
from photoprep.installed import is_single_file
from photoprep.language import Language, in_language, say
from photoprep.shortcut.desktop_entry import launcher_text, script_text, service_menu_text
from photoprep.shortcut.finder import action_label, droplet_source, quick_action
from photoprep.shortcut.record import record_path
from photoprep.shortcut.shell_link import shell_link
from photoprep.shortcut.wanted import ICONS, TYPES, Shortcut

# Known folders (knownfolders.h): OneDrive, and whoever administers the machine, move the desktop.
_DESKTOP = "{B4BFCC3A-DB2C-424C-B029-7FE99A87C641}"
_SEND_TO = "{8983036C-27C0-404B-8F08-102D10DCFD74}"
_MANAGERS = ("nautilus", "nemo", "caja", "dolphin", "thunar")


@dataclass(frozen=True, slots=True)
class Folders:
    """A user's folders: ``desktop`` on every system, the others where a system has them.

    ``data`` and ``config`` are those of the XDG Base Directory Specification, or ``~/Library`` on
    macOS; ``send_to`` is Explorer's menu.
    """

    desktop: Path
    data: Path = Path()
    config: Path = Path()
    send_to: Path = Path()

    @property
    def has_desktop(self) -> bool:
        """Whether there is a desktop; where it is the home folder itself, it is turned off."""
        return self.desktop.is_dir() and self.desktop != Path.home()


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that is installed, or a bundle that ``osacompile`` makes of it, at ``path``."""

    path: Path
    content: bytes
    is_program: bool = False
    is_droplet: bool = False


def folders_here(platform: str = sys.platform) -> Folders:
    """The folders of whoever runs this."""
    if platform == "win32":
        return Folders(desktop=_known_folder(_DESKTOP), send_to=_known_folder(_SEND_TO))
    from platformdirs import user_desktop_path

    home = Path.home()
    if platform == "darwin":
        return Folders(desktop=user_desktop_path(), data=home / "Library")
    return Folders(
        desktop=user_desktop_path(),  # as user-dirs.dirs names it, in the user's language
        data=_xdg("XDG_DATA_HOME", home / ".local" / "share"),
        config=_xdg("XDG_CONFIG_HOME", home / ".config"),
    )


def managers_here() -> tuple[str, ...]:
    """The file managers that are installed and have a place for such as this (Linux)."""
    return tuple(name for name in _MANAGERS if shutil.which(name))


def launcher_path(name: str, folders: Folders) -> Path:
    """The launcher by which Linux's desktops know the icon as a program."""
    return folders.data / "applications" / f"{name}.desktop"


def pieces_of(
    shortcut: Shortcut,
    folders: Folders,
    *,
    platform: str = sys.platform,
    managers: tuple[str, ...] = (),
    types: tuple[str, ...] = TYPES,
    language: Language = "en",
) -> list[Piece]:
    """All that an icon consists of on this system, the icon on the desktop first.

    ``types`` are those for which it is offered; ``language`` is that of labels that cannot be said
    in two.

    Raises:
        UsageError: the command has a word that this system's launchers cannot say.

    """
    name = shortcut.name
    match platform:
        case "win32":
            about = in_language(say("Drop a folder of product photos on this icon"), language)
            icon, kept = _picture(name, ".ico")
            link = shell_link(shortcut, icon, about)
            places = [folders.desktop] * folders.has_desktop + [folders.send_to]
            return [*(Piece(place / f"{name}.lnk", link) for place in places), *kept]
        case "darwin":
            source = droplet_source(shortcut).encode("utf-8")
            action = folders.data / "Services" / f"{name}.workflow" / "Contents"
            label = in_language(action_label(name), language)
            return [
                Piece(folders.desktop / f"{name}.app", source, is_droplet=True),
                *(
                    Piece(action / file, data)
                    for file, data in quick_action(shortcut, label).items()
                ),
            ]
    return _linux(shortcut, folders, managers, types)


def _linux(
    shortcut: Shortcut, folders: Folders, managers: tuple[str, ...], types: tuple[str, ...]
) -> list[Piece]:
    name = shortcut.name
    icon, kept = _picture(name, ".png")
    launcher = launcher_path(name, folders)
    plain = launcher_text(shortcut, icon).encode("utf-8")
    offered = launcher_text(shortcut, icon, types).encode("utf-8")
    script = script_text(str(launcher)).encode("utf-8")
    menu = service_menu_text(shortcut, icon, TYPES).encode("utf-8")
    pieces = [Piece(launcher, offered)]
    if folders.has_desktop:
        pieces.insert(0, Piece(folders.desktop / f"{name}.desktop", plain, is_program=True))
    for manager in managers:
        match manager:
            case "caja":
                piece = Piece(folders.config / "caja" / "scripts" / name, script, is_program=True)
            case "dolphin":
                # KIO runs none of a user's own that may not be executed.
                menus = folders.data / "kio" / "servicemenus"
                piece = Piece(menus / f"{name}.desktop", menu, is_program=True)
            case "thunar":
                every = launcher_text(shortcut, icon, TYPES).encode("utf-8")
                piece = Piece(folders.data / "Thunar" / "sendto" / f"{name}.desktop", every)
            case _:
                piece = Piece(folders.data / manager / "scripts" / name, script, is_program=True)
        pieces.append(piece)
    return [*pieces, *kept]


def _picture(name: str, ending: str) -> tuple[str, list[Piece]]:
    """Where the icon's picture lies, and what has to be written for that.

    A single file has one only while it runs, so that the icon gets its own, beside the record.
    """
    picture = ICONS / f"photoprep{ending}"
    if not is_single_file():
        return str(picture), []
    own = Piece(record_path(name).with_suffix(ending), picture.read_bytes())
    return str(own.path), [own]


def _xdg(variable: str, otherwise: Path) -> Path:
    """A base directory; one that is not absolute counts for nothing (as it is specified)."""
    given = os.environ.get(variable, "")
    return Path(given) if os.path.isabs(given) else otherwise  # noqa: PTH117 (a text)


def _known_folder(identifier: str) -> Path:
    """A folder as Windows has it now (SHGetKnownFolderPath).

    Raises:
        CannotWriteError: Windows does not know it.

    """
    if sys.platform == "win32":
        import ctypes
        from uuid import UUID

        found = ctypes.c_wchar_p()
        code = ctypes.windll.shell32.SHGetKnownFolderPath(
            ctypes.create_string_buffer(UUID(identifier).bytes_le), 0, None, ctypes.byref(found)
        )
        path = found.value
        ctypes.windll.ole32.CoTaskMemFree(found)
        if code == 0 and path:
            return Path(path)
    raise CannotWriteError(
        say("Windows does not say where the desktop and the menu “Send to” are."),
        hint=say("Sign in as a user with a desktop, then run again."),
    )
