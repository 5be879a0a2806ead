"""The estimates and the search, as arithmetic: no picture in sight."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.photo.fit import CHROMA_STEPS
from photoprep.photo.quality import (
    CEILING_MARGIN,
    COARSEST_STEP,
    FINEST_STEP,
    QualityCurve,
    coding_loss,
    log2_bits,
    quality_of,
    slope_between,
)
from photoprep.photo.search import (
    ceiling_step,
    chroma_for,
    finished_bytes,
    next_step,
    nonzero_ratio,
    steps_to,
)

PIXELS = 600_000


def curve(lengths: tuple[tuple[int, float], ...] = ((0, 100_000.0),)) -> QualityCurve:
    bits = log2_bits(100_000, PIXELS)
    return QualityCurve("4:4:4", PIXELS, bits, 900, 0.0, lengths)


def test_the_estimate_falls_with_the_scale() -> None:
    bits = log2_bits(100_000, PIXELS)
    qualities = [
        quality_of(coding_loss(step, chroma, 100_000 * 2 ** (-step / 420), PIXELS, bits))
        for chroma in ("4:4:4", "4:2:0")
        for step in range(-600, 1400, 50)
    ]
    for half in (qualities[:40], qualities[40:]):
        assert all(finer >= coarser - 0.11 for finer, coarser in pairwise(half))
        assert half[0] > 94 > 85 > half[-1]
    assert quality_of(1.0, resolution=5.0) < quality_of(1.0)


def test_the_estimate_is_ssimulacra2s_scale() -> None:
    assert quality_of(0.0) == 100.0
    assert quality_of(1.0) == 90.0  # 100 - 10 * loss ** 0.6276
    assert quality_of(1e9) == 0.0


@given(st.integers(-500, 900), st.floats(10_000, 400_000))
def test_fewer_bytes_never_look_better_on_a_curve(step: int, payload: float) -> None:
    one = curve(((step, payload),))
    sizes = range(5_000, 400_000, 5_000)
    qualities = [one.quality_at(size) for size in sizes]
    assert all(a <= b + 0.11 for a, b in pairwise(qualities))


def test_a_curve_passes_through_its_points_and_falls_between_them() -> None:
    known = curve(((-100, 160_000.0), (0, 120_000.0), (200, 80_000.0)))
    assert [known.bytes_at(step) for step in (-100, 0, 200)] == [160_900, 120_900, 80_900]
    assert 80_900 < known.bytes_at(100) < 120_900
    assert known.bytes_at(-300) > 160_900
    assert known.bytes_at(500) < 80_900
    for size in (60_000, 90_000, 120_900, 150_000, 190_000):
        assert known.bytes_at(known.step_for(size)) <= size + 1
        assert known.bytes_at(known.step_for(size) - 2) > size


def test_the_ceiling_is_where_the_estimate_reaches_it() -> None:
    busy = curve(((0, 180_000.0),))
    step = ceiling_step(busy, 95)
    assert busy.quality_at_step(step) == pytest.approx(95 + CEILING_MARGIN - 0.5, abs=0.2)
    assert busy.is_enough_at(step, 95)


def test_of_a_smooth_picture_few_bytes_are_enough_at_the_finest_steps_alone() -> None:
    smooth = QualityCurve("4:4:4", PIXELS, log2_bits(20_000, PIXELS), 0, 0.0, ((0, 18_000.0),))
    assert smooth.quality_at_step(0) > 90
    assert not smooth.is_enough_at(-420, 90)
    assert smooth.is_enough_at(-500, 90)


def test_finished_is_less_than_plain() -> None:
    for step in range(-400, 900, 100):
        for chroma in ("4:4:4", "4:2:0"):
            bits = log2_bits(120_000, PIXELS)
            finished = finished_bytes(100_000, step, chroma, PIXELS, bits)
            assert 0.7 * 100_000 < finished <= 100_000


def test_fine_steps_keep_the_chroma_coarse_ones_halve_it() -> None:
    assert chroma_for(-200, 1.0) == "4:4:4"
    assert chroma_for(400, 1.0) == "4:2:0"
    # Fine detail in colour, as in a knitted red coat, is kept longer.
    assert [chroma_for(0, detail) for detail in (0.5, 20.0)] == ["4:2:0", "4:4:4"]


def test_the_choice_of_chroma_hangs_on_detail_only_where_it_is_asked() -> None:
    outside = [step for step in range(FINEST_STEP, COARSEST_STEP) if step not in CHROMA_STEPS]
    for step in outside:
        assert len({chroma_for(step, detail) for detail in (0.0, 0.5, 5.0, 50.0)}) == 1


def test_fewer_coefficients_for_fewer_bytes() -> None:
    for step in (-150, 0, 300, 800):
        same = nonzero_ratio(150_000, 150_000, step, "4:4:4", 0.2, PIXELS)
        less = nonzero_ratio(150_000, 148_000, step, "4:4:4", 0.2, PIXELS)
        assert same == 1.0
        assert 0.9 < less < 148_000 / 150_000
    assert 0.3 < nonzero_ratio(1e6, 1.0, 0, "4:2:0", 0.0, 1) < 1  # whatever is asked


def test_reckoning_steps() -> None:
    assert steps_to(200, 100, slope=1.0) == 256
    assert steps_to(100, 100) == 0
    assert slope_between((0, 200.0), (256, 100.0)) == 1.0
    assert slope_between((0, 100.0), (1, 200.0)) == 0.3


@given(
    low=st.integers(-1025, 2304),
    width=st.integers(2, 3000),
    wanted=st.integers(-3000, 4000),
    turn=st.integers(0, 15),
)
def test_the_next_step_lies_within_the_bracket(
    low: int, width: int, wanted: int, turn: int
) -> None:
    assert low < next_step(wanted, low, low + width, turn) < low + width


@given(st.integers(-1024, 2304), st.integers(-400, 400))
def test_a_bracket_closes_within_sixteen_turns_whatever_is_reckoned(
    budget_at: int, wrong_by: int
) -> None:
    low, high = -1025, 2305
    for turn in range(20):
        step = next_step(budget_at + wrong_by, low, high, turn)
        low, high = (step, high) if step < budget_at else (low, step)
        if high - low <= 1:
            break
    assert high - low <= 1
