"""The commands of plug-ins: ``deliver`` takes a run to another target, ``plugins`` lists them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import console, exit_codes
from photoprep.cli_language import spoken, told
from photoprep.cli_options import JsonOption
from photoprep.errors import PhotoprepError, UsageError
from photoprep.language import in_language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from photoprep.plugged import DecoderPlugin, DeliveryPlugin, Introduced
    from photoprep.plugins import Delivered


def deliver(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="Where to; photoprep plugins lists targets.")
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The folder that photoprep prepared; - for what a watched folder tells a command.",
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An option of the target."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be delivered.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Deliver a prepared folder to the target of a plug-in."""
    with exit_codes():
        from photoprep.delivering import deliver as deliver_run
        from photoprep.files import at_home

        options = _pairs(settings or [])
        folder = _told_on_standard_input() if str(out) == "-" else Path(at_home(str(out)))
        if folder is None:
            _print(say("The batch failed, so nothing of it is delivered."))
            return
        done: list[Delivered] = []

        def hear(each: Delivered) -> None:
            done.append(each)
            if not as_json:
                _print(_line(each, dry_run=dry_run))

        try:
            deliver_run(target, folder, options, dry_run=dry_run, on_delivered=hear)
        except PhotoprepError:
            if as_json and done:  # what was delivered before is there all the same
                typer.echo(json.dumps(_data(target, done, dry_run=dry_run), indent=2))
            raise
        if as_json:
            typer.echo(json.dumps(_data(target, done, dry_run=dry_run), indent=2))
        elif not done:
            _print(say("There was nothing to deliver."))


def plugins(as_json: JsonOption = False) -> None:
    """List the plug-ins: which formats they read, and which targets they deliver to."""
    with exit_codes():
        from photoprep.installed import DECODERS, DELIVERIES
        from photoprep.plugged import Broken, introduced

        found = [*introduced(DECODERS), *introduced(DELIVERIES)]
        if as_json:
            typer.echo(json.dumps([_plugin_row(each) for each in found], indent=2))
            return
        if not found:
            _print(say("No plug-ins are installed."))
        for each in found:
            if isinstance(each, Broken):
                _print(
                    say(
                        "The plug-in {plugin} cannot be used: {reason}.",
                        plugin=each.entry.plugin,
                        reason=each.reason,
                    )
                )
                continue
            _print_plugin(each)


def _print_plugin(each: DecoderPlugin | DeliveryPlugin) -> None:
    from photoprep.plugged import DecoderPlugin

    entry = each.entry
    if isinstance(each, DecoderPlugin):
        kind = each.decoder.format_name
        _print(say("{plugin} reads {kind} files", plugin=entry.plugin, kind=kind))
        return
    does = each.delivery
    _print(
        say(
            "{plugin} delivers to {target}: {summary}",
            plugin=entry.plugin,
            target=entry.name,
            summary=does.summary,
        )
    )
    for option in does.options:
        meaning = option.meaning
        if option.default is None:
            meaning = say("{meaning} [required]", meaning=meaning)
        elif option.default:
            meaning = say("{meaning} [default: {value}]", meaning=meaning, value=option.default)
        _print(say("  --set {name}=…  {meaning}", name=option.name, meaning=meaning))


def _told_on_standard_input() -> Path | None:
    """The output folder of the batch that a watched folder tells of; None of one that failed.

    What is told is in docs/service.md, under ``[after]``.
    """
    try:
        told = json.loads(sys.stdin.buffer.read())
        out, state = Path(told["out"]), told["state"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            say("Standard input tells of no batch of a watched folder."),
            hint=say("Name the folder with the results instead of -."),
        ) from error
    return out if state == "done" else None


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for setting in settings:
        name, mark, value = setting.partition("=")
        if not mark or not name:
            raise UsageError(
                say("--set reads NAME=VALUE, not {value}.", value=repr(setting)),
                hint=say("Put the name, an equals sign and the value after it."),
            )
        pairs[name] = value
    return pairs


def _print(text: str) -> None:
    console(stderr=False).print(told(text), highlight=False, markup=False, soft_wrap=True)


def _line(each: Delivered, *, dry_run: bool) -> str:
    if each.was_there:
        return say("{what} → {where}: there already", what=each.what, where=each.where)
    if dry_run:
        return say("{what} → {where}: would be delivered", what=each.what, where=each.where)
    return say("{what} → {where}: delivered", what=each.what, where=each.where)


def _data(target: str, done: Sequence[Delivered], *, dry_run: bool) -> dict[str, object]:
    return {
        "schema": 1,
        "target": target,
        "dry_run": dry_run,
        "delivered": [
            {"what": each.what, "where": each.where, "was_there": each.was_there} for each in done
        ],
    }


def _plugin_row(each: Introduced) -> dict[str, object]:
    from photoprep.plugged import Broken, DecoderPlugin

    row: dict[str, object] = {
        "plugin": each.entry.distribution,
        "version": each.entry.version,
        "group": each.entry.group,
        "name": each.entry.name,
    }
    if isinstance(each, Broken):
        return row | {"error": in_language(each.reason, spoken())}
    if isinstance(each, DecoderPlugin):
        return row | {"format": each.decoder.format_name, "endings": list(each.decoder.endings)}
    options = [
        {"name": option.name, "meaning": option.meaning, "default": option.default}
        for option in each.delivery.options
    ]
    return row | {"summary": each.delivery.summary, "options": options}
