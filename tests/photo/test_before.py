"""Pictures of the originals: as large as the photo, in the original's colours, with no secrets."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import make_photo
from photoprep.photo.profiles import (
    GAMMA,
    SRGB_CURVE,
    adobe_rgb_profile,
    matrix_profile,
    srgb_profile,
)
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.preset_file import load_preset
from tests.photo.drawn import scene

# Display P3's primaries (SMPTE EG 432-1) by D50.
P3 = matrix_profile(
    "Display P3",
    (
        (0.515121, 0.241196, -0.001053),
        (0.291977, 0.692245, 0.041885),
        (0.157104, 0.066574, 0.784073),
    ),
    SRGB_CURVE,
)


@pytest.fixture(autouse=True)
def _decoders() -> None:
    set_up_decoders()


def made(path: Path, **spec: Any) -> MadePhoto:
    photo = dataclasses.replace(load_preset().photo, **spec)
    return make_photo(PhotoTask(path, FileStamp.of(path), photo))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def in_srgb(data: bytes) -> Image.Image:
    """As a browser would show it."""
    image = opened(data)
    profile = image.info.get("icc_profile")
    if profile is None:
        return image.convert("RGB")
    shown = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    assert shown is not None
    return shown


def off(one: Image.Image, other: Image.Image) -> float:
    """Levels that two pictures of one size differ by, in the mean."""
    assert one.size == other.size
    levels = [np.asarray(image.convert("RGB"), np.int16) for image in (one, other)]
    return float(np.abs(levels[0] - levels[1]).mean())


def lies_over(photo: MadePhoto) -> None:
    """The two can be laid over each other, and what a browser shows of both is nearly the same."""
    before, after = opened(photo.preview), opened(photo.jpeg.data)
    assert before.size == after.size == (photo.jpeg.width_px, photo.jpeg.height_px)
    assert before.mode == "RGB"
    assert off(in_srgb(photo.preview), in_srgb(photo.jpeg.data)) < 3


def test_of_srgb_it_is_what_was_encoded_with_the_photos_own_profile(tmp_path: Path) -> None:
    scene().save(tmp_path / "a.png")
    photo = made(tmp_path / "a.png")
    lies_over(photo)
    assert off(opened(photo.preview), scene()) < 1
    assert opened(photo.preview).info["icc_profile"] == srgb_profile()
    assert photo.colour_from == ""
    assert "icc_profile" not in opened(made(tmp_path / "a.png", colour_profile="none").preview).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright_and_whole(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    scene().save(tmp_path / "a.jpg", quality=95, exif=exif)
    photo = made(tmp_path / "a.jpg")
    lies_over(photo)
    assert opened(photo.preview).size == ((708, 944) if orientation > 4 else (944, 708))


@pytest.mark.parametrize(
    ("profile", "name"), [(P3, "Display P3"), (adobe_rgb_profile(), "Adobe RGB compatible")]
)
def test_other_rgb_keeps_its_colours_and_its_profile(
    tmp_path: Path, profile: bytes, name: str
) -> None:
    Image.new("RGB", (90, 60), (200, 60, 70)).save(tmp_path / "a.png", icc_profile=profile)
    photo = made(tmp_path / "a.png")
    assert photo.colour_from == name
    before = opened(photo.preview)
    assert before.info["icc_profile"] == profile
    flat = Image.new("RGB", (90, 60), (200, 60, 70))
    assert off(before, flat) < 1.5  # the file's own numbers
    assert off(opened(photo.jpeg.data), flat) > 5  # which the photo has not
    lies_over(photo)


def test_cameras_that_say_adobe_rgb_in_exif_alone_are_given_its_profile(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 2
    exif[0x8769] = exif.get_ifd(0x8769)
    Image.new("RGB", (90, 60), (200, 60, 70)).save(tmp_path / "a.jpg", quality=95, exif=exif)
    photo = made(tmp_path / "a.jpg")
    assert photo.colour_from == "Adobe RGB (1998)"
    assert opened(photo.preview).info["icc_profile"] == adobe_rgb_profile()
    lies_over(photo)


def test_a_large_profile_would_be_carried_by_every_picture_and_is_not(tmp_path: Path) -> None:
    large = P3 + bytes(70_000)
    large = len(large).to_bytes(4, "big") + large[4:]
    Image.new("RGB", (90, 60), (200, 60, 70)).save(tmp_path / "a.png", icc_profile=large)
    photo = made(tmp_path / "a.png")
    assert photo.colour_from == "Display P3"
    assert opened(photo.preview).info["icc_profile"] == srgb_profile()
    assert off(opened(photo.preview), opened(photo.jpeg.data)) < 2


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGBA", "LAB"])
def test_what_no_browser_shows_so_is_as_it_was_rendered(tmp_path: Path, mode: str) -> None:
    profile = b""
    if mode == "RGBA":
        picture = Image.new("RGBA", (90, 60), (200, 60, 70, 128))
        profile = P3
    else:
        picture = Image.new("RGB", (90, 60), (200, 60, 70)).convert(
            mode if mode != "LAB" else "RGB"
        )
    if mode == "LAB":
        picture = Image.merge("LAB", [Image.new("L", (90, 60), level) for level in (120, 160, 90)])
    picture.save(tmp_path / "a.tif", icc_profile=profile)
    photo = made(tmp_path / "a.tif")
    before = opened(photo.preview)
    assert before.mode == "RGB"
    assert before.info["icc_profile"] == srgb_profile()
    assert off(before, opened(photo.jpeg.data)) < 2


def test_a_photo_that_was_encoded_smaller_has_a_preview_of_its_size(tmp_path: Path) -> None:
    values = np.random.default_rng(2).integers(0, 256, (45, 60, 3), dtype=np.uint8)
    soft = Image.fromarray(values).resize((1200, 900), Image.Resampling.BICUBIC)
    soft.save(tmp_path / "a.png", icc_profile=P3)
    photo = made(tmp_path / "a.png", max_bytes=30_000, min_quality=0)
    assert max(photo.jpeg.width_px, photo.jpeg.height_px) < 944
    assert opened(photo.preview).size == (photo.jpeg.width_px, photo.jpeg.height_px)
    assert opened(photo.preview).info["icc_profile"] == P3
    assert max(opened(photo.thumbnail).size) == 256


def test_deep_pictures_of_a_wide_space_keep_it_too(real_photos: Path) -> None:
    photo = made(real_photos / "camera" / "classic-car.heic")
    assert photo.colour_from == "Display P3"
    lies_over(photo)
    prophoto = made(real_photos / "colour" / "test_icc_prophoto.jpg")
    assert prophoto.colour_from == "ProPhoto RGB"
    assert prophoto.preview != b""
    assert "ProPhoto" in ImageCms.getProfileDescription(
        io.BytesIO(opened(prophoto.preview).info["icc_profile"])
    )


def test_no_metadata_is_in_either(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET make"
    exif[0x013B] = "Zoë"
    gps = exif.get_ifd(0x8825)
    gps[2], gps[4], gps[0x1C] = (52.0, 31.0, 12.0), (13.0, 24.0, 18.0), b"SECRET street"
    exif[0x8825] = gps
    scene().save(
        tmp_path / "a.jpg", exif=exif, comment=b"SECRET comment", xmp=b"<x>SECRET</x>", quality=90
    )
    photo = made(tmp_path / "a.jpg")
    assert "position" in photo.removed
    for data in (photo.preview, photo.thumbnail):
        assert b"SECRET" not in data
        assert not opened(data).getexif()
        assert set(opened(data).info) <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile")
        }


def test_a_profile_of_a_gamma_alone_is_shown_as_it_is(tmp_path: Path) -> None:
    wide = matrix_profile(
        "A name\u202e that turns\n\tround",
        ((0.6, 0.3, 0.02), (0.2, 0.63, 0.06), (0.16, 0.07, 0.74)),
        (GAMMA, (2.2,)),
    )
    scene().save(tmp_path / "a.png", icc_profile=wide)
    photo = made(tmp_path / "a.png")
    assert photo.colour_from == "A name that turns round"
    lies_over(photo)
