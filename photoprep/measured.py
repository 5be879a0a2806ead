"""What was measured of one picture, in whole numbers: the ground on which doubts are judged.

A worker takes them (``photo.measures``) and the record keeps them, so that a run which makes
nothing judges without decoding, and another threshold needs no new encode. They are rounded, so
that no last digit of a float tips a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of one picture at output size, upright, in sRGB; -1 where nothing can be said.

    Shares are ``percent`` or ``permille`` of the picture's pixels unless said otherwise, levels are
    0-255 as stored, ``px100`` are hundredths of a pixel.
    """

    # The standard deviation of the blur over the sharpest edges, and how many tiles have an edge.
    blur_px100: int = -1
    edge_tiles: int = 0
    # The same along the direction in which edges are softest, where many are, and across it.
    shake_along_px100: int = -1
    shake_across_px100: int = -1
    # What a thousandth of the pixels reaches in its largest channel.
    highlight_level: int = 255
    # Of what is neither ground nor white, the pixels with one or two channels clipped.
    part_clipped_permille: int = 0
    # White that is no light background, and the share of nearly white around it: high where it
    # ends softly.
    white_permille: int = 0
    white_soft_percent: int = 0
    # Of the lightest part: its level in its largest channel, and the natural logarithms of red and
    # blue over green, times 100.
    lightest_level: int = 0
    cast_red_log100: int = 0
    cast_blue_log100: int = 0
    # Pixels without colour, with one on the other side of grey, and of the cast's own colour in the
    # second strongest of three tones (dark, middle, light).
    neutral_permille: int = 1000
    opposite_permille: int = 0
    cast_second_tone_permille: int = 0
    # How far what is dark leans to the same side, in percent of how far the lightest part does.
    cast_dark_percent: int = 0
    # How much of the border is one smooth background, and how far that is from smooth, in tenths
    # of a level; how much of each side the product covers.
    plain_border_percent: int = 0
    uneven_level10: int = 0
    touch_top_percent: int = 0
    touch_bottom_percent: int = 0
    touch_left_percent: int = 0
    touch_right_percent: int = 0
    # Of what stands before that background: skin, the largest separate parts and their number.
    skin_percent: int = 0
    largest_part_permille: int = 0
    second_part_permille: int = 0
    parts: int = 0
    # The orientation tag (Exif 2.32, 4.6.4 A), and whether it seems to have been turned already.
    orientation: int = 1
    turned_before: int = 0
