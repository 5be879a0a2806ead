"""The commands about presets, through the real command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photoprep.cli_presets import photos_per_mail
from photoprep.errors import ExitCode
from photoprep.preset_file import load_preset, preset_names, preset_text
from tests.support import photoprep, small_photo

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture
def own_folder(config_folder: Path) -> Path:
    folder = config_folder / "presets"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, body: str) -> None:
    (folder / f"{name}.toml").write_text(f"schema = 1\n{body}\n", encoding="utf-8")


def test_list_says_name_use_and_origin(own_folder: Path) -> None:
    write(own_folder, "smith", '# For Mr Smith.\nextends = "trade-email"')
    write(own_folder, "ebay", 'extends = "ebay"')
    (own_folder / "smith.toml").write_text(
        '#:schema ./preset.schema.json\n# For Mr Smith.\nschema = 1\nextends = "trade-email"\n',
        encoding="utf-8",
    )
    told = photoprep("presets", "list")
    assert told.returncode == 0
    lines = {line.split()[0]: line for line in told.stdout.splitlines()}
    assert set(lines) == {*preset_names(), "smith"}
    assert "[shipped]  One product a picture" in lines["trade-email"]
    assert lines["smith"].endswith("[yours]  For Mr Smith.")
    assert "[yours, instead of the shipped one]" in lines["ebay"]
    assert str(own_folder) in told.stderr


def test_show_prints_a_preset_as_it_stands() -> None:
    assert photoprep("presets", "show", "messenger").stdout == preset_text("messenger")
    assert photoprep("presets", "show").stdout == preset_text("trade-email")
    assert photoprep("presets", "show", "nope").returncode == ExitCode.WRONG_PRESET


def test_show_merged_prints_the_whole(own_folder: Path, tmp_path: Path) -> None:
    write(own_folder, "smith", 'extends = "trade-email"\n[letter]\nlanguage = "zh"')
    assert "extends" in photoprep("presets", "show", "smith").stdout
    whole = tmp_path / "whole.toml"
    whole.write_text(photoprep("presets", "show", "smith", "--merged").stdout, encoding="utf-8")
    assert "extends" not in whole.read_text(encoding="utf-8")
    assert load_preset(whole) == load_preset("smith")


def test_check_says_plain_figures() -> None:
    told = photoprep("presets", "check", "trade-email")
    assert told.returncode == 0
    for words in ("944 px", "680 px", "200,000 bytes", "795,904 bytes", "2 photos of full size"):
        assert words in told.stdout


def test_check_without_a_name_checks_all_of_ones_own(own_folder: Path) -> None:
    assert "no presets of your own" in photoprep("presets", "check").stdout
    write(own_folder, "fine", 'extends = "trade-email"')
    assert photoprep("presets", "check").returncode == 0
    write(own_folder, "bad", 'extends = "trade-email"\n[photo]\ndpi_max = 0\nlongest_sid = "9 cm"')
    write(own_folder, "worse", 'extends = "trade-mail"')
    told = photoprep("presets", "check")
    assert told.returncode == ExitCode.WRONG_PRESET
    assert "fine holds" in told.stdout
    for words in (
        "bad.toml",
        "line 4: photo.dpi_max",
        "line 5: photo.longest_sid",
        "did you mean longest_side?",
        "worse.toml",
        'Did you mean "trade-email"',
    ):
        assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_a_preset_of_ones_own_is_chosen_by_name(own_folder: Path, tmp_path: Path) -> None:
    write(own_folder, "small", 'extends = "trade-email"\n[photo]\nlongest_side = "1 cm"')
    small_photo(tmp_path / "in/a.jpg")
    told = photoprep(tmp_path / "in", "--preset", "small", "--json")
    assert told.returncode == 0, told.stderr
    report = json.loads(told.stdout)
    assert report["preset"] == "small"
    assert report["photos"][0]["width_px"] == 39


@pytest.mark.parametrize(
    ("command", "file"), [("schema", "preset.schema.json"), ("reference", "presets.md")]
)
def test_the_generated_pages_are_up_to_date(command: str, file: str, own_folder: Path) -> None:
    write(own_folder, "trade-email", 'extends = "ebay"')  # which changes nothing in them
    told = photoprep("presets", command)
    assert told.returncode == 0
    # Make it anew with: photoprep presets COMMAND > docs/FILE
    assert told.stdout == (DOCS / file).read_text(encoding="utf-8")


def test_the_schema_knows_every_key_and_asks_for_a_whole_preset_or_extends() -> None:
    schema = json.loads(photoprep("presets", "schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert schema["anyOf"][0] == {"required": ["extends"]}
    assert "max_bytes" in schema["anyOf"][1]["properties"]["photo"]["required"]
    for section in ("photo", "mail", "names", "letter"):
        for key in schema["properties"][section]["properties"].values():
            assert key["description"]


def test_photos_per_mail() -> None:
    assert photos_per_mail(load_preset("trade-email")) == 2
    assert photos_per_mail(load_preset("trade-email-light")) == 3


def test_readme_names_every_shipped_preset() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for name in preset_names():
        assert f"`{name}`" in readme
