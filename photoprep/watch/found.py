"""What lies in a watched folder at one moment: folders with their files, and loose pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LOOSE = ""
"""The name under which loose pictures go until they are a batch with a name of its own."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file: its path relative to the watched folder, with forward slashes, and how it looks."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """One top-level folder of the watched folder, or all loose pictures together (``LOOSE``).

    ``files`` are in the order of their paths, without clutter. ``under_way`` are the paths of files
    that say by their names that they are still being written. ``unreadable`` says why a part of it
    could not be looked through, and is empty where all could.
    """

    name: str
    files: tuple[FoundFile, ...]
    under_way: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def fingerprint(self) -> str:
        """Stands for names, sizes and times of its files: equal while nothing is seen to change."""
        return fingerprint(self.files)

    @property
    def shape(self) -> str:
        """The fingerprint with paths as they are within the folder: its name does not count."""
        return fingerprint(
            FoundFile(within(self.name, file.path), file.size_bytes, file.mtime_ns, 0)
            for file in self.files
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """The watched folder as it was found, and what it cost to look it through."""

    batches: tuple[FoundBatch, ...]
    files: int
    took_s: float


def fingerprint(files: Iterable[FoundFile]) -> str:
    """A hash over paths, sizes and modification times, of files in the order of their paths."""
    lines = sorted(f"{file.path}\0{file.size_bytes}\0{file.mtime_ns}" for file in files)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def within(name: str, path: str) -> str:
    """The path of a batch's file without the batch's folder; that of a loose picture as it is."""
    return path.removeprefix(f"{name}/") if name else path


def content_of(name: str, hashes: Mapping[str, str]) -> str:
    """A hash over what is in files, given by their paths, and how they are called in their folder.

    Equal for two folders with equal contents, whatever their names; ``name`` is ``LOOSE`` for
    loose pictures.
    """
    lines = sorted(f"{within(name, path)}\0{sha256}" for path, sha256 in hashes.items())
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
