"""A page as numbers: where every picture and every caption of it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels, from its top left corner."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int

    @property
    def right_px(self) -> int:
        """The first column that is no longer in it."""
        return self.x_px + self.width_px

    @property
    def bottom_px(self) -> int:
        """The first row that is no longer in it."""
        return self.y_px + self.height_px

    @property
    def area_px(self) -> int:
        """How many pixels it has."""
        return self.width_px * self.height_px


@dataclass(frozen=True, slots=True)
class Item:
    """One picture to be laid out.

    ``size_px`` is that of the picture as trimmed, at its own full resolution: it is never enlarged.
    ``caption_height_px`` tells the height of its caption for a cell's width, at the sheet's type
    size; 0 without a caption. ``apart`` sets it under a heading of its own. ``weight`` is the size
    that it shall be shown at relative to the others (see ``scale``).
    """

    size_px: tuple[int, int]
    caption_height_px: Callable[[int], int]
    apart: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one item stands: ``index`` into the items; a caption of height 0 is none."""

    index: int
    picture: Box
    caption: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``headings`` are what stands above a part of it, such as ``("apart", box)``."""

    width_px: int
    height_px: int
    cells: tuple[Cell, ...]
    headings: tuple[tuple[str, Box], ...] = ()


@dataclass(frozen=True, slots=True)
class PageRules:
    """What a layout must keep to, in pixels.

    ``smallest_picture_px`` is the longest side at which a picture can still be made out; a page
    takes no more pictures than that allows. ``header_px`` is 0 without a title.
    """

    longest_px: int = 944
    margin_px: int = 20
    gutter_px: int = 16
    header_px: int = 0
    caption_gap_px: int = 6
    smallest_picture_px: int = 120
    heading_px: int = 28
