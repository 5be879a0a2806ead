"""Luma and chroma made for one another: what is meant is what libjpeg codes and decoders show."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.chroma import chroma_planes
from photoprep.photo.encode import Wrapping, encode_finished, encode_plain, scaled_tables
from photoprep.photo.luma import Luma, compensated_luma
from photoprep.photo.planes import planes_of
from photoprep.photo.quality import ChromaSubsampling
from photoprep.photo.search import DEAD_ZONE
from tests.photo.test_encode import busy

Doubles = NDArray[np.float64]
BARE = Wrapping(100, b"", b"")

# How light red, green and blue are in linear light (SSIMULACRA2's XYB, as in luma.py).
LIGHTNESS = np.array([0.265, 0.657, 0.078])


def dct_of(levels: Doubles) -> Doubles:
    """Coefficients (blocks, 64) by the formula of T.81, A.3.3, as plainly as it can be written."""
    pattern = np.array(
        [
            [
                math.sqrt((1 if u == 0 else 2) / 8) * math.cos((2 * x + 1) * u * math.pi / 16)
                for x in range(8)
            ]
            for u in range(8)
        ]
    )
    down, across = levels.shape[0] // 8, levels.shape[1] // 8
    blocks = levels.reshape(down, 8, across, 8).swapaxes(1, 2) - 128
    coefficients: Doubles = (pattern @ blocks @ pattern.T).reshape(-1, 64)
    return coefficients


def meant(luma: Luma, table: tuple[int, ...], dead_zone: float) -> Doubles:
    values = luma.coefficients.astype(np.float64) / np.array(table)
    nearer = np.rint(values - np.clip(values, -dead_zone, dead_zone))
    nearer[:, 0] = np.rint(values[:, 0])
    rounded: Doubles = nearer
    return rounded


def flat_luma(level: float, size: int = 8) -> Luma:
    coefficients = np.zeros((size * size // 64, 64), np.float32)
    coefficients[:, 0] = (level - 128) * 8
    return Luma(np.full((size, size), round(level), np.uint8), coefficients)


def decoded(data: bytes) -> Doubles:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.float64)


def stripes(colours: tuple[str, str], size: tuple[int, int] = (160, 128)) -> Image.Image:
    picture = Image.new("RGB", size, colours[0])
    for x in range(0, size[0], 10):
        picture.paste(colours[1], (x, 0, x + 5, size[1]))
    return picture.rotate(8, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("step", [0, 100, 300, 600])
def test_libjpeg_finds_the_coefficients_that_were_meant(step: int) -> None:
    picture = busy((400, 304))
    planes = planes_of(picture, step, "4:4:4")
    table = scaled_tables(step, "4:4:4")[0]
    levels = np.asarray(planes.luma.quantised(table, DEAD_ZONE)).astype(np.float64)
    found = np.rint(dct_of(levels) / np.array(table))
    wanted = meant(planes.luma, table, DEAD_ZONE)
    # Levels beyond 0…255 cannot be handed over: those blocks are left out.
    inside = (levels.reshape(38, 8, 50, 8).swapaxes(1, 2).reshape(-1, 64) % 255 != 0).all(1)
    assert inside.mean() > 0.9
    assert (found == wanted)[inside][:, 2:].mean() > 0.995
    assert np.abs(found - wanted)[inside].max() <= 1


@given(st.integers(8 * 8, 247 * 8))
def test_a_flat_block_keeps_its_mean(eighths: int) -> None:
    levels = np.asarray(flat_luma(eighths / 8).quantised((1,) * 64, DEAD_ZONE))
    assert levels.mean() == eighths / 8
    assert int(levels.max()) - int(levels.min()) <= 1


@pytest.mark.parametrize("chroma", ["4:4:4", "4:2:0"])
def test_a_flat_block_comes_through_libjpeg_with_nothing_beside_its_mean(
    chroma: ChromaSubsampling,
) -> None:
    table = scaled_tables(-100, chroma)[0]
    for eighths in range(100 * 8, 101 * 8):
        levels = np.asarray(flat_luma(eighths / 8).quantised(table, DEAD_ZONE)).astype(np.float64)
        found = np.rint(dct_of(levels) / np.array(table))[0]
        assert found[0] == np.rint((eighths / 8 - 128) * 8 / table[0])
        assert not found[1:].any()


def test_the_dead_zone_takes_what_hardly_exceeds_half_a_step_and_no_mean() -> None:
    values = np.zeros((1, 64), np.float32)
    values[0, :5] = [0.55, 0.55, -0.55, 0.6, 2.55]
    luma = Luma(np.zeros((8, 8), np.uint8), values * 16)
    table = (16,) * 64
    levels = np.asarray(luma.quantised(table, 0.07)).astype(np.float64)
    assert np.rint(dct_of(levels) / 16)[0, :5].tolist() == [1, 0, 0, 1, 2]
    levels = np.asarray(luma.quantised(table, 0.0)).astype(np.float64)
    assert np.rint(dct_of(levels) / 16)[0, :5].tolist() == [1, 1, -1, 1, 3]


def lightness_error(data: bytes, picture: Image.Image) -> float:
    """In linear light, from so far that luma's own rounding evens out: mean of 4 × 4 pixels."""
    shown, wanted = decoded(data), np.asarray(picture).astype(np.float64)
    error = ((shown / 255) ** 2.2 - (wanted / 255) ** 2.2) @ LIGHTNESS
    down, across = error.shape[0] // 4, error.shape[1] // 4
    return float(np.abs(error.reshape(down, 4, across, 4).mean((1, 3))).mean())


