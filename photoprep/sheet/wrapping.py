"""Words → lines that are no wider than they may be, and no more of them. Pure.

How wide a text is, a ``Ruler`` says. What does not fit is shortened in its middle, because what
tells products apart (a model, a size, an ending) stands at the ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from photoprep.sheet.breaking import ELLIPSIS, NO_LINE_BEGINS, NO_LINE_ENDS, line_ends
from photoprep.sheet.cleaning import clusters

# Below this share of the width, the sum of single clusters is trusted: kerning adds less.
_SURELY_FITS = 0.75
_SURELY_NOT = 3.0


class Ruler(Protocol):
    """Says how wide texts are drawn."""

    def width_px(self, text: str) -> int:
        """The width of a text as it is drawn in one line, advance and ink."""

    def sum_px(self, pieces: Sequence[str]) -> int:
        """The sum of the widths of single clusters: quick, and about right."""


def wrap(text: str, width_px: int, ruler: Ruler, most_lines: int | None = None) -> tuple[str, ...]:
    """A cleaned text in lines, none of them wider than ``width_px``, each as full as it can be.

    A word is broken only when a line alone does not hold it. With ``most_lines``, no more lines
    than one beyond it are made, which tells that they do not do. A cluster that is wider than a
    line by itself stands on a line of its own, too wide: see ``fits``.
    """
    pieces = clusters(text)
    places = line_ends(pieces)
    lines: list[str] = []
    start = 0
    while start < len(pieces) and (most_lines is None or len(lines) <= most_lines):
        end = _line_end(pieces, places, start, width_px, ruler)
        lines.append("".join(pieces[start:end]).strip(" "))
        start = end
        while start < len(pieces) and pieces[start] == " ":
            start += 1
    return tuple(lines)


def fits(text: str, width_px: int, most_lines: int, ruler: Ruler) -> tuple[str, ...]:
    """The lines of a text where it keeps width and number of lines; none where it does not."""
    lines = wrap(text, width_px, ruler, most_lines)
    kept = len(lines) <= most_lines and all(ruler.width_px(line) <= width_px for line in lines)
    return lines if kept else ()


def set_lines(text: str, width_px: int, most_lines: int, ruler: Ruler) -> tuple[str, ...]:
    """A cleaned text in at most so many lines, shortened in the middle where it has to be.

    Whole words go first, those with digits last; parts of words only where two words are too
    many. No lines where not even the ellipsis fits.
    """
    lines = fits(text, width_px, most_lines, ruler)
    if lines or not text:
        return lines
    pieces = clusters(text)
    ends = line_ends(pieces)
    words = ["".join(pieces[i:j]) for i, j in zip((0, *ends[:-1]), ends, strict=True)]
    for parts in (words, list(pieces)):
        lines = _shortened(parts, lambda t: fits(t, width_px, most_lines, ruler))
        if lines:
            return lines
    return fits(pieces[0] + ELLIPSIS, width_px, most_lines, ruler) or fits(
        ELLIPSIS, width_px, most_lines, ruler
    )


def _shortened(parts: list[str], try_out: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The lines with the fewest parts left out that fit, by halving; none where nothing fits."""
    fewest, most = 1, len(parts) - 2
    found: tuple[str, ...] = ()
    while fewest <= most:
        count = (fewest + most) // 2
        lines = try_out(_without_middle(parts, count))
        if lines:
            found, most = lines, count - 1
        else:
            fewest = count + 1
    return found


def _without_middle(parts: list[str], count: int) -> str:
    """The text without ``count`` parts near its middle; the first and the last part stay."""
    digits = [any(character.isdigit() for character in part) for part in parts]
    middle = (len(parts) - count) / 2

    def harm(start: int) -> tuple[int, float]:
        return sum(digits[start : start + count]), abs(start - middle)

    start = min(range(1, len(parts) - count), key=harm)
    head, tail = "".join(parts[:start]), "".join(parts[start + count :])
    after = " " if parts[start + count - 1].endswith(" ") else ""
    return f"{head}{ELLIPSIS}{after}{tail.lstrip()}"


def _line_end(
    pieces: tuple[str, ...], places: tuple[int, ...], start: int, width_px: int, ruler: Ruler
) -> int:
    """Where the line that begins at ``start`` ends: at the last place that fits."""
    later = [place for place in places if place > start]
    end = _last_that_fits(pieces, later, start, width_px, ruler)
    if end:
        return end
    within = range(start + 1, later[0])
    allowed = [place for place in within if not _is_forbidden(pieces, place)]
    return (
        _last_that_fits(pieces, allowed, start, width_px, ruler)
        or _last_that_fits(pieces, within, start, width_px, ruler)
        or start + 1
    )


def _is_forbidden(pieces: tuple[str, ...], place: int) -> bool:
    return pieces[place][0] in NO_LINE_BEGINS or pieces[place - 1][0] in NO_LINE_ENDS


def _last_that_fits(
    pieces: tuple[str, ...], places: Sequence[int], start: int, width_px: int, ruler: Ruler
) -> int:
    """The last place before the first that does not fit; 0 where the first does not."""
    found, summed, about = 0, start, 0
    for place in places:
        about += ruler.sum_px(pieces[summed:place])
        summed = place
        if about > width_px * _SURELY_FITS:
            line = "".join(pieces[start:place]).strip(" ")
            if about > width_px * _SURELY_NOT or ruler.width_px(line) > width_px:
                break
        found = place
    return found
