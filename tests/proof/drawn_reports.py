"""Reports of runs that never were, with every kind of row, and their pictures drawn on a disk.

Originals are red and prepared pictures blue, so that a test sees in a screenshot which is shown.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from PIL import Image

from photoprep.language import Language, say
from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.outcome import (
    Failed,
    PhotoOutcome,
    Prepared,
    PreparedJpeg,
    Reused,
    Skipped,
    Subject,
)
from photoprep.proof.page import PAGE_FILE
from photoprep.proof.page.render import render_page
from photoprep.removed import REMOVED
from photoprep.report import (
    Finding,
    Limits,
    MailedPhoto,
    Report,
    SheetCell,
    ShownProduct,
    ShownView,
    WrittenMail,
    WrittenSheet,
)
from tests.support import drawn

RED, BLUE, GREY = (200, 30, 30), (30, 60, 200), (150, 150, 150)
WIDE_PX, HIGH_PX = 944, 708
VIEWS = ("closed", "open", "back", "accessory-not-included")
NAMES = ("Toolbox", "Lamp", "工具箱", "Câble", "Bolt")
PICTURES_A_MAIL = 6
LETTER = "Dear Sir or Madam,\n\nattached are pictures of our products.\n\nKind regards\nWang"


def drawn_report(photos: int = 12, language: Language = "en", sheets: int = 2) -> Report:
    """A run of ``photos`` with failures, files left aside, and findings of every severity."""
    ready = tuple(_photo(number) for number in range(1, photos + 1))
    others = (
        Failed("scan 1.jpg", Subject("", "", "unknown"), say("It is broken off."), say("Copy it.")),
        Failed("scan 2.jpg", Subject("", "", "unknown"), say("It is broken off."), say("Copy it.")),
        Skipped("prices.xlsx", say("It is no picture.")),
        Skipped("copy of 1.jpg", say("It is a copy."), say("Remove one of them.")),
    )
    mails = _mails(ready)
    return Report(
        "trade-email",
        Path("autumn-prepared"),
        (*ready, *others),
        mails,
        tuple(_sheet(number, sheets, ready) for number in range(1, sheets + 1)),
        (
            Finding("low-quality", "error", "It is of low quality.", "Send less.", source="1.png"),
            Finding("blurred", "warning", "It may be blurred.", "Look.", source=ready[0].source),
            Finding("missing-view", "warning", "The view is missing.", "Add it.", "Toolbox X1"),
            Finding("small", "info", "It is small.", source=ready[-1].source),
        ),
        language=language,
        mail_plans=_plans(mails),
        products=_products(ready),
        limits=Limits(200_000, 400_000, 800_000, 24.0),
        customer="C0123",
        date="2026-11-23",
    )


def quiet_report(photos: int = 1) -> Report:
    """A run of which there is nothing to say."""
    whole = drawn_report(photos, sheets=0)
    return replace(whole, photos=whole.ready, findings=(), products=())


def thumbnails_of(report: Report, size_bytes: int = 0) -> dict[str, bytes]:
    """A small JPEG for each photo and sheet; filled up to ``size_bytes`` where that is more."""
    small = _jpeg(BLUE, (240, 180)), _jpeg(GREY, (180, 240))
    hashes = [photo.jpeg.sha256 for photo in report.ready], [s.sha256 for s in report.sheets]
    return {
        key: jpeg + bytes(max(0, size_bytes - len(jpeg)))
        for jpeg, keys in zip(small, hashes, strict=True)
        for key in keys
    }


def write_page(folder: Path, report: Report, thumbnails: dict[str, bytes] | None = None) -> Path:
    """Write the page with all that stands beside it; the page's path."""
    for photo in report.ready:
        _write(folder, photo.jpeg.output, _jpeg(BLUE))
        _write(folder, photo.jpeg.preview, _jpeg(RED))
    for sheet in report.sheets:
        _write(folder, sheet.output, _jpeg(GREY, (sheet.width_px, sheet.height_px)))
    for mail in report.mails:
        _write(folder, mail.output, b"Subject: pictures\r\n\r\n")
    page = folder / PAGE_FILE
    page.parent.mkdir(parents=True, exist_ok=True)
    shown = thumbnails_of(report) if thumbnails is None else thumbnails
    page.write_bytes(drawn(lambda held: render_page(report, shown, held)))
    return page


