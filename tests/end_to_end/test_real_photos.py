"""Real photos of every kind, good and bad, through the library; skipped where they are missing."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from PIL import Image

from photoprep import ExitCode, Report, prepare
from photoprep.outcome import Failed, Prepared, Reused

DAY = datetime.date(2026, 11, 23)
REFUSED = {
    "formats/favicon.ico": "icon",
    "formats/short-packbits.psd": "Photoshop file is damaged",
    "odd/16384x16384.png": "268 megapixels",
    "odd/BlueSquare_truncated.jpg": "ends too early",
    "odd/corrupted.jpg": "damaged",
    "odd/gif_frame_buffer_oob.gif": "megapixels",
    "odd/jpegoptim_test2-broken.jpg": "ends too early",
    "odd/singlerowtrunc.jpg": "ends too early",
    "odd/train_cut60.jpg": "ends too early",
    "odd/zero_bytes.jpg": "empty",
}


@pytest.fixture(scope="module")
def first(real_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return prepare(real_photos, out=tmp_path_factory.mktemp("real") / "out", date=DAY)


def test_one_row_for_every_file_and_none_lost(real_photos: Path, first: Report) -> None:
    found = {path.relative_to(real_photos).as_posix() for path in real_photos.rglob("*.*")}
    assert {photo.source for photo in first.photos} == found
    assert len(first.photos) == len(found)
    assert first.exit_code == ExitCode.SOME_FAILED


def test_every_refusal_is_a_known_one_with_its_reason(first: Report) -> None:
    refused = {photo.source: photo.reason for photo in first.photos if isinstance(photo, Failed)}
    assert refused.keys() == REFUSED.keys()
    for source, words in REFUSED.items():
        assert words in refused[source]


def test_nothing_is_over_a_limit(first: Report) -> None:
    for path in (first.folder / "photos").iterdir():
        assert path.stat().st_size <= 200_000
        with Image.open(path) as image:
            image.load()
            assert max(image.size) <= 944
    for path in (first.folder / "mails").iterdir():
        assert path.stat().st_size <= 795_904


def test_pictures_are_never_enlarged(first: Report) -> None:
    for photo in first.photos:
        if isinstance(photo, Prepared):
            jpeg = photo.jpeg
            assert jpeg.width_px <= jpeg.source_width_px
            assert jpeg.height_px <= jpeg.source_height_px


def test_a_second_run_reuses_everything(real_photos: Path, first: Report) -> None:
    second = prepare(real_photos, out=first.folder, date=DAY)
    assert second.encodes == 0
    assert not any(isinstance(photo, Prepared) for photo in second.photos)
    assert sum(isinstance(photo, Reused) for photo in second.photos) == len(first.ready)
    assert second.mails == first.mails
