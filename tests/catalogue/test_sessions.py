from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.sessions import sessions

START = datetime(2026, 11, 23, 10, 0, 0)


def lengths(*pauses_s: float) -> list[int]:
    times = [START]
    for pause_s in pauses_s:
        times.append(times[-1] + timedelta(seconds=pause_s))
    return [len(session) for session in sessions(times)]


def test_a_pause_that_is_long_beside_its_neighbours_parts() -> None:
    assert lengths(5, 8, 6, 70, 5, 7, 90, 6, 6) == [4, 3, 3]


def test_even_pauses_part_nothing() -> None:
    assert lengths(60, 55, 70, 62, 58) == [6]
    assert lengths(3, 15, 2, 18, 3) == [6]


def test_half_an_hour_parts_and_a_moment_never_does() -> None:
    assert lengths(1801) == [1, 1]
    assert lengths(1700) == [2]
    assert lengths(1, 1, 15, 1, 1) == [6]


def test_none_and_one() -> None:
    assert sessions([]) == []
    assert lengths() == [1]


@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_sessions_are_all_pictures_in_their_order(pauses_s: list[int]) -> None:
    times = [START]
    for pause_s in pauses_s:
        times.append(times[-1] + timedelta(seconds=pause_s))
    found = sessions(times)
    assert [place for session in found for place in session] == list(range(len(times)))
    assert all(len(session) for session in found)
