"""Pictures in their order → the mails of a series, planned to the byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from photoprep.mail.bounds import least_light_mails, least_mails
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence, Letter, write_letters
from photoprep.mail.message import MessagePlan, plan_message
from photoprep.mail.packing import (
    PackItem,
    Rank,
    WireBytes,
    counted,
    group_ranges,
    may_be_one_mail,
    pack,
    rank_of,
)
from photoprep.mail.reordering import orders
from photoprep.mail.units import Room
from photoprep.mail.weights import RunWeights
from photoprep.mail.wire_size import attachment_bytes, resending_bytes
from photoprep.preset import MailSpec

# What a mail's words may weigh less than any that were weighed, generously: this is for a proof.
_SAID_LESS_BYTES = 256


@dataclass(frozen=True, slots=True)
class PartedProduct:
    """A product whose pictures are in several mails, though perhaps one ``fits_one``."""

    title: str
    mails: int
    fits_one: bool


@dataclass(frozen=True, slots=True)
class Series:
    """How pictures are divided over mails.

    ``at_least`` is proven: no plan by the same limits has fewer mails, in any order and with any
    product parted. ``parted`` are in the order of their first pictures.
    """

    plans: tuple[MessagePlan, ...]
    at_least: int
    parted: tuple[PartedProduct, ...] = ()


def divide(items: Sequence[MailItem], spec: MailSpec, about: Correspondence) -> Series:
    """Divide the pictures over mails as ``spec`` wants it; ``packing`` says which plan is best.

    The order of ``items`` is kept, so those of one product stand together; with ``spec.reorder``
    whole products may change places, but a sheet that shows all products stays ahead. No plan
    counts more than ``spec.bound_bytes``. No items give no mails.

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
        return Series((), 0)
    writer = write_letters(items, about)
    slack_bytes = 0
    while True:
        series = _divided_with(items, writer, spec, slack_bytes)
        over_bytes = max(counted_bytes(plan, spec) for plan in series.plans) - spec.bound_bytes
        if over_bytes <= 0:
            return series
        slack_bytes += over_bytes


def _divided_with(
    items: Sequence[MailItem], writer: Letter, spec: MailSpec, slack_bytes: int
) -> Series:
    """The best division where each mail is taken for so much heavier than it is foreseen."""
    stem = writer.stem(items)
    packed = _pack_items(items)
    single = plan_message(writer, stem, items, [range(len(items))], 1)
    if may_be_one_mail(packed, counted_bytes(single, spec), spec):
        return Series((single,), 1)

    short = RunWeights(writer, stem, items, 1, slack_bytes=slack_bytes)
    weigh = counted(packed, short.wire_bytes, spec)
    around_bytes = short.least_bytes if spec.count == "wire" else 0
    at_least = max(2, _at_least(items, packed, around_bytes - _SAID_LESS_BYTES, spec))
    divided = partial(_divided, items, packed, writer, stem, spec, slack_bytes)
    best = divided(range(len(items)))
    if spec.reorder and best.rank[:3] > (at_least, 0, 0):
        orders_tried = _orders(packed, weigh, around_bytes, spec, _stay_ahead(items))
        found = min(map(divided, orders_tried), key=lambda each: each.rank, default=best)
        # Mails that are only more even are no reason to take products from their places.
        if found.rank[:3] < best.rank[:3]:
            best = found
    plans = [
        plan_message(writer, stem, best.items, best.runs, at + 1) for at in range(len(best.runs))
    ]
    return Series(tuple(plans), at_least, tuple(_parted(plans, packed, weigh, spec)))


def _pack_items(items: Sequence[MailItem]) -> list[PackItem]:
    """What is named for no product belongs to nothing: it is a group of its own."""
    return [
        PackItem(item.title or index, item.filename, item.size_bytes)
        for index, item in enumerate(items)
    ]


@dataclass(frozen=True, slots=True)
class _Divided:
    """Items in some order, the runs they are cut into, and how good that is."""

    items: Sequence[MailItem]
    runs: Sequence[range]
    rank: Rank


