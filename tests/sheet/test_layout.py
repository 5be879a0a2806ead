"""Layouts: nothing overlaps, nothing leaves the page, nothing is lost, cropped or enlarged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.sheet.layout import Layout, lay_out
from photoprep.sheet.page import Box, Cell, Item, Page, PageRules
from photoprep.units import scaled_size_px

RULES = PageRules(
    longest_px=944,
    margin_px=12,
    gutter_px=8,
    header_px=40,
    caption_gap_px=4,
    smallest_picture_px=120,
    heading_px=24,
)
BARE = PageRules(944, 12, 8, 0, 4, 1, 24)
LAYOUTS: tuple[Layout, ...] = ("auto", "grid", "justified", "hero")


def words(letters: int) -> Callable[[int], int]:
    """A caption's height: lines of 14 px, letters of 7 px."""

    def height_px(width_px: int) -> int:
        return 14 * -(-letters // max(1, width_px // 7))

    return height_px


SIDES = st.one_of(st.integers(1, 40), st.integers(200, 6000))
SIZES = st.one_of(
    st.tuples(SIDES, SIDES),
    st.sampled_from([(4000, 3000), (3000, 4000), (1080, 1340), (1, 1), (4000, 200), (200, 4000)]),
)
ITEMS = st.lists(
    st.builds(
        Item,
        size_px=SIZES,
        caption_height_px=st.integers(0, 300).map(words),
        apart=st.sampled_from([False, False, True]),
        weight=st.sampled_from([1.0, 1.0, 0.5, 0.3]),
    ),
    max_size=14,
)
PAGE_RULES = st.builds(
    PageRules,
    longest_px=st.integers(300, 1200),
    margin_px=st.integers(0, 30),
    gutter_px=st.integers(0, 20),
    header_px=st.sampled_from([0, 40]),
    caption_gap_px=st.integers(0, 8),
    smallest_picture_px=st.sampled_from([1, 60, 120, 160]),
    heading_px=st.integers(0, 30),
)


def cells_of(pages: Sequence[Page]) -> list[Cell]:
    return [cell for page in pages for cell in page.cells]


def boxes_of(page: Page) -> list[Box]:
    boxes = [box for cell in page.cells for box in (cell.picture, cell.caption)]
    return [box for box in (*boxes, *(box for _, box in page.headings)) if box.area_px]


def overlap(one: Box, other: Box) -> bool:
    beside = one.right_px <= other.x_px or other.right_px <= one.x_px
    return not (beside or one.bottom_px <= other.y_px or other.bottom_px <= one.y_px)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, rules=PAGE_RULES, layout=st.sampled_from(LAYOUTS))
def test_promises_of_every_layout(items: list[Item], rules: PageRules, layout: Layout) -> None:
    pages = lay_out(items, rules, layout)

    main = [index for index, item in enumerate(items) if not item.apart]
    apart = [index for index, item in enumerate(items) if item.apart]
    assert [cell.index for cell in cells_of(pages)] == main + apart
    for page in pages:
        assert max(page.width_px, page.height_px) <= rules.longest_px
        for box in boxes_of(page):
            assert box.x_px >= rules.margin_px
            assert box.y_px >= rules.margin_px + rules.header_px
            assert box.right_px <= page.width_px - rules.margin_px
            assert box.bottom_px <= page.height_px - rules.margin_px
        for one, other in combinations(boxes_of(page), 2):
            assert not overlap(one, other)
        for cell in page.cells:
            shown, size = (cell.picture.width_px, cell.picture.height_px), items[cell.index].size_px
            # Its own proportions to within rounding, and never enlarged.
            assert max(shown) <= max(size)
            assert shown == scaled_size_px(size, max(shown))
            if cell.caption.height_px:
                assert cell.caption.y_px >= cell.picture.bottom_px + rules.caption_gap_px
                assert cell.caption.x_px <= cell.picture.x_px
                assert cell.picture.right_px <= cell.caption.right_px
        holds_apart = any(items[cell.index].apart for cell in page.cells)
        assert len(page.headings) == holds_apart
        for _, heading in page.headings:
            for cell in page.cells:
                above = max(cell.picture.bottom_px, cell.caption.bottom_px) <= heading.y_px
                assert above != items[cell.index].apart
    sizes = [len(page.cells) for page in pages]
    assert sizes == sorted(sizes, reverse=True)
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert lay_out(items, rules, layout) == pages


