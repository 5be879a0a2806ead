"""Strips that lie one below the other make a page; which of two pages is the better one.

**The score.** A buyer wants products as large as the page allows, and no empty paper. The largest
shown area alone would take a full square with a hole for three photos; the largest share of the
page alone would take a narrow strip. So what counts is the product of both, shown area × (shown
area ÷ page area): the square of the geometric mean of the share of the page itself and the share of
the largest page that the rules allow. Pages with a picture too small to be legible come after all
others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from photoprep.sheet.page import Box, Cell, Page, PageRules


class Strip(Protocol):
    """A piece of a page over its whole width: a row, a large picture with others, a heading."""

    @property
    def height_px(self) -> int:
        """Its height, captions included."""

    @property
    def pictures_px(self) -> int:
        """How much of its height grows with its width."""

    @property
    def shown_px(self) -> int:
        """The area of the pictures shown in it."""

    @property
    def is_legible(self) -> bool:
        """Whether every picture in it is large enough."""

    @property
    def spare_px(self) -> int:
        """How much narrower the page could be without a change of this strip's pictures."""

    def cells(self, x_px: int, y_px: int, width_px: int) -> list[Cell]:
        """Its cells on a page, in reading order, where it begins at x, y with this width."""


@dataclass(frozen=True)
class Heading:
    """The heading over what stands apart, and the free space above it."""

    line_px: int
    gap_px: int = 0
    pictures_px: int = 0
    shown_px: int = 0
    is_legible: bool = True
    spare_px: int = 1_000_000

    @classmethod
    def below(cls, above: Sequence[Strip], rules: PageRules) -> Heading:
        """The heading below these strips; without any it needs no space above."""
        return cls(rules.heading_px, rules.heading_gap_px if above else 0)

    @property
    def height_px(self) -> int:
        """The line's height and the gap's."""
        return self.gap_px + self.line_px

    def cells(self, x_px: int, y_px: int, width_px: int) -> list[Cell]:  # noqa: ARG002 (a Strip)
        """None: a heading shows no picture."""
        return []


@dataclass(frozen=True)
class Content:
    """All strips of a page at one width, without margins and title."""

    width_px: int
    strips: tuple[Strip, ...]
    rules: PageRules

    @property
    def height_px(self) -> int:
        """All strips with the gutters between them."""
        gutters = (len(self.strips) - 1) * self.rules.gutter_px
        return sum(strip.height_px for strip in self.strips) + gutters

    @property
    def pictures_px(self) -> int:
        """How much of the height grows with the width."""
        return sum(strip.pictures_px for strip in self.strips)

    @property
    def shown_px(self) -> int:
        """The area of all pictures."""
        return sum(strip.shown_px for strip in self.strips)

    @property
    def is_legible(self) -> bool:
        """Whether every picture is large enough."""
        return all(strip.is_legible for strip in self.strips)

    @property
    def page_px(self) -> tuple[int, int]:
        """The page's width and height.

        A title or a heading asks for half the longest side, so that its words find room over
        narrow content; the content is then centred.
        """
        titled = self.rules.header_px or any(isinstance(strip, Heading) for strip in self.strips)
        content = max(self.width_px, self.rules.content_px[0] // 2 if titled else 0)
        around = 2 * self.rules.margin_px + self.rules.header_px + self.rules.footer_px
        height = self.height_px + around
        return content + 2 * self.rules.margin_px, height

    @property
    def fits(self) -> bool:
        """Whether it lies within the largest page."""
        width, height = self.rules.content_px
        return self.width_px <= width and self.height_px <= height

    @property
    def score(self) -> int:
        """Shown area × shown area ÷ page area, in whole pixels, so that no float tips a choice."""
        width, height = self.page_px
        return self.shown_px**2 // (width * height)

    @property
    def foretold_score(self) -> int:
        """The score after narrowing to where it fits, if all pictures shrink alike."""
        if self.fits:
            return self.score
        fixed = self.height_px - self.pictures_px
        room = self.rules.content_px[1] - fixed
        if room <= 0 or not self.pictures_px:
            return 0
        # In thousandths, rounded, for the same reason.
        scale = min(1000, 1000 * room // self.pictures_px)
        shown = self.shown_px * scale * scale // 1_000_000
        width = self.width_px * scale // 1000 + 2 * self.rules.margin_px
        return shown**2 // (max(1, width) * self.rules.longest_px)

    def narrowed(self) -> Content:
        """Without the columns at the sides that no strip needs."""
        spare = min(strip.spare_px for strip in self.strips)
        return Content(self.width_px - spare, self.strips, self.rules) if spare else self

    def page(self) -> Page:
        """Every cell and heading in its place."""
        width, height = self.page_px
        left, top = self.rules.margin_px, self.rules.margin_px + self.rules.header_px
        inner = width - 2 * left
        x = left + (inner - self.width_px) // 2
        cells: list[Cell] = []
        headings: list[tuple[str, Box]] = []
        for strip in self.strips:
            if isinstance(strip, Heading):
                line = Box(left, top + strip.gap_px, inner, strip.line_px)
                headings.append(("apart", line))
            cells += strip.cells(x, top, self.width_px)
            top += strip.height_px + self.rules.gutter_px
        return Page(width, height, tuple(cells), tuple(headings))


def best(contents: Iterable[Content | None]) -> Content | None:
    """The legible one with the highest score; of equals the first. None if none fits."""
    found: Content | None = None
    for content in contents:
        if (
            content is not None
            and content.fits
            and (found is None or _rank(content) > _rank(found))
        ):
            found = content
    return found


def _rank(content: Content) -> tuple[bool, int]:
    return content.is_legible, content.score


Build = Callable[[int], Content | None]
_WIDTHS_TRIED = 8
_WORTH_REFINING = 4


def best_built(builds: Sequence[Build], rules: PageRules) -> Content | None:
    """The best page of several plans, each of which makes a content of a given width.

    Every plan is looked at once, at full width; those that promise most are then narrowed until
    they fit, and the others too where none of these is legible.
    """
    full_px = rules.content_px[0]
    seen = [
        (content.foretold_score, -at)
        for at, build in enumerate(builds)
        if (content := build(full_px))
    ]
    ranked = [builds[-at] for _, at in sorted(seen, reverse=True)]
    found = best(widest(build, rules) for build in ranked[:_WORTH_REFINING])
    if found is None or not found.is_legible:
        found = best([found, *(widest(build, rules) for build in ranked[_WORTH_REFINING:])])
    return found


def widest(build: Build, rules: PageRules) -> Content | None:
    """A plan's content at the largest width at which it is no higher than the page allows.

    Heights grow with the width but for captions, which shrink: the next width is foretold from
    what grows, and the largest that fits of a few tries is taken.
    """
    room_px = rules.content_px[1]
    fits_px, over_px, width = 0, rules.content_px[0] + 1, rules.content_px[0]
    found = None
    for _ in range(_WIDTHS_TRIED):
        content = build(width)
        if content is None:
            break
        if content.fits:
            found, fits_px = content, width
        else:
            over_px = width
        grows = max(1, content.pictures_px)
        foretold = width + (room_px - content.height_px) * width // grows
        if over_px - fits_px <= 1:
            break
        width = max(fits_px + 1, min(foretold, over_px - 1))
    return found.narrowed() if found else None
