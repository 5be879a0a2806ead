"""One picture into its bytes: what is really written, and what the search promises."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from PIL import Image, ImageDraw

from photoprep.errors import CannotFitError
from photoprep.photo.encode import Wrapping, scaled_tables
from photoprep.photo.fit import allowed_sizes_px, fit_jpeg, smaller_jpeg
from photoprep.photo.planes import planes_of
from photoprep.photo.quality import COARSEST_STEP, FINEST_STEP, ChromaSubsampling
from photoprep.photo.search import DEAD_ZONE
from photoprep.photo.task import EncodedJpeg
from photoprep.preset import PhotoSpec


def spec(max_bytes: int = 200_000, *, good: int = 80, least: int = 30) -> PhotoSpec:
    return PhotoSpec(Fraction(24), 100, 72, max_bytes, good, least, "white")


def noise(size: tuple[int, int], sigma: float = 40) -> Image.Image:
    """Noise that is the same on every call, unlike Image.effect_noise."""
    state, values = 12345, bytearray()
    for _ in range(64 * 64 * 3):
        state = (state * 1103515245 + 12345) % 2**31
        values.append(max(0, min(255, 128 + int((state // 2**16 % 256 - 128) * sigma / 74))))
    tile = Image.frombytes("RGB", (64, 64), bytes(values))
    picture = Image.new("RGB", size)
    for turn, x in enumerate(range(0, size[0], 64)):
        for y in range(0, size[1], 64):
            picture.paste(tile.rotate(90 * ((turn + y // 64) % 4)), (x, y))
    return picture


def busy(size: tuple[int, int] = (944, 708)) -> Image.Image:
    """Something like a photo: a gradient, edges, and a grain that 200 kB cannot hold whole."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for n in range(60):
        x, y = n * 151 % size[0], n * 97 % size[1]
        draw.ellipse((x, y, x + 90, y + 60), fill=(n * 41 % 256, n * 83 % 256, n * 29 % 256))
    return Image.blend(picture, noise(size), 0.3)


def renders(
    picture: Image.Image, log: list[tuple[int, int]] | None = None
) -> Callable[[tuple[int, int]], Image.Image]:
    def render(size_px: tuple[int, int]) -> Image.Image:
        if log is not None:
            log.append(size_px)
        return picture.resize(size_px, Image.Resampling.BICUBIC)

    return render


def fitted(picture: Image.Image, wanted: PhotoSpec) -> EncodedJpeg:
    return fit_jpeg(renders(picture), picture.size, wanted)


def segments(data: bytes) -> list[tuple[int, bytes]]:
    """The marker segments before the first scan, read by hand (ITU-T T.81, annex B)."""
    assert data[:2] == b"\xff\xd8"
    assert data[-2:] == b"\xff\xd9"
    found, at = [], 2
    while data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


@pytest.fixture(scope="module")
def fitted_busy() -> EncodedJpeg:
    return fitted(busy(), spec())


def test_a_busy_picture_uses_its_budget(fitted_busy: EncodedJpeg) -> None:
    assert 0.985 * 200_000 <= len(fitted_busy.data) <= 200_000
    assert (fitted_busy.width_px, fitted_busy.height_px) == (944, 708)
    assert fitted_busy.quality < spec().enough_quality


def test_the_same_picture_gives_the_same_jpeg(fitted_busy: EncodedJpeg) -> None:
    assert fitted(busy(), spec()) == fitted_busy


def test_the_file_is_progressive_with_three_tables_and_its_density(
    fitted_busy: EncodedJpeg,
) -> None:
    found = segments(fitted_busy.data)
    markers = [marker for marker, _ in found]
    assert markers[0] == 0xE0
    jfif = found[0][1]
    assert jfif[:5] == b"JFIF\0"
    assert jfif[7] == 1  # dots per inch
    assert int.from_bytes(jfif[8:10], "big") == int.from_bytes(jfif[10:12], "big") == 100
    assert 0xC2 in markers  # SOF2: progressive
    tables = b"".join(body for marker, body in found if marker == 0xDB)
    assert [tables[n * 65] for n in range(3)] == [0, 1, 2]
    assert len(tables) == 3 * 65
    frame = next(body for marker, body in found if marker == 0xC2)
    assert [frame[8 + 3 * n] for n in range(3)] == [0, 1, 2]  # each component its own table
    sampling = {"4:4:4": 0x11, "4:2:0": 0x22}[fitted_busy.chroma_subsampling]
    assert frame[7] == sampling