def test_a_grid_s_cell_as_narrow_as_its_picture_keeps_the_caption_on_the_page() -> None:
    upright = Item((3000, 4000), words(82))
    rules = PageRules(300, 0, 0, 0, 0, smallest_picture_px=1, heading_px=0)
    (page,) = lay_out([upright], rules, "grid")
    assert (page.cells[0].caption.height_px, page.height_px) == (42, 300)


@settings(max_examples=30, deadline=None)
@given(items=ITEMS, rules=PAGE_RULES, layout=st.sampled_from(LAYOUTS))
def test_captions_have_the_height_they_ask_for_up_to_the_bound(
    items: list[Item], rules: PageRules, layout: Layout
) -> None:
    for cell in cells_of(lay_out(items, rules, layout)):
        asked = items[cell.index].caption_height_px(cell.caption.width_px)
        assert cell.caption.height_px >= min(asked, rules.tallest_caption_px)
        assert cell.caption.height_px <= rules.tallest_caption_px
        assert cell.caption.height_px > 0 or asked == 0


@settings(max_examples=30, deadline=None)
@given(items=ITEMS, rules=PAGE_RULES)
def test_cells_of_a_grid_are_equal_and_its_gutters_exact(
    items: list[Item], rules: PageRules
) -> None:
    for page in lay_out(items, rules, "grid"):
        widths = {cell.caption.width_px for cell in page.cells}
        assert len(widths) == 1
        columns = sorted({cell.caption.x_px for cell in page.cells})
        assert all(
            right - left == widths.copy().pop() + rules.gutter_px
            for left, right in pairwise(columns)
        )
        for cell in page.cells:
            left = cell.picture.x_px - cell.caption.x_px
            right = cell.caption.right_px - cell.picture.right_px
            assert 0 <= right - left <= 1


SAME_LOOK = st.lists(
    st.tuples(st.integers(1000, 4000), st.integers(1000, 4000)), min_size=2, max_size=30
)


@settings(max_examples=30, deadline=None)
@given(sizes=SAME_LOOK, rules=PAGE_RULES)
def test_rows_are_equally_high_and_reach_both_edges_or_are_centred(
    sizes: list[tuple[int, int]], rules: PageRules
) -> None:
    items = [Item(size, words(0)) for size in sizes]
    for page in lay_out(items, rules, "justified"):
        rows: dict[int, list[Box]] = {}
        for cell in page.cells:
            rows.setdefault(cell.picture.bottom_px, []).append(cell.picture)
        bottoms = sorted(rows)
        for above, below in pairwise(bottoms):
            assert rows[below][0].y_px - above == rules.gutter_px
        for row in rows.values():
            assert len({box.height_px for box in row}) == 1
            left = row[0].x_px
            right = page.width_px - row[-1].right_px
            # The row within its content, the content within a titled page: two halves of pixels.
            assert abs(left - right) <= 2
            gutters = [other.x_px - one.right_px for one, other in pairwise(row)]
            if left > rules.margin_px + (1 if len(row) == 1 else 0) and not rules.header_px:
                assert set(gutters) <= {rules.gutter_px}
            assert all(
                rules.gutter_px <= gutter <= rules.gutter_px + max(2, rules.gutter_px)
                for gutter in gutters
            )


def photos(count: int, *sizes: tuple[int, int]) -> list[Item]:
    return [Item(sizes[at % len(sizes)], lambda _width_px: 28) for at in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 40])
def test_a_page_is_as_large_as_its_longest_side_allows(layout: Layout, count: int) -> None:
    (page,) = lay_out(photos(count, (4000, 3000), (3000, 4000)), BARE, layout)
    # Whole pixels a column and a row leave a few.
    assert max(page.width_px, page.height_px) > 944 - 12