def _divided(
    given: Sequence[MailItem],
    packed_as_given: Sequence[PackItem],
    writer: Letter,
    stem: str,
    spec: MailSpec,
    slack_bytes: int,
    order: Sequence[int],
) -> _Divided:
    """The best plan in this order."""
    items = [given[index] for index in order]
    packed = [packed_as_given[index] for index in order]
    digits = 1
    while True:
        weights = RunWeights(writer, stem, items, digits, slack_bytes=slack_bytes).wire_bytes
        runs = pack(packed, weights, spec)
        if len(str(len(runs))) <= digits:
            weigh = counted(packed, weights, spec)
            return _Divided(items, runs, rank_of(runs, packed, weigh, spec))
        digits += 1


def counted_bytes(plan: MessagePlan, spec: MailSpec) -> int:
    """What a mail counts against its bound: as ``packing.counted`` has it, to the byte."""
    if spec.count == "raw":
        return plan.raw_bytes
    return plan.wire_bytes + resending_bytes(len(plan.attachments))


def _stay_ahead(items: Sequence[MailItem]) -> int:
    """How many sheets that show all products stand ahead of everything."""
    ahead = 0
    while ahead < len(items) and items[ahead].view == "sheet" and not items[ahead].title:
        ahead += 1
    return ahead


def _orders(
    packed: Sequence[PackItem], weigh: WireBytes, around_bytes: int, spec: MailSpec, ahead: int
) -> list[list[int]]:
    """Orders of the items to be tried beside the one given."""
    units = [group for group in group_ranges(packed) if group.start >= ahead]
    if ahead:
        units.insert(0, range(ahead))
    sizes = []
    for unit in units:
        # What a picture adds to its product's mail; the first brings the product's heading.
        upto = [around_bytes, *(weigh(unit.start, stop + 1) for stop in unit)]
        sizes.append([after - before for before, after in pairwise(upto)])
    light = spec.prefer == "light"
    preferred_bytes = max(1, spec.preferred_bound_bytes - around_bytes)
    most_bytes = max(1, spec.bound_bytes - around_bytes)
    usual_bytes = min(preferred_bytes, most_bytes) if light else most_bytes
    room = Room(usual_bytes, most_bytes, preferred_bytes)
    return [
        [index for unit in order for index in units[unit]]
        for order in orders(sizes, room, first_stays=ahead > 0)
    ]


def _at_least(
    items: Sequence[MailItem], packed: Sequence[PackItem], around_bytes: int, spec: MailSpec
) -> int:
    """How many mails are needed in any order, by what the attachments add to a mail at least."""
    if spec.count == "raw":
        sizes, around_bytes = [item.size_bytes for item in items], 0
    else:
        sizes = [attachment_bytes(item.filename, item.size_bytes) for item in items]
    most_bytes = spec.bound_bytes - around_bytes
    if spec.prefer == "fewest":
        return least_mails(sizes, most_bytes)
    usual_bytes = min(most_bytes, spec.preferred_bound_bytes - around_bytes)
    groups = [[sizes[index] for index in group] for group in group_ranges(packed)]
    return least_light_mails(groups, usual_bytes, most_bytes)


def _parted(
    plans: Sequence[MessagePlan], packed: Sequence[PackItem], weigh: WireBytes, spec: MailSpec
) -> list[PartedProduct]:
    """The products that stand in more than one mail."""
    mails = Counter(title for plan in plans for title in {item.title for item in plan.attachments})
    parted: dict[str, PartedProduct] = {}
    for group in group_ranges(packed):
        title = packed[group.start].group
        if isinstance(title, str) and mails[title] > 1:
            fits_one = weigh(group.start, group.stop) <= spec.bound_bytes
            parted.setdefault(title, PartedProduct(title, mails[title], fits_one))
    return list(parted.values())


def _check_names_differ(items: Sequence[MailItem]) -> None:
    """Two attachments of one name would overwrite each other where they are saved."""
    seen: set[str] = set()
    for item in items:
        if item.filename.lower() in seen:
            raise ValueError(f"two pictures are named {item.filename!r}")
        seen.add(item.filename.lower())
