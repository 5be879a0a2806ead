"""Even borders are found to the pixel, products and shadows never cut, scenes left whole."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from photoprep.photo.decode import set_up_decoders
from photoprep.sheet.copies import opened
from photoprep.sheet.page import Box
from photoprep.sheet.scale import UNTOLD, weights
from photoprep.sheet.trim import Trimmed, trim_box, trimmed
from tests.sheet.sheets import copy_of, copy_tasks, falling_light, product, real_products

SIZE = (1200, 900)
AT = (400, 250, 760, 610)
WHOLE = Box(0, 0, *SIZE)


@pytest.fixture(scope="module", autouse=True)
def _decoders() -> None:
    set_up_decoders()


def holds(box: Box, part: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = part
    return (
        box.x_px <= left and box.y_px <= top and box.right_px >= right and box.bottom_px >= bottom
    )


def seen_part(picture: Image.Image, ground: Image.Image, levels: int) -> tuple[int, int, int, int]:
    off = ImageChops.difference(picture, ground).convert("L").point(lambda v: 255 * (v >= levels))
    part = off.getbbox()
    assert part is not None
    return part


@pytest.mark.parametrize("ground", ["white", "#c8c8c8", "#b8d4e8"])
def test_a_product_with_its_shadow_is_kept_and_the_ground_around_it_cut(ground: str) -> None:
    picture = product(SIZE, AT, ground=ground)
    box = trim_box(picture)
    shadow = seen_part(picture, Image.new("RGB", SIZE, ground), 3)
    assert shadow[2] > AT[2] + 20  # it is there to be cut
    assert holds(box, shadow)
    # Little more than the shadow and the margin.
    assert box.x_px > AT[0] - 30
    assert box.right_px < shadow[2] + 40
    assert box.bottom_px < shadow[3] + 40


def test_the_margin_is_even() -> None:
    box = trim_box(product(SIZE, AT, shadow=False))
    left, top = AT[0] - box.x_px, AT[1] - box.y_px
    right, bottom = box.right_px - AT[2], box.bottom_px - AT[3]
    assert min(left, top, right, bottom) >= 5
    assert max(left, top, right, bottom) - min(left, top, right, bottom) <= 2


def test_light_that_falls_off_is_ground() -> None:
    ground = falling_light(SIZE)
    picture = ground.copy()
    shaded = product(SIZE, AT)
    picture = ImageChops.multiply(ground, shaded)
    box = trim_box(picture)
    assert holds(box, seen_part(picture, ground, 3))
    assert box.area_px < 0.35 * WHOLE.area_px


def test_noise_of_a_camera_and_of_jpeg_is_no_product() -> None:
    noise = np.random.default_rng(7).normal(0, 2.0, (SIZE[1], SIZE[0], 3))
    levels = np.asarray(product(SIZE, AT, ground="#f0f0f0")).astype(float) + noise
    noisy = Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    noisy.save(buffer, "JPEG", quality=60)
    box = trim_box(Image.open(buffer))
    assert holds(box, AT)
    assert box.area_px < 0.35 * WHOLE.area_px


def test_a_pale_product_on_white_is_seen() -> None:
    picture = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(picture).rectangle([400, 250, 759, 609], fill=(250, 250, 250))
    assert holds(trim_box(picture), AT)


def test_a_thin_strap_far_from_the_product_is_kept() -> None:
    picture = product(SIZE, AT)
    ImageDraw.Draw(picture).line([(760, 300), (1100, 60)], fill=(90, 90, 90), width=2)
    assert holds(trim_box(picture), (400, 61, 1100, 610))


def test_where_the_product_touches_an_edge_nothing_is_cut_there() -> None:
    box = trim_box(product(SIZE, (400, 250, 760, 900), shadow=False))
    assert box.bottom_px == SIZE[1]
    assert 0 < box.x_px <= 400
    assert 760 <= box.right_px < 800


def test_a_cut_out_is_judged_by_its_alpha_and_not_by_its_colour() -> None:
    # White on transparent white: only the alpha tells.
    picture = Image.new("RGBA", SIZE, (255, 255, 255, 0))
    ImageDraw.Draw(picture).rectangle([400, 250, 759, 609], fill=(255, 255, 255, 255))
    box = trim_box(picture)
    assert holds(box, AT)
    assert box.area_px < 0.2 * WHOLE.area_px
    palette = picture.convert("P")
    palette.info["transparency"] = 0
    assert trim_box(picture.convert("LA")) == box


def test_an_opaque_picture_with_an_alpha_channel_is_judged_by_its_colours() -> None:
    picture = product(SIZE, AT)
    assert trim_box(picture.convert("RGBA")) == trim_box(picture)


def test_scenes_parts_of_products_and_plain_pictures_are_left_whole() -> None:
    across = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    noise = Image.effect_noise(SIZE, 60).convert("RGB")
    sky = Image.new("RGB", SIZE, (220, 225, 230))
    sky.paste(noise.crop((0, 0, 1200, 500)), (0, 400))
    table = product(SIZE, AT, ground="#f0f0f0")
    table.paste(noise.crop((0, 0, 1200, 200)), (0, 700))
    black = product(SIZE, AT, ground="#101010", shadow=False)
    for whole in (noise, sky, table, black, Image.new("RGB", SIZE, "white")):
        assert trimmed(whole, SIZE) == Trimmed(WHOLE, UNTOLD)
    assert holds(trim_box(across), (0, 0, 1200, 880))


@given(
    ground=st.integers(90, 250),
    contrast=st.sampled_from([-80, -30, -14, 14, 30, 80]),
    box=st.tuples(*[st.integers(-60, 400)] * 2, *[st.integers(30, 300)] * 2),
    strap=st.tuples(st.integers(0, 399), st.integers(0, 299)),
    fall=st.integers(0, 20),
    noise=st.sampled_from([0, 1, 2]),
    quality=st.sampled_from([0, 50, 75, 92]),
)
def test_no_product_that_can_be_seen_is_ever_cut(
    ground: int,
    contrast: int,
    box: tuple[int, int, int, int],
    strap: tuple[int, int],
    fall: int,
    noise: int,
    quality: int,
) -> None:
    down, across = np.mgrid[-1:1:300j, -1:1:400j]
    light = ground - fall * (down**2 + across**2) / 2
    shape = Image.new("L", (400, 300))
    pen = ImageDraw.Draw(shape)
    x, y, wide, high = box
    pen.ellipse([x, y, x + wide, y + high], fill=1)
    pen.line([(x + wide // 2, y + high // 2), strap], fill=1, width=2)
    product_there = np.asarray(shape) > 0
    levels = light + contrast * product_there
    levels += np.random.default_rng(0).normal(0, 1, levels.shape) * noise
    picture = Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))
    if quality:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        picture = Image.open(buffer)
    differs = np.abs((light + contrast).clip(0, 255) - light) >= 12
    part = Image.fromarray(product_there & differs).getbbox()
    if part is not None:
        assert holds(trim_box(picture), part)


def test_deep_and_very_large_pictures_are_trimmed_in_their_own_pixels(tmp_path: Path) -> None:
    drawn = product(SIZE, AT, shadow=False)
    deep, large = tmp_path / "deep.png", tmp_path / "large.jpg"
    levels = np.asarray(drawn).astype(np.uint16)[..., 0] * 257
    Image.fromarray(levels).save(deep)
    # 48 megapixels are decoded at a half.
    drawn.resize((8000, 6000), Image.Resampling.NEAREST).save(large, quality=90)
    for path, scale in ((deep, 1), (large, 8000 / 1200)):
        copy = copy_of(copy_tasks([path])[0])
        assert holds(copy.trimmed_px, tuple(round(side * scale) for side in AT))  # type: ignore[arg-type]
        assert copy.trimmed_px.area_px < 0.2 * WHOLE.area_px * scale**2
        shown = opened(copy)
        box = copy.trimmed_px
        part = drawn.crop(
            [round(side / scale) for side in (box.x_px, box.y_px, box.right_px, box.bottom_px)]  # type: ignore[arg-type]
        )
        reds = [np.asarray(each.resize((40, 40)))[..., 0].astype(int) for each in (shown, part)]
        assert np.abs(reds[0] - reds[1]).mean() < 3


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (16, 16), (3000, 40)])
def test_odd_sizes_do_no_harm(size: tuple[int, int]) -> None:
    box = trim_box(Image.new("RGB", size, "white"))
    assert box == Box(0, 0, *size)


def test_the_products_share_is_told() -> None:
    found = trimmed(product(SIZE, AT, shadow=False), SIZE)
    assert found.product_permille == pytest.approx(1000 * 360 * 360 / found.box.area_px, abs=40)


def test_weights_bring_products_to_equal_areas_within_bounds() -> None:
    assert weights([]) == ()
    assert weights([640, 640]) == (1.0, 1.0)
    dense, loose = weights([800, 500])
    assert loose == 1.0
    assert dense**2 * 800 == pytest.approx(loose**2 * 500, rel=0.02)
    assert weights([1000, 10]) == (0.71, 1.0)
    assert weights([UNTOLD, UNTOLD]) == (1.0, 1.0)
    assert weights([500, UNTOLD, 500]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("number", range(1, 9))
def test_a_turned_picture_is_trimmed_where_it_is_shown(number: int, tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    upright = product((600, 400), (60, 40, 300, 200), shadow=False)
    turns = [
        None,
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_90,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_270,
    ]
    turn = turns[number - 1]
    exif = Image.Exif()
    exif[0x0112] = number
    (upright.transpose(turn) if turn is not None else upright).save(path, quality=95, exif=exif)
    copy = copy_of(copy_tasks([path])[0])
    assert copy.full_size_px == (600, 400)
    box = copy.trimmed_px
    assert holds(box, (60, 40, 300, 200))
    assert box.area_px < 60_000
    corners = (box.x_px, box.y_px, box.right_px, box.bottom_px)
    difference = ImageChops.difference(opened(copy), upright.crop(corners))
    assert np.asarray(difference).mean() < 1


def test_products_of_a_shop_lose_their_grounds_and_scenes_nothing(real_photos: Path) -> None:
    tasks = copy_tasks(real_products(real_photos))
    shares = {}
    for task in tasks:
        copy = copy_of(task)
        width, height = copy.full_size_px
        shares[task.path.name] = copy.trimmed_px.area_px / (width * height)
    assert shares["solidus_cap_black_1.png"] < 0.3  # a cut-out
    assert 0.5 < shares["wj04-white_back.jpg"] < 0.7  # white on white, cropped below
    assert shares["wb02-blue_alt1.jpg"] == 1  # a detail that fills its picture
    assert sum(share < 0.8 for share in shares.values()) >= 20
    for path in sorted((real_photos / "camera").iterdir()):
        copy = copy_of(copy_tasks([path] * 12)[0])
        assert copy.trimmed_px == Box(0, 0, *copy.full_size_px), path.name
