"""Equal files: the first is prepared, the others have a row and a finding, and nothing is read
twice that the record knows."""

from __future__ import annotations

import datetime
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from photoprep import Report, prepare
from photoprep.catalogue.scan import scan
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.files import sha256_of_file
from photoprep.outcome import Failed, Prepared, Reused, Skipped
from photoprep.photo.decode import set_up_decoders
from photoprep.preset_file import load_preset
from photoprep.walk import content
from photoprep.walk.content import StampedFile
from photoprep.walk.copies import copies_aside
from photoprep.walk.intake import Intake, take_in
from tests.support import Inline, contents, outputs, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    set_up_decoders()
    folder = tmp_path / "photos"
    small_photo(folder / "Box X1/IMG_2.jpg", 1)
    shutil.copyfile(folder / "Box X1/IMG_2.jpg", folder / "Box X1/IMG_10.jpg")
    small_photo(folder / "Box X1/IMG_3.jpg", 4)
    (folder / "Old").mkdir()
    os.link(folder / "Box X1/IMG_2.jpg", folder / "Old/the same.jpeg")
    _make_older(folder)
    return folder


def _make_older(folder: Path) -> None:
    """Out of reach of the two seconds in which a coarse clock could hide a change."""
    for path in folder.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are hashed or sampled in order to find copies."""
    names: list[str] = []
    sample = content._sample

    def hashing(path: Path) -> str:
        names.append(path.name)
        return sha256_of_file(path)

    def sampling(file: StampedFile) -> bytes:
        names.append(f"~{file.path.name}")
        return sample(file)

    monkeypatch.setattr(content, "sha256_of_file", hashing)
    monkeypatch.setattr(content, "_sample", sampling)
    return names


def run(photos: Path, out: Path, **options: object) -> Report:
    return prepare(photos, out=out, date=DAY, executor=Inline(), **options)  # type: ignore[arg-type]


def statuses(report: Report) -> dict[str, str]:
    return {photo.source: photo.status for photo in report.photos}


def test_the_first_in_natural_order_is_kept(photos: Path, tmp_path: Path) -> None:
    report = run(photos, tmp_path / "out")
    assert statuses(report) == {
        "Box X1/IMG_2.jpg": "prepared",
        "Box X1/IMG_3.jpg": "prepared",
        "Box X1/IMG_10.jpg": "skipped",
        "Old/the same.jpeg": "skipped",
    }
    (row, _) = report.skipped
    assert row.reason == "It is the same file as Box X1/IMG_2.jpg."
    found = [finding for finding in report.findings if finding.code == "duplicate"]
    assert [finding.source for finding in found] == ["Box X1/IMG_10.jpg", "Old/the same.jpeg"]
    assert [finding.product for finding in found] == ["Box", "Same"]
    assert all(finding.severity == "info" for finding in found)
    assert len(list((tmp_path / "out/photos").iterdir())) == 2


def test_the_second_run_reads_nothing_and_writes_no_row(
    photos: Path, tmp_path: Path, read: list[str]
) -> None:
    run(photos, tmp_path / "out")
    assert "IMG_3.jpg" not in read  # another size, or other ends
    read.clear()
    second = run(photos, tmp_path / "out")
    record = (tmp_path / "out/.photoprep/state.db").read_bytes()
    third = run(photos, tmp_path / "out")
    assert read == []
    assert (tmp_path / "out/.photoprep/state.db").read_bytes() == record
    assert third == second
    assert set(statuses(third).values()) == {"reused", "skipped"}


def test_equal_sizes_alone_are_not_hashed(tmp_path: Path, read: list[str]) -> None:
    for number in range(3):
        small_photo(tmp_path / f"in/{number}.bmp", number)
    intake = take_in(scan([tmp_path / "in"]), load_vocabulary())
    assert copies_aside(intake, {}) == intake
    assert sorted(read) == ["~0.bmp", "~1.bmp", "~2.bmp"]
    read.clear()
    small_photo(tmp_path / "in/3.bmp", 9, (40, 90))
    rows = copies_aside(
        Intake(take_in(scan([tmp_path / "in"]), load_vocabulary()).rows[2:]), {}
    ).rows
    assert (len(rows), read) == (2, [])


def test_equal_ends_alone_are_no_copy(tmp_path: Path) -> None:
    data = bytearray(small_photo(tmp_path / "in/a.bmp", 1, (300, 200)).read_bytes())
    data[len(data) // 4] ^= 255
    (tmp_path / "in/b.bmp").write_bytes(data)
    assert copies_aside(take_in(scan([tmp_path / "in"]), load_vocabulary()), {}).copies == []


def test_verify_believes_no_record(photos: Path, tmp_path: Path, read: list[str]) -> None:
    out = tmp_path / "out"
    run(photos, out)
    copy = photos / "Box X1/IMG_10.jpg"
    before = copy.stat()
    data = bytearray(copy.read_bytes())
    data[-3] ^= 1
    copy.write_bytes(data)
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert statuses(run(photos, out))["Box X1/IMG_10.jpg"] == "skipped"
    assert statuses(run(photos, out, verify=True))["Box X1/IMG_10.jpg"] != "skipped"


def test_a_copy_of_the_old_size_that_was_edited_is_no_copy(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "out")
    copy = photos / "Box X1/IMG_10.jpg"
    data = bytearray(copy.read_bytes())
    data[-3] ^= 1
    copy.write_bytes(data)
    assert statuses(run(photos, tmp_path / "out"))["Box X1/IMG_10.jpg"] != "skipped"


def test_a_copy_takes_the_place_of_the_one_that_is_gone(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(photos, out)
    (photos / "Box X1/IMG_2.jpg").unlink()
    report = run(photos, out)
    assert report.encodes == 0
    assert statuses(report)["Box X1/IMG_10.jpg"] == "reused"
    assert statuses(report)["Old/the same.jpeg"] == "skipped"
    # The other picture keeps its number, so the one that takes the place gets the first free one.
    assert {photo.source: photo.jpeg.output for photo in report.ready} == {
        "Box X1/IMG_10.jpg": "photos/Box_X1_20261123.jpg",
        "Box X1/IMG_3.jpg": "photos/Box_X1_2_20261123.jpg",
    }


def test_a_broken_file_and_its_copy_both_say_why(photos: Path, tmp_path: Path) -> None:
    spoilt = (photos / "Box X1/IMG_3.jpg").read_bytes()[:600]
    (photos / "Box X1/IMG_3.jpg").write_bytes(spoilt)
    (photos / "Box X1/IMG_4.jpg").write_bytes(spoilt)
    _make_older(photos)
    for _ in range(2):
        report = run(photos, tmp_path / "out")
        first, copy = report.failed
        assert (first.source, copy.source) == ("Box X1/IMG_3.jpg", "Box X1/IMG_4.jpg")
        assert first.reason in copy.reason
        assert copy.reason.startswith("It is the same file as Box X1/IMG_3.jpg, which was not")
        assert copy.hint == first.hint


def test_keep_all_prepares_every_copy_and_still_tells(photos: Path, tmp_path: Path) -> None:
    out, preset = tmp_path / "out", load_preset()
    run(photos, out)
    report = run(photos, out, preset=replace(preset, duplicates="keep-all"))
    assert report.encodes == 0  # the bytes are known
    assert all(isinstance(photo, Reused) for photo in report.photos)
    assert len(list((out / "photos").iterdir())) == 4
    found = [finding for finding in report.findings if finding.code == "duplicate"]
    assert [finding.severity for finding in found] == ["info", "info"]
    assert "at the same size" in found[0].message
    back = run(photos, out)
    assert sum(isinstance(photo, Skipped) for photo in back.photos) == 2
    run(photos, tmp_path / "fresh")
    assert outputs(out) == outputs(tmp_path / "fresh")


def test_originals_stay_and_a_copy_that_changes_is_made(photos: Path, tmp_path: Path) -> None:
    before = contents(photos)
    run(photos, tmp_path / "out")
    assert contents(photos) == before
    small_photo(photos / "Box X1/IMG_10.jpg", 5)
    report = run(photos, tmp_path / "out")
    made = [photo.source for photo in report.photos if isinstance(photo, Prepared)]
    assert made == ["Box X1/IMG_10.jpg"]
    assert not any(isinstance(photo, Failed) for photo in report.photos)
