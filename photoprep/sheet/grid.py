"""Equal cells in rows and columns: every picture whole, on the line of its row.

It stands in the middle of its cell and on its lower edge, as goods stand on a shelf: so a picture
is near its own caption however low it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from photoprep.sheet.content import Content, Heading, Strip, best
from photoprep.sheet.justified import Pictures, parted
from photoprep.sheet.page import Box, Cell, PageRules
from photoprep.sheet.rows import with_gap_px
from photoprep.sheet.shown import Size

# Frames are tried in so many of the pictures' own proportions.
_SHAPES = 4
# Pages of cells fill at most so much of themselves, gutters and captions taken off.
_SHARE_PERCENT = 92


@dataclass(frozen=True)
class GridRow:
    """One row of a grid, a ``Strip``. Captions begin on one line below the frames."""

    pictures: Pictures
    sizes_px: tuple[Size, ...]
    captions_px: tuple[int, ...]
    frame_px: Size
    rules: PageRules
    spare_px: int = 0

    @property
    def pictures_px(self) -> int:
        """The frames' height."""
        return self.frame_px[1]

    @property
    def height_px(self) -> int:
        """The frames' height and the highest caption's."""
        return self.frame_px[1] + with_gap_px(max(self.captions_px), self.rules)

    @property
    def shown_px(self) -> int:
        """The pictures' area."""
        return sum(width * height for width, height in self.sizes_px)

    @property
    def is_legible(self) -> bool:
        """Whether every picture is large enough."""
        pairs = zip(self.pictures, self.sizes_px, strict=True)
        return all(picture.is_legible_at(size) for picture, size in pairs)

    def cells(self, x_px: int, y_px: int, width_px: int) -> list[Cell]:  # noqa: ARG002 (a Strip)
        """Its cells, from left to right."""
        width, height = self.frame_px
        cells = []
        for column, picture in enumerate(self.pictures):
            x = x_px + column * (width + self.rules.gutter_px)
            size, caption = self.sizes_px[column], self.captions_px[column]
            shown = Box(x + (width - size[0]) // 2, y_px + height - size[1], *size)
            below = y_px + height + (self.rules.caption_gap_px if caption else 0)
            cells.append(Cell(picture.index, shown, Box(x, below, width, caption)))
        return cells


def grid(pictures: Pictures, rules: PageRules) -> Content | None:
    """The best page of equal cells; None when no number of columns fits the page."""
    largest = [
        (columns, _largest(pictures, columns, rules)) for columns in _column_counts(pictures)
    ]
    fitting = [(columns, content) for columns, content in largest if content is not None]
    fitting.sort(key=lambda pair: (not pair[1].is_legible, -pair[1].shown_px, pair[0]))
    found: Content | None = None
    for columns, content in fitting:
        # No other cells of so many columns show more, and a score is less than what is shown.
        if found is not None and (found.is_legible, found.score) > (
            content.is_legible,
            content.shown_px * _SHARE_PERCENT // 100,
        ):
            break
        found = best([found, *_with_columns(pictures, columns, rules)])
    return found


def _column_counts(pictures: Pictures) -> Iterator[int]:
    """The fewest columns for every number of rows: more would leave one empty."""
    before = None
    for columns in range(1, len(pictures) + 1):
        rows = [-(-len(part) // columns) for part in parted(pictures)]
        if rows != before:
            yield columns
        before = rows


def _widest_px(columns: int, rules: PageRules) -> int:
    return (rules.content_px[0] - (columns - 1) * rules.gutter_px) // columns


def _least_px(pictures: Pictures, most_px: int) -> int:
    return max(picture.least_slot_px(max(1, most_px)) for picture in pictures)


def _largest(pictures: Pictures, columns: int, rules: PageRules) -> Content | None:
    """The page with the widest and highest cells; None when there is no room for them."""
    most_px = _widest_px(columns, rules)
    if most_px < _least_px(pictures, most_px):
        return None
    room_px = _frame_height_px(pictures, columns, most_px, rules)
    return _built(pictures, columns, (most_px, room_px), rules) if room_px >= 1 else None


def _with_columns(pictures: Pictures, columns: int, rules: PageRules) -> Iterator[Content | None]:
    """Pages with cells of several widths and proportions."""
    most_px = _widest_px(columns, rules)
    least_px = _least_px(pictures, most_px)
    room_px = _frame_height_px(pictures, columns, most_px, rules)
    shapes = _shapes(pictures)
    widths = {most_px, *(min(most_px, room_px * width // height) for width, height in shapes)}
    for cell_px in sorted({max(least_px, width) for width in widths}):
        room_px = _frame_height_px(pictures, columns, cell_px, rules)
        heights = {room_px, *(min(room_px, cell_px * height // width) for width, height in shapes)}
        for height in sorted(heights):
            if height > 0:
                width, height = _needed(pictures, (cell_px, height), least_px)
                # In a narrower cell captions may be higher.
                height = min(height, _frame_height_px(pictures, columns, width, rules))
                yield _built(pictures, columns, (width, height), rules) if height > 0 else None


def _shapes(pictures: Pictures) -> list[Size]:
    """The pictures' own proportions, a few of them from the tallest to the widest."""
    sizes = sorted(
        {picture.item.size_px for picture in pictures},
        key=lambda size_px: (size_px[0] * 1_000_000 // size_px[1], size_px),
    )
    last = len(sizes) - 1
    return [sizes[last * at // (_SHAPES - 1)] for at in range(_SHAPES)]


def _rows(pictures: Pictures, columns: int) -> Iterator[list[Pictures]]:
    """The rows of the main part, and those of what stands apart."""
    for part in parted(pictures):
        yield [part[at : at + columns] for at in range(0, len(part), columns)]


def _frame_height_px(pictures: Pictures, columns: int, cell_px: int, rules: PageRules) -> int:
    """The most that each frame's height may be beside captions, gutters and a heading."""
    main, apart = _rows(pictures, columns)
    fixed = rules.headed_px if apart else 0
    for row in (*main, *apart):
        fixed += with_gap_px(max(picture.caption_px(cell_px) for picture in row), rules)
    rows = len(main) + len(apart)
    return (rules.content_px[1] - fixed - (rows - 1) * rules.gutter_px) // rows


def _needed(pictures: Pictures, frame_px: Size, least_px: int) -> Size:
    """The frame without what no picture fills."""
    shown = [picture.within(frame_px) for picture in pictures]
    return max(least_px, *(width for width, _ in shown)), max(height for _, height in shown)


def _built(pictures: Pictures, columns: int, frame_px: Size, rules: PageRules) -> Content:
    main, apart = _rows(pictures, columns)
    above, below = ([_row(row, frame_px, rules) for row in rows] for rows in (main, apart))
    heading: list[Strip] = [Heading.below(above, rules)] if below else []
    taken = min(columns, max(len(row) for row in (*main, *apart)))
    width_px = taken * frame_px[0] + (taken - 1) * rules.gutter_px
    return Content(width_px, (*above, *heading, *below), rules)


def _row(row: Pictures, frame_px: Size, rules: PageRules) -> GridRow:
    sizes = tuple(picture.within(frame_px) for picture in row)
    captions = tuple(picture.caption_px(frame_px[0]) for picture in row)
    return GridRow(row, sizes, captions, frame_px, rules)
