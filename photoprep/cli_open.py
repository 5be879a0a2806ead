"""``--open``: the page of a finished run, in the browser of whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.errors import UsageError
from photoprep.language import in_language, say

if TYPE_CHECKING:
    from rich.console import Console

    from photoprep.report import Report


_OUTPUTS = (1, 2)  # standard output and standard error, whatever Python has in their places


def must_be_written(*, dry_run: bool) -> None:
    """Hold that a run that is asked to show its page writes one.

    Raises:
        UsageError: it is a rehearsal.

    """
    if dry_run:
        raise UsageError(
            say("--open has nothing to show with --dry-run, which writes no page."),
            hint=say("Leave out one of the two."),
        )


def open_page(report: Report, messages: Console) -> bool:
    """Show the page that a run has written; where that cannot be done, say where it lies.

    Returns whether it is shown.
    """
    if not report.page:
        unwritten = say("No page was written that could be opened.")
        messages.print(in_language(unwritten, report.language), highlight=False, markup=False)
        return False
    page = report.folder / report.page
    is_shown = _shown(page)
    if not is_shown:
        lies = say("No browser could be opened; the page lies at {path}", path=str(page))
        told = in_language(lies, report.language)
        messages.print(told, highlight=False, markup=False, soft_wrap=True)
    return is_shown


def _shown(page: Path) -> bool:
    """Whether a browser was found that takes the page."""
    import webbrowser  # slow to load, and few ask for it

    with _apart_from_what_is_read():
        try:
            return webbrowser.open(page.as_uri())
        except (webbrowser.Error, OSError):
            return False


@contextmanager
def _apart_from_what_is_read() -> Iterator[None]:
    """Keep a browser's chatter out of a pipe or a file that takes our output.

    A browser that stays would keep the pipe open too, and whoever reads it would wait for its end.
    On a terminal it has what we have: some browsers are text.
    """
    kept = {ours: os.dup(ours) for ours in _OUTPUTS if _is_read_by_another(ours)}
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for ours in kept:
            os.dup2(nowhere, ours)
        yield
    finally:
        for ours, copy in kept.items():
            os.dup2(copy, ours)
            os.close(copy)
        os.close(nowhere)


def _is_read_by_another(output: int) -> bool:
    """Whether an output is open, and no terminal."""
    try:
        os.fstat(output)
    except OSError:
        return False
    return not os.isatty(output)
