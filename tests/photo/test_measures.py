"""What is measured of a picture: blur in true pixels, tones, casts, outlines and turns."""

from __future__ import annotations

from dataclasses import astuple
from io import BytesIO
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.spoiled import exposed, lit, moved
from photoprep.measured import Measures
from photoprep.photo.measures import measures_of
from photoprep.photo.regions import Grid
from photoprep.photo.sharpness import sharpness_of
from photoprep.photo.turns import orientation_of, was_turned_before
from tests.photo.drawn import SIZE, draw_product, scene, stripes


def measured(picture: Image.Image) -> Measures:
    return measures_of(picture, Image.Exif(), picture.size)


@pytest.mark.parametrize("angle", [0, 20, 70, 90])
@pytest.mark.parametrize("blur_px", [0.5, 1.0, 1.5, 2.0])
def test_blur_is_told_in_pixels_whatever_the_direction(angle: float, blur_px: float) -> None:
    told = sharpness_of(stripes(angle, blur_px))
    assert told.edge_tiles >= 30
    assert 0.75 * blur_px <= told.blur_px100 / 100 <= 1.25 * blur_px


@pytest.mark.parametrize("contrast", [60, 100, 190])
def test_blur_does_not_depend_on_contrast(contrast: int) -> None:
    assert sharpness_of(stripes(0, 1.5, contrast)).blur_px100 == pytest.approx(167, abs=12)


def test_noise_is_not_sharpness() -> None:
    soft = np.asarray(scene().filter(ImageFilter.GaussianBlur(3))).astype(np.float32)
    noise = np.random.default_rng(7).normal(0, 8, soft.shape)
    noisy = Image.fromarray((soft + noise).clip(0, 255).astype(np.uint8))
    assert measured(noisy).blur_px100 >= 150


def test_one_sharp_part_is_enough() -> None:
    """Shallow depth of field: the product is sharp and what lies behind it is not."""
    sharp, soft = scene("gray"), scene("gray").filter(ImageFilter.GaussianBlur(6))
    both = soft.copy()
    both.paste(sharp.crop((380, 200, 680, 520)), (380, 200))
    assert measured(soft).blur_px100 >= 250
    assert measured(both).blur_px100 <= 50


@pytest.mark.parametrize("angle", [0, 45, 90])
def test_a_movement_softens_edges_along_it_alone(angle: float) -> None:
    bars = stripes(angle, 0).convert("RGB")
    bars.paste(stripes(angle + 90, 0).crop((0, 0, 472, 708)), (0, 0))
    told = measured(moved(12, angle)(bars))
    assert told.shake_along_px100 - told.shake_across_px100 >= 200
    assert told.shake_across_px100 <= 70


@pytest.mark.parametrize(("ev", "level"), [(0, 255), (-1, 188), (-2, 137), (-3, 99)])
def test_highlights_follow_the_light(ev: float, level: int) -> None:
    assert measured(exposed(ev)(scene())).highlight_level == pytest.approx(level, abs=1)


def test_a_cast_is_told_as_the_light_was_coloured() -> None:
    red, green, blue = 0.9, 0.75, 0.5
    told = measured(lit((red, green, blue))(scene()))
    assert told.cast_red_log100 == pytest.approx(100 * log(red / green), abs=2)
    assert told.cast_blue_log100 == pytest.approx(100 * log(blue / green), abs=2)
    assert told.neutral_permille == 0
    assert measured(scene()).neutral_permille >= 500


def test_clipping_in_one_channel_is_counted() -> None:
    assert measured(scene()).part_clipped_permille == 0
    brown = lit((1, 0.55, 0.3))(scene("gray"))
    assert measured(exposed(2.5)(brown)).part_clipped_permille >= 250
    # A ground of a light colour has a channel at its end by rights.
    assert measured(scene("#ffb4a0")).part_clipped_permille <= 20


def test_white_paper_is_no_burnt_white_but_a_soft_one_is() -> None:
    assert measured(scene("white")).white_permille <= 20
    dark = Image.new("RGB", SIZE, (40, 44, 40))
    ImageDraw.Draw(dark).ellipse((300, 200, 640, 500), fill="white")
    paper = measured(dark)
    assert paper.white_permille >= 100
    assert paper.white_soft_percent <= 5
    glow = measured(exposed(1)(dark.filter(ImageFilter.GaussianBlur(60))))
    assert glow.white_permille >= 50
    assert glow.white_soft_percent >= 22


@pytest.mark.parametrize("ground", ["white", "black", "#c8b496", "#3355aa"])
def test_the_ground_may_have_any_colour(ground: str) -> None:
    told = measured(scene(ground))
    assert told.plain_border_percent == 100
    assert told.parts == 1
    assert 110 <= told.largest_part_permille <= 170
    assert _touched(told) == (0, 0, 0, 0)


def test_the_ground_may_fall_off() -> None:
    """A light that fades towards the corners is a smooth ground too."""
    down, across = np.mgrid[-1 : 1 : SIZE[1] * 1j, -1 : 1 : SIZE[0] * 1j]
    light = 1 - 0.35 * (down**2 + across**2) / 2 + 0.1 * across
    faded = np.asarray(scene("#b4aa96")) * light[..., None]
    told = measured(Image.fromarray(faded.clip(0, 255).astype(np.uint8)))
    assert told.plain_border_percent >= 95
    assert told.parts == 1


@pytest.mark.parametrize(
    ("at", "side"), [((0.5, 0.1), 0), ((0.5, 0.9), 1), ((0.1, 0.5), 2), ((0.9, 0.5), 3)]
)
def test_the_side_that_cuts_a_product_is_told(at: tuple[float, float], side: int) -> None:
    touched = _touched(measured(scene(at=at)))
    assert touched[side] >= 20
    assert sum(touched) == touched[side]


