"""Rows of equal height, filled from edge to edge; their breaks are searched, not taken greedily."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isqrt

from photoprep.sheet.breaks import even_breaks
from photoprep.sheet.content import Content, Heading, Strip, best_built
from photoprep.sheet.page import PageRules
from photoprep.sheet.pictures import Picture
from photoprep.sheet.rows import Row, filled_row, natural_height

Pictures = tuple[Picture, ...]
Breaks = tuple[tuple[int, int], ...]

# A row may be so many times as high as the middle one before it is held back and centred: three
# photos over two are let be, two over one of the full width are not, because the last is not the
# one that matters most.
_TALLEST_ROW = 1.6


def justified(pictures: Pictures, rules: PageRules) -> Content | None:
    """The best page of filled rows; None when no way of breaking them fits the page."""
    main, apart = parted(pictures)
    builds = [
        partial(_built, rows_of(main, breaks), rows_of(apart, below), rules)
        for breaks, below in _plans(main, apart)
    ]
    return best_built(builds, rules)


def parted(pictures: Pictures) -> tuple[Pictures, Pictures]:
    """What stands in the page's main part, and what stands apart."""
    main = tuple(picture for picture in pictures if not picture.item.apart)
    return main, pictures[len(main) :]


def rows_of(pictures: Pictures, breaks: Breaks) -> tuple[Pictures, ...]:
    """The pictures row by row."""
    return tuple(pictures[start:end] for start, end in breaks)


def _plans(main: Pictures, apart: Pictures) -> Iterator[tuple[Breaks, Breaks]]:
    below = breaks_of(apart)
    if not main:
        yield from (((), breaks) for breaks in below.values())
    for rows, breaks in breaks_of(main).items():
        if not apart:
            yield breaks, ()
            continue
        # Rows below that are about as high as those above.
        ratio = sum(picture.aspect for picture in apart) / sum(picture.aspect for picture in main)
        wanted = int(ratio * rows)
        yield from ((breaks, below[n]) for n in (wanted, wanted + 1) if n in below)
        if wanted + 1 not in below and wanted not in below:
            yield breaks, below[max(below)]


def breaks_of(pictures: Pictures) -> dict[int, Breaks]:
    """The most even breaks for every number of rows that a page may want.

    On a square page rows without captions are about as many as the root of all aspect ratios'
    sum; twice that allows for a narrow page.
    """
    aspects = [picture.aspect for picture in pictures]
    return even_breaks(aspects, 2 * isqrt(int(sum(aspects))) + 4)


def _built(
    main: tuple[Pictures, ...], apart: tuple[Pictures, ...], rules: PageRules, width_px: int
) -> Content | None:
    above = filled_rows(main, width_px, rules.longest_px, rules)
    if above is None:
        return None
    below = apart_strips(apart, width_px, above, rules)
    return None if below is None else Content(width_px, (*above, *below), rules)


def filled_rows(
    rows: tuple[Pictures, ...], width_px: int, most_px: int, rules: PageRules
) -> tuple[Row, ...] | None:
    """Each row filled, none much higher than the middle one; None if one is too wide."""
    if not rows:
        return ()
    heights = sorted(natural_height(row, width_px, rules) for row in rows)
    limit = min(most_px, int(_TALLEST_ROW * heights[(len(rows) - 1) // 2])) if rows[1:] else most_px
    filled = [filled_row(row, width_px, limit, rules) for row in rows]
    found = tuple(row for row in filled if row is not None)
    return found if len(found) == len(filled) else None


def apart_strips(
    apart: tuple[Pictures, ...], width_px: int, above: tuple[Row, ...], rules: PageRules
) -> tuple[Strip, ...] | None:
    """The heading and the rows below it, no higher than the rows above are on average."""
    if not apart:
        return ()
    heights = [row.pictures_px for row in above]
    most = sum(heights) // len(heights) if heights else rules.longest_px
    below = filled_rows(apart, width_px, most, rules)
    return None if below is None else (Heading.below(above, rules), *below)
