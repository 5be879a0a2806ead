"""What was looked at, as it was found; ``judging`` says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from photoprep.language import Language
from photoprep.sheet.font_table import Script

Read = Literal["read", "missing", "broken"]
Installer = Literal["pipx", "uv tool", "uv", "pip", "outer pip", "single file"]


@dataclass(frozen=True, slots=True)
class Installation:
    """How photoprep was installed, and where.

    ``python`` is the interpreter's path. ``source`` is what ``uv tool`` was told to install, empty
    where that is the package by its name; ``extras`` are those that it was told to add.
    ``requirements`` are what each extra installs. ``font_installer`` is the command that installs
    programs on this system (``apt``, ``dnf`` …), empty where none is known.
    """

    version: str
    python_version: str
    system: str
    python: str
    installer: Installer
    source: str = ""
    extras: tuple[str, ...] = ()
    requirements: tuple[tuple[str, tuple[str, ...]], ...] = ()
    font_installer: str = ""


@dataclass(frozen=True, slots=True)
class SampleRead:
    """What became of a sample of one format (see ``samples``), in a worker as a run has them."""

    key: str
    read: Read
    why: str = ""


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that make photos: how many there would be, and what each may take.

    ``bound_bytes`` is read back from one of them; 0 where the system knows no such bound.
    ``libraries`` are what decodes, with their versions; ``why`` says why there are no workers, and
    is empty where they live.
    """

    jobs: int
    bound_bytes: int = 0
    libraries: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ScriptDrawn:
    """Which font draws a script on a sheet; ``family`` is empty where none does."""

    script: Script
    family: str
    is_shipped: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """The keyring by its backend's name, and the accounts by theirs; no server was asked.

    ``keyring_why`` and ``accounts_why`` say what is wrong, and are empty where nothing is.
    ``has_keyring_library`` tells a system without a keyring from one that only lacks the extra.
    """

    has_keyring_library: bool
    keyring: str = ""
    keyring_why: str = ""
    accounts: tuple[str, ...] = ()
    accounts_why: str = ""


@dataclass(frozen=True, slots=True)
class Watching:
    """Whether changes in a folder are told, and what it lies on (``ext4``, ``cifs`` …).

    ``saw_event`` is whether one of a file of our own came, in a folder of our own that was watched
    together with it; ``why`` is what the system said against it.
    """

    folder: str
    mount_kind: str
    mount_tells: bool
    saw_event: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: what is free, and what the system says against writing there."""

    folder: str
    free_bytes: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A library of the extra ``cluster``, loaded; without a version it is not installed.

    ``why`` says why one that is installed cannot be loaded.
    """

    name: str
    version: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was looked at. ``is_folder_given`` is whether somebody named the folder."""

    installation: Installation
    language: Language
    samples: tuple[SampleRead, ...]
    workers: Workers
    scripts: tuple[ScriptDrawn, ...]
    fonts_why: str
    mail: Mail
    beyond: tuple[Library, ...]
    watching: Watching
    outputs: Place
    temporary: Place
    is_folder_given: bool
