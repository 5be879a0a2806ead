from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.dropped import dropped_path, readings
from photoprep.errors import UsageError


@pytest.mark.parametrize(
    "dress",
    [
        "{path}",
        "{path}/",
        '"{path}"',
        "'{path}'",
        " {path} ",
        "file://{escaped}",
        "file://localhost{escaped}",
        "{slashed}",
    ],
)
@pytest.mark.parametrize(
    "name", ["Toolbox X100", "工具箱 #1 100%", 'it\'s (new) & "old"', "emoji 😀"]
)
def test_a_dropped_path_is_understood_in_every_dress(tmp_path: Path, dress: str, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    path = str(folder)
    escaped = folder.as_uri().removeprefix("file://")
    slashed = "".join(f"\\{letter}" if letter in " '\"()&#" else letter for letter in path)
    text = dress.format(path=path, escaped=escaped, slashed=slashed)
    assert dropped_path(text) == folder


def test_a_name_that_exists_as_it_stands_is_taken_as_it_stands(tmp_path: Path) -> None:
    for name in ("a%20b", "file:x", "'quoted'"):
        (tmp_path / name).mkdir()
        assert dropped_path(str(tmp_path / name)) == tmp_path / name


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "photos").mkdir()
    assert dropped_path("~/photos") == tmp_path / "photos"


@pytest.mark.parametrize("text", ["/no/such/thing", "a\0b", "x" * 5000, ""])
def test_what_is_not_there_is_a_usage_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file or folder called"):
        dropped_path(text or str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (r"C:\Users\Li Na\Toolbox X100", r"C:\Users\Li Na\Toolbox X100"),
        (r"C:\Users\Li Na\Toolbox X100\ ".rstrip(" "), r"C:\Users\Li Na\Toolbox X100"),
        ('"C:\\Users\\Li Na\\Toolbox X100"', r"C:\Users\Li Na\Toolbox X100"),
        ("C:/Users/Li Na/Toolbox X100/", r"C:\Users\Li Na\Toolbox X100"),
        (r"\\nas\photos\Toolbox X100", r"\\nas\photos\Toolbox X100"),
        (r"\\?\C:\very\long\path", r"\\?\C:\very\long\path"),
        ("file:///C:/Users/Li%20Na/Toolbox%20X100", r"C:\Users\Li Na\Toolbox X100"),
        ("file://localhost/C:/photos", r"C:\photos"),
        ("file:///D:/", "D:\\"),
        ("file://nas/photos/Toolbox%20%231", r"\\nas\photos\Toolbox #1"),
        ("file:///C:/%E5%B7%A5%E5%85%B7%E7%AE%B1/100%25", r"C:\工具箱\100%"),
    ],
)
def test_windows_forms_are_understood(text: str, path: str) -> None:
    found = [PureWindowsPath(reading) for reading in readings(text, windows=True)]
    assert found[-1] == PureWindowsPath(path)
    assert found[-1].is_absolute()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (r"/photos/Toolbox\ X100", "/photos/Toolbox X100"),
        (r"/photos/it\'s\ \(new\)\ \&\ \\old", r"/photos/it's (new) & \old"),
        ("file:///photos/caf%C3%A9%20%231?", "/photos/café #1?"),
        ("FILE:///photos/x", "/photos/x"),
        ("\u201c/photos/Toolbox X100\u201d", "/photos/Toolbox X100"),
        ("  '/photos/x' ", "/photos/x"),
    ],
)
def test_posix_forms_are_understood(text: str, path: str) -> None:
    assert readings(text, windows=False)[-1] == path


@pytest.mark.parametrize("name", ["~$offer.jpg", "~nobody-by-that-name", "file:[x", "file:100%"])
def test_names_that_only_look_special_are_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        dropped_path(name)
    (tmp_path / name).mkdir()
    assert dropped_path(name) == tmp_path / name


@given(st.text() | st.text().map("~{}".format) | st.text().map("file://{}".format))
def test_any_text_has_readings_and_the_first_is_itself(text: str) -> None:
    for windows in (False, True):
        assert readings(text, windows=windows)[0] == text
