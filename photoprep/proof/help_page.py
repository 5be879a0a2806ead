"""A page of help on the terminal: how a command is called, and what it takes, in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from photoprep.proof.cells import filled

Row = tuple[str, str, str]  # name, value, meaning
_MOST_COLUMNS = 100
_AS_IT_STANDS = "\b\n"  # click's mark of a paragraph that is not to be filled


def print_help_page(
    console: Console, usage: str, text: str, tables: Mapping[str, Sequence[Row]]
) -> None:
    """Print the usage, the text and every table that has rows, under its heading."""
    width = min(console.width, _MOST_COLUMNS)
    console.print()
    console.print(Padding(Text(usage, style="bold"), (0, 1)), width=width)
    console.print()
    for paragraph in text.split("\n\n"):
        shown = paragraph.removeprefix(_AS_IT_STANDS)
        if shown == paragraph:
            shown = filled(shown.replace("\n", " "), width - 2)
        console.print(Padding(Text(shown), (0, 1)), width=width)
        console.print()
    for heading, rows in tables.items():
        if rows:
            table = _table(rows)
            console.print(Panel(table, title=heading, title_align="left", width=width))


def _table(rows: Sequence[Row]) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    for column, style in enumerate(("bold cyan", "bold yellow")):
        if any(row[column] for row in rows):
            table.add_column(style=style, no_wrap=True)
    table.add_column(ratio=1)
    for row in rows:
        shown = [cell for at, cell in enumerate(row) if at == 2 or any(each[at] for each in rows)]
        table.add_row(*map(Text, shown))
    return table
