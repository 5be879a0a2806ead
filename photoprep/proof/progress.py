"""How far a run is, on a terminal, with the time left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from photoprep.language import Language, in_language, say, say_number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


class RunProgress:
    """A bar that ``prepare`` moves, step after step; nothing where there is no terminal.

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
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._step = ""

    def __enter__(self) -> RunProgress:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def looks(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` files in a store are looked at.

        With a ``total`` of 0 their list is still coming, and ``done`` of them are found.
        """
        if total:
            self._show(say("Looking at the files in the store"), done, total)
        else:
            found = say_number(done, "{count:,} file found", "{count:,} files found")
            self._move(say("Reading the store's list"), done, None, found)

    def photos(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` photos are made."""
        self._show(say("Preparing photos"), done, total)

    def copies(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` pictures are read for a sheet."""
        self._show(say("Reading pictures"), done, total)

    def sheets(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` sheets are made."""
        self._show(say("Making sheets"), done, total)

    def versions(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` smaller versions are made for the mails."""
        self._show(say("Making photos smaller for the mails"), done, total)

    def uploads(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` finished files are put into a store."""
        self._show(say("Putting the results into the store"), done, total)

    def silent(self, silent_s: float) -> None:
        """Say beside the step how long the cluster has been silent; with 0, that it is no more."""
        if self._bar is None or not self._step:
            return
        told = say(
            "{step} · the cluster has been silent for {seconds:.0f} seconds",
            step=self._step,
            seconds=silent_s,
        )
        said = in_language(told if silent_s else self._step, self._language())
        self._bar.update(self._tasks[self._step], description=said)

    def _show(self, step: str, done: int, total: int) -> None:
        if total:  # a step with nothing to do takes no other's place
            self._move(step, done, total, f"{done:{len(str(total))}}/{total}")

    def _move(self, step: str, done: int, total: int | None, how_far: str) -> None:
        """Show this step and no other; the bar of one without a ``total`` only moves."""
        if self._wanted and self._bar is None:
            console = self._console()
            self._wanted = console.is_terminal
            if self._wanted:
                self._bar = _bar(console)
                self._bar.start()
        if self._bar is None:
            return
        if step != self._step:
            for task in self._tasks.values():
                self._bar.update(task, visible=False)
            self._step = step
        language = self._language()
        how_far = in_language(how_far, language)
        if step not in self._tasks:
            left = in_language(say("· time left:"), language) if total else ""
            self._tasks[step] = self._bar.add_task(
                in_language(step, language), total=total, how_far=how_far, left=left
            )
        self._bar.update(
            self._tasks[step], completed=done, total=total, visible=True, how_far=how_far
        )


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[how_far]}", "progress.download", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
