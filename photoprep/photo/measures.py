"""A picture is measured, in a worker, on the pixels that are there anyway: at output size, in sRGB.

Each measure has a physical sense and ``photo.doubts`` the thresholds; docs/doubts.md tells both.
"""

from __future__ import annotations

from PIL import Image

from photoprep.measured import Measures
from photoprep.photo.backdrop import backdrop_of
from photoprep.photo.sharpness import sharpness_of
from photoprep.photo.tones import cast_of, clipped_permille_of, highlight_of, levels_of, white_of
from photoprep.photo.turns import orientation_of, was_turned_before

LEAST_SIDE_PX = 64  # a smaller picture is an icon: it is too small, and no more is said
_TONES_PX, _OUTLINE_PX = 240, 96


def measures_of(picture: Image.Image, exif: Image.Exif, stored_px: tuple[int, int]) -> Measures:
    """Measure a picture in mode RGB, upright; ``exif`` and ``stored_px`` are its original's."""
    turned = {
        "orientation": orientation_of(exif),
        "turned_before": int(was_turned_before(exif, stored_px)),
    }
    if min(picture.size) < LEAST_SIDE_PX:
        return Measures(**turned)
    middle = _reduced(picture, _TONES_PX)
    outline = _reduced(middle, _OUTLINE_PX)
    sharpness = sharpness_of(picture.convert("L"))
    backdrop, levels = backdrop_of(outline), levels_of(outline)
    cast, white = cast_of(levels), white_of(levels)
    top, bottom, left, right = backdrop.touch_percents
    largest, second, *_ = (*backdrop.part_permilles, 0, 0)
    return Measures(
        blur_px100=sharpness.blur_px100,
        edge_tiles=sharpness.edge_tiles,
        shake_along_px100=sharpness.along_px100,
        shake_across_px100=sharpness.across_px100,
        highlight_level=highlight_of(levels_of(middle)),
        part_clipped_permille=clipped_permille_of(levels, backdrop.ground),
        white_permille=white.permille,
        white_soft_percent=white.soft_percent,
        lightest_level=cast.lightest_level,
        cast_red_log100=cast.red_log100,
        cast_blue_log100=cast.blue_log100,
        neutral_permille=cast.neutral_permille,
        opposite_permille=cast.opposite_permille,
        cast_second_tone_permille=cast.second_tone_permille,
        cast_dark_percent=cast.dark_percent,
        plain_border_percent=backdrop.plain_border_percent,
        uneven_level10=backdrop.uneven_level10,
        touch_top_percent=top,
        touch_bottom_percent=bottom,
        touch_left_percent=left,
        touch_right_percent=right,
        skin_percent=backdrop.skin_percent,
        largest_part_permille=largest,
        second_part_permille=second,
        parts=sum(2 * part >= largest for part in backdrop.part_permilles) if largest else 0,
        **turned,
    )


def _reduced(picture: Image.Image, longest_px: int) -> Image.Image:
    """The means of whole blocks, with the longest side near to and not above the one given."""
    factor = -(-max(picture.size) // longest_px)
    return picture.reduce(factor) if factor > 1 else picture
