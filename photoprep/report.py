"""What a run found, made and could not make: one object that every telling is made from.

Terminal (``proof.console``), page (``proof.page``) and data (``Report.to_json``, schema 1) say the
same, in this order: what failed, what was found, the mails, the products, the photos, the sheets.
The data hold no clock time and no local path, so that equal runs write equal bytes and the file can
be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from photoprep.errors import ExitCode
from photoprep.language import Language, in_language, say_both
from photoprep.mail_plans import MailPlans
from photoprep.outcome import (
    Failed,
    Note,
    PhotoOutcome,
    Prepared,
    Reused,
    Severity,
    Skipped,
    Subject,
)

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class MailedPhoto:
    """One attachment of a mail: its name there, and the photo in the output folder it shows."""

    filename: str
    photo: str
    size_bytes: int
    quality: float


@dataclass(frozen=True, slots=True)
class Squeeze:
    """What smaller versions of photos have saved: ``mails_before`` became ``mails_after``.

    ``photos`` were changed; the losses are in points of quality (0–100), the mean that of those.
    """

    mails_before: int
    mails_after: int
    photos: int
    largest_loss: float
    mean_loss: float


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """One draft: its file, its exact size on the wire, and the sum of its pictures' sizes.

    ``subject`` and ``text`` are what the customer reads: the subject line, and the letter as plain
    text.
    """

    output: str
    wire_bytes: int
    raw_bytes: int
    attachments: tuple[MailedPhoto, ...]
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One picture on a sheet: which, what is said of it, and where it is shown."""

    source: str
    product: str
    caption: str
    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """One page of a sheet. ``product`` is whose views it shows, empty for an overview.

    ``page`` of ``pages``; ``notes`` are what there is to say of the whole sheet, with its first
    page. ``output``, ``sha256`` and ``quality`` as for ``PreparedJpeg``.
    """

    output: str
    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    dpi: int
    quality: float
    product: str
    model: str
    size: str
    page: int
    pages: int
    cells: tuple[SheetCell, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownView:
    """One picture of a product: its kind of view, its source, and what else is said of it."""

    kind: str
    source: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """One product as a customer will see it: its views in the order in which they are mailed.

    ``missing`` are the kinds of views that its kind of product must have and no picture shows;
    ``unclear`` those that one of its pictures may show, though none says so.
    """

    name: str
    model: str
    size: str
    views: tuple[ShownView, ...]
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The product on one line: ``Toolbox X100``."""
        return " ".join(filter(None, (self.name, self.model, self.size)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What the preset allows a photo, a sheet and a mail at most."""

    photo_max_bytes: int
    sheet_max_bytes: int
    mail_max_bytes: int
    longest_side_cm: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a careful colleague would say before this goes out; codes are stable."""

    code: str
    severity: Severity
    message: str
    hint: str = ""
    product: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """The store's ``address`` at which the results lie too, and what became of how many files."""

    address: str
    put: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. ``folder`` is where it was written; it stays out of the JSON.

    ``rehearsed`` says that nothing was written, and ``taken_away`` which outputs of earlier runs
    would then go; both stand in the JSON of a rehearsal alone. ``mail_plans`` is there where there
    are mails. ``language`` is that of whoever
    reads it: the JSON's messages are in it, and a sentence here is said by ``in_language``.
    ``squeeze`` is there when the mails carry smaller versions of photos. ``customer`` and ``date``
    (ISO 8601) are those of names and letters. ``page`` is where its page lies in the folder, empty
    where none was written; it stays out of the JSON, which lies beside it, and so does
    ``published``, which is there where the results went into a store.
    """

    preset: str
    folder: Path
    photos: tuple[PhotoOutcome, ...]
    mails: tuple[WrittenMail, ...] = ()
    sheets: tuple[WrittenSheet, ...] = ()
    findings: tuple[Finding, ...] = ()
    encodes: int = field(default=0, compare=False)
    rehearsed: bool = False
    taken_away: tuple[str, ...] = ()
    language: Language = "en"
    mail_plans: MailPlans | None = None
    squeeze: Squeeze | None = None
    products: tuple[ShownProduct, ...] = ()
    limits: Limits | None = None
    customer: str = ""
    date: str = ""
    page: str = ""
    published: Published | None = None

    @property
    def ready(self) -> tuple[Prepared | Reused, ...]:
        """The photos that lie finished in the output folder, in their order."""
        return tuple(photo for photo in self.photos if isinstance(photo, Prepared | Reused))

    @property
    def failed(self) -> tuple[Failed, ...]:
        """The pictures that could not be prepared, in their order."""
        return tuple(photo for photo in self.photos if isinstance(photo, Failed))

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that are no pictures, or copies of some, in their order."""
        return tuple(photo for photo in self.photos if isinstance(photo, Skipped))

    @property
    def exit_code(self) -> ExitCode:
        """What the command line answers for this run."""
        if not self.ready and not self.failed:
            return ExitCode.NO_PHOTOS
        if not self.ready:
            return ExitCode.NOTHING_PREPARED
        wrong = self.failed or any(finding.severity == "error" for finding in self.findings)
        return ExitCode.SOME_FAILED if wrong else ExitCode.DONE

    def to_json(self) -> dict[str, object]:
        """The report as plain data, ready for ``json.dumps``."""
        return {
            key: list(value) if isinstance(value, Iterator) else value
            for key, value in data_of(self).items()
        }


def data_of(report: Report) -> dict[str, object]:
    """What stands in report.json; the rows of its tables come one at a time."""
    data: dict[str, object] = {
        "schema": SCHEMA,
        "preset": report.preset,
        "customer": report.customer,
        "date": report.date,
        "limits": asdict(report.limits) if report.limits else None,
        "findings": (finding_row(finding, report.language) for finding in report.findings),
        "mails": map(_mail_row, report.mails),
        "mail_plans": report.mail_plans.to_json() if report.mail_plans else None,
        "squeeze": asdict(report.squeeze) if report.squeeze else None,
        "products": map(_product_row, report.products),
        "photos": (_photo_row(photo, report.language) for photo in report.photos),
        "sheets": map(_sheet_row, report.sheets),
    }
    if report.rehearsed:
        data |= {"dry_run": True, "taken_away": list(report.taken_away)}
    return data


# What a row tells of a finished photo; where there is none, each of them is null.
_JPEG_KEYS = (
    "bytes",
    "width_px",
    "height_px",
    "dpi",
    "quality",
    "chroma_subsampling",
    "source_bytes",
    "source_width_px",
    "source_height_px",
    "colour_from",
    "removed",
)
_SUBJECT_KEYS = ("product", "model", "view", "colour", "size", "quantity", "label")


def subject_row(subject: Subject) -> dict[str, object]:
    """A subject as plain data."""
    return {key: getattr(subject, key) for key in _SUBJECT_KEYS}


def _photo_row(photo: PhotoOutcome, language: Language) -> dict[str, object]:
    row: dict[str, object] = {"source": photo.source, "output": None, "status": photo.status}
    row |= dict.fromkeys((*_JPEG_KEYS, *_SUBJECT_KEYS, "error"))
    if not isinstance(photo, Skipped):
        row |= subject_row(photo.subject)
    if isinstance(photo, Prepared | Reused):
        jpeg = photo.jpeg
        row |= {
            "output": jpeg.output,
            "bytes": jpeg.size_bytes,
            "width_px": jpeg.width_px,
            "height_px": jpeg.height_px,
            "dpi": jpeg.dpi,
            "quality": jpeg.quality,
            "chroma_subsampling": jpeg.chroma_subsampling,
            "source_bytes": jpeg.source_bytes,
            "source_width_px": jpeg.source_width_px,
            "source_height_px": jpeg.source_height_px,
            "colour_from": jpeg.colour_from,
            "removed": list(jpeg.removed),
        }
    else:
        row["error"] = in_language(say_both(photo.reason, photo.hint), language)
    return row


def strictly(code: ExitCode, findings: Iterable[Finding]) -> ExitCode:
    """The exit code under ``--strict``: findings that want something done are no success."""
    serious = any(finding.severity != "info" for finding in findings)
    return ExitCode.FINDINGS if code == ExitCode.DONE and serious else code


def _sheet_row(sheet: WrittenSheet) -> dict[str, object]:
    return {
        "output": sheet.output,
        "bytes": sheet.size_bytes,
        "width_px": sheet.width_px,
        "height_px": sheet.height_px,
        "dpi": sheet.dpi,
        "quality": sheet.quality,
        "page": sheet.page,
        "pages": sheet.pages,
        "cells": [asdict(cell) for cell in sheet.cells],
    }


def _product_row(product: ShownProduct) -> dict[str, object]:
    return {
        "name": product.name,
        "model": product.model,
        "size": product.size,
        "views": [
            {"view": view.kind, "source": view.source, "label": view.label}
            for view in product.views
        ],
        "missing": list(product.missing),
        "unclear": list(product.unclear),
    }


def _mail_row(mail: WrittenMail) -> dict[str, object]:
    return {
        "output": mail.output,
        "subject": mail.subject,
        "text": mail.text,
        "wire_bytes": mail.wire_bytes,
        "raw_bytes": mail.raw_bytes,
        "attachments": [
            {
                "filename": item.filename,
                "photo": item.photo,
                "bytes": item.size_bytes,
                "quality": item.quality,
            }
            for item in mail.attachments
        ],
    }


def finding_row(finding: Finding, language: Language) -> dict[str, object]:
    """A finding as plain data, in the reader's language."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "product": finding.product or None,
        "source": finding.source or None,
        "message": in_language(finding.message, language),
        "remedy": in_language(finding.hint, language) or None,
    }
