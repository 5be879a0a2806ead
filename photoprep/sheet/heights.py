"""How high captions are at a cell's width, for a process that loads no font. Pure.

A worker measures (``captions.measure``) and sends this table home; the layout asks it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaptionHeights:
    """Heights of a sheet's captions at one type size, at some widths.

    ``widths_px`` ascend; ``heights_px`` has for each caption its height at each of them.

    Raises:
        ValueError: there is no width, they do not ascend, or a height is missing.

    """

    size_px: int
    widths_px: tuple[int, ...]
    heights_px: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if not self.widths_px or list(self.widths_px) != sorted(set(self.widths_px)):
            raise ValueError(f"no ascending widths: {self.widths_px}")
        if any(len(heights) != len(self.widths_px) for heights in self.heights_px):
            raise ValueError("a caption has not one height for each width")

    def height_px(self, index: int, width_px: int) -> int:
        """A height that surely holds caption ``index`` in a cell of this width.

        It is that at the next narrower width that was measured, or the largest at a wider one:
        a wider cell never asks for more. In a cell narrower than all that were measured, it is the
        height at the narrowest, which need not do: begin the widths at the narrowest cell.
        """
        at = max(0, bisect_right(self.widths_px, width_px) - 1)
        return max(self.heights_px[index][at:])
