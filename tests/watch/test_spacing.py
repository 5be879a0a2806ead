from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photoprep.watch.spacing import Pauses, Rhythm, spacing

costs_s = st.floats(0, 1000)


@given(took_s=costs_s, cpu_s=costs_s, tells_changes=st.booleans())
def test_idle_looks_take_less_than_a_hundredth_of_a_core(
    took_s: float, cpu_s: float, tells_changes: bool
) -> None:
    pause_s = spacing(
        took_s=took_s, cpu_s=cpu_s, tells_changes=tells_changes, next_look_s=None
    ).latest_s
    assert cpu_s < 0.005 * (max(took_s, cpu_s) + pause_s)
    assert took_s <= 0.1 * (took_s + pause_s) * (1 + 1e-9)


@given(took_s=costs_s, cpu_s=costs_s, tells_changes=st.booleans(), next_look_s=st.floats(0, 1e6))
def test_what_settles_is_looked_at_when_it_is_due_and_costs_are_borne(
    took_s: float, cpu_s: float, tells_changes: bool, next_look_s: float
) -> None:
    pause = spacing(
        took_s=took_s, cpu_s=cpu_s, tells_changes=tells_changes, next_look_s=next_look_s
    )
    idle = spacing(took_s=took_s, cpu_s=cpu_s, tells_changes=tells_changes, next_look_s=None)
    assert 0 < pause.soonest_s <= pause.latest_s <= idle.latest_s
    assert pause.latest_s == max(pause.soonest_s, min(next_look_s, idle.latest_s))


def test_a_small_folder_is_looked_through_as_soon_as_it_may_have_settled() -> None:
    pause = spacing(took_s=0.004, cpu_s=0.004, tells_changes=True, next_look_s=5)
    assert (pause.soonest_s, pause.latest_s) == (0.25, 5)


def test_without_events_the_timer_is_shorter() -> None:
    with_events, without = (
        spacing(
            took_s=0.004, cpu_s=0.004, tells_changes=tells, next_look_s=None, usual=Pauses(30, 5)
        ).latest_s
        for tells in (True, False)
    )
    assert (with_events, without) == (30, 5)


def test_a_whole_look_is_due_at_once_and_then_by_what_it_cost() -> None:
    rhythm = Rhythm()
    assert rhythm.whole_due_s < 0
    rhythm = rhythm.after_whole(ended_s=1000, took_s=3, cpu_s=1, tells_changes=True)
    assert rhythm.whole_due_s == 1000 + 1 * 0.996 / 0.004


def test_after_a_dear_whole_look_the_next_quick_one_is_not_late() -> None:
    rhythm = Rhythm().after_quick(took_s=2.5, cpu_s=0.004, is_idle=True)
    rhythm = rhythm.after_whole(ended_s=1000, took_s=507, cpu_s=0.8, tells_changes=False)
    assert rhythm.pause(tells_changes=False, next_look_s=None).latest_s == 22.5
    assert rhythm.pause(tells_changes=False, next_look_s=5).latest_s == 5


def test_after_a_burst_the_next_quick_look_is_not_late() -> None:
    rhythm = Rhythm().after_quick(took_s=507, cpu_s=0.8, is_idle=False)
    assert rhythm.pause(tells_changes=False, next_look_s=None).latest_s == 10
    assert rhythm.pause(tells_changes=False, next_look_s=5).latest_s == 507
