"""A finished picture as the page shows it: its place, its figures, what to say of it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from photoprep.language import Language, Sentence, in_language, say, say_list, say_number
from photoprep.lazily import Lazily
from photoprep.outcome import Prepared, PreparedJpeg, Reused, Subject
from photoprep.removed import say_removed
from photoprep.report import Finding, MailedPhoto, Report, WrittenSheet
from photoprep.units import say_bytes, say_cm
from photoprep.views import say_view


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of what is known of a picture; ``href`` leads to a file beside the page."""

    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found about one picture, and what to do."""

    severity: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture in small, within a mail or a product: a link to where it is shown in depth.

    ``anchor`` names the picture on the page.
    """

    anchor: str
    alt: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo or sheet: ``anchor`` names it on the page, ``sha256`` its thumbnail.

    ``href`` and ``original_href`` lead to files beside the page; the latter is empty where there is
    no picture of the original. ``words`` is what a search looks through (see ``_searched``).
    """

    anchor: str
    sha256: str
    name: str
    alt: str
    line: str
    href: str
    original_href: str
    width_px: int
    height_px: int
    figures: tuple[Figure, ...]
    remarks: tuple[Remark, ...]
    words: str


Places = Mapping[str, str]
"""The anchors of pictures on the page, by their outputs."""


def places_of(report: Report) -> dict[str, str]:
    """An anchor for each photo and sheet: ``photo-1``, ``sheet-1`` and so on."""
    places = {photo.jpeg.output: f"photo-{n}" for n, photo in enumerate(report.ready, start=1)}
    return places | {sheet.output: f"sheet-{n}" for n, sheet in enumerate(report.sheets, start=1)}


def href(path: str) -> str:
    """A path in the output folder as an address relative to the page."""
    return quote(os.fsencode(path))


def title_of(subject: Subject, language: Language) -> str:
    """What a picture shows on one line: ``Toolbox X100, open``."""
    product = " ".join(filter(None, (subject.product, subject.model, subject.size)))
    said = [product, *(in_language(part, language) for part in view_parts(subject))]
    return in_language(say_list(filter(None, said)), language)


def view_parts(subject: Subject) -> list[str]:
    """The view, where it is known, and what else is said of the picture."""
    view: list[str] = [] if subject.view == "unknown" else [say_view(subject.view)]
    return [*view, *filter(None, (subject.label, subject.colour))]


def view_of(subject: Subject, language: Language) -> str:
    """The view on its own: ``open``, ``accessory, Shoulder Strap``."""
    return in_language(say_list(view_parts(subject) or [say_view(subject.view)]), language)


def photo_pictures(report: Report) -> Sequence[Picture]:
    """Every finished photo, in the report's order; each is put in words when it is looked at."""
    places, language = places_of(report), report.language
    mailed = _mailed(report)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.source, []).append(finding)
    ready = report.ready

    def picture(place: int) -> Picture:
        photo = ready[place]
        anchor = places[photo.jpeg.output]
        remarks = _remarks(found.get(photo.source, ()), language)
        return _photo(photo, anchor, report, mailed.get(anchor, ""), remarks)

    return Lazily(len(ready), picture)


def sheet_pictures(report: Report) -> tuple[Picture, ...]:
    """Every sheet, in the report's order."""
    places, mailed = places_of(report), _mailed(report)
    return tuple(
        _sheet(sheet, places[sheet.output], report, mailed.get(places[sheet.output], ""))
        for sheet in report.sheets
    )


def _photo(
    photo: Prepared | Reused, anchor: str, report: Report, mailed: str, remarks: Sequence[Remark]
) -> Picture:
    jpeg, language = photo.jpeg, report.language
    name = jpeg.output.rpartition("/")[2]
    title = title_of(photo.subject, language) or name
    line = say(
        "{bytes}, quality {quality}", bytes=say_bytes(jpeg.size_bytes), quality=round(jpeg.quality)
    )
    said = [remark.message for remark in remarks]
    return Picture(
        anchor=anchor,
        sha256=jpeg.sha256,
        name=name,
        alt=title,
        line=in_language(line, language),
        href=href(jpeg.output),
        original_href=href(jpeg.preview),
        width_px=jpeg.width_px,
        height_px=jpeg.height_px,
        figures=tuple(_photo_figures(photo, report, mailed)),
        remarks=tuple(remarks),
        words=_searched(name, title, photo.source, *said),
    )


