"""Bands of a picture: the rows that they are said to be, and lengths foretold from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photoprep.photo.bands import BAND_PX, in_bands, luma_in_bands
from photoprep.photo.encode import Wrapping
from photoprep.photo.luma import Luma
from photoprep.photo.planes import dead_zone_with, planes_of, share_beyond
from photoprep.photo.quality import ChromaSubsampling
from photoprep.photo.search import DEAD_ZONE, WIDEST_DEAD_ZONE
from tests.photo.test_encode import busy

BARE = Wrapping(100, b"", b"")


@given(height=st.integers(1, 700), width=st.integers(1, 9))
def test_luma_and_planes_are_cut_alike(height: int, width: int) -> None:
    rows = np.arange(height, dtype=np.uint16)[:, None].repeat(width, 1)
    levels = (rows % 251).astype(np.uint8)
    across, down = -(-width // 8), -(-height // 8)
    coefficients = np.arange(down, dtype=np.float32).repeat(across)[:, None].repeat(64, 1)
    cut = luma_in_bands(Luma(levels, coefficients))
    plane = in_bands(Image.fromarray(levels))
    assert np.array_equal(np.asarray(plane), cut.levels)
    assert (cut.width_px, cut.height_px) == plane.size
    assert len(cut.coefficients) == -(-cut.height_px // 8) * across
    if cut.height_px < height:  # else the picture is small, and whole
        assert cut.height_px % BAND_PX == 0
        first_rows = cut.levels[::8, 0]
        block_rows = cut.coefficients[::across, 0].astype(int)
        assert [int(row) for row in first_rows] == [row * 8 % 251 for row in block_rows]


def test_a_small_picture_is_its_own_bands() -> None:
    small = Image.new("RGB", (100, 100))
    assert in_bands(small) is small


@pytest.mark.parametrize("chroma", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("step", [-300, 0, 300])
def test_bands_foretell_the_length_of_the_whole(step: int, chroma: ChromaSubsampling) -> None:
    planes = planes_of(busy(), step, chroma)
    bands = planes.in_bands()
    whole, part = (each.finished(step, DEAD_ZONE, BARE) for each in (planes, bands))
    assert whole is not None
    assert part is not None
    assert len(part) < len(whole) / 3
    told = bands.reckoned_from(len(part), planes.plain_bytes)
    assert told == pytest.approx(len(whole) - BARE.overhead_bytes, rel=0.02)


@given(share=st.floats(0.0, 1.0))
def test_a_dead_zone_leaves_the_share_that_was_wanted(share: float) -> None:
    sizes = np.random.default_rng(1).exponential(0.5, (400, 63)).astype(np.float32)
    zone = dead_zone_with(sizes, share)
    least, most = (share_beyond(sizes, each) for each in (WIDEST_DEAD_ZONE, 0.0))
    assert 0.0 <= zone <= WIDEST_DEAD_ZONE
    assert zone == round(zone, 3)
    assert share_beyond(sizes, zone) == pytest.approx(min(most, max(least, share)), abs=0.002)
