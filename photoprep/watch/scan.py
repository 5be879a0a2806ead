"""A look through a watched folder: every batch with its files as they stand just now.

The look follows no link to a folder, as ``prepare`` does not, and no link to a file outside.
What cannot be known: a network share that hangs lets every call wait, this one too, for as long as
its mount options say; and a share that was away when the daemon first started looks like a folder
that is empty, unless the caller kept the ``Mount`` of an earlier start.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from photoprep.catalogue.found import is_clutter_folder, printable
from photoprep.errors import WatchedFolderGoneError
from photoprep.language import say
from photoprep.output_folder import MARKER
from photoprep.watch.clutter import is_clutter, is_under_way
from photoprep.watch.found import LOOSE, WATCH_MARKER, FoundBatch, FoundFile, FoundFolder, Scan
from photoprep.watch.mounts import Mount, is_laid_bare, mount_of

_MARKERS = {MARKER, WATCH_MARKER}
_VANISHED = (FileNotFoundError, NotADirectoryError)
# On Windows a listing tells no inode, and of an open file an old size and time.
_LISTING_TELLS_ALL = os.name != "nt"


def scan_inbox(
    inbox: Path,
    home: Mount | None = None,
    *,
    before: Scan | None = None,
    anew: Collection[str] = (),
) -> Scan:
    """Look the watched folder through.

    ``home`` is what it lay on at the start (``mounts.mount_of``), or at an earlier one: with it, a
    bare mount point is told from a folder that was emptied. What vanishes meanwhile is not found;
    what refuses is told in ``unreadable``. Folders that photoprep made are passed over.

    With ``before``, the scan before this one, it is a quick look: a batch all of whose folders have
    kept their times is taken over from there, a call a folder instead of one a file. What comes,
    goes or is renamed is found so, but no file that is written anew under its name; therefore
    ``anew`` is to name each batch that waits (a folder's time may be as coarse as two seconds) and
    each that events told of (``Waker.take_touched``), and a whole look is due from time to time:
    also because some disks (FAT under Windows, some shares) leave a folder's time as it is.

    Raises:
        WatchedFolderGoneError: the folder is not there, is none, refuses, was replaced during the
            look, or what it lay on is away.

    """
    began_s, cpu_began_s = time.perf_counter(), time.thread_time()
    identity = _identity(inbox)
    looking = _Looking(os.path.realpath(inbox))
    try:
        loose, folders = looking.list_folder(os.fspath(inbox), "")
    except OSError as error:
        raise _gone(inbox, error) from error
    known = {batch.name: batch for batch in before.batches} if before is not None else {}
    batches = [
        looking.unchanged(inbox, known.get(name) if name not in anew else None)
        or looking.batch(path, name)
        for path, name in folders
    ]
    if home is not None:
        _check_home(inbox, home)
    # A share that went away half-way through looks like one whose batches were deleted.
    if _identity(inbox) != identity:
        raise WatchedFolderGoneError(
            say("The watched folder was replaced while it was being looked through."), path=inbox
        )
    found = [batch for batch in batches if batch is not None]
    if loose.files or loose.under_way or loose.unreadable:
        found.append(loose.as_batch(LOOSE))
    return Scan(
        batches=tuple(sorted(found, key=lambda batch: batch.name)),
        files=sum(len(batch.files) for batch in found),
        took_s=time.perf_counter() - began_s,
        cpu_s=time.thread_time() - cpu_began_s,
        looks=looking.looks + 2,
        folders=tuple(sorted(folder.path for batch in found for folder in batch.folders)),
        unreadable=tuple(batch.unreadable for batch in found if batch.unreadable),
    )


def _identity(inbox: Path) -> tuple[int, int]:
    try:
        status = inbox.stat()
    except OSError as error:
        raise _gone(inbox, error) from error
    if not stat.S_ISDIR(status.st_mode):
        raise WatchedFolderGoneError(
            say("The watched folder is a folder no more: a file stands in its place."),
            hint=say("Move the file elsewhere and make the folder anew."),
            path=inbox,
        )
    return status.st_dev, status.st_ino


def _check_home(inbox: Path, home: Mount) -> None:
    try:
        now = mount_of(inbox)
    except OSError as error:
        raise _gone(inbox, error) from error
    if is_laid_bare(home, now):
        raise WatchedFolderGoneError(
            say("The disk or share of the watched folder is away ({point}).", point=home.point),
            hint=say("Connect it again; nothing is taken for deleted until then."),
            path=inbox,
        )


def _gone(inbox: Path, error: OSError) -> WatchedFolderGoneError:
    if isinstance(error, FileNotFoundError):
        return WatchedFolderGoneError(
            say("The watched folder is not there."),
            hint=say("Make it anew, or connect its disk or share again."),
            path=inbox,
        )
    return WatchedFolderGoneError(
        say("The watched folder cannot be read ({reason}).", reason=_reason(error)),
        hint=say("Check the disk or the network share, and your rights to the folder."),
        path=inbox,
    )


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


@dataclass(slots=True)
class _Pile:
    """What was found of one batch so far, or of one of its folders."""

    files: list[FoundFile] = field(default_factory=list)
    folders: list[FoundFolder] = field(default_factory=list)
    under_way: list[str] = field(default_factory=list)
    leading_out: list[str] = field(default_factory=list)
    unreadable: str = ""
    is_ours: bool = False

    def add(self, more: _Pile, *, is_transfer: bool) -> None:
        """Take in one more folder; of one that a transfer writes in, each file is under way."""
        if more.is_ours:
            return
        if is_transfer:
            self.under_way.extend(file.path for file in more.files)
        else:
            self.files.extend(more.files)
        self.folders.extend(more.folders)
        self.under_way.extend(more.under_way)
        self.leading_out.extend(more.leading_out)
        self.unreadable = self.unreadable or more.unreadable

    def refuse(self, path: str, error: OSError) -> None:
        """Keep why a file or folder could not be looked at; the first of them speaks for all."""
        self.unreadable = self.unreadable or say(
            "{path} cannot be looked at ({reason}).", path=printable(path), reason=_reason(error)
        )

    def as_batch(self, name: str) -> FoundBatch:
        """All of it in the order of the paths."""
        return FoundBatch(
            name,
            tuple(sorted(self.files, key=lambda file: file.path)),
            under_way=tuple(sorted(self.under_way)),
            unreadable=self.unreadable,
            leading_out=tuple(sorted(self.leading_out)),
            folders=tuple(self.folders),
        )


class _Looking:
    """One look through: where the watched folder really is, and what was asked of the disk."""

    def __init__(self, real_inbox: str) -> None:
        self._inside = real_inbox
        self.looks = 0

    def unchanged(self, inbox: Path, known: FoundBatch | None) -> FoundBatch | None:
        """What is known of a batch, where all its folders look as they did."""
        if known is None or not known.folders:
            return None
        for folder in known.folders:
            self.looks += 1
            try:
                status = os.lstat(f"{inbox}/{folder.path}")
            except OSError:
                return None
            if folder != _folder(folder.path, status):
                return None
        return known

    def batch(self, path: str, name: str) -> FoundBatch | None:
        """A folder with all below it; none where it vanished, or photoprep made it."""
        pile = _Pile()
        waiting = [(path, name)]
        # Not by recursion: how deep folders lie is up to whoever may write here.
        while waiting:
            folder, below = waiting.pop()
            try:
                found, folders = self.list_folder(folder, below)
            except OSError as error:
                if not isinstance(error, _VANISHED):
                    pile.refuse(below, error)
                elif below == name:
                    return None
                continue
            if found.is_ours and below == name:
                return None
            pile.add(found, is_transfer=any(map(is_under_way, below.split("/"))))
            if not found.is_ours:
                waiting.extend(folders)
        return pile.as_batch(name)

    def list_folder(self, folder: str, below: str) -> tuple[_Pile, list[tuple[str, str]]]:
        """The files of one folder, and the folders in it that are to be looked through.

        ``below`` is its path relative to the watched folder. Raises ``OSError`` as ``os.scandir``.
        """
        pile = _Pile()
        folders = []
        self.looks += 1
        if below:
            # Before it is listed: what comes while it is, or after, changes the time once more.
            self.looks += 1
            pile.folders.append(_folder(below, os.lstat(folder)))
        with os.scandir(folder) as entries:
            for entry in entries:
                path = f"{below}/{entry.name}" if below else entry.name
                try:
                    if entry.is_symlink():
                        self._take_link(pile, entry.path, path)
                    elif entry.is_dir(follow_symlinks=False):
                        pile.is_ours = pile.is_ours or entry.name in _MARKERS
                        if _is_to_be_looked_through(entry, is_batch=not below):
                            folders.append((entry.path, path))
                    elif is_under_way(entry.name):
                        pile.under_way.append(path)
                    elif not is_clutter(entry.name):
                        self.looks += 1
                        _take(pile, entry, path)
                except _VANISHED:
                    continue
                except OSError as error:
                    pile.refuse(path, error)
        return pile, folders

    def _take_link(self, pile: _Pile, link: str, path: str) -> None:
        """Take what a link leads to for the file, where that is one and lies in here too.

        One that leads nowhere just now is let be in here; out there it might lead to a file by the
        time that somebody reads.
        """
        if is_clutter(path.rpartition("/")[2]):
            return
        self.looks += 2
        target = Path(os.path.realpath(link))
        try:
            status = target.stat()
        except OSError:  # also for a link to itself
            status = None
        if status is not None and stat.S_ISDIR(status.st_mode):
            return
        if not target.is_relative_to(self._inside):
            pile.leading_out.append(path)
        elif status is not None and stat.S_ISREG(status.st_mode):
            pile.files.append(_file(path, status))


def _is_to_be_looked_through(folder: os.DirEntry[str], *, is_batch: bool) -> bool:
    if _is_junction(folder):
        return False
    # What a transfer keeps at the top, it keeps for good: .rsync-partial, .dropbox.cache.
    return not is_clutter_folder(folder.name) or (is_under_way(folder.name) and not is_batch)


def _is_junction(folder: os.DirEntry[str]) -> bool:
    """Whether it is Windows's older kind of a link to a folder; Python calls these folders."""
    if os.name != "nt":
        return False
    tag = getattr(folder.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return bool(tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1))


def _take(pile: _Pile, entry: os.DirEntry[str], path: str) -> None:
    status = entry.stat(follow_symlinks=False) if _LISTING_TELLS_ALL else os.lstat(entry.path)
    if stat.S_ISREG(status.st_mode):
        pile.files.append(_file(path, status))


def _folder(path: str, status: os.stat_result) -> FoundFolder:
    return FoundFolder(path, status.st_mtime_ns, status.st_ino)


def _file(path: str, status: os.stat_result) -> FoundFile:
    return FoundFile(path, status.st_size, status.st_mtime_ns, status.st_ino)
