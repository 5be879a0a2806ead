"""An icon installed and removed: its pieces on the disk, and what the system is told of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.errors import CannotWriteError, UsageError
from photoprep.files import cannot_write, write_whole
from photoprep.language import Language, say
from photoprep.shortcut.places import (
    Folders,
    Piece,
    folders_here,
    launcher_path,
    managers_here,
    pieces_of,
)
from photoprep.shortcut.record import (
    Written,
    folders_on_record,
    forget_record,
    hash_at,
    make_folder,
    read_record,
    write_record,
)
from photoprep.shortcut.wanted import ICONS, TYPES, Shortcut

Command = tuple[str, ...]
_LIMIT_S = 60
_NO_TYPES = "[MIME Cache]"  # what update-desktop-database writes where there is nothing to say
_SET_ICON = """\
ObjC.import('AppKit');
function run(given) {
    const picture = $.NSImage.alloc.initWithContentsOfFile(given[0]);
    return $.NSWorkspace.sharedWorkspace.setIconForFileOptions(picture, given[1], 0);
}"""


@dataclass(frozen=True, slots=True)
class Said:
    """How one of the system's commands ended, and what it said."""

    is_done: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken away, and what was left because somebody has changed it since."""

    gone: tuple[Path, ...]
    left: tuple[Path, ...]


Run = Callable[[Command], Said]


def install(
    shortcut: Shortcut,
    *,
    platform: str = sys.platform,
    folders: Folders | None = None,
    managers: tuple[str, ...] | None = None,
    language: Language = "en",
    run: Run | None = None,
) -> list[Path]:
    """Put the icon in its places; an earlier one of ours by this name is replaced.

    Returns what was written, the icon on the desktop first. Where there is no desktop, the rest is.

    Raises:
        UsageError: somebody else's file has the name, or a word cannot stand in a launcher.
        CannotWriteError: a place cannot be written, or the system does not make the droplet.

    """
    run = run or run_command
    folders = folders or folders_here(platform)
    managers = managers_here() if managers is None else managers

    def pieces(types: tuple[str, ...]) -> list[Piece]:
        return pieces_of(
            shortcut,
            folders,
            platform=platform,
            managers=managers,
            types=types,
            language=language,
        )

    wanted = pieces(TYPES)
    _check_free(shortcut.name, wanted)
    with tempfile.TemporaryDirectory(prefix="photoprep-") as staging:
        bundle = _compiled(wanted, Path(staging), run)
        remove(shortcut.name, platform=platform, folders=folders, run=run)
        _put(shortcut.name, wanted, bundle)
    if _has_launchers(platform):
        launcher = launcher_path(shortcut.name, folders)
        run(("update-desktop-database", str(launcher.parent)))
        ours = _types_taken(launcher.name, run)
        if ours:
            # Else a double click on a folder, or a browser that shows one, would prepare it.
            _put(shortcut.name, pieces(tuple(each for each in TYPES if each not in ours)), None)
            run(("update-desktop-database", str(launcher.parent)))
    for command in _announcing(wanted, platform):
        run(command)
    return [_seen(piece.path) for piece in wanted if piece.path.name != "document.wflow"]


def remove(
    name: str,
    *,
    platform: str = sys.platform,
    folders: Folders | None = None,
    run: Run | None = None,
) -> Removed | None:
    """Take away what was installed by that name and not changed since; None if nothing was.

    Raises:
        CannotWriteError: something cannot be removed, or the record of it is damaged.

    """
    run = run or run_command
    written = read_record(name)
    if written is None:
        return None
    there = [path for path in written.hashes if os.path.lexists(path)]
    gone = [path for path in there if written.is_ours(path)]
    for path in gone:
        _delete(path)
    if _has_launchers(platform):
        applications = launcher_path(name, folders or folders_here(platform)).parent
        if applications.is_dir():
            run(("update-desktop-database", str(applications)))
            _drop_empty_cache(applications / "mimeinfo.cache")
    for folder in sorted(written.folders, key=lambda path: -len(path.parts)):
        with suppress(OSError):  # others have put something there
            folder.rmdir()
    forget_record(name)
    left = tuple(_seen(path) for path in there if path not in gone)
    return Removed(tuple(dict.fromkeys(map(_seen, gone))), left)


def run_command(command: Command) -> Said:
    """Run one of the system's commands, in English; never raises for one that is missing."""
    try:
        ended = subprocess.run(  # noqa: S603 (fixed words, paths and types)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"LC_ALL": "C.UTF-8", "LANGUAGE": ""},
            timeout=_LIMIT_S,
            check=False,
        )
    except FileNotFoundError:
        return Said(False, say("{program} is not here", program=command[0]))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Said(False, repr(error))
    return Said(ended.returncode == 0, (ended.stdout if ended.returncode == 0 else ended.stderr))


