"""Settling by hand: each rule once, with looks at times that the test chooses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from photoprep.watch.found import LOOSE, FoundBatch, FoundFile, Scan
from photoprep.watch.settle import EMPTY_FILE_FACTOR, Settled, SettleState, Waiting, settled

QUIET_S = 5.0

PHOTO = FoundFile("Lids/1.jpg", 1000, mtime_ns=7, inode=11)
LIDS = FoundBatch("Lids", (PHOTO,))


def scan_of(*batches: FoundBatch, took_s: float = 0) -> Scan:
    return Scan(batches, sum(len(batch.files) for batch in batches), took_s)


@dataclass
class Watch:
    """Looks one after the other."""

    state: SettleState = field(default_factory=SettleState)

    def look(self, now_s: float, *batches: FoundBatch, took_s: float = 0) -> Settled:
        result = settled(self.state, scan_of(*batches, took_s=took_s), now_s, QUIET_S)
        self.state = result.state
        return result

    def ready(self, now_s: float, *batches: FoundBatch, took_s: float = 0) -> list[str]:
        return [batch.name for batch in self.look(now_s, *batches, took_s=took_s).ready]


def test_a_batch_is_ready_once_it_was_seen_the_same_over_the_quiet_time() -> None:
    watch = Watch()
    assert watch.ready(0, LIDS) == []
    assert watch.ready(4, LIDS) == []
    assert watch.ready(5, LIDS) == ["Lids"]
    assert watch.ready(5000, LIDS) == ["Lids"]


def test_one_look_proves_nothing_however_old_the_files_are() -> None:
    assert settled(SettleState(), scan_of(LIDS), 1e9, 0.0).ready == ()


@pytest.mark.parametrize(
    "changed",
    [
        replace(LIDS, files=(replace(PHOTO, size_bytes=1001),)),
        replace(LIDS, files=(replace(PHOTO, mtime_ns=8),)),
        replace(LIDS, files=(replace(PHOTO, inode=12),)),
        replace(LIDS, files=(replace(PHOTO, path="Lids/2.jpg"),)),
        replace(LIDS, files=(PHOTO, replace(PHOTO, path="Lids/2.jpg"))),
        replace(LIDS, leading_out=("Lids/link.jpg",)),
    ],
    ids=["size", "time", "inode", "name", "one more", "a link"],
)
def test_whatever_changes_lets_the_quiet_time_begin_anew(changed: FoundBatch) -> None:
    watch = Watch()
    watch.look(0, LIDS)
    assert watch.ready(5, changed) == []
    assert watch.ready(9, changed) == []
    assert watch.ready(10, changed) == ["Lids"]
    assert watch.ready(11, LIDS) == []


def test_a_change_and_back_between_two_quiet_looks_is_not_quiet() -> None:
    watch = Watch()
    watch.look(0, LIDS)
    watch.look(3, replace(LIDS, files=()))
    assert watch.ready(6, LIDS) == []
    assert watch.ready(11, LIDS) == ["Lids"]


def test_one_batch_does_not_hold_up_another() -> None:
    watch = Watch()
    boxes = FoundBatch("Boxes", (replace(PHOTO, path="Boxes/1.jpg"),))
    watch.look(0, LIDS, boxes)
    grown = replace(boxes, files=(replace(boxes.files[0], size_bytes=2000),))
    assert watch.ready(5, LIDS, grown) == ["Lids"]


def test_within_a_slow_scan_nobody_knows_when_a_file_was_looked_at() -> None:
    """Quiet runs from the end of the first scan, not from its beginning."""
    watch = Watch()
    watch.look(0, LIDS, took_s=20)
    assert watch.ready(21, LIDS, took_s=20) == []
    assert watch.ready(42, LIDS, took_s=20) == ["Lids"]


def test_a_silence_between_two_looks_is_not_taken_for_quiet() -> None:
    """The machine slept, and whoever writes slept with it: in the midst of a copy, perhaps."""
    watch = Watch()
    watch.look(0, LIDS)
    assert watch.ready(3600, LIDS) == []
    assert watch.ready(3604, LIDS) == []
    assert watch.ready(3605, LIDS) == ["Lids"]


def test_after_a_silence_too_quiet_runs_from_the_end_of_the_scan() -> None:
    watch = Watch()
    watch.look(0, LIDS, took_s=4)
    assert watch.ready(3600, LIDS, took_s=4) == []
    assert watch.ready(3608, LIDS, took_s=4) == []
    assert watch.ready(3609, LIDS, took_s=4) == ["Lids"]


def test_where_every_look_comes_late_the_second_quiet_time_counts() -> None:
    watch = Watch()
    watch.look(0, LIDS)
    assert watch.ready(3600, LIDS) == []
    assert watch.ready(7200, LIDS) == ["Lids"]


def test_a_silence_does_not_unsettle_what_was_ready() -> None:
    watch = Watch()
    watch.look(0, LIDS)
    watch.look(5, LIDS)
    assert watch.ready(90_000, LIDS) == ["Lids"]


def test_a_clock_that_steps_back_lets_quiet_begin_anew_and_not_wait_for_ever() -> None:
    watch = Watch()
    watch.look(1000, LIDS)
    assert watch.ready(10, LIDS) == []
    assert watch.ready(14, LIDS) == []
    assert watch.ready(15, LIDS) == ["Lids"]


def test_times_of_files_in_the_future_are_taken_as_they_are() -> None:
    """Clocks of other machines are wrong; only whether a time changes matters."""
    watch = Watch()
    future = replace(LIDS, files=(replace(PHOTO, mtime_ns=2**62),))
    watch.look(0, future)
    assert watch.ready(5, future) == ["Lids"]


def test_an_empty_file_is_waited_for_longer_and_taken_at_last() -> None:
    watch = Watch()
    begun = replace(LIDS, files=(replace(PHOTO, size_bytes=0),))
    for now_s in range(0, int(QUIET_S) * EMPTY_FILE_FACTOR, 5):
        assert watch.ready(now_s, begun) == []
    assert watch.ready(QUIET_S * EMPTY_FILE_FACTOR, begun) == ["Lids"]


def test_the_longer_wait_for_an_empty_file_is_not_taken_for_a_silence() -> None:
    watch = Watch()
    begun = replace(LIDS, files=(replace(PHOTO, size_bytes=0),))
    now_s, result = 0.0, watch.look(0, begun)
    while result.next_look_s is not None:
        now_s += result.next_look_s
        result = watch.look(now_s, begun)
    assert now_s == QUIET_S * EMPTY_FILE_FACTOR


def test_a_transfer_under_way_is_waited_for_and_told_since_when() -> None:
    watch = Watch()
    loading = replace(LIDS, under_way=("Lids/2.jpg.part",))
    watch.look(0, LIDS)
    for now_s in (3, 9, 15, 300, 4000):
        result = watch.look(now_s, loading)
        assert result.ready == ()
        (waiting,) = result.waiting
        assert waiting == Waiting(waiting.batch, "under-way", 3, ("Lids/2.jpg.part",))
    assert watch.ready(4001, LIDS) == []
    assert watch.ready(4006, LIDS) == ["Lids"]


def test_what_waits_long_is_asked_after_seldom() -> None:
    watch = Watch()
    loading = replace(LIDS, under_way=("Lids/2.jpg.part",))
    assert watch.look(0, loading).next_look_s == QUIET_S
    assert watch.look(3600, loading).next_look_s == 360


def test_a_folder_that_refuses_says_so() -> None:
    watch = Watch()
    closed = replace(LIDS, unreadable="Lids/x cannot be looked at (Permission denied).")
    watch.look(0, closed)
    (waiting,) = watch.look(5, closed).waiting
    assert (waiting.why, waiting.since_s, waiting.names) == ("unreadable", 0, (closed.unreadable,))


def test_an_empty_folder_waits_for_its_files_and_asks_for_no_look() -> None:
    watch = Watch()
    result = watch.look(0, FoundBatch("Lids", ()))
    assert [waiting.why for waiting in result.waiting] == ["empty"]
    assert result.next_look_s is None
    assert watch.look(1, LIDS).next_look_s == QUIET_S


def test_a_batch_that_changes_for_long_tells_since_when_it_does() -> None:
    watch = Watch()
    for now_s in range(0, 600, 3):
        growing = replace(LIDS, files=(replace(PHOTO, size_bytes=now_s + 1),))
        (waiting,) = watch.look(now_s, growing).waiting
        assert (waiting.why, waiting.since_s) == ("changing", 0)


def test_loose_pictures_settle_together() -> None:
    watch = Watch()
    one, two = (replace(PHOTO, path=f"{number}.jpg") for number in (1, 2))
    watch.look(0, FoundBatch(LOOSE, (one,)))
    watch.look(4, FoundBatch(LOOSE, (one, two)))
    assert watch.ready(6, FoundBatch(LOOSE, (one, two))) == []
    assert watch.ready(9, FoundBatch(LOOSE, (one, two))) == [LOOSE]


def test_the_next_look_is_when_the_first_of_them_may_be_ready() -> None:
    watch = Watch()
    boxes = FoundBatch("Boxes", (replace(PHOTO, path="Boxes/1.jpg"),))
    watch.look(0, LIDS)
    assert watch.look(2, LIDS, boxes).next_look_s == 3
    assert watch.look(5, LIDS, boxes).next_look_s == 2
    assert watch.look(7, LIDS, boxes).next_look_s is None


def test_what_stays_the_same_is_the_same_object_and_hashed_once() -> None:
    watch = Watch()
    first = replace(LIDS)
    watch.look(0, first)
    for now_s in (5, 10, 15):
        (ready,) = watch.look(now_s, replace(LIDS)).ready
        assert ready is first


def test_nothing_is_kept_of_batches_that_vanished() -> None:
    watch = Watch()
    for number in range(50):
        watch.look(number, replace(LIDS, name=f"Lids {number}"))
    assert list(watch.state._seen) == ["Lids 49"]
    watch.look(51)
    assert not watch.state._seen


def test_a_batch_that_vanished_and_came_back_begins_anew() -> None:
    watch = Watch()
    watch.look(0, LIDS)
    watch.look(3)
    assert watch.ready(6, LIDS) == []
    assert watch.ready(11, LIDS) == ["Lids"]
