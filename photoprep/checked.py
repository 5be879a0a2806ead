"""What ``check`` has to say: the products and pictures as they are understood, and the findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from photoprep.errors import ExitCode
from photoprep.language import Language, in_language, say_both
from photoprep.outcome import Failed, Skipped, Subject
from photoprep.report import SCHEMA, Finding, finding_row, subject_row


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A picture that can be prepared; ``because`` says why it is taken for what it is.

    ``is_guess`` says that its product is one.
    """

    source: str
    subject: Subject
    width_px: int
    height_px: int
    because: tuple[str, ...]
    is_guess: bool
    status: Literal["checked"] = "checked"


@dataclass(frozen=True, slots=True)
class Check:
    """Everything that was found, in order; ``products`` have a title and their pictures' names.

    ``folder`` is the one that names are relative to; it stays out of the JSON.
    """

    preset: str
    folder: Path
    photos: tuple[CheckedPhoto | Failed | Skipped, ...]
    products: tuple[tuple[str, tuple[str, ...]], ...]
    findings: tuple[Finding, ...]
    language: Language = "en"

    @property
    def checked(self) -> tuple[CheckedPhoto, ...]:
        """The pictures that can be prepared."""
        return tuple(photo for photo in self.photos if isinstance(photo, CheckedPhoto))

    @property
    def failed(self) -> tuple[Failed, ...]:
        """The pictures that cannot be prepared."""
        return tuple(photo for photo in self.photos if isinstance(photo, Failed))

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that are no pictures, or copies of some."""
        return tuple(photo for photo in self.photos if isinstance(photo, Skipped))

    @property
    def exit_code(self) -> ExitCode:
        """What the command line answers."""
        if not self.failed:
            return ExitCode.DONE
        return ExitCode.SOME_FAILED if self.checked else ExitCode.NOTHING_PREPARED

    def to_json(self) -> dict[str, object]:
        """The check as plain data, ready for ``json.dumps``."""
        return {
            "schema": SCHEMA,
            "preset": self.preset,
            "photos": [_row(photo, self.language) for photo in self.photos],
            "products": [
                {"title": title, "sources": list(sources)} for title, sources in self.products
            ],
            "findings": [finding_row(finding, self.language) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture's name now, and the one that it would go out under."""

    source: str
    output: str


@dataclass(frozen=True, slots=True)
class NamedPictures:
    """The names that a run would give, in the pictures' order, and what is asked about them."""

    pictures: tuple[NamedPicture, ...]
    findings: tuple[Finding, ...]


def _row(photo: CheckedPhoto | Failed | Skipped, language: Language) -> dict[str, object]:
    row: dict[str, object] = {"source": photo.source, "status": photo.status}
    if not isinstance(photo, Skipped):
        row |= subject_row(photo.subject)
    if isinstance(photo, CheckedPhoto):
        row |= {"width_px": photo.width_px, "height_px": photo.height_px}
        row["because"] = [in_language(reason, language) for reason in photo.because]
    else:
        row["error"] = in_language(say_both(photo.reason, photo.hint), language)
    return row
