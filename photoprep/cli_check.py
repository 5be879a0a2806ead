"""The commands that only look: ``check`` and ``names``."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_language import speak_by_preset, spoken, told
from photoprep.cli_options import (
    CustomerOption,
    DateOption,
    JobsOption,
    JsonOption,
    Paths,
    PresetOption,
    QuietOption,
    StrictOption,
)
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.checked import Check
    from photoprep.preset import Preset


def check(
    paths: Paths,
    preset: PresetOption = "trade-email",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say for every file why it is taken for what it is.")
    ] = False,
    write_manifest: Annotated[
        bool,
        typer.Option(
            "--write-manifest",
            help="Write products.xlsx into the folder: a list of what was understood, to fill in.",
        ),
    ] = False,
    manifest_file: Annotated[
        Path | None,
        typer.Option(
            "--manifest-file",
            metavar="FILE",
            help="Write that list here: .xlsx, .csv or .toml, by its ending.",
        ),
    ] = None,
    strict: StrictOption = False,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what is missing or doubtful, without preparing anything."""
    with exit_codes():
        from photoprep.checking import check as check_photos
        from photoprep.proof.progress import RunProgress

        chosen = _preset(preset)
        with RunProgress(stderr_console, spoken, wanted=not quiet) as progress:
            checked = check_photos(
                paths,
                preset=chosen,
                jobs=jobs,
                language=spoken(),
                on_look=progress.looks,
                on_photo=progress.photos,
            )
        if as_json:
            typer.echo(json.dumps(checked.to_json(), indent=2))
        elif not quiet:
            from photoprep.proof.check_page import print_check

            print_check(checked, console(stderr=False), explain=explain)
        if write_manifest or manifest_file:
            _write_manifest(checked, manifest_file, quiet=quiet or as_json)
        code = checked.exit_code
        if strict:
            from photoprep.report import strictly

            code = strictly(code, checked.findings)
        raise typer.Exit(code)


def names(
    paths: Paths,
    preset: PresetOption = "trade-email",
    customer: CustomerOption = "",
    date: DateOption = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say under which names pictures would go out: old → new."""
    with exit_codes():
        from photoprep.checking import name_pictures
        from photoprep.proof.check_page import print_names
        from photoprep.proof.progress import RunProgress

        chosen = _preset(preset)
        with RunProgress(stderr_console, spoken) as progress:
            named = name_pictures(
                paths,
                preset=chosen,
                customer=customer,
                date=date.date() if isinstance(date, datetime) else None,
                jobs=jobs,
                on_look=progress.looks,
            )
        if as_json:
            rows = [{"source": each.source, "output": each.output} for each in named.pictures]
            typer.echo(json.dumps(rows, indent=2))
        else:
            print_names(named.pictures, named.findings, console(stderr=False), spoken())


def _write_manifest(checked: Check, path: Path | None, *, quiet: bool) -> None:
    from photoprep.catalogue.manifest.writing import rows_of, write_manifest
    from photoprep.files import at_home

    place = Path(at_home(str(path))) if path else checked.folder / "products.xlsx"
    rows = rows_of(
        {
            # What is a guess is for the person to fill in.
            photo.source: replace(photo.subject, product="") if photo.is_guess else photo.subject
            for photo in checked.checked
        }
    )
    write_manifest(place, rows, language=spoken())
    if not quiet:
        typer.echo(told(say("The list to fill in is {path}", path=str(place))))


def _preset(name_or_file: str) -> Preset:
    from photoprep.preset_file import load_preset

    speak_by_preset(name_or_file)
    return load_preset(name_or_file)
