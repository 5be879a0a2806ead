"""One line of text at one size: fonts and directions in order, measured and drawn with Pillow.

With RAQM (Pillow's wheels have it, and it asks the system for FriBiDi) each run is shaped: joined,
ligated, its marks placed. Without, runs still stand in the right order and each is written in its
own direction, Arabic in the joined forms that fonts have as characters; what other scripts join
stays apart, which ``Setting.is_unshaped`` tells.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw, ImageFont, features

from photoprep.sheet.bidi import levels, mirrored, reads_from_right, visual_order
from photoprep.sheet.cleaning import clusters
from photoprep.sheet.fonts import Fonts
from photoprep.sheet.joining import in_joined_forms, is_joined
from photoprep.sheet.sfnt import Face

# Lines that are kept measured: about 10 MB, and more than 40 captions need at one size.
_MOST_KEPT_LINES = 20_000
_REGULAR_WEIGHT, _BOLD_WEIGHT = 400, 700
# Scripts whose letters change by their neighbours: they cannot be read well unshaped.
_SHAPED_SCRIPTS = frozenset(
    {"SYRIAC", "MANDAIC", "NKO", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI"}
    | {"GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "TIBETAN"}
    | {"MYANMAR", "KHMER"}
)


def shapes() -> bool:
    """Whether Pillow shapes text here (RAQM with FriBiDi)."""
    return bool(features.check("raqm"))


@dataclass(frozen=True, slots=True)
class _Run:
    """Text in one font and one direction, and where it begins from the line's own start."""

    text: str
    face: Face
    from_right: bool
    x_px: int


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line as it is drawn: its runs from left to right, and the bounds of advance and ink.

    ``left_px`` is 0 or below (ink may begin before the line does); ``top_px`` and ``bottom_px``
    count from the baseline, down; all bounds but the first and third are beyond the last pixel.
    """

    runs: tuple[_Run, ...]
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int

    @property
    def width_px(self) -> int:
        """The width that the line takes, advance and ink."""
        return self.right_px - self.left_px


class Setting:
    """Text of one weight at one size, measured and drawn. It is a ``wrapping.Ruler``."""

    def __init__(self, fonts: Fonts, size_px: int, *, bold: bool, shape: bool) -> None:
        """Set text with these fonts; ``shape`` tells whether RAQM is to be used."""
        self._fonts = fonts
        self._size_px = size_px
        self._bold = bold
        self._shape = shape
        self._lines: dict[tuple[str, bool], Shaped] = {}
        self._widths: dict[str, int] = {}

    def shaped(self, text: str, *, from_right: bool | None = None) -> Shaped:
        """A line; its base direction is told, or by its first strong character."""
        base = reads_from_right(text) if from_right is None else from_right
        key = (text, base)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= _MOST_KEPT_LINES:
                self._lines.clear()
            line = self._lines[key] = self._set(text, base)
        return line

    def width_px(self, text: str) -> int:
        """The width of a line, advance and ink."""
        return self.shaped(text).width_px

    def sum_px(self, pieces: Sequence[str]) -> int:
        """The sum of the widths of single clusters, each set by itself."""
        widths = self._widths
        total = 0
        for piece in pieces:
            if piece not in widths:
                widths[piece] = self.width_px(piece)
            total += widths[piece]
        return total

    def is_unshaped(self, text: str) -> bool:
        """Whether letters of a line stand apart or in other shapes than their script wants."""
        if self._shape:
            return False
        written = "".join(run.text for run in self.shaped(text).runs)
        names = {unicodedata.name(character, "").partition(" ")[0] for character in written}
        return bool(names & _SHAPED_SCRIPTS) or not is_joined(written)

    def draw(
        self, pen: ImageDraw.ImageDraw, line: Shaped, x_px: int, baseline_px: int, colour: str
    ) -> None:
        """Draw a line so that its bounds begin at ``x_px``."""
        start = x_px - line.left_px
        for run in line.runs:
            pen.text(
                (start + run.x_px, baseline_px),
                run.text,
                fill=colour,
                font=self._font(run.face),
                anchor="ls",
                direction=self._direction(run.from_right),
            )

    def _set(self, text: str, from_right: bool) -> Shaped:
        runs: list[_Run] = []
        left = top = right = bottom = x_px = 0
        for part, face, rtl in self._parts(text, from_right):
            font, direction = self._font(face), self._direction(rtl)
            box = font.getbbox(part, anchor="ls", direction=direction)
            advance = font.getlength(part, direction=direction)
            runs.append(_Run(part, face, rtl, x_px))
            left, top = min(left, x_px + int(box[0])), min(top, int(box[1]))
            right, bottom = max(right, x_px + int(box[2])), max(bottom, int(box[3]))
            x_px += round(advance)
        return Shaped(tuple(runs), left, top, right, bottom)

    def _parts(self, text: str, from_right: bool) -> tuple[tuple[str, Face, bool], ...]:
        """The runs of a line from left to right: text, face, whether written from the right."""
        in_order = levels(text, from_right=from_right)
        parts: list[tuple[str, Face, int]] = []
        place = 0
        for piece in self._fonts.pieces(text):
            face = piece.font.bold if self._bold else piece.font.regular
            for cluster in clusters(piece.text):
                level = in_order[min(place, len(in_order) - 1)]
                place += len(cluster)
                if parts and parts[-1][1:] == (face, level):
                    parts[-1] = (parts[-1][0] + cluster, face, level)
                else:
                    parts.append((cluster, face, level))
        ordered = visual_order(parts, [level for _, _, level in parts])
        return tuple(
            (self._written(part, face, level), face, level % 2 == 1)
            for part, face, level in ordered
        )

    def _written(self, part: str, face: Face, level: int) -> str:
        """What is given to Pillow: without RAQM, a part from the right is joined and turned."""
        if self._shape or level % 2 == 0:
            return part
        joined = in_joined_forms(part, face.coverage.has)
        return mirrored("".join(reversed(clusters(joined))))

    def _direction(self, from_right: bool) -> str | None:
        if not self._shape:
            return None
        return "rtl" if from_right else "ltr"

    def _font(self, face: Face) -> ImageFont.FreeTypeFont:
        weight = _BOLD_WEIGHT if self._bold else _REGULAR_WEIGHT
        return _opened(face, self._size_px, weight, self._shape)


@lru_cache(maxsize=64)
def _opened(face: Face, size_px: int, weight: int, shape: bool) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM if shape else ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(face.path), size_px, index=face.index, layout_engine=layout)
    if face.variable:
        _choose_weight(font, weight)
    return font


def _choose_weight(font: ImageFont.FreeTypeFont, weight: int) -> None:
    """Set a variable font's weight, as far as it goes; its other axes stay as the font has them."""
    values: list[float] = []
    for axis in font.get_variation_axes():
        is_weight = axis["name"] in (b"Weight", "Weight")
        wanted = weight if is_weight else axis["default"] or 0
        values.append(min(max(wanted, axis["minimum"] or 0), axis["maximum"] or wanted))
    font.set_variation_by_axes(values)
