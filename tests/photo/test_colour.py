from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from photoprep.language import Sentence
from photoprep.outcome import Note
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto
from photoprep.photo.deep import deep_from
from photoprep.photo.metadata import clean_exif
from photoprep.photo.profiles import (
    GAMMA,
    LARGEST_BYTES,
    SRGB_CURVE,
    adobe_rgb_profile,
    description_of,
    matrix_profile,
    srgb_profile,
)
from photoprep.photo.resize import upright_at

FORMATS = Path(__file__).resolve().parents[1] / "fixtures" / "formats"


def pixel(image: Image.Image, across: int = 0) -> tuple[int, ...]:
    found = image.getpixel((across, 0))
    assert isinstance(found, tuple)
    return tuple(int(value) for value in found)


def test_the_srgb_profile_is_small_readable_and_the_same_every_time() -> None:
    profile = srgb_profile()
    assert profile == srgb_profile.__wrapped__()
    assert len(profile) == 480
    read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert "sRGB" in ImageCms.getProfileDescription(read)


def shown(
    image: Image.Image, profile: bytes, background: str = "white"
) -> tuple[Image.Image, tuple[Note, ...]]:
    """An 8-bit picture in sRGB at its own size, and what there is to say of it."""
    plan = plan_colours(image, profile)
    return to_srgb(image if plan.is_srgb else deep_from(image), plan, background), plan.notes


def test_transparency_is_never_dropped() -> None:
    for mode, hidden in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        converted, _ = shown(Image.new(mode, (4, 4), hidden), b"", "#ff8000")
        assert pixel(converted) == (255, 128, 0)


def test_without_a_profile_rgb_stays_as_it_is() -> None:
    image = Image.new("RGB", (4, 4), (200, 30, 40))
    converted, notes = shown(image, b"")
    assert converted.tobytes() == image.tobytes()
    assert not notes


def test_an_srgb_profile_of_any_maker_changes_nothing(real_photos: Path) -> None:
    with Image.open(real_photos / "camera/blue-periwinkle.jpg") as photo:
        profile = photo.info["icc_profile"]
    made_here = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.radial_gradient("L").convert("RGB")
    for each in (profile, made_here, srgb_profile()):
        converted, notes = shown(image, each)
        assert not notes
        assert converted.tobytes() == image.tobytes()


def test_what_was_srgb_already_is_converted_from_nothing(real_photos: Path) -> None:
    rgb, grey = Image.new("RGB", (4, 4)), Image.new("L", (4, 4))
    assert plan_colours(rgb, b"").colour_from == ""
    assert plan_colours(rgb, srgb_profile()).colour_from == ""
    assert plan_colours(rgb, b"no profile").colour_from == ""
    with Image.open(FORMATS / "jpg-grey.jpg") as image:
        assert plan_colours(image, b"").colour_from == ""
    for name, exponent, told in (("sGray", None, ""), ("Grey 1.8", 1.8, "Grey 1.8")):
        assert plan_colours(grey, grey_profile(name, exponent)).colour_from == told
    with Image.open(real_photos / "colour" / "cmyk-icc.jpg") as image:
        plan = plan_colours(image, image.info["icc_profile"])
    assert plan.colour_from == "U.S. Web Coated (SWOP) v2"


def grey_profile(name: str, exponent: float | None) -> bytes:
    """A grey profile with one tone curve: an exponent, or sRGB's own curve."""
    colours = matrix_profile(name, [(0.4, 0.2, 0.0)] * 3, (GAMMA, (exponent or 1.0,)))
    if exponent is None:
        colours = matrix_profile(name, [(0.4, 0.2, 0.0)] * 3, SRGB_CURVE)
    return colours.replace(b"RGB XYZ ", b"GRAYXYZ ", 1).replace(b"rTRC", b"kTRC", 1)


def test_a_name_is_one_short_line() -> None:
    long = matrix_profile(
        "\tA\x01 name \u202e" + "of no end " * 20, [(0.4, 0.2, 0)] * 3, SRGB_CURVE
    )
    name = description_of(long)
    assert name.startswith("A name of no end of no end")
    assert name.endswith("…")
    assert len(name) <= 60
    assert description_of(b"no profile") == ""
    nameless = long.replace(b"desc", b"dscm")
    assert description_of(nameless) == ""


def test_a_grey_picture_keeps_its_greys_neutral() -> None:
    converted, _ = shown(Image.linear_gradient("L"), b"")
    red, green, blue = converted.split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()


@pytest.mark.parametrize("profile", [b"no profile", srgb_profile()[:200], b"\0" * 4000])
def test_a_broken_profile_is_left_aside_and_said(profile: bytes) -> None:
    image = Image.new("RGB", (4, 4), (200, 30, 40))
    converted, notes = shown(image, profile)
    assert converted.tobytes() == image.tobytes()
    assert [note.code for note in notes] == ["profile-ignored"]


@pytest.mark.parametrize("place", range(0, 480, 8))
def test_a_damaged_profile_is_used_or_left_aside_but_never_stops_a_photo(place: int) -> None:
    damaged = bytearray(adobe_rgb_profile())
    damaged[place : place + 8] = b"\xff" * 8
    converted, notes = shown(Image.radial_gradient("L").convert("RGB"), bytes(damaged))
    assert converted.size == (256, 256)
    assert {note.code for note in notes} <= {"profile-ignored"}


