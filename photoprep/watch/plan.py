"""What a scan changes, and what is done next: arithmetic on the ledger, a scan and a time.

Nothing here trusts the clock. Who waits in the queue has a place in it, a number; a try that is due
later than its longest wait after now was dated by a clock that has been put back, and is due.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from photoprep.errors import ExitCode
from photoprep.watch.backoff import delay_s
from photoprep.watch.batch import Batch, BatchKind, BatchSettings, BatchState, KnownFile, Outcome
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
from photoprep.watch.found import LOOSE, FoundBatch, FoundFile, Scan, fingerprint, within
from photoprep.watch.output_names import output_name

_DONE = frozenset({ExitCode.DONE, ExitCode.SOME_FAILED, ExitCode.FINDINGS})

SettingsOf = Callable[[FoundBatch], BatchSettings]
"""The settings of a folder, or of loose pictures. It must not fail: what is wrong with them stands
for something in ``contents``, so that another mistake, or its correction, is a change."""

FilesOf = Callable[[str], Mapping[str, KnownFile]]


def forgettable(ledger: Mapping[str, Batch], keep: int = 1000) -> list[str]:
    """Batches that are gone beyond the last ``keep`` of them: a daemon runs for years."""
    gone = [batch for batch in ledger.values() if batch.state == "gone"]
    gone.sort(key=lambda batch: batch.place)
    return [batch.name for batch in gone[: max(0, len(gone) - keep)]]


def after(batch: Batch, outcome: Outcome, now: float) -> tuple[BatchState, float]:
    """The state of a batch after a try, and when the next one is due (0: none is).

    ``batch`` is as ``Ledger.begin`` left it: its ``attempts`` count this try.
    """
    if outcome.is_passing:
        return "later", now + delay_s(batch.attempts)
    return ("done" if outcome.exit_code in _DONE else "failed"), 0.0


def next_batch(
    batches: Mapping[str, Batch], now: float, settled: Container[str] | None = None
) -> Batch | None:
    """The batch to be worked on next: of those that are due the one that waits longest.

    A retry waits from when it failed, so that it comes after all that were queued by then, and
    before what came since. Of ``settled`` batches only, where that is told: names as they are found
    (``LOOSE`` for loose pictures).
    """
    due = [
        batch
        for batch in batches.values()
        if _due_at(batch, now) == now and (settled is None or found_name(batch) in settled)
    ]
    return min(due, key=lambda batch: (batch.place, batch.name), default=None)


def next_due(batches: Mapping[str, Batch], now: float) -> float | None:
    """When the next batch is due: now or later; None where none waits."""
    times = (_due_at(batch, now) for batch in batches.values())
    return min((at for at in times if at is not None), default=None)


def _due_at(batch: Batch, now: float) -> float | None:
    """When a batch is due, now or later; None where it waits for nothing."""
    if batch.state == "queued":
        return now
    if batch.state != "later":
        return None
    longest_s = delay_s(max(batch.attempts, batch.deaths))
    return batch.next_try if 0 < batch.next_try - now <= longest_s else now


def found_name(batch: Batch) -> str:
    """The name under which a scan finds it."""
    return LOOSE if batch.kind == "loose" else batch.name


def changes(
    ledger: Mapping[str, Batch],
    ready: Sequence[FoundBatch],
    scan: Scan,
    settings_of: SettingsOf,
    now: float,
    day: datetime.date,
    contents: Mapping[str, str] | None = None,
    files_of: FilesOf = lambda _name: {},
    outputs_there: Callable[[], Iterable[str]] = tuple,
) -> tuple[Change, ...]:
    """What is to be recorded of a scan; nothing where it found all as the ledger has it.

    ``ready`` are the batches that have settled, each as it is in ``scan``; ``day`` is the local
    one. ``contents`` are ``content_of`` folders by name, for those that ``worth_reading`` told.
    Batches that are being worked on are left alone until they are done.

    A done folder that went and comes back without any of its files is another enquiry of the same
    name, and gets an output of its own, so that the earlier one's stays. ``files_of`` gives a
    batch's files (``Ledger.files``), ``outputs_there`` the names that lie in the output.
    """
    writer = _Writer(ledger, settings_of, files_of, outputs_there, now)
    folders = [batch for batch in ready if batch.name != LOOSE and _is_whole(batch)]
    present = {batch.name for batch in scan.batches if batch.files or batch.unreadable}
    renamed = _renamed(ledger, folders, present, settings_of, contents or {})
    for batch in folders:
        if batch.name in renamed:
            writer.rename(renamed[batch.name], batch)
        else:
            writer.look_at(batch)
    writer.look_for_gone(present)
    loose = next((batch for batch in scan.batches if batch.name == LOOSE), FoundBatch(LOOSE, ()))
    if not loose.unreadable:
        is_ready = any(batch.name == LOOSE and _is_whole(batch) for batch in ready)
        writer.look_at_loose(loose, day, is_ready=is_ready)
    return tuple(writer.changes)


def worth_reading(
    ledger: Mapping[str, Batch], ready: Sequence[FoundBatch], scan: Scan
) -> list[FoundBatch]:
    """New folders of which only their contents tell whether they are known ones, renamed.

    They have files of the same names as a folder that is missing, with other times or sizes.
    """
    present = {batch.name for batch in scan.batches if batch.files or batch.unreadable}
    missing = [batch for batch in ledger.values() if _is_missing(batch, present) and batch.content]
    names = {tuple(sorted(within(batch.name, path) for path in batch.files)) for batch in missing}
    shapes = {batch.shape for batch in missing}
    return [
        found
        for found in ready
        if found.name not in ledger
        and found.files
        and found.shape not in shapes
        and tuple(sorted(within(found.name, file.path) for file in found.files)) in names
    ]


def _is_whole(found: FoundBatch) -> bool:
    """Whether it is known what lies in it, and that is something."""
    return bool(found.files) and not found.unreadable


def _is_missing(batch: Batch, present: Container[str]) -> bool:
    return batch.kind == "folder" and batch.name not in present


def _renamed(
    ledger: Mapping[str, Batch],
    folders: Sequence[FoundBatch],
    present: Container[str],
    settings_of: SettingsOf,
    contents: Mapping[str, str],
) -> dict[str, Batch]:
    """The earlier batch of each found folder that is a known one under another name.

    Those that look alike, else those that hold the same; nothing is guessed where two come into
    question, on either side. Another preset or customer makes another enquiry of it.
    """
    missing = [batch for batch in ledger.values() if _is_missing(batch, present)]
    if not missing:
        return {}
    unknown = [found for found in folders if not _is_known(ledger.get(found.name), found)]
    pairs: dict[str, Batch] = {}
    for of_batch, of_found in (
        (lambda batch: batch.shape, lambda found: found.shape),
        (lambda batch: batch.content, lambda found: contents.get(found.name, "")),
    ):
        pairs |= _matched(
            [batch for batch in missing if batch not in pairs.values()],
            [found for found in unknown if found.name not in pairs],
            of_batch,
            of_found,
        )
    return {
        found.name: pairs[found.name]
        for found in unknown
        if found.name in pairs and _is_same_enquiry(settings_of(found), pairs[found.name].settings)
    }


def _matched(
    missing: Iterable[Batch],
    unknown: Iterable[FoundBatch],
    of_batch: Callable[[Batch], str],
    of_found: Callable[[FoundBatch], str],
) -> dict[str, Batch]:
    """Which missing batch each found one is, by equal marks that no other has."""
    by_mark: dict[str, list[Batch]] = {}
    for batch in missing:
        by_mark.setdefault(of_batch(batch), []).append(batch)
    marks = {found.name: of_found(found) for found in unknown}
    often = Counter(marks.values())
    return {
        name: by_mark[mark][0]
        for name, mark in marks.items()
        if mark and often[mark] == 1 and len(by_mark.get(mark, ())) == 1
    }


def _is_known(batch: Batch | None, found: FoundBatch) -> bool:
    """Whether the ledger has it under its name: looking as it does, or not gone at all."""
    return batch is not None and (batch.state != "gone" or batch.fingerprint == found.fingerprint)


def _is_same_enquiry(settings: BatchSettings, other: BatchSettings) -> bool:
    return (settings.preset, settings.customer) == (other.preset, other.customer)


class _Writer:
    """Collects changes, and gives out names, outputs and places that are still free."""

    def __init__(
        self,
        ledger: Mapping[str, Batch],
        settings_of: SettingsOf,
        files_of: FilesOf,
        outputs_there: Callable[[], Iterable[str]],
        now: float,
    ) -> None:
        self.changes: list[Change] = []
        self._ledger = ledger
        self._settings_of = settings_of
        self._files_of = files_of
        self._outputs_there = outputs_there
        self._now = now
        self._place = max((batch.place for batch in ledger.values()), default=0)
        self._outputs = {batch.output for batch in ledger.values()}
        self._names = set(ledger)
        self._moved: set[str] = set()

    def look_at(self, found: FoundBatch) -> None:
        """A folder under its own name."""
        batch = self._ledger.get(found.name)
        if batch is not None and self._is_another(batch, found):
            self._outputs |= set(self._outputs_there())
            batch = None
        if batch is None:
            self.changes.append(New(self._new(found, found.name, "folder"), found.files))
        elif batch.state != "running":
            self._look_again(batch, found)

    def rename(self, batch: Batch, found: FoundBatch) -> None:
        """A folder that was known under another name; one that is being worked on waits."""
        self._moved.add(batch.name)
        if batch.state == "running":
            return
        was = batch.was if batch.state == "gone" else batch.state
        named = replace(
            batch,
            name=found.name,
            fingerprint=found.fingerprint,
            shape=found.shape,
            state=was,
        )
        # Whatever else came of it may have come of its vanishing.
        if was != "done":
            named = self._queued(named, self._settings_of(found))
        self._names.add(found.name)
        self.changes.append(Renamed(batch.name, named, found.files))

    def look_for_gone(self, present: Container[str]) -> None:
        """Folders of which nothing lies there any more."""
        for batch in self._ledger.values():
            if _is_missing(batch, present) and batch.name not in self._moved:
                self._gone(batch)

    def look_at_loose(self, loose: FoundBatch, day: datetime.date, *, is_ready: bool) -> None:
        """Loose pictures: those of a known batch are its own, the others are a new one."""
        found = {file.path: file for file in loose.files}
        batches = [batch for batch in self._ledger.values() if batch.kind == "loose"]
        batches.sort(key=lambda batch: batch.state == "gone")
        for batch in batches:
            own = tuple(found[path] for path in batch.files if path in found)
            if batch.state == "gone" and not _is_all_of(batch, own):
                continue  # a camera gives its names again: another picture is another enquiry
            for file in own:
                del found[file.path]
            if not own:
                self._gone(batch)
            elif is_ready and batch.state != "running":
                self._look_again(batch, FoundBatch(LOOSE, own))
        if found and is_ready:
            name = _name_of_day(day, self._names)
            files = tuple(found.values())
            batch = self._new(FoundBatch(LOOSE, files), name, "loose")
            self.changes.append(LooseBatch(batch, files))

    def _look_again(self, batch: Batch, found: FoundBatch) -> None:
        """A batch that is known under the name that it is found with."""
        settings = self._settings_of(found)
        fingerprint_now = found.fingerprint
        looks_as_before = batch.fingerprint == fingerprint_now
        shape = batch.shape if looks_as_before or batch.kind == "loose" else found.shape
        seen = replace(batch, fingerprint=fingerprint_now, shape=shape)
        if batch.state == "gone":
            if looks_as_before and batch.was == "done" and batch.settings == settings:
                self.changes.append(Back(replace(seen, state="done"), found.files))
            else:
                self.changes.append(Back(self._queued(seen, settings), found.files))
        elif not looks_as_before:
            self.changes.append(Changed(self._queued(seen, settings), found.files))
        elif batch.settings != settings:
            self.changes.append(SettingsChanged(self._queued(seen, settings)))

    def _is_another(self, batch: Batch, found: FoundBatch) -> bool:
        """Whether an enquiry that was done and went has left no more than its name."""
        if batch.state != "gone" or batch.was != "done" or batch.fingerprint == found.fingerprint:
            return False
        known = self._files_of(batch.name)
        return bool(known) and not any(
            file.path in known
            and (file.size_bytes, file.mtime_ns)
            == (known[file.path].size_bytes, known[file.path].mtime_ns)
            for file in found.files
        )

    def _gone(self, batch: Batch) -> None:
        if batch.state not in ("gone", "running"):
            self.changes.append(Gone(replace(batch, state="gone", was=batch.state)))

    def _new(self, found: FoundBatch, name: str, kind: BatchKind) -> Batch:
        output = output_name(name, self._outputs)
        self._outputs.add(output)
        self._names.add(name)
        batch = Batch(
            name=name,
            kind=kind,
            output=output,
            fingerprint=found.fingerprint,
            shape=found.shape if kind == "folder" else "",
            settings=BatchSettings(""),
        )
        return self._queued(batch, self._settings_of(found))

    def _queued(self, batch: Batch, settings: BatchSettings) -> Batch:
        """The batch in the queue, with all tries before it; who waits there keeps the place."""
        if batch.state != "queued" or not batch.place:
            self._place += 1
            batch = replace(batch, place=self._place, queued_at=self._now)
        return replace(batch, state="queued", settings=settings, attempts=0, deaths=0, next_try=0.0)


def _is_all_of(batch: Batch, own: Sequence[FoundFile]) -> bool:
    """Whether a loose batch that was gone is there again: all of it, looking as it did.

    How it looked is not known of one whose ledger was lost.
    """
    if len(own) < len(batch.files):
        return False
    return bool(own) and batch.fingerprint in ("", fingerprint(own))


def _name_of_day(day: datetime.date, taken: Container[str]) -> str:
    """The day, with a number behind it where there is a batch of that name already."""
    name, number = day.isoformat(), 1
    while name in taken:
        number += 1
        name = f"{day.isoformat()}-{number}"
    return name
