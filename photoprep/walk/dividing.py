"""Which pictures go into which mails: the plan that is taken, and what the other would come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from photoprep.language import say
from photoprep.mail.items import MailItem
from photoprep.mail.message import MessagePlan
from photoprep.mail.series import PartedProduct, Series
from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.outcome import Prepared, Reused
from photoprep.output_folder import OutputFolder
from photoprep.preset import MailPreference, MailSpec
from photoprep.report import Finding
from photoprep.walk.squeezing import SqueezedMails, Squeezing
from photoprep.walk.versions import VersionMaker, Versions

# So many pictures are always planned together; of more, those that there can be mails for.
_ALWAYS_PLANNED = 1000

# Items and what [mail] says → the series they are divided into.
DivideBy = Callable[[Sequence[MailItem], MailSpec], Series]


@dataclass(frozen=True, slots=True)
class Division:
    """The mails to be written, the versions they carry, both plans, and what there is to say."""

    squeezed: SqueezedMails
    versions: Versions
    figures: MailPlans | None
    findings: tuple[Finding, ...]


def divided_over_mails(
    items: Sequence[MailItem],
    photos: Mapping[str, Prepared | Reused],
    qualities: Mapping[str, float],
    *,
    spec: MailSpec,
    divide: DivideBy,
    folder: OutputFolder,
    maker: VersionMaker,
) -> Division:
    """Divide pictures over mails, photos in smaller versions where that saves a mail.

    ``photos`` and ``qualities`` are by the file names of ``items``.

    Raises:
        CannotWriteError: a version cannot be written.
        MailTooLargeError: a picture alone is too large for a mail.

    """
    own, other = (
        Squeezing(photos, folder, each, maker, partial(_by, divide, each))
        for each in (spec, replace(spec, prefer=_other(spec.prefer)))
    )
    reached = _within_reach(items, own, spec)
    shortest = own.shortest(reached)
    mailed = _mailed(reached, shortest.plans, spec.max_mails)
    squeezed = own.squeeze(mailed)
    while len(squeezed.series.plans) > spec.max_mails:
        # A photo could not be made smaller after all.
        shortest = own.shortest(reached)
        mailed = _mailed(reached, shortest.plans, spec.max_mails)
        squeezed = own.squeeze(mailed)
    findings = [_in_several(parted) for parted in squeezed.series.parted]
    if spec.count == "raw" and items:
        findings.append(_counted_in_files(squeezed.series))
    if len(shortest.plans) > spec.max_mails:
        findings.append(_too_many(shortest.plans, spec.max_mails, len(items) - len(reached)))
    figures = None
    if items:
        foreseen, foretold = other.foreseen(mailed)
        made = {name: version.quality for name, version in squeezed.versions.items()}
        figures = MailPlans(
            _figures(own, squeezed.series, mailed, {**qualities, **made}),
            _figures(other, foreseen, mailed, {**qualities, **foretold}),
            spec.count,
            spec.max_bytes if spec.count == "raw" else spec.limit_bytes,
            spec.preferred_bytes,
            spec.reorder,
        )
    return Division(squeezed, own.versions, figures, tuple(findings))


def _by(divide: DivideBy, spec: MailSpec, items: Sequence[MailItem]) -> Series:
    return divide(items, spec)


def _other(prefer: MailPreference) -> MailPreference:
    return "light" if prefer == "fewest" else "fewest"


def _within_reach(items: Sequence[MailItem], way: Squeezing, spec: MailSpec) -> Sequence[MailItem]:
    """The items that are planned: all, or of very many those for twice the mails there may be.

    Planning takes time by more than their number, and of half a million pictures twenty mails are
    written. Twice as many, so that there is a choice where products may change places.
    """
    if len(items) <= _ALWAYS_PLANNED:
        return items
    room_bytes = 2 * spec.max_mails * spec.bound_bytes
    for count, item in enumerate(items, start=1):
        room_bytes -= way.least_weight_bytes(item)
        if room_bytes < 0 and count >= _ALWAYS_PLANNED:
            return items[:count]
    return items


def _mailed(
    items: Sequence[MailItem], plans: Sequence[MessagePlan], max_mails: int
) -> Sequence[MailItem]:
    """What goes into the mails that may be: of too many, what the first ones carry.

    They are planned anew, because the letters say how many mails there are; a part of a series that
    fits n mails fits n mails on its own.
    """
    mailed = {item.filename for plan in plans[:max_mails] for item in plan.attachments}
    return [item for item in items if item.filename in mailed]


def _figures(
    way: Squeezing, series: Series, items: Sequence[MailItem], qualities: Mapping[str, float]
) -> MailPlan:
    """What there is to compare of one way to divide the pictures."""
    spec = way.mail
    wire_bytes = tuple(plan.wire_bytes for plan in series.plans)
    raw_bytes = tuple(plan.raw_bytes for plan in series.plans)
    counted = raw_bytes if spec.count == "raw" else wire_bytes
    lowest = min(qualities[item.filename] for plan in series.plans for item in plan.attachments)
    return MailPlan(
        spec.prefer,
        wire_bytes,
        raw_bytes,
        sum(size_bytes > spec.preferred_bound_bytes for size_bytes in counted),
        len(series.parted),
        way.shortest(items).at_least,
        round(lowest, 1),
    )


def _counted_in_files(series: Series) -> Finding:
    """A limit told for files is no surprise on the way: what servers count stands beside it."""
    largest = max(series.plans, key=lambda plan: plan.wire_bytes)
    return Finding(
        "counted-in-files",
        "info",
        say(
            "Mails are counted by their files. The largest has {raw_bytes} bytes of them and "
            "weighs {wire_bytes} on the wire, which is what mail servers count.",
            raw_bytes=largest.raw_bytes,
            wire_bytes=largest.wire_bytes,
        ),
    )


def _in_several(parted: PartedProduct) -> Finding:
    if parted.fits_one:
        message = say(
            "The pictures of {product} are in {count} mails: kept together they would take one "
            "mail more.",
            product=parted.title,
            count=parted.mails,
        )
    else:
        message = say(
            "The pictures of {product} are too much for one mail, and are in {count}.",
            product=parted.title,
            count=parted.mails,
        )
    return Finding("product-in-several-mails", "info", message, product=parted.title)


def _too_many(plans: Sequence[MessagePlan], max_mails: int, unplanned: int) -> Finding:
    """Say which pictures are in no mail, and what can be done: 167 mails are what nobody meant."""
    left = [item for plan in plans[max_mails:] for item in plan.attachments]
    mails: str = say("{count} mails", count=len(plans))
    if unplanned:
        mails = say("more than {count} mails", count=len(plans))
    return Finding(
        "too-many-mails",
        "error",
        say(
            "All pictures together would take {mails}, and the preset allows {max_mails}: "
            "the last {left} pictures, from {filename} on, are prepared but in no mail.",
            mails=mails,
            max_mails=max_mails,
            left=len(left) + unplanned,
            filename=left[0].filename,
        ),
        say(
            "Send fewer pictures at a time, take a preset with smaller ones such as "
            "trade-email-light, or raise max_mails under [mail]."
        ),
    )
