"""The sender's profile: kept, read back, and refused with the line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photoprep.errors import CannotWriteError, PresetError
from photoprep.profile import (
    SenderProfile,
    load_profile,
    profile_path,
    profile_text,
    save_profile,
)

WANG = SenderProfile(
    name="Wang Li",
    title="Export Manager",
    company='Hengli "Tools" Co., Ltd.',
    address="18 Haitian Road\nBeilun District, Ningbo 315800\nP. R. China",
    telephone="+86 574 8690 1234",
    fax="+86 574 8690 1235",
    email="wang.li@example.com",
    website="www.example.com",
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOPREP_CONFIG_DIR", str(tmp_path / "config"))


def written(text: str | bytes) -> Path:
    path = profile_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_no_file_is_no_profile_and_no_error() -> None:
    assert load_profile() is None


def test_what_is_saved_is_loaded() -> None:
    path = save_profile(WANG)
    assert path == profile_path()
    assert load_profile() == WANG
    assert list(path.parent.iterdir()) == [path]
    other = save_profile(SenderProfile(name="Li Na"), path.parent / "deeper" / "other.toml")
    assert load_profile(other) == SenderProfile(name="Li Na")
    assert load_profile() == WANG


def test_the_file_can_be_read_by_people() -> None:
    text = profile_text(WANG)
    assert 'name = "Wang Li"\n' in text
    assert 'address = """\n18 Haitian Road\nBeilun District' in text


def _profile(texts: list[str]) -> SenderProfile | None:
    name, title, company, address, telephone, website = texts
    try:
        return SenderProfile(name, title, company, address, telephone, website=website)
    except PresetError:
        return None


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), min_size=6, max_size=6).map(_profile))
@example(SenderProfile(address='a\\n"""b\nc\\'))
@example(SenderProfile(address="a\\nb", name='"\\"'))
def test_every_profile_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, profile: SenderProfile | None
) -> None:
    if profile is not None:
        path = save_profile(profile, tmp_path_factory.mktemp("profile") / "profile.toml")
        assert load_profile(path) == profile


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "Wang\r\nBcc: x@example.com"}, "'name' has more than one line"),
        ({"name": "Wang\rLi"}, "'name' has an invisible character"),
        ({"name": "Wang\0Li"}, "'name' has an invisible character"),
        ({"name": "\u202eWang"}, "'name' has an invisible character"),
        ({"name": "=?utf-8?q?=0D=0A?="}, "'name' has =[?]"),
        ({"address": "a\0b"}, "'address' has an invisible character"),
        ({"telephone": "1\n2"}, "'telephone' has more than one line"),
        ({"company": "x" * 201}, "'company' has more than 200 characters"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "'email' has more than one line"),
        ({"email": "a@example.com, b@example.com"}, "'email' is no e-mail address"),
        ({"email": "Wang <a@example.com>"}, "'email' is no e-mail address"),
        ({"email": "a@b"}, "'email' is no e-mail address"),
        ({"email": "王@example.com"}, "'email' is no e-mail address"),
    ],
)
def test_what_could_break_a_header_is_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(PresetError, match=words) as caught:
        SenderProfile(**values)
    assert caught.value.hint


def test_white_space_around_values_and_empty_lines_go() -> None:
    profile = SenderProfile(name=" Wang Li ", address="\n18 Haitian Road \n\n Ningbo\n")
    assert profile == SenderProfile(name="Wang Li", address="18 Haitian Road\nNingbo")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('name = "Wang"\nemial = "a@example.com"\n', "Line 2: unknown key 'emial'", "'email'"),
        ('\n[nmae]\nx = "y"\n', "Line 2: unknown key 'nmae'", "'name'"),
        ('zzz = "y"\n', "Line 1: unknown key 'zzz'", "The known keys are name, title"),
        ("name = Wang\n", "not valid TOML: .*line 1", "straight quotes"),
        ("name = “Wang”\n", "not valid TOML: .*line 1", "straight quotes"),
        ("\ntelephone = 86574\n", "Line 2: 'telephone' is no text", "in quotes"),
        ('\n\nemail = "wang.li"\n', "Line 3: 'email' is no e-mail", "sales@example.com"),
        ('# x\n"fax" = "1\\n2"\n', "Line 2: 'fax' has more than one line", "Only the address"),
        ("name = '王'\n".encode("gbk"), "Line 1: this is not UTF-8", "UTF-8"),
    ],
)
def test_a_broken_file_is_named_with_its_line(text: str | bytes, message: str, hint: str) -> None:
    path = written(text)
    with pytest.raises(PresetError, match=message) as caught:
        load_profile()
    assert caught.value.path == path
    assert hint in caught.value.hint


def test_a_file_of_a_windows_editor_is_read() -> None:
    written(b'\xef\xbb\xbfname = "Wang Li"\r\naddress = """\r\n18 Haitian Road\r\nNingbo"""\r\n')
    assert load_profile() == SenderProfile(name="Wang Li", address="18 Haitian Road\nNingbo")


def test_a_folder_in_its_place_is_an_error_both_ways() -> None:
    profile_path().mkdir(parents=True)
    with pytest.raises(PresetError, match="cannot be read"):
        load_profile()
    with pytest.raises(CannotWriteError) as caught:
        save_profile(WANG)
    assert "PHOTOPREP_CONFIG_DIR" in caught.value.hint
    assert list(profile_path().parent.iterdir()) == [profile_path()]


def test_without_the_variable_it_is_the_platforms_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PHOTOPREP_CONFIG_DIR")
    assert profile_path().name == "profile.toml"
    assert profile_path().parent.name == "photoprep"
