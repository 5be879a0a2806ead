"""Which pictures go together into one mail: the best way to cut a sequence into runs.

The order of the pictures is kept, so a mail is a run of neighbours, and a plan is a set of cuts.
Among all plans of which no mail is over its bound, the best one has, in this order,

1. the fewest mails,
2. the fewest products whose pictures are parted over mails,
3. the least sum of what the mails are above the preferred size,
4. the most even mails (the least sum of squared sizes).

The bound of a mail is ``MailSpec.bound_bytes``. With ``prefer = "light"`` it is the preferred one,
and only a run that is a whole product, or one picture, may go up to the other.

The best plan is found exactly, by dynamic programming over the cuts. Two things keep that fast. A
run can hold only so much. And with the fewest mails settled first, a cut after item i can be only
cut number k, where k mails are the fewest that hold the first i items and the rest needs all the
others: most cuts are in no best plan and are never looked at.

Everything is whole numbers, so the same items give the same plan everywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from photoprep.errors import MailTooLargeError
from photoprep.language import say
from photoprep.mail.wire_size import base64_bytes, largest_base64_content_bytes, resending_bytes
from photoprep.preset import ADDRESSING_BYTES, MailSpec

# Of the run items[first:stop]: what a mail with it weighs.
WireBytes = Callable[[int, int], int]
# Mails, parted products, bytes above the preferred size, squares: the less, the better.
Rank = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PackItem:
    """One attachment to be packed.

    ``group`` is what should stay together (the product); neighbours with equal groups belong to
    one. ``filename`` is for the words of an error, ``size_bytes`` for them and for counting files.
    """

    group: Hashable
    filename: str
    size_bytes: int


def pack(items: Sequence[PackItem], wire_bytes: WireBytes, spec: MailSpec) -> list[range]:
    """Cut ``items`` into the best runs, in order; each range indexes one mail's items.

    ``wire_bytes(first, stop)`` must not shrink when a run grows at either end; it may be an upper
    bound of the final size. It is not asked where ``spec`` counts files. No items give no runs.

    Raises:
        MailTooLargeError: one item alone is over ``spec.bound_bytes``.

    """
    if not items:
        return []
    weigh = counted(items, wire_bytes, spec)
    allowed = _allowed(items, weigh, spec)
    layers = _cuts_by_mail(allowed)
    splits_at = _group_starts_at_cuts(items)

    # One whole number ranks a plan: splits, then excess, then squares, each weighing more than
    # all that comes after it can.
    excess_weight = len(items) * spec.bound_bytes**2 + 1
    split_weight = (len(items) * spec.bound_bytes + 1) * excess_weight
    preferred_bytes = spec.preferred_bound_bytes

    best_rank = {0: 0}
    best_first: dict[int, int] = {}
    for firsts, stops in pairwise(layers):
        reached = frozenset(firsts)
        for stop in stops:
            group_start = splits_at[stop]
            at = bisect_left(firsts, allowed.earliest_first[stop])
            within = firsts[at : bisect_left(firsts, stop, at)]
            ranked = []
            for first in (*within, *reached.intersection(allowed.other_firsts.get(stop, ()))):
                size_bytes = weigh(first, stop)
                rank = best_rank[first] + size_bytes * size_bytes
                if size_bytes > preferred_bytes:
                    rank += (size_bytes - preferred_bytes) * excess_weight
                # A product parted several times counts once, at the cut after its first piece.
                if first <= group_start:
                    rank += split_weight
                ranked.append((rank, first))
            best_rank[stop], best_first[stop] = min(ranked)
    return _runs(best_first, len(items))


def counted(items: Sequence[PackItem], wire_bytes: WireBytes, spec: MailSpec) -> WireBytes:
    """What a run counts by ``spec``: the sum of its files, or its weight on the wire.

    On the wire with what many attachments take when a mail program sends the draft.
    """
    if spec.count == "wire":
        return lambda first, stop: wire_bytes(first, stop) + resending_bytes(stop - first)
    before = [*accumulate((item.size_bytes for item in items), initial=0)]
    return lambda first, stop: before[stop] - before[first]


def may_be_one_mail(items: Sequence[PackItem], size_bytes: int, spec: MailSpec) -> bool:
    """Whether all of these, weighing so much as ``spec`` counts, may go in one mail."""
    alone = len({item.group for item in items}) <= 1
    return size_bytes <= (spec.bound_bytes if alone else _usual_bytes(spec))


def rank_of(
    runs: Sequence[range], items: Sequence[PackItem], weigh: WireBytes, spec: MailSpec
) -> Rank:
    """How good a plan is, by what ``pack`` minimises; ``weigh`` is as ``counted`` gives it."""
    sizes = [weigh(run.start, run.stop) for run in runs]
    starts = _group_starts_at_cuts(items)
    parted = {starts[run.stop] for run in runs} - {-1}
    excess_bytes = sum(max(0, size - spec.preferred_bound_bytes) for size in sizes)
    return len(runs), len(parted), excess_bytes, sum(size * size for size in sizes)


def group_ranges(items: Sequence[PackItem]) -> list[range]:
    """The runs of neighbours that belong together, in order."""
    starts = [at for at in range(len(items)) if not at or items[at].group != items[at - 1].group]
    return [range(first, stop) for first, stop in pairwise([*starts, len(items)])]


def _usual_bytes(spec: MailSpec) -> int:
    """The bound of a mail that holds more than one product."""
    if spec.prefer == "light":
        return min(spec.preferred_bound_bytes, spec.bound_bytes)
    return spec.bound_bytes


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Which runs may be a mail, by where they stop.

    Those from ``earliest_first[stop]`` on, which is ``stop`` itself where there is none, and the
    ``other_firsts``, which are before it.
    """

    earliest_first: Sequence[int]
    other_firsts: dict[int, tuple[int, ...]]

    @property
    def backwards(self) -> _Allowed:
        """The same runs, seen from the end."""
        count = len(self.earliest_first) - 1
        latest_stop, stop = [count] * (count + 1), count
        for first in range(count - 1, -1, -1):
            while stop > first and self.earliest_first[stop] > first:
                stop -= 1
            latest_stop[first] = stop
        others: dict[int, tuple[int, ...]] = {}
        for stop, firsts in self.other_firsts.items():
            for first in firsts:
                others[count - first] = (*others.get(count - first, ()), count - stop)
        return _Allowed([count - stop for stop in reversed(latest_stop)], others)


