"""Plain tables of names and figures, of which a narrow terminal breaks no cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from photoprep.language import Language, in_language
from photoprep.proof.cells import padded, widest_cells

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and a cell for each row. ``style`` is rich's, of all its cells."""

    heading: str
    cells: tuple[str, ...]
    style: str = ""
    to_the_left: bool = False

    @property
    def width_cells(self) -> int:
        """How many cells of a terminal its widest text takes."""
        return widest_cells([self.heading, *self.cells])

    def lines(self, *, is_last: bool) -> list[str]:
        """Heading and cells as markup, as wide as the column; behind the last one is nothing."""
        width_cells = 0 if is_last and self.to_the_left else self.width_cells
        texts = [self._aligned(text, width_cells) for text in (self.heading, *self.cells)]
        styles = ["bold", *[self.style] * len(self.cells)]
        return [_styled(text, style) for text, style in zip(texts, styles, strict=True)]

    def _aligned(self, text: str, width_cells: int) -> str:
        if self.to_the_left:
            return padded(text, width_cells)
        return " " * (width_cells - cell_len(text)) + text


def _styled(text: str, style: str) -> str:
    return f"[{style}]{escape(text)}[/]" if style else escape(text)


def column(
    title: str,
    cells: Sequence[str],
    language: Language,
    *,
    style: str = "",
    to_the_left: bool = False,
) -> Column:
    """A column with its heading in the reader's language."""
    return Column(in_language(title, language), tuple(cells), style, to_the_left)


def table_width_cells(columns: Sequence[Column]) -> int:
    """How wide the columns are beside each other."""
    return sum(each.width_cells for each in columns) + len(_GAP) * (len(columns) - 1)


def table_lines(columns: Sequence[Column]) -> list[str]:
    """The headings and the rows, as markup."""
    last = len(columns) - 1
    drawn = [each.lines(is_last=place == last) for place, each in enumerate(columns)]
    return [_GAP.join(row) for row in zip(*drawn, strict=True)]


def print_columns(columns: Sequence[Column], console: Console) -> None:
    """The columns beside each other; the last ones are left out where they do not fit."""
    shown = list(columns)
    while len(shown) > 1 and table_width_cells(shown) > console.width:
        shown.pop()
    for line in table_lines(shown):
        console.print(line, highlight=False, soft_wrap=True)
