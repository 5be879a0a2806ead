"""Originals in a store are prepared as the same files in a folder are, byte for byte."""

from __future__ import annotations

import datetime
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from photoprep import Report, check, name_pictures, prepare
from photoprep.errors import NoPhotosError, UsageError
from photoprep.outcome import Failed, Prepared, Reused, Skipped
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import read_head
from photoprep.photo.task import HeadTask
from photoprep.remote_listing import objects_below
from tests.noise import bound_preset, noisy_photo
from tests.remote.stores import BUCKET, RealStore
from tests.support import Inline, contents, photoprep, small_photo, written

DAY = datetime.date(2026, 11, 23)
ADDRESS = f"s3://{BUCKET}/season/catalogue"


def taken(path: Path, seed: int, at: str) -> Path:
    """A camera's photo, with the time at which it was taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"2026:11:20 {at}"
    with Image.open(small_photo(path.with_suffix(".png"), seed, (640, 480))) as picture:
        picture.save(path, exif=exif)
    path.with_suffix(".png").unlink()
    return path


def fill(folder: Path) -> None:
    """All that a factory sends."""
    for number, view in enumerate(["closed", "open"]):
        noisy_photo(folder / f"Toolbox X100/{view}.png", number)
    for number, at in enumerate(["09:00:00", "09:00:20", "15:00:00", "15:00:30"]):
        taken(folder / f"DSC_{number:04}.jpg", number, at)
    taken(folder / "DSC_0009.heic", 9, "15:01:00")
    taken(folder / "DSC_0010.tif", 10, "09:00:40")
    shutil.copyfile(folder / "DSC_0001.jpg", folder / "Toolbox X100/the same again.jpg")
    small_photo(folder / "产品 图/#1 100%.bmp", 5)
    small_photo(folder / "产品 图/#2 ?.bmp", 6)  # of the same length, and another picture
    whole = (folder / "DSC_0000.jpg").read_bytes()
    (folder / "broken.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.jpg").touch()
    written(folder / "notes.txt", "Call Mr Smith.")
    written(folder / "products.csv", "file,product\nDSC_0003.jpg,Torch T5\n")
    written(folder / ".hidden.jpg", "")
    written(folder / "Thumbs.db", "")
    written(folder / "__MACOSX/._DSC_0000.jpg", "")


@dataclass(frozen=True)
class Local:
    """The folder, and what this machine makes of it."""

    photos: Path
    report: Report
    made: dict[str, str]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Local:
    folder = tmp_path_factory.mktemp("local")
    photos = folder / "catalogue"
    set_up_decoders()
    fill(photos)
    report = prepared(photos, folder / "out")
    kinds = [type(photo) for photo in report.photos]
    assert [kinds.count(kind) for kind in (Prepared, Failed, Skipped)] == [10, 2, 6]
    return Local(photos, report, contents(folder / "out"))


def prepared(photos: str | Path, out: Path, **more: object) -> Report:
    return prepare(photos, out=out, date=DAY, preset=bound_preset(), jobs=2, **more)  # type: ignore[arg-type]


def test_a_store_is_prepared_as_a_folder_is_and_read_once(
    store: RealStore, local: Local, tmp_path: Path
) -> None:
    store.put_folder(local.photos, "season/catalogue")
    time.sleep(2.1)  # within two seconds no look is proof
    out = tmp_path / "out"
    looked: list[tuple[int, int]] = []
    report = prepared(ADDRESS, out, on_look=lambda done, total: looked.append((done, total)))
    files = sum(not path.name.startswith((".", "Thumbs")) for path in local.photos.rglob("*.*"))
    found = sum(path.is_file() for path in local.photos.rglob("*"))
    assert looked == [(0, 0), (found, 0), (0, files), (files, files)]
    assert report.to_json() == local.report.to_json()
    assert contents(out) == local.made
    assert [path for path in (out / ".photoprep/unfinished").iterdir() if path.is_file()] == []

    before = len(store.requests())
    again = prepared(ADDRESS, out)
    assert {type(photo) for photo in again.ready} == {Reused}
    # The list, and what is no picture: that alone is looked at anew, as in a folder.
    asked = [path for method, path in store.requests()[before:] if method == "GET"]
    assert not any("DSC_000" in path or "Toolbox" in path for path in asked), asked


def test_what_is_new_changed_and_gone_is_told_apart(store: RealStore, tmp_path: Path) -> None:
    address = f"s3://{BUCKET}/changing/catalogue"
    for number in range(3):
        small_photo(tmp_path / f"a/IMG_{number}.png", number)
    store.put_folder(tmp_path / "a", "changing/catalogue")
    time.sleep(2.1)
    prepare(address, out=tmp_path / "out", executor=Inline(), mails=False, sheets=[])
    store.put("changing/catalogue/IMG_1.png", small_photo(tmp_path / "b.png", 8).read_bytes())
    store.put("changing/catalogue/IMG_7.png", small_photo(tmp_path / "c.png", 9).read_bytes())
    store.remove("changing/catalogue/IMG_0.png")
    report = prepare(address, out=tmp_path / "out", executor=Inline(), mails=False, sheets=[])
    assert {photo.source: type(photo) for photo in report.photos} == {
        "IMG_1.png": Prepared,
        "IMG_2.png": Reused,
        "IMG_7.png": Prepared,
    }


def test_one_that_is_replaced_while_the_run_lasts_is_named(
    store: RealStore, tmp_path: Path
) -> None:
    for number in range(3):
        small_photo(tmp_path / f"a/IMG_{number}.png", number)
    store.put_folder(tmp_path / "a", "replaced")

    def replace_last(done: int, _total: int) -> None:
        if not done:  # listed, and not yet fetched
            store.put("replaced/IMG_2.png", small_photo(tmp_path / "b.png", 7).read_bytes())

    report = prepare(
        f"s3://{BUCKET}/replaced",
        out=tmp_path / "out",
        executor=Inline(),
        mails=False,
        on_photo=replace_last,
    )
    (failed,) = report.failed
    assert failed.source == "IMG_2.png"
    assert failed.is_passing
    assert "changed while it was being read" in failed.reason


def test_results_of_earlier_runs_are_left_aside(store: RealStore, tmp_path: Path) -> None:
    photo = small_photo(tmp_path / "a.png").read_bytes()
    for name in ("a.png", "old-prepared/.photoprep/state.db", "old-prepared/x.jpg"):
        store.put(f"mixed/{name}", photo)
    report = prepare(
        f"s3://{BUCKET}/mixed", out=tmp_path / "out", executor=Inline(), mails=False, sheets=[]
    )
    rows = {row.source: row for row in report.photos}
    assert isinstance(rows["a.png"], Prepared)
    earlier = rows["old-prepared"]
    assert isinstance(earlier, Skipped)
    assert "made" in earlier.reason
    with pytest.raises(UsageError, match="was made by photoprep") as refused:
        prepare(f"s3://{BUCKET}/mixed/old-prepared", out=tmp_path / "out")
    assert str(refused.value).startswith(f"s3://{BUCKET}/mixed/old-prepared: ")


def test_the_time_of_a_camera_s_photo_needs_its_head_alone(
    store: RealStore, tmp_path: Path
) -> None:
    photo = taken(tmp_path / "a.jpg", 3, "10:11:12").read_bytes()
    store.put("heads/long.jpg", photo + bytes(5_000_000))
    (found,) = objects_below(f"s3://{BUCKET}/heads/long.jpg")
    before = len(store.requests())
    head = read_head(HeadTask(Path("long.jpg"), found.stamp, found, tmp_path))
    assert head.taken == "2026-11-20T10:11:12"
    assert [method for method, _ in store.requests()[before:]] == ["GET"]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.jpg"]


def test_check_names_and_sheets_take_an_address_too(
    store: RealStore, local: Local, tmp_path: Path
) -> None:
    store.put_folder(local.photos / "Toolbox X100", "toolboxes")
    address = f"s3://{BUCKET}/toolboxes"
    checked = check(address, jobs=1)
    assert sorted(row.source for row in checked.photos) == [
        "closed.png",
        "open.png",
        "the same again.jpg",
    ]
    named = name_pictures(address, date=DAY, jobs=1)
    assert len(named.pictures) == 3
    sheet = photoprep("sheet", address, "-o", tmp_path / "sheet.jpg")
    assert sheet.returncode == 0, sheet.stderr
    with Image.open(tmp_path / "sheet.jpg") as picture:
        assert picture.format == "JPEG"


def test_the_results_lie_in_a_folder_of_its_name_here(store: RealStore, tmp_path: Path) -> None:
    store.put("one/Lamp 图.png", small_photo(tmp_path / "a.png").read_bytes())
    (tmp_path / "here").mkdir()
    ran = photoprep(f"s3://{BUCKET}/one", "--no-mails", cwd=tmp_path / "here")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "here/one-prepared/report.json").is_file()


def test_what_cannot_be_is_one_sentence(store: RealStore, tmp_path: Path) -> None:
    store.put("texts/notes.txt", b"no picture")
    with pytest.raises(UsageError, match="There is nothing at s3://shop/nothing"):
        prepare(f"s3://{BUCKET}/nothing", out=tmp_path / "out")
    with pytest.raises(UsageError, match="by itself"):
        prepare([f"s3://{BUCKET}/texts", tmp_path], out=tmp_path / "out")
    with pytest.raises(NoPhotosError) as none:
        prepare(f"s3://{BUCKET}/texts", out=tmp_path / "out")
    assert str(none.value).startswith(f"s3://{BUCKET}/texts: There are no photos in it.")
    ran = photoprep("watch", f"s3://{BUCKET}/texts", "--once")
    assert ran.returncode == 2
    assert "has to be a folder of this computer" in ran.stderr
    assert not (tmp_path / "out").exists()
