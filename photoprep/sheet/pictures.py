"""The items as layouts see them: relative sizes, and captions whose heights are asked for once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from photoprep.sheet.page import Item, PageRules
from photoprep.sheet.shown import Size, at_height_px, fitted_px, is_legible

# Captions are set anew for every width, which costs more than all arithmetic here. So a caption's
# height is that of the next lower multiple: at most one line too many, a seventh as many settings.
_CAPTION_STEP_PX = 8


@dataclass(frozen=True)
class Picture:
    """One item: its place among the items, and its relative size, 1 for the largest weight."""

    index: int
    item: Item
    relative: float
    rules: PageRules
    _heights_px: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def aspect(self) -> float:
        """Width over height, of what it takes in a row of height 1."""
        width, height = self.item.size_px
        return width / height * self.relative

    def within(self, room_px: Size) -> Size:
        """Its size in a cell with this room."""
        if self.relative == 1:
            return fitted_px(self.item.size_px, room_px)
        width, height = (max(1, int(side * self.relative)) for side in room_px)
        return fitted_px(self.item.size_px, (width, height))

    def alone(self, room_px: Size) -> Size:
        """Its size in a row of its own, where its relative size bounds its height alone."""
        return fitted_px(self.item.size_px, (room_px[0], self._own_height(room_px[1])))

    def at_height(self, row_px: int) -> Size:
        """Its size in a row of this height."""
        return at_height_px(self.item.size_px, self._own_height(row_px))

    def width_at(self, row_px: int) -> int:
        """The width of ``at_height``, for searches."""
        width, height = self.item.size_px
        shown = self._own_height(row_px)
        return width if shown >= height else max(1, (2 * width * shown + height) // (2 * height))

    def _own_height(self, row_px: int) -> int:
        return row_px if self.relative == 1 else max(1, int(row_px * self.relative))

    def caption_px(self, width_px: int) -> int:
        """The height that its caption takes at this width; at most ``rules.tallest_caption_px``."""
        width = width_px - width_px % _CAPTION_STEP_PX or width_px
        if width not in self._heights_px:
            asked = self.item.caption_height_px(width)
            self._heights_px[width] = max(0, min(asked, self.rules.tallest_caption_px))
        return self._heights_px[width]

    def least_slot_px(self, most_px: int) -> int:
        """How narrow its place may be: 1, or what a caption asks for, never over ``most_px``.

        Under a tall narrow picture a caption gets the width of an upright photo (2:3) of the least
        legible size, so that words are not set letter by letter.
        """
        least = min(most_px, max(1, self.rules.smallest_picture_px * 2 // 3))
        return least if self.caption_px(least) else 1

    def is_legible_at(self, shown_px: Size) -> bool:
        """Whether it is as large as ``rules.smallest_picture_px`` asks, or shown in full."""
        smallest = int(self.rules.smallest_picture_px * self.relative)
        return is_legible(shown_px, self.item.size_px, smallest)


def pictures_of(items: Sequence[Item], rules: PageRules) -> tuple[Picture, ...]:
    """The items in the order of the sheet: what stands apart comes last."""
    heaviest = max((item.weight for item in items), default=1.0)
    pictures = [
        Picture(index, item, item.weight / heaviest, rules) for index, item in enumerate(items)
    ]
    return tuple(sorted(pictures, key=lambda picture: picture.item.apart))
