"""Photos that come and go: the others keep their numbers, and none is encoded again or mixed up."""

from __future__ import annotations

import datetime
from contextlib import suppress
from pathlib import Path

import pytest

from photoprep import prepare
from photoprep.outcome import Prepared
from photoprep.photo.decode import set_up_decoders
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
        ([], ["IMG_1.jpg"]),  # which comes first, and gets the next number all the same
        (["IMG_2.jpg"], []),  # whose number stays free
        (["IMG_4.jpg"], ["IMG_1.jpg"]),  # which gets the other's
    ],
)
def test_pictures_that_stay_keep_their_numbers(
    box: Path, tmp_path: Path, before: list[str], after: list[str]
) -> None:
    for name in before:
        (box / name).unlink()
    for name in after:
        small_photo(box / name, 9)
    written = outputs(tmp_path / "out")
    report = prepare(tmp_path / "photos", out=tmp_path / "out", date=DAY, executor=Inline())
    made = [photo.source for photo in report.photos if isinstance(photo, Prepared)]
    assert made == [f"Box X1/{name}" for name in after]
    for photo in report.ready:
        number = int(photo.source.removesuffix(".jpg").rpartition("_")[2])
        gone = [int(name[4]) for name in before]
        kept = number - 1 if number > 1 else min([*(number - 1 for number in gone), 6])
        name = f"photos/Box_X1_{kept}_20261123.jpg" if kept > 1 else "photos/Box_X1_20261123.jpg"
        assert photo.jpeg.output == name
        assert number == 1 or outputs(tmp_path / "out")[name] == written[name]


@pytest.mark.parametrize("cut_after", [0, 1, 3])
def test_a_run_that_was_cut_gives_the_same_names_when_it_is_taken_up(
    box: Path, tmp_path: Path, cut_after: int
) -> None:
    def cut(done: int, _total: int) -> None:
        if done == cut_after:
            raise KeyboardInterrupt

    # A picture of its own comes first by name, and is gone again before the run is taken up.
    small_photo(box / "IMG_1.jpg", 9)
    for place in ("cut", "whole"):
        with suppress(KeyboardInterrupt):
            prepare(
                tmp_path / "photos",
                out=tmp_path / place,
                date=DAY,
                executor=Inline(),
                on_photo=cut if place == "cut" else lambda _done, _total: None,
            )
    assert not (tmp_path / "cut/report.json").exists()
    (box / "IMG_1.jpg").unlink()
    for place in ("cut", "whole"):
        prepare(tmp_path / "photos", out=tmp_path / place, date=DAY, executor=Inline())
    assert "photos/Box_X1_20261123.jpg" not in outputs(tmp_path / "cut")
    assert outputs(tmp_path / "cut") == outputs(tmp_path / "whole")


def test_every_number_moves_where_the_date_does(box: Path, tmp_path: Path) -> None:
    (box / "IMG_2.jpg").unlink()
    day = DAY + datetime.timedelta(days=1)
    report = prepare(tmp_path / "photos", out=tmp_path / "out", date=day, executor=Inline())
    assert report.encodes == 0
    prepare(tmp_path / "photos", out=tmp_path / "fresh", date=day, executor=Inline())
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_swapped_pictures_swap_their_outputs(box: Path, tmp_path: Path) -> None:
    (box / "IMG_2.jpg").rename(box / "x")
    (box / "IMG_5.jpg").rename(box / "IMG_2.jpg")
    (box / "x").rename(box / "IMG_5.jpg")
    report = prepare(tmp_path / "photos", out=tmp_path / "out", date=DAY, executor=Inline())
    assert report.encodes == 0
    assert not list((tmp_path / "out/.photoprep/unfinished").iterdir())
    prepare(tmp_path / "photos", out=tmp_path / "fresh", date=DAY, executor=Inline())
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")
