"""The first step: every file found is a picture to prepare, or is told apart with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.archive_member import ArchiveMember
from photoprep.catalogue.archive import is_archive_name
from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.naming import Naming, formal_names
from photoprep.catalogue.scan import Dropped
from photoprep.catalogue.understanding import Understood, understand
from photoprep.catalogue.vocabulary import Vocabulary
from photoprep.errors import (
    NoPhotosError,
    PhotoError,
    SourceChangedError,
    SourceUnreadableError,
)
from photoprep.files import FileStamp
from photoprep.language import say
from photoprep.members import Member, object_of
from photoprep.outcome import Failed, Skipped, Subject
from photoprep.output_folder import OutputFolder
from photoprep.photo.formats import Recognised
from photoprep.walk.content import kind_of, kinds_in_store

if TYPE_CHECKING:
    from photoprep.plugged import DecoderPlugin

PHOTOS_FOLDER = "photos"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture to prepare: what it shows, and the ``output`` it will lie at, once named.

    ``path`` is the file's, or that of the archive or store it is a ``member`` of. ``sha256`` is
    there where this run needed it already, to tell copies apart. ``understood`` says what
    told the subject. ``plugged`` is the plug-in that reads it, as far as it was opened.
    """

    path: Path
    name: str
    stamp: FileStamp
    understood: Understood
    output: str = ""
    member: Member | None = None
    sha256: str = ""
    plugged: DecoderPlugin | None = None

    @property
    def subject(self) -> Subject:
        """What the picture shows."""
        return self.understood.subject


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that is the same, byte for byte, as the picture named ``of``; not to be prepared."""

    file: Candidate
    of: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Every file found, in order; a row is either settled already or a picture to prepare."""

    rows: tuple[Candidate | Copy | Skipped | Failed, ...]

    @property
    def candidates(self) -> list[Candidate]:
        """The pictures to prepare, in their order."""
        return [row for row in self.rows if isinstance(row, Candidate)]

    @property
    def copies(self) -> list[Copy]:
        """The files that equal one of the pictures, in their order."""
        return [row for row in self.rows if isinstance(row, Copy)]


def take_in(
    dropped: Dropped,
    vocabulary: Vocabulary,
    is_known: Callable[[str, FileStamp], bool] = lambda _name, _stamp: False,
    on_look: Callable[[int, int], None] = lambda _done, _total: None,
) -> Intake:
    """Tell pictures from other files, by their content, and what they show, by their names.

    One that ``is_known``, by its name and how it looks, is a picture and is not opened. ``on_look``
    hears how many of how many files in a store have been asked for their first bytes.
    """
    in_store = kinds_in_store(
        (
            file
            for file in dropped.files
            if file.member and object_of(file.member) and not is_known(file.name, file.member.stamp)
        ),
        on_look,
    )
    judged = [(file, _judged(file, is_known, in_store)) for file in dropped.files]
    pictures = [file for file, verdict in judged if not isinstance(verdict, Skipped)]
    understood = iter(
        understand(
            [file.told_by or file.name for file in pictures], dropped.likeness.name, vocabulary
        )
    )
    return Intake(
        tuple(
            verdict if isinstance(verdict, Skipped) else _row(file, verdict, next(understood))
            for file, verdict in judged
        )
    )


def with_outputs(intake: Intake, naming: Naming, folder: OutputFolder) -> Intake:
    """Give every picture its place among the outputs; a person's file is never taken.

    One that the last run found there too keeps its number, even if that run was cut short: the
    folder remembers them before anything is made. A copy has the place of what it equals.
    """
    candidates, kept = intake.candidates, folder.state.names()
    earlier = [kept.get(row.name, "").removeprefix(f"{PHOTOS_FOLDER}/") for row in candidates]
    names = formal_names([row.subject for row in candidates], naming, earlier)
    paths = folder.free_paths([f"{PHOTOS_FOLDER}/{name}" for name in names])
    outputs = dict(zip((row.name for row in candidates), paths, strict=True))
    copies = {copy.file.name: outputs[copy.of] for copy in intake.copies}
    folder.state.replace_names(outputs | copies)
    return Intake(
        tuple(
            replace(row, output=outputs[row.name]) if isinstance(row, Candidate) else row
            for row in intake.rows
        )
    )


