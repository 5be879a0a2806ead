"""The first picture large; the others in rows to its right, below it, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from math import isqrt

from photoprep.sheet.content import Build, Content, best_built
from photoprep.sheet.justified import (
    Breaks,
    Pictures,
    apart_strips,
    breaks_of,
    filled_rows,
    justified,
    parted,
    rows_of,
)
from photoprep.sheet.page import Box, Cell, PageRules
from photoprep.sheet.pictures import Picture
from photoprep.sheet.rows import Row, stretch_px, with_gap_px
from photoprep.sheet.shown import Size

# The large picture is no hero when another is nearly as large, and crowds the others out when it
# is over ten times as large as they are on average (three stacked beside it make about nine): the
# ratios of the areas, in tenths. The score alone would make the others just legible.
_LEAST_RATIO_TENTHS = 15
_MOST_RATIO_TENTHS = 100
# Nor is it the only hero when one of the others is so much larger than the middle one of them.
_LARGEST_OTHER_TENTHS = 25
# Further ones go below: more beside it would be small.
_MOST_BESIDE = 12


@dataclass(frozen=True)
class HeroBand:
    """The large picture on the left with rows of others beside it; a ``Strip``.

    The rows beside it end where its caption ends: what whole pixels leave is spread between them.
    """

    picture: Picture
    size_px: Size
    slot_px: int
    caption_px: int
    beside: tuple[Row, ...]
    beside_px: int
    spare_px: int
    rules: PageRules

    @property
    def _own_px(self) -> int:
        return self.size_px[1] + with_gap_px(self.caption_px, self.rules)

    @property
    def height_px(self) -> int:
        """The higher of both sides."""
        return max(self._own_px, _stacked_px(self.beside, self.rules))

    @property
    def pictures_px(self) -> int:
        """The large picture's height."""
        return self.size_px[1]

    @property
    def shown_px(self) -> int:
        """The area of all pictures."""
        return self.size_px[0] * self.size_px[1] + sum(row.shown_px for row in self.beside)

    @property
    def is_legible(self) -> bool:
        """Whether every picture is large enough."""
        large_enough = self.picture.is_legible_at(self.size_px)
        return large_enough and all(row.is_legible for row in self.beside)

    def cells(self, x_px: int, y_px: int, width_px: int) -> list[Cell]:
        """The large picture, then the rows beside it from above."""
        gap = self.rules.gutter_px if self.beside else 0
        x = x_px + (width_px - self.slot_px - gap - self.beside_px) // 2
        picture = Box(x + (self.slot_px - self.size_px[0]) // 2, y_px, *self.size_px)
        below = picture.bottom_px + with_gap_px(self.caption_px, self.rules) - self.caption_px
        caption = Box(x, below, self.slot_px, self.caption_px)
        cells = [Cell(self.picture.index, picture, caption)]
        left = self.height_px - _stacked_px(self.beside, self.rules)
        gaps = len(self.beside) - 1
        spread = bool(gaps) and left <= gaps * stretch_px(self.rules)
        top = y_px + (0 if spread else left // 2)
        for at, row in enumerate(self.beside):
            cells += row.cells(x + self.slot_px + gap, top, self.beside_px)
            top += row.height_px + self.rules.gutter_px
            top += (left * (at + 1) // gaps - left * at // gaps) if spread and at < gaps else 0
        return cells


def hero(pictures: Pictures, rules: PageRules, *, evenly: bool = True) -> Content | None:
    """The best page with the first picture large; None when no arrangement fits the page.

    None too where the first cannot well be the largest: the caller then takes rows. ``evenly``
    asks that none of the others stands out among them.
    """
    main, apart = parted(pictures)
    if len(main) < 2:
        return justified(pictures, rules)
    return best_built([*_builds(main, apart, rules, evenly=evenly)], rules)


def _builds(main: Pictures, apart: Pictures, rules: PageRules, *, evenly: bool) -> Iterator[Build]:
    for beside in range(min(len(main) - 1, _MOST_BESIDE) + 1):
        right, below = main[1 : 1 + beside], main[1 + beside :]
        for right_rows in _beside(right):
            # The same for everything below it, so reckoned once a width.
            band = cache(partial(_band, main[0], right_rows, rules))
            for below_rows in _below(below):
                for apart_rows in _below(apart):
                    yield partial(_built, band, below_rows, apart_rows, rules, evenly)


def _beside(pictures: Pictures) -> Iterator[tuple[Pictures, ...]]:
    """In one, two or three columns, about."""
    if not pictures:
        yield ()
    found: dict[int, Breaks] = breaks_of(pictures) if pictures else {}
    wanted = {-(-len(pictures) // columns) for columns in (1, 2, 3)}
    yield from (rows_of(pictures, found[rows]) for rows in sorted(wanted & set(found)))


def _below(pictures: Pictures) -> Iterator[tuple[Pictures, ...]]:
    """In rows of three to eight, about, and fewer only where there are fewer."""
    if not pictures:
        yield ()
        return
    count = len(pictures)
    found = breaks_of(pictures)
    wanted = range(max(1, count // 8), max(1, isqrt(count)) + 1)
    yield from (rows_of(pictures, found[rows]) for rows in wanted if rows in found)


def _built(
    band_at: Callable[[int], HeroBand | None],
    below: tuple[Pictures, ...],
    apart: tuple[Pictures, ...],
    rules: PageRules,
    evenly: bool,
    width_px: int,
) -> Content | None:
    band = band_at(width_px)
    if band is None:
        return None
    rows = filled_rows(below, width_px, band.size_px[1], rules)
    if rows is None:
        return None
    strips = apart_strips(apart, width_px, rows or band.beside, rules)
    content = None if strips is None else Content(width_px, (band, *rows, *strips), rules)
    others = (*band.beside, *rows)
    return content if content is not None and _is_hero(band, others, evenly=evenly) else None


def _is_hero(band: HeroBand, others: tuple[Row, ...], *, evenly: bool) -> bool:
    """Whether the first is clearly the largest, and the others are no mere stamps beside it.

    What is shown in full cannot be larger, so it does not count.
    """
    if band.size_px == band.picture.item.size_px:
        return True
    own = band.size_px[0] * band.size_px[1]
    sizes = [
        size[0] * size[1]
        for row in others
        for picture, size in zip(row.pictures, row.sizes_px, strict=True)
        if size != picture.item.size_px
    ]
    if not sizes:
        return True
    middle = sorted(sizes)[len(sizes) // 2]
    clearly = own * 10 >= max(sizes) * _LEAST_RATIO_TENTHS
    alike = not evenly or max(sizes) * 10 <= middle * _LARGEST_OTHER_TENTHS
    return clearly and alike and own * 10 * len(sizes) <= sum(sizes) * _MOST_RATIO_TENTHS


def _band(
    first: Picture, beside: tuple[Pictures, ...], rules: PageRules, width_px: int
) -> HeroBand | None:
    """The large picture and the others as high as each other, found by halving the width."""
    if not beside:
        return _band_of(first, (), width_px, 0, rules)
    low, high = 0, width_px - rules.gutter_px
    found = None
    while high - low > 1:
        middle = (low + high) // 2
        band = _with_beside(first, beside, width_px, middle, rules)
        if band is None or _stacked_px(band.beside, rules) <= band._own_px:
            found, low = band, middle
        else:
            high = middle
    return found


def _with_beside(
    first: Picture, beside: tuple[Pictures, ...], width_px: int, beside_px: int, rules: PageRules
) -> HeroBand | None:
    """None where the width beside is too narrow for its rows."""
    rows = filled_rows(beside, beside_px, rules.longest_px, rules)
    if rows is None:
        return None
    return _band_of(first, rows, width_px - rules.gutter_px - beside_px, beside_px, rules)


def _band_of(
    first: Picture, rows: tuple[Row, ...], slot_px: int, beside_px: int, rules: PageRules
) -> HeroBand:
    caption = first.caption_px(slot_px)
    room = rules.content_px[1] - with_gap_px(caption, rules)
    size = first.within((slot_px, max(1, room)))
    # What a picture shown in full, or as high as the page, leaves of its slot.
    needed = max(size[0], first.least_slot_px(slot_px))
    spare = slot_px - needed if first.caption_px(needed) == caption else 0
    return HeroBand(first, size, slot_px - spare, caption, rows, beside_px, spare, rules)


def _stacked_px(rows: tuple[Row, ...], rules: PageRules) -> int:
    return sum(row.height_px for row in rows) + max(0, len(rows) - 1) * rules.gutter_px