def _check_free(name: str, pieces: Iterable[Piece]) -> None:
    """Hold that nothing stands in the way but what we wrote ourselves."""
    written = read_record(name) or Written({})
    for piece in pieces:
        if not os.path.lexists(piece.path) or written.is_ours(piece.path):
            continue
        if not piece.is_droplet and hash_at(piece.path) == _hash(piece.content):
            continue  # ours, of which the record was lost
        raise UsageError(
            say("There is something of that name that photoprep did not write, or not as it is."),
            hint=say("Move it elsewhere, or choose another name with --name."),
            path=_seen(piece.path),
        )


def _compiled(pieces: Iterable[Piece], staging: Path, run: Run) -> Path | None:
    """The droplet as the system makes it, where there is one, waiting to be put in its place."""
    for piece in pieces:
        if piece.is_droplet:
            source, bundle = staging / "droplet.applescript", staging / piece.path.name
            source.write_bytes(piece.content)
            made = run(("/usr/bin/osacompile", "-o", str(bundle), str(source)))
            if not made.is_done or not bundle.is_dir():
                raise CannotWriteError(
                    say("The system did not make the icon: {reason}", reason=made.text.strip()),
                    hint=say("Look whether osacompile works in a terminal, then run again."),
                    path=piece.path,
                )
            return bundle
    return None


def _put(name: str, pieces: list[Piece], bundle: Path | None) -> None:
    """Put every piece in its place; they are on record before."""
    hashes = {
        piece.path: hash_at(bundle) if piece.is_droplet and bundle else _hash(piece.content)
        for piece in pieces
    }
    above = {folder for piece in pieces for folder in piece.path.parents}
    made = {folder for folder in above if not folder.exists()} | (above & folders_on_record())
    write_record(name, Written(hashes, tuple(sorted(made))))
    for piece in pieces:
        make_folder(piece.path.parent)
        if piece.is_droplet and bundle:
            try:
                shutil.move(bundle, piece.path)
            except OSError as error:
                raise cannot_write(piece.path, error) from error
            continue
        # No dot and no .desktop at its end: no desktop shows it while it lies there.
        temporary = piece.path.with_name(f".{piece.path.name}.{os.getpid()}.tmp")
        write_whole(piece.path, piece.content, temporary=temporary)
        if piece.is_program:
            try:
                piece.path.chmod(piece.path.stat().st_mode | 0o111)
            except OSError as error:
                raise cannot_write(piece.path, error) from error


def _types_taken(launcher: str, run: Run) -> set[str]:
    """The types that a double click would now open with this launcher."""
    taken = set()
    for each in TYPES:
        said = run(("gio", "mime", each))
        first = said.text.partition("\n")[0]
        # Without gio nobody can say; then none is asked for.
        if not said.is_done or first.endswith(f": {launcher}"):
            taken.add(each)
    return taken


def _announcing(pieces: Iterable[Piece], platform: str) -> Iterable[Command]:
    """What tells the system of the pieces; any of these may fail without harm."""
    for piece in pieces:
        path = str(piece.path)
        if piece.is_droplet:
            icon = str(ICONS / "photoprep.png")
            yield ("/usr/bin/osascript", "-l", "JavaScript", "-e", _SET_ICON, icon, path)
        if _has_launchers(platform) and piece.is_program and piece.path.suffix == ".desktop":
            # What GNOME's, Cinnamon's and Xfce's desktops ask for before they start a launcher.
            yield ("gio", "set", path, "metadata::trusted", "true")
            seal = ("metadata::xfce-exe-checksum", _hash(piece.content))
            yield ("gio", "set", "-t", "string", path, *seal)
    if platform == "darwin":
        yield ("/System/Library/CoreServices/pbs", "-flush")


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise cannot_write(path, error) from error


def _drop_empty_cache(cache: Path) -> None:
    """Remove the list of types that was made for our sake and has nothing in it."""
    with suppress(OSError):
        if cache.read_text(encoding="utf-8").strip() == _NO_TYPES:
            cache.unlink()


def _has_launchers(platform: str) -> bool:
    """Whether the desktops are those of freedesktop.org."""
    return platform not in {"win32", "darwin"}


def _seen(path: Path) -> Path:
    """A piece as a person sees it: a workflow is one thing in Finder."""
    return path.parents[1] if path.parent.parent.suffix == ".workflow" else path


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
