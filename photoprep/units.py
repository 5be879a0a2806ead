"""Bytes, centimetres and dots per inch: read from words, reckoned exactly, said to people.

A kilobyte is 1000 bytes here (SI), because a limit that is read the small way is kept both ways;
``KiB`` and ``MiB`` (IEC 80000-13) mean 1024 and 1024². Lengths are reckoned as fractions: an inch
is 2.54 cm by definition, and a float would move 944.88 px across a whole number now and then.
"""

from __future__ import annotations

import re
from fractions import Fraction

from photoprep.language import say

CM_PER_INCH = Fraction(254, 100)

_BYTE_UNITS = {
    "": 1,
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "kb": 1000,
    "mb": 1000**2,
    "kib": 1024,
    "mib": 1024**2,
}
_CM_PER_UNIT = {
    "cm": Fraction(1),
    "mm": Fraction(1, 10),
    "in": CM_PER_INCH,
    "inch": CM_PER_INCH,
    "inches": CM_PER_INCH,
}
_NUMBER_AND_UNIT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*")


def _number_and_unit(text: str, expected: str) -> tuple[Fraction, str]:
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match is None:
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    return Fraction(match[1]), match[2].lower()


def parse_bytes(text: str | int) -> int:
    """Read a size such as ``"200 kB"``, ``"195 KiB"`` or ``200000``; returns whole bytes.

    Raises:
        ValueError: the text is no size, or names no whole number of bytes of at least 1.

    """
    expected = say('a size such as "200 kB" or "195 KiB"')
    if isinstance(text, bool) or not isinstance(text, int | str):
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    number, unit = _number_and_unit(str(text), expected)
    if unit not in _BYTE_UNITS:
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    size_bytes = number * _BYTE_UNITS[unit]
    if size_bytes.denominator != 1 or size_bytes < 1:
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    return int(size_bytes)


def parse_length_cm(text: str) -> Fraction:
    """Read a length such as ``"24 cm"``, ``"240 mm"`` or ``"9.4 in"``; returns exact centimetres.

    Raises:
        ValueError: the text is no length with a unit, or the length is zero.

    """
    expected = say('a length such as "24 cm" or "9.4 in"')
    if not isinstance(text, str):
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    number, unit = _number_and_unit(text, expected)
    if unit not in _CM_PER_UNIT or number == 0:
        raise ValueError(
            say("expected {expected}, received {text}", expected=expected, text=repr(text))
        )
    return number * _CM_PER_UNIT[unit]


def longest_side_px(length_cm: Fraction, dpi: int) -> int:
    """The most whole pixels that ``length_cm`` holds at ``dpi``: 24 cm at 100 DPI are 944."""
    return int(length_cm / CM_PER_INCH * dpi)


def density_dpi(side_px: int, length_cm: Fraction, *, dpi_min: int, dpi_max: int) -> int:
    """The smallest whole density in ``dpi_min``…``dpi_max`` at which the side fits the length.

    ``clamp(ceil(px · 2.54 / cm), dpi_min, dpi_max)``: for 24 cm, 944 px give 100, 700 px 75 and
    500 px 72. JFIF densities are whole numbers (ITU-T T.871, 10.1), hence the rounding up.
    """
    needed = -(-(side_px * CM_PER_INCH) // length_cm)
    return max(dpi_min, min(dpi_max, int(needed)))


def scaled_size_px(size_px: tuple[int, int], side_px: int) -> tuple[int, int]:
    """Width and height with the longest side at most ``side_px``, never enlarged, never 0."""
    longest = max(size_px)
    if longest <= side_px:
        return size_px
    width, height = ((side * side_px * 2 + longest) // (2 * longest) for side in size_px)
    return max(1, width), max(1, height)


def say_bytes(size_bytes: int) -> str:
    """A size as people read it, in the decimal units of the limits: ``187 kB``, ``12.4 MB``."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        # Rounded up, so that a file said to be 200 kB is never one byte above them.
        return f"{-(-size_bytes // 1000)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def say_cm(side_px: int, dpi: int) -> str:
    """A side in centimetres at its density, to a millimetre: ``23.9 cm``."""
    return f"{float(side_px * CM_PER_INCH / dpi):.1f} cm"
