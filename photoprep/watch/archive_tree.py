"""What lies in a batch as it stands, whether it is what was prepared, and a copy of it."""

from __future__ import annotations

import hashlib
import os
import stat
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from photoprep.catalogue.found import is_clutter, is_clutter_folder
from photoprep.errors import SourceUnreadableError
from photoprep.files import FileStamp, open_source, sha256_of_file, sync_folder, unreadable
from photoprep.output_folder import is_output_folder

_CHUNK_BYTES = 1 << 20
EntryKind = Literal["file", "link", "folder", "other"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that lies in a batch: where, and its path from the watched folder on.

    ``is_counted`` says that a file must be among those that were prepared; clutter and what lies in
    a folder that photoprep made need not. ``stamp`` is that of the thing itself, not of what a link
    leads to.
    """

    path: Path
    below: str
    kind: EntryKind
    stamp: FileStamp
    is_counted: bool


def entries_of(sources: Iterable[Path], inbox: Path) -> list[Entry]:
    """All that lies at and below the sources, each folder before what is in it; no link followed.

    What is not there is left out. Raises ``OSError`` where a folder cannot be looked through.
    """
    found: list[Entry] = []
    for source in sources:
        with suppress(FileNotFoundError):
            _collect(source, source.relative_to(inbox).as_posix(), found, is_counted=True)
    return found


def _collect(path: Path, below: str, found: list[Entry], *, is_counted: bool) -> None:
    stamp, kind = _look(path)
    counted = is_counted and kind != "folder" and not is_clutter(path.name)
    found.append(Entry(path, below, kind, stamp, counted))
    if kind != "folder":
        return
    inner = is_counted and not is_clutter_folder(path.name) and not is_output_folder(path)
    with os.scandir(path) as listed:
        names = sorted(entry.name for entry in listed)
    for name in names:
        with suppress(FileNotFoundError):
            _collect(path / name, f"{below}/{name}", found, is_counted=inner)


def _look(path: Path) -> tuple[FileStamp, EntryKind]:
    looked_ns = time.time_ns()
    status = path.lstat()
    kinds: dict[int, EntryKind] = {
        stat.S_IFREG: "file",
        stat.S_IFLNK: "link",
        stat.S_IFDIR: "folder",
    }
    return FileStamp.from_stat(status, looked_ns), kinds.get(stat.S_IFMT(status.st_mode), "other")


def changed_files(entries: Sequence[Entry], expected: Mapping[str, str]) -> tuple[str, ...]:
    """The paths at which there is not, to the last byte, what was prepared.

    ``expected`` has the SHA-256 of each file that was, by its path from the watched folder on,
    whichever of Unicode's forms either is in. A link is not read: it goes as the link it is.

    Raises:
        SourceUnreadableError: a file is there and cannot be read.

    """
    known = Expected(expected)
    changed = []
    for entry in entries:
        if entry.kind not in {"file", "link"}:
            continue
        wanted = known.met(entry.below)
        if entry.kind == "link":
            continue
        if wanted is None:
            if entry.is_counted:
                changed.append(entry.below)
        elif sha256_of_file(entry.path) != wanted:
            changed.append(entry.below)
    return (*changed, *known.missing())


class Expected:
    """The hashes by path, exactly or else by the path's composed form; and which were not met."""

    def __init__(self, expected: Mapping[str, str]) -> None:
        self._exact = dict(expected)
        self._composed = {_composed(path): path for path in expected}
        self._left = set(expected)

    def met(self, below: str) -> str | None:
        """The hash for a path; None where nothing was prepared of it."""
        path = below if below in self._exact else self._composed.get(_composed(below), "")
        self._left.discard(path)
        return self._exact.get(path)

    def missing(self) -> list[str]:
        """The paths that were not asked for."""
        return sorted(self._left)


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


@dataclass(frozen=True, slots=True)
class Copied:
    """One thing and its copy, with the hash of the content that was read; empty for no file."""

    entry: Entry
    place: Path
    sha256: str = ""


def copy_entries(entries: Sequence[Entry], base: Path, into: Path) -> list[Copied]:
    """Copy what lies below ``base`` into a folder that is there, and bring it onto the platter.

    Nothing is written over: where a disk takes two names for one, the second gets a number. Times
    and rights are kept where the disk can. Neither a socket nor a device is copied.

    Raises:
        SourceUnreadableError: a file cannot be read.
        OSError: the place cannot be written, or has no room.

    """
    copied: list[Copied] = []
    folders = {base: into}
    for entry in entries:
        if entry.path == base:
            continue
        place = folders[entry.path.parent] / entry.path.name
        match entry.kind:
            case "folder":
                place.mkdir(exist_ok=True)
                folders[entry.path] = place
            case "link":
                place = free_place(place)
                place.symlink_to(entry.path.readlink())
            case "file":
                place = free_place(place)
                copied.append(Copied(entry, place, _copy_file(entry.path, place)))
                continue
            case "other":
                continue
        copied.append(Copied(entry, place))
    for source, folder in reversed(folders.items()):
        _keep_look(source, folder)
        sync_folder(folder)
    return copied


def is_as_read(copied: Copied) -> bool:
    """Whether the copy on the disk has the content that was read; read anew to say so."""
    return not copied.sha256 or sha256_of_file(copied.place) == copied.sha256


def is_unchanged(entry: Entry, sha256: str) -> bool:
    """Whether a source still is what it was, by its look or else by its content.

    Raises:
        SourceUnreadableError: it cannot be read.

    """
    try:
        now, kind = _look(entry.path)
    except OSError:
        return False
    if kind != entry.kind:
        return False
    if kind != "file" or now.shows_unchanged(entry.stamp):
        return True
    return bool(sha256) and sha256_of_file(entry.path) == sha256


def free_place(place: Path, *, is_folder: bool = False) -> Path:
    """The place itself, or ``name-2``, ``name-3`` … where something stands."""
    stem, suffix = (place.name, "") if is_folder else (place.stem, place.suffix)
    free, number = place, 1
    while os.path.lexists(free):
        number += 1
        free = place.with_name(f"{stem}-{number}{suffix}")
    return free


def _copy_file(source: Path, place: Path) -> str:
    digest = hashlib.sha256()
    with open_source(source) as reading, place.open("xb") as writing:
        while chunk := _read(reading, source):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        _keep_look(source, place)
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _read(file: BinaryIO, source: Path) -> bytes:
    try:
        return file.read(_CHUNK_BYTES)
    except OSError as error:
        raise unreadable(source, error) from error


def _keep_look(source: Path, place: Path) -> None:
    # What a disk cannot keep of this is no reason to keep the photos from their archive.
    with suppress(OSError, SourceUnreadableError):
        status = source.stat()
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
        place.chmod(stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
