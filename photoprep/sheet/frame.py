"""The frame of a page: what the layout must keep free, and where title, logo and number stand.

Arithmetic over a ``Dress``; whoever sets type says how large words are, and fills the boxes.
"""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.sheet.dress import Dress
from photoprep.sheet.page import Box, Page, PageRules

# A line of type takes so much of its size, in any script, with some air: CJK and Arabic need it.
_LINE_PERCENT = 135


@dataclass(frozen=True, slots=True)
class HeaderBoxes:
    """Where the title stands, the second line below it, the logo right of both, and the line."""

    title: Box
    second: Box
    logo: Box
    line: Box


def page_rules(
    dress: Dress,
    longest_px: int,
    smallest_picture_px: int,
    *,
    has_header: bool,
    has_number: bool = False,
) -> PageRules:
    """What a layout must keep to, for a page in this dress; one of several ``has_number``."""
    dress = dress.at(longest_px)
    return PageRules(
        longest_px=longest_px,
        margin_px=dress.margin_px,
        gutter_px=dress.gutter_px,
        header_px=dress.header_px + dress.header_gap_px if has_header else 0,
        caption_gap_px=dress.caption_gap_px,
        smallest_picture_px=smallest_picture_px,
        heading_px=line_height_px(dress.heading_type_px) + dress.line_px,
        heading_gap_px=dress.heading_gap_px,
        footer_px=dress.footer_px if has_number else 0,
    )


def line_height_px(type_px: int) -> int:
    """How high a line of type of this size is."""
    return -(-type_px * _LINE_PERCENT // 100)


def header_boxes(dress: Dress, page: Page, *, has_logo: bool) -> HeaderBoxes:
    """The boxes of a page's header; without a logo its box is empty, and words may go on there."""
    margin, wide = dress.margin_px, page.width_px - 2 * dress.margin_px
    logo_wide = min(dress.logo_width_px, wide // 3) if has_logo else 0
    words = wide - logo_wide - (dress.gutter_px if has_logo else 0)
    title_high, second_high = map(line_height_px, (dress.title_type_px, dress.small_type_px))
    line_y = margin + dress.header_px - dress.line_px
    # The words stand at the top, the logo in the middle of what is above the line.
    logo_high = min(dress.logo_height_px, dress.header_px - dress.line_px)
    logo_y = margin + (title_high + second_high - logo_high) // 2
    return HeaderBoxes(
        title=Box(margin, margin, words, title_high),
        second=Box(margin, margin + title_high, words, second_high),
        logo=Box(margin + wide - logo_wide, max(margin, logo_y), logo_wide, logo_high),
        line=Box(margin, line_y, wide, dress.line_px),
    )


def number_box(dress: Dress, page: Page) -> Box:
    """Where "2 / 3" stands, at its right: a line in the footer and margin, below all else."""
    high, room_px = line_height_px(dress.small_type_px), dress.footer_px + dress.margin_px
    y_px = page.height_px - room_px + max(dress.gutter_px, (room_px - high) // 2)
    return Box(dress.margin_px, y_px, page.width_px - 2 * dress.margin_px, high)