def _photo_figures(photo: Prepared | Reused, report: Report, mailed: str) -> Iterable[Figure]:
    jpeg, language = photo.jpeg, report.language
    most = report.limits.photo_max_bytes if report.limits else 0
    yield _figure(say("File"), jpeg.output.rpartition("/")[2], language, href(jpeg.output))
    yield _figure(say("Size"), _size(jpeg.size_bytes, most), language)
    yield from _dimensions(jpeg, language)
    yield from _coding(jpeg.quality, jpeg.chroma_subsampling, language)
    yield _figure(say("Colours"), _colours(jpeg), language)
    yield _figure(say("Metadata removed"), _removed(jpeg), language)
    original = say(
        "{name}, {width} × {height} pixels, {size}",
        name=photo.source,
        width=jpeg.source_width_px,
        height=jpeg.source_height_px,
        size=say_bytes(jpeg.source_bytes),
    )
    yield _figure(say("Original"), original, language)
    if mailed:
        yield Figure(in_language(say("Goes out in"), language), mailed)


def _sheet(sheet: WrittenSheet, anchor: str, report: Report, mailed: str) -> Picture:
    language = report.language
    name = sheet.output.rpartition("/")[2]
    of = " ".join(filter(None, (sheet.product, sheet.model, sheet.size)))
    title = say("Sheet: {product}", product=of) if of else say("Sheet: overview")
    count = say_number(len(sheet.cells), "{count} picture", "{count} pictures")
    most = report.limits.sheet_max_bytes if report.limits else 0
    figures = [
        _figure(say("File"), name, language, href(sheet.output)),
        _figure(say("Size"), _size(sheet.size_bytes, most), language),
        *_dimensions(sheet, language),
        *_coding(sheet.quality, "4:4:4", language),
    ]
    if mailed:
        figures.append(Figure(in_language(say("Goes out in"), language), mailed))
    alt = in_language(title, language)
    if sheet.pages > 1:
        alt = f"{alt} ({sheet.page}/{sheet.pages})"
    shown = in_language(count, language)
    return Picture(
        anchor=anchor,
        sha256=sheet.sha256,
        name=name,
        alt=alt,
        line=f"{shown}, {say_bytes(sheet.size_bytes)}",
        href=href(sheet.output),
        original_href="",
        width_px=sheet.width_px,
        height_px=sheet.height_px,
        figures=tuple(figures),
        remarks=(),
        words=_searched(name, alt),
    )


def _searched(*texts: str) -> str:
    """Texts as the page's script makes them of what is searched for: NFKC, in lower case."""
    return unicodedata.normalize("NFKC", " ".join(texts)).lower()


def _figure(label: Sentence, value: str, language: Language, href: str = "") -> Figure:
    return Figure(in_language(label, language), in_language(value, language), href)


def _size(size_bytes: int, most_bytes: int) -> str:
    said = say_bytes(size_bytes)
    if not most_bytes:
        return said
    return say("{size} of at most {most}", size=said, most=say_bytes(most_bytes))


def _dimensions(jpeg: PreparedJpeg | WrittenSheet, language: Language) -> Iterable[Figure]:
    yield _figure(say("Pixels"), f"{jpeg.width_px} × {jpeg.height_px}", language)
    printed = say(
        "{width} × {height} at {dpi} DPI",
        width=say_cm(jpeg.width_px, jpeg.dpi),
        height=say_cm(jpeg.height_px, jpeg.dpi),
        dpi=jpeg.dpi,
    )
    yield _figure(say("In print"), printed, language)


def _coding(quality: float, chroma_subsampling: str, language: Language) -> Iterable[Figure]:
    said = say("{quality:.1f} of 100, estimated", quality=quality)
    yield _figure(say("Quality"), said, language)
    yield _figure(say("Chroma subsampling"), chroma_subsampling, language)


def _colours(jpeg: PreparedJpeg) -> str:
    if not jpeg.colour_from:
        return say("sRGB, as in the original")
    return say("sRGB, converted from {space}", space=jpeg.colour_from)


def _removed(jpeg: PreparedJpeg) -> str:
    return say_list(map(say_removed, jpeg.removed)) or say("there was none")


def _mailed(report: Report) -> dict[str, str]:
    """In which mail each picture goes out, by its anchor."""
    places, language, total = places_of(report), report.language, len(report.mails)
    full = {photo.jpeg.output: photo.jpeg.size_bytes for photo in report.ready}
    said: dict[str, str] = {}
    for number, mail in enumerate(report.mails, start=1):
        for item in mail.attachments:
            mailed = say("mail {number} of {total}", number=number, total=total)
            if _is_smaller(item, full):
                mailed = say("{mail}, in {size}", mail=mailed, size=say_bytes(item.size_bytes))
            said[places.get(item.photo, "")] = in_language(mailed, language)
    return said


def _is_smaller(item: MailedPhoto, full_bytes: Mapping[str, int]) -> bool:
    return item.size_bytes < full_bytes.get(item.photo, 0)


def _remarks(findings: Iterable[Finding], language: Language) -> list[Remark]:
    return [
        Remark(
            finding.severity,
            in_language(finding.message, language),
            in_language(finding.hint, language),
        )
        for finding in findings
    ]
