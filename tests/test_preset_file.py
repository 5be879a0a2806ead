from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from photoprep.errors import ExitCode, PresetError
from photoprep.preset_file import load_preset, preset_names, preset_text


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = preset_text("trade-email")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_trade_preset_has_the_figures_of_the_trade() -> None:
    preset = load_preset()
    assert preset.name == "trade-email"
    assert preset.photo.longest_side_cm == Fraction(24)
    assert (preset.photo.dpi_min, preset.photo.dpi_max) == (72, 100)
    assert preset.photo.max_bytes == 200_000
    assert (preset.mail.preferred_bytes, preset.mail.max_bytes) == (600_000, 800_000)
    assert preset.mail.limit_bytes == 795_904


def test_every_shipped_preset_loads_under_its_own_name() -> None:
    assert "trade-email" in preset_names()
    for name in preset_names():
        assert load_preset(name).name == name
        assert tomllib.loads(preset_text(name))["schema"] == 1


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = changed(tmp_path, 'max_bytes = "200 kB"', 'max_bytes = "195 KiB"')
    assert load_preset(path).photo.max_bytes == 199_680
    assert load_preset(str(path)) == load_preset(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "dpi_max = 100",
            "dpi_maxx = 100",
            r"photo\.dpi_maxx is not a known key, did you mean dpi",
        ),
        ("dpi_max = 100", "", r"photo\.dpi_max is missing"),
        ('"24 cm"', '"24 px"', r"photo\.longest_side: expected a length .* received '24 px'"),
        ('"200 kB"', '"200 kg"', r"photo\.max_bytes: expected a size .* received '200 kg'"),
        ("dpi_min = 72", "dpi_min = 300", r"dpi_min \(300\) is above dpi_max \(100\)"),
        ("dpi_min = 72", 'dpi_min = "72"', r"photo\.dpi_min: .* received '72'"),
        ('"600 kB"', '"900 kB"', r"preferred_bytes \(900000\) is above max_bytes"),
        ("reserve_bytes = 4096", "reserve_bytes = 800000", "leaves nothing"),
        ("{product}_{model}", "{prodct}", r"expected fields among \{product\}"),
        ("schema = 1", "schema = 2", r"schema: .* received 2"),
        ('"en"', '"fr"', r"letter\.language: .* received 'fr'"),
        ("[mail]", "[mail", "not valid TOML"),
        ('"white"', '"whitish"', "expected a colour"),
    ],
)
def test_a_wrong_preset_names_file_key_expected_and_received(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(PresetError, match=words) as caught:
        load_preset(path)
    assert caught.value.path == path
    assert caught.value.exit_code == ExitCode.WRONG_PRESET


def test_a_name_that_is_nearly_right_gets_a_guess(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match='Did you mean "trade-email"'):
        load_preset("trade-mail")
    with pytest.raises(PresetError, match="no such preset file"):
        load_preset(tmp_path / "none.toml")


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PresetError, match="not UTF-8"):
        load_preset(path)
