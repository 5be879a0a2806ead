"""The packing is the best there is: held against every possible plan."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, combinations, pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.errors import MailTooLargeError
from photoprep.mail.packing import PackItem, pack, rank_of
from photoprep.mail.wire_size import base64_bytes
from photoprep.preset import ADDRESSING_BYTES, MailPreference, MailSpec

TRADE = MailSpec(preferred_bytes=600_000, max_bytes=800_000, reserve_bytes=4_096)
OVERHEAD = 3

Ranking = tuple[int, int, int, int]


def small(preferred_bytes: int = 12, most_bytes: int = 20, **keys: Any) -> MailSpec:
    """Drafts of so few bytes: what is left for the way and for addresses comes on top."""
    left_bytes = 2 + ADDRESSING_BYTES
    return MailSpec(preferred_bytes + left_bytes, most_bytes + left_bytes, 2, **keys)


SMALL = small()


def items_of(sizes: Sequence[int], groups: Sequence[int]) -> list[PackItem]:
    return [
        PackItem(group, f"p{index}.jpg", size)
        for index, (size, group) in enumerate(zip(sizes, groups, strict=True))
    ]


def sums(sizes: Sequence[int], overhead: int) -> Callable[[int, int], int]:
    before = list(accumulate(sizes, initial=0))
    return lambda first, stop: overhead + before[stop] - before[first]


def every_plan(count: int) -> Iterator[list[range]]:
    for mails in range(1, count + 1):
        for cuts in combinations(range(1, count), mails - 1):
            yield [range(first, stop) for first, stop in pairwise([0, *cuts, count])]


def ranking(
    plan: Sequence[range],
    items: Sequence[PackItem],
    weigh: Callable[[int, int], int],
    spec: MailSpec = SMALL,
) -> Ranking:
    """The objective, written down anew: mails, parted products, excess, squares."""
    homes: dict[object, set[int]] = {}
    for mail, run in enumerate(plan):
        for index in run:
            homes.setdefault(items[index].group, set()).add(mail)
    weights = [weigh(run.start, run.stop) for run in plan]
    return (
        len(plan),
        sum(len(mails) > 1 for mails in homes.values()),
        sum(max(0, weight - spec.preferred_bound_bytes) for weight in weights),
        sum(weight**2 for weight in weights),
    )


def is_allowed(
    run: range, items: Sequence[PackItem], weigh: Callable[[int, int], int], spec: MailSpec
) -> bool:
    """What may be a mail, written down anew."""
    size_bytes = weigh(run.start, run.stop)
    if spec.prefer == "fewest" or size_bytes <= spec.preferred_bound_bytes:
        return size_bytes <= spec.bound_bytes
    groups = [items[index].group for index in run]
    of_group = [item for item in items if item.group == groups[0]]
    is_one_product = set(groups) == {groups[0]} and len(of_group) == len(run)
    return size_bytes <= spec.bound_bytes and (is_one_product or len(run) == 1)


@st.composite
def sizes_and_groups(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    sizes = draw(st.lists(st.integers(1, SMALL.bound_bytes - OVERHEAD), min_size=1, max_size=9))
    starts = draw(st.lists(st.integers(0, 1), min_size=len(sizes), max_size=len(sizes)))
    return sizes, list(accumulate(starts))


@settings(max_examples=400, deadline=None)
@given(sizes_and_groups(), st.sampled_from([("fewest", 12), ("light", 12), ("light", 9)]))
@example(([9, 9, 1, 1, 1, 9, 9], [0, 0, 1, 1, 1, 2, 2]), ("fewest", 12))
@example(([8, 8, 8, 8, 8], [0, 0, 0, 0, 0]), ("fewest", 12))
# A whole product may be above 12, and the most of it may not: an item more, a mail less.
@example(([8, 5, 3, 1], [0, 0, 0, 0]), ("light", 12))
@example(([3, 8, 5, 3, 1, 3], [0, 1, 1, 1, 1, 2]), ("light", 12))
def test_no_other_plan_is_better(
    case: tuple[list[int], list[int]], how: tuple[MailPreference, int]
) -> None:
    (sizes, groups), (prefer, preferred_bytes) = case, how
    spec = small(preferred_bytes, prefer=prefer)
    items, wire = items_of(sizes, groups), sums(sizes, OVERHEAD)
    plan = pack(items, wire, spec)
    assert [index for run in plan for index in run] == list(range(len(items)))
    assert all(is_allowed(run, items, wire, spec) for run in plan)
    possible = [
        ranking(other, items, wire, spec)
        for other in every_plan(len(items))
        if all(is_allowed(run, items, wire, spec) for run in other)
    ]
    assert ranking(plan, items, wire, spec) == min(possible)
    assert rank_of(plan, items, wire, spec) == min(possible)
    assert pack(items, wire, spec) == plan


@settings(max_examples=100, deadline=None)
@given(sizes_and_groups(), st.sampled_from(["fewest", "light"]))
def test_files_are_counted_where_a_limit_is_told_for_files(
    case: tuple[list[int], list[int]], prefer: MailPreference
) -> None:
    sizes, groups = case
    spec = MailSpec(12, 20, 2, count="raw", prefer=prefer)
    assert (spec.bound_bytes, spec.preferred_bound_bytes) == (20, 12)
    items, files = items_of(sizes, groups), sums(sizes, 0)
    plan = pack(items, sums([1_000_000] * len(items), 0), spec)
    possible = [
        ranking(other, items, files, spec)
        for other in every_plan(len(items))
        if all(is_allowed(run, items, files, spec) for run in other)
    ]
    assert ranking(plan, items, files, spec) == min(possible)


def test_a_product_too_large_for_a_light_mail_has_one_of_its_own() -> None:
    sizes, groups = [3, 3, 5, 4, 5, 3, 3], [0, 0, 1, 1, 1, 2, 2]
    items, wire = items_of(sizes, groups), sums(sizes, OVERHEAD)
    assert pack(items, wire, small(prefer="light")) == [range(2), range(2, 5), range(5, 7)]
    # Too large for any mail: its views are parted, and only they.
    sizes[2:5] = [8, 8, 8]
    items, wire = items_of(sizes, groups), sums(sizes, OVERHEAD)
    plan = pack(items, wire, small(prefer="light"))
    assert plan == [range(2), range(2, 3), range(3, 4), range(4, 5), range(5, 7)]


def test_a_product_is_kept_together_before_the_preferred_size_is() -> None:
    # Two mails are needed. Cut in the middle they would be 9 each, nothing above the preferred
    # 12, but product 0 would be parted.
    sizes, groups = [4, 4, 4, 4, 4, 4], [0, 0, 0, 0, 1, 1]
    assert pack(items_of(sizes, groups), sums(sizes, OVERHEAD), SMALL) == [range(4), range(4, 6)]


def test_fewer_mails_come_before_products_together() -> None:
    sizes, groups = [8, 8, 8, 8], [0, 1, 1, 2]
    assert pack(items_of(sizes, groups), sums(sizes, OVERHEAD), SMALL) == [range(2), range(2, 4)]


def test_no_items_need_no_mail() -> None:
    assert pack([], sums([], OVERHEAD), SMALL) == []


def test_mails_are_even_when_nothing_else_decides() -> None:
    sizes = [3] * 8
    runs = pack(items_of(sizes, range(8)), sums(sizes, OVERHEAD), SMALL)
    assert [len(run) for run in runs] == [4, 4]


def test_an_item_that_fits_no_mail_is_named_with_what_to_change() -> None:
    items = items_of([100_000, 600_000], [0, 0])

    def wire(first: int, stop: int) -> int:
        return 2_000 + sum(base64_bytes(item.size_bytes) for item in items[first:stop])

    with pytest.raises(MailTooLargeError) as caught:
        pack(items, wire, TRADE)
    weight = wire(1, 2)
    assert "p1.jpg (600000 bytes)" in caught.value.message
    assert str(weight) in caught.value.message
    assert TRADE.draft_bytes == 795_392
    assert "795392" in caught.value.message
    assert str(weight + TRADE.reserve_bytes + ADDRESSING_BYTES) in caught.value.hint
    fits = int(caught.value.hint.split("within ")[1].split()[0])
    assert 2_000 + base64_bytes(fits) <= TRADE.draft_bytes < 2_000 + base64_bytes(fits + 3)


def test_a_file_over_a_limit_for_files_is_named_with_what_to_change() -> None:
    items = items_of([100_000, 600_001], [0, 0])
    with pytest.raises(MailTooLargeError) as caught:
        pack(items, sums([0, 0], 0), MailSpec(600_000, 600_000, 4_096, count="raw"))
    assert "p1.jpg alone has 600001 bytes" in caught.value.message
    assert "within 600000 bytes" in caught.value.hint
    assert "at least 600001" in caught.value.hint


class Counted:
    """Sizes of runs, and how often one was asked for: what packing takes its time for."""

    def __init__(self, sizes: Sequence[int], overhead: int) -> None:
        self.asked = 0
        self._weigh = sums(sizes, overhead)

    def __call__(self, first: int, stop: int) -> int:
        self.asked += 1
        return self._weigh(first, stop)


@pytest.mark.parametrize("prefer", ["fewest", "light"])
@pytest.mark.parametrize("size_bytes", [300, 1_000, 1_330, 10_000, 70_000, 200_000])
def test_two_thousand_items_are_weighed_a_few_times_each(
    size_bytes: int, prefer: MailPreference
) -> None:
    numbers = random.Random(size_bytes)
    sizes = [base64_bytes(numbers.randint(size_bytes // 2, size_bytes)) for _ in range(2_000)]
    items = items_of(sizes, [index // 7 for index in range(2_000)])
    weigh = Counted(sizes, 2_500)
    runs = pack(items, weigh, replace(TRADE, prefer=prefer))
    assert sum(map(len, runs)) == 2_000
    # A question costs well under a microsecond; all pairs would be two million.
    assert weigh.asked < 300_000


def test_much_room_left_over_is_still_fast() -> None:
    # The worst case: the last of four mails could be all but empty, so nearly every cut is open.
    sizes = [1_300] * 2_000
    limit = sums(sizes, 0)(0, 660)
    weigh = Counted(sizes, 0)
    runs = pack(
        items_of(sizes, [index // 9 for index in range(2_000)]), weigh, small(limit // 2, limit)
    )
    assert weigh.asked < 600_000
    assert len(runs) == 4