def no_photos(intake: Intake, dropped: Dropped) -> NoPhotosError:
    """The error that there is no picture, with the reasons of the first files."""
    message = say("There are no photos in it.")
    for row in intake.rows[:10]:
        if isinstance(row, Skipped | Failed):
            message = say(
                "{before}\n  {name}: {reason}", before=message, name=row.source, reason=row.reason
            )
    error = NoPhotosError(
        message,
        hint=say("Drop a folder with JPEG, HEIC, PNG, TIFF, WebP, AVIF, BMP or GIF pictures."),
        path=None if dropped.address else dropped.root,
        address=dropped.address,
    )
    error.is_passing = any(isinstance(row, Failed) and row.is_passing for row in intake.rows)
    return error


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why something that should be a picture cannot be; ``is_passing`` as for ``Failed``."""

    reason: str
    hint: str
    is_passing: bool = False


def _judged(
    file: FoundFile,
    is_known: Callable[[str, FileStamp], bool],
    in_store: Mapping[str, Recognised | PhotoError | None],
) -> Skipped | _Trouble | Recognised | None:
    """What a file is, by its content; nothing when it is a picture that is known already."""
    if file.aside:
        return Skipped(file.name, say("Left aside: {aside}.", aside=file.aside), file.hint)
    if file.trouble or file.stamp is None:
        # What has no advice of its own was refused by the system when it was looked at.
        advice = file.hint or say("Check your rights to it, then run again.")
        return _Trouble(file.trouble, advice, is_passing=not file.hint)
    if is_known(file.name, file.stamp):
        return None
    try:
        kind = _kind_in_store(file, in_store) if file.name in in_store else kind_of(file)
    except PhotoError as error:
        passes = isinstance(error, SourceChangedError | SourceUnreadableError)
        return _Trouble(error.message, error.hint, is_passing=passes)
    return kind if kind is not None and kind.is_picture else _no_picture(file, kind)


def _row(
    file: FoundFile, verdict: _Trouble | Recognised | None, understood: Understood
) -> Candidate | Failed:
    if isinstance(verdict, _Trouble) or file.stamp is None:
        trouble = verdict if isinstance(verdict, _Trouble) else _Trouble("", "")
        return Failed(
            file.name,
            understood.subject,
            trouble.reason,
            trouble.hint,
            is_passing=trouble.is_passing,
        )
    return Candidate(
        file.path,
        file.name,
        file.stamp,
        replace(understood, name=file.name),
        member=file.member,
        plugged=verdict.plugged if verdict else None,
    )


def _kind_in_store(
    file: FoundFile, in_store: Mapping[str, Recognised | PhotoError | None]
) -> Recognised | None:
    kind = in_store[file.name]
    if isinstance(kind, PhotoError):
        raise kind
    return kind


def _no_picture(file: FoundFile, kind: Recognised | None) -> Skipped | _Trouble:
    """What is said of a file that is none; what may hold pictures fails, so that it is seen."""
    if kind is not None and kind.is_archive and not isinstance(file.member, ArchiveMember):
        reason = say("It is {name}, which photoprep does not open.", name=kind.name)
        return _Trouble(reason, kind.advice)
    if kind is not None:
        return Skipped(file.name, say("It is no picture but {kind}.", kind=kind.name), kind.advice)
    if not isinstance(file.member, ArchiveMember) and is_archive_name(Path(file.name)):
        reason = say("It is named like a ZIP archive, but its content is none.")
        return _Trouble(reason, say("Copy it again, or ask for it once more."))
    return Skipped(file.name, say("It is no picture."))
