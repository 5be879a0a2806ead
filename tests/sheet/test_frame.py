"""The frame of a page: boxes lie within it and apart from each other, in any dress."""

from __future__ import annotations

from itertools import combinations

import pytest

from photoprep.sheet.dress import Dress
from photoprep.sheet.frame import header_boxes, number_box, page_rules
from photoprep.sheet.page import Box, Page


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x_px < other.right_px
        and other.x_px < one.right_px
        and one.y_px < other.bottom_px
        and other.y_px < one.bottom_px
    )


@pytest.mark.parametrize("longest_px", [944, 680, 400])
@pytest.mark.parametrize("has_logo", [True, False])
def test_header_and_number_stand_in_what_the_layout_keeps_free(
    longest_px: int, has_logo: bool
) -> None:
    dress = Dress().at(longest_px)
    rules = page_rules(Dress(), longest_px, 120, has_header=True, has_number=True)
    page = Page(longest_px, longest_px * 3 // 4, (), ())
    boxes = header_boxes(dress, page, has_logo=has_logo)
    number = number_box(dress, page)
    content = Box(
        rules.margin_px,
        rules.margin_px + rules.header_px,
        page.width_px - 2 * rules.margin_px,
        page.height_px - 2 * rules.margin_px - rules.header_px - rules.footer_px,
    )
    shown = [boxes.title, boxes.second, boxes.line, number, content]
    shown += [boxes.logo] if has_logo else []
    for one, other in combinations(shown, 2):
        assert not overlap(one, other), (one, other)
    for box in shown:
        assert box.x_px >= dress.margin_px
        assert box.right_px <= page.width_px - dress.margin_px
        assert 0 <= box.y_px < box.bottom_px <= page.height_px
    assert content.y_px - boxes.line.bottom_px == dress.header_gap_px
    assert number.y_px - content.bottom_px >= dress.gutter_px
    assert boxes.logo.area_px > 0 or not has_logo


def test_without_a_header_nothing_is_kept_free() -> None:
    assert page_rules(Dress(), 944, 120, has_header=False).header_px == 0


def test_distances_shrink_with_the_page_and_type_does_not() -> None:
    small = Dress().at(680)
    assert (small.margin_px, small.gutter_px) == (16, 4)
    assert small.caption_type_px == Dress().caption_type_px
    assert Dress().at(944) == Dress()
    assert Dress().at(2000) == Dress()
