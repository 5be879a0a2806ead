from __future__ import annotations

import datetime
import re
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep import prepare
from photoprep.errors import ExitCode, PresetError
from photoprep.mail.wire_size import base64_bytes
from photoprep.photo.decode import set_up_decoders
from photoprep.preset import MailSpec, Preset, WatchSpec
from photoprep.preset_file import (
    known_presets,
    load_preset,
    merged_text,
    preset_names,
    preset_text,
    shipped_presets,
)
from photoprep.preset_mistakes import line_of
from photoprep.preset_model import NAME_FIELDS, base64_wire_bytes
from photoprep.preset_reference import json_schema, reference_text
from photoprep.units import parse_bytes, parse_length_cm
from tests.support import Inline, small_photo, written

SHIPPED = preset_names()
DAY = datetime.date(2026, 11, 23)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = preset_text("trade-email")
    assert old in text
    return written(tmp_path / "mine.toml", text.replace(old, new))


def refusal(path: Path | str) -> PresetError:
    with pytest.raises(PresetError) as caught:
        load_preset(path)
    assert caught.value.exit_code == ExitCode.WRONG_PRESET
    return caught.value


def test_a_preset_made_in_code_may_fit_no_mail_and_the_photos_stay(tmp_path: Path) -> None:
    """The file's check does not see it, so the run says it when the mails are planned."""
    set_up_decoders()
    small_photo(tmp_path / "in/a.jpg")
    preset = replace(load_preset(), mail=MailSpec(1000, 1500, 0))
    report = prepare(
        tmp_path / "in", out=tmp_path / "out", preset=preset, date=DAY, executor=Inline()
    )
    assert [finding.code for finding in report.findings if finding.severity == "error"] == [
        "mail-too-large"
    ]
    assert report.exit_code == ExitCode.SOME_FAILED
    assert len(report.ready) == 1
    assert not list((tmp_path / "out/mails").glob("*"))


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
            r"line 8: photo\.dpi_maxx is not a known key \(did you mean dpi",
        ),
        ("dpi_max = 100", "", r"line 6: photo\.dpi_max is missing"),
        (
            '"24 cm"',
            '"24 px"',
            r"line 7: photo\.longest_side: expected a length .* received '24 px'",
        ),
        ('"200 kB"', '"200 kg"', r"photo\.max_bytes: expected a size .* received '200 kg'"),
        ("dpi_min = 72", "dpi_min = 300", r"line 9: .*dpi_min \(300\) is above dpi_max \(100\)"),
        ("dpi_min = 72", 'dpi_min = "72"', r"photo\.dpi_min: expected a whole number.* '72'"),
        ("dpi_min = 72", "dpi_min = 0", r"photo\.dpi_min: expected at least 1, received 0"),
        (
            "dpi_max = 100",
            "dpi_max = 1201",
            r"photo\.dpi_max: expected at most 1200, received 1201",
        ),
        (
            "min_quality = 20",
            "min_quality = 81",
            r"min_quality \(81\) is above good_quality \(80\)",
        ),
        ('"600 kB"', '"900 kB"', r"preferred_bytes \(900000\) is above max_bytes"),
        ("reserve_bytes = 4096", "reserve_bytes = 800000", "leaves nothing"),
        (
            '"200 kB"',
            '"590 kB"',
            r"line 10: photo\.max_bytes \(590000\) does not fit into mail\.max_bytes \(800000\)",
        ),
        ("{product}_{model}", "{prodct}", r"expected fields among \{product\}"),
        ("{product}_{model}", "{product:>9999}", r"names\.photo: expected fields among"),
        ("{product}_{model}", "{product!r}", r"names\.photo: expected fields among"),
        ("{product}_{model}", "{product", r"names\.photo: expected a template"),
        ("schema = 1", "schema = 2", r"line 3: schema: .* received 2: .* a newer photoprep"),
        ("schema = 1", "schema = 0", r"schema: expected 1, received 0"),
        ("schema = 1", "schema = true", r"schema: expected 1, received True"),
        ("schema = 1", "", r"schema is missing: write schema = 1"),
        ('"en"', '"fr"', r"letter\.language: expected 'en' or 'zh', received 'fr'"),
        ('name = "trade-email"', 'name = ""', "name: expected a text that is not empty"),
        ("[letter]", "[lettre]", r"lettre is not a known key \(did you mean letter\?"),
        ("[mail]", "[mail", "not valid TOML.*line 34"),
        ("reserve_bytes = 4096", "reserve_bytes = " + "1" * 5000, "not valid TOML"),
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


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    photo = "dpi_max = 100\ndpi_min = 72             #"
    path = changed(tmp_path, photo, "dpi_max = 0\ncolour = 1\ndpi_min = 72 #")
    written(path, path.read_text(encoding="utf-8").replace('"en"', '"fr"'))
    message = refusal(path).message
    assert "3 mistakes" in message
    told = [message.index(words) for words in ("line 8: photo", "line 9: photo", "letter.language")]
    assert told == sorted(told)


