"""How a command ends: errors as one sentence each and their exit code, on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from photoprep.cli_language import spoken, told
from photoprep.errors import ExitCode, PhotoprepError
from photoprep.language import say
from photoprep.version import __version__

if TYPE_CHECKING:
    from rich.console import Console


# What a shell says of a program that SIGPIPE ended.
_CUT_SHORT = 128 + 13


def console(*, stderr: bool) -> Console:
    """A console of rich on one of the two streams, without colours where there is no terminal."""
    from rich.console import Console

    made = Console(stderr=stderr, emoji=False)
    # Without a terminal there is no width to keep to, and folded names can't be searched for.
    return made if made.is_terminal else Console(stderr=stderr, emoji=False, width=160)


def stderr_console() -> Console:
    """Where progress and messages go."""
    return console(stderr=True)


@contextmanager
def exit_codes() -> Iterator[None]:
    """Errors of ours become one sentence and their exit code; a bug alone shows its trace."""
    try:
        yield
    except PhotoprepError as error:
        from photoprep.proof.console import print_error

        print_error(error, stderr_console(), spoken())
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        stderr_console().print(
            told(say("Interrupted. What is finished stays; run again to go on."))
        )
        raise typer.Exit(ExitCode.INTERRUPTED) from error
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError as error:  # whoever reads what is printed has seen enough
        _leave_standard_output()
        raise typer.Exit(_CUT_SHORT) from error
    except Exception as error:
        import traceback

        traceback.print_exc()
        stderr_console().print(
            told(
                say(
                    "This is a bug in photoprep {version}. Please report the lines above.",
                    version=__version__,
                )
            )
        )
        raise typer.Exit(ExitCode.BUG) from error


def _leave_standard_output() -> None:
    """So that nothing more is written there, not even when Python ends."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
