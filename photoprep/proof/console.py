"""What a person reads on the terminal: the result on standard output, progress beside it.

Rich leaves colours and bars out by itself where there is no terminal, and heeds NO_COLOR.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from photoprep.errors import PhotoprepError
from photoprep.language import Language, in_language, say, say_both, say_number
from photoprep.outcome import Failed, Prepared, Reused
from photoprep.proof.findings import print_findings
from photoprep.proof.mail_plans import print_mail_plans
from photoprep.report import Report
from photoprep.units import say_bytes, say_cm

# From so many columns on, a photo and where it came from stand in one line.
_WIDE_COLUMNS = 120
_SKIPPED_NAMED = 8
_HINTS_NAMED = 8
_ALIKE_NAMED = 8


def print_report(report: Report, console: Console) -> None:
    """The run at a glance: failures and findings first, as they want something done."""
    print_failures(report.failed, console, report.language)
    print_findings(
        report.findings,
        console,
        report.language,
        most_hints=_HINTS_NAMED,
        most_alike=_ALIKE_NAMED,
    )
    _print_skipped(report, console)
    _print_photos(report, console)
    _print_sheets(report, console)
    _print_mails(report, console)
    _print_closing(report, console)


def print_error(error: PhotoprepError, console: Console, language: Language) -> None:
    """One error for a person: what, which file, what to do."""
    where = f"{escape(str(error.path))}: " if error.path is not None else ""
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
        console.print(
            f"  [red]✗[/] {escape(photo.source)}: {escape(in_language(photo.reason, language))}",
            highlight=False,
            soft_wrap=True,
        )
        if photo.hint:
            hint = escape(in_language(photo.hint, language))
            console.print(f"    {hint}", highlight=False, soft_wrap=True)
    console.print()


def _print_skipped(report: Report, console: Console) -> None:
    """The files left aside that no finding names, so that nothing is passed over in silence."""
    found = {finding.source for finding in report.findings}
    skipped = [file for file in report.skipped if file.source not in found]
    for file in skipped[:_SKIPPED_NAMED]:
        words = in_language(say_both(file.reason, file.hint), report.language)
        console.print(
            f"[dim]– {escape(file.source)}: {escape(words)}[/]", highlight=False, soft_wrap=True
        )
    if len(skipped) > _SKIPPED_NAMED:
        more = say_number(
            len(skipped) - _SKIPPED_NAMED,
            "and {count} file more; report.json names all.",
            "and {count} files more; report.json names all.",
        )
        console.print(f"[dim]– {in_language(more, report.language)}[/]")
    if skipped:
        console.print()


def _print_photos(report: Report, console: Console) -> None:
    """One line a photo where the terminal is wide, else a second one for where it came from."""
    if not report.ready:
        return
    if console.width >= _WIDE_COLUMNS:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(in_language(say("Photo"), report.language), overflow="fold")
        for title in (say("size"), say("pixels"), say("longest side")):
            heading = in_language(title, report.language)
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column(in_language(say("from"), report.language), overflow="fold", style="dim")
        for photo in report.ready:
            table.add_row(*_photo_cells(photo), _origin(photo, report.language))
        console.print(table)
    else:
        longest = max(len(_photo_cells(photo)[0]) for photo in report.ready)
        for photo in report.ready:
            name, size, pixels, side = _photo_cells(photo)
            line = f"{name:<{longest}}  {size:>6}  {pixels:>9}  {side}"
            console.print(line, highlight=False, soft_wrap=True)
            console.print(
                f"  [dim]{_origin(photo, report.language)}[/]", highlight=False, soft_wrap=True
            )
    console.print()


def _photo_cells(photo: Prepared | Reused) -> tuple[str, str, str, str]:
    """Name, size, pixels and longest side of a finished photo; names are plain ASCII."""
    jpeg = photo.jpeg
    side = say_cm(max(jpeg.width_px, jpeg.height_px), jpeg.dpi)
    return (
        jpeg.output.rpartition("/")[2],
        say_bytes(jpeg.size_bytes),
        f"{jpeg.width_px}×{jpeg.height_px}",
        f"{side}, {jpeg.dpi} DPI",
    )


def _origin(photo: Prepared | Reused, language: Language) -> str:
    jpeg = photo.jpeg
    parts = [
        photo.source,
        say_bytes(jpeg.source_bytes),
        f"{jpeg.source_width_px}×{jpeg.source_height_px}",
    ]
    if isinstance(photo, Reused):
        parts.append(in_language(say("unchanged"), language))
    return escape(", ".join(parts))


def _print_sheets(report: Report, console: Console) -> None:
    if not report.sheets:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(in_language(say("Sheet"), report.language), overflow="fold")
    for title in (say("size"), say("pixels"), say("pictures")):
        table.add_column(in_language(title, report.language), justify="right", no_wrap=True)
    for sheet in report.sheets:
        table.add_row(
            sheet.output.rpartition("/")[2],
            say_bytes(sheet.size_bytes),
            f"{sheet.width_px}×{sheet.height_px}",
            str(len(sheet.cells)),
        )
    console.print(table)
    console.print()


def _print_mails(report: Report, console: Console) -> None:
    if not report.mails:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(in_language(say("Mail"), report.language), no_wrap=True)
    for title, style in ((say("pictures"), ""), (say("on the wire"), ""), (say("as files"), "dim")):
        heading = in_language(title, report.language)
        table.add_column(heading, justify="right", no_wrap=True, style=style)
    for mail in report.mails:
        table.add_row(
            mail.output.rpartition("/")[2],
            str(len(mail.attachments)),
            say_bytes(mail.wire_bytes),
            say_bytes(mail.raw_bytes),
        )
    console.print(table)
    console.print()
    if report.squeeze is not None:
        saved = say(
            "{before} mails became {after}; the largest loss is {loss:.1f} points.",
            before=report.squeeze.mails_before,
            after=report.squeeze.mails_after,
            loss=report.squeeze.largest_loss,
        )
        console.print(in_language(saved, report.language), highlight=False)
    if report.mail_plans is not None:
        print_mail_plans(report.mail_plans, console, report.language)
    console.print()


def _print_closing(report: Report, console: Console) -> None:
    for path in report.taken_away:
        gone = in_language(say("{path} would be removed.", path=path), report.language)
        console.print(escape(gone), highlight=False, soft_wrap=True)
    if report.rehearsed:
        rehearsed = say("This is what a run would do; nothing has been written.")
        console.print(in_language(rehearsed, report.language), highlight=False)
    closing = in_language(_closing(report), report.language)
    console.print(f"[bold]{closing}[/]", highlight=False, soft_wrap=True)
    console.print(escape(str(report.folder)), highlight=False, soft_wrap=True)


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
