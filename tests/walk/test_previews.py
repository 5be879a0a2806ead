"""Pictures of the originals from run to run: they stay, move with nothing, and cost nothing."""

from __future__ import annotations

import datetime
import os
import shutil
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photoprep import Report, prepare
from photoprep.files import sha256_of_file
from photoprep.outcome import PreparedJpeg, Reused
from photoprep.output_folder import ORIGINALS_FOLDER, OutputFolder, open_output_folder
from photoprep.photo.decode import set_up_decoders
from photoprep.state import State
from photoprep.walk.previews import preview_path, with_preview_as_found
from tests.support import Inline, outputs, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    set_up_decoders()
    for number in range(1, 4):
        small_photo(tmp_path / f"photos/IMG_{number}.png", number, (300, 200))
    _make_older(tmp_path / "photos")
    return tmp_path / "photos"


def _make_older(folder: Path) -> None:
    """Out of reach of the two seconds in which a coarse clock could hide a change."""
    for path in folder.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


class Refusing(Inline):
    """An executor for a run that has nothing to make."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert type(args[0]).__name__ == "HeadTask", f"nothing was to be made, not {args[0]}"
        return super().submit(fn, *args, **kwargs)


def run(photos: Path, **more: Any) -> Report:
    executor = more.pop("executor", Inline())
    more = {"mails": False, "date": DAY, **more}
    return prepare(photos, out=photos.with_name("out"), sheets=(), executor=executor, **more)


def jpegs(report: Report) -> dict[str, PreparedJpeg]:
    return {photo.source: photo.jpeg for photo in report.ready}


def previews(report: Report) -> dict[str, str]:
    return {source: jpeg.preview for source, jpeg in jpegs(report).items()}


def lying(report: Report) -> dict[str, str]:
    """The hash of every picture of an original that lies there, by its path."""
    return {
        f"{ORIGINALS_FOLDER}/{path.name}": sha256_of_file(path)
        for path in (report.folder / ORIGINALS_FOLDER).iterdir()
    }


def thumbnails(report: Report) -> dict[str, bytes]:
    with State(report.folder / ".photoprep/state.db") as state:
        return state.thumbnails()


def test_each_photo_has_one_of_its_own_size_and_a_thumbnail(photos: Path) -> None:
    report = run(photos)
    assert sorted(previews(report).values()) == sorted(lying(report))
    assert len(lying(report)) == 3
    for jpeg in jpegs(report).values():
        with Image.open(report.folder / jpeg.preview) as preview:
            assert preview.size == (jpeg.width_px, jpeg.height_px)
    assert thumbnails(report).keys() == {jpeg.sha256 for jpeg in jpegs(report).values()}


@pytest.mark.parametrize("verify", [False, True])
def test_a_second_run_changes_nothing(photos: Path, verify: bool) -> None:
    first = run(photos)
    before, small = lying(first), thumbnails(first)
    second = run(photos, verify=verify, executor=Refusing())
    assert all(isinstance(photo, Reused) for photo in second.ready)
    assert jpegs(second) == jpegs(first)
    assert lying(second) == before
    assert thumbnails(second) == small


def test_a_photo_that_is_called_otherwise_keeps_its_own(photos: Path) -> None:
    first = run(photos)
    other_day = DAY + datetime.timedelta(1)
    second = run(photos, date=other_day, executor=Refusing())
    assert not outputs(first.folder).keys() & {jpeg.output for jpeg in jpegs(first).values()}
    assert previews(second) == previews(first)
    assert sorted(lying(second)) == sorted(previews(first).values())
    third = run(photos, date=other_day, executor=Refusing())
    assert jpegs(third) == jpegs(second)


def test_an_original_that_is_moved_keeps_its_own_and_its_place_is_free_for_another(
    photos: Path,
) -> None:
    first = run(photos)
    (photos / "IMG_1.png").rename(photos / "moved.png")
    small_photo(photos / "IMG_1.png", 9, (200, 300))
    second = run(photos)
    assert previews(second)["moved.png"] == previews(first)["IMG_1.png"]
    assert previews(second)["IMG_1.png"] != previews(first)["IMG_1.png"]
    with Image.open(second.folder / previews(second)["IMG_1.png"]) as preview:
        assert preview.size == (200, 300)
    assert len(lying(second)) == 4


def test_an_original_that_is_gone_takes_its_own_along(photos: Path) -> None:
    first = run(photos)
    (photos / "IMG_2.png").unlink()
    second = run(photos, executor=Refusing())
    assert sorted(lying(second)) == sorted(previews(second).values())
    assert len(lying(second)) == 2
    assert thumbnails(second).keys() == {jpeg.sha256 for jpeg in jpegs(second).values()}
    assert len(thumbnails(first)) == 2  # one record


def test_one_that_a_person_removed_costs_nothing(photos: Path) -> None:
    first = run(photos)
    (first.folder / previews(first)["IMG_2.png"]).unlink()
    for _ in range(2):
        report = run(photos, executor=Refusing())
        assert previews(report)["IMG_2.png"] == ""
        assert previews(report)["IMG_1.png"] == previews(first)["IMG_1.png"]
    shutil.rmtree(first.folder / ORIGINALS_FOLDER)
    assert set(previews(run(photos, executor=Refusing())).values()) == {""}


@pytest.mark.parametrize("left", [b"", b"\xff\xd8\xff and then the power went"])
def test_one_that_a_loss_of_power_broke_is_noticed_and_taken_away(
    photos: Path, left: bytes
) -> None:
    first = run(photos)
    (first.folder / previews(first)["IMG_2.png"]).write_bytes(left)
    report = run(photos, executor=Refusing())
    assert previews(report)["IMG_2.png"] == ""
    assert len(lying(report)) == 2
    assert lying(report).items() <= lying(first).items()


def test_a_photo_that_is_made_anew_has_one_again(photos: Path) -> None:
    first = run(photos)
    before = lying(first)
    (first.folder / previews(first)["IMG_2.png"]).unlink()
    (first.folder / jpegs(first)["IMG_2.png"].output).unlink()
    assert previews(run(photos)) == previews(first)
    assert lying(first) == before


def test_copies_share_one_and_the_one_that_is_left_keeps_it(photos: Path) -> None:
    shutil.copyfile(photos / "IMG_3.png", photos / "IMG_4.png")
    _make_older(photos)
    first = run(photos)
    assert len(lying(first)) == 3
    (photos / "IMG_3.png").unlink()
    second = run(photos, executor=Refusing())
    assert previews(second)["IMG_4.png"] == previews(first)["IMG_3.png"]
    assert lying(second) == lying(first)


def test_what_a_killed_run_left_is_swept(photos: Path) -> None:
    with open_output_folder(photos.with_name("out")) as folder:
        folder.put(f"{ORIGINALS_FOLDER}/of-a-photo-that-is-gone.jpg", b"whole")
    report = run(photos)
    assert sorted(lying(report)) == sorted(previews(report).values())


def test_a_kill_before_the_record_makes_photo_and_preview_anew(photos: Path) -> None:
    (fresh := photos.with_name("fresh")).mkdir()
    shutil.copytree(photos, fresh / "photos")
    expected = lying(run(fresh / "photos"))
    path = next(iter(expected))
    with open_output_folder(photos.with_name("out")) as folder:
        folder.put(path, b"of another make, and never recorded")
    assert lying(run(photos)) == expected


def test_a_rehearsal_says_the_same_and_writes_nothing(photos: Path) -> None:
    rehearsed = run(photos, dry_run=True)
    assert not photos.with_name("out").exists()
    assert rehearsed.taken_away == ()
    report = run(photos)
    assert jpegs(report) == jpegs(rehearsed)
    before = lying(report)
    (photos / "IMG_2.png").unlink()
    assert run(photos, dry_run=True).taken_away == (jpegs(report)["IMG_2.png"].output,)
    assert lying(report) == before


def test_one_worker_and_two_make_the_same(photos: Path) -> None:
    first = run(photos, executor=None, jobs=1)
    before, small = lying(first), thumbnails(first)
    shutil.rmtree(first.folder)
    second = run(photos, executor=None, jobs=2)
    assert jpegs(second) == jpegs(first)
    assert lying(second) == before
    assert thumbnails(second) == small


def test_its_place_hangs_on_original_and_recipe_alone() -> None:
    place = preview_path("a" * 64, "recipe")
    assert place == preview_path("a" * 64, "recipe")
    assert place.startswith(".photoprep/originals/")
    assert len({place, preview_path("b" * 64, "recipe"), preview_path("a" * 64, "other")}) == 3


def test_a_photo_without_one_is_left_as_it_is(tmp_path: Path) -> None:
    jpeg = PreparedJpeg("photos/a.jpg", "0" * 64, 1, 1, 1, 72, 1.0, "4:4:4", 1, 1, 1)
    with open_output_folder(tmp_path) as folder:
        assert with_preview_as_found(jpeg, folder) is jpeg


def test_it_is_neither_announced_nor_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_output_folder(tmp_path) as folder:
        asked: list[int] = []
        monkeypatch.setattr(os, "fsync", asked.append)
        monkeypatch.setattr(OutputFolder, "make_way", lambda *_: pytest.fail("announced"))
        put = folder.put(f"{ORIGINALS_FOLDER}/a.jpg", b"looks")
        assert asked == []
        monkeypatch.undo()
        folder.record([(f"{ORIGINALS_FOLDER}/a.jpg", put)])
        assert folder.is_as_written(f"{ORIGINALS_FOLDER}/a.jpg")
