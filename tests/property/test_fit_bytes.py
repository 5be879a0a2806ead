"""Promise 2: no photo is ever a byte over its limit, whatever the picture and the limit."""

from __future__ import annotations

import io
import random
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from photoprep.errors import CannotFitError
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.task import EncodedJpeg
from photoprep.preset import PhotoSpec

SIDES = st.one_of(st.just(1), st.integers(1, 24), st.integers(1, 300))
KINDS = st.sampled_from(["flat", "noise", "gradient", "stripes"])


def picture_of(kind: str, size: tuple[int, int], seed: int) -> Image.Image:
    chance = random.Random(seed)
    if kind == "noise":
        return Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
    if kind == "gradient":
        return Image.linear_gradient("L").resize(size).convert("RGB")
    if kind == "stripes":
        return Image.frombytes("RGB", (2, 1), chance.randbytes(6)).resize(size)
    return Image.new("RGB", size, tuple(chance.randbytes(3)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=KINDS,
    size=st.one_of(
        st.tuples(SIDES, SIDES),
        st.tuples(st.just(1500), st.integers(1, 5)),
        st.sampled_from([(1, 1), (944, 708), (1600, 1200)]),
    ),
    seed=st.integers(0, 2**32),
    max_bytes=st.one_of(
        st.integers(1, 3_000), st.integers(3_000, 100_000), st.integers(60_000, 900_000)
    ),
    good=st.integers(0, 100),
    least=st.integers(0, 60),
)
def test_never_over_the_limit_or_a_typed_error(
    kind: str, size: tuple[int, int], seed: int, max_bytes: int, good: int, least: int
) -> None:
    picture = picture_of(kind, size, seed)
    spec = PhotoSpec(Fraction(24), 100, 72, max_bytes, good, min(good, least), "white")
    jpeg: EncodedJpeg | None
    smallest_bytes = 0
    try:
        jpeg = fit_jpeg(lambda size_px: picture.resize(size_px), size, spec)
    except CannotFitError as error:
        smallest_bytes = error.smallest_bytes
        jpeg = None
    if jpeg is None:
        assert smallest_bytes > 0
        return
    assert len(jpeg.data) <= max_bytes
    assert 0 <= jpeg.quality <= 100
    assert jpeg.quality >= spec.min_quality
    read = Image.open(io.BytesIO(jpeg.data))
    read.load()
    assert read.size == (jpeg.width_px, jpeg.height_px)
    assert max(read.size) <= min(944, max(size))
    assert 72 <= jpeg.dpi <= 100
    assert jpeg.encodes <= 3 * (2 + 16)
