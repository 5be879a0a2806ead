"""Where Windows, macOS and Linux keep their fonts, and which files lie there.

No other program is asked: fontconfig's ``fc-list`` is missing on Windows and most Macs, and its
folders stand in ``/etc/fonts/fonts.conf``.
"""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from pathlib import Path

_FONTCONFIG = Path("/etc/fonts/fonts.conf")
_FONTCONFIG_FOLDER = re.compile(r'<dir(?: prefix="(\w+)")?[^>]*>([^<]+)</dir>')
FONT_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")


def font_folders() -> tuple[Path, ...]:
    """The folders of this system's fonts: those of the system first, then the person's own."""
    if sys.platform == "win32":
        return _windows_folders()
    if sys.platform == "darwin":
        return _mac_folders()
    return _linux_folders()


@lru_cache(maxsize=8)
def font_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """The font files in these folders and below, by their names in lower case.

    Of two files with one name the first found is taken, folders in their order and files by name.
    Folders that are not there or cannot be read have none. Looked through once in a process.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for path, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                if name.lower().endswith(FONT_ENDINGS):
                    found.setdefault(name.lower(), Path(path, name))
    return found


def _windows_folders() -> tuple[Path, ...]:
    own = os.environ.get("LOCALAPPDATA")
    return (
        Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
        *((Path(own) / "Microsoft" / "Windows" / "Fonts",) if own else ()),
    )


def _mac_folders() -> tuple[Path, ...]:
    system = Path("/System/Library")
    # PingFang and others are assets of the system since macOS 15, in folders named by a hash.
    assets = sorted(system.glob("AssetsV2/com_apple_MobileAsset_Font*"))
    return (system / "Fonts", *assets, Path("/Library/Fonts"), _home() / "Library" / "Fonts")


def _linux_folders() -> tuple[Path, ...]:
    own = Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    folders = [
        *(Path(folder) / "fonts" for folder in shared.split(":") if folder),
        *_fontconfig_folders(own),
        Path("/usr/share/fonts"),
        Path("/run/host/fonts"),  # in a Flatpak: the fonts of the system around it
        own / "fonts",
        _home() / ".fonts",
    ]
    return tuple(dict.fromkeys(folders))


def _fontconfig_folders(own: Path) -> list[Path]:
    try:
        settings = _FONTCONFIG.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    folders = []
    for prefix, text in _FONTCONFIG_FOLDER.findall(settings):
        folder = Path(str(text).strip().replace("~", str(_home()), 1))
        if prefix == "xdg" or folder.is_absolute():
            folders.append(own / folder)
    return folders


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no home folder: no fonts of one's own
        return Path("/nonexistent")
