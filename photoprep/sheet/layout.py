"""The door of the layouts: items and rules → pages.

``grid`` shows equal cells, ``justified`` rows of equal height, ``hero`` the first picture large.
Rows, columns, and the page's own width and height are searched for the best score
(``content.Content.score``). ``auto`` takes the layout with the highest score, where a calm page
has an advantage (``_CALM_PERCENT``) and many pages have none (``_calm_score``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from photoprep.sheet.content import Content
from photoprep.sheet.grid import grid
from photoprep.sheet.hero import hero
from photoprep.sheet.justified import Pictures, justified
from photoprep.sheet.page import Item, Page, PageRules
from photoprep.sheet.paging import legible_pages, paged
from photoprep.sheet.pictures import pictures_of

Layout = Literal["auto", "grid", "justified", "hero"]
Kind = Literal["grid", "justified", "hero"]

# What a layout's score counts for ``auto``. Equal cells are read most easily, so rows of other
# widths must win by a tenth, and one picture that stands out among its equals by a fifth.
_CALM_PERCENT: dict[Kind, int] = {"grid": 110, "justified": 100, "hero": 92}
# Of more pictures ``auto`` makes no hero: one large among many small ones says that the others
# matter less, which only the caller can know.
_MOST_FOR_HERO = 9


def lay_out(
    items: Sequence[Item], rules: PageRules, layout: Layout = "auto", *, has_main: bool = True
) -> list[Page]:
    """The pages that show every item once, in order, those that stand apart last.

    ``has_main`` says that the first item may stand out from the others, so that ``auto`` may show
    it large. No page for no items. Equal items and rules give equal pages.
    """
    return chosen_pages(items, rules, layout, has_main=has_main)[1]


def chosen_pages(
    items: Sequence[Item], rules: PageRules, layout: Layout = "auto", *, has_main: bool = True
) -> tuple[Kind, list[Page]]:
    """The pages of ``lay_out``, and which layout they have."""
    pictures = pictures_of(items, rules)
    kinds: list[Kind] = ["grid", "justified"] if layout == "auto" else [layout]
    if layout == "auto" and has_main and len(pictures) <= _MOST_FOR_HERO:
        kinds.append("hero")
    if layout == "hero":
        return layout, [content.page() for content in _asked_hero(pictures, rules)]
    candidates = [(kind, _pages(pictures, rules, kind)) for kind in kinds]
    kind, chosen = max(candidates, key=lambda candidate: _calm_score(*candidate))
    return kind, [content.page() for content in chosen]


def _calm_score(kind: Kind, pages: list[Content]) -> tuple[bool, int]:
    """The mean score of the pages, less the more there are: halved by four times as many.

    So a second page must make the score on each nearly half as large again. It is compared by its
    square, which is a whole number.
    """
    legible = all(content.is_legible for content in pages)
    total = sum(content.score for content in pages) * _CALM_PERCENT[kind]
    return legible, total**2 // max(1, len(pages)) ** 3


def _pages(pictures: Pictures, rules: PageRules, kind: Kind) -> list[Content]:
    def lay(some: Pictures, is_first: bool) -> Content | None:
        if kind == "grid":
            return grid(some, rules)
        found = hero(some, rules) if kind == "hero" and is_first else None
        if found is not None and found.is_legible:
            return found
        return justified(some, rules) or found

    return paged(pictures, lay, rules)


def _asked_hero(pictures: Pictures, rules: PageRules) -> list[Content]:
    """A hero that was asked for is shown even where nobody would have chosen it.

    The others may be uneven, and there may be one page more than the pictures need.
    """

    def lay(some: Pictures, is_first: bool) -> Content | None:
        if not is_first:
            return justified(some, rules)
        found = hero(some, rules)
        if found is None or not found.is_legible:
            found = hero(some, rules, evenly=False)
        return found if found is not None and found.is_legible else None

    pages = _pages(pictures, rules, "hero")
    asked = legible_pages(pictures, lay, rules) if pictures else None
    return asked if asked is not None and len(asked) <= len(pages) + 1 else pages
