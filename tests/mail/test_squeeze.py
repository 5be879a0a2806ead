"""Smaller pictures for fewer mails: held against every cut and every level there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.mail.packing import PackItem, pack
from photoprep.mail.squeeze import LEVEL_STEP, Curve, Mail, larger_by, squeeze
from photoprep.mail.wire_size import base64_bytes
from photoprep.preset import ADDRESSING_BYTES, MailSpec

LIMIT, AROUND = 1000, 40
SPEC = MailSpec(preferred_bytes=700, max_bytes=LIMIT + ADDRESSING_BYTES, reserve_bytes=0)


def packer(groups: Sequence[int], slack: int = 0) -> Callable[[Sequence[int]], list[Mail]]:
    """The real packer, over mails of ``AROUND`` bytes, each overrated by the slack."""

    def packed(sizes: Sequence[int]) -> list[Mail]:
        items = [
            PackItem(group, f"p{at}.jpg", size)
            for at, (group, size) in enumerate(zip(groups, sizes, strict=True))
        ]

        def wire_bytes(first: int, stop: int) -> int:
            return AROUND + slack + sum(map(base64_bytes, sizes[first:stop]))

        return [Mail(tuple(run), LIMIT - AROUND) for run in pack(items, wire_bytes, SPEC)]

    return packed


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """A curve of one to four points, some steep, some flat, as a real one may be."""
    full = draw(st.integers(30, 600))
    floor = draw(st.integers(full * 6 // 10, full))
    between = draw(st.lists(st.integers(floor, full), max_size=2))
    sizes = sorted({floor, full, *between})
    qualities = sorted(
        draw(st.lists(st.integers(60_000, 97_000), min_size=len(sizes), max_size=len(sizes)))
    )
    return Curve(tuple(zip(sizes, qualities, strict=True)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Curve], list[int]]:
    drawn = draw(st.lists(curves(), min_size=1, max_size=7))
    starts = draw(st.lists(st.integers(0, 1), min_size=len(drawn), max_size=len(drawn)))
    return drawn, [sum(starts[: at + 1]) for at in range(len(drawn))]


THREE_FOR_TWO = [Curve(((220, 80_000), (300, 90_000)))] * 3


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 9))
@example((THREE_FOR_TWO, [0, 1, 2]), 0)
@example((THREE_FOR_TWO, [0, 0, 0]), 9)
def test_never_over_a_limit_nor_below_a_floor_nor_with_more_mails(
    case: tuple[list[Curve], list[int]], slack: int
) -> None:
    drawn, groups = case
    packed = packer(groups, slack)
    before = packed([curve.full_bytes for curve in drawn])
    found = squeeze(drawn, packed, base64_bytes)
    fewest = len(packed([curve.floor_bytes for curve in drawn]))
    if found is None:
        assert fewest == len(before)
        return
    assert found.mails_before == len(before) > found.mails_after == fewest
    for curve, size in zip(drawn, found.sizes, strict=True):
        assert curve.floor_bytes <= size <= curve.full_bytes
    mails = packed(found.sizes)
    assert len(mails) == fewest
    for mail in mails:
        assert sum(base64_bytes(found.sizes[index]) for index in mail.pictures) <= LIMIT - AROUND
    assert squeeze(drawn, packed, base64_bytes) == found


def highest_by_every_cut(drawn: Sequence[Curve], mails: int) -> int:
    """The best lowest level in whole steps, by trying every cut and every level: nothing clever."""
    count, best = len(drawn), -1
    for cuts in combinations(range(1, count), mails - 1):
        runs = [range(first, stop) for first, stop in pairwise([0, *cuts, count])]
        for step in range(600, 971):
            sizes = [curve.size_at(step * LEVEL_STEP) for curve in drawn]
            if any(sum(base64_bytes(sizes[i]) for i in run) > LIMIT - AROUND for run in runs):
                break
            best = max(best, step)
    return best * LEVEL_STEP


@settings(max_examples=60, deadline=None)
@given(cases())
@example((THREE_FOR_TWO, [0, 1, 2]))
def test_the_lowest_quality_is_the_highest_that_any_cut_allows(
    case: tuple[list[Curve], list[int]],
) -> None:
    drawn, groups = case
    found = squeeze(drawn, packer(groups), base64_bytes)
    if found is None:
        return
    level = highest_by_every_cut(drawn, found.mails_after)
    for curve, size in zip(drawn, found.sizes, strict=True):
        assert size >= curve.size_at(level)


def test_a_mail_is_filled_and_the_worst_picture_is_raised_first() -> None:
    good = Curve(((180, 92_000), (300, 96_000)))
    poor = Curve(((180, 84_000), (300, 88_000)))
    found = squeeze([good, poor, good], packer([0, 1, 2]), base64_bytes)
    assert found is not None
    assert (found.mails_before, found.mails_after) == (2, 1)
    assert found.sizes[1] == 300
    assert abs(found.sizes[0] - found.sizes[2]) <= 3
    spent = sum(map(base64_bytes, found.sizes))
    # No picture of either kind can have three bytes more.
    assert LIMIT - AROUND - 4 < spent <= LIMIT - AROUND


def test_pictures_that_fit_anyway_are_left_alone() -> None:
    """Mails that no smaller pictures would save take the full sizes, however full they are."""
    pictures = [Curve(((300, 80_000), (340, 90_000)))] * 4
    assert squeeze(pictures, packer([0, 1, 2, 3]), base64_bytes) is None
    assert squeeze([], packer([]), base64_bytes) is None


def test_what_may_not_shrink_keeps_its_bytes() -> None:
    sheet, photo = Curve(((400, 85_000),)), Curve(((200, 80_000), (320, 90_000)))
    found = squeeze([sheet, photo], packer([0, 1]), base64_bytes)
    assert found is not None
    assert found.sizes[0] == 400
    assert 200 <= found.sizes[1] < 320


def test_a_packer_that_reckons_with_more_bytes_still_gets_no_mail_more() -> None:
    slack = 7
    found = squeeze(THREE_FOR_TWO, packer([0, 1, 2], slack), base64_bytes)
    assert found is not None
    assert len(packer([0, 1, 2], slack)(found.sizes)) == found.mails_after == 1


@pytest.mark.parametrize(
    "points",
    [(), ((3, 5), (3, 6)), ((4, 5), (3, 6)), ((3, 7), (4, 6))],
)
def test_what_is_no_curve_is_refused(points: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="no curve"):
        Curve(points)


@given(curves(), st.integers(59_000, 98_000))
def test_a_part_of_a_curve_is_that_curve_above_its_floor(curve: Curve, level: int) -> None:
    part = curve.from_level(level)
    assert part.full_bytes == curve.full_bytes
    assert part.best == curve.best
    assert part.worst >= min(level, curve.best)
    for size in range(part.floor_bytes, part.full_bytes + 1, 7):
        assert abs(part.quality_at(size) - curve.quality_at(size)) <= 1


@given(st.integers(1, 500), st.integers(0, 400), st.integers(0, 700))
def test_what_is_left_of_a_mail_makes_one_picture_larger(size: int, more: int, free: int) -> None:
    larger = larger_by(free, size, size + more, base64_bytes)
    assert size <= larger <= size + more
    assert base64_bytes(larger) <= base64_bytes(size) + free
    if larger < size + more:
        assert base64_bytes(larger + 1) > base64_bytes(size) + free


@given(curves(), st.integers(59_000, 98_000))
def test_a_size_for_a_level_is_the_smallest_that_has_it(curve: Curve, level: int) -> None:
    size = curve.size_at(level)
    if curve.worst <= level <= curve.best:
        assert curve.quality_at(size) >= level
        assert size == curve.floor_bytes or curve.quality_at(size - 1) < level
