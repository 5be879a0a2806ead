"""What is laid out on a sheet, by which rules, and where it comes to lie: numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels, counted from the page's upper left corner."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int

    @property
    def right_px(self) -> int:
        """The first column to the right of the box."""
        return self.x_px + self.width_px

    @property
    def bottom_px(self) -> int:
        """The first row below the box."""
        return self.y_px + self.height_px

    @property
    def area_px(self) -> int:
        """Width times height."""
        return self.width_px * self.height_px

    def moved(self, x_px: int, y_px: int) -> Box:
        """The same box so far to the right and down."""
        return Box(self.x_px + x_px, self.y_px + y_px, self.width_px, self.height_px)


@dataclass(frozen=True)
class Item:
    """One picture to show, and how high its caption is.

    ``size_px`` is the picture's own size, trimmed, at full resolution: it is never enlarged.
    ``caption_height_px`` gives the height of the caption for a cell's width, 0 for none; a wider
    cell never needs a higher caption. ``apart`` items stand at the end, under a heading.
    ``weight`` is the picture's size on the sheet relative to the others' (for one scale): one of
    0.5 is shown half as high as one of 1 would be in its place.

    Raises:
        ValueError: a side is below 1 px, or the weight is not above 0.

    """

    size_px: tuple[int, int]
    caption_height_px: Callable[[int], int]
    apart: bool = False
    weight: float = 1.0

    def __post_init__(self) -> None:
        if min(self.size_px) < 1 or not 0 < self.weight < float("inf"):
            raise ValueError(f"no item of a sheet: {self.size_px} px, weight {self.weight}")


@dataclass(frozen=True)
class Cell:
    """Where item ``index`` is shown; the caption's height is 0 when it has none."""

    index: int
    picture: Box
    caption: Box


@dataclass(frozen=True)
class Page:
    """One page: its size, its cells in reading order, and its headings (``("apart", box)``)."""

    width_px: int
    height_px: int
    cells: tuple[Cell, ...]
    headings: tuple[tuple[str, Box], ...]

    @property
    def shown_px(self) -> int:
        """The area of all shown pictures together."""
        return sum(cell.picture.area_px for cell in self.cells)


@dataclass(frozen=True)
class PageRules:
    """What every page keeps, in pixels.

    No side of a page is over ``longest_px``. ``margin_px`` stays free on all four sides;
    ``header_px`` is the title's band under the upper margin, with the space that parts it from the
    pictures (0 for none). ``gutter_px`` lies between cells, ``caption_gap_px`` between a picture
    and its caption. A picture whose longest side would be shown below ``smallest_picture_px`` asks
    for a further page. ``heading_px`` is the height of the heading above what stands apart, and
    ``heading_gap_px`` parts it from what is above, beside the gutter. ``footer_px`` stays free
    above the lower margin, for the page's number.

    Raises:
        ValueError: a figure is negative, or margins, title and heading leave less than
            ``LEAST_CONTENT_PX`` for pictures.

    """

    longest_px: int
    margin_px: int
    gutter_px: int
    header_px: int
    caption_gap_px: int
    smallest_picture_px: int
    heading_px: int
    heading_gap_px: int = 0
    footer_px: int = 0

    def __post_init__(self) -> None:
        figures = [self.margin_px, self.gutter_px, self.header_px, self.caption_gap_px]
        figures += [self.heading_px, self.heading_gap_px, self.footer_px]
        if min(*figures, self.smallest_picture_px) < 0:
            raise ValueError(f"no figure of a sheet may be negative: {self}")
        if min(self.content_px) - self.headed_px < self.least_content_px:
            raise ValueError(f"margins and titles leave a sheet no room for pictures: {self}")

    @property
    def content_px(self) -> tuple[int, int]:
        """The most that pictures, captions and headings may take: width and height."""
        width = self.longest_px - 2 * self.margin_px
        return width, width - self.header_px - self.footer_px

    @property
    def headed_px(self) -> int:
        """What a heading takes at most of a page's height, with what parts it from its rows."""
        return self.heading_gap_px + self.heading_px + self.gutter_px

    @property
    def least_content_px(self) -> int:
        """The least side for one picture with the highest caption."""
        return LEAST_CONTENT_PX + 2 * self.caption_gap_px

    @property
    def tallest_caption_px(self) -> int:
        """The bound of a caption's height: a third of what a lone cell has.

        A caption that asks for more gets this much, so that one of 300 lines still leaves its
        picture two thirds; whoever draws it shortens it.
        """
        return max(0, self.content_px[1] - self.headed_px) // 3


LEAST_CONTENT_PX = 12
