"""Photos whose numbers move: they are renamed, never encoded again, and never mixed up."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from photoprep import prepare
from photoprep.photo.decode import set_up_decoders
from photoprep.report import Prepared
from tests.support import Inline, outputs, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    set_up_decoders()
    for number in range(2, 7):
        small_photo(tmp_path / f"photos/Box X1/IMG_{number}.jpg", number)
    prepare(tmp_path / "photos", out=tmp_path / "out", date=DAY, executor=Inline())
    return tmp_path / "photos/Box X1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], ["IMG_1.jpg"]),  # every number goes up by one: each old name is the next one's new
        (["IMG_2.jpg"], []),  # every number goes down by one
        (["IMG_4.jpg"], ["IMG_1.jpg"]),
    ],
)
def test_moved_numbers_keep_their_pictures(
    box: Path, tmp_path: Path, before: list[str], after: list[str]
) -> None:
    for name in before:
        (box / name).unlink()
    for name in after:
        small_photo(box / name, 9)
    report = prepare(tmp_path / "photos", out=tmp_path / "out", date=DAY, executor=Inline())
    made = [photo.source for photo in report.photos if isinstance(photo, Prepared)]
    assert made == [f"Box X1/{name}" for name in after]
    prepare(tmp_path / "photos", out=tmp_path / "fresh", date=DAY, executor=Inline())
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_swapped_pictures_swap_their_outputs(box: Path, tmp_path: Path) -> None:
    (box / "IMG_2.jpg").rename(box / "x")
    (box / "IMG_5.jpg").rename(box / "IMG_2.jpg")
    (box / "x").rename(box / "IMG_5.jpg")
    report = prepare(tmp_path / "photos", out=tmp_path / "out", date=DAY, executor=Inline())
    assert report.encodes == 0
    prepare(tmp_path / "photos", out=tmp_path / "fresh", date=DAY, executor=Inline())
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")
