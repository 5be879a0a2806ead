"""The fourth step: finished photos are packed into drafts, each written only when it is new."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from photoprep.catalogue.products import view_rank
from photoprep.errors import MailTooLargeError
from photoprep.language import say
from photoprep.mail.items import MailItem
from photoprep.mail.message import MessagePlan, build_message
from photoprep.mail.series import plan_series
from photoprep.output_folder import OutputFolder
from photoprep.preset import Preset
from photoprep.profile import SenderProfile
from photoprep.report import (
    Finding,
    MailedPhoto,
    Prepared,
    PreparedJpeg,
    Reused,
    Squeeze,
    Subject,
    WrittenMail,
    WrittenSheet,
)
from photoprep.version import __version__
from photoprep.walk.squeezing import Squeezing
from photoprep.walk.versions import VersionMaker

MAILS_FOLDER = "mails"

# Part of what makes a mail what it is: raised whenever equal photos would give other bytes.
RECIPE_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Mailed:
    """The drafts of a run, and what there is to say of them.

    ``versions`` are the paths of the smaller photos that the next run will look for.
    """

    mails: tuple[WrittenMail, ...] = ()
    findings: tuple[Finding, ...] = ()
    squeeze: Squeeze | None = None
    versions: tuple[str, ...] = ()
    encodes: int = 0


def write_mails(
    photos: Sequence[Prepared | Reused],
    sheets: Sequence[WrittenSheet],
    folder: OutputFolder,
    preset: Preset,
    *,
    profile: SenderProfile | None,
    customer: str,
    date: datetime.date,
    maker: VersionMaker,
) -> Mailed:
    """Bring photos and sheets into as few drafts as hold them; each stands in exactly one.

    A sheet stands ahead of the photos that it shows: an overview before all of them.

    Photos may be there in smaller versions, which ``maker`` makes (see ``squeezing``).

    A draft that an earlier run made of the very same ingredients is left as it lies. When a
    photo alone is too large for a mail by this preset, no draft is written and a finding says so.
    When the series would be longer than ``max_mails``, the first photos go into a whole series of
    that many, and a finding says which are left.
    """
    by_filename: dict[str, PreparedJpeg | WrittenSheet] = {
        _filename(photo.jpeg.output): photo.jpeg for photo in photos
    }
    by_filename |= {_filename(sheet.output): sheet for sheet in sheets}
    plan_mails = partial(
        plan_series,
        spec=preset.mail,
        letter=preset.letter,
        profile=profile,
        customer=customer,
        date=date,
    )
    items = list(_items(_as_shown(photos), sheets))
    in_full = {_filename(photo.jpeg.output): photo for photo in photos}
    squeezing = Squeezing(in_full, folder, preset.mail, maker, plan_mails)
    try:
        plans = squeezing.shortest(items)
    except MailTooLargeError as error:
        return Mailed((), (Finding("mail-too-large", "error", error.message, error.hint),))
    squeezed = squeezing.squeeze(_mailed(items, plans, preset.mail.max_mails))
    while len(squeezed.plans) > preset.mail.max_mails:  # a photo cannot be made smaller after all
        plans = squeezing.shortest(items)
        squeezed = squeezing.squeeze(_mailed(items, plans, preset.mail.max_mails))
    findings = [] if profile or not plans else [_PROFILE_MISSING]
    if len(plans) > preset.mail.max_mails:
        findings.append(_too_many(plans, preset.mail.max_mails))
    plans = squeezed.plans
    by_filename |= {
        name: replace(
            in_full[name].jpeg,
            sha256=version.sha256,
            size_bytes=version.size_bytes,
            quality=version.quality,
        )
        for name, version in squeezed.versions.items()
    }
    contents = {name: file.output for name, file in by_filename.items()}
    contents |= {name: version.output for name, version in squeezed.versions.items()}
    earlier = folder.state.mails()
    outputs = folder.free_paths([f"{MAILS_FOLDER}/{plan.filename}" for plan in plans])
    series = [
        (_ingredients(plan, by_filename), _written(plan, output, by_filename))
        for plan, output in zip(plans, outputs, strict=True)
    ]
    to_write = [
        (plan, mail)
        for plan, (ingredients, mail) in zip(plans, series, strict=True)
        if not _still_holds(earlier.get(mail.output), ingredients, folder)
    ]
    folder.announce(mail.output for _, mail in to_write)
    for plan, mail in to_write:
        folder.write(mail.output, build_message(plan, lambda name: folder.read(contents[name])))
    if to_write or len(earlier) != len(series):
        folder.state.replace_mails(series)
    return Mailed(
        tuple(mail for _, mail in series),
        tuple(findings),
        squeezed.squeeze,
        squeezing.versions.outputs,
        squeezing.versions.encodes,
    )


_PROFILE_MISSING = Finding(
    "profile-missing",
    "warning",
    say("The letters end without your name and address."),
    say('Set them once with "photoprep profile edit", then run again.'),
)


def _mailed(
    items: Sequence[MailItem], plans: Sequence[MessagePlan], max_mails: int
) -> Sequence[MailItem]:
    """What goes into the mails that may be: of too many, what the first ones carry.

    They are planned anew, because the letters say how many mails there are; a part of a series that
    fits n mails fits n mails on its own.
    """
    mailed = {item.filename for plan in plans[:max_mails] for item in plan.attachments}
    return [item for item in items if item.filename in mailed]


def _too_many(plans: Sequence[MessagePlan], max_mails: int) -> Finding:
    """Say which photos are in no mail, and what can be done: 167 mails are what nobody meant."""
    left = [item for plan in plans[max_mails:] for item in plan.attachments]
    return Finding(
        "too-many-mails",
        "error",
        say(
            "All photos together would take {count} mails, and the preset allows {max_mails}: "
            "the last {left} photos, from {filename} on, are prepared but in no mail.",
            count=len(plans),
            max_mails=max_mails,
            left=len(left),
            filename=left[0].filename,
        ),
        say(
            "Send fewer photos at a time, take a preset with smaller photos such as "
            "trade-email-light, or raise max_mails under [mail]."
        ),
    )


def _as_shown(photos: Sequence[Prepared | Reused]) -> list[Prepared | Reused]:
    """Product by product, where its first photo stands: closed, open, … accessories at the end."""
    first: dict[tuple[str, str, str], int] = {}
    for place, photo in enumerate(photos):
        first.setdefault(_product(photo.subject), place)
    return sorted(
        photos, key=lambda photo: (first[_product(photo.subject)], view_rank(photo.subject.view))
    )


def _product(subject: Subject) -> tuple[str, str, str]:
    return subject.product, subject.model, subject.size


def _items(
    photos: Sequence[Prepared | Reused], sheets: Sequence[WrittenSheet]
) -> Iterator[MailItem]:
    """The photos in their order, each product's sheets before its first one."""
    waiting = [sheet for sheet in sheets if sheet.product]
    yield from (_sheet_item(sheet) for sheet in sheets if not sheet.product)
    for photo in photos:
        own = [sheet for sheet in waiting if _shows(sheet, photo.subject)]
        yield from map(_sheet_item, own)
        waiting = [sheet for sheet in waiting if sheet not in own]
        yield _item(photo)
    yield from map(_sheet_item, waiting)


