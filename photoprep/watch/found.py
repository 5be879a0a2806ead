"""What lies in a watched folder at one moment: folders with their files, and loose pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LOOSE = ""
"""The name under which loose pictures go until they are a batch with a name of its own."""


WATCH_MARKER = ".photoprep-watch"
"""Our own name: of the lock, a file, in a watched folder, and of the records, a folder, in its
output. A folder that holds a folder of this name is the output of a watched one."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file: its path relative to the watched folder, with forward slashes, and how it looks."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """One folder that was looked through: its time changes when names in it come, go or change."""

    path: str
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """One top-level folder of the watched folder, or all loose pictures together (``LOOSE``).

    ``files`` are in the order of their paths, without clutter. ``under_way`` are the paths of files
    that say by their names that they are still being written. ``unreadable`` says why a part of it
    could not be looked through, and is empty where all could. ``leading_out`` are links to files
    that lie outside the watched folder: they are not among the files, and must not be read, because
    whoever may write to the folder would else have any file of ours sent. ``folders`` are those
    looked through, as they looked just before.
    """

    name: str
    files: tuple[FoundFile, ...]
    under_way: tuple[str, ...] = ()
    unreadable: str = ""
    leading_out: tuple[str, ...] = ()
    folders: tuple[FoundFolder, ...] = field(default=(), compare=False)
    # Both hashes are asked for at every look; a batch that stays the same is the same object.
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """Stands for names, sizes and times of its files: equal while nothing is seen to change."""
        if "fingerprint" not in self._known:
            self._known["fingerprint"] = fingerprint(self.files)
        return self._known["fingerprint"]

    @property
    def look(self) -> str:
        """Stands for all that is seen of it, inodes too.

        A file that another was renamed over has another inode, though its size and time may be the
        same. From one mount of a share to the next inodes may change; therefore the fingerprint,
        which the ledger keeps, knows none.
        """
        if "look" not in self._known:
            inodes = " ".join(str(file.inode) for file in self.files)
            rest = "\0".join((*self.under_way, "", *self.leading_out, "", self.unreadable))
            self._known["look"] = _hash("\0".join((self.fingerprint, inodes, rest)))
        return self._known["look"]

    @property
    def shape(self) -> str:
        """The fingerprint with paths as they are within the folder: its name does not count."""
        if "shape" not in self._known:
            self._known["shape"] = fingerprint(
                FoundFile(within(self.name, file.path), file.size_bytes, file.mtime_ns, 0)
                for file in self.files
            )
        return self._known["shape"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The watched folder as it was found, and what it cost to look it through.

    ``batches`` are in the order of their names. ``folders`` are the paths of all folders looked
    through, relative to the watched folder, which is not among them. ``unreadable`` has a sentence
    for each batch of which a place refused. ``took_s`` is by the wall clock, ``cpu_s`` of the
    processor; ``looks`` counts what was asked of the disk or the share: folders listed, files
    looked at.
    """

    batches: tuple[FoundBatch, ...]
    files: int
    took_s: float
    cpu_s: float = 0.0
    looks: int = 0
    folders: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def fingerprint(files: Iterable[FoundFile]) -> str:
    """A hash over paths, sizes and modification times, of files in the order of their paths."""
    return _hash(
        "\n".join(sorted(f"{file.path}\0{file.size_bytes}\0{file.mtime_ns}" for file in files))
    )


def within(name: str, path: str) -> str:
    """The path of a batch's file without the batch's folder; that of a loose picture as it is."""
    return path.removeprefix(f"{name}/") if name else path


def content_of(name: str, hashes: Mapping[str, str]) -> str:
    """A hash over what is in files, given by their paths, and how they are called in their folder.

    Equal for two folders with equal contents, whatever their names; ``name`` is ``LOOSE`` for
    loose pictures.
    """
    return _hash(
        "\n".join(sorted(f"{within(name, path)}\0{sha256}" for path, sha256 in hashes.items()))
    )


def _hash(text: str) -> str:
    # Names that are no text stand in it as lone surrogates, on Windows of either half.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