def _allowed(items: Sequence[PackItem], weigh: WireBytes, spec: MailSpec) -> _Allowed:
    usual_bytes = _usual_bytes(spec)
    earliest, others = [0], dict[int, tuple[int, ...]]()
    first = 0
    for stop in range(1, len(items) + 1):
        # Sizes do not shrink as a run grows, so what was too long a run stays too long.
        while first < stop and weigh(first, stop) > usual_bytes:
            first += 1
        if first == stop:
            size_bytes = weigh(stop - 1, stop)
            if size_bytes > spec.bound_bytes:
                raise _too_large(items[stop - 1], size_bytes, spec)
            others[stop] = (stop - 1,)
        earliest.append(first)
    if usual_bytes < spec.bound_bytes:
        for group in group_ranges(items):
            whole = len(group) > 1 and group.start < earliest[group.stop]
            if whole and weigh(group.start, group.stop) <= spec.bound_bytes:
                others[group.stop] = (group.start, *others.get(group.stop, ()))
    return _Allowed(earliest, others)


def _cuts_by_mail(allowed: _Allowed) -> list[list[int]]:
    """Under k: where the k-th mail may end in a plan with the fewest mails; under 0: only 0.

    ``before[i]`` mails at least hold the first i items, ``after[i]`` the others. A plan with the
    fewest mails, m, that cuts at i has k ≥ before[i] mails before it and m - k ≥ after[i] after
    it, so k is before[i], and before[i] + after[i] = m.
    """
    before = _fewest(allowed)
    after = _fewest(allowed.backwards)[::-1]
    count = len(before) - 1
    layers: list[list[int]] = [[] for _ in range(before[count] + 1)]
    for cut in range(count + 1):
        if before[cut] + after[cut] == before[count]:
            layers[before[cut]].append(cut)
    return layers


def _fewest(allowed: _Allowed) -> list[int]:
    """Under i: the fewest mails that hold the first i items.

    One item more can need fewer mails, where it makes a product whole that may stand alone: so
    the least of the places where the last mail may begin is sought, by a queue of those that may
    yet be it, their numbers rising.
    """
    fewest = [0]
    queue = deque([0])
    for stop in range(1, len(allowed.earliest_first)):
        while queue and queue[0] < allowed.earliest_first[stop]:
            queue.popleft()
        firsts = [*([queue[0]] if queue else ()), *allowed.other_firsts.get(stop, ())]
        fewest.append(1 + min(fewest[first] for first in firsts))
        while queue and fewest[queue[-1]] >= fewest[stop]:
            queue.pop()
        queue.append(stop)
    return fewest


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
    if spec.count == "raw":
        return MailTooLargeError(
            say(
                "{name} alone has {size_bytes} bytes, and the files of one mail may have "
                "{limit_bytes}.",
                name=item.filename,
                size_bytes=item.size_bytes,
                limit_bytes=spec.bound_bytes,
            ),
            hint=_ways_out(spec.bound_bytes, item.size_bytes),
        )
    excess_bytes = size_bytes - spec.bound_bytes
    fits_bytes = largest_base64_content_bytes(base64_bytes(item.size_bytes) - excess_bytes)
    return MailTooLargeError(
        say(
            "{name} ({size_bytes} bytes) alone makes a mail of {wire_bytes} bytes on the wire, "
            "and the limit is {limit_bytes}.",
            name=item.filename,
            size_bytes=item.size_bytes,
            wire_bytes=size_bytes,
            limit_bytes=spec.bound_bytes,
        ),
        hint=_ways_out(fits_bytes, size_bytes + spec.reserve_bytes + ADDRESSING_BYTES),
    )


def _ways_out(fits_bytes: int, least_bytes: int) -> str:
    """A smaller picture, where there could be one, or a larger mail."""
    if fits_bytes > 0:
        return say(
            "Prepare this picture within {fits_bytes} bytes (photo.max_bytes or sheet.max_bytes "
            "in the preset), or raise mail.max_bytes in the preset to at least {least_bytes}.",
            fits_bytes=fits_bytes,
            least_bytes=least_bytes,
        )
    return say(
        "Raise mail.max_bytes in the preset to at least {least_bytes}.", least_bytes=least_bytes
    )
