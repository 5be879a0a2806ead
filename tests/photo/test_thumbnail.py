"""Thumbnails: small in pixels and bytes whatever they show, and true to the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photoprep.photo.thumbnail import LONGEST_PX, MOST_BYTES, thumbnail_of
from tests.photo.drawn import scene


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def noise(size: tuple[int, int]) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((944, 708), (256, 192)),
        ((708, 944), (192, 256)),
        ((257, 100), (256, 100)),
        ((511, 2), (256, 1)),
        ((944, 1), (256, 1)),
        ((256, 256), (256, 256)),
        ((48, 32), (48, 32)),  # never enlarged
        ((1, 1), (1, 1)),
    ],
)
def test_it_has_the_pictures_shape_within_256_pixels(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert opened(thumbnail_of(Image.new("RGB", size, "red"))).size == expected


@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_noise_of_any_shape_is_within_its_bytes(width: int, height: int) -> None:
    thumbnail = thumbnail_of(noise((width, height)))
    assert len(thumbnail) <= MOST_BYTES
    assert max(opened(thumbnail).size) <= LONGEST_PX


def test_it_looks_like_the_picture_and_is_the_same_every_time() -> None:
    picture = scene()
    thumbnail = thumbnail_of(picture)
    assert thumbnail == thumbnail_of(picture)
    shown = opened(thumbnail)
    expected = picture.resize(shown.size, Image.Resampling.LANCZOS)
    off = np.abs(np.asarray(shown, np.int16) - np.asarray(expected, np.int16))
    assert off.mean() < 2


def test_nothing_but_pixels_is_in_it() -> None:
    picture = scene()
    picture.info["icc_profile"] = b"of its file"
    assert set(opened(thumbnail_of(picture)).info) <= {"jfif", "jfif_version", "jfif_unit"} | {
        "jfif_density"
    }


def test_what_the_picture_is_too_lively_for_is_given_up_in_quality() -> None:
    lively, calm = thumbnail_of(noise((256, 256))), thumbnail_of(scene())
    assert opened(lively).size == (256, 256)
    tables = [opened(data).quantization[0] for data in (lively, calm)]  # type: ignore[attr-defined]
    assert sum(tables[0]) > sum(tables[1])
