"""Doubts: what a careful colleague would say of a picture, and of which he would say nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from benchmarks.spoiled import Spoiler, cut, exposed, lit, moved, side_by_side, spoilers
from photoprep.errors import PhotoError
from photoprep.language import Sentence
from photoprep.measured import Measures
from photoprep.outcome import Note
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode, set_up_decoders
from photoprep.photo.doubts import doubts_of
from photoprep.photo.measures import measures_of
from photoprep.photo.resize import upright_at
from photoprep.preset_file import load_preset
from photoprep.units import scaled_size_px
from tests.photo.drawn import scene, stripes

SPEC = load_preset().photo
LARGE = (4000, 3000)

# What is said of the real photos, and is right, or may be said.
SAID = {
    ("camera/canon-dslr.jpg", "too-dark"),  # a lens with its cap on
    ("colour/racecar.jpg", "burnt-out"),  # the sun, and all around it
    ("colour/racecar.tif", "burnt-out"),
    ("colour/duplicate-component-ids.jpg", "colour-cast"),  # a plate of figures on brown
}


def rendered(decoded: DecodedPhoto) -> Image.Image:
    """The picture at output size, as the photo room makes it."""
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    size_px = scaled_size_px(decoded.full_size_px, 944)
    return to_srgb(upright_at(decoded, size_px, deep=not plan.is_srgb), plan, "white")


def measured(picture: Image.Image) -> Measures:
    return measures_of(picture, Image.Exif(), picture.size)


def notes(picture: Image.Image) -> tuple[Note, ...]:
    return doubts_of(measured(picture), LARGE, SPEC)


def codes(picture: Image.Image) -> list[str]:
    return [note.code for note in notes(picture)]


@pytest.fixture(scope="module")
def goods(real_photos: Path) -> dict[str, Image.Image]:
    """The real photos of products, cameras and colours at output size."""
    set_up_decoders()
    pictures = {}
    for folder in ("products", "camera", "colour"):
        for path in sorted((real_photos / folder).rglob("*.*")):
            try:
                picture = rendered(decode(path))
            except PhotoError:
                continue
            pictures[path.relative_to(real_photos).as_posix()] = picture
    return pictures


def test_of_a_good_picture_nothing_is_said() -> None:
    for ground in ("white", "black", "gray", "#3355aa", "#f2efe8"):
        assert codes(scene(ground)) == [], ground


def test_of_good_photos_nothing_is_said(goods: dict[str, Image.Image]) -> None:
    told = {(name, code) for name, picture in goods.items() for code in codes(picture)}
    assert len(goods) > 60
    assert told == SAID


# Of the good photos, the share in which each way to spoil them must be noticed.
LEAST = {
    "gaussian 2.0 px": 0.8,
    "gaussian 3.0 px": 0.9,
    "disc of radius 5.0 px": 0.9,
    "gaussian 3 px, noise 8": 0.9,
    "moved 12 px at 30°": 0.75,
    "-2 EV": 0.95,
    "-3 EV": 0.95,
    "+2 EV": 0.5,
    "warm ×1.35, 1, 0.65": 0.4,
    "green ×0.75, 1.15, 0.75": 0.45,
    "pink ×1.2, 0.75, 1.2": 0.45,
}


@pytest.mark.parametrize(
    "spoiler", [each for each in spoilers() if each.name in LEAST], ids=lambda each: each.name
)
def test_photos_that_were_spoiled_are_doubted(
    spoiler: Spoiler, goods: dict[str, Image.Image]
) -> None:
    chosen = [picture for name, picture in goods.items() if not name.startswith("colour/")]
    hits = sum(spoiler.code in codes(spoiler.change(picture)) for picture in chosen[::3])
    assert hits >= LEAST[spoiler.name] * len(chosen[::3])


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda picture: picture.filter(ImageFilter.GaussianBlur(3)), "blurred", "pixels wide"),
        (exposed(-3), "too-dark", "12% of the light"),
        (lit((1.35, 1, 0.65)), "colour-cast", "yellow or orange"),
        (lit((0.7, 1, 1.35)), "colour-cast", "blue"),
        (lit((0.7, 1, 0.7)), "colour-cast", "green"),
        (lit((1, 0.7, 1)), "colour-cast", "pink"),
        (lambda picture: picture.crop((472, 0, 944, 708)), "cut-off", "left edge, over"),
        (lambda picture: picture.crop((0, 0, 472, 708)), "cut-off", "right edge, over"),
        (lambda picture: picture.crop((0, 354, 944, 708)), "cut-off", "upper edge, over"),
        (lambda picture: picture.crop((0, 0, 944, 354)), "cut-off", "lower edge, over"),
        (lambda picture: side_by_side(picture, picture), "several-products", "2 separate"),
    ],
)
def test_a_doubt_says_what_was_measured(
    change: Callable[[Image.Image], Image.Image], code: str, words: str
) -> None:
    (note,) = notes(change(scene()))
    assert note.code == code
    assert words in note.message
    assert note.hint
    assert isinstance(note.message, Sentence)
    assert isinstance(note.hint, Sentence)


def test_a_shaken_picture_is_told_from_one_out_of_focus() -> None:
    bars = stripes(0, 0).convert("RGB")
    bars.paste(stripes(90, 0).crop((0, 0, 472, 708)), (0, 0))
    (shaken,) = notes(moved(12, 0)(bars))
    (soft,) = notes(bars.filter(ImageFilter.GaussianBlur(3)))
    assert (shaken.code, soft.code) == ("blurred", "blurred")
    assert "shaken" in shaken.message
    assert "out of focus" in soft.message


def test_burnt_out_pictures_are_told_by_what_is_lost() -> None:
    brown = lit((1, 0.55, 0.3))(scene("gray"))
    told = {note.code: note.message for note in notes(exposed(2.5)(brown))}
    assert "has lost its shading" in told["burnt-out"]
    assert "burnt-out" not in codes(brown)


def test_a_cast_on_white_is_one_of_the_dark_tones_too() -> None:
    cast = Measures(
        lightest_level=255,
        cast_red_log100=-35,
        cast_blue_log100=10,
        neutral_permille=0,
        plain_border_percent=95,
        cast_dark_percent=80,
    )
    assert [note.code for note in doubts_of(cast, LARGE, SPEC)] == ["colour-cast"]
    assert doubts_of(replace(cast, cast_dark_percent=10), LARGE, SPEC) == ()  # a blue ground
    assert doubts_of(replace(cast, neutral_permille=100), LARGE, SPEC) == ()
    assert doubts_of(replace(cast, cast_red_log100=-20), LARGE, SPEC) == ()  # hardly one
    assert doubts_of(replace(cast, cast_red_log100=-120), LARGE, SPEC) == ()  # paint


def test_a_light_ground_of_a_colour_is_neither_a_cast_nor_burnt_out() -> None:
    for ground in ("#ffb6c1", "#ffdab9", "#fff078", "#c8e1fa", "#ade6e6"):
        assert codes(scene(ground)) == [], ground


@pytest.mark.parametrize(
    ("longest_px", "told"), [(680, []), (679, ["too-small"]), (1, ["too-small"])]
)
def test_too_small_is_what_cannot_fill_the_length_of_the_preset(
    longest_px: int, told: list[str]
) -> None:
    assert [note.code for note in doubts_of(Measures(), (longest_px, 1), SPEC)] == told
    assert [note.code for note in doubts_of(Measures(), (1, longest_px), SPEC)] == told


def test_too_small_depends_on_the_preset() -> None:
    coarse = replace(SPEC, dpi_min=50)
    assert doubts_of(Measures(), (500, 400), coarse) == ()
    (note,) = doubts_of(Measures(), (500, 400), SPEC)
    assert "500 × 400 pixels, and 680" in note.message


@pytest.mark.parametrize(
    ("measures", "severity"),
    [
        (Measures(), ""),
        (Measures(orientation=6), ""),
        (Measures(orientation=3), "info"),
        (Measures(orientation=4), "info"),
        (Measures(orientation=6, turned_before=1), "warning"),
    ],
)
def test_upside_down(measures: Measures, severity: str) -> None:
    told = doubts_of(measures, LARGE, SPEC)
    assert [(note.code, note.severity) for note in told] == (
        [("upside-down", severity)] if severity else []
    )


def test_what_is_worn_may_be_cut() -> None:
    cut_off = Measures(plain_border_percent=90, touch_bottom_percent=30, largest_part_permille=300)
    assert [note.code for note in doubts_of(cut_off, LARGE, SPEC)] == ["cut-off"]
    assert doubts_of(replace(cut_off, skin_percent=12), LARGE, SPEC) == ()
    assert doubts_of(replace(cut_off, touch_left_percent=10), LARGE, SPEC) == ()  # a detail
    assert doubts_of(replace(cut_off, plain_border_percent=40), LARGE, SPEC) == ()
    assert doubts_of(replace(cut_off, uneven_level10=90), LARGE, SPEC) == ()


def test_real_products_that_are_cut_are_told(goods: dict[str, Image.Image]) -> None:
    cap = goods["products/solidus-cap-black/solidus_cap_black_2.png"]
    box = (190, 240, 760, 600)
    for side in ("left", "right", "top", "bottom"):
        assert codes(cut(cap, box, side)) == ["cut-off"], side
    other = goods["products/solidus-cap-black/solidus_cap_black_3.png"]
    assert codes(side_by_side(cap, other)) == ["several-products"]
