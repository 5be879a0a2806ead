"""Ways in and ways it can go wrong, each with its exit code and words, through the real command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import photoprep as package
from photoprep.errors import ExitCode
from tests.support import contents, outputs, photoprep, small_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "Garden Chairs"
    small_photo(photos / "Chair C1/open.jpg", 1)
    small_photo(photos / "Chair C1/closed.png", 2)
    small_photo(photos / "IMG_0001.jpg", 3)
    return photos


def test_help_names_what_a_salesperson_does() -> None:
    told = photoprep()
    assert told.returncode in {0, 2}
    assert "photoprep FOLDER" in told.stdout + told.stderr
    assert "--preset" in photoprep("prepare", "--help").stdout


def test_version() -> None:
    assert photoprep("--version").stdout == f"photoprep {package.__version__}\n"


def test_a_dropped_folder_is_prepared(folder: Path) -> None:
    told = photoprep(f"file://{folder.as_uri().removeprefix('file://')}")
    assert told.returncode == ExitCode.DONE, told.stderr
    assert sorted(outputs(folder.with_name("Garden Chairs-prepared"))) == [
        "mails/mail-1-of-1.eml",
        f"photos/Chair_C1_closed_{_today(folder)}.jpg",
        f"photos/Chair_C1_open_{_today(folder)}.jpg",
        f"photos/Garden-Chairs_{_today(folder)}.jpg",
        f"sheets/Overview_sheet-1_{_today(folder)}.jpg",
    ]


def _today(folder: Path) -> str:
    report = json.loads(
        (folder.with_name(f"{folder.name}-prepared") / "report.json").read_text(encoding="utf-8")
    )
    match = re.search(r"\d{8}", report["photos"][0]["output"])
    assert match is not None
    return match[0]


def test_files_and_folders_can_be_dropped_together(folder: Path) -> None:
    told = photoprep(folder / "IMG_0001.jpg", f'"{folder / "Chair C1"}"', "--json")
    sources = [row["source"] for row in json.loads(told.stdout)["photos"]]
    assert sources == ["Chair C1/closed.png", "Chair C1/open.jpg", "IMG_0001.jpg"]


def test_a_relative_path_with_a_leading_dash_can_be_named(folder: Path) -> None:
    small_photo(folder / "-odd.jpg", 4)
    told = photoprep("prepare", "--json", "--", "-odd.jpg", cwd=folder)
    assert told.returncode == 0
    assert json.loads(told.stdout)["photos"][0]["status"] == "prepared"


def test_files_that_are_no_pictures_are_named(folder: Path) -> None:
    (folder / "price list.txt").write_text("prices", encoding="utf-8")
    (folder / "Thumbs.db").write_bytes(b"")
    (folder / "offer.pdf").write_bytes(b"%PDF-1.7")
    told = photoprep(folder).stdout
    assert "price list.txt: It is no picture." in told
    assert "Thumbs.db: Left aside: a hidden or system file." in told
    assert "offer.pdf: It is no picture but a PDF. Save its pictures as JPEG first." in told
    for number in range(20):
        (folder / f"note {number}.txt").touch()
    assert "and 15 files more" in photoprep(folder).stdout


def test_nothing_is_written_into_the_dropped_folder(folder: Path) -> None:
    before = contents(folder)
    photoprep(folder)
    assert contents(folder) == before


def test_no_mails(folder: Path, tmp_path: Path) -> None:
    photoprep(folder, "--out", tmp_path / "out")
    assert (tmp_path / "out/mails/mail-1-of-1.eml").exists()
    photoprep(folder, "--out", tmp_path / "out", "--no-mails")
    assert not (tmp_path / "out/mails/mail-1-of-1.eml").exists()


@pytest.mark.parametrize(
    ("make", "arguments", "code", "words"),
    [
        ("nothing", ["{folder}/none"], ExitCode.WRONG_USAGE, "no file or folder called"),
        ("nothing", ["--frobnicate", "{folder}"], ExitCode.WRONG_USAGE, "There is no option"),
        ("nothing", ["{folder}", "--jobs", "0"], ExitCode.WRONG_USAGE, "jobs"),
        ("empty", ["{folder}"], ExitCode.NO_PHOTOS, "no photos in it"),
        ("texts", ["{folder}"], ExitCode.NO_PHOTOS, "list.txt: It is no picture"),
        ("broken", ["{folder}"], ExitCode.NOTHING_PREPARED, "broken.jpg"),
        ("photo", ["{folder}", "--preset", "nope"], ExitCode.WRONG_PRESET, "no preset called"),
        ("photo", ["{folder}", "--out", "{folder}/a.jpg"], ExitCode.CANNOT_WRITE, "cannot be"),
        ("photo", ["{folder}", "--out", "{folder}/a.jpg/b"], ExitCode.CANNOT_WRITE, "cannot be"),
    ],
)
def test_every_failure_has_its_code_and_one_sentence(
    tmp_path: Path, make: str, arguments: list[str], code: ExitCode, words: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    if make == "texts":
        (folder / "list.txt").write_text("prices", encoding="utf-8")
    if make == "broken":
        (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    if make == "photo":
        small_photo(folder / "a.jpg")
    told = photoprep(*(argument.format(folder=folder) for argument in arguments))
    assert told.returncode == code
    assert words in re.sub(r"\s+", " ", told.stdout + told.stderr)
    assert "Traceback" not in told.stderr


def test_no_photos_leave_no_output_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    photoprep(tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_the_output_of_photoprep_is_no_input(folder: Path) -> None:
    photoprep(folder)
    told = photoprep(folder.with_name("Garden Chairs-prepared"))
    assert told.returncode == ExitCode.WRONG_USAGE
    assert "made by photoprep" in told.stderr


BROKEN = """
import runpy, sys
import photoprep.pipeline

