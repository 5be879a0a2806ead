"""What a person reads on the terminal: the result on standard output, progress beside it.

Rich leaves colours and bars out by itself where there is no terminal, and heeds NO_COLOR.
"""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from photoprep.errors import PhotoprepError
from photoprep.report import Finding, Prepared, Report, Reused
from photoprep.units import say_bytes, say_cm

# From so many columns on, a photo and where it came from stand in one line.
_WIDE_COLUMNS = 120
_SKIPPED_NAMED = 8
_HINTS_NAMED = 8


def print_report(report: Report, console: Console) -> None:
    """The run at a glance: failures and findings first, as they want something done."""
    print_failures(report, console)
    _print_findings(report.findings, console)
    _print_skipped(report, console)
    _print_photos(report, console)
    _print_mails(report, console)
    _print_closing(report, console)


def print_error(error: PhotoprepError, console: Console) -> None:
    """One error for a person: what, which file, what to do."""
    where = f"{escape(str(error.path))}: " if error.path is not None else ""
    console.print(f"[bold red]{where}{escape(error.message)}[/]", highlight=False, soft_wrap=True)
    if error.hint:
        console.print(escape(error.hint), highlight=False, soft_wrap=True)


def print_failures(report: Report, console: Console) -> None:
    """Each picture that could not be prepared, why, and what to do."""
    if not report.failed:
        return
    console.print(f"[bold red]Not prepared: {_count(len(report.failed), 'picture')}[/]")
    for photo in report.failed:
        console.print(
            f"  [red]✗[/] {escape(photo.source)}: {escape(photo.reason)}",
            highlight=False,
            soft_wrap=True,
        )
        if photo.hint:
            console.print(f"    {escape(photo.hint)}", highlight=False, soft_wrap=True)
    console.print()


def _print_findings(findings: tuple[Finding, ...], console: Console) -> None:
    """Every finding that wants something done; of those that only tell, the first ones."""
    hints = [finding for finding in findings if finding.severity == "info"]
    unnamed = hints[_HINTS_NAMED:]
    for finding in findings:
        if finding in unnamed:
            continue
        where = f"{escape(finding.source)}: " if finding.source else ""
        words = " ".join(filter(None, (finding.message, finding.hint)))
        console.print(f"[yellow]![/] {where}{escape(words)}", highlight=False, soft_wrap=True)
    if unnamed:
        more = _count(len(unnamed), "remark")
        console.print(f"[dim]! and {more} more; report.json has all.[/]", highlight=False)
    if findings:
        console.print()


def _print_skipped(report: Report, console: Console) -> None:
    """The files left aside that no finding names, so that nothing is passed over in silence."""
    found = {finding.source for finding in report.findings}
    skipped = [file for file in report.skipped if file.source not in found]
    for file in skipped[:_SKIPPED_NAMED]:
        words = " ".join(filter(None, (file.reason, file.hint)))
        console.print(
            f"[dim]– {escape(file.source)}: {escape(words)}[/]", highlight=False, soft_wrap=True
        )
    more = len(skipped) - _SKIPPED_NAMED
    if more > 0:
        console.print(f"[dim]– and {_count(more, 'file')} more; report.json names all.[/]")
    if skipped:
        console.print()


def _print_photos(report: Report, console: Console) -> None:
    """One line a photo where the terminal is wide, else a second one for where it came from."""
    if not report.ready:
        return
    if console.width >= _WIDE_COLUMNS:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("Photo", overflow="fold")
        for title in ("size", "pixels", "longest side"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("from", overflow="fold", style="dim")
        for photo in report.ready:
            table.add_row(*_photo_cells(photo), _origin(photo))
        console.print(table)
    else:
        longest = max(len(_photo_cells(photo)[0]) for photo in report.ready)
        for photo in report.ready:
            name, size, pixels, side = _photo_cells(photo)
            line = f"{name:<{longest}}  {size:>6}  {pixels:>9}  {side}"
            console.print(line, highlight=False, soft_wrap=True)
            console.print(f"  [dim]{_origin(photo)}[/]", highlight=False, soft_wrap=True)
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


def _origin(photo: Prepared | Reused) -> str:
    jpeg = photo.jpeg
    unchanged = ", unchanged" if isinstance(photo, Reused) else ""
    return (
        f"{escape(photo.source)}, {say_bytes(jpeg.source_bytes)}, "
        f"{jpeg.source_width_px}×{jpeg.source_height_px}{unchanged}"
    )


def _print_mails(report: Report, console: Console) -> None:
    if not report.mails:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Mail", no_wrap=True)
    table.add_column("photos", justify="right")
    table.add_column("on the wire", justify="right", no_wrap=True)
    table.add_column("as files", justify="right", no_wrap=True, style="dim")
    for mail in report.mails:
        table.add_row(
            mail.output.rpartition("/")[2],
            str(len(mail.attachments)),
            say_bytes(mail.wire_bytes),
            say_bytes(mail.raw_bytes),
        )
    console.print(table)
    console.print()


def _print_closing(report: Report, console: Console) -> None:
    for path in report.taken_away:
        console.print(f"{escape(path)} would be removed.", highlight=False, soft_wrap=True)
    prepared = sum(isinstance(photo, Prepared) for photo in report.photos)
    reused = sum(isinstance(photo, Reused) for photo in report.photos)
    parts = [
        f"{_count(prepared, 'photo')} prepared",
        f"{reused} unchanged" if reused else "",
        f"{len(report.failed)} not prepared" if report.failed else "",
        f"{_count(len(report.skipped), 'other file')} skipped" if report.skipped else "",
        f"{_count(len(report.mails), 'mail')} ready" if report.mails else "",
    ]
    if report.rehearsed:
        console.print("This is what a run would do; nothing has been written.", highlight=False)
    console.print(f"[bold]{', '.join(filter(None, parts))}.[/]", highlight=False)
    console.print(escape(str(report.folder)), highlight=False, soft_wrap=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
