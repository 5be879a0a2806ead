"""What ``watch --status`` prints of a watched folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console

from photoprep.language import Language, data_in_language, in_language, say, say_both, say_number
from photoprep.proof.cells import print_filled
from photoprep.proof.columns import column, print_columns
from photoprep.watched import BatchResult, Status, WaitingBatch

_MOST_ROWS = 20


def print_status(status: Status, console: Console, language: Language, *, is_running: bool) -> None:
    """The daemon, what runs, what waits and why, the last results, and what failed for good.

    ``is_running`` is what is known of the daemon by now: ``watched.is_alive``, or better its lock.
    """
    _print_daemon(status, console, language, is_running=is_running)
    for finding in status.findings:
        print_filled(in_language(finding, language), console, indent_cells=2, mark="[yellow]![/] ")
    if is_running and status.running is not None:
        _print_running(status, console, language)
    _print_waiting(status.waiting, console, language)
    _print_results(status.results, console, language)
    _print_failures(status.failures, console, language)


def status_json(status: Status, language: Language, *, is_running: bool) -> dict[str, object]:
    """The status as plain data, its sentences as their reader wants them."""
    told = data_in_language(asdict(status), language)
    if not isinstance(told, dict):
        raise AssertionError("a status is told by its fields")
    return {"schema": 1, "is_running": is_running, "is_idle": status.is_idle, **told}


def _print_daemon(
    status: Status, console: Console, language: Language, *, is_running: bool
) -> None:
    watcher = status.watcher
    if is_running:
        said = say(
            "{inbox} is watched by {user} on {host} (process {pid}), since {since}.",
            inbox=watcher.inbox,
            user=watcher.user,
            host=watcher.host,
            pid=watcher.pid,
            since=_time(watcher.since),
        )
    elif status.has_ended:
        said = say(
            "{inbox} is not watched: photoprep was stopped at {time}.",
            inbox=watcher.inbox,
            time=_time(status.heartbeat),
        )
    else:
        said = say(
            "{inbox} is not watched: photoprep was last heard of at {time}. Start it again; "
            "nothing is lost.",
            inbox=watcher.inbox,
            time=_time(status.heartbeat),
        )
    print_filled(in_language(said, language), console, style="bold" if is_running else "bold red")
    if is_running:
        print_filled(in_language(_habits(status), language), console, style="dim")


def _habits(status: Status) -> str:
    """How it comes to know what lies there, and what that costs."""
    scan = status.scan
    files = say_number(scan.files, "{count} file", "{count} files")
    looked = say(
        "{files} looked through in {took} s, every {every} s.",
        files=files,
        took=f"{scan.took_s:.2f}",
        every=f"{scan.every_s:.0f}",
    )
    if status.wakes == "events":
        return say_both(looked, say("Changes are told by the system at once."))
    return say_both(looked, say("Changes are found by looking: this disk does not tell of them."))


def _print_running(status: Status, console: Console, language: Language) -> None:
    running = status.running
    if running is None:
        return
    said = say("At work on {name}, since {since}", name=running.name, since=_time(running.begun_at))
    if running.total:
        said = say("{said} ({done} of {total})", said=said, done=running.done, total=running.total)
    print_filled(in_language(said, language), console)


def _print_waiting(waiting: Sequence[WaitingBatch], console: Console, language: Language) -> None:
    if not waiting:
        return
    shown = waiting[:_MOST_ROWS]
    console.print()
    print_columns(
        [
            column(say("Waiting"), [batch.name for batch in shown], language, to_the_left=True),
            column(
                say("Why"),
                [in_language(_why(batch), language) for batch in shown],
                language,
                to_the_left=True,
            ),
        ],
        console,
    )
    _print_more(len(waiting) - len(shown), console, language)


def _why(batch: WaitingBatch) -> str:
    reason = batch.reason or {
        "settling": say("its files are still arriving"),
        "queued": say("its turn comes"),
        "later": say("it is tried again"),
    }.get(batch.state, batch.state)
    if not batch.next_try:
        return reason
    return say("{reason} (next try at {time})", reason=reason, time=_time(batch.next_try))


def _print_results(results: Sequence[BatchResult], console: Console, language: Language) -> None:
    if not results:
        return
    shown = results[:_MOST_ROWS]
    words = {"done": say("done"), "failed": say("failed"), "gone": say("taken away")}
    states = [in_language(words.get(each.state, each.state), language) for each in shown]
    figures = (
        (say("Photos"), [each.prepared for each in shown]),
        (say("Not prepared"), [each.failed for each in shown]),
        (say("Mails"), [each.mails for each in shown]),
    )
    console.print()
    print_columns(
        [
            column(say("Batch"), [each.name for each in shown], language, to_the_left=True),
            column(say("State"), states, language, to_the_left=True),
            *(column(title, list(map(str, counts)), language) for title, counts in figures),
            column(say("Ended"), [_time(each.ended_at) for each in shown], language),
        ],
        console,
    )
    _print_more(len(results) - len(shown), console, language)


def _print_failures(failures: Sequence[BatchResult], console: Console, language: Language) -> None:
    if not failures:
        return
    heading = say_number(
        len(failures),
        "{count} batch could not be prepared:",
        "{count} batches could not be prepared:",
    )
    console.print()
    print_filled(in_language(heading, language), console, style="bold red")
    for each in failures[:_MOST_ROWS]:
        words = say("{source}: {reason}", source=each.name, reason=each.message)
        print_filled(in_language(words, language), console, indent_cells=2, mark="[red]✗[/] ")
        if each.hint:
            print_filled(in_language(each.hint, language), console, indent_cells=2, style="dim")
    _print_more(len(failures) - len(failures[:_MOST_ROWS]), console, language)


def _print_more(more: int, console: Console, language: Language) -> None:
    if more > 0:
        said = say_number(more, "and {count} more", "and {count} more")
        print_filled(in_language(said, language), console, indent_cells=2)


def _time(seconds: float) -> str:
    """A moment as the clock on the wall shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return "?"
