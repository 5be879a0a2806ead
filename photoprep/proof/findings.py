"""Findings for a person: what wants something done first, and each remedy once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from photoprep.language import Language, in_language, say_number
from photoprep.proof.cells import print_filled
from photoprep.report import Finding

MARKS = {"error": "[red]✗[/]", "warning": "[yellow]![/]", "info": "[dim]·[/]"}


def print_findings(
    findings: Sequence[Finding],
    console: Console,
    language: Language,
    *,
    most_hints: int = 0,
    most_alike: int = 0,
) -> None:
    """The findings by severity, those of one code together with their remedy below them.

    Of those that only tell, the first ``most_hints``, and of others the first ``most_alike`` with
    one remedy; all with 0.
    """
    hints = [finding for finding in findings if finding.severity == "info"]
    unnamed = hints[most_hints:] if most_hints else []
    for severity in MARKS:
        for group in _by_code(finding for finding in findings if finding.severity == severity):
            named = [finding for finding in group if finding not in unnamed]
            most = most_alike if severity != "info" and most_alike else len(named)
            _print_group(named[:most], console, language, more=len(named) - most)
    if unnamed:
        more = say_number(
            len(unnamed),
            "and {count} remark more; report.json has all.",
            "and {count} remarks more; report.json has all.",
        )
        console.print(f"[dim]· {in_language(more, language)}[/]", highlight=False)
    if findings:
        console.print()


def _by_code(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.hint), []).append(finding)
    return list(groups.values())


def _print_group(
    group: Sequence[Finding], console: Console, language: Language, *, more: int
) -> None:
    for finding in group:
        where = f"{finding.source}: " if finding.source else ""
        words = f"{where}{in_language(finding.message, language)}"
        print_filled(words, console, indent_cells=2, mark=f"{MARKS[finding.severity]} ")
    if more > 0:
        said = say_number(
            more,
            "and {count} more of this kind; report.json has all.",
            "and {count} more of this kind; report.json has all.",
        )
        console.print(f"  {in_language(said, language)}", highlight=False)
    if group and group[0].hint:
        print_filled(in_language(group[0].hint, language), console, indent_cells=2, style="dim")