def test_profile_and_exif_are_written_and_counted() -> None:
    exif = Image.Exif()
    exif[0x8298] = "somebody"
    profile = b"p" * 5000
    picture = busy((300, 200))
    jpeg = fit_jpeg(
        renders(picture), picture.size, spec(20_000), icc_profile=profile, exif=exif.tobytes()
    )
    read = Image.open(io.BytesIO(jpeg.data))
    assert read.info["icc_profile"] == profile
    assert read.getexif()[0x8298] == "somebody"
    assert 0.985 * 20_000 <= len(jpeg.data) <= 20_000


def test_a_flat_picture_stops_at_the_ceiling() -> None:
    jpeg = fitted(Image.new("RGB", (944, 944), (200, 30, 40)), spec())
    assert len(jpeg.data) < 20_000
    assert jpeg.quality >= 90
    assert jpeg.encodes <= 8


def test_a_smooth_picture_stops_below_its_budget() -> None:
    picture = Image.linear_gradient("L").resize((944, 700)).convert("RGB")
    jpeg = fitted(picture, spec())
    assert len(jpeg.data) < 100_000
    assert jpeg.quality >= 90


def test_a_good_picture_is_rendered_once() -> None:
    sizes: list[tuple[int, int]] = []
    fit_jpeg(renders(busy(), sizes), (944, 708), spec())
    assert sizes == [(944, 708)]


def test_each_size_is_rendered_at_most_once() -> None:
    sizes: list[tuple[int, int]] = []
    fit_jpeg(renders(busy(), sizes), (1888, 1416), spec(30_000, good=100, least=0))
    assert sizes == [(944, 708), (812, 609), (680, 510)]


def test_resolution_is_lowered_where_the_smaller_picture_looks_better() -> None:
    # Soft at 944 px, so that 680 px lose nothing, and too busy for 20 kB.
    soft = busy((240, 180)).resize((944, 708), Image.Resampling.BICUBIC)
    jpeg = fitted(soft, spec(20_000, good=95, least=0))
    assert jpeg.width_px < 944
    assert len(jpeg.data) <= 20_000


@pytest.mark.parametrize(("side_px", "dpi"), [(944, 100), (700, 75), (500, 72), (1, 72)])
def test_nothing_is_enlarged_and_the_density_follows_the_size(side_px: int, dpi: int) -> None:
    jpeg = fitted(Image.new("RGB", (side_px, 1), "navy"), spec())
    assert (jpeg.width_px, jpeg.height_px, jpeg.dpi) == (side_px, 1, dpi)


def test_too_few_bytes_are_a_typed_error_that_names_the_smallest() -> None:
    with pytest.raises(CannotFitError, match="cannot be brought within 3 kB at 24 cm") as caught:
        fitted(noise((944, 944), 74), spec(3_000))
    assert caught.value.smallest_bytes > 3_000
    assert str(caught.value.smallest_bytes) in caught.value.message
    assert "max_bytes" in caught.value.hint


def test_a_picture_that_would_be_spoiled_is_refused() -> None:
    with pytest.raises(CannotFitError, match="still shows the product") as caught:
        fitted(busy(), spec(30_000, good=95, least=90))
    assert caught.value.smallest_bytes > 30_000


def test_allowed_sizes_run_from_the_most_to_the_fewest_pixels() -> None:
    assert allowed_sizes_px((4000, 3000), spec()) == [(944, 708), (812, 609), (680, 510)]
    assert allowed_sizes_px((700, 10), spec()) == [(700, 10), (680, 10)]
    assert allowed_sizes_px((5, 5), spec()) == [(5, 5)]


