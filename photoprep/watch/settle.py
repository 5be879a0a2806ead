"""When a batch is ready: a state machine over looks and their times, without a clock or a disk.

A batch is quiet when two looks that lie the quiet time apart see the same, and no look between them
saw anything else. Only equality counts, not what a file's time says: clocks of other machines are
wrong, and copies keep the times of what they copy. A long silence between two looks (the machine
slept, and whoever writes may have slept with it) proves nothing by itself: the quiet time begins
anew after it, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from photoprep.watch.found import FoundBatch, Scan

Hindrance = Literal["changing", "under-way", "unreadable", "empty"]

# An empty file is usually one whose content is still to come; one that stays empty is taken at
# last, and prepare says so of it.
EMPTY_FILE_FACTOR = 6
# A look that comes later than this many quiet times after the one before, and than as many
# scans take, was held up by something.
_GAP_QUIET_TIMES = 3
_GAP_SCANS = 3
# A look that was to come so late would be taken for a late one.
_LONGEST_QUIET_TIMES = 2
# What waits long is asked after seldom: a tenth of its waiting goes by between two looks.
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that is not ready, and why.

    ``since_s`` is when that reason was first seen, by the clock of the looks; ``names`` are the
    paths of what is under way, or the sentence of what refused.
    """

    batch: FoundBatch
    why: Hindrance
    since_s: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One batch as it was last seen; it has looked so since ``since_s``, the end of a scan."""

    batch: FoundBatch
    since_s: float
    why: Hindrance | None
    why_since_s: float
    is_past_a_gap: bool = False


@dataclass(frozen=True, slots=True)
class SettleState:
    """What was seen at the last look. Begin with ``SettleState()``; it keeps no vanished batch."""

    looked_s: float | None = None
    _seen: Mapping[str, _Seen] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Settled:
    """What a look leads to: the next state, and each batch either ready or waiting.

    A batch that was ready and looks the same is the very same object as before, so that what is
    reckoned from it (its fingerprint) is reckoned once. ``next_look_s`` is in how many seconds
    another look can first tell something new, where no event comes before; None where all is ready
    or empty.
    """

    state: SettleState
    ready: tuple[FoundBatch, ...]
    waiting: tuple[Waiting, ...]
    next_look_s: float | None


def settled(state: SettleState, scan: Scan, now_s: float, quiet_s: float) -> Settled:
    """Which batches are ready by a scan that began at ``now_s``.

    ``now_s`` is by a clock that knows no dates (``time.monotonic``); where it steps back all the
    same, quiet times begin anew. They run from the end of one scan to the beginning of another,
    because within a slow scan nobody knows when which file was looked at.
    """
    looked_s = state.looked_s if state.looked_s is not None else now_s
    usual_s = _GAP_QUIET_TIMES * quiet_s + _GAP_SCANS * scan.took_s
    moment = _Moment(
        now_s,
        now_s + scan.took_s,
        quiet_s,
        is_after_a_gap=now_s - looked_s > usual_s,
        is_set_back=now_s < looked_s,
    )
    seen = {
        batch.name: _look_at(batch, state._seen.get(batch.name), moment) for batch in scan.batches
    }
    waiting = tuple(_waiting(one, one.why) for one in seen.values() if one.why is not None)
    return Settled(
        SettleState(now_s, MappingProxyType(seen)),
        ready=tuple(one.batch for one in seen.values() if one.why is None),
        waiting=waiting,
        next_look_s=min(
            (
                _next_look_s(one, moment)
                for one in seen.values()
                if one.why is not None and one.why != "empty"
            ),
            default=None,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    now_s: float
    end_s: float
    quiet_s: float
    is_after_a_gap: bool
    is_set_back: bool


def _look_at(batch: FoundBatch, known: _Seen | None, moment: _Moment) -> _Seen:
    """What is known of a batch after one more look."""
    now_s = moment.now_s
    if known is None or known.batch.look != batch.look:
        why = _hindrance(batch) or "changing"
        return _Seen(batch, moment.end_s, why, _why_since_s(known, why, moment))
    if known.why is None:
        return known
    begins_anew = moment.is_set_back or (moment.is_after_a_gap and not known.is_past_a_gap)
    seen = replace(
        known,
        since_s=moment.end_s if begins_anew else known.since_s,
        is_past_a_gap=known.is_past_a_gap or moment.is_after_a_gap,
    )
    hindrance = _hindrance(batch)
    if hindrance is None and now_s - seen.since_s >= _needed_s(batch, moment):
        return replace(seen, why=None)
    why = hindrance or "changing"
    return replace(seen, why=why, why_since_s=_why_since_s(known, why, moment))


def _hindrance(batch: FoundBatch) -> Hindrance | None:
    """Why a batch could not be ready, however long it stayed as it is."""
    if batch.unreadable:
        return "unreadable"
    if batch.under_way:
        return "under-way"
    return None if batch.files else "empty"


def _why_since_s(known: _Seen | None, why: Hindrance, moment: _Moment) -> float:
    if known is None or known.why != why:
        return moment.now_s
    return min(known.why_since_s, moment.now_s)


def _needed_s(batch: FoundBatch, moment: _Moment) -> float:
    has_empty = any(file.size_bytes == 0 for file in batch.files)
    return moment.quiet_s * (EMPTY_FILE_FACTOR if has_empty else 1)


def _waiting(seen: _Seen, why: Hindrance) -> Waiting:
    names = {"under-way": seen.batch.under_way, "unreadable": (seen.batch.unreadable,)}
    return Waiting(seen.batch, why, seen.why_since_s, names.get(why, ()))


def _next_look_s(seen: _Seen, moment: _Moment) -> float:
    if seen.why == "changing":
        left_s = max(0.0, seen.since_s + _needed_s(seen.batch, moment) - moment.end_s)
        return min(left_s, _LONGEST_QUIET_TIMES * moment.quiet_s)
    return max(moment.quiet_s, (moment.now_s - seen.why_since_s) / _PATIENCE)
