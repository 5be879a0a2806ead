"""The commands that keep a watched folder's daemon running: ``service install | remove | show``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import exit_codes
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import told
from photoprep.cli_options import OutOption, PresetOption, from_anywhere
from photoprep.errors import UsageError
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.service.wanted import Service

service_app = SpokenTyper(help="A watched folder that is watched whenever you are signed in.")

Inbox = Annotated[Path, typer.Argument(metavar="INBOX", help="The folder to watch.")]
NameOption = Annotated[
    str, typer.Option("--name", metavar="NAME", help="What the service is called.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The daemon's own configuration, watch.toml."),
]
_NAME = "photoprep-watch"


@service_app.command("install")
def service_install(
    inbox: Inbox,
    out: OutOption = None,
    preset: PresetOption = "trade-email",
    config: ConfigOption = None,
    name: NameOption = _NAME,
) -> None:
    """Have the system watch a folder from now on, and whenever you sign in."""
    with exit_codes():
        from photoprep.service.installing import begin, write_service

        place = write_service(_service(inbox, out, preset, config, name))
        _say(say("Written: {path}", path=str(place.path)))
        begun = begin(place)
        if begun.is_running:
            where = ("--out", os.fspath(out)) if out else ()
            asking = _shown(("photoprep", "watch", os.fspath(inbox), *where, "--status"))
            _say(say("It is running. Look at it with: {command}", command=asking))
        else:
            _say(say("It could not be started here: {reason}.", reason=begun.reason))
            _say(say("Where it can, this starts it:"))
            for command in place.begin:
                typer.echo(f"  {_shown(command)}")
        if sys.platform == "linux":
            _say(say("It runs while you are signed in; always, after: loginctl enable-linger"))


@service_app.command("remove")
def service_remove(name: NameOption = _NAME) -> None:
    """End a service and take it away; folders, photos and results stay."""
    with exit_codes():
        from photoprep.service.installing import place_of, remove
        from photoprep.service.wanted import check_name

        check_name(name)
        place = place_of(name)
        if not remove(place):
            raise UsageError(
                say("There is no service named {name}.", name=name),
                hint=say("Name it with --name, as it was installed."),
                path=place.path,
            )
        _say(say("Removed: {path}", path=str(place.path)))


@service_app.command("show")
def service_show(
    inbox: Inbox,
    out: OutOption = None,
    preset: PresetOption = "trade-email",
    config: ConfigOption = None,
    name: NameOption = _NAME,
) -> None:
    """Print what install would write, and say where; nothing is written."""
    with exit_codes():
        from photoprep.service.installing import content_of, place_of

        content = content_of(_service(inbox, out, preset, config, name))
        encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8"
        typer.echo(content.decode(encoding).replace("\r\n", "\n"), nl=False)
        typer.echo(f"({place_of(name).path})", err=True)


def _service(inbox: Path, out: Path | None, preset: str, config: Path | None, name: str) -> Service:
    """The service that keeps ``photoprep watch`` running; what it would stumble on is told now."""
    from photoprep.catalogue.dropped import dropped_path
    from photoprep.files import at_home
    from photoprep.preset_file import load_preset
    from photoprep.remote_address import check_no_address
    from photoprep.service.wanted import Service
    from photoprep.watch.archive import check_archive
    from photoprep.watch.config import load_config

    check_no_address(inbox, out)
    watched = dropped_path(inbox)
    if not watched.is_dir():
        raise UsageError(say("This is no folder."), hint=say("Watch a folder."), path=watched)
    load_preset(preset)
    results = _absolute(out) if out else watched.with_name(f"{watched.name}-prepared")
    own = load_config(watched, config)
    if own.archive:
        check_archive(own.archive, watched, results)
    words = ["watch", str(watched), "--out", str(results), "--preset", from_anywhere(preset)]
    if config:
        words += ["--config", str(_absolute(config))]
    folder = os.environ.get("PHOTOPREP_CONFIG_DIR")
    variables = {"PHOTOPREP_CONFIG_DIR": at_home(folder)} if folder else {}
    # -P: a folder that happens to be the current one must not stand in for a module.
    command = (sys.executable, "-P", "-m", "photoprep", *words)
    return Service(name, command, str(watched), variables)


def _absolute(path: Path) -> Path:
    from photoprep.files import at_home

    return Path(os.path.abspath(at_home(str(path))))  # noqa: PTH100 (resolve() would follow links)


def _shown(command: tuple[str, ...]) -> str:
    import shlex
    import subprocess

    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def _say(text: str) -> None:
    typer.echo(told(text))
