"""Many pictures over several balanced pages, so that each picture is legible."""

from __future__ import annotations

from collections.abc import Callable

from photoprep.sheet.content import Content
from photoprep.sheet.justified import Pictures
from photoprep.sheet.page import PageRules
from photoprep.sheet.shown import fitted_px

Lay = Callable[[Pictures, bool], Content | None]


def paged(pictures: Pictures, lay: Lay, rules: PageRules) -> list[Content]:
    """The contents of the fewest pages on which every picture is legible.

    ``lay`` makes one page of some pictures and knows whether it is the first; None where they do
    not fit. Page sizes differ by one at most, the earlier ones are the larger. When not even one
    picture a page is legible (a strip of 1 : 100), as few pages as can be laid out at all are
    taken: one picture a page always can, because ``PageRules`` leave room for it.
    """
    if not pictures:
        return []
    found = legible_pages(pictures, lay, rules)
    found = found or _fewest(pictures, lay, 1, must_be_legible=False)
    if found is None:
        raise AssertionError("a picture does not fit a page of its own")
    return found


def legible_pages(pictures: Pictures, lay: Lay, rules: PageRules) -> list[Content] | None:
    """The fewest pages on which every one of the pictures is legible; None where none are."""
    return _fewest(pictures, lay, _least_pages(pictures, rules), must_be_legible=True)


def _least_pages(pictures: Pictures, rules: PageRules) -> int:
    """No fewer pages can do: what the pictures take at their least legible sizes."""
    width, height = rules.content_px
    side = rules.smallest_picture_px
    least_px = 0
    for picture in pictures:
        shown = fitted_px(picture.item.size_px, (side, side)) if picture.relative == 1 else (1, 1)
        least_px += shown[0] * shown[1]
    return min(len(pictures), max(1, -(-least_px // (width * height))))


def _fewest(
    pictures: Pictures, lay: Lay, least: int, *, must_be_legible: bool
) -> list[Content] | None:
    """Doubling steps up to a number of pages that does, then halving: few numbers are tried."""
    tried: dict[int, list[Content] | None] = {}

    def does(pages: int) -> bool:
        tried[pages] = _laid(pictures, pages, lay, must_be_legible=must_be_legible)
        return tried[pages] is not None

    low, high, step = least - 1, least, 1
    while not does(high):
        if high == len(pictures):
            return None
        low, high, step = high, min(len(pictures), high + step), step * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return tried[high]


def _laid(
    pictures: Pictures, pages: int, lay: Lay, *, must_be_legible: bool
) -> list[Content] | None:
    """None as soon as one page does not do."""
    contents = []
    size, larger = divmod(len(pictures), pages)
    start = 0
    for page in range(pages):
        end = start + size + (page < larger)
        content = lay(pictures[start:end], page == 0)
        if content is None or (must_be_legible and not content.is_legible):
            return None
        contents.append(content)
        start = end
    return contents
