"""What wakes: with events of the test's own and an injected clock; at the end with a real disk."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from photoprep.watch.mounts import Mount
from photoprep.watch.scan import scan_inbox
from photoprep.watch.waking import WAKES_PER_SECOND, Waker

LOCAL = Mount("/", "ext4")


class Scripted:
    """A watching whose events the test sends itself; ``fails_with`` ends it as it begins."""

    def __init__(self, fails_with: str = "") -> None:
        self.fails_with = fails_with
        self.watched: list[list[Path]] = []
        self.stopped = 0
        self.on_change: Callable[[Iterable[str]], None] = lambda _: None
        self.on_end: Callable[[str], None] = lambda _: None

    def __call__(
        self,
        folders: Sequence[Path],
        on_change: Callable[[Iterable[str]], None],
        on_end: Callable[[str], None],
    ) -> Scripted:
        self.watched.append(list(folders))
        self.on_change, self.on_end = on_change, on_end
        if self.fails_with:
            on_end(self.fails_with)
        return self

    def stop(self) -> None:
        self.stopped += 1


class Clock:
    """A clock that the test moves, and that moves a little at each look, as clocks do."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        self.now_s += 0.001
        return self.now_s


def waker_of(inbox: Path, events: Scripted, mount: Mount = LOCAL) -> tuple[Waker, Clock]:
    clock = Clock()
    waker = Waker(inbox, mount=mount, start_watching=events, clock=clock)
    waker.watch([])
    waker.wait(0)  # the one that beginning to watch sends itself
    clock.now_s += 1
    return waker, clock


