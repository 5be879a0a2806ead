"""The daemon's state as a ``Status``: for its file, the live table and the service manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from photoprep.language import say, say_number, unpacked
from photoprep.watch.batch import Batch
from photoprep.watch.batch_events import reason_of
from photoprep.watch.desk import Desk
from photoprep.watch.found import LOOSE
from photoprep.watch.lookout import Lookout
from photoprep.watch.settle import Waiting
from photoprep.watched import BatchResult, RunningBatch, ScanCost, Status, WaitingBatch, Watcher

_RESULTS = 20
# A folder that somebody moved with ten thousand others is not named; their number is.
_MOST_WAITING = 500


def status_of(
    watcher: Watcher,
    batches: Mapping[str, Batch],
    lookout: Lookout,
    desk: Desk,
    *,
    wall_s: float,
    monotonic_s: float,
    tells_changes: bool,
    findings: Iterable[str] = (),
    has_ended: bool = False,
) -> Status:
    """All of it, as it is now."""
    over = [batch for batch in batches.values() if batch.ended_at and batch.state != "later"]
    over.sort(key=lambda batch: -batch.ended_at)
    return Status(
        watcher=watcher,
        heartbeat=wall_s,
        running=_running(desk),
        waiting=tuple(_waiting(batches, lookout.waiting, monotonic_s))[:_MOST_WAITING],
        results=tuple(map(_result, over[:_RESULTS])),
        failures=tuple(_result(batch) for batch in over if batch.state == "failed"),
        findings=tuple(findings),
        wakes="events" if tells_changes else "polling",
        scan=ScanCost(lookout.scan.files, round(lookout.scan.took_s, 4), lookout.every_s),
        batches=sum(batch.state != "gone" for batch in batches.values()),
        has_ended=has_ended,
    )


def in_a_sentence(status: Status) -> str:
    """What the daemon is at, for ``systemctl status``."""
    waiting = say_number(len(status.waiting), "{count} batch waits", "{count} batches wait")
    if status.findings:
        return status.findings[0]
    if status.running is not None:
        return say("Preparing {batch}; {waiting}.", batch=status.running.name, waiting=waiting)
    if status.waiting:
        return say("{waiting}.", waiting=waiting)
    return say_number(
        status.batches, "Idle; {count} batch is done.", "Idle; {count} batches are done."
    )


def _running(desk: Desk) -> RunningBatch | None:
    batch, progress = desk.current, desk.progress
    if batch is None:
        return None
    if progress is None:
        return RunningBatch(batch.name, batch.output, batch.begun_at)
    return RunningBatch(
        batch.name, batch.output, batch.begun_at, progress.step, progress.done, progress.total
    )


def _waiting(
    batches: Mapping[str, Batch], settling: Iterable[Waiting], now_s: float
) -> Iterable[WaitingBatch]:
    waits = [batch for batch in batches.values() if batch.state in {"queued", "later"}]
    for batch in sorted(waits, key=lambda batch: (batch.state != "queued", batch.place)):
        if batch.state == "queued":
            yield WaitingBatch(batch.name, "queued", attempts=batch.attempts)
        else:
            reason = unpacked(batch.outcome.message)
            yield WaitingBatch(batch.name, "later", reason, batch.next_try, batch.attempts)
    for each in settling:
        if each.why != "empty":
            name = each.batch.name if each.batch.name != LOOSE else say("loose pictures")
            yield WaitingBatch(name, "settling", reason_of(each, now_s))


def _result(batch: Batch) -> BatchResult:
    outcome = batch.outcome
    return BatchResult(
        name=batch.name,
        output=batch.output,
        state=batch.state if batch.state in ("failed", "gone") else "done",
        ended_at=batch.ended_at,
        prepared=outcome.prepared,
        failed=outcome.failed,
        mails=outcome.mails,
        findings=outcome.findings,
        message=unpacked(outcome.message),
        hint=unpacked(outcome.hint),
        page=outcome.page,
    )
