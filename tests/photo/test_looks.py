"""Copies of real photos are recognised by their looks, and no two different ones are mixed up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.likeness import _PLACES, COPIES, RENDITIONS, Looks, Tolerance
from photoprep.photo.looks import looks_of
from photoprep.photo.make import make_photo
from photoprep.photo.task import PhotoTask
from photoprep.preset_file import load_preset

PHOTOS = [
    "products/magento-wb02/wb02-blue_main.jpg",  # on white
    "products/magento-wj04/wj04-white_back.jpg",  # white on white
    "products/magento-wp09/wp09-black_back.jpg",
    "camera/train.jpg",
]


def looks_in(path: Path) -> str:
    set_up_decoders()
    return make_photo(PhotoTask(path, FileStamp.of(path), load_preset().photo)).looks


def is_like(one: str, other: str) -> bool:
    first, second = Looks(one), Looks(other)
    assert first.is_like(second) == second.is_like(first)
    return first.is_like(second)


def resaved(quality: int) -> Callable[[Image.Image, Path], Path]:
    def save(picture: Image.Image, folder: Path) -> Path:
        picture.save(folder / "copy.jpg", quality=quality)
        return folder / "copy.jpg"

    return save


def scaled(part: float) -> Callable[[Image.Image, Path], Path]:
    def save(picture: Image.Image, folder: Path) -> Path:
        size = round(picture.width * part), round(picture.height * part)
        picture.resize(size, Image.Resampling.LANCZOS).save(folder / "copy.jpg", quality=75)
        return folder / "copy.jpg"

    return save


def in_format(extension: str) -> Callable[[Image.Image, Path], Path]:
    def save(picture: Image.Image, folder: Path) -> Path:
        picture.save(folder / f"copy.{extension}")
        return folder / f"copy.{extension}"

    return save


def as_heic(picture: Image.Image, folder: Path) -> Path:
    # x265 takes eight times as long by itself.
    fast = {"preset": "ultrafast"}
    pillow_heif.from_pillow(picture).save(folder / "copy.heic", quality=60, enc_params=fast)
    return folder / "copy.heic"


def turned_by_a_tag(picture: Image.Image, folder: Path) -> Path:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(folder / "copy.jpg", quality=85, exif=exif)
    return folder / "copy.jpg"


def in_another_profile(picture: Image.Image, folder: Path) -> Path:
    lab = ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), lab, outputMode="LAB"
    )
    assert converted is not None
    icc_profile = ImageCms.ImageCmsProfile(lab).tobytes()
    converted.save(folder / "copy.tif", icc_profile=icc_profile)
    return folder / "copy.tif"


MOST_PX = (3000, 3000)


@pytest.fixture(scope="module", params=PHOTOS)
def photo(request: pytest.FixtureRequest, real_photos: Path) -> Path:
    return real_photos / str(request.param)


@pytest.fixture(scope="module")
def original(photo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Image.Image, str]:
    """The photo, of a size that is quick to code, and its looks."""
    with Image.open(photo) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail(MOST_PX)
    source = tmp_path_factory.mktemp("looks") / "original.png"
    picture.save(source, compress_level=1)
    return picture, looks_in(source)


@pytest.mark.parametrize(
    "copy",
    [
        resaved(60), resaved(75), resaved(95), scaled(0.5), scaled(0.25),
        in_format("png"), in_format("tif"), in_format("webp"), as_heic,
        turned_by_a_tag, in_another_profile,
    ],
    ids=["q60", "q75", "q95", "half", "quarter", "png", "tif", "webp", "heic", "exif", "profile"],
)  # fmt: skip
def test_copies_look_the_same(
    original: tuple[Image.Image, str],
    copy: Callable[[Image.Image, Path], Path],
    tmp_path: Path,
) -> None:
    picture, looks = original
    assert is_like(looks, looks_in(copy(picture, tmp_path)))


@pytest.mark.parametrize(
    "change",
    [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90],
)
def test_a_turned_or_mirrored_picture_is_another(photo: Path, change: Image.Transpose) -> None:
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    assert not is_like(looks_of(picture), looks_of(picture.transpose(change)))


def test_a_small_part_that_changed_makes_another_picture(photo: Path) -> None:
    """A latch of a twentieth of the picture's side, thirty levels darker or lighter."""
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    side = max(picture.size) // 20
    box = (picture.width // 2, picture.height // 2)
    part = np.asarray(picture.crop((*box, box[0] + side, box[1] + side))).astype(int)
    part += -30 if part.mean() > 128 else 30
    changed = picture.copy()
    changed.paste(Image.fromarray(part.clip(0, 255).astype(np.uint8)), box)
    assert not is_like(looks_of(picture), looks_of(changed))


def test_a_product_in_another_colour_is_another_picture(real_photos: Path) -> None:
    with Image.open(real_photos / PHOTOS[0]) as opened:
        hue, saturation, value = opened.convert("HSV").split()
        picture = opened.convert("RGB")
    other = Image.merge("HSV", (hue.point(lambda level: (level + 60) % 256), saturation, value))
    assert not is_like(looks_of(picture), looks_of(other.convert("RGB")))


def test_no_two_real_photos_are_taken_for_one(real_photos: Path) -> None:
    paths = sorted((real_photos / "products").rglob("*.jpg"))
    paths += sorted((real_photos / "camera").iterdir())
    looks = []
    for path in paths:
        with Image.open(path) as opened:
            opened.draft("RGB", (944, 944))
            looks.append(Looks(looks_of(opened.convert("RGB"))))
    mixed_up = [
        (one.name, other.name)
        for index, one in enumerate(paths)
        for place, other in enumerate(paths[:index])
        if looks[index].is_like(looks[place])
    ]
    assert len(paths) > 40
    assert mixed_up == []


def test_of_a_tiny_picture_nothing_is_said() -> None:
    assert looks_of(Image.new("RGB", (15, 400))) == ""
    assert looks_of(Image.new("RGB", (16, 400))) != ""


@given(
    values=st.binary(min_size=384, max_size=384),
    place=st.sampled_from(_PLACES) | st.integers(0, 383),
    by=st.integers(-40, 40),
    tolerance=st.sampled_from([COPIES, RENDITIONS]),
)
def test_comparing_in_lanes_is_comparing_number_by_number(
    values: bytes, place: int, by: int, tolerance: Tolerance
) -> None:
    changed = bytearray(values)
    changed[place] = max(0, min(255, changed[place] + by))
    allowed = tolerance.luma if place < 256 else tolerance.chroma
    one, other = Looks(_text(values)), Looks(_text(bytes(changed)))
    near = abs(changed[place] - values[place]) <= allowed
    assert one.is_like(other, tolerance) == other.is_like(one, tolerance) == near
    if near and tolerance is COPIES:
        choices = zip(one.bucket, other.choices, strict=True)
        assert all(number in choice for number, choice in choices)


def _text(values: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(values, newline=False).decode("ascii")
