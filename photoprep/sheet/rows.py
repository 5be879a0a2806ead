"""Rows of pictures of one height, filled from edge to edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photoprep.sheet.page import Box, Cell, PageRules
from photoprep.sheet.pictures import Picture
from photoprep.sheet.shown import Size


@dataclass(frozen=True)
class Row:
    """Pictures side by side, each in a slot of its own; a ``Strip``.

    All are equally high, but those whose own size or weight is less: these stand on the same line.
    What whole pixels leave is spread over the gutters; where it is more (pictures in full, a row
    held lower than it would be), the row is centred, and one that stands apart begins at the left.
    """

    pictures: tuple[Picture, ...]
    sizes_px: tuple[Size, ...]
    slots_px: tuple[int, ...]
    captions_px: tuple[int, ...]
    pictures_px: int
    spare_px: int
    rules: PageRules

    @property
    def height_px(self) -> int:
        """The pictures' height and the highest caption's."""
        return self.pictures_px + with_gap_px(max(self.captions_px), self.rules)

    @property
    def shown_px(self) -> int:
        """The pictures' area."""
        return sum(width * height for width, height in self.sizes_px)

    @property
    def is_legible(self) -> bool:
        """Whether every picture is large enough."""
        pairs = zip(self.pictures, self.sizes_px, strict=True)
        return all(picture.is_legible_at(size) for picture, size in pairs)

    def cells(self, x_px: int, y_px: int, width_px: int) -> list[Cell]:
        """Its cells, from left to right."""
        gutters = self._gutters_px(width_px)
        taken = sum(self.slots_px) + sum(gutters)
        # Below the heading rows begin where it does.
        x = x_px if self.pictures[0].item.apart else x_px + (width_px - taken) // 2
        cells = []
        for at, (picture, size, slot) in enumerate(
            zip(self.pictures, self.sizes_px, self.slots_px, strict=True)
        ):
            top = y_px + self.pictures_px - size[1]
            shown = Box(x + (slot - size[0]) // 2, top, *size)
            below = (
                y_px + self.pictures_px + (self.rules.caption_gap_px if self.captions_px[at] else 0)
            )
            cells.append(Cell(picture.index, shown, Box(x, below, slot, self.captions_px[at])))
            x += slot + (gutters[at] if at < len(gutters) else 0)
        return cells

    def _gutters_px(self, width_px: int) -> list[int]:
        gaps, gutter = len(self.slots_px) - 1, self.rules.gutter_px
        left = width_px - sum(self.slots_px) - gaps * gutter
        if not gaps or left > gaps * stretch_px(self.rules):
            return [gutter] * gaps
        return [gutter + left * (gap + 1) // gaps - left * gap // gaps for gap in range(gaps)]


def stretch_px(rules: PageRules) -> int:
    """How much wider a gutter may become so that a row reaches both edges: twice as wide."""
    return max(2, rules.gutter_px)


def with_gap_px(caption_px: int, rules: PageRules) -> int:
    """What a caption takes below its picture: nothing, or its height and the gap above it."""
    return caption_px + rules.caption_gap_px if caption_px else 0


def natural_height(pictures: Sequence[Picture], width_px: int, rules: PageRules) -> float:
    """How high a row of this width is, but for whole pixels and pictures that are smaller."""
    room = width_px - (len(pictures) - 1) * rules.gutter_px
    return max(1, room) / sum(picture.aspect for picture in pictures)


def filled_row(
    pictures: tuple[Picture, ...], width_px: int, most_px: int, rules: PageRules
) -> Row | None:
    """The highest row that is not wider, nor its pictures higher than ``most_px``.

    It is never higher than a page, captions included. None where even the narrowest slots are too
    wide together.
    """
    room = width_px - (len(pictures) - 1) * rules.gutter_px
    least = [picture.least_slot_px(max(1, width_px)) for picture in pictures]

    def fits(height_px: int) -> bool:
        slots = zip(pictures, least, strict=True)
        return sum(max(slot, picture.width_at(height_px)) for picture, slot in slots) <= room

    guess = int(natural_height(pictures, width_px, rules))
    if len(pictures) == 1:
        # Alone, a panorama need not wait for the next whole pixel of its height, and one that is
        # too wide at a height of 1 px fits all the same.
        sizes: tuple[Size, ...] = (pictures[0].alone((room, max(1, most_px))),)
    else:
        height = _highest(fits, guess, max(1, most_px))
        if height is None:
            return None
        sizes = tuple(picture.at_height(height) for picture in pictures)
    widths = tuple(max(slot, size[0]) for slot, size in zip(least, sizes, strict=True))
    captions = tuple(
        picture.caption_px(slot) for picture, slot in zip(pictures, widths, strict=True)
    )
    tallest = max(size[1] for size in sizes)
    highest = _page_room_px(pictures, rules) - with_gap_px(max(captions), rules)
    if tallest > highest:
        return filled_row(pictures, width_px, highest, rules)
    return Row(pictures, sizes, widths, captions, tallest, room - sum(widths), rules)


def _page_room_px(pictures: tuple[Picture, ...], rules: PageRules) -> int:
    headed = any(picture.item.apart for picture in pictures)
    return rules.content_px[1] - (rules.headed_px if headed else 0)


def _highest(holds: Callable[[int], bool], guess: int, most: int) -> int | None:
    """The largest number up to ``most`` that holds, where all below it do; None if 1 does not."""
    # Nearly always the answer lies beside the guess.
    low, high = max(1, guess - 1), guess + 2
    if high >= most or holds(high):
        high = most
        if holds(most):
            return most
    if low >= high or not holds(low):
        low, high = 1, min(low, high)
        if not holds(low):
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