def _write(folder: Path, output: str, content: bytes) -> None:
    if output:
        path = os.path.join(os.fsencode(folder), *os.fsencode(output).split(b"/"))  # noqa: PTH118
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(content)


@lru_cache(maxsize=8)
def _jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (WIDE_PX, HIGH_PX)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG", quality=90)
    return made.getvalue()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _model(number: int) -> str:
    return f"X{1 + (number - 1) // len(VIEWS)}"


def _photo(number: int) -> Prepared | Reused:
    view = VIEWS[(number - 1) % len(VIEWS)]
    name = NAMES[(number - 1) // len(VIEWS) % len(NAMES)]
    label = "Shoulder strap" if view == "accessory-not-included" else ""
    subject = Subject(name, _model(number), view, label=label)
    kind = Prepared if number % 5 else Reused
    jpeg = PreparedJpeg(
        f"photos/{number:03}_{_model(number)}_{view}.jpg",
        _hash(f"photo {number}"),
        150_000 + 97 * number,
        WIDE_PX,
        HIGH_PX,
        100,
        91.5,
        "4:2:0",
        3_400_000,
        4000,
        3000,
        colour_from="Adobe RGB" if number % 2 else "",
        removed=REMOVED[:2] if number % 2 else (),
        preview=f".photoprep/previews/{number:03}.jpg",
    )
    return kind(f"autumn/IMG_{number:04}.JPG", subject, jpeg)


def _mails(ready: tuple[Prepared | Reused, ...]) -> tuple[WrittenMail, ...]:
    parts = [ready[at : at + PICTURES_A_MAIL] for at in range(0, len(ready), PICTURES_A_MAIL)]
    return tuple(
        WrittenMail(
            f"mails/mail-{number}-of-{len(parts)}.eml",
            700_000,
            500_000,
            tuple(
                MailedPhoto(
                    photo.jpeg.output.rpartition("/")[2],
                    photo.jpeg.output,
                    photo.jpeg.size_bytes - 40_000 * (number == 1),
                    90.0,
                )
                for photo in part
            ),
            f"Pictures ({number} of {len(parts)})",
            LETTER,
        )
        for number, part in enumerate(parts, start=1)
    )


def _plans(mails: tuple[WrittenMail, ...]) -> MailPlans | None:
    if not mails:
        return None
    wire, raw = (tuple(mail.wire_bytes for mail in mails), tuple(mail.raw_bytes for mail in mails))
    plan = MailPlan("fewest", wire, raw, len(mails), 0, len(mails), 90.0)
    light = MailPlan("light", (*wire, 600_000), (*raw, 400_000), 0, 0, len(mails) + 1, 90.0)
    return MailPlans(plan, light, "wire", 800_000, 600_000, reordered=True)


def _products(ready: tuple[Prepared | Reused, ...]) -> tuple[ShownProduct, ...]:
    named: dict[tuple[str, str], list[ShownView]] = {}
    for photo in ready:
        view = ShownView(photo.subject.view, photo.source, photo.subject.label)
        named.setdefault((photo.subject.product, photo.subject.model), []).append(view)
    return tuple(
        ShownProduct(
            name, model, "", tuple(views), ("front",) if at % 2 else (), ("detail",) * (at % 3 == 1)
        )
        for at, ((name, model), views) in enumerate(named.items(), start=1)
    )


def _sheet(number: int, total: int, ready: tuple[Prepared | Reused, ...]) -> WrittenSheet:
    cells = tuple(
        SheetCell(photo.source, photo.subject.product, "", 10, 10, 300, 200) for photo in ready[:4]
    )
    product = "" if number == total else NAMES[number % len(NAMES)]
    return WrittenSheet(
        *(f"sheets/sheet-{number}.jpg", _hash(f"sheet {number}"), 300_000, 1000, 1414, 100, 93.0),
        *(product, f"X{number}" if product else "", "", 1, 1, cells),
    )


def with_photo(report: Report, number: int, **changes: object) -> Report:
    """The report with some fields of its ``number``-th finished picture changed."""
    outcomes: list[PhotoOutcome] = list(report.photos)
    photo = outcomes[number - 1]
    assert isinstance(photo, Prepared | Reused)
    outcomes[number - 1] = replace(photo, jpeg=replace(photo.jpeg, **changes))  # type: ignore[arg-type]
    return replace(report, photos=tuple(outcomes))
