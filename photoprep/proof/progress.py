"""How far the photos are, on a terminal, with the time left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from photoprep.language import Language, in_language, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


class PhotoProgress:
    """A bar that ``prepare`` moves as its ``on_photo``; nothing where there is no terminal.

    It is made at the first call, when the workers have started: rich loads while they do. The
    language is asked for then too.
    """

    def __init__(
        self,
        console: Callable[[], Console],
        language: Callable[[], Language],
        *,
        wanted: bool = True,
    ) -> None:
        self._console, self._language, self._wanted = console, language, wanted
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> PhotoProgress:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` photos are made."""
        if self._wanted and self._bar is None:
            console = self._console()
            self._wanted = console.is_terminal
            if self._wanted:
                self._bar = _bar(console, self._language())
        if self._bar is not None:
            progress, task = self._bar
            progress.update(task, completed=done, total=total, visible=total > 0)


def _bar(console: Console, language: Language) -> tuple[Progress, TaskID]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn(in_language(say("Preparing photos"), language)),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(in_language(say("· time left:"), language)),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    progress.start()
    return progress, progress.add_task("photos", total=None, visible=False)
