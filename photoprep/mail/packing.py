"""Which pictures go together into one mail: the best way to cut a sequence into runs.

The order of the pictures is kept, so a mail is a run of neighbours, and a plan is a set of cuts.
Among all plans with no mail over the limit, the best one has, in this order,

1. the fewest mails,
2. the fewest products whose pictures are parted over mails,
3. the least sum of what the mails are above ``preferred_bytes``,
4. the most even mails (the least sum of squared sizes).

It is found exactly, by dynamic programming over the cuts. Two things keep that fast. A run can
hold only so much. And with the fewest mails settled first, a cut after item i can be only cut
number k, where k mails are the fewest that hold the first i items and the rest needs all the
others: most cuts are in no best plan and are never looked at.

Everything is whole numbers, so the same items give the same plan everywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from photoprep.errors import MailTooLargeError
from photoprep.language import say
from photoprep.mail.wire_size import base64_bytes, largest_base64_content_bytes
from photoprep.preset import MailSpec

# Of the run items[first:stop]: what a mail with it weighs on the wire.
WireBytes = Callable[[int, int], int]


@dataclass(frozen=True, slots=True)
class PackItem:
    """One attachment to be packed.

    ``group`` is what should stay together (the product); neighbours with equal groups belong to
    one. ``filename`` and ``size_bytes`` are for the words of an error.
    """

    group: Hashable
    filename: str
    size_bytes: int


def pack(items: Sequence[PackItem], wire_bytes: WireBytes, spec: MailSpec) -> list[range]:
    """Cut ``items`` into the best runs, in order; each range indexes one mail's items.

    ``wire_bytes(first, stop)`` must not shrink when a run grows at either end; it may be an upper
    bound of the final size. No items give no runs.

    Raises:
        MailTooLargeError: one item alone is over ``spec.limit_bytes``.

    """
    if not items:
        return []
    earliest_first = _earliest_firsts(items, wire_bytes, spec)
    layers = _cuts_by_mail(earliest_first)
    splits_at = _group_starts_at_cuts(items)

    # One whole number ranks a plan: splits, then excess, then squares, each weighing more than
    # all that comes after it can.
    excess_weight = len(items) * spec.limit_bytes**2 + 1
    split_weight = (len(items) * spec.limit_bytes + 1) * excess_weight

    best_rank = {0: 0}
    best_first: dict[int, int] = {}
    for firsts, stops in pairwise(layers):
        for stop in stops:
            group_start = splits_at[stop]
            ranked = []
            for first in firsts[bisect_left(firsts, earliest_first[stop]) :]:
                if first >= stop:
                    break
                size_bytes = wire_bytes(first, stop)
                rank = best_rank[first] + size_bytes * size_bytes
                if size_bytes > spec.preferred_bytes:
                    rank += (size_bytes - spec.preferred_bytes) * excess_weight
                # A product parted several times counts once, at the cut after its first piece.
                if first <= group_start:
                    rank += split_weight
                ranked.append((rank, first))
            best_rank[stop], best_first[stop] = min(ranked)
    return _runs(best_first, len(items))


def _earliest_firsts(items: Sequence[PackItem], wire_bytes: WireBytes, spec: MailSpec) -> list[int]:
    """For each ``stop``, the smallest ``first`` with items[first:stop] within the limit."""
    earliest = [0]
    first = 0
    for stop in range(1, len(items) + 1):
        # Sizes do not shrink as a run grows, so what was too long a run stays too long.
        while wire_bytes(first, stop) > spec.limit_bytes:
            first += 1
            if first == stop:
                raise _too_large(items[stop - 1], wire_bytes(stop - 1, stop), spec)
        earliest.append(first)
    return earliest


def _cuts_by_mail(earliest_first: Sequence[int]) -> list[list[int]]:
    """Under k: where the k-th mail may end in a plan with the fewest mails; under 0: only 0.

    ``before[i]`` mails at least hold the first i items, ``after[i]`` the others. A plan with the
    fewest mails, m, that cuts at i has k ≥ before[i] mails before it and m - k ≥ after[i] after
    it, so k is before[i], and before[i] + after[i] = m.
    """
    count = len(earliest_first) - 1
    before = [0] * (count + 1)
    for stop in range(1, count + 1):
        before[stop] = before[earliest_first[stop]] + 1
    after = [0] * (count + 1)
    stop = count
    for first in range(count - 1, -1, -1):
        while earliest_first[stop] > first:
            stop -= 1
        after[first] = after[stop] + 1
    layers: list[list[int]] = [[] for _ in range(before[count] + 1)]
    for cut in range(count + 1):
        if before[cut] + after[cut] == before[count]:
            layers[before[cut]].append(cut)
    return layers


def _group_starts_at_cuts(items: Sequence[PackItem]) -> list[int]:
    """For each cut inside a group, where that group starts; -1 for the cuts between groups."""
    starts = [-1]
    group_start = 0
    for cut in range(1, len(items)):
        if items[cut].group == items[cut - 1].group:
            starts.append(group_start)
        else:
            starts.append(-1)
            group_start = cut
    return [*starts, -1]


def _runs(best_first: dict[int, int], count: int) -> list[range]:
    """Follow the best cuts from the end to the beginning."""
    runs = []
    stop = count
    while stop > 0:
        first = best_first[stop]
        runs.append(range(first, stop))
        stop = first
    return runs[::-1]


def _too_large(item: PackItem, size_bytes: int, spec: MailSpec) -> MailTooLargeError:
    """Name the file, what it weighs, and the two ways out."""
    excess_bytes = size_bytes - spec.limit_bytes
    fits_bytes = largest_base64_content_bytes(base64_bytes(item.size_bytes) - excess_bytes)
    least_bytes = size_bytes + spec.reserve_bytes
    if fits_bytes > 0:
        hint = say(
            "Prepare this picture within {fits_bytes} bytes (photo.max_bytes or sheet.max_bytes "
            "in the preset), or raise mail.max_bytes in the preset to at least {least_bytes}.",
            fits_bytes=fits_bytes,
            least_bytes=least_bytes,
        )
    else:
        hint = say(
            "Raise mail.max_bytes in the preset to at least {least_bytes}.", least_bytes=least_bytes
        )
    return MailTooLargeError(
        say(
            "{name} ({size_bytes} bytes) alone makes a mail of {wire_bytes} bytes on the wire, "
            "and the limit is {limit_bytes}.",
            name=item.filename,
            size_bytes=item.size_bytes,
            wire_bytes=size_bytes,
            limit_bytes=spec.limit_bytes,
        ),
        hint=hint,
    )
