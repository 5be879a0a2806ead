"""What ``shortcut install`` wrote, so that ``remove`` takes away that and nothing else.

One file a name, ``shortcuts/NAME.json`` in the configuration folder: the paths, with the hash of
what was put there, and the folders that were made for them.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import CannotWriteError
from photoprep.files import cannot_write, write_whole
from photoprep.language import say
from photoprep.profile import profile_path

# What Finder puts into a bundle by itself: its own notes, and the icon that it was given.
_FINDERS_OWN = {".DS_Store", "Icon\r"}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one name: hashes (SHA-256, hexadecimal) by path, and folders made."""

    hashes: dict[Path, str]
    folders: tuple[Path, ...] = ()

    def is_ours(self, path: Path) -> bool:
        """Whether what stands there now is what was written."""
        return path in self.hashes and hash_at(path) == self.hashes[path]


def record_path(name: str) -> Path:
    """Where it is kept, whether or not it is there."""
    return profile_path().parent / "shortcuts" / f"{name}.json"


def names_on_record() -> list[str]:
    """The icons that are installed, as far as is known."""
    return sorted(path.stem for path in record_path("x").parent.glob("*.json"))


def read_record(name: str) -> Written | None:
    """What was written for the name; None where nothing is known.

    Raises:
        CannotWriteError: the record is damaged, so that nothing can be removed by it.

    """
    path = record_path(name)
    try:
        kept = json.loads(path.read_bytes())
        hashes = {Path(each): str(digest) for each, digest in dict(kept["files"]).items()}
        return Written(hashes, tuple(map(Path, kept["folders"])))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_write(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CannotWriteError(
            say("The record of this icon is damaged."),
            hint=say("Delete it, and the icon, by hand; then install the icon anew."),
            path=path,
        ) from error


def folders_on_record() -> set[Path]:
    """Every folder that was made for an icon; they go with the last one that lies in them."""
    found: set[Path] = set()
    for name in names_on_record():
        with suppress(CannotWriteError):
            found.update((read_record(name) or Written({})).folders)
    return found


def write_record(name: str, written: Written) -> None:
    """Keep it. Raises ``CannotWriteError``."""
    path = record_path(name)
    kept = {
        "schema": 1,
        "files": {str(each): digest for each, digest in written.hashes.items()},
        "folders": [str(folder) for folder in written.folders],
    }
    make_folder(path.parent)
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    write_whole(path, text.encode("utf-8"), temporary=path.with_name(f".{path.name}.tmp"))


def forget_record(name: str) -> None:
    """Remove it, and its folder when no other is in it."""
    path = record_path(name)
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises ``CannotWriteError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def hash_at(path: Path) -> str:
    """The hash of a file, or of all that is in a bundle; empty where there is nothing to read."""
    try:
        if not path.is_dir():
            return hashlib.sha256(path.read_bytes()).hexdigest()
        whole = hashlib.sha256()
        for above, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(set(files) - _FINDERS_OWN):
                file = Path(above, name)
                whole.update(file.relative_to(path).as_posix().encode("utf-8", "surrogateescape"))
                whole.update(hashlib.sha256(file.read_bytes()).digest())
        return whole.hexdigest()
    except OSError:
        return ""
