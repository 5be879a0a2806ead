"""What a scan changes and what is done next, case by case; test_ledger_model.py has the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.watch.batch import Batch, BatchSettings, Outcome
from photoprep.watch.found import LOOSE, FoundBatch, content_of
from photoprep.watch.ledger import Ledger
from photoprep.watch.plan import (
    after,
    changes,
    forgettable,
    next_batch,
    next_due,
    worth_reading,
)
from tests.watch.scans import DAY, NOW, folder, loose, queued, scan, see, settings_of, told

PICTURES = (("1.jpg", 1, 1), ("2.jpg", 2, 2))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "out" / ".photoprep-watch" / "ledger.db") as opened:
        yield opened


def finish(ledger: Ledger, name: str) -> None:
    hashes = {path: path.partition("/")[2] for path in ledger.begin(name, NOW).files}
    content = content_of(name, hashes)
    ledger.end(name, Outcome(0), "done", 0, now=NOW, content=content, files=hashes)


def test_a_renamed_folder_is_what_it_is(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    finish(ledger, "A")
    assert told(see(ledger)) == [("Gone", "A")]  # seen between two steps of a slow rename
    assert told(see(ledger, folder("B", *PICTURES))) == [("Renamed", "B")]
    assert ledger.batches()["B"].state == "done"
    assert ledger.batches()["B"].output == "A"
    assert see(ledger, folder("B", *PICTURES)) == []
    assert next_batch(ledger.batches(), NOW) is None


def test_two_that_look_alike_are_not_guessed(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES), folder("B", *PICTURES))
    seen = see(ledger, folder("C", *PICTURES))
    assert told(seen) == [("New", "C"), ("Gone", "A"), ("Gone", "B")]


def test_one_that_became_two_is_not_guessed(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    seen = see(ledger, folder("B", *PICTURES), folder("C", *PICTURES))
    assert told(seen) == [("New", "B"), ("New", "C"), ("Gone", "A")]


def test_a_copy_is_another_enquiry(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    assert told(see(ledger, folder("A", *PICTURES), folder("B", *PICTURES))) == [("New", "B")]


def test_another_customer_makes_another_enquiry_of_it(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    found = [folder("B", *PICTURES)]
    seen = changes(
        ledger.batches(), found, scan(found), lambda _: BatchSettings("trade-email", "C2"), NOW, DAY
    )
    assert told(seen) == [("New", "B"), ("Gone", "A")]


def test_a_folder_that_was_copied_over_is_known_by_its_contents(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    finish(ledger, "A")
    copied = folder("B", ("1.jpg", 1, 77), ("2.jpg", 2, 78))
    other = folder("C", ("3.jpg", 1, 77))
    assert worth_reading(ledger.batches(), [copied, other], scan([copied, other])) == [copied]
    contents = {"B": content_of("B", {"B/1.jpg": "1.jpg", "B/2.jpg": "2.jpg"})}
    found = [copied]
    seen = changes(ledger.batches(), found, scan(found), settings_of, NOW, DAY, contents)
    assert told(seen) == [("Renamed", "B")]
    assert seen[0].batch.state == "done"
    assert told(changes(ledger.batches(), found, scan(found), settings_of, NOW, DAY)) == [
        ("New", "B"),
        ("Gone", "A"),
    ]


def test_a_folder_renamed_while_it_is_worked_on_waits_for_the_end(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    ledger.begin("A", NOW)
    assert see(ledger, folder("B", *PICTURES)) == []
    ledger.end("A", Outcome(75, is_passing=True), "later", NOW + 5, now=NOW)
    assert told(see(ledger, folder("B", *PICTURES))) == [("Renamed", "B")]
    assert ledger.batches()["B"].state == "queued"
    assert set(ledger.batches()) == {"B"}


def test_what_changes_is_queued_and_what_does_not_is_left(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES), folder("B", *PICTURES))
    finish(ledger, "A")
    finish(ledger, "B")
    seen = see(ledger, folder("A", *PICTURES, ("3.jpg", 3, 3)), folder("B", *PICTURES))
    assert told(seen) == [("Changed", "A")]
    assert (ledger.batches()["A"].state, ledger.batches()["B"].state) == ("queued", "done")


def test_other_settings_queue_it(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES))
    ledger.end("A", Outcome(78), "failed", 0, now=NOW)
    found = [folder("A", *PICTURES)]
    better = BatchSettings("trade-email", contents="2")
    seen = changes(ledger.batches(), found, scan(found), lambda _: better, NOW, DAY)
    assert told(seen) == [("SettingsChanged", "A")]
    assert (seen[0].batch.state, seen[0].batch.settings) == ("queued", better)


def test_an_emptied_folder_is_gone_and_one_out_of_sight_is_not(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES), folder("B", *PICTURES))
    blind = FoundBatch("B", (), unreadable="no rights")
    assert told(see(ledger, folder("A"), blind)) == [("Gone", "A")]
    assert see(ledger, folder("New"), blind) == []


def test_what_comes_back_as_it_was_is_not_redone(ledger: Ledger) -> None:
    see(ledger, folder("A", *PICTURES), folder("B", ("1.jpg", 5, 5)))
    finish(ledger, "A")
    see(ledger)
    seen = see(ledger, folder("A", *PICTURES), folder("B", ("1.jpg", 5, 5)))
    assert [(c.batch.name, c.batch.state) for c in seen] == [("A", "done"), ("B", "queued")]


def test_a_name_used_again_does_not_cost_the_earlier_output(ledger: Ledger) -> None:
    for number, output in ((1, "A"), (2, "A-2"), (3, "A-3")):
        found = [folder("A", ("1.jpg", number, number))]
        there = {f"A-{each}" for each in range(2, number)} | {"A"}
        seen = changes(
            ledger.batches(),
            found,
            scan(found),
            settings_of,
            NOW,
            DAY,
            files_of=ledger.files,
            outputs_there=there.copy,
        )
        ledger.apply(seen)
        assert told(seen) == [("New", "A")]
        assert ledger.batches()["A"].output == output
        finish(ledger, "A")
        see(ledger)
    # One picture of it is still there: the same enquiry.
    see(ledger, folder("A", ("1.jpg", 3, 3), ("2.jpg", 9, 9)))
    assert ledger.batches()["A"].output == "A-3"


def test_loose_pictures_are_batches_of_the_day(ledger: Ledger) -> None:
    assert told(see(ledger, loose(("x", 1, 1)))) == [("LooseBatch", "2026-11-29")]
    assert told(see(ledger, loose(("x", 1, 1), ("y", 1, 1)))) == [("LooseBatch", "2026-11-29-2")]
    finish(ledger, "2026-11-29")
    finish(ledger, "2026-11-29-2")
    seen = see(ledger, loose(("x", 1, 1), ("y", 1, 2), ("z", 1, 1)))
    assert told(seen) == [("Changed", "2026-11-29-2"), ("LooseBatch", "2026-11-29-3")]
    assert told(see(ledger, loose(("y", 1, 2), ("z", 1, 1)))) == [("Gone", "2026-11-29")]
    # A camera gives its names again.
    seen = see(ledger, loose(("x", 9, 9), ("y", 1, 2), ("z", 1, 1)))
    assert told(seen) == [("LooseBatch", "2026-11-29-4")]
    assert ledger.loose_files()["x"] == "2026-11-29-4"


def test_loose_pictures_under_way_make_no_batch(ledger: Ledger) -> None:
    found = [loose(("x", 1, 1))]
    assert changes(ledger.batches(), [], scan(found), settings_of, NOW, DAY) == ()
    folder_of_that_name = folder("2026-11-29", *PICTURES)
    see(ledger, folder_of_that_name)
    assert told(see(ledger, folder_of_that_name, *found)) == [("LooseBatch", "2026-11-29-2")]


def test_a_retry_comes_behind_what_was_queued_and_before_what_came_since(ledger: Ledger) -> None:
    def next_name(now: float) -> str:
        batch = next_batch(ledger.batches(), now)
        return batch.name if batch else ""

    one, two, three = (folder(name, (name, 1, 1)) for name in ("z1", "y2", "x3"))
    see(ledger, one, two)
    ledger.begin("z1", NOW)
    ledger.end("z1", Outcome(75, is_passing=True), "later", NOW + 5, now=NOW)
    see(ledger, one, two, three)
    assert next_name(NOW + 6) == "y2"
    finish(ledger, "y2")
    assert next_name(NOW + 4) == "x3"
    assert next_name(NOW + 6) == "z1"
    only = next_batch(ledger.batches(), NOW + 6, settled={"x3"})
    assert only is not None
    assert only.name == "x3"


def test_loose_batches_are_settled_as_what_they_are_found_as() -> None:
    batch = replace(queued("2026-11-29"), kind="loose")
    assert next_batch({batch.name: batch}, NOW, settled={LOOSE}) == batch
    assert next_batch({batch.name: batch}, NOW, settled={"2026-11-29"}) is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(0), "done"),
        (Outcome(1, failed=1), "done"),
        (Outcome(3), "done"),
        (Outcome(1, is_passing=True), "later"),
        (Outcome(73, is_passing=True), "later"),
        (Outcome(65), "failed"),
        (Outcome(66), "failed"),
        (Outcome(70), "failed"),
        (Outcome(78), "failed"),
    ],
)
def test_what_comes_after_an_outcome(outcome: Outcome, state: str) -> None:
    assert after(queued(attempts=1), outcome, NOW)[0] == state


def test_waits_grow_and_are_bounded() -> None:
    passing = Outcome(75, is_passing=True)
    waits = [after(queued(attempts=n), passing, NOW)[1] - NOW for n in (1, 2, 3, 4, 5, 6, 5000)]
    assert waits == [5, 15, 60, 300, 900, 900, 900]


@given(
    st.integers(1, 10),
    st.floats(0, 4e9),
    st.floats(-4e9, 4e9, allow_nan=False),
)
def test_no_jump_of_the_clock_makes_a_wait_longer(attempts: int, then: float, jump: float) -> None:
    batch = queued(attempts=attempts)
    state, next_try = after(batch, Outcome(75, is_passing=True), then)
    waits: dict[str, Batch] = {"A": replace(batch, state=state, next_try=next_try)}
    longest = next_try - then
    now = then + jump
    due = next_due(waits, now)
    assert due is not None
    assert 0 <= due - now <= longest + 1e-6
    assert next_batch(waits, due) is not None


def test_nothing_waits_for_nothing() -> None:
    states = ("done", "failed", "gone", "running")
    batches = {state: queued(state, state=state) for state in states}
    assert next_due(batches, NOW) is None
    assert next_batch(batches, NOW) is None
    assert next_due({"A": queued()}, NOW) == NOW


def test_of_what_is_gone_the_last_are_kept() -> None:
    batches = {f"B{n}": queued(f"B{n}", n, state="gone") for n in range(5)}
    batches["there"] = queued("there", 0)
    assert forgettable(batches, keep=2) == ["B0", "B1", "B2"]
    assert forgettable(batches) == []
