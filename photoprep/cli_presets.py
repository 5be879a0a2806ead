"""The commands about presets: ``photoprep presets list | show | check | schema | reference``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import exit_codes, stderr_console
from photoprep.errors import ExitCode, PresetError

if TYPE_CHECKING:
    from photoprep.preset import Preset
    from photoprep.preset_file import PresetEntry

presets_app = typer.Typer(no_args_is_help=True, help="The rules photos and mails are made by.")


@presets_app.command("list")
def presets_list() -> None:
    """Name every preset, what it is for and where it comes from."""
    with exit_codes():
        from photoprep.preset_file import known_presets, own_presets_folder

        entries = known_presets()
        width = max(len(entry.name) for entry in entries)
        for entry in entries:
            typer.echo(f"{entry.name:{width}}  {_origin(entry)}  {entry.use}".rstrip())
        typer.echo(f"(Your own presets lie in {own_presets_folder()})", err=True)


@presets_app.command("show")
def presets_show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Which preset.")] = "trade-email",
    merged: Annotated[
        bool,
        typer.Option("--merged", help="Print the whole, with what it extends, as one file."),
    ] = False,
) -> None:
    """Print a preset as it stands, ready to be saved under a name of your own and changed."""
    with exit_codes():
        from photoprep.preset_file import merged_text, preset_text

        typer.echo(merged_text(name) if merged else preset_text(name), nl=False)


@presets_app.command("check")
def presets_check(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME|FILE]", help="Which preset. (default: all of your own)"),
    ] = None,
) -> None:
    """Check presets and say in plain figures what they mean; exit code 78 if one is wrong."""
    with exit_codes():
        from photoprep.preset_file import known_presets, load_preset, own_presets_folder
        from photoprep.proof.console import print_error

        own = [entry.name for entry in known_presets() if entry.own]
        if name is None and not own:
            typer.echo(f"You have no presets of your own. They would lie in {own_presets_folder()}")
        wrong = False
        for wanted in own if name is None else [name]:
            try:
                preset = load_preset(wanted)
            except PresetError as error:
                print_error(error, stderr_console())
                wrong = True
            else:
                typer.echo("\n".join(_figures(wanted, preset)))
        if wrong:
            raise typer.Exit(ExitCode.WRONG_PRESET)


@presets_app.command("schema")
def presets_schema() -> None:
    """Print the JSON Schema of presets, by which editors complete and check keys."""
    with exit_codes():
        from photoprep.preset_reference import schema_text

        typer.echo(schema_text(), nl=False)


@presets_app.command("reference")
def presets_reference() -> None:
    """Print every key of a preset with its meaning, as a page of Markdown."""
    with exit_codes():
        from photoprep.preset_reference import reference_text

        typer.echo(reference_text(), nl=False)


def _origin(entry: PresetEntry) -> str:
    if entry.hides_shipped:
        return "[yours, instead of the shipped one]"
    return "[yours]" if entry.own else "[shipped]"


def _figures(called: str, preset: Preset) -> list[str]:
    """What a preset means, in pixels, bytes and photos a mail."""
    from photoprep.units import longest_side_px

    photo, mail = preset.photo, preset.mail
    most_px = longest_side_px(photo.longest_side_cm, photo.dpi_max)
    least_px = longest_side_px(photo.longest_side_cm, photo.dpi_min)
    pixels = f"at most {most_px} px ({float(photo.longest_side_cm):g} cm at {photo.dpi_max} DPI)"
    if least_px < most_px:
        pixels += f", not below {least_px} px ({photo.dpi_min} DPI) to keep quality"
    wire = (
        f"at most {mail.limit_bytes:,} bytes on the wire ({mail.max_bytes:,} less a reserve of "
        f"{mail.reserve_bytes:,}), best within {mail.preferred_bytes:,}"
    )
    count = photos_per_mail(preset)
    return [
        f"{called} holds (name: {preset.name})",
        f"  photo   {pixels}; at most {photo.max_bytes:,} bytes",
        f"  mail    {wire}; {count} photo{'s' * (count != 1)} of full size in each",
        f"  names   {preset.names.photo}.jpg",
        f"  letter  {preset.letter.language}",
    ]


def photos_per_mail(preset: Preset) -> int:
    """How many photos of ``max_bytes`` a mail holds beside its letter; at least 1."""
    from photoprep.mail.wire_size import attachment_bytes
    from photoprep.preset_model import FRAME_BYTES

    name_of_usual_length = "Toolbox_X100_open_20261123.jpg"
    each_bytes = attachment_bytes(name_of_usual_length, preset.photo.max_bytes)
    return max(1, (preset.mail.limit_bytes - FRAME_BYTES) // each_bytes)