@pytest.mark.parametrize("layout", LAYOUTS)
def test_five_hundred_pictures_are_legible_on_balanced_pages(layout: Layout) -> None:
    pages = lay_out(photos(500, (4000, 3000), (3000, 4000), (1080, 1340)), RULES, layout)
    assert 1 < len(pages) < 100
    assert len(cells_of(pages)) == 500
    longest = [max(cell.picture.width_px, cell.picture.height_px) for cell in cells_of(pages)]
    assert min(longest) >= RULES.smallest_picture_px


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_further_page_while_all_are_legible(layout: Layout) -> None:
    assert len(lay_out(photos(12, (4000, 3000)), RULES, layout)) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_caption_of_300_lines_leaves_its_picture_most_of_the_page(layout: Layout) -> None:
    items = [Item((4000, 3000), lambda _width_px: 300 * 14) for _ in range(3)]
    for cell in cells_of(lay_out(items, RULES, layout)):
        assert cell.caption.height_px == RULES.tallest_caption_px
        assert cell.picture.width_px >= RULES.smallest_picture_px


@pytest.mark.parametrize("layout", LAYOUTS)
def test_icons_are_shown_in_full_on_a_small_page(layout: Layout) -> None:
    (page,) = lay_out([Item((1, 1), words(0)) for _ in range(9)], BARE, layout)
    assert page.shown_px == 9
    assert max(page.width_px, page.height_px) < 944 // 2


def test_the_first_is_clearly_the_largest_of_a_hero_page() -> None:
    for count in (3, 5, 8, 13):
        (page,) = lay_out(photos(count, (4000, 3000), (3000, 4000)), BARE, "hero")
        first, *others = (cell.picture.area_px for cell in page.cells)
        assert first >= 1.5 * max(others)
        assert first * len(others) <= 10 * sum(others)


def test_what_stands_apart_is_not_larger_than_the_products() -> None:
    items = [*photos(4, (4000, 3000)), Item((4000, 3000), words(10), apart=True)]
    for layout in LAYOUTS:
        (page,) = lay_out(items, BARE, layout)
        *products, accessory = (cell.picture.area_px for cell in page.cells)
        assert accessory <= max(products)


def test_weights_bring_pictures_to_one_scale() -> None:
    items = [Item((2000, 2000), words(0)), Item((2000, 2000), words(0), weight=0.5)]
    for layout in ("grid", "justified"):
        (page,) = lay_out(items, BARE, layout)
        large, small = (cell.picture.height_px for cell in page.cells)
        assert abs(large - 2 * small) <= 1


def test_rows_are_broken_evenly_not_greedily() -> None:
    items = photos(9, (3000, 2000))
    (page,) = lay_out(items, BARE, "justified")
    rows: dict[int, int] = {}
    for cell in page.cells:
        rows[cell.picture.y_px] = rows.get(cell.picture.y_px, 0) + 1
    assert sorted(rows.values()) == [3, 3, 3]


def test_captions_are_asked_for_a_few_widths_only() -> None:
    asked: list[int] = []

    def height_px(width_px: int) -> int:
        asked.append(width_px)
        return 28

    lay_out([Item((4000, 3000), height_px), *photos(39, (4000, 3000), (3000, 4000))], RULES)
    assert len(asked) == len(set(asked)) < 944 // 8


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_strip_too_wide_at_a_height_of_one_pixel_is_shown(layout: Layout) -> None:
    items = [Item((4000, 3000), words(0)), Item((3000, 1), words(0)), Item((5000, 2), words(0))]
    assert len(cells_of(lay_out(items, BARE, layout))) == 3


def test_no_items_make_no_page() -> None:
    assert lay_out([], RULES) == []


@pytest.mark.parametrize(
    "figures", [(944, 470, 8, 0, 4, 1, 0), (944, -1, 8, 0, 4, 1, 0), (100, 8, 8, 80, 4, 1, 0)]
)
def test_rules_without_room_are_refused(figures: tuple[int, int, int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="sheet"):
        PageRules(*figures)


def test_impossible_items_are_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        Item((0, 5), words(0))
    with pytest.raises(ValueError, match="weight"):
        Item((5, 5), words(0), weight=0)
