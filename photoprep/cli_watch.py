"""The command ``watch``: a folder in which whatever is dropped comes out prepared."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_language import asked_for, speak_by_preset, spoken, told
from photoprep.cli_options import CustomerOption, JobsOption, PresetOption
from photoprep.errors import ExitCode
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.watch.log import Log
    from photoprep.watched import Status


class LogForm(StrEnum):
    """What ``--log`` takes."""

    TEXT = "text"
    JSON = "json"


def watch(
    inbox: Annotated[
        Path, typer.Argument(metavar="INBOX", help="The folder into which photos are dropped.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the results go. (default: INBOX-prepared)"
        ),
    ] = None,
    preset: PresetOption = "trade-email",
    customer: CustomerOption = "",
    jobs: JobsOption = None,
    quiet_time: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=0.1,
            max=3600,
            help="Seconds without a change after which a batch is ready. (default: the preset's)",
        ),
    ] = None,
    scan_every: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=0.1,
            max=3600,
            help="Seconds between two looks while nothing tells of a change. "
            "(default: the preset's)",
        ),
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where originals are moved after success. (default: they stay)"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What is done with results. (default: watch.toml, if there)"
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Prepare what lies there and end, as for cron.")
    ] = False,
    status: Annotated[
        bool,
        typer.Option("--status", help="Only say how the daemon that watches the folder does."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the status as JSON.")] = False,
    log: Annotated[
        LogForm | None,
        typer.Option(
            metavar="text|json",
            help="One line an event, for people or programs. (default: a table on a terminal)",
        ),
    ] = None,
) -> None:
    """Prepare whatever is dropped into a folder, for as long as it runs.

    Each folder in INBOX is one enquiry and comes out as DIR/FOLDER when nothing in it has changed
    for a while; loose photos come out together. Originals stay where they are, unless --archive
    says where to.
    """
    with exit_codes():
        from photoprep.files import at_home
        from photoprep.remote_address import check_no_address
        from photoprep.watch.serving import default_out

        speak_by_preset(preset)
        check_no_address(inbox, out)
        inbox = Path(at_home(str(inbox))).absolute()
        out = Path(at_home(str(out))).absolute() if out else default_out(inbox)
        if status:
            raise typer.Exit(_tell_status(out, as_json=as_json))
        from photoprep.watch.batch import BatchSettings
        from photoprep.watch.serving import Request, serve

        request = Request(
            inbox=inbox,
            out=out,
            settings=BatchSettings(_absolute(preset), customer, asked_for() or ""),
            language=spoken(),
            jobs=jobs or 0,
            quiet_s=quiet_time,
            scan_s=scan_every,
            once=once,
            archive=Path(at_home(str(archive))).absolute() if archive else None,
            config=config,
        )
        with _telling(log) as (write, show):
            code = serve(request, write, show)
        raise typer.Exit(code)


def _absolute(preset: str) -> str:
    """A preset's name as it is, and its file by a path that holds wherever the daemon stands."""
    from photoprep.preset_file import known_presets

    if preset in {entry.name for entry in known_presets()}:
        return preset
    from photoprep.files import at_home

    return str(Path(at_home(preset)).absolute())


def _tell_status(out: Path, *, as_json: bool) -> ExitCode:
    """Say how the daemon does: 0 alive and well, 1 with failures, 75 when it does not run."""
    import time

    from photoprep.watch.holding import is_held
    from photoprep.watch.status_file import read_status
    from photoprep.watched import is_alive

    found = read_status(out)
    if found is None:
        message = say("Nothing is known of a daemon whose results go to {out}.", out=str(out))
        if as_json:
            typer.echo(json.dumps({"schema": 1, "is_running": False}))
        stderr_console().print(told(message), highlight=False, markup=False, soft_wrap=True)
        return ExitCode.TRY_LATER
    held = is_held(out)
    is_running = is_alive(found, time.time()) and held is not False
    from photoprep.proof.watch_status import print_status, status_json

    if as_json:
        typer.echo(json.dumps(status_json(found, spoken(), is_running=is_running), indent=2))
    else:
        print_status(found, console(stderr=False), spoken(), is_running=is_running)
    if not is_running:
        return ExitCode.TRY_LATER
    return ExitCode.SOME_FAILED if found.failures or found.findings else ExitCode.DONE


@contextmanager
def _telling(form: LogForm | None) -> Iterator[tuple[Log, Callable[[Status], None]]]:
    """Where events and states go: lines, or a table on a terminal that nobody asked lines of."""
    from photoprep.watch.log import LineLog

    if form is not None or not sys.stderr.isatty():
        yield LineLog(spoken(), as_json=form is LogForm.JSON), lambda _status: None
        return
    from photoprep.proof.watch_table import WatchTable
    from photoprep.watch.log import TroubleLog

    with WatchTable(stderr_console(), spoken()) as table:
        yield TroubleLog(LineLog(spoken(), as_json=False, stream=table)), table.show
