"""A folder with doubtful photos, by the real command: what report.json says, and says again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter

from benchmarks.spoiled import exposed, middle, repeats
from tests.photo.drawn import scene
from tests.support import outputs, photoprep, prepared_here

LARGE = (1888, 1416)
DOUBTS = {
    "blurred",
    "burnt-out",
    "colour-cast",
    "cut-off",
    "near-duplicate",
    "several-products",
    "too-dark",
    "too-small",
    "upside-down",
}


def saved(picture: Image.Image, path: Path, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=92, **options)


def large(picture: Image.Image) -> Image.Image:
    return picture.resize(LARGE, Image.Resampling.LANCZOS)


def doubts(out: Path) -> dict[str, list[str]]:
    """The codes of every photo's doubts, by its name."""
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for row in report["findings"]:
        if row["code"] in DOUBTS:
            found.setdefault(row["source"].rpartition("/")[2], []).append(row["code"])
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good photo, and others of other products that have something wrong."""
    photos = tmp_path_factory.mktemp("doubts") / "photos/Box X1"
    saved(large(scene("#d8d8d2")), photos / "good.jpg")
    blurred = large(scene("#8fa0b4", at=(0.4, 0.5))).filter(ImageFilter.GaussianBlur(8))
    saved(blurred, photos / "blurred.jpg")
    saved(exposed(-3)(large(scene("white", at=(0.6, 0.45)))), photos / "dark.jpg")
    turned = Image.Exif()
    turned[0x0112] = 3
    over = large(scene("#3355aa")).transpose(Image.Transpose.ROTATE_180)
    saved(over, photos / "turned.jpg", exif=turned)
    saved(scene("#705040", at=(0.5, 0.55)).reduce(2), photos / "tiny.jpg")
    return photos.parent


EXPECTED = {
    "blurred.jpg": ["blurred"],
    "dark.jpg": ["too-dark"],
    "tiny.jpg": ["too-small"],
    "turned.jpg": ["upside-down"],
}


def test_doubts_are_told_and_told_again_without_an_encode(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = photoprep(folder, "--out", out)
    assert (told.returncode, told.stderr) == (0, "")
    assert doubts(out) == EXPECTED
    assert "out of focus" in told.stdout
    before, rows = outputs(out), json.loads((out / "report.json").read_bytes())["findings"]
    assert len([name for name in before if name.startswith("photos/")]) == 5  # none is refused

    again = photoprep(folder, "--out", out)
    assert again.returncode == 0
    report = json.loads((out / "report.json").read_bytes())
    assert {row["status"] for row in report["photos"]} == {"reused"}
    assert report["findings"] == rows
    assert outputs(out) == before


def test_a_dry_run_doubts_the_same(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = photoprep(folder, "--out", out, "--dry-run")
    assert told.returncode == 0
    assert not out.exists()
    for words in ("out of focus", "too dark", "upside down", "472 × 354 pixels"):
        assert words in " ".join(told.stdout.split())


def test_the_record_has_measures_and_no_verdict(folder: Path, tmp_path: Path) -> None:
    """So that another threshold judges what an earlier run has made."""
    out = tmp_path / "out"
    prepared_here(folder, out)
    record = (out / ".photoprep/state.db").read_bytes()
    assert b'"blur_px100":' in record
    assert b"out of focus" not in record


def test_a_second_shot_is_told_beside_the_first(tmp_path: Path) -> None:
    photos, again = tmp_path / "photos/Box X1", dict(repeats())["a little of all"]
    saved(middle(large(scene("#b4b4ae"))), photos / "IMG_1.jpg")
    saved(again(large(scene("#b4b4ae"))), photos / "IMG_2.jpg")
    saved(middle(large(scene("#b4b4ae"))), photos / "IMG_3.png")
    out = tmp_path / "out"
    assert photoprep(tmp_path / "photos", "--out", out).returncode == 0
    assert doubts(out) == {"IMG_2.jpg": ["near-duplicate"]}  # the third is the same, not nearly
    report = json.loads((out / "report.json").read_bytes())
    rows = {row["code"]: row for row in report["findings"]}
    assert "IMG_1.jpg" in rows["near-duplicate"]["message"]
    assert rows["near-duplicate"]["severity"] == "info"
    assert rows["duplicate"]["source"] == "Box X1/IMG_3.png"