def test_a_section_that_is_no_section_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "mine.toml", 'schema = 1\nextends = "trade-email"\nmail = 800\n')
    assert "line 3: mail: expected a section [mail], received 800" in refusal(path).message


def test_a_name_that_is_nearly_right_gets_a_guess(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match='Did you mean "trade-email"'):
        load_preset("trade-mail")
    with pytest.raises(PresetError, match="no such preset file"):
        load_preset(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "name", ["x" * 300, "x" * 300 + ".toml", "~nobody-here/x.toml", "", "a\0b"]
)
def test_a_name_that_cannot_be_a_file_is_refused_like_any_other(name: str, tmp_path: Path) -> None:
    assert "There is no " in refusal(name).message
    path = tmp_path / "mine.toml"
    written(path, f'schema = 1\nextends = "{name}"\n'.replace("\0", "\\u0000"))
    assert "line 2: extends: " in refusal(path).message


def test_what_a_mac_leaves_beside_a_preset_and_folders_are_no_presets(config_folder: Path) -> None:
    own(config_folder, "._smith", "")
    (config_folder / "presets/ebay.toml").mkdir()
    assert known_presets() == shipped_presets()
    assert load_preset("ebay").name == "ebay"


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PresetError, match="not UTF-8"):
        load_preset(path)


def own(config_folder: Path, name: str, body: str) -> Path:
    return written(config_folder / "presets" / f"{name}.toml", f"schema = 1\n{body}\n")


def test_ones_own_preset_is_found_by_name_and_changes_only_what_it_names(
    config_folder: Path,
    tmp_path: Path,
) -> None:
    own(config_folder, "smith", 'extends = "trade-email"\n[mail]\nmax_bytes = "700 kB"')
    base = load_preset("trade-email")
    assert load_preset("smith") == replace(
        base, name="smith", mail=replace(base.mail, max_bytes=700_000)
    )
    merged = written(tmp_path / "any.toml", merged_text("smith"))
    assert load_preset("smith") == load_preset(merged)


def test_chains_are_followed_and_files_found_beside(config_folder: Path, tmp_path: Path) -> None:
    own(config_folder, "base", 'extends = "trade-email-light"\n[letter]\nlanguage = "zh"')
    written(tmp_path / "one.toml", 'schema = 1\nextends = "base"\n[photo]\nbackground = "black"\n')
    path = written(tmp_path / "two.toml", 'schema = 1\nextends = "one.toml"\nname = "Two"\n')
    preset = load_preset(path)
    assert (preset.name, preset.letter.language, preset.photo.background) == ("Two", "zh", "black")
    assert preset.mail == load_preset("trade-email-light").mail


def test_ones_own_goes_before_the_shipped_and_may_extend_it(config_folder: Path) -> None:
    path = own(config_folder, "trade-email", 'extends = "trade-email"\n[letter]\nlanguage = "zh"')
    assert load_preset("trade-email").letter.language == "zh"
    entry = next(entry for entry in known_presets() if entry.name == "trade-email")
    assert entry.own
    assert entry.hides_shipped
    assert entry.path == path
    assert [entry.name for entry in known_presets()] == SHIPPED
    assert all(not entry.own for entry in shipped_presets())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('extends = "trade-mail"', 'line 2: extends: there is no preset called "trade-mail". Did'),
        ('extends = "none.toml"', "line 2: extends: there is no file"),
        ("extends = 7", "line 2: extends: expected the name of a preset, received 7"),
        ('extends = ""', "line 2: extends: expected the name of a preset, received ''"),
        ('extends = "me"', "line 2: extends: the preset extends itself"),
        ('extends = "you"', "loop: me extends you extends me"),
    ],
)
def test_a_wrong_extends_is_said(config_folder: Path, body: str, words: str) -> None:
    own(config_folder, "me", body)
    own(config_folder, "you", 'extends = "me"')
    assert words in refusal("me").message


