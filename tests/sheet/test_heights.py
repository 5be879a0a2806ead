"""The table of heights that the layout asks."""

from __future__ import annotations

import pytest

from photoprep.sheet.heights import CaptionHeights

TABLE = CaptionHeights(12, (80, 120, 200), ((48, 32, 16), (30, 16, 18)))


@pytest.mark.parametrize(
    ("index", "width", "height"),
    [
        (0, 60, 48),
        (0, 80, 48),
        (0, 119, 48),
        (0, 120, 32),
        (0, 199, 32),
        (0, 5000, 16),
        (1, 100, 30),
        (1, 120, 18),
        (1, 200, 18),
    ],
)
def test_the_next_narrower_width_answers(index: int, width: int, height: int) -> None:
    assert TABLE.height_px(index, width) == height


@pytest.mark.parametrize(
    ("widths", "heights"), [((), ()), ((2, 1), ((1, 1),)), ((1, 1), ((1, 1),)), ((1, 2), ((1,),))]
)
def test_what_is_no_table_is_refused(
    widths: tuple[int, ...], heights: tuple[tuple[int, ...], ...]
) -> None:
    with pytest.raises(ValueError, match="width"):
        CaptionHeights(12, widths, heights)
