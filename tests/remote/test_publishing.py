"""Results are put into a store whole, what is unwanted goes, and nothing of others is hurt."""

from __future__ import annotations

import datetime
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from photoprep import Report, prepare
from photoprep.errors import CannotWriteError, ExitCode, StoreError, UsageError
from photoprep.report import Published
from photoprep.walk.publication import RECORD_NAME
from photoprep.walk.publishing import Publication
from tests.remote.conftest import speak_to
from tests.remote.stores import BUCKET, RealStore, real_store
from tests.support import Inline, photoprep, small_photo

# Puts so many files, one by one, and is gone before the next.
_KILLED = """\
import os, signal, sys
from photoprep.walk import publishing
from photoprep.__main__ import main

publishing._MOST_FILES, left, put = 1, int(sys.argv.pop(1)), publishing.put

def put_or_die(contents):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    put(contents)

publishing.put = put_or_die
if __name__ == "__main__":
    main()
"""
DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for number, view in enumerate(["closed", "open"]):
        small_photo(folder / f"Lamp 图 L2/{view}.png", number)
    small_photo(folder / "Torch T5/closed.png", 7)
    return folder


def published(photos: str | Path, place: str, **more: object) -> Report:
    return prepare(
        photos,
        out=f"s3://{BUCKET}/{place}",
        date=DAY,
        executor=Inline(),
        **more,  # type: ignore[arg-type]
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """What a run has made for people: all but the record, and what it keeps for itself."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {
        name: content
        for name, content in files.items()
        if not name.startswith(".photoprep/") or name.startswith(".photoprep/originals/")
    }


def test_the_store_holds_what_the_folder_holds(
    store: RealStore, photos: Path, tmp_path: Path
) -> None:
    heard: list[tuple[int, int]] = []
    report = published(photos, "a", on_upload=lambda done, total: heard.append((done, total)))
    there = store.contents("a")
    assert there.pop(RECORD_NAME)
    assert there == files_of(report.folder)
    assert {name.partition("/")[0] for name in there} == {
        ".photoprep",
        "mails",
        "photos",
        "report.html",
        "report.json",
        "sheets",
    }
    assert report.published == Published(f"s3://{BUCKET}/a", len(there), 0, 0)
    assert heard == [(0, len(there)), (len(there), len(there))]
    # The folder is made anew of nothing, as another machine's is: the same files are not put again.
    shutil.rmtree(tmp_path / "data")
    again = published(photos, "a").published
    assert again == Published(f"s3://{BUCKET}/a", 0, len(there), 0)


def test_what_is_new_is_put_and_what_is_gone_is_taken_away(store: RealStore, photos: Path) -> None:
    published(photos, "b", mails=False)
    store.put("b/photos/notes of mine.txt", b"mine")
    before = store.contents("b")
    shutil.rmtree(photos / "Torch T5")
    small_photo(photos / "Lamp 图 L2/front.png", 9)
    report = published(photos, "b", mails=False)
    after = store.contents("b")
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert any("Torch" in name for name in gone)
    assert any("front" in name for name in new)
    assert after.pop("photos/notes of mine.txt") == b"mine"
    assert after.pop(RECORD_NAME)
    assert after == files_of(report.folder)
    assert report.published
    assert report.published.removed == len(gone)


def test_somebody_else_s_file_is_not_written_over(store: RealStore, photos: Path) -> None:
    report = published(photos, "c", mails=False)
    (photo, *_) = [row.jpeg.output for row in report.ready]
    store.put(f"c/{photo}", b"retouched")
    before = store.contents("c")
    with pytest.raises(CannotWriteError, match="Somebody else's file stands where") as refused:
        published(photos, "c", mails=False)
    assert photo in refused.value.message
    assert refused.value.address == f"s3://{BUCKET}/c"
    assert store.contents("c") == before
    store.remove(f"c/{photo}")
    assert published(photos, "c", mails=False).published
    assert store.contents("c")[photo] != b"retouched"


@pytest.mark.parametrize("damage", [None, b"", b"\xff no record\n"])
def test_a_record_that_is_lost_or_damaged_costs_nothing(
    store: RealStore, photos: Path, damage: bytes | None
) -> None:
    place = f"d{len(damage or '')}"
    published(photos, place, mails=False)
    if damage is None:
        store.remove(f"{place}/{RECORD_NAME}")
    else:
        store.put(f"{place}/{RECORD_NAME}", damage)
    shutil.rmtree(photos / "Torch T5")
    report = published(photos, place, mails=False)  # what is unchanged says so now
    after = store.contents(place)
    assert after.pop(RECORD_NAME)
    assert after == files_of(report.folder)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_one_that_is_killed_at_any_instant_goes_on_and_report_json_comes_last(
    store: RealStore, photos: Path, tmp_path: Path
) -> None:
    wanted = len(files_of(published(photos, "whole").folder))
    seen: list[int] = []
    for puts in range(0, wanted + 3, 3):
        place = f"killed-{puts}"
        address = f"s3://{BUCKET}/{place}"
        killed = subprocess.run(
            [sys.executable, "-c", _KILLED, str(puts), str(photos), "--out", address, "--quiet"],
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        there = store.contents(place)
        assert "report.json" not in there or len(there) == wanted + 1
        assert len(there) == (puts and puts - (puts > 1))  # the record is put twice
        seen.append(len(there))
        report = published(photos, place)
        there = store.contents(place)
        assert there.pop(RECORD_NAME)
        assert there == files_of(report.folder)
    assert seen[0] == 0
    assert seen[-1] == wanted + 1


def test_a_store_that_goes_while_the_run_lasts_leaves_the_results_here(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOPREP_DATA_DIR", str(tmp_path / "data"))
    with real_store(tmp_path) as running:
        speak_to(running, monkeypatch)

        def end(done: int, total: int) -> None:
            if done == total:
                running.end()

        with pytest.raises(StoreError) as gone:
            published(photos, "e", mails=False, on_photo=end)
        assert gone.value.exit_code == ExitCode.TRY_LATER
    (folder,) = (tmp_path / "data").iterdir()
    assert (folder / "report.json").is_file()


def test_what_cannot_be_put_anywhere_is_said_before_the_work(
    store: RealStore, photos: Path, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="cannot be read or written"):
        prepare(photos, out="s3://no-such-bucket/a", executor=Inline())
    for address in ("http://shop.example/a", "sftp://shop.example/a"):
        with pytest.raises(UsageError, match="never show half a file"):
            prepare(photos, out=address, executor=Inline())
    assert not (tmp_path / "data").exists()


def test_the_folder_here_has_a_name_that_every_disk_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOPREP_DATA_DIR", str(tmp_path))
    folders = [
        Publication(f"s3://shop/{name}").folder
        for name in ("catalogue", "Cat:alogue*?", "产品 图", "con", "x" * 300, "a/catalogue")
    ]
    assert len({folder.name.casefold() for folder in folders}) == len(folders)
    for folder in folders:
        assert folder.parent == tmp_path
        assert re.fullmatch(r"[\w-]+-[0-9a-f]{10}", folder.name)
        assert len(folder.name) <= 51


def test_a_rehearsal_puts_nothing_anywhere(store: RealStore, photos: Path, tmp_path: Path) -> None:
    report = published(photos, "f", dry_run=True)
    assert report.published is None
    assert len(report.ready) == 3
    assert store.contents("f") == {}
    assert not (tmp_path / "data").exists()


def test_from_store_to_store_by_the_command(store: RealStore, photos: Path, tmp_path: Path) -> None:
    store.put_folder(photos, "spring")
    ran = photoprep(f"s3://{BUCKET}/spring", "--out", f"s3://{BUCKET}/spring-prepared")
    assert ran.returncode == 0, ran.stderr
    there = store.contents("spring-prepared")
    assert ran.stdout.splitlines()[-1] == (
        f"s3://{BUCKET}/spring-prepared: {len(there) - 1} files put there."
    )
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "data"}
    ran = photoprep(f"s3://{BUCKET}/spring-prepared")
    assert ran.returncode == 2
    assert "was made by photoprep" in ran.stderr
