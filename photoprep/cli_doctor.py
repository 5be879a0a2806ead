"""The command ``doctor``: what works here, what is missing, and the command that installs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from photoprep.cli_exits import console, exit_codes
from photoprep.cli_language import spoken
from photoprep.errors import ExitCode


def doctor(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]",
            help="Where photos lie or are dropped. (default: the current folder)",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what works on this computer, and how to install what is missing.

    A picture of each format is read as in a run, letters of each script are drawn, changes in a
    folder are watched for. No server is asked and nothing is changed. Ends with 1 when something
    is broken that photoprep cannot do without.
    """
    with exit_codes():
        from photoprep.doctor.judging import is_well, judged
        from photoprep.doctor.looking import look
        from photoprep.doctor.page import print_rows, rows_json
        from photoprep.files import at_home

        facts = look(Path(at_home(str(folder))) if folder else None, spoken())
        rows = judged(facts)
        if as_json:
            typer.echo(json.dumps(rows_json(facts, rows, spoken()), indent=2))
        else:
            print_rows(facts, rows, console(stderr=False), spoken())
        raise typer.Exit(ExitCode.DONE if is_well(rows) else ExitCode.SOME_FAILED)
