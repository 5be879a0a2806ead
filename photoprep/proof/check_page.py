"""What ``check`` and ``names`` print."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from photoprep.checked import Check, CheckedPhoto, NamedPicture
from photoprep.language import Language, in_language, say, say_list, say_number
from photoprep.proof.console import print_failures
from photoprep.proof.findings import print_findings
from photoprep.report import Finding
from photoprep.views import say_view


def print_check(check: Check, console: Console, *, explain: bool) -> None:
    """The products with their pictures, what cannot be prepared, and every finding."""
    by_source = {photo.source: photo for photo in check.checked}
    for title, sources in check.products:
        console.print(f"[bold]{escape(title)}[/]", highlight=False, soft_wrap=True)
        for source in sources:
            _print_photo(by_source[source], console, check.language, explain=explain)
    for file in check.skipped:
        reason = escape(in_language(file.reason, check.language))
        console.print(f"[dim]– {escape(file.source)}: {reason}[/]", highlight=False, soft_wrap=True)
    console.print()
    print_failures(check.failed, console, check.language)
    print_findings(check.findings, console, check.language)
    _print_closing(check, console)


def print_names(
    named: Sequence[NamedPicture], asked: Sequence[Finding], console: Console, language: Language
) -> None:
    """Old → new, one picture a line."""
    for picture in named:
        line = f"{escape(picture.source)} [dim]→[/] {picture.output}"
        console.print(line, highlight=False, soft_wrap=True)
    console.print()
    print_findings(asked, console, language)


def _print_photo(
    photo: CheckedPhoto, console: Console, language: Language, *, explain: bool
) -> None:
    subject = photo.subject
    said = say_list(filter(None, (say_view(subject.view), subject.colour, subject.label)))
    line = f"  {escape(photo.source)} [dim]{escape(in_language(said, language))}[/]"
    console.print(line, highlight=False, soft_wrap=True)
    for reason in photo.because if explain else ():
        console.print(
            f"    [dim]{escape(in_language(reason, language))}[/]", highlight=False, soft_wrap=True
        )


def _print_closing(check: Check, console: Console) -> None:
    serious = sum(finding.severity != "info" for finding in check.findings)
    counts = [
        say_number(len(check.checked), "{count} picture", "{count} pictures"),
        say_number(len(check.products), "{count} product", "{count} products"),
        say_number(serious, "{count} warning", "{count} warnings"),
        say_number(len(check.findings) - serious, "{count} remark", "{count} remarks"),
    ]
    if check.failed:
        failed = len(check.failed)
        counts.insert(1, say_number(failed, "{count} not to be read", "{count} not to be read"))
    parts = say_list(counts)
    closing = in_language(say("{parts}. Nothing has been written.", parts=parts), check.language)
    console.print(f"[bold]{closing}[/]", highlight=False)