def broken(*_, **__):
    raise ZeroDivisionError("a bug for the test")

photoprep.pipeline.prepare = broken
sys.argv = ["photoprep", sys.argv[1]]
runpy.run_module("photoprep", run_name="__main__")
"""


def test_a_bug_shows_its_trace_and_code_70(folder: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", BROKEN, folder], capture_output=True, text=True, check=False
    )
    assert told.returncode == ExitCode.BUG
    assert "ZeroDivisionError: a bug for the test" in told.stderr
    assert "This is a bug in photoprep" in told.stderr


def test_a_broken_profile_is_said_before_anything_is_made(
    folder: Path, config_folder: Path
) -> None:
    (config_folder / "profile.toml").write_text('nmae = "Li Na"\n', encoding="utf-8")
    told = photoprep(folder)
    assert told.returncode == ExitCode.WRONG_PRESET
    assert "nmae" in told.stderr
    assert not folder.with_name("Garden Chairs-prepared").exists()


def test_a_preset_whose_photos_fit_no_mail_is_refused_before_anything_is_made(
    folder: Path, tmp_path: Path
) -> None:
    text = photoprep("presets", "show", "trade-email").stdout
    preset = tmp_path / "tiny.toml"
    tiny = text.replace('"600 kB"', '"1 kB"').replace('"800 kB"', '"1500"').replace("4096", "0")
    preset.write_text(tiny, encoding="utf-8")
    told = photoprep(folder, "--preset", preset, "--out", tmp_path / "out", "--json")
    assert told.returncode == ExitCode.WRONG_PRESET
    assert "photo.max_bytes (200000) does not fit into mail.max_bytes (1500)" in told.stderr
    assert not (tmp_path / "out").exists()


def test_an_unwritable_stream_letter_is_escaped_not_fatal(folder: Path) -> None:
    small_photo(folder / "工具箱.jpg", 5)
    told = photoprep(folder, env={"PYTHONIOENCODING": "ascii"})
    assert told.returncode == 0, told.stderr
    assert "\\u5de5" in told.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX rights")
def test_an_unreadable_photo_costs_itself_alone(folder: Path) -> None:
    (folder / "dangling.jpg").symlink_to("nothing.jpg")
    told = photoprep(folder, "--json")
    assert told.returncode == ExitCode.SOME_FAILED
    failed = [row for row in json.loads(told.stdout)["photos"] if row["status"] == "failed"]
    assert [row["source"] for row in failed] == ["dangling.jpg"]
