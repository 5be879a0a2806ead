"""The presets that come with photoprep: what they say, and what they make."""

from __future__ import annotations

import datetime
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from photoprep import prepare
from photoprep.mail.wire_size import attachment_bytes
from photoprep.photo.decode import set_up_decoders
from photoprep.preset import FRAME_BYTES, Preset
from photoprep.preset_file import (
    load_preset,
    merged_text,
    preset_names,
    preset_text,
    shipped_presets,
)
from photoprep.units import longest_side_px
from tests.support import Inline, small_photo, written

SHIPPED = preset_names()
DAY = datetime.date(2026, 11, 23)


def test_the_trade_preset_has_the_figures_of_the_trade() -> None:
    preset = load_preset()
    assert preset.name == "trade-email"
    assert preset.photo.longest_side_cm == Fraction(24)
    assert (preset.photo.dpi_min, preset.photo.dpi_max) == (72, 100)
    assert preset.photo.max_bytes == 200_000
    assert (preset.mail.preferred_bytes, preset.mail.max_bytes) == (600_000, 800_000)
    assert preset.mail.limit_bytes == 795_904


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_preset_is_what_the_model_makes_of_it(name: str, tmp_path: Path) -> None:
    # Only here is it checked: a run trusts the shipped ones, and not a copy that lies elsewhere.
    copy = written(tmp_path / f"{name}.toml", merged_text(name))
    assert load_preset(name) == load_preset(copy)


def test_three_photos_of_the_light_preset_fit_a_mail() -> None:
    preset = load_preset("trade-email-light")
    assert preset.mail.max_bytes == 600_000
    each_bytes = attachment_bytes("Toolbox_X100_open_20261123.jpg", preset.photo.max_bytes)
    assert 3 * each_bytes + FRAME_BYTES <= preset.mail.draft_bytes


@pytest.mark.parametrize(
    ("name", "most_px", "least_px"),
    [
        ("trade-email", 944, 680),
        ("trade-email-light", 680, 680),
        ("amazon-main", 2000, 1000),
        ("ebay", 1600, 1000),
        ("shopify", 2048, 800),
        ("messenger", 1600, 1000),
        ("mailbox-2mb", 944, 680),
        ("mailbox-10mb", 1889, 944),
        ("print-proof", 1771, 1771),
    ],
)
def test_the_pixels_are_those_that_the_files_name(name: str, most_px: int, least_px: int) -> None:
    photo = load_preset(name).photo
    assert longest_side_px(photo.longest_side_cm, photo.dpi_max) == most_px
    assert longest_side_px(photo.longest_side_cm, photo.dpi_min) >= least_px


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_preset_stands_alone_and_says_its_use_and_sources(
    name: str, tmp_path: Path
) -> None:
    assert load_preset(name).name == name
    text = preset_text(name)
    assert tomllib.loads(text)["schema"] == 1
    assert "extends" not in tomllib.loads(text)
    assert load_preset(name) == load_preset(written(tmp_path / "any.toml", merged_text(name)))
    entry = next(entry for entry in shipped_presets() if entry.name == name)
    assert entry.use.endswith(".")
    assert "https://" in text or "http://" in text or name.startswith("trade-email")


def _assert_within(preset: Preset, out: Path) -> int:
    """Hold every photo and mail of an output folder against the preset; returns their number."""
    checked = 0
    photo = preset.photo
    for path in (out / "photos").iterdir():
        assert path.stat().st_size <= photo.max_bytes
        with Image.open(path) as image:
            image.load()
            density = image.info["dpi"]
            assert image.format == "JPEG"
            assert max(image.size) <= longest_side_px(photo.longest_side_cm, photo.dpi_max)
        assert density[0] == density[1]
        assert photo.dpi_min <= density[0] <= photo.dpi_max
        assert max(image.size) * Fraction(254, 100) / round(density[0]) <= photo.longest_side_cm
        checked += 1
    for path in (out / "mails").iterdir():
        lines = path.read_bytes().replace(b"\r\n", b"\n").count(b"\n")
        wire_bytes = len(path.read_bytes().replace(b"\r\n", b"\n")) + lines
        assert wire_bytes <= preset.mail.limit_bytes
        checked += 1
    return checked


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_shipped_preset_makes_is_within_its_limits(name: str, tmp_path: Path) -> None:
    set_up_decoders()
    small_photo(tmp_path / "in/Box/open.png", 1, size=(2600, 1700))
    small_photo(tmp_path / "in/Box/closed.jpg", 2, size=(500, 700))
    preset = load_preset(name)
    report = prepare(
        tmp_path / "in", out=tmp_path / "out", preset=name, date=DAY, executor=Inline()
    )
    assert not report.failed
    assert _assert_within(preset, tmp_path / "out") >= 3
    sides = {photo.source: photo.jpeg.width_px for photo in report.ready}
    most_px = longest_side_px(preset.photo.longest_side_cm, preset.photo.dpi_max)
    assert sides["Box/open.png"] == most_px
    assert sides["Box/closed.jpg"] <= 500  # never enlarged


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_preset_keeps_its_limits_on_real_photos(
    name: str, real_photos: Path, tmp_path: Path
) -> None:
    set_up_decoders()
    pictures = sorted(
        path for path in real_photos.rglob("*") if path.suffix.lower() in {".jpg", ".heic"}
    )
    # The largest file has the most detail, which is what tries a limit in bytes.
    largest = sorted(pictures, key=lambda path: path.stat().st_size)[-1:]
    assert len(largest) == 1
    report = prepare(largest, out=tmp_path / "out", preset=name, date=DAY, executor=Inline())
    assert not report.failed
    assert _assert_within(load_preset(name), tmp_path / "out") >= 2
