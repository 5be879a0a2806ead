"""The command ``sheet``: one composite straight from pictures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_language import speak_by_preset, spoken, told
from photoprep.cli_options import JobsOption, Paths, PresetOption
from photoprep.errors import ExitCode
from photoprep.language import say_number
from photoprep.units import say_bytes


class LayoutName(StrEnum):
    """What ``--layout`` takes."""

    AUTO = "auto"
    GRID = "grid"
    JUSTIFIED = "justified"
    HERO = "hero"


def sheet(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The sheet; further pages: FILE-2 …"),
    ],
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="Stands at its top. (default: nothing)")
    ] = "",
    layout: Annotated[
        LayoutName | None,
        typer.Option(
            metavar="auto|grid|justified|hero", help="How pictures stand. (default: the preset's)"
        ),
    ] = None,
    preset: PresetOption = "trade-email",
    customer: Annotated[
        str,
        typer.Option(metavar="C0123", help="The customer's number, below the title."),
    ] = "",
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The date below the title. (default: none)",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of that name.")] = False,
    jobs: JobsOption = None,
) -> None:
    """Put pictures on one sheet, without preparing anything else."""
    with exit_codes():
        from photoprep.composite import make_composite
        from photoprep.profile import load_profile
        from photoprep.proof.console import print_failures
        from photoprep.proof.findings import print_findings
        from photoprep.proof.progress import RunProgress

        speak_by_preset(preset)
        profile = load_profile()
        with RunProgress(stderr_console, spoken) as progress:
            made = make_composite(
                paths,
                output.expanduser(),
                preset=preset,
                title=title,
                company=profile.company if profile else "",
                customer=customer,
                date=date.date() if date else None,
                layout=layout.value if layout else None,
                replace_existing=force,
                jobs=jobs,
                on_look=progress.looks,
                on_copy=progress.copies,
            )
        print_failures(made.failed, stderr_console(), spoken())
        print_findings(made.findings, stderr_console(), spoken())
        for page in made.files:
            line = say_number(
                page.pictures,
                "{path}: {count} picture, {size}",
                "{path}: {count} pictures, {size}",
                path=str(page.path),
                size=say_bytes(page.size_bytes),
            )
            console(stderr=False).print(told(line), highlight=False, markup=False, soft_wrap=True)
        serious = made.failed or any(each.severity == "error" for each in made.findings)
        left_off = any(each.code == "sheet-picture-left-off" for each in made.findings)
        raise typer.Exit(ExitCode.SOME_FAILED if serious or left_off else ExitCode.DONE)
