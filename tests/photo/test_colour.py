from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from photoprep.photo.colour import srgb_profile, to_srgb
from photoprep.photo.metadata import clean_exif
from photoprep.photo.resize import scaled


def test_the_srgb_profile_is_small_readable_and_the_same_every_time() -> None:
    profile = srgb_profile()
    assert profile == srgb_profile.__wrapped__()
    assert len(profile) < 700
    read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert "sRGB" in ImageCms.getProfileDescription(read)


def test_without_a_profile_rgb_stays_as_it_is() -> None:
    image = Image.new("RGB", (4, 4), (200, 30, 40))
    converted, notes = to_srgb(image, b"", "white")
    assert converted.tobytes() == image.tobytes()
    assert not notes


def test_an_srgb_profile_changes_next_to_nothing() -> None:
    image = Image.radial_gradient("L").convert("RGB")
    converted, notes = to_srgb(image, srgb_profile(), "white")
    assert not notes
    pairs = zip(image.tobytes(), converted.tobytes(), strict=True)
    assert max(abs(before - after) for before, after in pairs) <= 1


def test_a_grey_picture_keeps_its_greys_neutral() -> None:
    converted, _ = to_srgb(Image.linear_gradient("L"), b"", "white")
    red, green, blue = converted.split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()


@pytest.mark.parametrize("profile", [b"no profile", srgb_profile()[:200], b"\0" * 4000])
def test_a_broken_profile_is_left_aside_and_said(profile: bytes) -> None:
    image = Image.new("RGB", (4, 4), (200, 30, 40))
    converted, notes = to_srgb(image, profile, "white")
    assert converted.tobytes() == image.tobytes()
    assert [note.code for note in notes] == ["profile-ignored"]


def test_a_profile_for_another_mode_is_left_aside_and_said() -> None:
    _, notes = to_srgb(Image.new("L", (4, 4), 90), srgb_profile(), "white")
    assert [note.code for note in notes] == ["profile-ignored"]


def test_cmyk_without_a_profile_is_a_guess_and_says_so() -> None:
    converted, notes = to_srgb(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), b"", "white")
    assert [note.code for note in notes] == ["colour-guessed"]
    assert converted.getpixel((0, 0)) == (255, 0, 0)


def test_lab_becomes_the_colour_it_names() -> None:
    # CIELAB of sRGB red, D50: L* 54.3, a* 80.8, b* 69.9; 8-bit Lab offsets a* and b* by 128.
    lab = Image.new("LAB", (4, 4), (138, 209, 198))
    pixel = to_srgb(lab, b"", "white")[0].getpixel((0, 0))
    assert isinstance(pixel, tuple)
    assert pixel[0] >= 250
    assert max(pixel[1:]) <= 20


@pytest.mark.parametrize("profile", [b"", srgb_profile()])
def test_transparency_shows_the_background_without_a_fringe(profile: bytes) -> None:
    # A red disc whose transparent surroundings are black underneath: the usual trap.
    cut_out = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    disc = Image.new("L", (200, 200), 0)
    disc.paste(
        Image.radial_gradient("L").resize((160, 160)).point(lambda v: 255 * (v < 128)), (20, 20)
    )
    cut_out.paste((255, 0, 0, 255), mask=disc)
    flat, _ = to_srgb(scaled(cut_out, (50, 50)), profile, "white")
    assert flat.mode == "RGB"
    assert flat.getpixel((0, 0)) == (255, 255, 255)
    # On white, a mix of red and white never loses red.
    assert flat.getchannel("R").getextrema() == (255, 255)


def test_an_adobe_rgb_photo_is_not_shown_flat(real_photos: Path) -> None:
    with Image.open(real_photos / "colour/racecar.jpg") as image:
        profile = image.info["icc_profile"]
        image.draft(None, (600, 400))
        small = image.resize((300, 200))
    converted, notes = to_srgb(small, profile, "white")
    assert not notes
    chroma = [
        sum(picture.convert("HSV").getchannel("S").tobytes()) for picture in (small, converted)
    ]
    assert chroma[1] > chroma[0] * 1.01


def test_only_who_made_it_leaves_the_house() -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Ann Other", "© Ann Other".encode()
    exif[0x010F], exif[0x0112], exif[0x8769] = "Canon", 6, {0xA431: "SERIAL123", 0x927C: b"note"}
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.6)}
    kept = Image.Exif()
    block = clean_exif(exif)
    kept.load(block)
    assert sorted(kept) == [0x013B, 0x8298]
    assert kept[0x013B] == "Ann Other"
    assert kept[0x8298].encode("latin-1").decode() == "© Ann Other"
    assert b"SERIAL" not in block
    assert b"Canon" not in block


def test_without_a_name_there_is_no_block_at_all() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8298] = "Canon", "  \0"
    assert clean_exif(exif) == b""
