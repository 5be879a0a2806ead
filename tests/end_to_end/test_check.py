"""``check`` and ``names`` through the real command, on real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image

from tests.support import contents, photoprep, small_photo, written

PHOTOS = Path(__file__).parents[3] / "shared" / "photos" / "products"


def taken(path: Path, seed: int, time: str) -> Path:
    """A photo with a camera's time of day."""
    small_photo(path, seed, (900, 700))
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769)[0x9003] = f"2026:11:23 {time}"
    with Image.open(path) as image:
        image.load()
        image.save(path, exif=exif)
    return path


def checked(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    told = photoprep("check", *arguments, "--json")
    assert told.returncode == code, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def codes(report: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for number, name in enumerate(("X100 open.jpg", "X100_合起_02.JPG", "工具箱X100-打开.png")):
        small_photo(tmp_path / "Toolboxes" / name, number, (900, 700))
    return tmp_path / "Toolboxes"


def test_a_whole_product_gives_no_finding_and_nothing_is_written(box: Path, tmp_path: Path) -> None:
    before = contents(tmp_path)
    report = checked(box)
    assert [row["status"] for row in report["photos"]] == ["checked"] * 3
    assert {row["product"] for row in report["photos"]} == {"工具箱"}
    assert report["products"] == [
        {"title": "工具箱 X100", "sources": [row["source"] for row in report["photos"]]}
    ]
    assert "view-missing" not in codes(report)
    assert contents(tmp_path) == before


def test_explain_says_for_every_file_why(box: Path) -> None:
    told = photoprep("check", box, "--explain")
    assert told.returncode == 0
    for source in ("X100 open.jpg", "X100_合起_02.JPG", "工具箱X100-打开.png"):
        assert source in told.stdout
    assert "open: its name says “打开”" in told.stdout
    assert "product “工具箱”: other files of its model say so" in told.stdout
    assert "its name says" not in photoprep("check", box).stdout


def test_strict_ends_with_3_when_something_wants_to_be_done(box: Path, tmp_path: Path) -> None:
    assert photoprep("check", box, "--strict").returncode == 0
    (box / "X100_合起_02.JPG").unlink()
    report = checked(box, "--strict", code=3)
    assert codes(report)[0] == "view-missing"
    assert report["findings"][0]["remedy"]
    assert photoprep("check", box).returncode == 0
    assert photoprep(box, "--out", tmp_path / "out").returncode == 0
    assert photoprep(box, "--out", tmp_path / "out", "--strict").returncode == 3


def test_what_cannot_be_read_is_in_the_check_too(box: Path) -> None:
    whole = (box / "X100 open.jpg").read_bytes()
    (box / "X100 back.jpg").write_bytes(whole[: len(whole) // 2])
    (box / "note.txt").write_text("no picture")
    told = photoprep("check", box)
    assert told.returncode == 1
    assert "X100 back.jpg: The JPEG is damaged" in told.stdout
    assert "note.txt: It is no picture." in told.stdout
    report = checked(box, code=1)
    assert {row["status"] for row in report["photos"]} == {"checked", "failed", "skipped"}


def test_a_folder_without_photos(tmp_path: Path) -> None:
    written(tmp_path / "in/note.txt", "no picture")
    told = photoprep("check", tmp_path / "in")
    assert told.returncode == 66
    assert "There are no photos in it." in told.stderr


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """Two products that only a camera named: three views each, and a minute and a half between."""
    folder = tmp_path / "Enquiry"
    times = ("10:00:00", "10:00:07", "10:00:15", "10:01:45", "10:01:51", "10:01:59")
    for number, time in enumerate(times):
        taken(folder / f"IMG_{2231 + number}.jpg", number * 3, time)
    return folder


def test_loose_pictures_are_parted_by_their_times_and_asked_about(loose: Path) -> None:
    report = checked(loose)
    assert [row["product"] for row in report["photos"]] == ["Enquiry 1"] * 3 + ["Enquiry 2"] * 3
    asked = [finding for finding in report["findings"] if finding["code"] == "unnamed-product"]
    assert [finding["severity"] for finding in asked] == ["warning", "warning"]
    assert "IMG_2231.jpg to IMG_2233.jpg, taken 2026-11-23 at 10:00" in asked[0]["message"]


def test_a_run_parts_them_alike_the_first_time_and_the_second(loose: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for status in ("prepared", "reused"):
        assert photoprep(loose, "--out", out).returncode == 0
        report = json.loads((out / "report.json").read_text("utf-8"))
        assert {row["status"] for row in report["photos"]} == {status}
        assert [row["product"] for row in report["photos"]] == ["Enquiry 1"] * 3 + ["Enquiry 2"] * 3
        assert codes(report).count("unnamed-product") == 2


def test_a_list_of_products_is_written_filled_in_and_heeded(loose: Path, tmp_path: Path) -> None:
    told = photoprep("check", loose, "--write-manifest")
    assert told.returncode == 0
    path = loose / "products.xlsx"
    assert str(path) in told.stdout
    assert photoprep("check", loose, "--write-manifest").returncode == 73  # never over a file
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    file, product, model, view = (
        headings.index(name) + 1 for name in ("file", "product", "model", "view")
    )
    assert [sheet.cell(row, file).value for row in range(2, 8)] == [
        f"IMG_{number}.jpg" for number in range(2231, 2237)
    ]
    assert {sheet.cell(row, product).value for row in range(2, 8)} == {None}  # to be filled in
    for row in range(2, 8):
        sheet.cell(row, product).value = "Toolbox" if row < 5 else "Lunch Box"
        sheet.cell(row, model).value = "X100" if row < 5 else "L20"
        sheet.cell(row, view).value = ("closed", "open", "back")[(row - 2) % 3]
    book.save(path)
    report = checked(loose)
    assert [(row["product"], row.get("view")) for row in report["photos"][:2]] == [
        ("Toolbox", "closed"),
        ("Toolbox", "open"),
    ]
    assert report["products"][1]["title"] == "Lunch Box L20"
    assert codes(report) == []
    assert photoprep(loose, "--out", tmp_path / "out", "--date", "2026-11-23").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out/photos").iterdir())[:2] == [
        "Lunch-Box_L20_back_20261123.jpg",
        "Lunch-Box_L20_closed_20261123.jpg",
    ]
    rows = json.loads((tmp_path / "out/report.json").read_text("utf-8"))["photos"]
    (listed,) = [row for row in rows if row["source"] == "products.xlsx"]
    assert (listed["status"], listed["error"]) == ("skipped", "It is the manifest.")


def test_the_list_can_be_written_elsewhere(box: Path, tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    assert photoprep("check", box, "--manifest-file", place).returncode == 0
    assert place.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (box / "products.xlsx").exists()
    told = photoprep("check", box, "--manifest-file", tmp_path / "list.doc")
    assert told.returncode == 2
    assert "ends with .csv, .xlsx or .toml" in told.stderr


def test_a_list_with_mistakes_is_told_with_its_lines(box: Path) -> None:
    written(
        box / "products.csv",
        "file;product;model;weight\nX100 open.jpg;Toolbox;X100;3\ngone.jpg;Toolbox;X100;\n",
    )
    report = checked(box)
    found = {finding["code"]: finding for finding in report["findings"]}
    assert "Line 3" in found["manifest-file-missing"]["message"]
    assert "weight" in found["manifest-column"]["message"]
    assert "manifest-file-unlisted" in found


def test_names_shows_old_and_new(box: Path) -> None:
    told = photoprep("names", box, "--date", "2026-11-23", "--customer", "C0123")
    assert told.returncode == 0
    assert told.stdout.splitlines()[:3] == [
        "X100 open.jpg → GongJuXiang_X100_open_20261123.jpg",
        "X100_合起_02.JPG → GongJuXiang_X100_closed_20261123.jpg",
        "工具箱X100-打开.png → GongJuXiang_X100_open-2_20261123.jpg",
    ]


def test_names_foretells_what_a_run_makes_and_keeps(box: Path) -> None:
    def told() -> dict[str, str]:
        rows = json.loads(photoprep("names", box, "--json").stdout)
        return {row["source"]: row["output"] for row in rows}

    def made() -> dict[str, str]:
        assert photoprep(box).returncode == 0
        report = json.loads((box.parent / "Toolboxes-prepared/report.json").read_text("utf-8"))
        return {row["source"]: row["output"].removeprefix("photos/") for row in report["photos"]}

    assert told() == made()
    small_photo(box / "X100 a open.jpg", 8, (900, 700))  # comes before the other open ones
    foretold = told()
    assert foretold["工具箱X100-打开.png"].startswith("GongJuXiang_X100_open-2_")
    assert foretold == made()


def test_words_of_ones_own_are_heeded_and_a_mistake_in_them_is_told(
    box: Path, tmp_path: Path
) -> None:
    config = {"PHOTOPREP_CONFIG_DIR": str(tmp_path / "config")}
    words = written(tmp_path / "config/words.toml", '[views]\nback = ["open"]\n')
    told = photoprep("check", box, "--json", env=config)
    rows = json.loads(told.stdout)["photos"]
    assert rows[0]["view"] == "back"
    words.write_text("[views]\nwrong = ['x']\n", encoding="utf-8")
    told = photoprep("check", box, env=config)
    assert told.returncode == 78
    assert "views.wrong is unknown in a file of words." in told.stderr


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="needs the shared photos")
def test_real_products_are_all_explained_and_few_are_doubted() -> None:
    report = checked(PHOTOS)
    assert len(report["photos"]) == 36
    assert all(row["status"] == "checked" and len(row["because"]) >= 2 for row in report["photos"])
    assert len(report["products"]) == 13
    assert set(codes(report)) <= {"view-missing", "view-unclear"}
