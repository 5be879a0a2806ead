"""The first step: every file found is a picture to prepare, or is told apart with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from photoprep.archive_member import Member, head_of_member, sha256_of_member
from photoprep.catalogue.archive import is_archive_name
from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.naming import formal_names, subject_of
from photoprep.catalogue.scan import Dropped
from photoprep.errors import PhotoError
from photoprep.files import FileStamp, sha256_of_file
from photoprep.language import say
from photoprep.output_folder import OutputFolder
from photoprep.photo.formats import HEAD_BYTES, Recognised, recognise, recognise_file
from photoprep.report import Failed, Skipped, Subject

PHOTOS_FOLDER = "photos"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture to prepare: what it shows, and the ``output`` it will lie at, once named.

    ``path`` is the file's, or that of the archive it is a ``member`` of. ``sha256`` is there where
    this run needed it already, to tell copies apart.
    """

    path: Path
    name: str
    stamp: FileStamp
    subject: Subject
    output: str = ""
    member: Member | None = None
    sha256: str = ""


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
    dropped: Dropped, is_known: Callable[[str, FileStamp], bool] = lambda _name, _stamp: False
) -> Intake:
    """Tell pictures from other files, by their content.

    One that ``is_known``, by its name and how it looks, is a picture and is not opened.
    """
    root_name = dropped.likeness.name
    return Intake(tuple(_row(file, root_name, is_known) for file in dropped.files))


def with_outputs(
    intake: Intake, template: str, *, customer: str, date: datetime.date, folder: OutputFolder
) -> Intake:
    """Give every picture its place among the outputs; a person's file is never taken."""
    subjects = [row.subject for row in intake.candidates]
    names = formal_names(subjects, template, customer=customer, date=date)
    outputs = iter(folder.free_paths([f"{PHOTOS_FOLDER}/{name}" for name in names]))
    return Intake(
        tuple(
            replace(row, output=next(outputs)) if isinstance(row, Candidate) else row
            for row in intake.rows
        )
    )


def content_sha256(file: Candidate) -> str:
    """The hash of a candidate's content, in an archive or not.

    Raises:
        PhotoError: it cannot be read.

    """
    if file.member is None:
        return sha256_of_file(file.path)
    return sha256_of_member(file.path, file.member)


def _row(
    file: FoundFile, root_name: str, is_known: Callable[[str, FileStamp], bool]
) -> Candidate | Skipped | Failed:
    if file.aside:
        return Skipped(file.name, say("Left aside: {aside}.", aside=file.aside), file.hint)
    subject = subject_of(file.told_by or file.name, root_name)
    if file.trouble or file.stamp is None:
        hint = file.hint or say("Check your rights to it, then run again.")
        return Failed(file.name, subject, file.trouble, hint)
    if not is_known(file.name, file.stamp):
        try:
            kind = _kind_of(file)
        except PhotoError as error:
            return Failed(file.name, subject, error.message, error.hint)
        if kind is None or not kind.is_picture:
            return _no_picture(file, subject, kind)
    return Candidate(file.path, file.name, file.stamp, subject, member=file.member)


def _kind_of(file: FoundFile) -> Recognised | None:
    if file.member is None:
        return recognise_file(file.path)
    head = head_of_member(file.path, file.member, HEAD_BYTES)
    return recognise(head, Path(file.member.name))


def _no_picture(file: FoundFile, subject: Subject, kind: Recognised | None) -> Skipped | Failed:
    """The row of a file that is none; what may hold pictures has failed, so that it is seen."""
    if kind is not None and kind.is_archive and file.member is None:
        reason = say("It is {name}, which photoprep does not open.", name=kind.name)
        return Failed(file.name, subject, reason, kind.advice)
    if kind is not None:
        return Skipped(file.name, say("It is no picture but {kind}.", kind=kind.name), kind.advice)
    if is_archive_name(file.path) and file.member is None:
        reason = say("It is named like a ZIP archive, but its content is none.")
        return Failed(file.name, subject, reason, say("Copy it again, or ask for it once more."))
    return Skipped(file.name, say("It is no picture."))
