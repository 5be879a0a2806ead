"""Columns and lines that stay straight where letters are two cells wide, as Chinese ones are."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

# A Chinese letter, with the marks that must not begin or end a line and the end of a file's name;
# or a word; or space.
_OPENING, _CLOSING = "“（《", "，。；：、）》”！？"
_PIECES = re.compile(
    rf"[{_OPENING}]*[\u2e80-\uffef](?:\.[A-Za-z0-9]+)?[{_CLOSING}]*"
    rf"|[^\s\u2e80-\uffef]+[{_CLOSING}]*|\s+"
)


def padded(text: str, width_cells: int) -> str:
    """The text with spaces behind it, up to a width in the cells of a terminal."""
    return text + " " * (width_cells - cell_len(text))


def widest_cells(texts: list[str]) -> int:
    """How many cells of a terminal the widest of some texts takes."""
    return max(map(cell_len, texts), default=0)


def filled(text: str, width_cells: int) -> str:
    """The text in lines of at most so many cells; Chinese may be parted between any two letters."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and piece.strip() and cell_len(lines[-1] + piece) > width_cells:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def print_filled(
    text: str, console: Console, *, indent_cells: int = 0, mark: str = "", style: str = ""
) -> None:
    """Print plain text filled to a terminal's width, each line but the first indented.

    ``mark`` is markup that stands in the first line's indent; ``style`` is rich's. What is no
    terminal has no width to keep to: it gets one line, in which names can be searched for.
    """
    indent = " " * indent_cells
    width_cells = max(1, console.width - indent_cells)
    lines = filled(text, width_cells).split("\n") if console.is_terminal else [text]
    for place, line in enumerate(lines):
        before = mark if mark and place == 0 else indent
        styled = f"[{style}]{escape(line)}[/]" if style else escape(line)
        console.print(before + styled, highlight=False, soft_wrap=True)
