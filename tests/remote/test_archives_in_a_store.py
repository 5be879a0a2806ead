"""A ZIP archive in a store is what the same one in a folder is: outputs, report and refusals."""

from __future__ import annotations

import datetime
import io
import os
import random
import shutil
import struct
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from photoprep import (
    Report,
    archive_file,
    archive_member,
    load_preset,
    prepare,
    remote_store,
)
from photoprep.archive_file import Span, open_archive
from photoprep.catalogue import archive as catalogue_archive
from photoprep.catalogue import zip_directory
from photoprep.catalogue.remote import scan_address
from photoprep.catalogue.scan import scan
from photoprep.errors import NoPhotosError, PhotoError
from photoprep.outcome import Failed, Reused
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import read_head
from photoprep.photo.task import HeadTask, PhotoTask
from photoprep.remote_listing import objects_below
from photoprep.remote_store import Range
from photoprep.walk.fetching import fetch_ahead
from tests.archives import Entry, archive, zipped
from tests.noise import noisy_photo
from tests.remote.conftest import speak_to
from tests.remote.stores import BUCKET, RealStore, real_store
from tests.remote.test_sources import taken
from tests.support import Inline, contents, outputs, small_photo, written

DAY = datetime.date(2026, 11, 23)


def fill(folder: Path) -> None:
    """A folder of archives of every kind, with a few loose files beside them."""
    loose = folder.parent / "loose"
    for number, view in enumerate(["closed", "open"]):
        small_photo(loose / f"Toolbox X100/{view}.png", number)
    for number, at in enumerate(["09:00:00", "09:00:20", "15:00:00", "15:00:30"]):
        taken(loose / f"DSC_{number:04}.jpg", number, at)
    written(loose / "products.csv", "file,product\nDSC_0003.jpg,Torch T5\n")
    good = small_photo(folder.parent / "good.png", 99).read_bytes()
    small_photo(folder / "Lamp L2/closed.png", 5)
    shutil.copytree(loose / "Toolbox X100", folder / "Crate C1")  # the same as in the archive
    zipped(folder / "factory 图.zip", loose)
    (folder / "sub").mkdir()
    zipped(folder / "sub/Stored.ZIP", loose / "Toolbox X100", zipfile.ZIP_STORED)
    archive(
        folder / "odd.zip",
        Entry("产品/打开.png".encode("gbk"), good),
        Entry(b"../out.png", good),
        Entry(b"locked.png", good, flags=1),
        Entry(b"broken.png", good, crc32=1),
        Entry(b"longer.png", good + bytes(300), size_bytes=len(good)),
        Entry(b"cut.png", good, packed=good[:60]),
        Entry(b"bomb.png", size_bytes=60_000_000),
        Entry(b"bzip.png", good, method=12),
        Entry(b"link.png", good, attributes=0o120777 << 16),
        Entry(b"empty.jpg"),
        Entry(b"notes.txt", b"hello"),
        Entry(b"inner.rar", b"Rar!\x1a\x07\x00"),
        Entry(b"inner.zip", b"PK\x03\x04"),
        Entry(b"twice.png", b"an earlier one"),
        Entry(b"twice.png", small_photo(folder.parent / "twice.png", 98).read_bytes()),
        Entry(b"__MACOSX/._a.png", good),
        Entry(b".DS_Store", b"x"),
        Entry(b"old/.photoprep/state.db", b"x"),
        Entry(b"old/photos/a.jpg", good),
    )
    whole = zipped(folder / "cut short.zip", loose).read_bytes()
    (folder / "cut short.zip").write_bytes(whole[: len(whole) // 2])
    (folder / "overlapping.zip").write_bytes(
        archive(
            folder.parent / "o.zip", Entry(b"a.png", good), Entry(b"b.png", good, placed_at=0)
        ).read_bytes()
    )
    archive(folder / "nothing.zip")
    archive(folder / "made.zip", Entry(b".photoprep/state.db", b"x"), Entry(b"a.jpg", good))
    (folder / "part.zip").write_bytes(struct.pack("<4s4H2LH", b"PK\5\6", 2, 1, 1, 1, 0, 0, 0))
    (folder / "no archive.zip").write_bytes(b"hello")
    (folder / "rar.zip").write_bytes(b"Rar!\x1a\x07\x01\x00")
    (folder / "empty.zip").touch()
    with zipfile.ZipFile(folder / "offer.zip", "w") as document:
        document.writestr("[Content_Types].xml", "<x/>")
    (folder / ".hidden.zip").write_bytes(whole)


@dataclass(frozen=True)
class Local:
    """The folder, and what this machine makes of it."""

    photos: Path
    report: Report
    made: dict[str, str]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Local:
    folder = tmp_path_factory.mktemp("local")
    set_up_decoders()
    fill(folder / "season")
    report = prepared(folder / "season", folder / "out")
    return Local(folder / "season", report, contents(folder / "out"))


def prepared(photos: str | Path, out: Path, **more: object) -> Report:
    return prepare(photos, out=out, date=DAY, jobs=1, sheets=["overview"], **more)  # type: ignore[arg-type]


def asked_ranges(monkeypatch: pytest.MonkeyPatch) -> list[Range]:
    """The parts of files that this process asks a store for from now on."""
    asked: list[Range] = []
    ranges = remote_store._ranges

    def heard(wanted: Sequence[Range]) -> list[bytes | PhotoError]:
        asked.extend(wanted)
        return ranges(wanted)

    monkeypatch.setattr(remote_store, "_ranges", heard)
    return asked


def small_ends(monkeypatch: pytest.MonkeyPatch, tail_bytes: int) -> None:
    """Let so few bytes at its end tell what an archive holds, because those of tests are small."""
    monkeypatch.setattr(catalogue_archive, "_TAIL_BYTES", tail_bytes)
    monkeypatch.setattr(zip_directory, "_LONGEST_COMMENT", 50)


def test_archives_in_a_store_are_what_they_are_in_a_folder(
    store: RealStore, local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_folder(local.photos, "season")
    time.sleep(2.1)  # within two seconds no look is proof
    out, address = tmp_path / "out", f"s3://{BUCKET}/season"
    report = prepared(address, out)
    assert report.to_json() == local.report.to_json()
    assert contents(out) == local.made
    assert [path for path in (out / ".photoprep/unfinished").iterdir() if path.is_file()] == []

    before = outputs(out)
    small_ends(monkeypatch, 4000)
    asked = asked_ranges(monkeypatch)
    again = prepared(address, out)
    assert {type(photo) for photo in again.ready} == {Reused}
    assert outputs(out) == before
    # Of each archive its two ends, and of what is no picture or refused the first bytes.
    assert asked
    assert max(each.length_bytes for each in asked) < 6000
    files = {each.of.name for each in asked if each.start > 4 and each.length_bytes != 4000}
    assert files == {"factory 图.zip", "odd.zip"}


def test_one_that_is_all_there_is_counts_as_a_folder_of_its_name(
    store: RealStore, local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = local.photos / "factory 图.zip"
    store.put(f"alone/{packed.name}", packed.read_bytes())
    address = f"s3://{BUCKET}/alone/{packed.name}"
    made = {"date": DAY, "executor": Inline(), "sheets": [], "mails": False}
    here = prepare(packed, out=tmp_path / "here", **made)  # type: ignore[arg-type]
    monkeypatch.chdir(tmp_path)
    there = prepare(address, **made)  # type: ignore[arg-type]
    assert there.folder == tmp_path / "factory 图-prepared"
    assert there.to_json() == here.to_json()
    assert outputs(there.folder) == outputs(here.folder)


def test_what_is_large_comes_in_pieces(
    store: RealStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noisy_photo(tmp_path / "boxes/Box X1/open.png", 1)
    (tmp_path / "all").mkdir()
    packed = zipped(tmp_path / "all/boxes.zip", tmp_path / "boxes", zipfile.ZIP_STORED)
    store.put("large/boxes.zip", packed.read_bytes())
    made = {"date": DAY, "executor": Inline(), "sheets": [], "mails": False}
    here = prepare(tmp_path / "all", out=tmp_path / "here", **made)  # type: ignore[arg-type]
    small_ends(monkeypatch, 100)
    monkeypatch.setattr(archive_member, "_READ_BYTES", 5000)
    monkeypatch.setattr(archive_file, "_PIECE_BYTES", 20_000)
    asked = asked_ranges(monkeypatch)
    there = prepare(f"s3://{BUCKET}/large", out=tmp_path / "there", **made)  # type: ignore[arg-type]
    assert there.to_json() == here.to_json()
    assert outputs(tmp_path / "there") == outputs(tmp_path / "here")
    assert packed.stat().st_size > 100_000
    assert max(each.length_bytes for each in asked) == 20_000
    photos = [each for each in asked if each.length_bytes > 6000]
    assert len({each.start for each in photos}) == len(photos)  # nothing comes twice


def test_any_place_is_read_as_in_a_file(store: RealStore, tmp_path: Path) -> None:
    content = random.Random(7).randbytes(5000)
    store.put("bytes/a.zip", content)
    (found,) = objects_below(f"s3://{BUCKET}/bytes/a.zip")
    ahead = [Span(0, 4, content[:4]), Span(4000, 1000, content[4000:]), Span(300, 700)]
    chance = random.Random(8)
    with open_archive(tmp_path, found.stamp, found, ahead) as file:
        whole = io.BytesIO(content)
        for _ in range(40):
            place, size = chance.randrange(5100), chance.choice([0, 1, 4, 30, 700, 9000])
            whence = chance.choice([os.SEEK_SET, os.SEEK_END])
            place -= len(content) if whence == os.SEEK_END else 0
            place = max(place, -len(content))
            assert file.seek(place, whence) == whole.seek(place, whence)
            assert file.read(size) == whole.read(size)
            assert file.seek(2, os.SEEK_CUR) == whole.seek(2, os.SEEK_CUR)
            assert file.read(1) == whole.read(1)


def test_its_photos_come_ahead_of_the_workers_one_by_one(store: RealStore, tmp_path: Path) -> None:
    photos_of(store, "ahead", tmp_path, (1, 2, 3))
    (tmp_path / "unfinished").mkdir()
    rows = scan_address(f"s3://{BUCKET}/ahead").files
    with fetch_ahead([row.member for row in rows], tmp_path / "unfinished", wanted=True) as ahead:
        for place, row in enumerate(rows):
            assert row.stamp
            task = PhotoTask(row.path, row.stamp, load_preset().photo, row.member)
            copied = ahead.with_copy(place, task)
            assert isinstance(copied, PhotoTask)
            assert copied.member is None
            here = tmp_path / f"ahead-{(1, 2, 3)}/Lamp L{place}.png"
            assert copied.path.read_bytes() == here.read_bytes()
            ahead.done(place)
    assert list((tmp_path / "unfinished").iterdir()) == []


def test_the_time_of_a_camera_s_photo_needs_its_head_alone(
    store: RealStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = taken(tmp_path / "a.jpg", 3, "10:11:12").read_bytes()
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", photo + bytes(2_000_000), method=0))
    store.put("heads-alone/a.zip", packed.read_bytes())
    (there,) = scan_address(f"s3://{BUCKET}/heads-alone").files
    (here,) = scan([packed]).files
    asked = asked_ranges(monkeypatch)
    for row in (there, here):
        assert row.stamp
        head = read_head(HeadTask(row.path, row.stamp, row.member, tmp_path))
        assert head.taken == "2026-11-20T10:11:12"
    assert sum(each.length_bytes for each in asked) < 300_000


def photos_of(store: RealStore, key: str, folder: Path, seeds: Sequence[int]) -> None:
    """Put an archive with a photo for each seed there."""
    for number, seed in enumerate(seeds):
        small_photo(folder / f"{key}-{seeds}/Lamp L{number}.png", seed)
    packed = zipped(folder / f"{key}-{seeds}.zip", folder / f"{key}-{seeds}")
    store.put(f"{key}/lamps.zip", packed.read_bytes())


def of_lamps(key: str, out: Path, **more: object) -> Report:
    address = f"s3://{BUCKET}/{key}"
    return prepare(address, out=out, executor=Inline(), mails=False, sheets=[], **more)  # type: ignore[arg-type]


def test_one_that_changes_or_goes_before_it_is_opened_is_one_row(
    store: RealStore, tmp_path: Path
) -> None:
    photo = small_photo(tmp_path / "Torch T1.png").read_bytes()
    for key, seeds, said in (
        ("changed", (1, 2, 3), "The archive changed while it was being read."),
        ("gone", (), "The file vanished before it could be read."),
    ):
        store.put(f"{key}/Torch T1.png", photo)
        photos_of(store, key, tmp_path, (1, 2))

        def meanwhile(found: int, total: int, key: str = key, seeds: Sequence[int] = seeds) -> None:
            if (found, total) != (2, 0):
                return
            if seeds:
                photos_of(store, key, tmp_path, seeds)
            else:
                store.remove(f"{key}/lamps.zip")

        report = of_lamps(key, tmp_path / key, on_look=meanwhile)
        (failed,) = report.failed
        assert (failed.source, failed.reason) == ("lamps.zip", said)
        assert failed.hint
        assert len(report.ready) == 1
        assert len(of_lamps(key, tmp_path / key).ready) == 1 + len(seeds)  # it is mended


def test_one_that_changes_while_its_photos_are_told_apart_costs_them_all(
    store: RealStore, tmp_path: Path
) -> None:
    photos_of(store, "heads", tmp_path, (1, 2))

    def meanwhile(found: int, total: int) -> None:
        if (found, total) == (0, 2):
            photos_of(store, "heads", tmp_path, (3, 4))

    with pytest.raises(NoPhotosError, match=r"lamps\.zip/Lamp L0\.png: The archive changed while"):
        of_lamps("heads", tmp_path / "out", on_look=meanwhile)
    assert len(of_lamps("heads", tmp_path / "out").ready) == 2


@pytest.mark.parametrize("seeds", [(9, 2, 8), (9,)])
def test_one_that_changes_while_photos_are_made_costs_those_that_are_others(
    store: RealStore, tmp_path: Path, seeds: Sequence[int]
) -> None:
    key = f"making-{len(seeds)}"
    photos_of(store, key, tmp_path, (1, 2, 3))

    def meanwhile(done: int, _total: int) -> None:
        if not done:
            photos_of(store, key, tmp_path, seeds)

    report = of_lamps(key, tmp_path / "out", on_photo=meanwhile)
    assert {failed.reason for failed in report.failed} == {
        "The archive changed while it was being read."
    }
    assert all(failed.is_passing for failed in report.failed)
    assert len(report.failed) >= 2
    assert len(of_lamps(key, tmp_path / "out").ready) == len(seeds)


def test_a_store_that_goes_meanwhile_costs_the_photos_that_are_left_and_the_next_run_mends_it(
    running_store: RealStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # who else is patient
    with real_store(tmp_path) as running:
        speak_to(running, monkeypatch)
        photos_of(running, "lamps", tmp_path, (1, 2))
        report = of_lamps("lamps", tmp_path / "out", on_photo=lambda _done, _total: running.end())
        assert [type(photo) for photo in report.photos] == [Failed, Failed]
        assert "The store does not give the file" in report.failed[0].reason
    speak_to(running_store, monkeypatch)  # it is there again, with the same files
    photos_of(running_store, "lamps", tmp_path, (1, 2))
    assert len(of_lamps("lamps", tmp_path / "out").ready) == 2
