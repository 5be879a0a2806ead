"""What the daemons' log says of a torture: how often each batch was run, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.watch.torture_batches import Arrival

KILLED = "killed"
_ENDS = {"done", "failed", "later"}


@dataclass(slots=True)
class Runs:
    """One batch, under all its names: how often it was begun, ended, put off, cut short."""

    begun: int = 0
    over: int = 0
    later: int = 0
    cut: int = 0
    is_open: bool = False


@dataclass(slots=True)
class Account:
    """All of the log. ``put_off`` counts the reasons for trying later."""

    runs: dict[str, Runs] = field(default_factory=dict)
    put_off: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    torn: int = 0

    @property
    def begun(self) -> int:
        """All runs."""
        return sum(runs.begun for runs in self.runs.values())

    @property
    def cut(self) -> int:
        """Runs that a kill cut short."""
        return sum(runs.cut for runs in self.runs.values())


def account(log: Path, arrivals: Iterable[Arrival]) -> Account:
    """Read the log; ``KILLED`` events in it are the torturer's."""
    told = Account()
    first_name = {name: arrival.names[0] for arrival in arrivals for name in arrival.names}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
            kind, name = event["event"], event["batch"]
        except (ValueError, KeyError, TypeError):
            told.torn += 1  # a kill came in the middle of a line
            continue
        told.events[kind] += 1
        if kind == "bug":
            told.bugs.append(f"{name}: {event['message']}")
        if kind == KILLED:
            for runs in told.runs.values():
                runs.cut += runs.is_open
                runs.is_open = False
        elif name:
            _count(told, told.runs.setdefault(first_name.get(name, name), Runs()), event)
    return told


def _count(told: Account, runs: Runs, event: dict[str, str]) -> None:
    kind = event["event"]
    if kind == "begun":
        runs.begun += 1
        runs.is_open = True
    elif kind in _ENDS:
        runs.is_open = False
        runs.over += kind != "later"
        runs.later += kind == "later"
        if kind == "later":
            told.put_off[event["message"]] += 1


def needless(told: Account, arrivals: Sequence[Arrival]) -> list[str]:
    """Batches that were run more often than their states, the kills and the tries put off need."""
    faults = []
    for arrival in arrivals:
        runs = told.runs.get(arrival.names[0])
        if runs is None:
            continue  # loose pictures, or one whose only run no line tells of
        most = max(1, arrival.versions) + runs.cut + runs.later
        if runs.begun > most:
            faults.append(
                f"{arrival.names[-1]} was run {runs.begun} times; {arrival.versions} states, "
                f"{runs.cut} kills and {runs.later} tries put off account for {most}"
            )
    return faults
