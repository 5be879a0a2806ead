from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo import lanczos as room
from photoprep.photo.lanczos import MODES, lanczos


def noise(size: tuple[int, int], seed: int = 0, low: int = 0, high: int = 256) -> Image.Image:
    values = np.random.default_rng(seed).integers(low, high, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(values)


def differences(one: Image.Image, other: Image.Image) -> NDArray[np.int64]:
    assert one.size == other.size
    assert one.mode == other.mode
    return np.abs(np.asarray(one, np.int64) - np.asarray(other, np.int64))


sides = st.integers(1, 300)


@given(sides, sides, sides, sides, st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_it_makes_the_picture_that_pillow_makes(
    width: int, height: int, wide: int, high: int, seed: int
) -> None:
    # Moderate contrast, so that nothing is cut off between the passes, whose order Pillow chooses.
    picture = noise((width, height), seed, 100, 156)
    ours = lanczos(picture, (wide, high))
    theirs = picture.resize((wide, high), Image.Resampling.LANCZOS)
    assert differences(ours, theirs).max() <= 2


def test_a_photo_is_pillows_to_the_last_level_nearly_everywhere() -> None:
    picture = Image.radial_gradient("L").resize((3000, 2000)).convert("RGB")
    ours = lanczos(picture, (944, 629))
    theirs = picture.resize((944, 629), Image.Resampling.LANCZOS)
    difference = differences(ours, theirs)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.02


@pytest.mark.parametrize("mode", sorted(MODES))
def test_every_mode_it_takes(mode: str) -> None:
    picture = noise((400, 300), 5, 60, 200).convert(mode)
    ours = lanczos(picture, (101, 77))
    assert differences(ours, picture.resize((101, 77), Image.Resampling.LANCZOS)).max() <= 2


@given(st.integers(0, 255), sides, sides, sides, sides)
@settings(deadline=None, max_examples=60)
def test_a_flat_picture_stays_what_it_is(
    level: int, width: int, height: int, wide: int, high: int
) -> None:
    picture = Image.new("L", (width, height), level)
    assert lanczos(picture, (wide, high)).getextrema() == (level, level)


@given(st.integers(1, 2000), st.integers(1, 944), st.sampled_from([1, 2, 4, 8]))
@settings(deadline=None, max_examples=90)
def test_sums_are_exact_in_single_precision_whatever_their_order(
    source: int, target: int, averaged: int
) -> None:
    # Partial sums are largest when every pixel counts with its weight's sign.
    rows_unit, rows_most = (room._UNIT, 255) if averaged == 1 else (room._COARSE_UNIT, 255 * 8)
    for unit, most in ((room._UNIT, 255), (rows_unit, rows_most)):
        bands = room._bands(source, target, averaged, unit)
        whole = bands.weights.astype(np.float64) * unit
        assert (whole == np.rint(whole)).all()
        assert (np.abs(whole).sum(1) * most).max() < 2**24


def test_a_picture_in_several_pieces_of_memory_is_read_too() -> None:
    # Pillow keeps pictures above 16 MB in pieces unless told otherwise, as workers are.
    large = Image.linear_gradient("L").resize((2500, 2000)).convert("RGB")
    assert (
        differences(
            lanczos(large, (300, 240)),
            large.resize((300, 240), Image.Resampling.LANCZOS),
        ).max()
        <= 1
    )


def test_single_precision_gives_the_whole_number_sums_themselves() -> None:
    pixels = np.asarray(noise((700, 300), 11))
    bands = room._bands(700, 250, 1, room._UNIT)
    exact = np.empty((3, 300, len(bands.starts) * 16), np.int64)
    for tile, start in enumerate(bands.starts):
        weights = np.rint(bands.weights[tile].astype(np.float64) * 32768).astype(np.int64)
        part = pixels[:, start : start + bands.span_px].astype(np.int64).transpose(2, 0, 1)
        exact[:, :, tile * 16 : tile * 16 + 16] = part @ weights
    wanted = np.clip((exact + 16384) // 32768, 0, 255)
    assert (room._columns_scaled(pixels, range(3), bands, np.uint8) == wanted).all()
    eighths = np.clip((exact + 2048) // 4096, 0, 255 * 8)
    assert (room._columns_scaled(pixels, range(3), bands, np.uint16) == eighths).all()
