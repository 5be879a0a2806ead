"""The commands for the icon onto which folders are dropped: ``shortcut install | remove``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from photoprep.cli_exits import exit_codes
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import asked_for, spoken, told
from photoprep.cli_options import PresetOption, from_anywhere
from photoprep.errors import UsageError
from photoprep.language import say, say_list

shortcut_app = SpokenTyper(help="An icon on the desktop onto which folders are dropped.")

NameOption = Annotated[
    str,
    typer.Option(
        "--name",
        metavar="NAME",
        help="What the icon is called. (default: photoprep, and the preset where it is another)",
    ),
]
_USUAL_PRESET = "trade-email"


@shortcut_app.command("install")
def shortcut_install(preset: PresetOption = _USUAL_PRESET, name: NameOption = "") -> None:
    """Put an icon on the desktop, and into file managers' menus, that prepares what it is given."""
    with exit_codes():
        from photoprep.preset_file import load_preset
        from photoprep.shortcut.installing import install
        from photoprep.shortcut.places import folders_here
        from photoprep.shortcut.wanted import Shortcut

        load_preset(preset)
        shortcut = Shortcut(name or _usual_name(preset), _command(preset))
        folders = folders_here()
        for path in install(shortcut, folders=folders, language=spoken()):
            typer.echo(told(say("Written: {path}", path=str(path))))
        if sys.platform not in {"win32", "darwin"} and not folders.has_desktop:
            desktop = str(folders.desktop)
            typer.echo(told(say("There is no desktop at {path}, so no icon there.", path=desktop)))
        typer.echo(told(say("Drop a folder or files onto it; the page opens when all is done.")))


@shortcut_app.command("remove")
def shortcut_remove(preset: PresetOption = _USUAL_PRESET, name: NameOption = "") -> None:
    """Take an icon away again, and what was installed with it."""
    with exit_codes():
        from photoprep.shortcut.installing import remove
        from photoprep.shortcut.record import names_on_record
        from photoprep.shortcut.wanted import check_name

        called = name or _usual_name(preset)
        check_name(called)
        removed = remove(called)
        if removed is None:
            known = say_list(names_on_record())
            raise UsageError(
                say("There is no icon named {name}.", name=called),
                hint=say("Name one of these with --name: {names}", names=known)
                if known
                else say("None is installed."),
            )
        for path in removed.gone:
            typer.echo(told(say("Removed: {path}", path=str(path))))
        for path in removed.left:
            typer.echo(told(say("Left, because it has been changed since: {path}", path=str(path))))


def _usual_name(preset: str) -> str:
    """Icons of several presets can lie side by side without a word about their names."""
    from photoprep.shortcut.wanted import NAME

    return NAME if preset == _USUAL_PRESET else f"{NAME} {Path(preset).stem}"


def _command(preset: str) -> tuple[str, ...]:
    """What a drop runs; the paths come behind it."""
    # -P: a folder that happens to be the current one must not stand in for a module.
    command = [sys.executable, "-P", "-m", "photoprep", "dropped", "--preset"]
    language = asked_for()
    command.append(from_anywhere(preset))
    return (*command, *(("--lang", language) if language else ()), "--")
