"""Which sheets are planned, of which pictures in which order, with which words."""

from __future__ import annotations

import datetime

import pytest

from photoprep.language import Language
from photoprep.outcome import Subject
from photoprep.preset import SheetKind
from photoprep.sheet.caption_text import Caption
from photoprep.walk.sheet_plans import SheetPlan, SheetWords, plan_one_sheet, plan_sheets

BOTH: tuple[SheetKind, ...] = ("overview", "per-product")
DAY = datetime.date(2026, 11, 23)
TEMPLATE = "{product} {model}\n{view}, {label}, {colour}"


def words(language: Language = "en", template: str = TEMPLATE) -> SheetWords:
    return SheetWords(template, language, "Good Tools Ltd", "C-17", DAY)


def views(product: str, *kinds: str, size: str = "") -> list[tuple[str, Subject]]:
    return [(f"{product}{size}/{kind}", Subject(product, "X1", kind, size=size)) for kind in kinds]


def shown(plan: SheetPlan) -> list[str]:
    return [each.source for each in plan.shown]


def lines(caption: Caption) -> list[str]:
    return [line.text for line in caption.lines]


def test_one_product_of_two_views_needs_no_sheet() -> None:
    assert plan_sheets(views("Box", "closed", "open"), BOTH, words()) == []


def test_no_pictures_need_none() -> None:
    assert plan_sheets([], BOTH, words()) == []


def test_one_product_of_three_views_has_its_sheet_alone() -> None:
    (plan,) = plan_sheets(views("Box", "open", "closed", "back"), BOTH, words())
    assert shown(plan) == ["Box/closed", "Box/open", "Box/back"]
    assert (plan.title, plan.product, plan.model) == ("Box X1", "Box", "X1")


def test_two_products_have_an_overview_of_the_best_view_of_each() -> None:
    pictures = [*views("Box", "detail", "open"), *views("Can", "back", "closed")]
    (plan,) = plan_sheets(pictures, BOTH, words())
    assert shown(plan) == ["Box/open", "Can/closed"]
    assert (plan.title, plan.product) == ("Product overview", "")
    assert plan.second_line == "C-17  ·  23 November 2026  ·  Good Tools Ltd"


def test_sizes_of_one_model_are_products_of_their_own() -> None:
    pictures = [
        *views("Box", "closed", "open", "back", size="S"),
        *views("Box", "closed", "open", "back", size="L"),
    ]
    overview, small, large = plan_sheets(pictures, BOTH, words())
    assert len(overview.shown) == 2
    assert (small.title, large.title) == ("Box X1 S", "Box X1 L")


@pytest.mark.parametrize("kind", BOTH)
def test_only_what_is_asked_for_is_planned(kind: SheetKind) -> None:
    pictures = [*views("Box", "closed", "open", "back"), *views("Can", "closed")]
    (plan,) = plan_sheets(pictures, [kind], words())
    assert (plan.product == "") == (kind == "overview")


def test_a_products_sheet_says_its_name_once_and_its_views_below() -> None:
    (plan,) = plan_sheets(views("Box", "front", "back", "unknown"), BOTH, words())
    assert [lines(each.caption) for each in plan.shown] == [["Front view"], ["Rear view"], []]


def test_an_overview_says_products_and_no_views() -> None:
    pictures = [*views("Box", "closed"), *views("Can", "open")]
    (plan,) = plan_sheets(pictures, BOTH, words())
    assert [lines(each.caption) for each in plan.shown] == [["Box X1"], ["Can X1"]]


def test_what_is_not_included_stands_apart_and_is_marked() -> None:
    kinds = ("closed", "open", "accessory-not-included")
    (plan,) = plan_sheets(views("Box", *kinds), BOTH, words())
    assert [each.is_apart for each in plan.shown] == [False, False, True]
    assert plan.apart_heading == "Not included in the quotation"
    assert "not included" in " ".join(lines(plan.shown[2].caption)).lower()


def test_accessories_of_a_product_stand_apart_under_their_heading() -> None:
    kinds = ("closed", "accessory-not-included", "accessory", "open")
    (plan,) = plan_sheets(views("Box", *kinds), BOTH, words())
    assert [each.is_apart for each in plan.shown] == [False, False, True, True]
    assert plan.apart_heading == "Accessories"
    assert lines(plan.shown[3].caption) == ["Accessory, not included"]
    (bare,) = plan_sheets(views("Box", *kinds), BOTH, words(template=""))
    assert [each.is_apart for each in bare.shown] == [False, False, False, True]
    assert bare.apart_heading == "Not included in the quotation"


def test_beside_several_products_an_accessory_stays_with_its_own() -> None:
    pictures = [*views("Box", "closed", "accessory"), *views("Can", "closed")]
    plan = plan_one_sheet(pictures, "Offer", words())
    assert [each.subject.product for each in plan.shown] == ["Box", "Box", "Can"]
    assert not any(each.is_apart for each in plan.shown)


def test_an_overview_marks_what_is_not_included_too() -> None:
    pictures = [*views("Box", "closed"), *views("Strap", "accessory-not-included")]
    (plan,) = plan_sheets(pictures, BOTH, words())
    assert lines(plan.shown[1].caption) == ["Strap X1", "not included"]


def test_without_a_template_there_are_no_captions() -> None:
    kinds = ("closed", "open", "accessory-not-included")
    (plan,) = plan_sheets(views("Box", *kinds), BOTH, words(template=""))
    assert all(not each.caption.lines for each in plan.shown)


def test_all_words_are_in_the_customers_language() -> None:
    pictures = [
        *views("工具箱", "closed", "back", "accessory-not-included"),
        *views("饭盒", "closed"),
    ]
    overview, toolbox = plan_sheets(pictures, BOTH, words("zh"))
    said = [overview.title, overview.second_line, toolbox.apart_heading]
    said += [line for each in toolbox.shown for line in lines(each.caption)]
    assert "2026年11月23日" in overview.second_line
    for text in said:
        assert not any(
            word in text for word in ("overview", "view", "included", "November", "closed")
        )
    assert any("不含" in text for text in said)


def test_one_sheet_has_every_picture_with_its_whole_caption() -> None:
    pictures = [*views("Box", "closed", "open"), *views("Can", "back")]
    plan = plan_one_sheet(pictures, "", words())
    assert shown(plan) == ["Box/closed", "Box/open", "Can/back"]
    assert lines(plan.shown[2].caption) == ["Can X1", "Rear view"]
