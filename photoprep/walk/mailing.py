"""The fourth step: finished photos are packed into drafts, each written only when it is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from photoprep.catalogue.naming import Naming
from photoprep.catalogue.products import view_rank
from photoprep.errors import MailTooLargeError
from photoprep.language import say
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence
from photoprep.mail.letter_check import check_letter
from photoprep.mail.message import MessagePlan, build_message
from photoprep.mail.reading import planned_letter
from photoprep.mail.series import divide
from photoprep.mail.templating import is_own
from photoprep.outcome import Prepared, PreparedJpeg, Reused, Subject
from photoprep.output_folder import OutputFolder
from photoprep.preset import Preset
from photoprep.profile import SenderProfile
from photoprep.report import Finding, MailedPhoto, WrittenMail, WrittenSheet
from photoprep.version import __version__
from photoprep.walk.attachment_names import names_in_own_script
from photoprep.walk.dividing import divided_over_mails
from photoprep.walk.mailed import Mailed
from photoprep.walk.versions import VersionMaker

MAILS_FOLDER = "mails"

# Part of what makes a mail what it is: raised whenever equal photos would give other bytes.
RECIPE_NUMBER = 4


def write_mails(
    photos: Sequence[Prepared | Reused],
    sheets: Sequence[WrittenSheet],
    folder: OutputFolder,
    preset: Preset,
    *,
    about: Correspondence,
    maker: VersionMaker,
    naming: Naming | None = None,
) -> Mailed:
    """Bring photos and sheets into as few drafts as hold them; each stands in exactly one.

    A sheet stands ahead of the photos that it shows: an overview before all of them. Photos may be
    there in smaller versions, which ``maker`` makes (see ``squeezing``).

    A draft that an earlier run made of the very same ingredients is left as it lies. When a
    photo alone is too large for a mail by this preset, no draft is written and a finding says so.
    When the series would be longer than ``max_mails``, the first pictures go into a whole series
    of that many, and a finding says which are left. ``naming`` is what files were named by, for
    attachments that are named in another script than their files.
    """
    by_filename: dict[str, PreparedJpeg | WrittenSheet] = {
        _filename(photo.jpeg.output): photo.jpeg for photo in photos
    }
    by_filename |= {_filename(sheet.output): sheet for sheet in sheets}
    names: dict[str, str] = {}
    if preset.mail.filenames == "unicode" and naming is not None:
        names = names_in_own_script(photos, sheets, naming)
    by_filename = {names.get(name, name): picture for name, picture in by_filename.items()}
    items = [
        replace(item, filename=name, sha256=by_filename[name].sha256)
        for item in _items(_as_shown(photos), sheets)
        for name in [names.get(item.filename, item.filename)]
    ]
    in_full = {_filename(photo.jpeg.output): photo for photo in photos}
    in_full = {names.get(name, name): photo for name, photo in in_full.items()}

    try:
        division = divided_over_mails(
            items,
            in_full,
            {name: picture.quality for name, picture in by_filename.items()},
            spec=preset.mail,
            divide=partial(divide, about=about),
            folder=folder,
            maker=maker,
        )
    except MailTooLargeError as error:
        return Mailed((), (Finding("mail-too-large", "error", error.message, error.hint),))
    plans, versions = division.squeezed.series.plans, division.squeezed.versions
    findings = [*([] if about.profile or not items else [_PROFILE_MISSING]), *division.findings]
    if is_own(preset.letter):
        findings += _letter_findings(plans, about.profile)
    contents = {name: picture.output for name, picture in by_filename.items()}
    contents |= {name: version.output for name, version in versions.items()}
    by_filename |= {
        name: replace(
            in_full[name].jpeg,
            sha256=version.sha256,
            size_bytes=version.size_bytes,
            quality=version.quality,
        )
        for name, version in versions.items()
    }
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
        division.figures,
        division.squeezed.squeeze,
        division.versions.outputs,
        division.versions.encodes,
    )


_PROFILE_MISSING = Finding(
    "profile-missing",
    "warning",
    say("The letters end without your name and address."),
    say('Set them once with "photoprep profile edit", then run again.'),
)


def _letter_findings(plans: Sequence[MessagePlan], profile: SenderProfile | None) -> list[Finding]:
    """What is wrong with letters that a person's own template has written, each thing once."""
    found: dict[tuple[str, str], Finding] = {}
    for plan in plans:
        letter = planned_letter(plan, f"{MAILS_FOLDER}/{plan.filename}")
        for finding in check_letter(letter, profile):
            found.setdefault((finding.code, finding.message), finding)
    return list(found.values())


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
        plan.html,
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
        subject=plan.subject,
        text=plan.text,
    )


def _still_holds(
    earlier: tuple[str, WrittenMail] | None, ingredients: str, folder: OutputFolder
) -> bool:
    return (
        earlier is not None
        and earlier[0] == ingredients
        and folder.is_as_written(earlier[1].output)
    )
