"""Orders of products: each is one, and among them is one with the fewest mails, for small sets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.mail.bounds import least_mails
from photoprep.mail.packing import PackItem, pack, rank_of
from photoprep.mail.reordering import orders
from photoprep.mail.subsets import over_subsets
from photoprep.mail.units import Order, Room, begun
from photoprep.preset import ADDRESSING_BYTES, MailSpec

MOST = 20
SPEC = MailSpec(12 + ADDRESSING_BYTES, MOST + ADDRESSING_BYTES, 0)
ROOM = Room(MOST, MOST, 12)

Units = list[list[int]]


def rank(units: Sequence[Sequence[int]], order: Sequence[int]) -> tuple[int, ...]:
    """How good the best plan in this order is."""
    sizes = [size for at in order for size in units[at]]
    items = [PackItem(at, "", size) for at in order for size in units[at]]
    before = [*accumulate(sizes, initial=0)]

    def weigh(first: int, stop: int) -> int:
        return before[stop] - before[first]

    return rank_of(pack(items, weigh, SPEC), items, weigh, SPEC)


def all_orders(count: int, *, first_stays: bool) -> list[Order]:
    return [order for order in permutations(range(count)) if not first_stays or order[0] == 0]


def sets(most_units: int, most_pictures: int) -> st.SearchStrategy[Units]:
    return st.lists(
        st.lists(st.integers(1, MOST), min_size=1, max_size=most_pictures),
        min_size=1,
        max_size=most_units,
    )


@settings(max_examples=150, deadline=None)
@given(sets(5, 3), st.booleans())
@example([[9, 9], [11], [11], [2]], False)
@example([[5], [16, 15], [16], [4], [5]], True)
def test_for_few_products_no_order_takes_fewer_mails(units: Units, first_stays: bool) -> None:
    given = tuple(range(len(units)))
    found = [given, *orders(units, ROOM, first_stays=first_stays)]
    assert set(found) <= set(all_orders(len(units), first_stays=first_stays))
    best = min(rank(units, order) for order in found)
    possible = min(rank(units, order) for order in all_orders(len(units), first_stays=first_stays))
    assert best[0] == possible[0]
    sizes = [size for unit in units for size in unit]
    assert least_mails(sizes, MOST) <= best[0]
    if all(sum(unit) <= MOST for unit in units) and possible[1] == 0:
        # Products are whole wherever as few mails can have them so.
        assert best[:2] == possible[:2]


def mails_in(units: Units, order: Order, *, parted: bool) -> int:
    """Mails when pictures, or whole products, are put in one after another."""
    mails, used = 0, MOST
    for at in order:
        whole = sum(units[at])
        pieces = units[at] if parted or whole > MOST else [whole]
        if not parted and whole > MOST:
            used = MOST  # a large one is begun in a new mail
        for size in pieces:
            mails, used = (mails, used + size) if used + size <= MOST else (mails + 1, size)
    return mails


@settings(max_examples=100, deadline=None)
@given(sets(5, 3), st.booleans(), st.booleans())
@example([[12, 12], [8], [8]], False, True)
@example([[12, 12], [8], [8]], True, True)
def test_over_all_subsets_is_over_all_orders(units: Units, first_stays: bool, parted: bool) -> None:
    known = [begun(index, sizes, ROOM) for index, sizes in enumerate(units)]
    order = over_subsets(known, ROOM, first_stays=first_stays, parted=parted)
    every = all_orders(len(units), first_stays=first_stays)
    assert order in every
    assert mails_in(units, order, parted=parted) == min(
        mails_in(units, other, parted=parted) for other in every
    )


@settings(max_examples=60, deadline=None)
@given(sets(40, 4), st.booleans())
def test_of_many_products_each_stands_once(units: Units, first_stays: bool) -> None:
    found = orders(units, ROOM, first_stays=first_stays)
    assert len(found) == len(set(found))
    for order in found:
        assert sorted(order) == list(range(len(units)))
        assert order[0] == 0 or not first_stays
    assert found == orders(units, ROOM, first_stays=first_stays)


def test_pairs_that_complete_each_other_are_brought_together() -> None:
    units = [[13]] * 20 + [[7]] * 20
    assert rank(units, range(40))[0] > 20
    assert min(rank(units, order) for order in orders(units, ROOM, first_stays=False))[0] == 20


def test_three_that_fill_a_mail_are_found() -> None:
    # Falling sizes put 9 with 9 and spoil it: 9 + 6 + 5 is what fills a mail.
    units = [[9]] * 12 + [[6]] * 12 + [[5]] * 12
    assert min(rank(units, order) for order in orders(units, ROOM, first_stays=False))[0] == 12


@pytest.mark.parametrize(
    ("units", "mails"),
    [
        # Whole ones take two mails each, and leave half of each pair of mails to others.
        ([[12, 12]] * 10 + [[8]] * 20, 20),
        # Two of three in one mail, one in the next: a small one goes before and after.
        ([[8, 8, 8]] * 10 + [[4]] * 20, 16),
    ],
)
def test_a_product_is_begun_in_one_mail_where_that_saves_one(units: Units, mails: int) -> None:
    best = min(rank(units, order) for order in orders(units, ROOM, first_stays=False))
    assert best[0] == mails == least_mails([size for unit in units for size in unit], MOST)


def test_mails_are_evened_by_exchanges() -> None:
    units = [[10], [9], [1], [2], [8], [3], [7]]
    best = min(rank(units, order) for order in orders(units, ROOM, first_stays=False))
    assert best == min(rank(units, order) for order in permutations(range(len(units))))


@pytest.mark.parametrize("first_stays", [False, True])
def test_a_room_of_nothing_still_gives_orders(first_stays: bool) -> None:
    room = Room(1, 20, 1)
    for order in orders([[5], [6, 7], [20]], room, first_stays=first_stays):
        assert sorted(order) == [0, 1, 2]
