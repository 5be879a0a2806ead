"""The mails as envelopes: what each says, carries and weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from photoprep.language import Language, in_language, say
from photoprep.outcome import Subject
from photoprep.proof.page.pictures import Tile, href, places_of, title_of
from photoprep.proof.plan_sentences import plan_lines
from photoprep.report import MailedPhoto, Report, WrittenMail, WrittenSheet
from photoprep.units import say_bytes


@dataclass(frozen=True, slots=True)
class Bar:
    """A mail's bytes against its limits, in shares of the bar's whole length (0–100).

    ``said`` says it all.
    """

    wire: float
    raw: float
    preferred: float
    preferred_label: str
    limit_label: str
    said: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One draft; ``place`` says which of how many. ``bar`` is None where no limit is known."""

    anchor: str
    place: str
    subject: str
    href: str
    bar: Bar | None
    weight: str
    tiles: tuple[Tile, ...]
    letter: str


def envelopes(report: Report) -> tuple[Envelope, ...]:
    """The mails in the order in which they are to be sent."""
    places = places_of(report)
    subjects = {photo.jpeg.output: photo.subject for photo in report.ready}
    sheets = {sheet.output: sheet for sheet in report.sheets}
    return tuple(
        Envelope(
            anchor=f"mail-{number}",
            place=in_language(
                say("Mail {number} of {total}", number=number, total=len(report.mails)),
                report.language,
            ),
            subject=mail.subject,
            href=href(mail.output),
            bar=_bar(mail, report),
            weight=in_language(_weight(mail), report.language),
            tiles=tuple(
                _tile(item, places, subjects, sheets, report.language) for item in mail.attachments
            ),
            letter=mail.text,
        )
        for number, mail in enumerate(report.mails, start=1)
    )


def told_of_mails(report: Report) -> tuple[str, ...]:
    """How the pictures are divided over mails, and how else they could be."""
    lines: list[str] = []
    if report.squeeze is not None:
        lines.append(
            say(
                "{before} mails became {after}; the largest loss is {loss:.1f} points.",
                before=report.squeeze.mails_before,
                after=report.squeeze.mails_after,
                loss=report.squeeze.largest_loss,
            )
        )
    if report.mail_plans is not None:
        lines += plan_lines(report.mail_plans)
    return tuple(in_language(line, report.language) for line in lines)


def _weight(mail: WrittenMail) -> str:
    return say(
        "{wire} on the wire, {raw} as files",
        wire=say_bytes(mail.wire_bytes),
        raw=say_bytes(mail.raw_bytes),
    )


def _bar(mail: WrittenMail, report: Report) -> Bar | None:
    plans, limits = report.mail_plans, report.limits
    if plans is None or limits is None:
        return None
    # A mail never passes its limit; counted in files, what goes over the wire may.
    whole = max(limits.mail_max_bytes, mail.wire_bytes)
    said = say(
        "{weight}; best within {preferred}, never over {limit}",
        weight=_weight(mail),
        preferred=say_bytes(plans.preferred_bytes),
        limit=say_bytes(limits.mail_max_bytes),
    )
    return Bar(
        wire=_share(mail.wire_bytes, whole),
        raw=_share(mail.raw_bytes, whole),
        preferred=_share(plans.preferred_bytes, whole),
        preferred_label=say_bytes(plans.preferred_bytes),
        limit_label=say_bytes(limits.mail_max_bytes),
        said=in_language(said, report.language),
    )


def _share(part_bytes: int, whole_bytes: int) -> float:
    return round(100 * part_bytes / whole_bytes, 2)


def _tile(
    item: MailedPhoto,
    places: Mapping[str, str],
    subjects: Mapping[str, Subject],
    sheets: Mapping[str, WrittenSheet],
    language: Language,
) -> Tile:
    if item.photo in subjects:
        label = title_of(subjects[item.photo], language)
    else:
        sheet = sheets[item.photo]
        of = " ".join(filter(None, (sheet.product, sheet.model, sheet.size)))
        label = in_language(
            say("Sheet: {product}", product=of) if of else say("Sheet: overview"), language
        )
    label = label or item.filename
    return Tile(places[item.photo], label, label, say_bytes(item.size_bytes))