def both(picture: Image.Image, step: int, chroma: ChromaSubsampling) -> tuple[float, float]:
    """The error of planes made for one another, and that of libjpeg's own."""
    ours = planes_of(picture, step, chroma).finished(step, DEAD_ZONE, BARE)
    plain = encode_finished(picture, step, chroma, BARE)
    assert ours is not None
    assert plain is not None
    return lightness_error(ours, picture), lightness_error(plain, picture)


@pytest.mark.parametrize("colours", [("#c01020", "black"), ("#c01020", "white"), ("blue", "red")])
def test_beside_halved_chroma_the_picture_is_as_light_as_it_was(colours: tuple[str, str]) -> None:
    ours, plain = both(stripes(colours), 150, "4:2:0")
    assert ours < 0.7 * plain


def test_beside_coarse_chroma_smooth_colours_are_as_light_as_they_were() -> None:
    ramp = Image.linear_gradient("L").resize((160, 128), Image.Resampling.BICUBIC)
    picture = Image.merge(
        "RGB",
        (ramp, ramp.rotate(180), ramp.transpose(Image.Transpose.ROTATE_90).resize((160, 128))),
    )
    ours, plain = both(picture, 0, "4:4:4")
    assert ours < 0.9 * plain


def test_the_luma_of_a_grey_picture_is_its_grey() -> None:
    grey = Image.linear_gradient("L").resize((64, 64))
    picture = grey.convert("RGB")
    shown = Image.open(io.BytesIO(encode_plain(picture, 0, "4:4:4")))
    shown.draft("YCbCr", shown.size)
    luma = compensated_luma(picture, shown)
    wanted = dct_of(np.asarray(grey).astype(np.float64))
    assert np.abs(luma.coefficients - wanted).max() < 0.6  # the basis is rounded to 1/2048


def test_sums_are_exact_in_single_precision() -> None:
    luma = planes_of(busy((256, 200)), 0, "4:2:0").luma
    units = luma.coefficients.astype(np.float64) * (8 * 2048)
    assert (units == np.rint(units)).all()
    assert np.abs(units).max() <= 2**24


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    chroma=st.sampled_from(["4:4:4", "4:2:0"]),
)
@settings(deadline=None)
def test_planes_of_any_size_are_planes_of_that_size(
    size: tuple[int, int], colour: tuple[int, int, int], chroma: ChromaSubsampling
) -> None:
    picture = Image.new("RGB", size, colour)
    planes = planes_of(picture, 0, chroma)
    data = planes.finished(0, DEAD_ZONE, BARE)
    assert data is not None
    assert Image.open(io.BytesIO(data)).size == size
    assert np.abs(decoded(data) - np.array(colour)).max() <= 3


@given(size=st.tuples(st.integers(1, 33), st.integers(1, 33)), seed=st.integers(0, 99))
def test_halved_chroma_is_the_same_in_every_two_by_two(size: tuple[int, int], seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    picture = Image.fromarray(values)
    for plane in chroma_planes(picture, "4:2:0"):
        assert plane.size == size
        levels = np.asarray(plane)
        whole = np.repeat(np.repeat(levels[::2, ::2], 2, 0), 2, 1)[: size[1], : size[0]]
        assert (levels == whole).all()


def test_flat_chroma_stays_what_it_is_halved_or_not() -> None:
    picture = Image.new("RGB", (37, 21), (180, 30, 60))
    whole, halved = (chroma_planes(picture, each) for each in ("4:4:4", "4:2:0"))
    for one, other in zip(whole, halved, strict=True):
        assert one.getextrema() == other.getextrema()
        assert one.getextrema()[0] == one.getextrema()[1]


def test_given_beforehand_halved_chroma_comes_back_sharper() -> None:
    picture = stripes(("#c01020", "#202020"))
    whole = [np.asarray(plane).astype(float) for plane in chroma_planes(picture, "4:4:4")]
    boxed = Image.merge(
        "YCbCr", [Image.fromarray(plane.astype(np.uint8)) for plane in (whole[0], *whole)]
    )
    careful = Image.merge("YCbCr", [boxed.getchannel(0), *chroma_planes(picture, "4:2:0")])
    errors = []
    for coded in (careful, boxed):
        shown = Image.open(io.BytesIO(encode_plain(coded, -600, "4:2:0")))
        shown.draft("YCbCr", shown.size)
        red = np.asarray(shown).astype(float)[..., 2]
        errors.append(float(((red - whole[1]) ** 2).mean()))
    assert errors[0] < 0.9 * errors[1]


def test_planes_are_the_same_at_every_call() -> None:
    picture = busy((300, 200))
    one, other = (planes_of(picture, 50, "4:2:0").finished(40, DEAD_ZONE, BARE) for _ in range(2))
    assert one == other
