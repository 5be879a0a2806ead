"""``--dry-run``: exactly what the run then does, and not a byte written anywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import contents, photoprep, small_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "photos"
    for number in range(3):
        small_photo(photos / f"Box X1/IMG_{number}.jpg", number)
    small_photo(photos / "Lamp L2/open.png", 7)
    (photos / "Lamp L2/broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    (photos / "list.txt").write_text("prices", encoding="utf-8")
    return photos


def told(folder: Path, *arguments: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(photoprep(folder, "--json", *arguments).stdout)
    return loaded


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file, photoprep's own record included."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_before_the_first_run_it_tells_exactly_what_then_happens(folder: Path) -> None:
    rehearsed = told(folder, "--dry-run")
    assert sorted(path.name for path in folder.parent.iterdir()) == ["photos"]
    assert rehearsed.pop("dry_run") is True
    assert rehearsed.pop("taken_away") == []
    assert rehearsed == told(folder)


def test_after_changes_it_tells_exactly_what_then_happens(folder: Path) -> None:
    told(folder)
    out = folder.with_name("photos-prepared")
    (folder / "Box X1/IMG_0.jpg").unlink()  # the others move up a number
    small_photo(folder / "Lamp L2/closed.png", 8)
    small_photo(folder / "Box X1/IMG_2.jpg", 9)
    before, photos_before = everything(out), contents(out).keys()
    rehearsed = told(folder, "--dry-run")
    assert everything(out) == before
    assert rehearsed.pop("dry_run") is True
    gone = set(rehearsed.pop("taken_away"))
    assert rehearsed == told(folder)
    assert gone == photos_before - contents(out).keys()
    assert gone


def test_a_person_is_told_that_nothing_was_written(folder: Path) -> None:
    words = photoprep(folder, "--dry-run").stdout
    assert "nothing has been written" in words
    assert "4 photos prepared, 1 not prepared, 1 other file skipped" in words


def test_nothing_stays_in_the_temporary_folder(folder: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    photoprep(folder, "--dry-run", env={"TMPDIR": str(scratch), "TEMP": str(scratch)})
    assert os.listdir(scratch) == []  # noqa: PTH208 (names are what is asked for)
