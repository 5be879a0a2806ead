from __future__ import annotations

from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from photoprep.photo.capture_time import capture_time
from photoprep.photo.decode import set_up_decoders

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"
ORIGINAL, DIGITIZED, CHANGED = 0x9003, 0x9004, 0x0132


def picture(path: Path, tags: dict[int, str]) -> Path:
    set_up_decoders()
    exif = Image.Exif()
    below = exif.get_ifd(0x8769)
    for tag, value in tags.items():
        (exif if tag == CHANGED else below)[tag] = value
    image = Image.new("RGB", (64, 48), "teal")
    if path.suffix == ".heic":
        pillow_heif.from_pillow(image).save(path, exif=exif.tobytes())
    else:
        exif[0x010F] = "Camera"  # Pillow takes an Exif block without a tag at its top for none
        image.save(path, exif=exif)
    return path


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "heic", "avif"])
def test_the_camera_s_time_is_read_from_every_format(tmp_path: Path, ending: str) -> None:
    path = picture(tmp_path / f"a.{ending}", {ORIGINAL: "2026:11:23 10:02:11"})
    assert capture_time(path) == "2026-11-23T10:02:11"


def test_a_scan_s_time_is_read_too(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48)).save(tmp_path / "a.tif", tiffinfo={CHANGED: "2026:11:23 10:02:11"})
    assert capture_time(tmp_path / "a.tif") == "2026-11-23T10:02:11"


def test_the_first_time_that_there_is_counts(tmp_path: Path) -> None:
    old, new = "2001:01:01 00:00:00", "2026:11:23 10:02:11"
    assert capture_time(picture(tmp_path / "a.jpg", {ORIGINAL: new, CHANGED: old}))[:4] == "2026"
    assert capture_time(picture(tmp_path / "b.jpg", {DIGITIZED: new, CHANGED: old}))[:4] == "2026"
    assert capture_time(picture(tmp_path / "c.jpg", {CHANGED: old}))[:4] == "2001"


@pytest.mark.parametrize("value", ["0000:00:00 00:00:00", "", "    :  :     :  :  ", "soon"])
def test_what_is_no_time_is_none(tmp_path: Path, value: str) -> None:
    assert capture_time(picture(tmp_path / "a.jpg", {ORIGINAL: value})) == ""


def test_what_is_no_picture_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    assert capture_time(tmp_path / "a.jpg") == ""
    assert capture_time(tmp_path / "gone.jpg") == ""


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="needs the shared photos")
def test_real_cameras() -> None:
    times = {path.name: capture_time(path) for path in (PHOTOS / "camera").iterdir()}
    assert times["heic-iphone7.heic"].startswith("20")
    assert sum(bool(time) for time in times.values()) >= 5
