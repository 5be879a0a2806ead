from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.catalogue.dropped import dropped_path
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