def test_two_products_are_two_parts() -> None:
    picture = Image.new("RGB", SIZE, "white")
    for across in (0.27, 0.73):
        draw_product(picture, (across, 0.5))
    told = measured(picture)
    assert told.parts == 2
    assert told.second_part_permille >= 0.9 * told.largest_part_permille


def test_a_small_part_beside_a_product_is_no_second_one() -> None:
    picture = scene()
    ImageDraw.Draw(picture).ellipse((760, 480, 820, 540), fill=(60, 60, 60))
    told = measured(picture)
    assert told.parts == 1
    assert 0 < told.second_part_permille <= 0.1 * told.largest_part_permille


@given(size=st.tuples(st.integers(1, 260), st.integers(1, 260)), level=st.integers(0, 255))
@settings(max_examples=30, deadline=None)
def test_every_size_can_be_measured(size: tuple[int, int], level: int) -> None:
    picture = Image.linear_gradient("L").resize(size).point(lambda value: value * level // 255)
    told = measured(picture.convert("RGB"))
    assert all(type(value) is int for value in astuple(told))


@pytest.mark.parametrize("size", [(944, 64), (64, 944), (944, 63), (65, 64), (944, 944)])
def test_long_and_narrow_pictures_can_be_measured(size: tuple[int, int]) -> None:
    told = measured(scene().resize(size))
    assert (told.blur_px100 == -1 and told.parts == 0) == (min(size) < 64)


def test_numbers_are_whole_so_that_the_record_keeps_them() -> None:
    assert all(type(value) is int for value in astuple(measured(scene())))


@given(
    width=st.integers(1, 7),
    rows=st.lists(st.integers(0, 127), min_size=1, max_size=7),
)
def test_parts_are_what_walking_from_pixel_to_pixel_finds(width: int, rows: list[int]) -> None:
    grid = Grid(width, len(rows))
    pixels = {(x, y) for y, row in enumerate(rows) for x in range(width) if row >> x & 1}
    mask = sum(1 << (y * grid.step + x) for x, y in pixels)
    walked = []
    left = set(pixels)
    while left:
        reached, new = set(), [min(left, key=lambda place: (place[1], place[0]))]
        while new:
            x, y = new.pop()
            if (x, y) in left:
                left.remove((x, y))
                reached.add((x, y))
                new += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        walked.append(sum(1 << (y * grid.step + x) for x, y in reached))
    assert grid.parts(mask, 64) == walked
    assert grid.shrunk(grid.full) == grid.full
    assert grid.grown(mask) & ~grid.full == 0


def exif(orientation: int, said_px: tuple[int, int] = (0, 0), thumbnail: bytes = b"") -> Image.Exif:
    """Exif as a file brings it, with what a camera says of its picture's size."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    if said_px != (0, 0):
        tags.get_ifd(0x8769).update({0xA002: said_px[0], 0xA003: said_px[1]})
    data = tags.tobytes()
    if thumbnail:
        data = _with_thumbnail(data, thumbnail)
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", exif=data)
    return Image.open(file).getexif()


def _with_thumbnail(data: bytes, thumbnail: bytes) -> bytes:
    """The same with a second directory of two tags behind all else (Exif 2.32, 4.5.8)."""
    head, tiff = data[:6], bytearray(data[6:])
    order = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order)  # type: ignore[arg-type]
    link = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], order)  # type: ignore[arg-type]
    start = len(tiff)

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)  # type: ignore[arg-type]

    tiff[link : link + 4] = number(start, 4)
    directory = number(2, 2)
    for tag, value in ((0x0201, start + 30), (0x0202, len(thumbnail))):
        directory += number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4)
    return head + bytes(tiff) + directory + number(0, 4) + thumbnail


def test_what_cameras_write_is_not_turned_before() -> None:
    assert not was_turned_before(exif(6, (4032, 3024)), (4032, 3024))
    assert not was_turned_before(exif(1, (4032, 3024)), (3024, 4032))  # turned, and the tag mended
    assert not was_turned_before(exif(3, (4032, 3024)), (3024, 4032))
    assert not was_turned_before(exif(6), (3024, 4032))
    assert not was_turned_before(exif(6, (4032, 3024)), (2000, 2000))
    assert not was_turned_before(exif(6, (4032, 3024)), (1000, 1600))  # a crop may stand


@pytest.mark.parametrize("tag", [5, 6, 7, 8])
def test_a_tag_left_by_a_program_that_turned_the_pixels_is_noticed(tag: int) -> None:
    assert was_turned_before(exif(tag, (4032, 3024)), (3024, 4032))
    assert was_turned_before(exif(tag, (4032, 3024)), (1512, 2016))  # and made it smaller


def test_a_thumbnail_that_lies_tells_the_same() -> None:
    file = BytesIO()
    Image.new("RGB", (160, 120)).save(file, "JPEG")
    assert was_turned_before(exif(6, thumbnail=file.getvalue()), (3024, 4032))
    assert not was_turned_before(exif(6, thumbnail=file.getvalue()), (4032, 3024))
    assert not was_turned_before(exif(6, thumbnail=b"no picture"), (3024, 4032))


@pytest.mark.parametrize(("tag", "told"), [(1, 1), (3, 3), (8, 8), (0, 1), (9, 1)])
def test_orientation_is_a_number_from_1_to_8(tag: int, told: int) -> None:
    assert orientation_of(exif(tag)) == told


def _touched(told: Measures) -> tuple[int, int, int, int]:
    return (
        told.touch_top_percent,
        told.touch_bottom_percent,
        told.touch_left_percent,
        told.touch_right_percent,
    )
