"""The rows on one screen for a person, and as data for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from photoprep.doctor.facts import Facts, Installation
from photoprep.doctor.judging import Group, Row, is_well
from photoprep.language import Language, data_in_language, in_language, say, say_list
from photoprep.proof.cells import print_filled

_MARKS = {
    "works": "[green]✓[/]",
    "notice": "[yellow]![/]",
    "missing": "[dim]–[/]",
    "broken": "[bold red]✗[/]",
}
# Two groups under one heading are one line less, of the 24 that a screen has.
_HEADINGS: dict[tuple[Group, ...], str] = {
    ("photos",): say("Photos"),
    ("fonts",): say("Letters on sheets"),
    ("mail", "beyond"): say("Mail and other machines"),
    ("watching", "disk"): say("Folders"),
}
_INDENT_CELLS = 4
SCHEMA = 1


def print_rows(facts: Facts, rows: Sequence[Row], console: Console, language: Language) -> None:
    """Every part by its group, parts that are alike in one line, and what installs the others."""
    print_filled(in_language(_heading(facts.installation, language), language), console)
    for groups, title in _HEADINGS.items():
        ours = _together(row for row in rows if row.group in groups)
        console.print(f"[bold]{in_language(title, language)}[/]", highlight=False)
        for alike in ours:
            _print_alike(alike, console, language)
    print_filled(in_language(_closing(rows), language), console, style="bold")


def rows_json(facts: Facts, rows: Sequence[Row], language: Language) -> dict[str, object]:
    """The rows as plain data, their sentences as their reader wants them, and the facts."""
    return {
        "schema": SCHEMA,
        "is_well": is_well(rows),
        "rows": [data_in_language(asdict(row), language) for row in rows],
        "facts": data_in_language(asdict(facts), language),
    }


def _heading(here: Installation, language: Language) -> str:
    installer = "pip" if here.installer == "outer pip" else here.installer
    installed = say("installed by {installer}", installer=installer)
    if installer == "single file":
        installed = say("a single file")
    spoken = {"en": say("speaks English"), "zh": say("speaks Chinese")}
    return say_list(
        (
            f"photoprep {here.version}",
            f"Python {here.python_version}",
            here.system,
            installed,
            spoken[language],
        )
    )


def _together(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows of which all but the title is the same, where the first of them stands."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row.state, row.said, row.hint, row.command), []).append(row)
    return list(found.values())


def _print_alike(alike: Sequence[Row], console: Console, language: Language) -> None:
    row = alike[0]
    said = say("{titles}: {said}", titles=say_list([each.title for each in alike]), said=row.said)
    mark = f"  {_MARKS[row.state]} "
    print_filled(in_language(said, language), console, indent_cells=_INDENT_CELLS, mark=mark)
    if row.hint and not row.command:
        print_filled(
            in_language(row.hint, language), console, indent_cells=_INDENT_CELLS, style="dim"
        )
    if row.command:
        # Never folded: it is there to be copied.
        hint = escape(in_language(row.hint, language))
        console.print(
            f"{' ' * _INDENT_CELLS}[dim]{hint}[/] {escape(row.command)}",
            highlight=False,
            soft_wrap=True,
        )


def _closing(rows: Sequence[Row]) -> str:
    broken = [row.title for row in rows if row.is_required and row.state == "broken"]
    if broken:
        return say("This has to be mended: {what}.", what=say_list(broken))
    return say("All that photoprep needs works.")
