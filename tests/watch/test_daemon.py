"""The loop of a watched folder, with a played clock, disk and process: no test sleeps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from photoprep.errors import ExitCode, PresetError, WatchedAlreadyError
from photoprep.watch import daemon as daemon_module
from photoprep.watch import plan
from photoprep.watch.batch import Outcome
from photoprep.watch.desk import PARTIAL_TRIES
from tests.watch.daemon_world import QUIET_S, SCAN_S, WORK_S, World, failed, later


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_folder_that_comes_slowly_is_prepared_once_when_it_is_whole(world: World) -> None:
    """As soon as the quiet time has passed since the last file, and not before."""
    written = [world.clock.monotonic + 3.0 * number for number in range(8)]
    for number, at_s in enumerate(written):
        world.at(at_s, lambda number=number: world.drop(f"Boxes/IMG_{number}.jpg"))
    world.live(200)
    (begun_s,) = world.runs("Boxes")
    assert written[-1] + QUIET_S <= begun_s <= written[-1] + QUIET_S + 1.0
    assert world.states() == {"Boxes": "done"}
    assert world.batches()["Boxes"].outcome.mails == 1
    assert len(world.batches()["Boxes"].content) == 64
    (job,) = (job for _, job in world.jobs)
    assert job.sources == (str(world.folder / "in/Boxes"),)
    assert (job.inbox, job.prefix) == (str(world.folder / "in"), "Boxes/")
    (chore,) = world.chores
    assert (chore.batch.name, chore.moves) == ("Boxes", False)
    assert chore.hashes == dict.fromkeys(job.files, "5" * 64)


def test_without_events_a_scan_finds_it(world: World) -> None:
    world.waker.tells_changes = False
    world.after(1, lambda: world.drop("Boxes/IMG_1.jpg"))
    dropped_s = world.clock.monotonic + 1
    world.live(200)
    (begun_s,) = world.runs()
    assert begun_s <= dropped_s + SCAN_S + QUIET_S + 1.0


def test_loose_pictures_that_settle_together_are_one_batch_named_by_the_day(world: World) -> None:
    world.after(1, lambda: world.drop("a.jpg", "b.jpg"))
    world.after(100, lambda: world.drop("c.jpg"))
    world.live(200)
    assert list(world.states()) == ["2027-01-15", "2027-01-15-2"]
    first, second = (job for _, job in world.jobs)
    assert first.sources == tuple(str(world.folder / "in" / name) for name in ("a.jpg", "b.jpg"))
    assert first.prefix == ""
    assert second.sources == (str(world.folder / "in/c.jpg"),)


def test_a_bad_batch_holds_up_no_other_and_says_why(world: World) -> None:
    world.outcomes["Bad"] = [failed()]
    world.outcomes["Broken"] = [failed(ExitCode.NOTHING_PREPARED, page="report.html")]
    world.drop("Bad/notes.txt", "Broken/x.jpg", "Good/a.jpg", "Zoo/a.jpg")
    world.live(500)
    assert world.states() == {"Bad": "failed", "Broken": "failed", "Good": "done", "Zoo": "done"}
    assert len(world.jobs) == 4, "what failed for good is not tried again"
    told = (world.out / "Bad/FAILED.txt").read_text(encoding="utf-8").splitlines()
    assert told == [
        "Bad was not prepared.",
        "There are no photos in it.",
        "It is tried again when its files or its settings change.",
    ]
    assert not (world.out / "Broken/FAILED.txt").exists(), "its report says it"
    assert [failure.name for failure in world.shown[-1].failures] == ["Broken", "Bad"]


def test_what_changes_after_a_failure_is_tried_again_and_failed_txt_goes(world: World) -> None:
    world.outcomes["Bad"] = [failed()]
    world.drop("Bad/notes.txt")
    world.after(60, lambda: world.drop("Bad/IMG_1.jpg"))
    world.live(200)
    assert world.states() == {"Bad": "done"}
    assert len(world.jobs) == 2
    assert not (world.out / "Bad/FAILED.txt").exists()


def test_what_may_pass_is_tried_again_after_longer_and_longer_waits(world: World) -> None:
    world.outcomes["Boxes"] = [later()] * 7
    world.drop("Boxes/IMG_1.jpg")
    world.live(5_000)
    begun = world.runs("Boxes")
    waits = [after - before - WORK_S for before, after in pairwise(begun)]
    assert [round(wait) for wait in waits] == [5, 15, 60, 300, 900, 900, 900]
    assert world.states() == {"Boxes": "done"}
    assert len(world.told("later")) == 7
    assert not (world.out / "Boxes/FAILED.txt").exists()


def test_a_daemon_that_starts_tries_at_once_what_waits(world: World) -> None:
    world.outcomes["Boxes"] = [later()] * 6
    world.drop("Boxes/IMG_1.jpg")
    world.live(600)  # the sixth try is due in a quarter of an hour
    tried = len(world.jobs)
    started_s = world.clock.monotonic
    world.start()
    world.live(QUIET_S + 3)
    assert len(world.jobs) == tried + 1
    assert world.runs("Boxes")[-1] <= started_s + QUIET_S + 2


def test_a_batch_that_waits_lets_others_pass(world: World) -> None:
    world.outcomes["A"] = [later()] * 3
    world.drop(*(f"{name}/IMG_1.jpg" for name in "ABCDEFGH"))
    world.live(300)
    assert set(world.states().values()) == {"done"}
    order = [Path(job.out).name for _, job in world.jobs]
    assert order[:2] == ["A", "B"]
    assert order.count("A") == 4
    assert all(order.count(name) == 1 for name in "BCDEFGH")


def test_single_photos_that_are_kept_back_do_not_keep_a_batch_from_being_done(
    world: World,
) -> None:
    world.outcomes["Boxes"] = [later(ExitCode.SOME_FAILED, prepared=2, failed=1)] * 50
    world.drop("Boxes/IMG_1.jpg")
    world.live(5 * 3600)
    assert len(world.jobs) == PARTIAL_TRIES
    assert world.states() == {"Boxes": "done"}
    assert world.batches()["Boxes"].outcome.failed == 1


def test_the_folder_that_goes_and_comes_back_is_no_loss(world: World) -> None:
    world.outcomes["Waits"] = [later()] * 5
    world.drop("Boxes/IMG_1.jpg", "Waits/IMG_1.jpg")

    def away(is_away: bool) -> Callable[[], None]:
        return lambda: setattr(world, "inbox_away", is_away)

    world.after(120, away(True))
    world.after(4_000, away(False))
    world.live(4_030)
    assert world.states() == {"Boxes": "done", "Waits": "later"}
    assert world.told("gone") == []
    assert world.told("trouble") == ["The watched folder is not there."]
    assert world.told("well-again") == ["The watched folder is there again."]
    assert any("not there" in finding for status in world.shown for finding in status.findings)
    assert not world.shown[-1].findings
    came_back_s = 1_000.0 + 4_000
    assert not [at_s for at_s in world.runs() if 1_125 < at_s < came_back_s], "nothing in vain"
    assert [at_s for at_s in world.runs("Waits") if came_back_s <= at_s <= came_back_s + 10]


def test_an_output_that_goes_and_comes_back_is_no_loss(world: World) -> None:
    """Nothing is begun meanwhile; then all that waits is tried at once."""
    world.outcomes["Waits"] = [later()] * 5

    def away(is_away: bool) -> Callable[[], None]:
        return lambda: setattr(world, "out_away", is_away)

    world.drop("Waits/IMG_1.jpg")
    world.after(300, away(True))
    world.after(310, lambda: world.drop("Boxes/IMG_1.jpg"))
    world.after(2_000, away(False))
    world.live(2_030)
    assert world.states() == {"Boxes": "done", "Waits": "later"}
    assert world.told("trouble") == ["The output folder is not there."]
    assert world.told("well-again") == ["The output can be written again."]
    back_s = 1_000.0 + 2_000
    assert not [at_s for at_s in world.runs() if 1_310 < at_s < back_s]
    assert [at_s for at_s in world.runs("Waits") if back_s <= at_s <= back_s + 10]


def test_a_full_disk_is_tried_as_soon_as_it_has_room_again(world: World) -> None:
    world.free = 50_000
    world.outcomes["Boxes"] = [later(ExitCode.CANNOT_WRITE)] * 6
    world.drop("Boxes/IMG_1.jpg")
    world.live(800)
    assert len(world.jobs) == 5
    world.outcomes.clear()
    world.start()
    world.after(1, lambda: None)
    world.live(1)
    emptied_s = world.clock.monotonic
    world.start()
    world.outcomes["Boxes"] = [later(ExitCode.CANNOT_WRITE)]
    world.after(900, lambda: setattr(world, "free", 10**9))
    world.live(2_000)
    assert world.states() == {"Boxes": "done"}
    freed_s = emptied_s + 900
    last_s = world.runs("Boxes")[-1]
    assert freed_s <= last_s <= freed_s + 3


def test_a_ledger_that_cannot_be_written_at_the_start_is_waited_for(world: World) -> None:
    world.ledger_full = True
    world.drop("Boxes/IMG_1.jpg")
    world.after(100, lambda: setattr(world, "ledger_full", False))
    world.live(200)
    assert len(world.told("trouble")) == 1, "said once, not at every try"
    assert world.states() == {"Boxes": "done"}
    assert len(world.jobs) == 1


@pytest.mark.parametrize("jump_s", [-86_400.0 * 365, -3_600.0, 3_600.0, 86_400.0 * 365])
def test_a_wall_clock_that_jumps_delays_no_try_for_longer_than_its_wait(
    world: World, jump_s: float
) -> None:
    world.outcomes["Boxes"] = [later()] * 4

    def jump() -> None:
        world.clock.wall += jump_s

    world.drop("Boxes/IMG_1.jpg")
    world.after(40, jump)
    world.live(700)
    assert world.states() == {"Boxes": "done"}
    assert len(world.runs("Boxes")) == 5


def test_a_sleep_of_the_machine_proves_no_quiet(world: World) -> None:
    """Whoever was writing slept too: the quiet time begins anew afterwards."""
    world.drop("Boxes/IMG_1.jpg")

    def sleep() -> None:
        world.clock.move(8 * 3600)
        world.after(2, lambda: world.drop("Boxes/IMG_2.jpg"))

    world.after(2, sleep)
    world.live(9 * 3600)
    (job,) = (job for _, job in world.jobs)
    assert job.files == ("Boxes/IMG_1.jpg", "Boxes/IMG_2.jpg")


def test_a_changed_preset_runs_again_what_it_concerns_at_sighup(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg")

    def change() -> None:
        world.contents = "changed"
        world.wishes.reload = True
        world.waker.wake()

    world.after(100, change)
    world.live(200)
    assert len(world.jobs) == 2
    assert world.told("reloaded")
    assert world.manager.heard.index("reloading") < len(world.manager.heard) - 1
    world.start()
    world.after(50, lambda: setattr(world.wishes, "reload", True))
    world.live(100)
    assert len(world.jobs) == 2, "nothing has changed this time"


def test_a_preset_that_is_wrong_at_sighup_leaves_all_as_it_was(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg")
    world.reload_error = PresetError("Line 3: this is not valid TOML.", hint="Mend it.")
    world.after(100, lambda: setattr(world.wishes, "reload", True))
    world.after(110, lambda: world.drop("Other/IMG_1.jpg"))
    world.live(200)
    assert world.states() == {"Boxes": "done", "Other": "done"}
    assert len(world.jobs) == 2
    assert any("not valid TOML" in told for told in world.told("trouble"))


def test_settings_of_a_batch_that_are_wrong_fail_it_until_they_are_mended(world: World) -> None:
    world.refused["Boxes"] = PresetError("preset: there is no preset called x.", hint="Choose.")
    world.drop("Boxes/photoprep.toml", "Boxes/IMG_1.jpg", "Good/IMG_1.jpg")
    world.live(100)
    assert world.states() == {"Boxes": "failed", "Good": "done"}
    assert world.batches()["Boxes"].outcome.exit_code == ExitCode.WRONG_PRESET
    assert "there is no preset" in (world.out / "Boxes/FAILED.txt").read_text(encoding="utf-8")
    assert world.runs("Boxes") == []
    world.refused.clear()
    world.start()
    world.drop("Boxes/photoprep.toml")
    world.live(100)
    assert world.states() == {"Boxes": "done", "Good": "done"}
    assert not (world.out / "Boxes/FAILED.txt").exists()
    assert [job.customer for _, job in world.jobs] == ["", "C0123"]


def test_settings_that_cannot_be_read_now_are_tried_again(world: World) -> None:
    world.refused["Boxes"] = OSError(5, "Input/output error")
    world.drop("Boxes/photoprep.toml", "Boxes/IMG_1.jpg")
    world.after(60, world.refused.clear)
    world.live(200)
    assert world.states() == {"Boxes": "done"}
    assert len(world.jobs) == 1


def test_a_renamed_folder_is_told_and_not_run_again(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg")
    world.after(100, lambda: world.rename("Boxes", "Toolboxes"))
    world.live(200)
    assert world.told("renamed", "Toolboxes")
    assert len(world.jobs) == 1
    assert world.batches()["Toolboxes"].output == "Boxes"


def test_a_folder_that_is_taken_away_while_it_runs_is_gone_when_it_is_over(world: World) -> None:
    world.outcomes["Boxes"] = [later(ExitCode.WRONG_USAGE)]
    world.drop("Boxes/IMG_1.jpg")
    world.after(QUIET_S + 1.5, lambda: world.remove("Boxes"))
    world.live(300)
    assert world.states() == {"Boxes": "gone"}
    assert len(world.jobs) == 1


def test_sigterm_ends_it_and_the_batch_at_work_is_queued_as_if_it_had_not_begun(
    world: World,
) -> None:
    world.drop("Boxes/IMG_1.jpg")

    def stop() -> None:
        world.waker.is_stopped = True

    world.after(QUIET_S + 2.0, stop)
    assert world.daemon.run() == ExitCode.DONE
    assert len(world.jobs) == 1, "it was at work"
    assert world.shown[-1].has_ended
    assert "stopping" in world.manager.heard
    boxes = world.batches()["Boxes"]
    assert (boxes.state, boxes.attempts) == ("queued", 0)
    world.start()
    world.live(60)
    assert world.states() == {"Boxes": "done"}
    assert len(world.jobs) == 2


def test_a_kill_costs_one_run_of_the_batch_at_work_and_of_no_other(world: World) -> None:
    world.drop("A/IMG_1.jpg", "B/IMG_1.jpg", "C/IMG_1.jpg")
    world.live(QUIET_S + 1.0 + WORK_S + 1.0)  # in the middle of B
    assert world.states() == {"A": "done", "B": "running", "C": "queued"}
    world.start()
    world.live(100)
    assert set(world.states().values()) == {"done"}
    assert [Path(job.out).name for _, job in world.jobs] == ["A", "B", "B", "C"]


def test_another_daemon_that_took_over_ends_this_one(world: World) -> None:
    world.after(100, lambda: setattr(world, "taken_over", WatchedAlreadyError("Anna watches it.")))
    with pytest.raises(WatchedAlreadyError):
        world.daemon.run()
    assert world.told("stopped")


def test_a_bug_in_the_loop_is_told_and_survived(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = plan.changes
    broken = [True]

    def changes(*arguments: object, **named: object) -> object:
        if broken[0]:
            raise ZeroDivisionError("a bug")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(daemon_module, "changes", changes)
    world.drop("Boxes/IMG_1.jpg")
    world.after(100, lambda: broken.__setitem__(0, False))
    world.live(300)
    assert world.states() == {"Boxes": "done"}
    assert any("ZeroDivisionError" in told for told in world.told("bug"))
    assert len(world.told("bug")) <= 100 / 5


def test_a_transfer_that_never_ends_is_told_after_minutes_and_once(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg", "Boxes/IMG_2.jpg.part")
    world.live(3_600)
    assert world.jobs == []
    (told,) = world.told("waiting", "Boxes")
    assert told == "A transfer is under way, for 5 minutes: IMG_2.jpg.part"
    (waiting,) = world.shown[-1].waiting
    assert (waiting.name, waiting.state) == ("Boxes", "settling")


def test_the_heartbeat_and_the_watchdog_hear_of_it_in_time(world: World) -> None:
    world.manager.watchdog_s = 7.0
    world.drop("Boxes/IMG_1.jpg")
    world.live(300)
    beats = world.manager.alive_s
    assert all(after - before <= 7.5 for before, after in pairwise(beats))
    assert len(beats) > 40
    quiet = World(world.folder / "other")
    quiet.live(300)
    times = [status.heartbeat for status in quiet.shown]
    assert all(after - before <= 30.5 for before, after in pairwise(times))
    assert quiet.waker.sleeps < 40, "an idle daemon sleeps"


def test_the_status_tells_what_is_at_work_and_what_waits(world: World) -> None:
    world.outcomes["A"] = [later()]
    world.drop("A/IMG_1.jpg", "B/IMG_1.jpg", "C/IMG_1.jpg")
    world.live(60)
    at_work = [status for status in world.shown if status.running is not None]
    assert {status.running.name for status in at_work if status.running} == {"A", "B", "C"}
    (first, *_) = at_work
    assert first.queue == ("B", "C")
    waits = [each for status in world.shown for each in status.waiting if each.state == "later"]
    assert waits[0].reason == "The share is gone."
    assert world.shown[-1].is_idle


def test_what_arrives_is_told_before_it_is_ready(world: World) -> None:
    world.live(65)
    world.drop("Boxes/IMG_1.jpg")
    world.live(3)
    (arriving,) = world.shown[-1].waiting
    assert (arriving.name, arriving.state) == ("Boxes", "settling")
    assert arriving.reason == "It is ready when nothing in it changes any more."


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(ExitCode.DONE), ExitCode.DONE),
        (Outcome(ExitCode.SOME_FAILED, prepared=1, failed=1), ExitCode.SOME_FAILED),
        (failed(), ExitCode.SOME_FAILED),
        (later(), ExitCode.TRY_LATER),
    ],
)
def test_once_says_what_came_of_it(world: World, outcome: Outcome, expected: ExitCode) -> None:
    world.outcomes["Boxes"] = [outcome]
    world.drop("Boxes/IMG_1.jpg", "Other/IMG_1.jpg")
    world.start(once=True)
    began_s = world.clock.monotonic
    assert world.daemon.run() == expected
    assert len(world.jobs) == 2
    assert world.clock.monotonic - began_s < QUIET_S + 2 * WORK_S + 2


def test_once_over_an_empty_folder_ends_at_once(world: World) -> None:
    world.start(once=True)
    began_s = world.clock.monotonic
    assert world.daemon.run() == ExitCode.DONE
    assert world.clock.monotonic - began_s < 1


def test_once_waits_for_what_settles_and_not_for_ever(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg", "Slow/IMG_1.jpg.part")
    world.after(20, lambda: world.drop("Boxes/IMG_2.jpg"))
    world.after(4, lambda: world.drop("Boxes/IMG_3.jpg"))
    world.start(once=True)
    began_s = world.clock.monotonic
    assert world.daemon.run() == ExitCode.TRY_LATER
    assert world.states()["Boxes"] == "done"
    assert daemon_module.ONCE_WAITS_FOR_TRANSFER_S <= world.clock.monotonic - began_s < 100


def test_once_tries_what_waits_from_earlier_without_its_wait(world: World) -> None:
    world.outcomes["Boxes"] = [later()] * 9
    world.drop("Boxes/IMG_1.jpg")
    for runs in range(1, 5):
        world.start(once=True)
        assert world.daemon.run() == ExitCode.TRY_LATER
        assert len(world.jobs) == runs


def test_once_without_the_folder_says_to_try_later(world: World) -> None:
    world.inbox_away = True
    world.start(once=True)
    assert world.daemon.run() == ExitCode.TRY_LATER


def test_what_is_being_moved_away_is_left_alone_until_it_is_gone(world: World) -> None:
    """A scan finds half of it; if that were a change, the outputs of the others would go."""
    world.archives = True
    world.start()
    world.drop("Boxes/IMG_1.jpg", "Boxes/IMG_2.jpg")
    world.after(20, lambda: world.held.add("Boxes"))
    world.after(21, lambda: world.files.pop("Boxes/IMG_1.jpg"))
    world.after(200, lambda: world.remove("Boxes"))
    world.after(201, world.held.clear)
    world.live(300)
    assert world.states() == {"Boxes": "gone"}
    assert len(world.jobs) == 1
    (chore,) = world.chores
    assert chore.moves


def test_what_a_kill_left_to_be_moved_is_moved_by_the_next_daemon_and_once(world: World) -> None:
    world.drop("Boxes/IMG_1.jpg", "Bad/notes.txt")
    world.outcomes["Bad"] = [failed()]
    world.live(60)
    assert [chore.moves for chore in world.chores] == [False, False]
    world.archives = True
    world.start()
    world.live(600)
    moves = [chore for chore in world.chores if chore.moves]
    assert [(chore.batch.name, chore.steps) for chore in moves] == [("Boxes", ())]
    assert moves[0].hashes == {"Boxes/IMG_1.jpg": "5" * 64}


def test_a_batch_with_broken_pictures_stays_where_it_can_be_mended(world: World) -> None:
    world.archives = True
    world.start()
    world.outcomes["Boxes"] = [Outcome(ExitCode.SOME_FAILED, prepared=1, failed=1)]
    world.drop("Boxes/IMG_1.jpg")
    world.live(600)
    assert [chore.moves for chore in world.chores] == [False]


def test_what_a_kill_left_to_be_handed_over_is_handed_over_by_the_next_daemon(
    world: World,
) -> None:
    """Promised before the ledger counts the batch as over, so that no instant loses it."""
    world.outcomes["Bad"] = [later(), failed()]
    world.drop("Boxes/IMG_1.jpg", "Bad/notes.txt", "Other/IMG_1.jpg")
    world.live(60)
    assert sorted(world.promised) == ["Bad", "Boxes", "Other"], "not at a try that is repeated"
    world.chores.clear()
    world.owed = ["Bad", "Boxes", "unknown"]
    world.start()
    world.live(60)
    assert [(chore.batch.name, chore.batch.state) for chore in world.chores] == [
        ("Bad", "failed"),
        ("Boxes", "done"),
    ]
    assert all(chore.steps and not chore.moves for chore in world.chores)


def test_loose_pictures_that_a_kill_left_to_be_moved_are_moved_too(world: World) -> None:
    world.drop("a.jpg")
    world.after(30, lambda: world.drop("b.jpg"))
    world.live(100)
    world.archives = True
    world.start()
    world.live(60)
    moves = [chore.batch.files for chore in world.chores if chore.moves]
    assert moves == [("a.jpg",), ("b.jpg",)]
