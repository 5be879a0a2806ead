"""The commands about presets: ``photoprep presets list | show | check | schema | reference``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_complete import preset_names
from photoprep.cli_exits import exit_codes, stderr_console
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import spoken, told, told_text
from photoprep.errors import ExitCode, PresetError
from photoprep.language import say, say_number

if TYPE_CHECKING:
    from photoprep.preset import PhotoSpec, Preset
    from photoprep.preset_file import PresetEntry

presets_app = SpokenTyper(help="The rules photos and mails are made by.")


@presets_app.command("list")
def presets_list() -> None:
    """Name every preset, what it is for and where it comes from."""
    with exit_codes():
        from photoprep.preset_file import known_presets, own_presets_folder
        from photoprep.proof.cells import padded, widest_cells

        entries = known_presets()
        width = widest_cells([entry.name for entry in entries])
        for entry in entries:
            name, origin = padded(entry.name, width), told(_origin(entry))
            typer.echo(f"{name}  [{origin}]  {told_text(entry.use)}".rstrip())
        where = say("(Your own presets lie in {folder})", folder=str(own_presets_folder()))
        typer.echo(told(where), err=True)


@presets_app.command("show")
def presets_show(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="Which preset.", autocompletion=preset_names)
    ] = "trade-email",
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
        typer.Argument(
            metavar="[NAME|FILE]",
            help="Which preset. (default: all of your own)",
            autocompletion=preset_names,
        ),
    ] = None,
) -> None:
    """Check presets and say in plain figures what they mean; exit code 78 if one is wrong."""
    with exit_codes():
        from photoprep.preset_file import known_presets, load_preset, own_presets_folder
        from photoprep.proof.console import print_error

        own = [entry.name for entry in known_presets() if entry.own]
        if name is None and not own:
            none = say(
                "You have no presets of your own. They would lie in {folder}",
                folder=str(own_presets_folder()),
            )
            typer.echo(told(none))
        wrong = False
        for wanted in own if name is None else [name]:
            try:
                preset = load_preset(wanted)
            except PresetError as error:
                print_error(error, stderr_console(), spoken())
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
        return say("yours, instead of the shipped one")
    return say("yours") if entry.own else say("shipped")


def _figures(called: str, preset: Preset) -> list[str]:
    """What a preset means, in pixels, bytes and photos a mail."""
    from photoprep.proof.cells import padded, widest_cells

    rows = [
        (say("photo"), _photo_figures(preset.photo)),
        (say("mail"), _mail_figures(preset)),
        (say("names"), f"{preset.names.photo}.jpg"),
        (say("letter"), preset.letter.language),
    ]
    labels = [told(label) for label, _ in rows]
    width = widest_cells(labels)
    return [
        told(say("{called} holds (name: {name})", called=called, name=preset.name)),
        *(
            f"  {padded(label, width)}  {told(row[1])}"
            for label, row in zip(labels, rows, strict=True)
        ),
    ]


def _photo_figures(photo: PhotoSpec) -> str:
    from photoprep.units import longest_side_px

    most_px = longest_side_px(photo.longest_side_cm, photo.dpi_max)
    least_px = longest_side_px(photo.longest_side_cm, photo.dpi_min)
    pixels: str = say(
        "at most {most_px} px ({side_cm:g} cm at {dpi} DPI)",
        most_px=most_px,
        side_cm=float(photo.longest_side_cm),
        dpi=photo.dpi_max,
    )
    if least_px < most_px:
        pixels = say(
            "{pixels}, not below {least_px} px ({dpi} DPI) to keep quality",
            pixels=pixels,
            least_px=least_px,
            dpi=photo.dpi_min,
        )
    return say("{pixels}; at most {max_bytes:,} bytes", pixels=pixels, max_bytes=photo.max_bytes)


def _mail_figures(preset: Preset) -> str:
    mail = preset.mail
    wire = say(
        "at most {limit_bytes:,} bytes on the wire ({max_bytes:,} less a reserve of "
        "{reserve_bytes:,}), best within {preferred_bytes:,}",
        limit_bytes=mail.limit_bytes,
        max_bytes=mail.max_bytes,
        reserve_bytes=mail.reserve_bytes,
        preferred_bytes=mail.preferred_bytes,
    )
    return say_number(
        photos_per_mail(preset),
        "{wire}; {count} photo of full size in each",
        "{wire}; {count} photos of full size in each",
        wire=wire,
    )


def photos_per_mail(preset: Preset) -> int:
    """How many photos of ``max_bytes`` a mail holds beside its letter; at least 1."""
    from photoprep.mail.wire_size import attachment_bytes
    from photoprep.preset import FRAME_BYTES

    name_of_usual_length = "Toolbox_X100_open_20261123.jpg"
    each_bytes = attachment_bytes(name_of_usual_length, preset.photo.max_bytes)
    return max(1, (preset.mail.limit_bytes - FRAME_BYTES) // each_bytes)
