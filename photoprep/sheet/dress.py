"""What a sheet looks like beside its pictures: distances, greys, lines and type sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace

_FULL_PX = 944
_LEAST_MARGIN_PX = 16  # the page's number stands in it


@dataclass(frozen=True, slots=True)
class Dress:
    """The figures of a sheet's look, for a page of 944 px at 100 DPI; see ``at`` for others.

    Distances are multiples of 4 px, which gives all of them one rhythm, and small, because a page
    of 24 cm is for the products: each 4 px of gutter take a twentieth of what montage leaves
    (benchmarks/sheets). The margin (4 mm) is twice the gutter, so that the page holds together as
    one thing. A caption stands nearer to its own picture (4 px) than to the one below it (a
    gutter): that tells which it belongs to. Captions, a heading and the title stand in a scale of
    13, 15 and 22 px, about 1.2 and 1.5 apart: at 100 DPI these are 9.4, 10.8 and 15.8 pt, the least
    of them what a catalogue is set in.

    Text is near-black: on white its contrast is 15.9 to 1 (WCAG 2.2 asks 7 for its higher level),
    and it does not ring in a JPEG as black does. Second things are in a grey of 6.1 to 1 (WCAG asks
    4.5). The line is lighter than any text and one pixel thick: it parts and is not read. What is
    not included is said in a dark red of 8.2 to 1, in words and never by the colour alone.
    """

    margin_px: int = 16
    gutter_px: int = 8
    caption_gap_px: int = 4
    header_px: int = 56
    header_gap_px: int = 12  # below the line
    heading_gap_px: int = 12  # above the heading, beside the gutter: it belongs to what is below
    footer_px: int = 16  # above the lower margin, where a page has a number
    line_px: int = 1
    logo_height_px: int = 36
    logo_width_px: int = 160
    title_type_px: int = 22
    heading_type_px: int = 15
    caption_type_px: int = 13
    small_type_px: int = 12  # the page's number, customer and date
    background: str = "#ffffff"
    text: str = "#222222"
    second_text: str = "#626262"
    line: str = "#d0d0d0"
    mark_text: str = "#9b1c1c"

    def at(self, longest_px: int) -> Dress:
        """The same look on a smaller page: distances go with it, type and lines stay as they are.

        Type is not made smaller, because what shrinks the page, too few bytes, does not sharpen the
        reader's eyes.
        """
        share = min(1.0, longest_px / _FULL_PX)

        def less(px: int) -> int:
            return max(4, round(px * share / 4) * 4)

        return replace(
            self,
            margin_px=max(_LEAST_MARGIN_PX, less(self.margin_px)),
            gutter_px=less(self.gutter_px),
            header_gap_px=less(self.header_gap_px),
            heading_gap_px=less(self.heading_gap_px),
            logo_width_px=round(self.logo_width_px * share),
        )
