"""A series as a whole: which order, which bound, which number of mails, and what is parted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.language import Language
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence
from photoprep.mail.series import PartedProduct, Series, counted_bytes, divide
from photoprep.preset import LetterSpec, MailSpec
from photoprep.profile import SenderProfile

TRADE = MailSpec(preferred_bytes=600_000, max_bytes=800_000, reserve_bytes=4_096)
WANG = SenderProfile(name="王丽", company="Hengli Tools Co., Ltd.", email="wang@example.com")


def divided(items: Sequence[MailItem], spec: MailSpec, language: Language = "en") -> Series:
    about = Correspondence(LetterSpec(language), WANG, "C0123", datetime.date(2026, 11, 23))
    return divide(items, spec, about)


def photos(*products: Sequence[int]) -> list[MailItem]:
    """Products with photos of so many bytes."""
    return [
        MailItem(f"Box_X{at:02}_{view}.jpg", size_bytes, "Box", f"X{at:02}", "open")
        for at, sizes in enumerate(products)
        for view, size_bytes in enumerate(sizes)
    ]


def sheet(number: int, size_bytes: int) -> MailItem:
    return MailItem(f"sheet-{number}.jpg", size_bytes, "", "", "sheet")


def names(series: Series) -> list[list[str]]:
    return [[item.filename for item in plan.attachments] for plan in series.plans]


def counted(series: Series, spec: MailSpec) -> list[int]:
    raw = spec.count == "raw"
    return [plan.raw_bytes if raw else plan.wire_bytes for plan in series.plans]


product_sizes = st.lists(
    st.lists(st.integers(20_000, 415_000), min_size=1, max_size=4), min_size=1, max_size=8
)
ways = st.fixed_dictionaries(
    {
        "count": st.sampled_from(["wire", "raw"]),
        "prefer": st.sampled_from(["fewest", "light"]),
        "reorder": st.booleans(),
    }
)


@settings(max_examples=80, deadline=None)
@given(product_sizes, ways, st.integers(0, 2), st.sampled_from(["en", "zh"]))
def test_what_every_series_promises(
    products: list[list[int]], way: dict[str, Any], sheets: int, language: Language
) -> None:
    spec = replace(TRADE, **way)
    items = [*(sheet(number, 390_000) for number in range(sheets)), *photos(*products)]
    series = divided(items, spec, language)
    sent = [item for plan in series.plans for item in plan.attachments]

    assert len(sent) == len(set(sent)) == len(items)
    assert set(sent) == set(items)
    assert max(counted(series, spec)) <= spec.bound_bytes
    assert 1 <= series.at_least <= len(series.plans)
    # Views stay together in their order, and overviews ahead of everything.
    assert sent[:sheets] == items[:sheets]
    for title in {item.title for item in items}:
        places = [at for at, item in enumerate(sent) if item.title == title]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [sent[at] for at in places] == [item for item in items if item.title == title]
    if not spec.reorder:
        assert sent == items
    if spec.prefer == "light":
        for plan, size_bytes in zip(series.plans, counted(series, spec), strict=True):
            if size_bytes > spec.preferred_bound_bytes:
                assert len({item.title for item in plan.attachments}) == 1
    assert divided(items, spec, language) == series


@settings(max_examples=60, deadline=None)
@given(product_sizes, st.sampled_from(["fewest", "light"]), st.sampled_from(["wire", "raw"]))
def test_another_order_is_never_worse(products: list[list[int]], prefer: Any, count: Any) -> None:
    spec = replace(TRADE, prefer=prefer, count=count)
    kept = divided(photos(*products), spec)
    moved = divided(photos(*products), replace(spec, reorder=True))

    def figures(series: Series) -> tuple[int, int, int]:
        excess = sum(
            max(0, size_bytes - spec.preferred_bound_bytes) for size_bytes in counted(series, spec)
        )
        return len(series.plans), len(series.parted), excess

    assert figures(moved)[:2] <= figures(kept)[:2]
    assert moved.at_least == kept.at_least <= len(moved.plans)
    if figures(moved) == figures(kept):
        assert names(moved) == names(kept)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(100_000, 415_000), min_size=1, max_size=2), min_size=1, max_size=4
    )
)
def test_for_few_products_no_order_takes_fewer_mails(products: list[list[int]]) -> None:
    moved = divided(photos(*products), replace(TRADE, reorder=True))
    every = [
        divided([item for one in order for item in one], TRADE)
        for order in permutations(
            [
                [item for item in photos(*products) if item.model == f"X{at:02}"]
                for at in range(len(products))
            ]
        )
    ]
    assert len(moved.plans) == min(len(series.plans) for series in every)
    assert moved.at_least <= len(moved.plans)


def test_light_mails_keep_the_preferred_size_as_sent() -> None:
    items = photos(*[[140_000]] * 12)
    fewest = divided(items, TRADE)
    light = divided(items, replace(TRADE, prefer="light"))
    assert (len(fewest.plans), len(light.plans)) == (3, 4)
    assert max(plan.wire_bytes for plan in fewest.plans) > 600_000
    assert max(plan.wire_bytes for plan in light.plans) <= 600_000 - 4_096 - 512
    assert (fewest.at_least, light.at_least) == (3, 4)


def test_a_product_that_fits_no_light_mail_goes_alone_in_a_larger_one() -> None:
    spec = replace(TRADE, prefer="light")
    items = photos([90_000], [190_000, 190_000, 190_000], [90_000])
    assert [len(names_of) for names_of in names(divided(items, spec))] == [1, 3, 1]
    # By itself in a series it is one mail too, above the preferred size.
    (alone,) = divided(items[1:4], spec).plans
    assert alone.wire_bytes > 600_000
    # Two products are not one: they go in two mails, though 795,392 bytes would hold them.
    assert len(divided(items[:4], spec).plans) == 2
    assert len(divided(items[:4], TRADE).plans) == 2


def test_a_product_too_large_for_any_mail_is_parted_and_told_so() -> None:
    series = divided(photos([200_000] * 5, [100_000]), TRADE)
    assert [len(of) for of in names(series)] == [2, 2, 2]
    assert series.parted == (PartedProduct("Box X00", 3, fits_one=False),)


def test_a_product_parted_to_save_a_mail_is_told_too() -> None:
    series = divided(photos([200_000], [200_000] * 2, [200_000]), TRADE)
    assert [len(of) for of in names(series)] == [2, 2]
    assert series.parted == (PartedProduct("Box X01", 2, fits_one=True),)


def test_pictures_of_no_product_are_no_product_that_is_parted() -> None:
    items = [MailItem(f"IMG_{number}.jpg", 200_000) for number in range(5)]
    assert divided(items, TRADE).parted == ()


@pytest.mark.parametrize("reorder", [False, True])
def test_large_and_small_ones_meet_where_they_may_change_places(reorder: bool) -> None:
    # 380,000 and 180,000 fill a mail; in this order two large ones come after each other.
    items = photos(*[[380_000]] * 6, *[[180_000]] * 6)
    series = divided(items, replace(TRADE, reorder=reorder))
    assert (len(series.plans), series.at_least) == ((6, 6) if reorder else (8, 6))


def test_an_overview_stays_ahead_where_products_change_places() -> None:
    items = [sheet(1, 390_000), *photos([380_000], [380_000], [180_000], [180_000], [180_000])]
    series = divided(items, replace(TRADE, reorder=True))
    assert len(series.plans) == series.at_least == 3
    assert names(series)[0][0] == "sheet-1.jpg"


def test_a_limit_told_for_files_leaves_the_wire_to_itself() -> None:
    spec = replace(TRADE, count="raw")
    (mail,) = divided(photos([200_000] * 4), spec).plans
    assert mail.raw_bytes == 800_000
    assert mail.wire_bytes > 1_090_000
    assert len(divided(photos([200_000] * 3, [200_001]), spec).plans) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_words_are_lighter_than_the_bound_takes_them(language: Language) -> None:
    """Squeezed until they just fit, three to a mail: the bound must not claim a mail too many."""
    items = photos(*[[191_000]] * 30)
    tight = max(plan.wire_bytes for plan in divided(items, TRADE, language).plans)
    for less in range(40):
        spec = replace(TRADE, max_bytes=tight + 4_096 + 512 - less)
        series = divided(items, spec, language)
        assert series.at_least <= len(series.plans)


@pytest.mark.parametrize("size_bytes", [21_000, 28_000, 36_500])
def test_mails_of_many_small_pictures_leave_room_to_be_sent_by_a_mail_program(
    size_bytes: int,
) -> None:
    """Thunderbird adds some 145 bytes an attachment: 4,184 to a draft of 25 (docs/drafts.md)."""
    items = photos(*[[size_bytes]] * 60)
    series = divided(items, TRADE)
    fullest = max(len(plan.attachments) for plan in series.plans)
    assert fullest > 14
    for plan in series.plans:
        more = 150 * max(0, len(plan.attachments) - 14)
        assert plan.wire_bytes + more == counted_bytes(plan, TRADE) <= TRADE.draft_bytes
