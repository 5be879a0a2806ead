"""Doubts about a picture, judged from its measures: pure arithmetic, in the parent process.

They warn and never refuse: the picture is prepared all the same. Every threshold stands here with
its reason, and docs/doubts.md has what each finds and what it misses. "Good photos reach" tells how
far the nearest of some hundred real photos is that have nothing wrong.
"""

from __future__ import annotations

from math import exp, hypot

from photoprep.language import Sentence, say
from photoprep.measured import Measures
from photoprep.outcome import Note
from photoprep.preset import PhotoSpec
from photoprep.units import longest_side_px, say_bytes

# An edge softened by s rises from 10% to 90% over 2.56 s (the normal distribution).
_WIDTH_OF_BLUR = 2.56
# 1.05 px are an edge 2.7 px wide, which shows at a glance at output size. Good photos reach 0.70 (a
# leaf whose veins are soft by nature), and 0.82 is a wheel of colours with a soft rim by design.
_BLURRED_PX100, _FEWEST_EDGE_TILES = 105, 8
# How much softer edges are along one way than across it. Good photos reach 0.80.
_SHAKEN_PX100 = 110
_SHAKEN_IF_BLURRED_PX100 = 90  # where all is soft, less says which of the two it is
# A thousandth of a photo reaches this in its largest channel, or it is too dark: 26% of white's
# light, two steps under. Night scenes have lamps above it, black products a white ground or gloss.
_DARK_LEVEL = 140
# Of pixels that are not white, how many have a channel burnt out and still a colour of their own.
# Good photos reach 7% (pink cloth on white).
_PART_CLIPPED_PERMILLE = 120
# White that ends softly was not white: paper and cut-outs end sharply, and good photos reach 15%.
# Less of both together is as much.
_WHITE_PERMILLE, _SOFT_PERCENT = 50, 22
_SOME_CLIPPED_PERMILLE, _SOME_SOFT_PERCENT = 50, 15
# Natural logarithms, times 100: a cast is off by 35% or more, by 112% it is paint. Light colours
# everything, so that hardly anything is neutral.
_PAINT_LOG100, _CAST_NEUTRAL_PERMILLE = 75, 30
# A background that reaches white's level in a channel was white, if what is dark leans to the same
# side; before a ground of a light colour of its own it does not.
_WHITE_CAST_LOG100, _WHITE_LEVEL, _WHITE_BORDER_PERCENT = 30, 250, 40
_DARK_LEANS_PERCENT = 55
# Elsewhere a wall may be yellow: nothing may have the opposite colour, and two tones say the same.
# Good photos reach 0.32 (a statue before a beige wall).
_CAST_LOG100, _CAST_OPPOSITE_PERMILLE, _CAST_TONE_PERMILLE = 42, 20, 20
# A background is plain when it makes up so much of the border and is smooth to so many levels.
_PLAIN_PERCENT, _UNEVEN_LEVEL10 = 60, 60
# A product is cut off by one side when it covers so much of it and leaves the others free; and what
# has skin is worn by somebody, whom a photographer cuts at will.
_CUT_PERCENT, _FREE_PERCENT, _SKIN_PERCENT, _PRODUCT_PERMILLE = 8, 1, 8, 50
# Separate parts of comparable size, before a background that goes round nearly all of them.
_AROUND_PERCENT, _PART_PERMILLE, _COMPARABLE = 85, 30, 0.5
_SHEET_BYTES = 400_000  # the trade's rule for several products on one picture

_UPSIDE_DOWN = {3, 4}


def doubts_of(measures: Measures, source_px: tuple[int, int], spec: PhotoSpec) -> tuple[Note, ...]:
    """What to doubt of a picture: its measures, and how large its original is, upright."""
    doubts = (
        _too_small(source_px, spec),
        _blurred(measures),
        _too_dark(measures),
        _burnt_out(measures),
        _colour_cast(measures),
        _cut_off(measures),
        _upside_down(measures),
        _several_products(measures, spec),
    )
    return tuple(note for note in doubts if note is not None)


