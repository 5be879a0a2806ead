"""What a scaled decode averaged comes out as the full decode scaled would."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, features

from photoprep.photo import decode as decoding
from photoprep.photo import lanczos as room
from photoprep.photo.averages import REACH, pixels_from_means
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.lanczos import lanczos
from photoprep.photo.resize import upright_at
from photoprep.units import scaled_size_px
from tests.support import in_8_bits

averaged_sides = st.sampled_from([2, 4, 8])


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def means(picture: Image.Image, side_px: int) -> Image.Image:
    """The means of squares of pixels; beyond the edges the outermost pixels are repeated."""
    pixels = np.asarray(picture, np.float64).reshape(picture.height, picture.width, -1)
    padding = [(0, -pixels.shape[axis] % side_px) for axis in (0, 1)]
    padded = np.pad(pixels, (*padding, (0, 0)), mode="edge")
    high, wide = padded.shape[0] // side_px, padded.shape[1] // side_px
    squares = padded.reshape(high, side_px, wide, side_px, -1).mean((1, 3))
    return Image.fromarray(np.rint(squares).astype(np.uint8).squeeze(2))


def smooth(size_px: tuple[int, int], period_px: float) -> Image.Image:
    """A grey wave across and down, so long that the means tell it."""
    across, down = (np.cos(np.arange(side) * 2 * np.pi / period_px) for side in size_px)
    return Image.fromarray(np.rint(128 + 50 * across + 50 * down[:, None]).astype(np.uint8))


def rms(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    difference = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    return float(np.sqrt((difference**2).mean()))


@pytest.mark.parametrize("side_px", [2, 4, 8])
def test_the_pixels_have_the_means_that_they_were_made_from(side_px: int) -> None:
    rows = pixels_from_means(side_px)
    assert rows.shape == (side_px, 2 * REACH + 1)
    assert np.allclose(rows.sum(1), 1)
    assert np.allclose(rows, rows[::-1, ::-1])  # left is as right
    middle = np.zeros(2 * REACH + 1)
    middle[REACH] = 1
    assert np.allclose(rows.mean(0), middle)


def test_for_two_pixels_a_mean_the_weights_are_powers() -> None:
    left = pixels_from_means(2)[0]
    powers = [(-(3 - math.sqrt(8))) ** distance for distance in range(REACH + 1)]
    assert np.allclose(left[REACH:], powers, atol=2e-4)


@pytest.mark.parametrize("side_px", [2, 4, 8])
@pytest.mark.parametrize("size_px", [(1500, 1100), (1501, 1099), (1499, 1103)])
def test_a_smooth_picture_loses_nothing(side_px: int, size_px: tuple[int, int]) -> None:
    picture = smooth(size_px, 10.0 * side_px)
    wanted = scaled_size_px(size_px, 1500 // (3 * side_px))
    ours = lanczos(means(picture, side_px), wanted, size_px, side_px)
    # Scaled as samples, the means come out softer by 0.7 levels, or shifted by 9 in the odd sizes.
    assert rms(ours, lanczos(picture, wanted)) < 0.55


@given(
    st.integers(0, 255),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(1, 99),
    averaged_sides,
)
@settings(deadline=None, max_examples=60)
def test_a_flat_picture_stays_what_it_is(
    level: int, width: int, height: int, side: int, averaged: int
) -> None:
    stored = Image.new("L", (-(-width // averaged), -(-height // averaged)), level)
    ours = lanczos(stored, (side, side), (width, height), averaged)
    assert ours.getextrema() == (level, level)


@given(st.integers(1, 400), st.integers(1, 200), averaged_sides)
@settings(deadline=None, max_examples=60)
def test_the_weights_are_lanczos_on_the_pixels_that_the_means_give(
    source: int, target: int, averaged: int
) -> None:
    stored = -(-source // averaged)
    plain, ours = (
        dense(room._bands(source, target, side, room._UNIT), pixels)
        for side, pixels in ((1, source), (averaged, stored))
    )
    estimate = np.zeros((stored * averaged, stored))
    rows = pixels_from_means(averaged)
    for mean in range(stored):
        for tap in range(2 * REACH + 1):
            place = min(max(mean + tap - REACH, 0), stored - 1)
            estimate[mean * averaged : (mean + 1) * averaged, place] += rows[:, tap]
    assert np.abs(plain[:target] @ estimate[:source] - ours[:target]).max() < 1e-3


def dense(bands: room._Bands, source_px: int) -> NDArray[np.float64]:
    """The weights as one matrix, (results, pixels)."""
    matrix = np.zeros((len(bands.starts) * room._TILE_PX, source_px))
    for tile, start in enumerate(bands.starts):
        place = slice(tile * room._TILE_PX, (tile + 1) * room._TILE_PX)
        matrix[place, start : start + bands.span_px] = bands.weights[tile].T
    return matrix


def photo_like(size_px: tuple[int, int]) -> Image.Image:
    """Fine detail in the brightness and broad patches of colour, as a camera has them."""
    rng = np.random.default_rng(7)
    wide, high = size_px
    detail = rng.integers(60, 196, (high // 6, wide // 6), np.uint8)
    patches = rng.integers(60, 196, (high // 60, wide // 60, 3), np.uint8)
    grey, colour = (
        Image.fromarray(values).resize(size_px, Image.Resampling.BICUBIC).convert("RGB")
        for values in (detail, patches)
    )
    return Image.blend(grey, colour, 0.4)


def saved(picture: Image.Image, place: Path, **options: object) -> Path:
    path = place / "photo.jpg"
    picture.save(path, "JPEG", quality=95, **options)
    return path


@pytest.mark.skipif(not features.check("libjpeg_turbo"), reason="this libjpeg scales otherwise")
@pytest.mark.parametrize("side_px", [2, 4, 8])
def test_libjpegs_scaled_decode_is_the_means_of_the_full_one(side_px: int) -> None:
    buffer = io.BytesIO()
    photo_like((320, 240)).convert("L").save(buffer, "JPEG", quality=95)
    with Image.open(buffer) as opened:
        full = opened.copy()
    with Image.open(buffer) as opened:
        opened.draft(None, (320 // side_px, 240 // side_px))
        scaled = opened.copy()
    assert scaled.size == (320 // side_px, 240 // side_px)
    assert rms(scaled, means(full, side_px)) < 0.5


KINDS: list[tuple[str, dict[str, object]]] = [
    ("RGB", {"subsampling": "4:4:4"}),
    ("RGB", {"subsampling": "4:2:0"}),
    ("RGB", {"subsampling": "4:2:2"}),
    ("RGB", {"subsampling": "4:2:0", "progressive": True}),
    ("RGB", {"keep_rgb": True}),
    ("L", {}),
    ("CMYK", {}),
]


@pytest.mark.parametrize(("mode", "options"), KINDS)
@pytest.mark.parametrize("size_px", [(1200, 900), (1201, 899), (1207, 905)])
def test_every_kind_of_jpeg_comes_out_as_in_full(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    options: dict[str, object],
    size_px: tuple[int, int],
) -> None:
    path = saved(photo_like(size_px).convert(mode), tmp_path, **options)
    in_full = decode(path)
    monkeypatch.setattr(decoding, "_FULL_DECODE_MEGAPIXELS", 1)
    at_half = decode(path)
    assert (in_full.averaged_px, at_half.averaged_px) == (1, 2)
    assert at_half.full_size_px == in_full.full_size_px == size_px
    wanted = scaled_size_px(size_px, 290)
    assert rms(*(in_8_bits(upright_at(photo, wanted)) for photo in (at_half, in_full))) < 0.7


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_was_scaled_is_turned_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(photo_like((1301, 903)), tmp_path, exif=exif)
    in_full = decode(path)
    monkeypatch.setattr(decoding, "_FULL_DECODE_MEGAPIXELS", 1)
    at_half = decode(path)
    wanted = scaled_size_px(in_full.full_size_px, 300)
    assert rms(*(in_8_bits(upright_at(photo, wanted)) for photo in (at_half, in_full))) < 0.7


def test_a_camera_photo_at_a_half_is_near_the_full_one(
    real_photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = real_photos / "camera/train.jpg"
    in_full = decode(path)
    monkeypatch.setattr(decoding, "_FULL_DECODE_MEGAPIXELS", 10)
    at_half = decode(path)
    assert at_half.averaged_px == 2
    wanted = scaled_size_px(in_full.full_size_px, 944)
    ours, reference = (in_8_bits(upright_at(photo, wanted)) for photo in (at_half, in_full))
    as_samples = in_8_bits(at_half.image).resize(ours.size, Image.Resampling.LANCZOS)
    assert in_full.turn is None
    assert rms(ours, reference) < 0.75 * rms(as_samples, reference)
