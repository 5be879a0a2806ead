"""What there is to say of a batch in the log: one event each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from photoprep.language import say, say_both, say_list, say_number, unpacked
from photoprep.watch.batch import Batch, Outcome
from photoprep.watch.change import (
    Back,
    Change,
    Changed,
    Gone,
    LooseBatch,
    New,
    Renamed,
    SettingsChanged,
)
from photoprep.watch.log import Event, Level
from photoprep.watch.settle import Waiting

_NAMED = 3
# Before that it is no news that a batch changes.
_LONG_S = 60.0


def of_change(change: Change) -> Event:
    """What a scan found, and what follows from it."""
    batch = change.batch
    match change:
        case New() | LooseBatch():
            sentence = say_number(
                len(change.files), "Queued, {count} file.", "Queued, {count} files."
            )
            return Event("queued", sentence, batch.name)
        case Changed():
            return Event("queued", say("Its files have changed."), batch.name)
        case SettingsChanged():
            return Event("queued", say("Its settings have changed."), batch.name)
        case Back() if batch.state == "done":
            return Event("queued", say("It is back, as it was; nothing is to be done."), batch.name)
        case Back():
            return Event("queued", say("It is back."), batch.name)
        case Gone():
            return Event("gone", say("It is gone; what came of it stays."), batch.name)
        case Renamed():
            sentence = say(
                "It was {old} before; what came of it stays in {output}.",
                old=change.old,
                output=batch.output,
            )
            return Event("renamed", sentence, batch.name, figures={"was": change.old})


def of_beginning(batch: Batch) -> Event:
    """That the work on it begins."""
    sentence = say("At work.")
    if batch.attempts > 1:
        sentence = say("At work, try {number}.", number=batch.attempts)
    return Event("begun", sentence, batch.name, figures={"attempt": batch.attempts})


def of_end(batch: Batch, outcome: Outcome, now: float) -> Event:
    """What came of a try. ``batch`` is as the ledger has it afterwards."""
    took_s = max(0.0, batch.ended_at - batch.begun_at)
    figures: dict[str, str | int | float | bool] = {
        "exit_code": int(outcome.exit_code),
        "prepared": outcome.prepared,
        "failed": outcome.failed,
        "mails": outcome.mails,
        "findings": outcome.findings,
        "output": batch.output,
        "took_s": round(took_s, 3),
        "attempt": batch.attempts,
    }
    message, hint = unpacked(outcome.message), unpacked(outcome.hint)
    if batch.state == "later":
        wait_s = max(0.0, batch.next_try - now)
        again = say("It is tried again in {wait}.", wait=duration(wait_s))
        figures["next_try_s"] = round(wait_s, 1)
        return Event("later", say_both(message, again), batch.name, hint, "warning", figures)
    if batch.state == "failed":
        return Event("failed", message or result(outcome), batch.name, hint, "error", figures)
    level: Level = "warning" if outcome.failed else "info"
    done = say("Done: {result}", result=result(outcome))
    return Event("done", done, batch.name, level=level, figures=figures)


def of_bug(batch: Batch, trace: str) -> Event:
    """What a bug, or a process that died, left behind for whoever mends it."""
    return Event("bug", trace, batch.name, level="error")


def result(outcome: Outcome) -> str:
    """What a run made, in a sentence."""
    photos = say_number(outcome.prepared, "{count} photo", "{count} photos")
    mails = say_number(outcome.mails, "{count} mail", "{count} mails")
    made = say("{photos}, {mails}.", photos=photos, mails=mails)
    if not outcome.failed:
        return made
    failed = say_number(
        outcome.failed,
        "{count} picture could not be prepared; the report says why.",
        "{count} pictures could not be prepared; the report says why.",
    )
    return say_both(made, failed)


def duration(seconds: float) -> str:
    """How long, as people say it."""
    if seconds < 100:
        return say_number(round(seconds), "{count} second", "{count} seconds")
    return say_number(round(seconds / 60), "{count} minute", "{count} minutes")


def local_time(wall_s: float) -> str:
    """A moment by the local clock, to the second; empty for one that no calendar has."""
    try:
        return f"{datetime.fromtimestamp(wall_s, UTC).astimezone():%H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return ""


def reason_of(waiting: Waiting, now_s: float) -> str:
    """Why a batch is not ready, and since when."""
    since = duration(max(0.0, now_s - waiting.since_s))
    match waiting.why:
        case "under-way":
            named = say_list(name.rpartition("/")[2] for name in waiting.names[:_NAMED])
            return say("A transfer is under way, for {since}: {names}", since=since, names=named)
        case "unreadable":
            return waiting.names[0] if waiting.names else say("It cannot be looked through.")
        case "empty":
            return say("It is empty.")
        case "changing":
            if now_s - waiting.since_s < _LONG_S:
                return say("It is ready when nothing in it changes any more.")
            return say("Its files keep changing, for {since}.", since=since)


def of_waiting(waiting: Waiting, now_s: float) -> Event:
    """That a batch has waited for so long that somebody should look."""
    hint = {
        "under-way": say("If it was broken off, finish it anew, or remove what it left."),
        "unreadable": say("Check the disk or network share, and your rights to it."),
    }.get(waiting.why, "")
    return Event(
        "waiting",
        reason_of(waiting, now_s),
        waiting.batch.name,
        hint,
        "warning",
        {"why": waiting.why, "waited_s": round(now_s - waiting.since_s)},
    )


def of_changes(changes: tuple[Change, ...]) -> Iterator[Event]:
    """One event a change."""
    yield from map(of_change, changes)