@pytest.mark.parametrize("chroma", get_args(ChromaSubsampling))
def test_tables_grow_with_the_step_and_stay_in_a_byte(chroma: ChromaSubsampling) -> None:
    last: tuple[tuple[int, ...], ...] = ((1,) * 64,) * 3
    for step in range(FINEST_STEP, COARSEST_STEP + 1, 64):
        tables = scaled_tables(step, chroma)
        assert [len(table) for table in tables] == [64] * 3
        for before, now in zip(last, tables, strict=True):
            assert all(1 <= a <= b <= 255 for a, b in zip(before, now, strict=True))
        last = tables
    assert all(entry == 255 for entry in last[0][20:])


def test_a_pair_of_entries_does_not_change_at_one_step() -> None:
    # Entries across the diagonal are equal in the fitted tables; a jump of both costs 5% at once.
    changes = [0, 0]
    for step in range(256):
        before, now = scaled_tables(step, "4:4:4")[0], scaled_tables(step + 1, "4:4:4")[0]
        changes[0] += before[1] != now[1]
        changes[1] += before[1] != now[1] and before[8] != now[8]
    assert changes[0] >= 1
    assert changes[1] == 0


def test_a_smaller_version_costs_a_few_encodes(fitted_busy: EncodedJpeg) -> None:
    for limit in (190_000, 150_000, 100_000):
        smaller = smaller_jpeg(busy(), fitted_busy, limit)
        assert 0.99 * limit <= len(smaller.data) <= limit
        assert smaller.chroma_subsampling == fitted_busy.chroma_subsampling
        assert (smaller.width_px, smaller.dpi) == (fitted_busy.width_px, fitted_busy.dpi)
        assert smaller.encodes <= 10  # partial plain ones among them, a tenth of a finished one
        assert smaller.quality == pytest.approx(fitted_busy.curve.quality_at(limit), abs=4)
        assert smaller.quality < fitted_busy.quality


def test_a_smaller_version_carries_the_same_profile(fitted_busy: EncodedJpeg) -> None:
    jpeg = smaller_jpeg(busy(), fitted_busy, 120_000, icc_profile=b"p" * 500)
    assert Image.open(io.BytesIO(jpeg.data)).info["icc_profile"] == b"p" * 500
    assert len(jpeg.data) <= 120_000


def test_a_version_that_is_too_small_is_a_typed_error(fitted_busy: EncodedJpeg) -> None:
    with pytest.raises(CannotFitError, match="at this size") as caught:
        smaller_jpeg(busy(), fitted_busy, 2_000)
    assert caught.value.smallest_bytes > 2_000


def test_the_curve_passes_through_what_was_measured(fitted_busy: EncodedJpeg) -> None:
    curve = fitted_busy.curve
    assert curve.bytes_at(fitted_busy.step) == pytest.approx(len(fitted_busy.data), abs=2)
    assert curve.quality_at(len(fitted_busy.data)) == pytest.approx(fitted_busy.quality, abs=0.2)
    planes = planes_of(busy(), fitted_busy.step, fitted_busy.chroma_subsampling)
    finer = planes.finished(fitted_busy.step - 60, DEAD_ZONE, Wrapping(100, b"", b""))
    assert finer is not None
    assert curve.bytes_at(fitted_busy.step - 60) == pytest.approx(len(finer), rel=0.05)


def test_more_bytes_than_the_ceiling_are_left_unspent() -> None:
    soft = busy((240, 180)).resize((944, 708), Image.Resampling.BICUBIC)
    lower = fitted(soft, replace(spec(), enough_quality=85))
    assert len(lower.data) < 150_000
    assert lower.quality == pytest.approx(85, abs=1.5)
    spent = fitted(busy(), replace(spec(), enough_quality=100))
    assert len(spent.data) >= 0.985 * 200_000
