"""What an icon runs when something is dropped on it: a run in a window of its own.

No shell decides anything: whatever goes wrong, from a broken picture to a wrong option, this
process keeps its window open until it has been read.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_language import asked_for, speak_by_preset, spoken, told
from photoprep.cli_open import open_page
from photoprep.cli_options import PresetOption
from photoprep.errors import ExitCode, UsageError
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.report import Report

DROPPED = "dropped"  # the hidden command's name, which installed icons have in them

DroppedPaths = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH...]", help="What was dropped.")
]


def dropped(paths: DroppedPaths = None, preset: PresetOption = "trade-email") -> None:
    """Prepare what was dropped on an icon and show the page."""
    with exit_codes():
        speak_by_preset(preset)
        if not paths:
            raise UsageError(
                say("Nothing was dropped on the icon."),
                hint=say(
                    "Drag a folder of product photos, or some photos, onto it and let go: "
                    "what is made of them comes to lie beside it, and is shown at the end."
                ),
            )
        _begin_window(paths)
        report = _prepared(paths, preset)
        from photoprep.proof.console import print_failures, print_report

        print_report(report, console(stderr=False))
        if report.failed:  # once more, in sight: the summary is longer than a window
            typer.echo(err=True)
            print_failures(report.failed, stderr_console(), report.language)
        if not open_page(report, stderr_console()) and report.exit_code == ExitCode.DONE:
            _wait()  # what is on the screen is all that tells where the results are
        raise typer.Exit(report.exit_code)


def hold_window(code: int) -> None:
    """Let a person read what went wrong, unless they ended the run themselves."""
    if code not in {ExitCode.DONE, ExitCode.INTERRUPTED}:
        _wait()


def _begin_window(paths: list[str]) -> None:
    """Say at once what is going on, while the rest is still being loaded; and in the title bar."""
    from photoprep.catalogue.found import printable

    if not sys.stderr.isatty():
        return
    if sys.platform != "win32" and os.environ.get("TERM") not in {None, "dumb", "linux"}:
        sys.stderr.write("\x1b]2;photoprep\a")  # OSC 2 (xterm's "Control Sequences")
    first = printable(Path(paths[0]).name or paths[0])
    if len(paths) == 1:
        preparing = say("Preparing {first} …", first=first)
    else:
        preparing = say("Preparing {first} and what came with it …", first=first)
    typer.echo(told(preparing), err=True)


def _prepared(paths: list[str], preset: str) -> Report:
    from photoprep.pipeline import prepare
    from photoprep.profile import load_profile
    from photoprep.proof.progress import RunProgress

    with RunProgress(stderr_console, spoken) as progress:
        return prepare(
            paths,
            preset=preset,
            profile=load_profile(),
            language=asked_for(),
            on_photo=progress.photos,
            on_sheet=progress.sheets,
            on_version=progress.versions,
        )


def _wait() -> None:
    """Wait for Enter where a person is at a terminal."""
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    _forget_what_was_typed()
    stderr_console().print(told(say("Press Enter to close this window.")), markup=False)
    with suppress(EOFError, KeyboardInterrupt):
        input()


def _forget_what_was_typed() -> None:
    """An Enter from before the question is no answer to it."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        with suppress(termios.error):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
