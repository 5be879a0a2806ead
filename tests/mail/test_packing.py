"""The packing is the best there is: held against every possible plan."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.errors import MailTooLargeError
from photoprep.mail.packing import PackItem, pack
from photoprep.mail.wire_size import base64_bytes
from photoprep.preset import MailSpec

TRADE = MailSpec(preferred_bytes=600_000, max_bytes=800_000, reserve_bytes=4_096)
SMALL = MailSpec(preferred_bytes=12, max_bytes=22, reserve_bytes=2)
OVERHEAD = 3

Ranking = tuple[int, int, int, int]


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
    plan: Sequence[range], items: Sequence[PackItem], wire: Callable[[int, int], int]
) -> Ranking:
    """The objective, written down anew: mails, parted products, excess, squares."""
    homes: dict[object, set[int]] = {}
    for mail, run in enumerate(plan):
        for index in run:
            homes.setdefault(items[index].group, set()).add(mail)
    weights = [wire(run.start, run.stop) for run in plan]
    return (
        len(plan),
        sum(len(mails) > 1 for mails in homes.values()),
        sum(max(0, weight - SMALL.preferred_bytes) for weight in weights),
        sum(weight**2 for weight in weights),
    )


@st.composite
def sizes_and_groups(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    sizes = draw(st.lists(st.integers(1, SMALL.limit_bytes - OVERHEAD), min_size=1, max_size=9))
    starts = draw(st.lists(st.integers(0, 1), min_size=len(sizes), max_size=len(sizes)))
    return sizes, list(accumulate(starts))


@settings(max_examples=300, deadline=None)
@given(sizes_and_groups())
@example(([9, 9, 1, 1, 1, 9, 9], [0, 0, 1, 1, 1, 2, 2]))
@example(([8, 8, 8, 8, 8], [0, 0, 0, 0, 0]))
def test_no_other_plan_is_better(case: tuple[list[int], list[int]]) -> None:
    sizes, groups = case
    items, wire = items_of(sizes, groups), sums(sizes, OVERHEAD)
    plan = pack(items, wire, SMALL)
    assert [index for run in plan for index in run] == list(range(len(items)))
    assert all(wire(run.start, run.stop) <= SMALL.limit_bytes for run in plan)
    possible = [
        ranking(other, items, wire)
        for other in every_plan(len(items))
        if all(wire(run.start, run.stop) <= SMALL.limit_bytes for run in other)
    ]
    assert ranking(plan, items, wire) == min(possible)


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
    assert "795904" in caught.value.message
    assert str(weight + TRADE.reserve_bytes) in caught.value.hint
    fits = int(caught.value.hint.split("within ")[1].split()[0])
    assert 2_000 + base64_bytes(fits) <= TRADE.limit_bytes < 2_000 + base64_bytes(fits + 3)


@pytest.mark.parametrize("size_bytes", [300, 1_000, 1_330, 10_000, 70_000, 200_000])
def test_two_thousand_items_take_under_a_second(size_bytes: int) -> None:
    numbers = random.Random(size_bytes)
    sizes = [base64_bytes(numbers.randint(size_bytes // 2, size_bytes)) for _ in range(2_000)]
    items = items_of(sizes, [index // 7 for index in range(2_000)])
    started = time.process_time()
    runs = pack(items, sums(sizes, 2_500), TRADE)
    assert time.process_time() - started < 1
    assert sum(map(len, runs)) == 2_000


def test_much_room_left_over_is_still_fast() -> None:
    # The worst case: the last of four mails could be all but empty, so nearly every cut is open.
    sizes = [1_300] * 2_000
    limit = sums(sizes, 0)(0, 660)
    spec = MailSpec(preferred_bytes=limit // 2, max_bytes=limit, reserve_bytes=0)
    started = time.process_time()
    runs = pack(items_of(sizes, [index // 9 for index in range(2_000)]), sums(sizes, 0), spec)
    assert time.process_time() - started < 2
    assert len(runs) == 4
