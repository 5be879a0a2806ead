"""What the page shows, in the order in which it shows it: a report in a person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from photoprep.language import in_language, say, say_list, say_number
from photoprep.proof.page.abridging import abridged, told_of_abridging
from photoprep.proof.page.attention import (
    Matter,
    Trouble,
    failures_of,
    findings_of,
    skipped_of,
)
from photoprep.proof.page.mails import Envelope, envelopes, told_of_mails
from photoprep.proof.page.pictures import Picture, photo_pictures, places_of, sheet_pictures
from photoprep.proof.page.products import ProductRow, product_rows
from photoprep.report import Report

Tone = Literal["good", "look", "bad", "running"]


@dataclass(frozen=True, slots=True)
class Running:
    """How far a run is that still goes on: ``done`` of ``total`` in a ``step``.

    ``seconds_left`` is a guess, and None while there is none. ``written_ms`` is when the page is
    written, in milliseconds since the epoch, so that one that is not renewed is told as such.
    """

    step: str
    done: int
    total: int
    seconds_left: int | None = None
    written_ms: int = 0


@dataclass(frozen=True, slots=True)
class Signpost:
    """A link to a part of the page, with how many there are in it."""

    anchor: str
    label: str
    count: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is that still goes on."""

    said: str
    done: int
    total: int
    written_ms: int


@dataclass(frozen=True, slots=True)
class Page:
    """A whole run as its page shows it.

    ``tone`` is the verdict: all is ``good``, something is to ``look`` at, something is ``bad``.
    """

    about: str
    tone: Tone
    verdict: str
    troubles: str
    next_step: str
    told_of_abridging: str
    signposts: tuple[Signpost, ...]
    failures: tuple[Matter, ...]
    findings: tuple[Matter, ...]
    remarks: tuple[Matter, ...]
    remark_count: int
    envelopes: tuple[Envelope, ...]
    told_of_mails: tuple[str, ...]
    products: tuple[ProductRow, ...]
    pictures: Sequence[Picture]
    sheets: tuple[Picture, ...]
    skipped: tuple[Trouble, ...]
    progress: Progress | None = None


def page_of(report: Report, running: Running | None = None) -> Page:
    """The page of a report, in its language; what it counts are all things of the run."""
    shown, language = abridged(report), report.language
    places = places_of(shown)
    anchors = {photo.source: places[photo.jpeg.output] for photo in shown.ready}
    anchors |= {sheet.output: places[sheet.output] for sheet in shown.sheets}
    remarks = findings_of(shown, ("info",), anchors)
    return Page(
        about=in_language(_about(report), language),
        tone=_tone(report, running),
        verdict=in_language(_verdict(report, running), language),
        troubles=in_language(_troubles(report, running), language),
        next_step=in_language(_next_step(report), language),
        told_of_abridging=in_language(told_of_abridging(report, shown), language),
        signposts=tuple(_signposts(report)),
        failures=failures_of(shown),
        findings=findings_of(shown, ("error", "warning"), anchors),
        remarks=remarks,
        remark_count=_serious(report, "info"),
        envelopes=envelopes(shown),
        told_of_mails=told_of_mails(shown),
        products=product_rows(shown),
        pictures=photo_pictures(shown),
        sheets=sheet_pictures(shown),
        skipped=skipped_of(shown),
        progress=_progress(running, report) if running else None,
    )


def _about(report: Report) -> str:
    parts: list[str] = []
    if report.customer:
        parts.append(say("customer {number}", number=report.customer))
    if report.date:
        parts.append(report.date)
    return say_list([*parts, say("preset {name}", name=report.preset)])


def _serious(report: Report, severity: str) -> int:
    return sum(finding.severity == severity for finding in report.findings)


def _tone(report: Report, running: Running | None) -> Tone:
    if report.failed or _serious(report, "error"):
        return "bad"
    if running is not None:
        return "running"
    return "look" if _serious(report, "warning") else "good"


def _verdict(report: Report, running: Running | None) -> str:
    if running is not None:
        return say("photoprep is at work.")
    pictures = say_number(len(report.ready), "{count} picture", "{count} pictures")
    if not report.ready:
        return say("No picture is ready.")
    if not report.mails:
        return say_number(
            len(report.ready), "{count} picture is ready.", "{count} pictures are ready."
        )
    return say_number(
        len(report.mails),
        "{pictures} and {count} mail are ready.",
        "{pictures} and {count} mails are ready.",
        pictures=pictures,
    )


def _troubles(report: Report, running: Running | None) -> str:
    """What there is to do before they go out, in one sentence."""
    to_look_at = _serious(report, "warning") + _serious(report, "error")
    failed = say_number(
        len(report.failed),
        "{count} picture could not be prepared",
        "{count} pictures could not be prepared",
    )
    look = say_number(to_look_at, "{count} thing to look at", "{count} things to look at")
    if report.failed and to_look_at:
        return say("{failed}; {look}.", failed=failed, look=look)
    if report.failed or to_look_at:
        return say("{parts}.", parts=failed if report.failed else look)
    return "" if running else say("Nothing is missing or doubtful.")


def _next_step(report: Report) -> str:
    if not report.mails:
        return ""
    return say("Look the pictures over, then open the drafts one by one, or send them all with:")


def _progress(running: Running, report: Report) -> Progress:
    said = say(
        "{step}: {done} of {total}", step=running.step, done=running.done, total=running.total
    )
    if running.seconds_left is not None:
        said = say("{said}, {left}", said=said, left=_left(running.seconds_left))
    return Progress(
        in_language(said, report.language), running.done, running.total, running.written_ms
    )


def _left(seconds: int) -> str:
    if seconds < 60:
        return say("less than a minute left")
    minutes = round(seconds / 60)
    return say_number(minutes, "about {count} minute left", "about {count} minutes left")


def _signposts(report: Report) -> list[Signpost]:
    language = report.language
    look = len(report.failed) + _serious(report, "error") + _serious(report, "warning")
    tone = "bad" if report.failed or _serious(report, "error") else "look"
    posts = [
        Signpost("attention", in_language(say("to look at"), language), look, tone if look else ""),
        Signpost("mails", _counted(report, "mails"), len(report.mails)),
        Signpost("products", _counted(report, "products"), len(report.products)),
        Signpost("pictures", _counted(report, "ready"), len(report.ready)),
        Signpost("sheets", _counted(report, "sheets"), len(report.sheets)),
    ]
    return [post for post in posts if post.count]


_COUNTED = {
    "mails": (say("mail"), say("mails")),
    "products": (say("product"), say("products")),
    "ready": (say("picture ready"), say("pictures ready")),
    "sheets": (say("sheet"), say("sheets")),
}


def _counted(report: Report, what: str) -> str:
    one, many = _COUNTED[what]
    return in_language(one if len(getattr(report, what)) == 1 else many, report.language)
