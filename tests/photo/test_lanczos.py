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
    ours = lanczos(picture, (wide, high), picture.size)
    theirs = picture.resize((wide, high), Image.Resampling.LANCZOS)
    assert differences(ours, theirs).max() <= 2


def test_a_photo_is_pillows_to_the_last_level_nearly_everywhere() -> None:
    picture = Image.radial_gradient("L").resize((3000, 2000)).convert("RGB")
    ours = lanczos(picture, (944, 629), picture.size)
    theirs = picture.resize((944, 629), Image.Resampling.LANCZOS)
    difference = differences(ours, theirs)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.02


@pytest.mark.parametrize("mode", sorted(MODES))
def test_every_mode_it_takes(mode: str) -> None:
    picture = noise((400, 300), 5, 60, 200).convert(mode)
    ours = lanczos(picture, (101, 77), picture.size)
    assert differences(ours, picture.resize((101, 77), Image.Resampling.LANCZOS)).max() <= 2


def test_a_scaled_decodes_padding_shifts_nothing() -> None:
    # 2001 px at a half are 1001 px, of which the last shows half a pixel.
    picture = noise((1001, 600), 3, 100, 156)
    ours = lanczos(picture, (400, 240), (1000.5, 600.0))
    theirs = picture.resize((400, 240), Image.Resampling.LANCZOS, box=(0, 0, 1000.5, 600))
    assert differences(ours, theirs).max() <= 2


@given(st.integers(0, 255), sides, sides, sides, sides)
@settings(deadline=None, max_examples=60)
def test_a_flat_picture_stays_what_it_is(
    level: int, width: int, height: int, wide: int, high: int
) -> None:
    picture = Image.new("L", (width, height), level)
    assert lanczos(picture, (wide, high), picture.size).getextrema() == (level, level)


@given(st.integers(1, 2000), st.integers(1, 944))
@settings(deadline=None, max_examples=60)
def test_sums_are_exact_in_single_precision_whatever_their_order(source: int, target: int) -> None:
    bands = room._bands(source, float(source), target)
    whole = bands.weights.astype(np.float64) * 32768
    assert (whole == np.rint(whole)).all()
    # Partial sums are largest when every pixel counts with its weight's sign.
    assert (np.abs(whole).sum(1) * 255).max() < 2**24


def test_a_picture_in_several_pieces_of_memory_is_read_too() -> None:
    # Pillow keeps pictures above 16 MB in pieces unless told otherwise, as workers are.
    large = Image.linear_gradient("L").resize((2500, 2000)).convert("RGB")
    assert (
        differences(
            lanczos(large, (300, 240), large.size),
            large.resize((300, 240), Image.Resampling.LANCZOS),
        ).max()
        <= 1
    )


def test_single_precision_gives_the_whole_number_sums_themselves() -> None:
    picture = noise((700, 300), 11)
    plane = np.asarray(picture)[:, :, 0]
    bands = room._bands(700, 700.0, 250)
    exact = np.empty((300, len(bands.starts) * 16), np.int64)
    for tile, start in enumerate(bands.starts):
        weights = np.rint(bands.weights[tile].astype(np.float64) * 32768).astype(np.int64)
        part = plane[:, start : start + bands.span_px].astype(np.int64)
        exact[:, tile * 16 : tile * 16 + 16] = part @ weights
    wanted = np.clip((exact[:, :250] + 16384) // 32768, 0, 255)
    assert (room._columns_scaled(plane, bands, 250) == wanted).all()
