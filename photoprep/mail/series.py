"""Pictures in their order → the mails of a series, planned to the byte."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from photoprep.mail.enquiry import Enquiry
from photoprep.mail.items import MailItem
from photoprep.mail.letter import write_letters
from photoprep.mail.message import MessagePlan, plan_message
from photoprep.mail.packing import PackItem, pack
from photoprep.mail.weights import RunWeights
from photoprep.preset import LetterSpec, MailSpec
from photoprep.profile import SenderProfile


def plan_series(
    items: Sequence[MailItem],
    *,
    spec: MailSpec,
    letter: LetterSpec,
    profile: SenderProfile | None,
    customer: str,
    date: datetime.date,
    contact: str = "",
    enquiry: Enquiry | None = None,
) -> list[MessagePlan]:
    """Divide the pictures over as few mails as hold them; ``packing`` says which plan is best.

    The order of ``items`` is kept, so those of one product stand together. No plan weighs more
    than ``spec.limit_bytes``. No items give no mails.

    A mail's own words say how many mails there are, so the sizes depend on the answer. The series
    is therefore packed as if its numbers had one digit, then two, and so on, until the number of
    mails has no more digits than were allowed for; it never exceeds the number of items, so that
    is an end.

    A person's template may make some mail weigh more than was foreseen (``weights``): the series is
    then packed again with so much more room left.

    Raises:
        PresetError: the letter's template is missing or wrong.
        MailTooLargeError: one picture alone makes a mail over the limit.
        ValueError: two items have the same file name (where case does not matter).

    """
    _check_names_differ(items)
    if not items:
        return []
    writer = write_letters(
        items,
        letter=letter,
        profile=profile,
        customer=customer,
        date=date,
        contact=contact,
        enquiry=enquiry,
    )
    stem = writer.stem(items)
    whole = range(len(items))
    single = plan_message(writer, stem, items, [whole], 1)
    if single.wire_bytes <= spec.limit_bytes:
        return [single]

    packed = [PackItem(item.title, item.filename, item.size_bytes) for item in items]
    slack_bytes = 0
    while True:
        runs = [whole]
        for digits in range(1, len(str(len(items))) + 1):
            weights = RunWeights(writer, stem, items, digits, slack_bytes=slack_bytes)
            runs = pack(packed, weights.wire_bytes, spec)
            if len(str(len(runs))) <= digits:
                break
        plans = [plan_message(writer, stem, items, runs, i + 1) for i in range(len(runs))]
        over_bytes = max(plan.wire_bytes for plan in plans) - spec.limit_bytes
        if over_bytes <= 0:
            return plans
        slack_bytes += over_bytes


def _check_names_differ(items: Sequence[MailItem]) -> None:
    """Two attachments of one name would overwrite each other where they are saved."""
    seen: set[str] = set()
    for item in items:
        if item.filename.lower() in seen:
            raise ValueError(f"two pictures are named {item.filename!r}")
        seen.add(item.filename.lower())
