"""Captions, titles and marks of a sheet: their fonts, lines, heights, and how they are drawn.

For workers: this module loads Pillow. The parent takes ``CaptionHeights``, which ``measure``
makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from PIL import Image, ImageDraw

from photoprep.sheet.bidi import reads_from_right
from photoprep.sheet.caption_text import Caption, Style, Styled
from photoprep.sheet.cleaning import clean, clusters
from photoprep.sheet.fonts import Fonts
from photoprep.sheet.heights import CaptionHeights
from photoprep.sheet.missing import MissingGlyphs
from photoprep.sheet.shaping import Setting, Shaped, shapes
from photoprep.sheet.wrapping import set_lines, wrap

# Between the lowest ink of one line and the highest of the next, by type size: with Latin text it
# makes lines 1.2 em apart, which is what typesetters take for short lines.
_LEADING = 0.2
# What a line of any text can have: ascender, capital, descender. It keeps lines of one sheet apart
# evenly even where its texts are "a" and "o".
_SAMPLE = "Hlgp"
# Whether letters are joined does not depend on their size.
_ANY_SIZE_PX = 16
Align = Literal["start", "centre"]


class Place(Protocol):
    """Where something is drawn: a ``page.Box``."""

    @property
    def x_px(self) -> int:
        """Its left column."""

    @property
    def y_px(self) -> int:
        """Its top row."""

    @property
    def width_px(self) -> int:
        """Its width."""

    @property
    def height_px(self) -> int:
        """Its height."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a caption as it is drawn; ``from_right`` is its paragraph's direction."""

    text: str
    style: Style
    from_right: bool


@dataclass(frozen=True, slots=True)
class _Metrics:
    """The same for all lines of a sheet at one size."""

    ascent_px: int
    descent_px: int
    leading_px: int

    def height_px(self, lines: int) -> int:
        if lines == 0:
            return 0
        return lines * (self.ascent_px + self.descent_px) + (lines - 1) * self.leading_px


