"""What is said to be proven is true: no packing of small sets has fewer mails than the bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.mail.bounds import least_light_mails, least_mails

ROOM = 20


def divisions(count: int) -> Iterator[list[list[int]]]:
    """Every way to divide so many things into heaps."""
    if count == 0:
        yield []
        return
    for heaps in divisions(count - 1):
        yield [*heaps, [count - 1]]
        for at in range(len(heaps)):
            yield [*heaps[:at], [*heaps[at], count - 1], *heaps[at + 1 :]]


def fewest(sizes: Sequence[int], room: int) -> int:
    """The fewest mails, by trying everything."""
    return min(
        len(heaps)
        for heaps in divisions(len(sizes))
        if all(sum(sizes[at] for at in heap) <= room for heap in heaps)
    )


def fewest_light(groups: Sequence[Sequence[int]], room: int, alone: int) -> int:
    sizes = [size for group in groups for size in group]
    homes = [home for home, group in enumerate(groups) for _ in group]

    def holds(heap: list[int]) -> bool:
        size = sum(sizes[at] for at in heap)
        whole = {homes[at] for at in heap} == {homes[heap[0]]} and len(heap) == homes.count(
            homes[heap[0]]
        )
        return size <= room or (size <= alone and (whole or len(heap) == 1))

    return min(len(heaps) for heaps in divisions(len(sizes)) if all(map(holds, heaps)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, ROOM), min_size=1, max_size=7))
@example([11, 11, 11, 5, 5, 5, 5])
@example([10] * 7)
@example([7] * 7)
def test_no_packing_has_fewer_mails(sizes: list[int]) -> None:
    bound = least_mails(sizes, ROOM)
    assert 1 <= bound <= fewest(sizes, ROOM)
    assert bound >= -(-sum(sizes) // ROOM)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, ROOM), min_size=1, max_size=4), min_size=1, max_size=4).filter(
        lambda groups: sum(map(len, groups)) <= 7
    ),
    st.integers(0, ROOM),
)
@example([[13, 13], [6], [6, 6]], 12)
@example([[7, 6], [7, 6], [7, 6]], 12)
@example([[20], [20], [1]], 0)
def test_no_light_packing_has_fewer_mails(groups: list[list[int]], room: int) -> None:
    assert least_light_mails(groups, room, ROOM) <= fewest_light(groups, room, ROOM)


@pytest.mark.parametrize(
    ("sizes", "mails"),
    [
        ([200] * 9, 5),  # two to a mail, though four fit nearly by the sum
        ([300, 300, 300, 290], 4),  # three over half, and one that goes beside none
        ([300, 300, 300, 280], 3),
        ([190, 190, 190, 100, 100], 2),
        ([580] * 3 + [1], 4),
    ],
)
def test_bounds_that_are_exact(sizes: list[int], mails: int) -> None:
    assert least_mails(sizes, 580) == mails


def test_a_light_bound_counts_what_stands_alone() -> None:
    # Three products over the light limit, two small ones that share a mail.
    assert least_light_mails([[7, 7], [7, 7], [7, 7], [3], [3]], 12, 20) == 4
    # A product over every limit: its views fill mails as they can.
    assert least_light_mails([[11, 11, 11]], 12, 20) == 3


def test_nothing_needs_no_mail() -> None:
    assert least_mails([], 10) == 0
    assert least_light_mails([], 10, 20) == 0
