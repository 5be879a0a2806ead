"""Columns that stay straight where letters are two cells wide, as Chinese ones are."""

from __future__ import annotations

from rich.cells import cell_len


def padded(text: str, width_cells: int) -> str:
    """The text with spaces behind it, up to a width in the cells of a terminal."""
    return text + " " * (width_cells - cell_len(text))


def widest_cells(texts: list[str]) -> int:
    """How many cells of a terminal the widest of some texts takes."""
    return max(map(cell_len, texts), default=0)
