"""The first step: every file found is a picture to prepare, or is told apart with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from photoprep.catalogue.naming import formal_names, subject_of
from photoprep.catalogue.scan import Dropped, FoundFile
from photoprep.errors import SourceUnreadableError
from photoprep.files import FileStamp
from photoprep.output_folder import OutputFolder
from photoprep.photo.formats import recognise_file
from photoprep.report import Failed, Skipped, Subject

PHOTOS_FOLDER = "photos"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture to prepare: what it shows, and the ``output`` it will lie at, once named.

    ``sha256`` is there where this run needed it already, to tell copies apart.
    """

    path: Path
    name: str
    stamp: FileStamp
    subject: Subject
    output: str = ""
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
    root_name = dropped.root.name
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


def _row(
    file: FoundFile, root_name: str, is_known: Callable[[str, FileStamp], bool]
) -> Candidate | Skipped | Failed:
    if file.aside:
        return Skipped(file.name, f"Left aside: {file.aside}.")
    subject = subject_of(file.name, root_name)
    if file.trouble or file.stamp is None:
        return Failed(file.name, subject, file.trouble, "Check your rights to it, then run again.")
    if not is_known(file.name, file.stamp):
        try:
            kind = recognise_file(file.path)
        except SourceUnreadableError as error:
            return Failed(file.name, subject, error.message, error.hint)
        if kind is None:
            return Skipped(file.name, "It is no picture.")
        if not kind.is_picture:
            return Skipped(file.name, f"It is no picture but a {kind.name}.", kind.advice)
    return Candidate(file.path, file.name, file.stamp, subject)
