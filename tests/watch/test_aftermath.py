"""What comes after a batch, in its thread: held while it moves, tried again, never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from photoprep.watch.aftermath import Aftermath
from photoprep.watch.batch import Batch, BatchSettings, Outcome
from photoprep.watch.chores import Came, Chore
from photoprep.watch.found import LOOSE
from photoprep.watch.log import Event

AGAIN_S = 0.05


def chore(name: str = "Boxes", *, moves: bool = True, kind: str = "folder") -> Chore:
    batch = Batch(name, "loose" if kind == "loose" else "folder", name, "f", BatchSettings("p"))
    return Chore(batch, Outcome(0), {}, moves=moves)


class Played:
    """Does chores as the test has it; ``gate`` holds them back until it is set."""

    def __init__(self) -> None:
        self.done: list[Chore] = []
        self.gate = threading.Event()
        self.gate.set()
        self.answers: list[Callable[[Chore], Came]] = []
        self.interrupted: list[bool] = []

    def finish_interrupted(self) -> tuple[bool, tuple[Event, ...]]:
        is_over = self.interrupted.pop(0) if self.interrupted else True
        return is_over, (() if is_over else (Event("trouble", "away", level="warning"),))

    def do(self, chore: Chore) -> Came:
        assert self.gate.wait(20)
        self.done.append(chore)
        told = Came((Event("archived", f"{chore.batch.name} is moved"),))
        return self.answers.pop(0)(chore) if self.answers else told


def begun(played: Played) -> Aftermath:
    aftermath = Aftermath(played, lambda: None, again_s=AGAIN_S)
    aftermath.start()
    return aftermath


def wait_for(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.005)


def told_by(aftermath: Aftermath, count: int) -> list[Event]:
    told: list[Event] = []

    def heard() -> bool:
        told.extend(aftermath.news())
        return len(told) >= count

    wait_for(heard)
    return told


def test_a_batch_is_held_from_when_it_is_to_move_until_that_is_heard() -> None:
    played = Played()
    aftermath = begun(played)
    wait_for(lambda: not aftermath.holds("Other"))
    played.gate.clear()
    aftermath.add(chore())
    aftermath.add(chore("2026-11-29", kind="loose"))
    assert aftermath.holds("Boxes")
    assert aftermath.holds(LOOSE)
    assert aftermath.is_busy
    played.gate.set()
    wait_for(lambda: len(played.done) == 2)
    assert [event.sentence for event in told_by(aftermath, 2)] == [
        "Boxes is moved",
        "2026-11-29 is moved",
    ]
    assert not aftermath.holds("Boxes")
    assert not aftermath.holds(LOOSE)
    assert not aftermath.is_busy
    aftermath.stop(5)


def test_a_move_that_fails_holds_its_batch_until_it_is_over_and_is_told_once() -> None:
    played = Played()
    trouble = Event("trouble", "The archive is full.", "Boxes", level="warning")
    played.answers = [lambda chore: Came((trouble,), chore)] * 3
    aftermath = begun(played)
    aftermath.add(chore())
    wait_for(lambda: len(played.done) >= 3)
    assert aftermath.holds("Boxes")
    told = told_by(aftermath, 2)
    assert [event.sentence for event in told] == ["The archive is full.", "Boxes is moved"]
    assert not aftermath.holds("Boxes")
    assert not aftermath.is_busy
    aftermath.stop(5)


def test_what_is_only_handed_over_again_holds_nothing() -> None:
    played = Played()
    played.answers = [lambda chore: Came((), replace(chore, steps=("drafts",), moves=False))]
    aftermath = begun(played)
    aftermath.add(chore())
    told_by(aftermath, 1)
    assert [each.steps for each in played.done][1] == ("drafts",)
    assert not aftermath.holds("Boxes")
    aftermath.stop(5)


def test_all_is_held_until_what_a_kill_cut_short_is_over() -> None:
    played = Played()
    played.interrupted = [False, False, True]
    aftermath = begun(played)
    assert aftermath.holds("Boxes") or not played.interrupted
    aftermath.add(chore(moves=False))
    wait_for(lambda: not aftermath.holds("Boxes"))
    assert [event.sentence for event in told_by(aftermath, 2)] == ["away", "Boxes is moved"]
    aftermath.stop(5)


def test_a_bug_costs_its_chore_and_is_told() -> None:
    played = Played()

    def broken(_chore: Chore) -> Came:
        raise ZeroDivisionError("a bug")

    played.answers = [broken]
    aftermath = begun(played)
    aftermath.add(chore())
    aftermath.add(chore("Cups"))
    told = told_by(aftermath, 2)
    assert "ZeroDivisionError" in told[0].sentence
    assert told[1].sentence == "Cups is moved"
    assert not aftermath.holds("Boxes")
    aftermath.stop(5)


@pytest.mark.parametrize("waits", [False, True])
def test_it_stops_when_it_is_asked_to_even_before_it_could_begin(waits: bool) -> None:
    played = Played()
    played.interrupted = [False] * 1_000 if waits else []
    aftermath = Aftermath(played, lambda: None, again_s=3_600)
    aftermath.start()
    began_s = time.monotonic()
    aftermath.stop(20)
    assert time.monotonic() - began_s < 10
