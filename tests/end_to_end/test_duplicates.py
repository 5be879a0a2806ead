"""A folder with copies, through the real command: what a person is told and a program reads."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import outputs, photoprep, small_photo, written

PRODUCTS = "products/magento-wh07"


@pytest.fixture
def photos(real_photos: Path, tmp_path: Path) -> Path:
    """Three views of one product on white; of the first a copy, and two versions of it."""
    folder = tmp_path / "photos/Hoodie WH07"
    shutil.copytree(real_photos / PRODUCTS, folder)
    first = folder / "wh07-gray_alt1.jpg"
    shutil.copyfile(first, folder / "wh07-gray_alt1 (2).jpg")
    with Image.open(first) as picture:
        picture.reduce(4).save(folder / "wh07-gray_alt1-small.jpg", quality=70)
        picture.convert("RGB").save(folder / "wh07-gray_alt1.png")
    return tmp_path / "photos"


def report_in(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return loaded


def duplicates(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [row for row in report["findings"] if row["code"] == "duplicate"]
    return {row["source"].rpartition("/")[2]: row for row in found}


def test_copies_are_told_and_one_of_equal_files_is_prepared(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = photoprep(photos, "--out", out)
    assert (told.returncode, told.stderr) == (0, "")
    report = report_in(out)
    status = {row["source"].rpartition("/")[2]: row["status"] for row in report["photos"]}
    assert status.pop("wh07-gray_alt1.jpg") == "skipped"  # "alt1 (2)" comes first
    assert set(status.values()) == {"prepared"}
    assert len(status) == 5
    found = duplicates(report)
    kept = "Hoodie WH07/wh07-gray_alt1 (2).jpg"
    assert set(found) == {
        "wh07-gray_alt1.jpg",
        "wh07-gray_alt1.png",
        "wh07-gray_alt1-small.jpg",
    }
    assert {row["product"] for row in found.values()} == {"Hoodie"}
    assert found["wh07-gray_alt1.jpg"]["severity"] == "info"
    assert found["wh07-gray_alt1.png"]["severity"] == "warning"
    assert f"same picture as {kept}, at the same size" in found["wh07-gray_alt1.png"]["message"]
    assert f"{kept} is the larger" in found["wh07-gray_alt1-small.jpg"]["message"]
    (row,) = [row for row in report["photos"] if row["status"] == "skipped"]
    assert row["error"] == f"It is the same file as {kept}."
    assert told.stdout.count("Hoodie WH07/wh07-gray_alt1.jpg") == 1  # not as a file skipped too
    assert f"· Hoodie WH07/wh07-gray_alt1.jpg: It is the same file as {kept}" in told.stdout
    assert "1 other file skipped" in told.stdout

    again = photoprep(photos, "--out", out)
    assert again.returncode == 0
    assert report_in(out)["findings"] == report["findings"]


def test_a_preset_can_ask_for_every_copy(photos: Path, tmp_path: Path) -> None:
    every = written(
        tmp_path / "every.toml",
        'schema = 1\nextends = "trade-email"\n[photo]\nduplicates = "keep-all"\n',
    )
    told = photoprep(photos, "--out", tmp_path / "out", "--preset", every)
    assert told.returncode == 0
    report = report_in(tmp_path / "out")
    assert {row["status"] for row in report["photos"]} == {"prepared"}
    assert len(outputs(tmp_path / "out")) > 6
    assert {row["severity"] for row in duplicates(report).values()} == {"info"}


def test_thousands_of_copies_do_not_flood_the_terminal(tmp_path: Path) -> None:
    first = small_photo(tmp_path / "photos/Box/0.jpg", 1)
    for number in range(1, 13):
        shutil.copyfile(first, first.with_name(f"{number}.jpg"))
    told = photoprep(tmp_path / "photos", "--out", tmp_path / "out")
    assert told.stdout.count("It is the same file as Box/0.jpg") == 8
    assert "and 4 remarks more; report.json has all." in told.stdout
    assert len(duplicates(report_in(tmp_path / "out"))) == 12


def test_a_copy_in_an_archive_is_noticed_too(tmp_path: Path) -> None:
    loose = small_photo(tmp_path / "photos/Box/closed.jpg", 1)
    with zipfile.ZipFile(tmp_path / "photos/more.zip", "w") as packed:
        packed.write(loose, "Box/again.jpg")
        packed.write(loose, "Box/and-again.jpg")
    told = photoprep(tmp_path / "photos", "--out", tmp_path / "out")
    assert told.returncode == 0
    found = duplicates(report_in(tmp_path / "out"))
    assert set(found) == {"again.jpg", "and-again.jpg"}
    assert len(outputs(tmp_path / "out")) == 2  # one photo, one mail