def _too_small(source_px: tuple[int, int], spec: PhotoSpec) -> Note | None:
    needed_px = longest_side_px(spec.longest_side_cm, spec.dpi_min)
    if max(source_px) >= needed_px:
        return None
    width, height = source_px
    return Note(
        "too-small",
        "warning",
        say(
            "It has {width} × {height} pixels, and {needed} on its longest side would fill {cm} cm "
            "at {dpi} DPI: it will look small or coarse.",
            width=width,
            height=height,
            needed=needed_px,
            cm=f"{float(spec.longest_side_cm):g}",
            dpi=spec.dpi_min,
        ),
        say("Look for the original, as the camera made it; enlarging adds nothing."),
    )


def _blurred(measures: Measures) -> Note | None:
    unlike_px100 = measures.shake_along_px100 - measures.shake_across_px100
    soft = measures.blur_px100 >= _BLURRED_PX100 and measures.edge_tiles >= _FEWEST_EDGE_TILES
    shaken = unlike_px100 >= (_SHAKEN_IF_BLURRED_PX100 if soft else _SHAKEN_PX100)
    if shaken:
        message = say(
            "It looks shaken: along one direction its edges are {along} pixels wide, across it "
            "{across}.",
            along=_width(measures.shake_along_px100),
            across=_width(measures.shake_across_px100),
        )
    elif soft:
        message = say(
            "It looks out of focus: even its sharpest edges are {width} pixels wide at the size "
            "that is sent.",
            width=_width(measures.blur_px100),
        )
    else:
        return None
    hint = say("Take a sharper one, or photograph it again with a steady camera.")
    return Note("blurred", "warning", message, hint)


def _width(blur_px100: int) -> str:
    """The width of an edge in pixels; none is narrower than one."""
    return f"{max(1.0, _WIDTH_OF_BLUR * blur_px100 / 100):.1f}"


def _too_dark(measures: Measures) -> Note | None:
    if measures.highlight_level >= _DARK_LEVEL:
        return None
    level = measures.highlight_level / 255
    light = level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
    return Note(
        "too-dark",
        "warning",
        say(
            "It is too dark: its lightest parts have {percent}% of the light of white.",
            percent=round(100 * light),
        ),
        say("Lighten it in a photo program, or photograph it again with more light."),
    )


def _burnt_out(measures: Measures) -> Note | None:
    if measures.part_clipped_permille >= _PART_CLIPPED_PERMILLE:
        message = say(
            "It is burnt out: {percent}% of what is not white has lost its shading to light.",
            percent=round(measures.part_clipped_permille / 10),
        )
    elif _white_ends_softly(measures):
        message = say(
            "It is burnt out: {percent}% of it is plain white without an edge.",
            percent=round(measures.white_permille / 10),
        )
    else:
        return None
    hint = say("Photograph it again with less light: what is white has nothing left to darken.")
    return Note("burnt-out", "warning", message, hint)


def _white_ends_softly(measures: Measures) -> bool:
    if measures.white_permille < _WHITE_PERMILLE:
        return False
    some = measures.part_clipped_permille >= _SOME_CLIPPED_PERMILLE
    return measures.white_soft_percent >= (_SOME_SOFT_PERCENT if some else _SOFT_PERCENT)


