from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.units import (
    CM_PER_INCH,
    density_dpi,
    longest_side_px,
    parse_bytes,
    parse_length_cm,
    say_bytes,
    say_cm,
    scaled_size_px,
)

CM_24 = Fraction(24)


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("200 kB", 200_000), ("195 KiB", 199_680), ("0.2 MB", 200_000), (4096, 4096), ("1b", 1)],
)
def test_sizes_are_read_with_kilo_as_a_thousand(text: str | int, size_bytes: int) -> None:
    assert parse_bytes(text) == size_bytes


@pytest.mark.parametrize(
    "text", ["", "kB", "200 kg", "-1 kB", "0", "0.5 B", "1e3", True, "200 k B"]
)
def test_a_wrong_size_says_what_was_expected_and_received(text: str | int) -> None:
    with pytest.raises(ValueError, match=r"expected a size such as .* received"):
        parse_bytes(text)


@pytest.mark.parametrize(
    ("text", "cm"),
    [("24 cm", 24), ("240mm", 24), ("10 in", Fraction(254, 10)), ("9.4 in", "23.876")],
)
def test_lengths_are_exact(text: str, cm: int | str | Fraction) -> None:
    assert parse_length_cm(text) == Fraction(cm)


@pytest.mark.parametrize("text", ["24", "24 px", "0 cm", "", "cm"])
def test_a_length_needs_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="expected a length such as"):
        parse_length_cm(text)


def test_the_figures_of_the_trade() -> None:
    assert longest_side_px(CM_24, 100) == 944
    assert longest_side_px(CM_24, 72) == 680
    densities = [
        density_dpi(px, CM_24, dpi_min=72, dpi_max=100) for px in (944, 700, 500, 680, 681)
    ]
    assert densities == [100, 75, 72, 72, 73]


@given(px=st.integers(1, 944))
def test_no_picture_is_ever_over_24_cm_at_its_density(px: int) -> None:
    dpi = density_dpi(px, CM_24, dpi_min=72, dpi_max=100)
    assert px * CM_PER_INCH / dpi <= CM_24
    assert dpi == 72 or px * CM_PER_INCH / (dpi - 1) > CM_24


@given(size=st.tuples(st.integers(1, 100_000), st.integers(1, 100_000)), side=st.integers(1, 2_000))
def test_scaling_bounds_the_longest_side_and_never_enlarges(
    size: tuple[int, int], side: int
) -> None:
    scaled = scaled_size_px(size, side)
    assert max(scaled) == min(side, max(size))
    assert min(scaled) >= 1
    assert all(new <= old for new, old in zip(scaled, size, strict=True))
    if max(size) > side:  # the shape stays, to half a pixel
        exact = min(size) * side / max(size)
        assert abs(min(scaled) - exact) <= 0.5 or min(scaled) == 1


def test_sizes_are_said_so_that_nothing_over_a_limit_looks_inside_it() -> None:
    assert say_bytes(200_000) == "200 kB"
    assert say_bytes(200_001) == "201 kB"
    assert say_bytes(999) == "999 B"
    assert say_bytes(12_400_000) == "12.4 MB"
    assert say_cm(944, 100) == "24.0 cm"