def test_a_profile_for_another_mode_is_left_aside_and_said() -> None:
    _, notes = shown(Image.new("L", (4, 4), 90), srgb_profile())
    assert [note.code for note in notes] == ["profile-ignored"]


def test_a_profile_of_absurd_size_is_left_aside_and_said() -> None:
    _, notes = shown(Image.new("RGB", (4, 4)), srgb_profile() + bytes(LARGEST_BYTES))
    assert [note.code for note in notes] == ["profile-ignored"]


@pytest.mark.parametrize("profile", [b"", srgb_profile()])
def test_cmyk_without_a_profile_is_taken_as_coated_paper_and_says_so(profile: bytes) -> None:
    converted, notes = shown(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), profile)
    assert notes[-1].code == "colour-guessed"
    told = plan_colours(Image.new("CMYK", (4, 4)), profile).colour_from
    assert told == "CMYK without a profile, taken as common coated paper"
    assert isinstance(told, Sentence)
    # Magenta over yellow on coated paper is CIELAB 47, 68, 48: not a screen's 255, 0, 0.
    red, green, blue = pixel(converted)
    assert 215 < red < 250
    assert green < 60
    assert 10 < blue < 60
    black = pixel(shown(Image.new("CMYK", (4, 4), (0, 0, 0, 255)), profile)[0])
    assert max(black) < 40
    assert max(black) - min(black) < 8
    assert pixel(shown(Image.new("CMYK", (4, 4)), profile)[0]) == (255, 255, 255)


def test_lab_becomes_the_colour_it_names() -> None:
    # CIELAB of sRGB red, D50: L* 54.3, a* 80.8, b* 69.9; 8-bit Lab offsets a* and b* by 128.
    red, green, blue = pixel(shown(Image.new("LAB", (4, 4), (138, 209, 198)), b"")[0])
    assert red >= 250
    assert max(green, blue) <= 20
    assert plan_colours(Image.new("LAB", (4, 4)), b"").colour_from == "CIELAB"


def test_a_camera_that_says_adobe_rgb_only_in_its_exif_is_understood() -> None:
    green = Image.new("RGB", (4, 4), (60, 200, 60))
    through_profile, _ = shown(green, adobe_rgb_profile())
    for tag, own, interop in ((2, 2, ""), (65535, 65535, "R03")):
        exif = Image.Exif()
        exif[0x8769] = {0xA001: own, 0xA005: {1: interop}} if interop else {0xA001: own}
        read = Image.Exif()
        read.load(exif.tobytes())
        plan = plan_colours(green, b"", read)
        assert not plan.is_srgb, tag
        assert not plan.notes
        assert plan.colour_from == "Adobe RGB (1998)"
        converted = to_srgb(deep_from(green), plan, "white")
        assert converted.tobytes() == through_profile.tobytes()
    assert pixel(through_profile)[0] < 30  # as sRGB it would be a duller green
    assert plan_colours(green, b"", Image.Exif()).is_srgb


def test_reds_beyond_srgb_keep_their_shading() -> None:
    shades = Image.new("RGB", (256, 16))
    for level in range(256):
        shades.paste((level, 20, 20), (level, 0, level + 1, 16))
    reds = [pixel(shown(shades, adobe_rgb_profile())[0], level)[0] for level in range(256)]
    assert reds == sorted(reds)
    # From 217 on Adobe RGB's red is more than sRGB's: cut off, all of those would be 255.
    assert reds[255] - reds[217] > 5
    assert len(set(reds[200:])) > 12


def test_colours_that_srgb_holds_are_not_touched_for_those_that_it_does_not() -> None:
    image = Image.new("RGB", (64, 64), (255, 0, 0))
    image.paste((120, 130, 90), (0, 0, 32, 64))
    beyond = pixel(shown(image, adobe_rgb_profile())[0])
    alone = pixel(shown(Image.new("RGB", (64, 64), (120, 130, 90)), adobe_rgb_profile())[0])
    assert beyond == alone


@pytest.mark.parametrize("profile", [b"", srgb_profile(), adobe_rgb_profile()])
def test_transparency_shows_the_background_without_a_fringe(profile: bytes) -> None:
    # A red disc whose transparent surroundings are black underneath: the usual trap.
    cut_out = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    disc = Image.new("L", (200, 200), 0)
    disc.paste(
        Image.radial_gradient("L").resize((160, 160)).point(lambda v: 255 * (v < 128)), (20, 20)
    )
    cut_out.paste((255, 0, 0, 255), mask=disc)
    decoded = DecodedPhoto(cut_out, (200, 200), (200, 200), 1, None, profile, Image.Exif(), ())
    flat = to_srgb(upright_at(decoded, (50, 50)), plan_colours(cut_out, profile), "white")
    assert flat.mode == "RGB"
    assert flat.getpixel((0, 0)) == (255, 255, 255)
    # On white, a mix of red and white never loses red.
    assert flat.getchannel("R").getextrema() == (255, 255)


def test_an_adobe_rgb_photo_is_not_shown_flat(real_photos: Path) -> None:
    with Image.open(real_photos / "colour/canyon-wren.jpg") as image:
        profile = image.info["icc_profile"]
        image.draft(None, (600, 400))
        small = image.resize((300, 200))
    converted, notes = shown(small, profile)
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