def test_a_change_wakes_and_silence_does_not(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    assert not waker.wait(0)
    events.on_change([])
    assert waker.wait(3600)
    assert not waker.wait(0)


def test_thousands_of_events_are_one_wake(tmp_path: Path) -> None:
    events = Scripted()
    waker, clock = waker_of(tmp_path, events)
    for _ in range(10_000):
        events.on_change([])
    assert waker.wait(3600)
    clock.now_s += 1
    assert not waker.wait(0)


def test_events_wake_no_oftener_than_so_often(tmp_path: Path) -> None:
    """Seen by when the waits return, on the real clock: each is at least a quarter second late."""
    events = Scripted()
    waker = Waker(tmp_path, mount=LOCAL, start_watching=events)
    waker.watch([])
    woken_s = []
    for _ in range(4):
        events.on_change([])
        assert waker.wait(3600)
        woken_s.append(time.monotonic())
    gaps_s = [after - before for before, after in pairwise(woken_s)]
    assert min(gaps_s) >= 1 / WAKES_PER_SECOND - 0.05


def test_an_event_waits_until_a_scan_may_come_and_a_call_does_not(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    events.on_change([])
    waker.wake()
    assert waker.wait(3600, soonest_s=3600)
    waker.stop()
    assert not waker.wait(3600, soonest_s=3600)
    assert waker.is_stopped


def test_a_stop_is_for_good(tmp_path: Path) -> None:
    waker, _ = waker_of(tmp_path, Scripted())
    waker.stop()
    assert [waker.wait(3600) for _ in range(3)] == [False, False, False]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals to send one to itself")
def test_a_signal_wakes_at_once(tmp_path: Path) -> None:
    waker, _ = waker_of(tmp_path, Scripted())
    before = signal.signal(signal.SIGUSR1, lambda *_: waker.stop())
    sender = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    sender.start()
    try:
        assert not waker.wait(3600)
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)
    assert waker.is_stopped


def test_on_a_share_there_is_a_timer_alone_and_it_says_so(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events, Mount("/mnt/nas", "cifs", "//nas/photos"))
    assert (events.watched, waker.tells_changes) == ([], False)
    assert waker.reason.startswith("The folder lies on a share (cifs) that tells no changes")


def test_what_cannot_be_watched_is_left_to_the_timer_and_tried_again_later(tmp_path: Path) -> None:
    events = Scripted("OS file watch limit reached")
    waker, clock = waker_of(tmp_path, events)
    assert not waker.tells_changes
    assert "OS file watch limit reached" in waker.reason
    waker.watch([])
    assert len(events.watched) == 1
    events.fails_with = ""
    clock.now_s += 301
    waker.watch([])
    assert len(events.watched) == 2
    assert waker.tells_changes
    assert not waker.reason


def test_a_watching_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    assert waker.tells_changes
    events.on_end("it crashed")
    assert not waker.tells_changes
    assert "it crashed" in waker.reason


def test_a_folder_that_was_replaced_is_watched_anew(tmp_path: Path) -> None:
    events = Scripted()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    waker, _ = waker_of(inbox, events)
    waker.watch([])
    assert len(events.watched) == 1
    inbox.rename(tmp_path / "old")
    waker.watch([])  # it is not there: nothing to watch, and nothing breaks
    inbox.mkdir()
    waker.watch([])
    assert (len(events.watched), events.stopped) == (2, 1)
    assert waker.wait(3600)  # what came before the watching began has sent nothing


def test_after_a_folder_was_gone_it_is_watched_anew_though_it_looks_the_same(
    tmp_path: Path,
) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    waker.close()
    assert not waker.tells_changes
    waker.watch([])
    assert (len(events.watched), events.stopped) == (2, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system watches into depth")
def test_each_folder_is_watched_and_new_ones_too(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    waker.watch(["Lids"])
    waker.watch(["Lids"])
    waker.watch(["Lids", "Lids/sub"])
    assert [len(watched) for watched in events.watched] == [1, 2, 3]
    assert events.watched[-1] == [tmp_path, tmp_path / "Lids", tmp_path / "Lids/sub"]
    assert events.stopped == 2


def test_changes_without_events_show_that_none_come(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    for _ in range(3):
        waker.noticed(changed=True)
    assert waker.tells_changes
    waker.noticed(changed=False)
    assert not waker.tells_changes
    assert waker.reason.startswith("Changes were found that no event told of")
    waker.watch(["new"])
    assert len(events.watched) == 1


def test_events_that_came_once_and_come_no_more_are_noticed(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    events.on_change([])
    for _ in range(6):
        waker.noticed(changed=True)
    assert not waker.tells_changes


def test_an_event_that_comes_after_its_scan_is_no_missed_one(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    for _ in range(20):
        waker.noticed(changed=True)
        events.on_change([])
    assert waker.tells_changes


def test_scans_without_changes_say_nothing_of_events(tmp_path: Path) -> None:
    waker, _ = waker_of(tmp_path, Scripted())
    for _ in range(20):
        waker.noticed(changed=False)
    assert waker.tells_changes


def test_events_name_the_batches_they_touch(tmp_path: Path) -> None:
    events = Scripted()
    waker, _ = waker_of(tmp_path, events)
    events.on_change(
        [f"{tmp_path}/Lids/sub/1.jpg", f"{tmp_path}/Boxes", f"{tmp_path}-2/Tins/1.jpg"]
    )
    events.on_change([f"{tmp_path}/1.jpg", str(tmp_path), "/elsewhere"])
    assert waker.take_touched() == {"Lids", "Boxes", "1.jpg"}
    assert waker.take_touched() == set()


def settled_down(waker: Waker) -> None:
    """Take what still comes of what was done so far."""
    while waker.wait(1.0):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify to say what comes when")
def test_a_real_disk_tells_changes_and_looks_are_none(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    (inbox / "Lids").mkdir(parents=True)
    (outside / "deep").mkdir(parents=True)
    (inbox / "Lids/link").symlink_to(outside)
    waker = Waker(inbox, mount=LOCAL)
    try:
        waker.watch(scan_inbox(inbox).folders)
        settled_down(waker)
        (outside / "deep/x").write_text("1")
        scan_inbox(inbox)
        assert not waker.wait(1.0)
        (inbox / "Lids/1.jpg").write_text("1")
        assert waker.wait(600)
        settled_down(waker)
        assert waker.take_touched() == {"Lids"}
        (inbox / "Boxes").mkdir()
        assert waker.wait(600)
        assert waker.tells_changes
    finally:
        waker.close()


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify to say what comes when")
def test_folders_that_vanish_before_they_are_watched_end_nothing(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "Lids").mkdir(parents=True)
    waker = Waker(inbox, mount=LOCAL)
    try:
        waker.watch(["gone", "Lids"])
        settled_down(waker)
        assert waker.tells_changes
        (inbox / "Lids/1.jpg").write_text("1")
        assert waker.wait(600)
        shutil.rmtree(inbox)
        waker.wait(5)
        inbox.mkdir()
        waker.close()
        waker.watch(scan_inbox(inbox).folders)
        settled_down(waker)
        (inbox / "1.jpg").write_text("1")
        assert waker.wait(600)
    finally:
        waker.close()
