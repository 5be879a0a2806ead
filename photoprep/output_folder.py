"""The folder a run writes into: whole files only, and never a person's file touched.

It is known by its ``.photoprep/`` folder, which is made before the first picture and holds the
state and, while a file is being written, its unfinished form.

What photoprep wrote and finds unchanged is its own to replace or remove. All else is a person's,
also what they made of an output of ours by editing it: it is left alone where it stands and named
once (``output-changed``), and ours moves on to ``name-2``, be it a photo, a mail or report.json.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from photoprep.errors import CannotWriteError, SourceUnreadableError
from photoprep.files import (
    FileStamp,
    Sink,
    Spooled,
    cannot_write,
    sha256_hex,
    sha256_of_file,
    spooled,
    sync_folder,
    write_whole,
)
from photoprep.language import say
from photoprep.remembered import RememberedSource, WrittenOutput
from photoprep.state import State

MARKER = ".photoprep"
STATE_FILE = "state.db"
# Pictures of the originals, to look at. Nothing is recorded of them: what lies there is ours, and
# what of it is not wanted is removed.
ORIGINALS_FOLDER = f"{MARKER}/originals"
_UNFINISHED = "unfinished"

# Windows refuses to remove what is open; what stays is met by the run after.
_STILL_OPEN = (FileNotFoundError, PermissionError) if os.name == "nt" else (FileNotFoundError,)


def is_output_folder(folder: Path) -> bool:
    """Whether photoprep made this folder; such a one is never taken as input."""
    try:
        return (folder / MARKER).is_dir()
    except OSError:  # a folder that may not be looked into was not made by us for this person
        return False


def is_private(path: str) -> bool:
    """Whether an output lies among photoprep's own things, where nothing is a person's."""
    return path.startswith(f"{MARKER}/")


@contextmanager
def open_output_folder(folder: Path) -> Iterator[OutputFolder]:
    """Make or open the folder and hold it for one run.

    Raises:
        CannotWriteError: it cannot be made or written.
        OutputBusyError: another run holds it.

    """
    marker = folder / MARKER
    unfinished = marker / _UNFINISHED
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    with State(marker / STATE_FILE) as state:
        _sweep(unfinished)
        output = OutputFolder(folder, state)
        try:
            yield output
        except BaseException:
            # They only spare the next run a read: no second trouble on top of the first.
            with suppress(CannotWriteError):
                output.remember_looks()
            raise
        output.remember_looks()


def _sweep(unfinished: Path) -> None:
    """Remove what a killed run left half-written."""
    try:
        for leftover in unfinished.iterdir():
            # A killed run's worker may still be about to take its own copy away.
            with suppress(*_STILL_OPEN):
                leftover.unlink()
    except OSError as error:
        raise cannot_write(unfinished, error) from error


class OutputFolder:
    """Outputs by their relative path with forward slashes, such as ``photos/Toolbox_X100.jpg``."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self.state = state
        self._root = f"{folder}/"  # Windows takes either slash
        self._known = state.outputs()
        self._looked_at: dict[str, WrittenOutput] = {}
        self._unsynced: set[Path] = set()

    @property
    def unpacking_folder(self) -> Path:
        """Where workers may keep private copies; what killed ones leave, the next run removes."""
        return self.folder / MARKER / _UNFINISHED

    def holds(self, path: str, sha256: str) -> bool:
        """Whether the file at ``path`` is there, whole, and what photoprep wrote."""
        known = self._known.get(path)
        if known is None or not known.sha256 or known.sha256 != sha256:
            return False
        return self._is_as_written(path, known)

    def is_as_written(self, path: str) -> bool:
        """Whether the file at ``path`` is there, whole, and as photoprep last wrote it."""
        known = self._known.get(path)
        return known is not None and self.holds(path, known.sha256)

    def may_write(self, path: str) -> bool:
        """Whether nothing stands at ``path`` but, perhaps, what photoprep itself wrote there."""
        known = self._known.get(path)
        if known is not None and self._is_as_written(path, known):
            return True
        return is_private(path) or not _stands(self._place(path))

    def free_paths(self, paths: Sequence[str]) -> list[str]:
        """The paths, each moved on to ``name-2.ext`` … where a person's file stands.

        They stay distinct on a disk that ignores case.
        """
        taken = {path.casefold() for path in paths}
        free_paths = []
        for path in paths:
            free, number = path, 1
            while not self.may_write(free) or (number > 1 and free.casefold() in taken):
                number += 1
                stem, _, extension = path.rpartition(".")
                free = f"{stem}-{number}.{extension}"
            taken.add(free.casefold())
            free_paths.append(free)
        return free_paths

    def announce(self, paths: Iterable[str]) -> None:
        """Say which files will be written, before the first of them is.

        One that is known keeps its hash until the moment it is replaced: were this run killed
        before, an edit of it in the meantime would else pass for ours.
        """
        unknown = WrittenOutput("", None)
        self.record(
            [(path, unknown) for path in paths if not self._known.get(path, unknown).sha256]
        )

    def make_way(self, paths: Sequence[str]) -> None:
        """Check that nothing of a person's stands at any of the paths, then give up their hashes.

        Raises:
            CannotWriteError: a file that photoprep did not write stands at one of them.

        """
        for path in paths:
            if not self.may_write(path):
                raise CannotWriteError(
                    say("A file that photoprep did not write stands in the way."),
                    hint=say("Move it elsewhere, or choose another folder with --out."),
                    path=self._place(path),
                )
        self.record([(path, WrittenOutput("", None)) for path in paths])

    def write(self, path: str, data: bytes | Spooled) -> None:
        """Put a whole file into its place and record it.

        Raises:
            CannotWriteError: the disk refuses, or a file that is not ours stands there.

        """
        self.record([(path, self.put(path, data))])

    def put(self, path: str, data: bytes | Spooled) -> WrittenOutput:
        """Put a whole file into its place; the caller is to ``record`` it.

        Until then it is known as announced: were the run killed, the next would write it anew.

        Raises:
            CannotWriteError: as for ``write``.

        """
        known = self._known.get(path)
        if known is None or known.sha256:
            self.make_way([path])
        stamp = self._put(path, data)
        return WrittenOutput(_sha256(data), stamp)

    def put_to_look_at(self, path: str, data: bytes) -> None:
        """Put a whole file into ``ORIGINALS_FOLDER``; of it nothing is recorded.

        It is not synced either: after a loss of power it may be there in part, or empty.

        Raises:
            CannotWriteError: the disk refuses.

        """
        self._put(path, data, lasting=False)

    def record(
        self,
        outputs: list[tuple[str, WrittenOutput]],
        sources: Iterable[tuple[str, RememberedSource]] = (),
        thumbnails: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Record files that were put, what came of sources, and thumbnails, all or none.

        Their names are made durable before.
        """
        for folder in list(self._unsynced):
            try:
                sync_folder(folder)
            except OSError as error:
                raise cannot_write(folder, error) from error
            self._unsynced.discard(folder)
        self.state.record_outputs(outputs, sources, thumbnails)
        self._known.update(outputs)

    def spool(self, path: str, draw: Callable[[Sink], object]) -> Spooled:
        """Write a file that is to have its place later; ``draw`` puts its bytes into a sink.

        What is never put there, the next run removes.

        Raises:
            CannotWriteError: the disk refuses.

        """
        place = self._place(path)
        return spooled(place, draw, temporary=self.unpacking_folder / f"{place.name}.spooled")

    def write_if_new(self, path: str, data: bytes | Spooled) -> None:
        """Put a whole file into its place, unless the very same stands there already."""
        if not self.holds(path, _sha256(data)):
            self.write(path, data)
        elif isinstance(data, Spooled):
            with suppress(OSError):  # the next run removes it
                data.temporary.unlink()

    def read(self, path: str) -> bytes:
        """The content of an output."""
        return _content(self._place(path))

    def set_aside(self, path: str, sha256: str) -> None:
        """Keep a copy of an output under its hash while this run changes who is called what."""
        try:
            shutil.copyfile(self._place(path), self._aside(sha256))
        except OSError as error:
            raise cannot_write(self._aside(sha256), error) from error

    def read_aside(self, sha256: str) -> bytes:
        """The content of an output that was set aside in this run."""
        return _content(self._aside(sha256))

    def drop_aside(self, sha256s: Iterable[str]) -> None:
        """Remove what was set aside; what cannot be removed, the next run removes."""
        for sha256 in sha256s:
            with suppress(OSError):
                self._aside(sha256).unlink(missing_ok=True)

    def keep_only(self, wanted: Iterable[str]) -> list[str]:
        """Remove what photoprep wrote and this run does not want; returns what it left alone.

        A file that a person has changed since is theirs: it stays and is no longer listed.
        """
        wanted = set(wanted)
        unwanted = sorted(set(self._known) - wanted)
        left = []
        for path in unwanted:
            place = self._place(path)
            if _stands(place):
                if not is_private(path) and not self._is_as_written(path, self._known[path]):
                    left.append(path)
                    continue
                self._take_away(path)
        self._forget(unwanted)
        for path in sorted(self.originals_there().keys() - wanted):
            self._take_away(path)
        return left

    def originals_there(self) -> dict[str, int]:
        """The files in ``ORIGINALS_FOLDER``, those of a killed run among them, and their bytes."""
        try:
            with os.scandir(self._root + ORIGINALS_FOLDER) as entries:
                files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
                return {f"{ORIGINALS_FOLDER}/{file.name}": file.stat().st_size for file in files}
        except OSError:  # mostly because there is no such folder
            return {}

    def remember_looks(self) -> None:
        """Record in one go when outputs were last found intact, to spare the next run a read."""
        self.state.record_outputs(
            (path, known)
            for path, known in self._looked_at.items()
            if self._known.get(path) is known
        )
        self._looked_at.clear()

    def _is_as_written(self, path: str, known: WrittenOutput) -> bool:
        if not known.sha256:
            return self._place(path).is_file()
        try:
            stamp = FileStamp.of(self._root + path)  # of thousands, a Path for each would show
        except OSError:
            return False
        if known.stamp is not None and stamp.shows_unchanged(known.stamp):
            return True
        place = self._place(path)
        if not place.is_file():
            return False
        try:
            if sha256_of_file(place) != known.sha256:
                return False
        except SourceUnreadableError:  # nobody can tell: then it is left alone
            return False
        self._known[path] = self._looked_at[path] = WrittenOutput(known.sha256, stamp)
        return True

    def _put(self, path: str, data: bytes | Spooled, *, lasting: bool = True) -> FileStamp:
        place = self._place(path)
        try:
            place.parent.mkdir(exist_ok=True)
            if isinstance(data, Spooled):
                data.temporary.replace(place)
            else:
                unfinished = self.folder / MARKER / _UNFINISHED / place.name
                write_whole(place, data, temporary=unfinished, sync=False, lasting=lasting)
            if lasting:
                self._unsynced.add(place.parent)
            return FileStamp.of(place)
        except FileExistsError as error:
            raise CannotWriteError(
                say("A file stands where a folder of this name should be."),
                hint=say("Move it elsewhere, or choose another folder with --out."),
                path=place.parent,
            ) from error
        except OSError as error:
            raise cannot_write(place, error) from error

    def _take_away(self, path: str) -> None:
        try:
            self._place(path).unlink()
        except OSError as error:
            raise cannot_write(self._place(path), error) from error

    def _aside(self, sha256: str) -> Path:
        return self.folder / MARKER / _UNFINISHED / f"{sha256}.aside"

    def _place(self, path: str) -> Path:
        return self.folder.joinpath(*PurePosixPath(path).parts)

    def _forget(self, paths: list[str]) -> None:
        self.state.forget_outputs(paths)
        for path in paths:
            del self._known[path]


def _sha256(data: bytes | Spooled) -> str:
    return data.sha256 if isinstance(data, Spooled) else sha256_hex(data)


def _stands(place: Path) -> bool:
    """Whether anything stands there, be it a link to nothing; so does what cannot be looked at."""
    try:
        place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _content(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotWriteError(
            say("This file of the output cannot be read again ({reason}).", reason=reason),
            hint=say("Check the disk or the network share, then run again."),
            path=place,
        ) from error
