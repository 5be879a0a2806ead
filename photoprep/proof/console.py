"""What a person reads on the terminal: the result on standard output, progress beside it.

Rich leaves colours and bars out by itself where there is no terminal, and heeds NO_COLOR.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from photoprep.errors import PhotoprepError
from photoprep.language import Language, in_language, say, say_both, say_number
from photoprep.outcome import Failed, Prepared, Reused
from photoprep.proof.cells import print_filled
from photoprep.proof.findings import print_findings
from photoprep.proof.mail_table import print_mails
from photoprep.proof.photo_table import print_photos, print_sheets
from photoprep.proof.product_lines import print_products
from photoprep.report import Published, Report

_SKIPPED_NAMED = 8
_HINTS_NAMED = 8
_ALIKE_NAMED = 8


def print_report(report: Report, console: Console) -> None:
    """The run at a glance, in the order of the page: what wants something done comes first."""
    print_failures(report.failed, console, report.language)
    print_findings(
        report.findings,
        console,
        report.language,
        most_hints=_HINTS_NAMED,
        most_alike=_ALIKE_NAMED,
    )
    print_mails(report, console)
    print_products(report.products, console, report.language)
    print_photos(report.ready, console, report.language)
    print_sheets(report.sheets, console, report.language)
    _print_skipped(report, console)
    _print_closing(report, console)


def print_error(error: PhotoprepError, console: Console, language: Language) -> None:
    """One error for a person: what, which file, what to do."""
    where = f"{escape(error.place)}: " if error.place else ""
    message = escape(in_language(error.message, language))
    console.print(f"[bold red]{where}{message}[/]", highlight=False, soft_wrap=True)
    if error.hint:
        hint = escape(in_language(error.hint, language))
        console.print(hint, highlight=False, soft_wrap=True)


def print_failures(failed: Sequence[Failed], console: Console, language: Language) -> None:
    """Each picture that could not be prepared, why, and what to do."""
    if not failed:
        return
    heading = say_number(
        len(failed), "Not prepared: {count} picture", "Not prepared: {count} pictures"
    )
    console.print(f"[bold red]{in_language(heading, language)}[/]")
    for photo in failed:
        words = f"{photo.source}: {in_language(photo.reason, language)}"
        print_filled(words, console, indent_cells=4, mark="  [red]✗[/] ")
        if photo.hint:
            print_filled(in_language(photo.hint, language), console, indent_cells=4)
    console.print()


def _print_skipped(report: Report, console: Console) -> None:
    """The files left aside that no finding names, so that nothing is passed over in silence."""
    found = {finding.source for finding in report.findings}
    skipped = [file for file in report.skipped if file.source not in found]
    for file in skipped[:_SKIPPED_NAMED]:
        words = in_language(say_both(file.reason, file.hint), report.language)
        words = f"{file.source}: {words}"
        print_filled(words, console, indent_cells=2, mark="[dim]–[/] ", style="dim")
    if len(skipped) > _SKIPPED_NAMED:
        more = say_number(
            len(skipped) - _SKIPPED_NAMED,
            "and {count} file more; report.json names all.",
            "and {count} files more; report.json names all.",
        )
        console.print(f"[dim]– {in_language(more, report.language)}[/]")
    if skipped:
        console.print()


def _print_closing(report: Report, console: Console) -> None:
    for path in report.taken_away:
        gone = in_language(say("{path} would be removed.", path=path), report.language)
        console.print(escape(gone), highlight=False, soft_wrap=True)
    if report.rehearsed:
        rehearsed = say("This is what a run would do; nothing has been written.")
        console.print(in_language(rehearsed, report.language), highlight=False)
    print_filled(in_language(_closing(report), report.language), console, style="bold")
    place = report.folder / report.page  # the page, where there is one
    console.print(escape(str(place)), highlight=False, soft_wrap=True)
    if report.published:
        put = in_language(_published(report.published), report.language)
        console.print(escape(put), highlight=False, soft_wrap=True)


def _published(published: Published) -> str:
    """Where the results lie too, and what was done there."""
    parts = [say_number(published.put, "{count} file put there", "{count} files put there")]
    if published.kept:
        parts.append(say("{count} there already", count=published.kept))
    if published.removed:
        parts.append(say("{count} taken away", count=published.removed))
    return say("{address}: {parts}.", address=published.address, parts=_clauses(parts))


def _closing(report: Report) -> str:
    """The run in one sentence of figures; those that are 0 are left out, but for the first."""
    prepared = sum(isinstance(photo, Prepared) for photo in report.photos)
    reused = sum(isinstance(photo, Reused) for photo in report.photos)
    failed, skipped, mails = len(report.failed), len(report.skipped), len(report.mails)
    parts = [say_number(prepared, "{count} photo prepared", "{count} photos prepared")]
    if reused:
        parts.append(say("{count} unchanged", count=reused))
    if failed:
        parts.append(say("{count} not prepared", count=failed))
    if skipped:
        parts.append(
            say_number(skipped, "{count} other file skipped", "{count} other files skipped")
        )
    if mails:
        parts.append(say_number(mails, "{count} mail ready", "{count} mails ready"))
    return say("{parts}.", parts=_clauses(parts))


def _clauses(parts: Sequence[str]) -> str:
    """Parts of one sentence, with commas between them."""
    said, *others = parts
    for part in others:
        said = say("{parts}, {part}", parts=said, part=part)
    return said