class TypeSetter:
    """Sets the words of one sheet: all of them are told at first, for one look of all cells.

    A caption that was not told is set as well, but a letter of it that is higher than all that
    were told could touch the line above.

    Raises:
        PresetError: the preset's font file cannot be used.

    """

    def __init__(
        self,
        captions: Iterable[Caption],
        *,
        font_file: Path | None = None,
        language: str = "",
        most_lines: int = 3,
        folders: tuple[Path, ...] | None = None,
        shape: bool | None = None,
        note_colour: str = "#626262",
        align: Align = "start",
    ) -> None:
        """Choose the fonts.

        Args:
            captions: all captions, headings and titles of the sheet.
            font_file: the preset's font, before all others.
            language: decides the shapes of Chinese characters where a text does not (``zh-TW``).
            most_lines: the most lines of one paragraph; what is longer is shortened.
            folders: where fonts are looked for; the system's folders when not told.
            shape: whether RAQM shapes the text; where Pillow has it, when not told.
            note_colour: the colour of notes, whatever colour a caption is drawn in.
            align: where lines stand in their box; ``start`` is the right for text from the right.

        """
        self._fonts = Fonts(font_file, language=language, folders=folders)
        self._told = tuple(dict.fromkeys(captions))
        self._most_lines = most_lines
        self._shape = shapes() if shape is None else shape
        self._note_colour = note_colour
        self._align = align
        self._settings: dict[tuple[int, bool], Setting] = {}
        self._sheet_metrics: dict[int, _Metrics] = {}
        self._clean: dict[str, str] = {}
        self._counts: dict[tuple[Caption, int, int], tuple[int, ...]] = {}

    def missing(self, caption: Caption) -> MissingGlyphs:
        """The characters of a caption that no font has."""
        texts = (self._fonts.missing(clean(styled.text)) for styled in caption.lines)
        return MissingGlyphs("".join(dict.fromkeys("".join(texts))))

    def is_unshaped(self, caption: Caption) -> bool:
        """Whether the caption wants shaping (Hindi, say) that Pillow does not do here."""
        return any(
            self._setting(styled.style, _ANY_SIZE_PX).is_unshaped(self._drawable(styled.text))
            for styled in caption.lines
        )

    def height_px(self, caption: Caption, width_px: int, size_px: int) -> int:
        """The height that surely holds a caption at this width; 0 without words.

        A paragraph that must be shortened takes all its lines, used or not, so that a wider cell
        never asks for more height than a narrower one.
        """
        return self._metrics(size_px).height_px(sum(self._line_counts(caption, width_px, size_px)))

    def lines(
        self, caption: Caption, width_px: int, size_px: int, height_px: int | None = None
    ) -> tuple[Line, ...]:
        """The lines of a caption, none wider than ``width_px``; shortened where it has to be.

        Within ``height_px``, paragraphs are shortened to fewer lines, the longest first. A
        paragraph has no lines where it is empty or not even an ellipsis is as narrow.

        Raises:
            ValueError: the height does not hold one line for each paragraph.

        """
        most = list(self._line_counts(caption, width_px, size_px))
        if height_px is not None:
            self._lessen(most, height_px, size_px)
        set_out = []
        for styled, count in zip(caption.lines, most, strict=True):
            text = self._drawable(styled.text)
            ruler = self._setting(styled.style, size_px)
            from_right = reads_from_right(text)
            set_out += [
                Line(line, styled.style, from_right)
                for line in set_lines(text, width_px, count, _Directed(ruler, from_right))
            ]
        return tuple(set_out)

    def is_shortened(
        self, caption: Caption, width_px: int, size_px: int, height_px: int | None = None
    ) -> bool:
        """Whether ``lines`` leaves out a part of what can be drawn of the caption.

        Raises:
            ValueError: as ``lines``.

        """
        shown = "".join(line.text for line in self.lines(caption, width_px, size_px, height_px))
        whole = "".join(self._drawable(styled.text) for styled in caption.lines)
        return shown.replace(" ", "") != whole.replace(" ", "")

    def draw(
        self, image: Image.Image, caption: Caption, box: Place, size_px: int, colour: str
    ) -> None:
        """Draw a caption from the top of its box, with no ink outside; ``lines`` tells its lines.

        Raises:
            ValueError: the box is too low, see ``lines``.

        """
        lines = self.lines(caption, box.width_px, size_px, box.height_px)
        metrics = self._metrics(size_px)
        pen = ImageDraw.Draw(image)
        baseline = box.y_px + metrics.ascent_px
        for line in lines:
            setting = self._setting(line.style, size_px)
            shaped = setting.shaped(line.text, from_right=line.from_right)
            x_px = box.x_px + self._indent(line, shaped, box.width_px)
            ink = self._note_colour if line.style == "note" else colour
            setting.draw(pen, shaped, x_px, baseline, ink)
            baseline += metrics.height_px(1) + metrics.leading_px

    def _indent(self, line: Line, shaped: Shaped, width_px: int) -> int:
        free = width_px - shaped.width_px
        if line.style == "number":
            return free
        if self._align == "centre":
            return free // 2
        return free if line.from_right else 0

    def _lessen(self, most: list[int], height_px: int, size_px: int) -> None:
        metrics = self._metrics(size_px)
        while metrics.height_px(sum(most)) > height_px:
            longest = max(range(len(most)), key=most.__getitem__)
            if most[longest] <= 1:
                raise ValueError(f"{height_px} px do not hold {sum(most)} lines of {size_px} px")
            most[longest] -= 1

    def _line_counts(self, caption: Caption, width_px: int, size_px: int) -> tuple[int, ...]:
        """How many lines each paragraph may take."""
        key = (caption, width_px, size_px)
        if key not in self._counts:
            self._counts[key] = tuple(
                self._line_count(styled, width_px, size_px) for styled in caption.lines
            )
        return self._counts[key]

    def _line_count(self, styled: Styled, width_px: int, size_px: int) -> int:
        text = self._drawable(styled.text)
        ruler = _Directed(self._setting(styled.style, size_px), reads_from_right(text))
        lines = wrap(text, width_px, ruler, self._most_lines)
        return min(len(lines), self._most_lines)

    def _drawable(self, text: str) -> str:
        """The cleaned text without what no font has."""
        if text not in self._clean:
            pieces = self._fonts.pieces(clean(text))
            self._clean[text] = clean("".join(piece.text for piece in pieces))
        return self._clean[text]

    def _setting(self, style: Style, size_px: int) -> Setting:
        key = (size_px, style == "title")
        if key not in self._settings:
            self._settings[key] = Setting(self._fonts, size_px, bold=key[1], shape=self._shape)
        return self._settings[key]

    def _metrics(self, size_px: int) -> _Metrics:
        if size_px not in self._sheet_metrics:
            lines = [self._setting(style, size_px).shaped(_SAMPLE) for style in ("title", "text")]
            for styled in dict.fromkeys(s for caption in self._told for s in caption.lines):
                text, setting = self._drawable(styled.text), self._setting(styled.style, size_px)
                lines += [setting.shaped(part) for part in {text, *clusters(text)}]
            self._sheet_metrics[size_px] = _Metrics(
                ascent_px=-min(line.top_px for line in lines),
                descent_px=max(line.bottom_px for line in lines),
                leading_px=max(1, round(size_px * _LEADING)),
            )
        return self._sheet_metrics[size_px]


@dataclass(frozen=True, slots=True)
class _Directed:
    """Measures lines in their paragraph's direction, not in that of their own first letter."""

    setting: Setting
    from_right: bool

    def width_px(self, text: str) -> int:
        return self.setting.shaped(text, from_right=self.from_right).width_px

    def sum_px(self, pieces: Sequence[str]) -> int:
        return self.setting.sum_px(pieces)


def measure(
    setter: TypeSetter, captions: Sequence[Caption], widths_px: Iterable[int], size_px: int
) -> CaptionHeights:
    """The table of heights that a layout asks, at these widths.

    A wider cell never needs more height, so that between two widths with one height nothing is
    measured.
    """
    widths = tuple(sorted(set(widths_px)))
    heights = []
    for caption in captions:
        known: dict[int, int] = {}
        _measure_between(setter, caption, size_px, widths, known)
        heights.append(tuple(known[width] for width in widths))
    return CaptionHeights(size_px, widths, tuple(heights))


def _measure_between(
    setter: TypeSetter,
    caption: Caption,
    size_px: int,
    widths_px: Sequence[int],
    known: dict[int, int],
) -> None:
    """Add the heights at ascending widths to those that are known."""
    if not widths_px:
        return
    first, last = widths_px[0], widths_px[-1]
    for width in (first, last):
        if width not in known:
            known[width] = setter.height_px(caption, width, size_px)
    if known[first] == known[last]:
        known.update(dict.fromkeys(widths_px, known[first]))
    elif len(widths_px) > 2:
        middle = len(widths_px) // 2
        _measure_between(setter, caption, size_px, widths_px[: middle + 1], known)
        _measure_between(setter, caption, size_px, widths_px[middle:], known)
