"""After success: the sources of a batch go into an archive folder, without loss.

What is archived is what was prepared: each file is held against the hash that the ledger has of it,
and where one differs nothing is moved, so that the batch runs again. On one disk a batch's folder
is moved by one rename. Loose pictures are gathered in a folder of ours first (``archive_plan``). To
another disk they are copied there, synced, read again and held against their hashes; the copy gets
its place in the archive by one rename, and only then are the sources removed. A kill at any instant
leaves each picture in the watched folder, in the archive, or in both with a plan that says so;
``finish_interrupted`` goes on from there. Nothing is ever put over something else.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from photoprep.errors import CannotWriteError, PresetError
from photoprep.files import FileStamp, sha256_of_file, sync_folder
from photoprep.language import say
from photoprep.watch.archive_plan import Plan, Unfinished, begin, unfinished
from photoprep.watch.archive_tree import (
    Entry,
    Expected,
    changed_files,
    copy_entries,
    entries_of,
    free_place,
    is_as_read,
    is_unchanged,
)
from photoprep.watch.config import is_within

_EFFECTIVE = os.access in os.supports_effective_ids


@dataclass(frozen=True, slots=True)
class Archived:
    """What became of a batch's sources; paths begin at the watched folder.

    ``archived``: they lie at ``place``; what changed meanwhile stays and is ``changed``.
    ``changed``: nothing was moved, because these files are not what was prepared.
    ``undone``: an interrupted copy was thrown away, and all sources are where they were.
    """

    state: Literal["archived", "changed", "undone"]
    name: str
    place: Path | None = None
    changed: tuple[str, ...] = ()


def check_archive(archive: Path, inbox: Path, out: Path) -> None:
    """Refuse an archive that would be watched, or stand among results.

    Raises:
        PresetError: it lies in the watched folder or the output, as written or through a link.

    """
    for folder, reason in (
        (inbox, say("The archive lies in the watched folder, and would be prepared again.")),
        (out, say("The archive lies in the output folder, where results are.")),
    ):
        if is_within(archive, folder):
            raise PresetError(
                reason, hint=say("Name another folder as archive in watch.toml."), path=archive
            )


def archive_batch(
    sources: Sequence[Path],
    inbox: Path,
    archive: Path,
    name: str,
    expected: Mapping[str, str],
) -> Archived:
    """Move the sources of a batch, its folder or loose pictures, to ``archive/name``.

    Where that name is taken it becomes ``name-2``. ``expected`` has the SHA-256 of each file that
    was prepared by its path from ``inbox`` on. Links go as the links they are.

    Raises:
        CannotWriteError: the archive or the watched folder cannot be written, or has no room. What
            was begun is finished by the next call.
        SourceUnreadableError: a source cannot be read.

    """
    try:
        archive.mkdir(parents=True, exist_ok=True)
        for left in unfinished(archive, inbox):
            if left.plan.name == name and left.plan.expected == dict(expected):
                done = _go_on(left, archive)
                if done.state != "undone":
                    return done
        entries = entries_of(sources, inbox)
        changed = changed_files(entries, expected)
        if changed or not entries:
            return Archived("changed", name, changed=changed)
        _check_rights(entries)
        if len(sources) == 1 and entries[0].kind == "folder":
            moved = _rename_folder(entries, archive, name, inbox)
            if moved is not None:
                return moved
        return _by_plan(sources, entries, inbox, archive, name, expected)
    except OSError as error:
        raise _cannot_archive(error, archive) from error


def finish_interrupted(archive: Path, inbox: Path) -> tuple[Archived, ...]:
    """Go on with what a kill cut short; for the start of a daemon over this watched folder.

    The folder must be there: of one whose share is away, nothing is found, and sources that are not
    found count as moved or removed.

    Raises:
        CannotWriteError, SourceUnreadableError: as for ``archive_batch``.

    """
    try:
        return tuple(_go_on(left, archive) for left in unfinished(archive, inbox))
    except OSError as error:
        raise _cannot_archive(error, archive) from error


def _rename_folder(
    entries: Sequence[Entry], archive: Path, name: str, inbox: Path
) -> Archived | None:
    """Move the folder by one rename; None where the archive is on another disk."""
    source, place = entries[0].path, free_place(archive / name, is_folder=True)
    try:
        source.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return None
    sync_folder(archive)
    sync_folder(source.parent)
    there = {
        entry.below: entry.stamp
        for entry in _under_old_names(entries_of([place], archive), source, place)
        if entry.kind == "file"
    }
    before = {entry.below: entry.stamp for entry in entries if entry.kind == "file"}
    late = sorted(
        below
        for below in before.keys() | there.keys()
        if not _is_same_look(before.get(below), there.get(below))
    )
    if not late:
        return Archived("archived", name, place)
    # Somebody was writing just then: it goes back to where it is prepared again.
    place.rename(free_place(source, is_folder=True))
    sync_folder(inbox)
    return Archived("changed", name, changed=tuple(late))


def _under_old_names(entries: list[Entry], source: Path, place: Path) -> list[Entry]:
    return [
        Entry(
            entry.path,
            f"{source.name}{entry.below.removeprefix(place.name)}",
            entry.kind,
            entry.stamp,
            entry.is_counted,
        )
        for entry in entries
    ]


def _is_same_look(one: FileStamp | None, other: FileStamp | None) -> bool:
    """Whether two looks tell the same size and time; ``looked_ns`` differs in any case."""
    if one is None or other is None:
        return False
    return (one.size_bytes, one.mtime_ns) == (other.size_bytes, other.mtime_ns)


def _by_plan(
    sources: Sequence[Path],
    entries: Sequence[Entry],
    inbox: Path,
    archive: Path,
    name: str,
    expected: Mapping[str, str],
) -> Archived:
    same_disk = entries[0].kind != "folder" and _is_same_disk(inbox, archive)
    if not same_disk:
        _check_room(entries, archive)
    plan = Plan(
        "moving" if same_disk else "copying",
        str(inbox),
        name,
        tuple(source.relative_to(inbox).as_posix() for source in sources),
        dict(expected),
    )
    begun = begin(archive, plan)
    if same_disk:
        return _move(begun, archive)
    try:
        return _copy(begun, entries, archive)
    except BaseException:
        if not begun.is_published:  # the sources are all there; room is what may be wanted
            with suppress(OSError):
                begun.discard()
        raise


def _move(begun: Unfinished, archive: Path) -> Archived:
    """Gather loose pictures by renames, and go on where that was interrupted."""
    plan, changed = begun.plan, []
    inbox, expected = Path(plan.inbox), Expected(begun.plan.expected)
    if not begun.is_published:
        for source in plan.sources:
            path, place = inbox / source, begun.copy / Path(source).name
            if not os.path.lexists(path):
                continue  # moved already
            if not path.is_symlink() and sha256_of_file(path) != expected.met(source):
                changed.append(source)
                continue
            path.rename(free_place(place))
        sync_folder(begun.copy)
        sync_folder(inbox)
        if any(begun.copy.iterdir()):
            begun = begun.published(archive, free_place(archive / plan.name, is_folder=True))
    got = archive / begun.plan.place if begun.plan.place else None
    begun.discard()
    return Archived("archived" if got else "changed", plan.name, got, tuple(changed))


def _copy(begun: Unfinished, entries: Sequence[Entry], archive: Path) -> Archived:
    plan, inbox = begun.plan, Path(begun.plan.inbox)
    whole = len(plan.sources) == 1 and entries[0].kind == "folder"
    base = entries[0].path if whole else inbox
    copied = copy_entries(entries, base, begun.copy)
    late = [
        each.entry.below
        for each in copied
        if not is_as_read(each) or not is_unchanged(each.entry, each.sha256)
    ]
    again = entries_of([inbox / source for source in plan.sources], inbox)
    late += sorted({entry.below for entry in again} ^ {entry.below for entry in entries})
    if not late:
        expected = Expected(plan.expected)
        late = [
            each.entry.below
            for each in copied
            if each.sha256 and (expected.met(each.entry.below) or each.sha256) != each.sha256
        ]
    if late:
        begun.discard()
        return Archived("changed", plan.name, changed=tuple(late))
    begun = begun.published(archive, free_place(archive / plan.name, is_folder=True))
    hashes = {each.entry.below: each.sha256 for each in copied}
    return _remove_sources(begun, entries, hashes, archive)


def _remove_sources(
    begun: Unfinished, entries: Sequence[Entry], hashes: Mapping[str, str], archive: Path
) -> Archived:
    """Remove what has been archived, each only while it is what was; then the empty folders."""
    stays = []
    for entry in entries:
        if entry.kind not in {"file", "link"} or entry.below not in hashes:
            continue
        if is_unchanged(entry, hashes[entry.below]):
            _unlink(entry.path)
        elif os.path.lexists(entry.path):
            stays.append(entry.below)
    for entry in reversed(entries):
        if entry.kind == "folder":
            with suppress(OSError):  # something has come into it, or it cannot be archived
                entry.path.rmdir()
    sync_folder(Path(begun.plan.inbox))
    place = archive / begun.plan.place
    begun.discard()
    return Archived("archived", begun.plan.name, place, tuple(stays))


def _go_on(left: Unfinished, archive: Path) -> Archived:
    """Finish an archiving from how it was found."""
    plan = left.plan
    if plan.kind == "moving":
        return _move(left, archive)
    if not left.is_published:
        left.discard()
        return Archived("undone", plan.name)
    inbox, place = Path(plan.inbox), archive / plan.place
    entries = entries_of([inbox / source for source in plan.sources], inbox)
    # How they looked when they were copied is not known any more, so that contents must tell.
    hashes = {}
    for entry in entries:
        copy = _copy_of(entry, plan, place)
        if entry.kind == "link" and copy.is_symlink():
            if entry.path.readlink() == copy.readlink():
                hashes[entry.below] = ""
        elif entry.kind == "file" and copy.is_file():
            sha256 = sha256_of_file(copy)
            if sha256_of_file(entry.path) == sha256:
                hashes[entry.below] = sha256
    done = _remove_sources(left, entries, hashes, archive)
    stays = (entry.below for entry in entries if entry.kind == "file" and entry.is_counted)
    differing = tuple(below for below in stays if below not in hashes)
    return Archived(done.state, done.name, done.place, (*differing, *done.changed))


def _copy_of(entry: Entry, plan: Plan, place: Path) -> Path:
    is_loose = entry.below in plan.sources
    return place / (entry.below if is_loose else entry.below.partition("/")[2])


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        if os.name != "nt":
            raise
        path.chmod(stat.S_IWRITE)  # Windows removes no file that is marked as read-only
        path.unlink(missing_ok=True)


def _is_same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _check_rights(entries: Sequence[Entry]) -> None:
    """Find out before gigabytes are copied that the sources could not be removed."""
    above = entries[0].path.parent
    for folder in (above, *(entry.path for entry in entries if entry.kind == "folder")):
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _check_room(entries: Sequence[Entry], archive: Path) -> None:
    wanted_bytes = sum(entry.stamp.size_bytes for entry in entries if entry.kind == "file")
    if wanted_bytes > shutil.disk_usage(archive).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(archive))


def _cannot_archive(error: OSError, archive: Path) -> CannotWriteError:
    reason = error.strerror or type(error).__name__
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        hint = say("Free some space there, or name another archive in watch.toml.")
    else:
        hint = say("Check your rights to the watched folder and to the archive.")
    where = Path(os.fsdecode(error.filename)) if error.filename else archive
    return CannotWriteError(
        say("The sources cannot be archived ({reason}); they stay.", reason=reason),
        hint=hint,
        path=where,
    )
