"""Columns that stay straight where letters are two cells wide, as Chinese ones are."""

from __future__ import annotations

import re

from rich.cells import cell_len

# A Chinese letter, with the marks that must not begin a line; or a word; or space.
_PIECES = re.compile(r"[\u2e80-\uffef][，。；：、）”！？]*|[^\s\u2e80-\uffef]+|\s+")


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
        if piece.strip() and cell_len(lines[-1] + piece) > width_cells:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(line.rstrip() for line in lines)