def _colour_cast(measures: Measures) -> Note | None:
    red, blue = measures.cast_red_log100, measures.cast_blue_log100
    strength = hypot(red, blue)
    is_cast = measures.neutral_permille <= _CAST_NEUTRAL_PERMILLE and strength <= _PAINT_LOG100
    if _before_white(measures):
        is_cast &= strength >= _WHITE_CAST_LOG100
        is_cast &= measures.cast_dark_percent >= _DARK_LEANS_PERCENT
    else:
        is_cast &= (
            strength >= _CAST_LOG100
            and measures.opposite_permille <= _CAST_OPPOSITE_PERMILLE
            and measures.cast_second_tone_permille >= _CAST_TONE_PERMILLE
        )
    if not is_cast:
        return None
    return Note(
        "colour-cast",
        "warning",
        say(
            "Its colours lean to {colour}: hardly anything in it is grey or white, and its "
            "lightest parts are off by {percent}%.",
            colour=_colour_of(red, blue),
            percent=round(100 * (exp(strength / 100) - 1)),
        ),
        say("Set the white balance, or photograph it again in one kind of light."),
    )


def _before_white(measures: Measures) -> bool:
    return _is_plain(measures, _WHITE_BORDER_PERCENT) and measures.lightest_level >= _WHITE_LEVEL


def _colour_of(red: int, blue: int) -> Sentence:
    """The name of a cast by its red and blue over green."""
    if red >= 0:
        return say("pink") if blue >= 0 else say("yellow or orange")
    return say("blue") if blue >= 0 else say("green")


def _is_plain(measures: Measures, percent: int) -> bool:
    plain = measures.plain_border_percent >= percent
    return plain and measures.uneven_level10 <= _UNEVEN_LEVEL10


def _cut_off(measures: Measures) -> Note | None:
    touched = {
        "top": measures.touch_top_percent,
        "bottom": measures.touch_bottom_percent,
        "left": measures.touch_left_percent,
        "right": measures.touch_right_percent,
    }
    side = max(touched, key=lambda name: touched[name])
    others = [percent for name, percent in touched.items() if name != side]
    if (
        not _is_plain(measures, _PLAIN_PERCENT)
        or measures.skin_percent >= _SKIN_PERCENT
        or measures.largest_part_permille < _PRODUCT_PERMILLE
        or touched[side] < _CUT_PERCENT
        or max(others) > _FREE_PERCENT
    ):
        return None
    return Note(
        "cut-off",
        "info",
        _cut_by(side, touched[side]),
        say("Look whether the whole product is to be seen; a detail may be cut on purpose."),
    )


def _cut_by(side: str, percent: int) -> Sentence:
    if side == "top":
        return say("It is cut off by the upper edge, over {percent}% of it.", percent=percent)
    if side == "bottom":
        return say("It is cut off by the lower edge, over {percent}% of it.", percent=percent)
    if side == "left":
        return say("It is cut off by the left edge, over {percent}% of it.", percent=percent)
    return say("It is cut off by the right edge, over {percent}% of it.", percent=percent)


def _upside_down(measures: Measures) -> Note | None:
    if measures.turned_before:
        return Note(
            "upside-down",
            "warning",
            say(
                "It may lie on its side: its file asks for a quarter turn, and it seems that a "
                "program had turned it already."
            ),
            say("Look at it; turn the original in a photo program and save it again."),
        )
    if measures.orientation in _UPSIDE_DOWN:
        return Note(
            "upside-down",
            "info",
            say("It was turned upside down, as its file asks for, which is rare."),
            say("Look at it; if it is wrong, turn the original and save it again."),
        )
    return None


def _several_products(measures: Measures, spec: PhotoSpec) -> Note | None:
    if (
        not _is_plain(measures, _AROUND_PERCENT)
        or measures.skin_percent >= _SKIN_PERCENT
        or measures.second_part_permille < _PART_PERMILLE
        or measures.second_part_permille < _COMPARABLE * measures.largest_part_permille
    ):
        return None
    return Note(
        "several-products",
        "info",
        say(
            "It shows {count} separate things of like size. A picture of one product has at most "
            "{one}; several products together may have {sheet}, as a sheet.",
            count=measures.parts,
            sheet=say_bytes(_SHEET_BYTES),
            one=say_bytes(spec.max_bytes),
        ),
        say("For several products on one picture make a sheet, or photograph each alone."),
    )
