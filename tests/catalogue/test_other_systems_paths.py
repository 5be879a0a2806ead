"""Paths of Windows and macOS, on pure paths: where results go when a disk or a share is dropped."""

from __future__ import annotations

import datetime
import sys
import unicodedata
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import cast

import pytest

from photoprep.catalogue.naming import Naming, formal_names
from photoprep.catalogue.scan import default_output_folder
from photoprep.outcome import Subject
from photoprep.sheet.font_folders import font_folders

DAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("dropped", "out"),
    [
        (PureWindowsPath(r"C:\Li Na\Toolbox X100"), r"C:\Li Na\Toolbox X100-prepared"),
        (PureWindowsPath("C:/Li Na/工具箱/"), r"C:\Li Na\工具箱-prepared"),
        (PureWindowsPath("E:\\"), r"E:\photos-prepared"),  # a card reader
        (PureWindowsPath(r"\\nas\photos"), r"\\nas\photos\photos-prepared"),  # a share itself
        (PureWindowsPath(r"\\nas\photos\Toolbox"), r"\\nas\photos\Toolbox-prepared"),
        (PureWindowsPath("\\\\?\\C:\\"), r"\\?\C:\photos-prepared"),
        (PureWindowsPath(r"C:\a\X100 v1.2"), r"C:\a\X100 v1.2-prepared"),
        (PureWindowsPath(r"C:\a\.hidden"), r"C:\a\.hidden-prepared"),
        (PurePosixPath("/Volumes/EOS_DIGITAL"), "/Volumes/EOS_DIGITAL-prepared"),
        (PurePosixPath("/"), "/photos-prepared"),
    ],
)
def test_results_lie_beside_what_was_dropped_or_on_its_disk(dropped: PurePath, out: str) -> None:
    assert str(default_output_folder(cast(Path, dropped))) == out


@pytest.mark.parametrize("product", ["CON", "nul", "Com1", "LPT9", "aux.", "CONIN$", "prn "])
@pytest.mark.parametrize("template", ["{product}", "{product}.{view}"])
def test_no_photo_is_named_as_a_device_of_windows(product: str, template: str) -> None:
    [name] = formal_names([Subject(product, "", "")], Naming(template, "", DAY, {}))
    assert name.endswith(".jpg")
    assert name.split(".")[0].upper() not in {"CON", "NUL", "COM1", "LPT9", "AUX", "CONIN$", "PRN"}


def test_a_name_as_macos_decomposes_it_gives_the_same_photo() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Größe Kühl") for form in ("NFC", "NFD"))
    assert composed != decomposed
    naming = Naming("{product}_{date}", "", DAY, {})
    names = [formal_names([Subject(product, "", "")], naming) for product in (composed, decomposed)]
    assert names[0] == names[1] == ["Grosse-Kuhl_20261123.jpg"]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("win32", [r"D:\Windows/Fonts", r"C:\Users\Li Na\AppData\Local/Microsoft/Windows/Fonts"]),
        ("darwin", ["/System/Library/Fonts", "/Library/Fonts", "/Users/wang/Library/Fonts"]),
    ],
)
def test_fonts_are_looked_for_where_each_system_has_them(
    platform: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDIR", "D:\\Windows")
    monkeypatch.setenv("LOCALAPPDATA", r"C:\Users\Li Na\AppData\Local")
    monkeypatch.setattr(Path, "home", lambda: Path("/Users/wang"))
    monkeypatch.setattr(sys, "platform", platform)
    assert [str(folder) for folder in font_folders()] == expected
