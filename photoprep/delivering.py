"""A finished run goes to another target than mail, by a plug-in: the door of ``photoprep deliver``.

The output folder is read as it lies and not changed; what is done with it is the plug-in's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from photoprep.errors import (
    DeliveryRefusedError,
    PluginError,
    TryLaterError,
    UsageError,
)
from photoprep.installed import DELIVERIES
from photoprep.language import say, say_list
from photoprep.mail.draft_files import read_drafts
from photoprep.plugged import Broken, DeliveryPlugin, in_words, introduced, loaded
from photoprep.plugins import Delivered, Delivery, DeliveryError, FinishedMail, FinishedRun

_REPORT = "report.json"


def deliver(
    target: str,
    out: Path,
    given: Mapping[str, str],
    *,
    dry_run: bool = False,
    on_delivered: Callable[[Delivered], None],
) -> None:
    """Let the plug-in called ``target`` deliver the run whose results lie in ``out``.

    ``given`` are the options that a person named. ``on_delivered`` hears of each thing as soon as
    it is done. With ``dry_run`` nothing is changed.

    Raises:
        UsageError: there is no such target or option, one is missing, or ``out`` is no finished
            run's.
        DeliveryRefusedError, TryLaterError: the plug-in says that it cannot be done, for good or
            for now.
        PluginError: the plug-in is broken.

    """
    plugged = _target(target)
    options = _options(target, plugged.delivery, given)
    for each in _delivered(plugged, finished_run(out), options, dry_run=dry_run):
        on_delivered(each)


def _delivered(
    plugged: DeliveryPlugin, run: FinishedRun, options: Mapping[str, str], *, dry_run: bool
) -> Iterator[Delivered]:
    """What the plug-in gives; its errors are made ours here, and nobody else's."""
    try:
        for each in loaded(plugged.delivery.deliver)(run, options, dry_run=dry_run):
            yield _checked(each)
    except DeliveryError as error:
        kind = TryLaterError if error.passes else DeliveryRefusedError
        raise kind(error.message, hint=error.hint) from error
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        raise PluginError(
            say(
                "The plug-in {plugin} failed while it delivered ({detail}).",
                plugin=plugged.entry.plugin,
                detail=in_words(error),
            ),
            hint=say("Update the plug-in, or tell its author."),
        ) from error


def _checked(given: object) -> Delivered:
    if not isinstance(given, Delivered):
        raise TypeError(say("it gave no Delivered but {kind}", kind=type(given).__name__))
    return given


def finished_run(out: Path) -> FinishedRun:
    """What lies in an output folder, as its report names it.

    Raises:
        UsageError: it is no output folder, its run has not finished, or something of it is gone.

    """
    report = _report(out)
    mails = read_drafts(out) if report.get("mails") else ()
    wire_bytes = {str(row["output"]): int(row["wire_bytes"]) for row in report.get("mails", ())}
    return FinishedRun(
        out,
        tuple(
            FinishedMail(out / mail.output, mail.identity.subject, wire_bytes[mail.output])
            for mail in mails
        ),
        _outputs(out, report, "photos"),
        _outputs(out, report, "sheets"),
        str(report.get("customer") or ""),
        str(report.get("date") or ""),
        report,
    )


def _target(name: str) -> DeliveryPlugin:
    found = introduced(DELIVERIES)
    called_so = [each for each in found if each.entry.name == name]
    if not called_so:
        names = say_list(sorted({each.entry.name for each in found}))
        raise UsageError(
            say("There is no target called {name}.", name=repr(name)),
            hint=say("There are: {names}.", names=names)
            if names
            else say("Targets come with plug-ins, and none is installed that brings one."),
        )
    if len(called_so) > 1:
        plugins = say_list(each.entry.plugin for each in called_so)
        raise UsageError(
            say(
                "Several plug-ins bring a target called {name}: {plugins}.",
                name=repr(name),
                plugins=plugins,
            ),
            hint=say("Take all but one of them away with: pip uninstall NAME"),
        )
    if isinstance(called_so[0], Broken):
        raise PluginError(
            say(
                "The plug-in {plugin} cannot be used: {reason}.",
                plugin=called_so[0].entry.plugin,
                reason=called_so[0].reason,
            ),
            hint=say(
                "Update it, or take it away with: pip uninstall {distribution}",
                distribution=called_so[0].entry.distribution,
            ),
        )
    [found_one] = called_so
    if not isinstance(found_one, DeliveryPlugin):  # nothing else stands in this group
        raise TypeError(found_one)
    return found_one


def _options(target: str, delivery: Delivery, given: Mapping[str, str]) -> dict[str, str]:
    """All options that the target knows, as given or by default."""
    known = {option.name: option.default for option in delivery.options}
    for name in given:
        if name not in known:
            raise UsageError(
                say("The target {target} has no option {name}.", target=target, name=repr(name)),
                hint=say("It has: {names}.", names=say_list(known))
                if known
                else say("It has none."),
            )
    values = {**known, **given}
    for option in delivery.options:
        if values[option.name] is None:
            raise UsageError(
                say("The target {target} wants --set {name}=…", target=target, name=option.name),
                hint=option.meaning,
            )
    return {name: value for name, value in values.items() if value is not None}


def _report(out: Path) -> dict[str, Any]:
    path = out / _REPORT
    try:
        report = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise UsageError(
            say("This is no folder that photoprep has prepared: it has no report.json."),
            hint=say("Name the folder with the results; by default its name ends in -prepared."),
            path=out,
        ) from error
    except (OSError, ValueError) as error:
        raise _no_report(path) from error
    if not isinstance(report, dict):
        raise _no_report(path)
    return report


def _no_report(path: Path) -> UsageError:
    return UsageError(
        say("This is no report of a run."),
        hint=say("Run photoprep prepare again, which writes it anew."),
        path=path,
    )


def _outputs(out: Path, report: Mapping[str, Any], room: str) -> tuple[Path, ...]:
    """The files of photos or sheets; a report that names others is none of ours."""
    try:
        named = [str(row["output"]) for row in report[room] if row["output"]]
    except (KeyError, TypeError) as error:
        raise _no_report(out / _REPORT) from error
    for output in named:
        parts = PurePosixPath(output).parts
        if len(parts) != 2 or parts[0] != room or parts[1] == ".." or "\\" in output:
            raise _no_report(out / _REPORT)
        if not (out / output).is_file():
            raise UsageError(
                say("A file of the run is gone: {output}.", output=output),
                hint=say("Run photoprep prepare again, which writes what is missing."),
                path=out,
            )
    return tuple(out / output for output in named)
