"""Which names in a watched folder are of no account, and which say that a transfer is under way.

Many transfers write under a hidden name, so whoever asks both asks ``is_under_way`` first.
"""

from __future__ import annotations

import re

from photoprep.catalogue import found

# What is written under its own name with something after it. The comment names who does.
_ENDINGS = (
    ".part",  # Firefox, KDE, curl's and lftp's users, Nextcloud's server
    ".partial",  # Edge, rclone
    ".crdownload",  # Chrome and Edge
    ".download",  # Safari, which makes a folder of it
    ".opdownload",  # Opera
    ".filepart",  # WinSCP
    ".tmp",  # Office, Syncthing, OneDrive and many more
    ".temp",
    ".aria2",  # stands beside the file while aria2 loads it
    ".!ut",  # torrents: uTorrent
    ".!qb",  # qBittorrent
    ".bc!",  # BitComet
    ".!sync",  # Resilio Sync
    ".bts",  # BitTorrent Sync
    ".icloud",  # a hidden stand-in for a file that is still in the cloud
)
_BEGINNINGS = (
    "~$",  # Office has the document open
    ".~lock.",  # LibreOffice has
    ".syncthing.",
    "~syncthing~",
    ".pureftpd-upload.",
    ".dropbox.cache",
    ".rsync-partial",
    ".~tmp~",  # rsync --delay-updates
    ".synologyworkingdirectory",
)
_SYNC = ".sync"
_MADE_UP = (
    # rsync: .IMG_0001.jpg.Ab3dEf. The ending of the file's own name keeps .app.config out.
    re.compile(r"\..+\.[A-Za-z0-9]{1,5}\.[A-Za-z0-9]{6}"),
    # Nextcloud and ownCloud: .IMG_0001.jpg.~4f2a91
    re.compile(r"\..+\.~[0-9A-Fa-f]+"),
)
# They begin like transfers and stay for good: the settings and the databases of the programs.
_STAYING = re.compile(r"\.sync|\.sync(ignore|_?journal.*|_[0-9a-f]+\.db.*)?", re.IGNORECASE)
_APPLE_DOUBLE = "._"


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or something that a system leaves behind.

    It is what ``prepare`` leaves aside, so that a watched batch is what ``prepare`` makes of it.
    Our own lock and records are hidden, and so among it.
    """
    return found.is_clutter(name) or found.is_clutter_folder(name)


def is_under_way(name: str) -> bool:
    """Whether a file of this name, or a folder with files in it, is still being transferred."""
    if name.startswith(_APPLE_DOUBLE) or _STAYING.fullmatch(name):
        return False
    small = name.casefold()
    return (
        small.endswith(_ENDINGS)
        or small.startswith(_BEGINNINGS)
        or small.startswith(_SYNC)
        or any(form.fullmatch(name) for form in _MADE_UP)
    )