def test_a_mistake_in_the_base_names_the_base(config_folder: Path, tmp_path: Path) -> None:
    base = own(config_folder, "base", 'extends = "trade-email"\n[photo]\ndpi_max = 0')
    mine = written(tmp_path / "mine.toml", 'schema = 1\nextends = "base"\n[letter]\nx = 1\n')
    written(tmp_path / "fine.toml", 'schema = 1\nextends = "base"\n')
    alone = refusal(tmp_path / "fine.toml")
    assert alone.path == base
    assert "line 4: photo.dpi_max" in alone.message
    both = refusal(mine).message
    assert "photo.dpi_max" in both
    assert "letter.x is not a known key" in both
    assert str(mine) in both + str(refusal(mine).path)


def test_a_contradiction_is_laid_to_the_file_that_makes_it(tmp_path: Path) -> None:
    text = 'schema = 1\nextends = "trade-email"\n\n[photo]\ndpi_max = 60\n'
    path = written(tmp_path / "mine.toml", text)
    error = refusal(path)
    assert error.path == path
    assert "line 5: photo: dpi_min (72) is above dpi_max (60)" in error.message


LAID_OUT_ODDLY = '''\
schema = 1
names = { photo = "{product}" }
letter . "language" = "en"
note = """
[mail]
max_bytes = 1
"""
[photo]
# max_bytes = 3
'max_bytes' = 2
[ mail ]  # the true one
max_bytes=1
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("schema",), 1),
        (("names", "photo"), 2),
        (("letter", "language"), 3),
        (("photo",), 8),
        (("photo", "max_bytes"), 10),
        (("mail", "reserve_bytes"), 11),  # not there: its section
        (("mail", "max_bytes"), 12),
        (("nothing",), 0),
    ],
)
def test_the_line_of_a_key_is_found_in_its_section(key: tuple[str, ...], line: int) -> None:
    tomllib.loads(LAID_OUT_ODDLY)
    assert line_of(key, LAID_OUT_ODDLY) == line


@given(size_bytes=st.integers(0, 10_000_000))
def test_a_photo_weighs_here_what_it_weighs_in_the_mail_room(size_bytes: int) -> None:
    assert base64_wire_bytes(size_bytes) == base64_bytes(size_bytes)


SIZES = st.one_of(
    st.integers(-5, 3_000_000),
    st.integers(1, 3000).map(lambda number: f"{number} kB"),
    st.sampled_from(["195 KiB", "1.5 MB", "200 kg", "", "0.5"]),
)
SIZE_UNITS = ["", "B", "byte", "Bytes", "kB", "KB", "MB", "KiB", "mib", "kg", "in"]
LENGTH_UNITS = ["cm", "mm", "in", "Inch", "inches", "", "m"]


@given(
    number=st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,2})?", fullmatch=True),
    unit=st.sampled_from(SIZE_UNITS + LENGTH_UNITS),
    space=st.sampled_from(["", " "]),
)
def test_the_schema_for_editors_takes_what_the_units_take(
    number: str, unit: str, space: str
) -> None:
    photo = json_schema()["properties"]["photo"]["properties"]
    text = f"{number}{space}{unit}"
    size = re.search(photo["max_bytes"]["anyOf"][1]["pattern"], text) is not None
    length = re.search(photo["longest_side"]["pattern"], text) is not None
    # A pattern cannot reckon: "0.5 B" and "0 cm" look right and are refused later.
    assert size or not _takes(parse_bytes, text)
    assert length or not _takes(parse_length_cm, text)
    assert size == (unit.lower() in {"", "b", "byte", "bytes", "kb", "mb", "kib", "mib"})
    assert length == (unit.lower() in {"cm", "mm", "in", "inch", "inches"})


def _takes(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


OVERRIDES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "photo": {
        "longest_side": st.sampled_from(["24 cm", "9.4 in", "1 mm", "0 cm", "800 in", "24"]),
        "dpi_max": st.integers(-1, 1300),
        "dpi_min": st.integers(-1, 1300),
        "max_bytes": SIZES,
        "good_quality": st.integers(-5, 100),
        "min_quality": st.integers(-5, 100),
        "background": st.sampled_from(["white", "#f4f4f4", "nothing"]),
    },
    "mail": {
        "preferred_bytes": SIZES,
        "max_bytes": SIZES,
        "reserve_bytes": st.integers(-5, 1_000_000),
        "max_mails": st.integers(-1, 1100),
    },
    "names": {"photo": st.sampled_from(["{product}", "{view}-{date}", "{x}", "plain", "{"])},
    "letter": {"language": st.sampled_from(["en", "zh", "fr"])},
}
KEYS = [(section, key) for section, keys in OVERRIDES.items() for key in keys]


@given(
    name=st.sampled_from(SHIPPED),
    chosen=st.sets(st.sampled_from(KEYS), max_size=3),
    data=st.data(),
)
@settings(max_examples=300, deadline=None)
def test_any_changes_are_taken_alone_or_refused_by_name(
    name: str, chosen: set[tuple[str, str]], data: st.DataObject
) -> None:
    changes = {key: data.draw(OVERRIDES[key[0]][key[1]], label=str(key)) for key in sorted(chosen)}
    body = "".join(f"{section}.{key} = {value!r}\n" for (section, key), value in changes.items())
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "mine.toml", f'schema = 1\nextends = "{name}"\n{body}')
        try:
            preset = load_preset(path)
        except PresetError as error:
            assert any(key in error.message for _, key in changes)  # noqa: PT017 (one of two ends)
            assert error.path == path  # noqa: PT017
            return
    assert preset.name == "mine"
    base = _flat(load_preset(name))
    for field, value in _flat(preset).items():
        if field not in {_field(*key) for key in changes}:
            assert value == base[field]
    for key, value in changes.items():
        if isinstance(value, int) or key[0] in {"names", "letter"}:
            assert _flat(preset)[_field(*key)] == value


def _field(section: str, key: str) -> tuple[str, str]:
    return section, "longest_side_cm" if key == "longest_side" else key


def _flat(preset: Preset) -> dict[tuple[str, str], object]:
    flat: dict[tuple[str, str], object] = {}
    for section in OVERRIDES:
        spec = getattr(preset, section)
        flat |= {(section, field): getattr(spec, field) for field in spec.__slots__}
    return flat


def test_the_reference_names_the_fields_of_names() -> None:
    assert all(f"{{{field}}}" in reference_text() for field in NAME_FIELDS)


def test_templates_of_letters_lie_beside_the_preset_or_are_called_by_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for template, found in {
        "formal": "formal",
        "./formal": str(tmp_path / "presets" / "formal"),
        "letters/formal": str(tmp_path / "presets" / "letters" / "formal"),
        (tmp_path / "x").as_posix(): str(tmp_path / "x"),
        "": "",
    }.items():
        text = f'schema = 1\nextends = "trade-email"\n[letter]\ntemplate = "{template}"\n'
        written(tmp_path / "presets" / "mine.toml", text)
        assert load_preset("presets/mine.toml").letter.template == found


def test_a_font_and_a_logo_lie_beside_the_preset_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, elsewhere = tmp_path / "company presets", tmp_path / "elsewhere"
    for folder in (base, base / "mine", elsewhere):
        folder.mkdir()
    sheet = '[sheet]\nfont = "house.ttf"\nlogo = "logos/标志.png"\n'
    written(base / "house.toml", f'schema = 1\nextends = "trade-email"\n{sheet}')
    absolute = (elsewhere / "my.ttf").as_posix()
    mine = f'schema = 1\nextends = "../house.toml"\n[sheet]\nfont = "{absolute}"\n'
    written(base / "mine" / "mine.toml", mine)
    monkeypatch.chdir(base)
    preset = load_preset("mine/mine.toml")
    assert Path(preset.sheet.font) == elsewhere / "my.ttf"
    assert Path(preset.sheet.logo) == base / "mine" / ".." / "logos" / "标志.png"
    assert load_preset("house.toml").sheet.font == str(base / "house.ttf")
    assert not load_preset("trade-email").sheet.font


def test_how_long_a_watched_folder_is_quiet_is_a_presets_to_say(tmp_path: Path) -> None:
    assert load_preset().watch == WatchSpec(
        quiet_s=5, quiet_on_shares_s=20, scan_s=30, scan_on_shares_s=5
    )
    path = changed(tmp_path, "quiet_s = 5 ", "quiet_s = 60.5 ")
    # What is asked of a disk is the least that is asked of a share.
    assert load_preset(path).watch == WatchSpec(
        quiet_s=60.5, quiet_on_shares_s=60.5, scan_s=30, scan_on_shares_s=5
    )


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ('scan_s = "30"', "watch.scan_s: expected a number, received '30'"),
        ("scan_s = 0", "watch.scan_s: expected at least 0.1, received 0"),
        ("scan_s = inf", "watch.scan_s: expected at most 3600"),
        ("scan_s = nan", "watch.scan_s: "),
        ("scan_s = true", "watch.scan_s: expected a number, received True"),
        ("scans = 30", "watch.scans is not a known key (did you mean scan_s?)"),
    ],
)
def test_a_wrong_time_of_a_watched_folder_is_said(new: str, words: str, tmp_path: Path) -> None:
    assert words in refusal(changed(tmp_path, "scan_s = 30", new)).message