def _shows(sheet: WrittenSheet, subject: Subject) -> bool:
    return (sheet.product, sheet.model, sheet.size) == _product(subject)


def _sheet_item(sheet: WrittenSheet) -> MailItem:
    named = " ".join(filter(None, (sheet.product, sheet.size)))
    return MailItem(_filename(sheet.output), sheet.size_bytes, named, sheet.model, "sheet")


def _item(photo: Prepared | Reused) -> MailItem:
    subject = photo.subject
    return MailItem(
        _filename(photo.jpeg.output),
        photo.jpeg.size_bytes,
        " ".join(filter(None, (subject.product, subject.size))),
        subject.model,
        subject.view,
        subject.label,
    )


def _filename(output: str) -> str:
    return output.rpartition("/")[2]


def _ingredients(plan: MessagePlan, photos: Mapping[str, PreparedJpeg | WrittenSheet]) -> str:
    """A fingerprint of all that makes a message what it is."""
    everything = [
        __version__,
        RECIPE_NUMBER,
        plan.headers,
        plan.text,
        [(item.filename, photos[item.filename].sha256) for item in plan.attachments],
    ]
    return hashlib.sha256(json.dumps(everything).encode()).hexdigest()


def _written(
    plan: MessagePlan, output: str, photos: Mapping[str, PreparedJpeg | WrittenSheet]
) -> WrittenMail:
    return WrittenMail(
        output=output,
        wire_bytes=plan.wire_bytes,
        raw_bytes=plan.raw_bytes,
        attachments=tuple(
            MailedPhoto(
                item.filename,
                photos[item.filename].output,
                item.size_bytes,
                photos[item.filename].quality,
            )
            for item in plan.attachments
        ),
    )


def _still_holds(
    earlier: tuple[str, WrittenMail] | None, ingredients: str, folder: OutputFolder
) -> bool:
    return (
        earlier is not None
        and earlier[0] == ingredients
        and folder.is_as_written(earlier[1].output)
    )
