"""Which files there are: every one found under what was dropped, once, in a settled order."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from photoprep.catalogue.archive import is_archive_name, opened
from photoprep.catalogue.found import FoundFile, is_clutter, is_clutter_folder, printable
from photoprep.errors import UsageError
from photoprep.files import FileStamp
from photoprep.language import say
from photoprep.output_folder import is_output_folder

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Dropped:
    """All that was dropped: the folder that names are relative to, and the files in order.

    ``likeness`` is the folder that all of it counts as: the root or, for an archive dropped by
    itself, the folder that it would unpack to. Files of a store have an ``address`` that names are
    relative to; no folder is their root, and they count as one in the current folder.
    """

    root: Path
    files: tuple[FoundFile, ...]
    likeness: Path
    address: str = ""


def scan(paths: Iterable[Path], *, links_within: Path | None = None) -> Dropped:
    """Find every file under the paths; files first met twice are taken once.

    With ``links_within`` a link to a file counts only if the file lies in that folder: whoever may
    drop pictures into a shared folder must not have any file of ours sent.

    Names are relative to the one dropped folder, or to what the dropped paths have in common.
    Links to files are followed, links to folders are not; a folder that photoprep made is passed
    over; a ZIP archive is read like a folder (see ``archive``).

    Raises:
        UsageError: nothing was given, or one of the paths is itself a folder photoprep made.

    """
    given = list(dict.fromkeys(paths))
    if not given:
        raise UsageError(say("No folder or file was given."), hint=say("Drag one onto photoprep."))
    for path in given:
        if _is_folder(path) and is_output_folder(path):
            raise made_here(path)
    root = _common_folder(given)
    found: dict[Path, FoundFile] = {}
    for path in given:
        for file in _walk(path, _relative(path, root)):
            found.setdefault(file.path, file)
    if links_within is not None:
        found = {path: _kept_within(file, links_within) for path, file in found.items()}
    alone = given[0] if len(given) == 1 and is_archive_name(given[0]) else None
    files = [row for file in found.values() for row in _opened(file, alone)]
    likeness = alone.with_suffix("") if any(file.member for file in files) and alone else root
    return Dropped(root, tuple(sorted(files, key=lambda file: natural_key(file.name))), likeness)


def made_here(path: Path | None = None, *, address: str = "") -> UsageError:
    """The error for what an earlier run has made."""
    return UsageError(
        say("This folder was made by photoprep; preparing it again would spoil the pictures."),
        hint=say("Give it the folder with the original photos."),
        path=path,
        address=address,
    )


def default_output_folder(root: Path) -> Path:
    """The sibling ``NAME-prepared`` of a folder; at the top of a disk, a folder inside it."""
    if root.name:
        return root.with_name(f"{root.name}-prepared")
    return root / "photos-prepared"


def natural_key(name: str) -> tuple[tuple[tuple[tuple[int, int, str], ...], ...], str]:
    """A sort key in which ``img2`` comes before ``img10``, folder by folder.

    The name itself comes last, so that no two names are equal and the order is settled.
    """
    return tuple(_counting_key(part) for part in name.casefold().split("/")), name


def _counting_key(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (0, int(run), "") if run.isdecimal() else (1, 0, run) for run in _DIGITS.split(text)
    )


def _common_folder(paths: list[Path]) -> Path:
    folders = [path if _is_folder(path) else path.parent for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:  # different drives on Windows
        raise UsageError(
            say("The dropped files lie on different drives."), hint=say("Drop them drive by drive.")
        ) from error


def _walk(path: Path, name: str) -> Iterator[FoundFile]:
    """The files at and below ``path``; folders in no particular order, ``scan`` sorts.

    ``name`` is its own from the root on, empty for the root. Paths stay texts here as long as they
    can: of ten thousand files, each step with a ``Path`` costs 0.05 s.
    """
    if not _is_folder(path):
        yield _look(os.fspath(path), path.name, name, hidden_too=True)  # by itself, it is meant
        return
    try:
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        trouble = say("The folder cannot be opened ({reason}).", reason=reason)
        yield FoundFile(path, printable(name or "."), None, trouble=trouble)
        return
    for entry in listed:
        below = f"{name}/{entry.name}" if name else entry.name
        if entry.is_dir(follow_symlinks=False):
            if not is_output_folder(Path(entry.path)):
                yield from _walk_folder(Path(entry.path), below)
        elif entry.is_symlink() and _is_folder(entry.path):
            yield _set_aside(entry.path, below, say("a link to a folder is not followed"))
        else:
            yield _look(entry.path, entry.name, below)


def _walk_folder(folder: Path, name: str) -> Iterator[FoundFile]:
    if is_clutter_folder(folder.name):
        yield _set_aside(folder, name, say("a hidden or system folder"))
    else:
        yield from _walk(folder, name)


def _look(path: str, own_name: str, name: str, *, hidden_too: bool = False) -> FoundFile:
    looked_ns = time.time_ns()
    try:
        # Not the listing's own look, which on Windows tells no inode.
        status = os.stat(path)  # noqa: PTH116 (see _walk)
    except FileNotFoundError:
        trouble = say("It is a link to a file that is not there.")
        return FoundFile(Path(path), printable(name), None, trouble=trouble)
    except OSError as error:
        trouble = say(
            "It cannot be looked at ({reason}).", reason=error.strerror or type(error).__name__
        )
        return FoundFile(Path(path), printable(name), None, trouble=trouble)
    if not stat.S_ISREG(status.st_mode):
        return _set_aside(path, name, say("no regular file"))
    if not hidden_too and is_clutter(own_name):
        return _set_aside(path, name, say("a hidden or system file"))
    return FoundFile(Path(path), printable(name), FileStamp.from_stat(status, looked_ns))


def _kept_within(file: FoundFile, folder: Path) -> FoundFile:
    """A file found, or why the link that it is does not count."""
    if file.stamp is None or not file.path.is_symlink():
        return file
    target = os.path.realpath(file.path)
    if Path(target).is_relative_to(os.path.realpath(folder)):
        return file
    return _set_aside(file.path, file.name, say("a link out of the watched folder"))


def _set_aside(path: str | Path, name: str, reason: str) -> FoundFile:
    return FoundFile(Path(path), printable(name), None, aside=reason)


def _opened(file: FoundFile, alone: Path | None) -> tuple[FoundFile, ...]:
    told_from = "" if file.path == alone else file.name[: -len(file.path.suffix)]
    return opened(file, told_from=told_from)


def _is_folder(path: Path | str) -> bool:
    """Whether it is a folder; ``Path.is_dir`` raises where the system refuses to say."""
    return os.path.isdir(path)  # noqa: PTH112 (see above)


def _relative(path: Path, root: Path) -> str:
    """The name of a path from the root on, with forward slashes; empty for the root itself."""
    return "" if path == root else path.relative_to(root).as_posix()
