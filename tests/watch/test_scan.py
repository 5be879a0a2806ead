"""Looks through real folders on a real disk."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import pytest

from photoprep.errors import ExitCode, WatchedFolderGoneError
from photoprep.watch.found import LOOSE, WATCH_MARKER, FoundBatch, Scan
from photoprep.watch.mounts import mount_of
from photoprep.watch.scan import scan_inbox
from tests.faults.support import mounts_refused, small_disk

WithoutRoot = Callable[[], AbstractContextManager[None]]

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX links, names, rights")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(inbox: Path, *names: str) -> None:
    for name in names:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(b"x")


def batches(scan: Scan) -> dict[str, FoundBatch]:
    return {batch.name: batch for batch in scan.batches}


def paths(batch: FoundBatch) -> list[str]:
    return [file.path for file in batch.files]


def test_an_empty_folder_is_no_folder_that_is_gone(inbox: Path) -> None:
    scan = scan_inbox(inbox)
    assert (scan.batches, scan.files, scan.unreadable) == ((), 0, ())


def test_each_folder_is_a_batch_and_loose_pictures_are_one(inbox: Path) -> None:
    put(inbox, "Lids/b.jpg", "Lids/a/1.jpg", "Boxes/1.jpg", "2.jpg", "1.jpg", "Lids/photoprep.toml")
    (inbox / "Empty").mkdir()
    found = batches(scan_inbox(inbox))
    assert {name: paths(batch) for name, batch in found.items()} == {
        LOOSE: ["1.jpg", "2.jpg"],
        "Boxes": ["Boxes/1.jpg"],
        "Empty": [],
        "Lids": ["Lids/a/1.jpg", "Lids/b.jpg", "Lids/photoprep.toml"],
    }


def test_files_are_found_as_they_look(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg")
    (inbox / "Lids/1.jpg").write_bytes(b"12345")
    os.utime(inbox / "Lids/1.jpg", ns=(1, 1_600_000_000_123_456_700))
    (file,) = batches(scan_inbox(inbox))["Lids"].files
    status = (inbox / "Lids/1.jpg").stat()
    assert (file.size_bytes, file.mtime_ns) == (5, status.st_mtime_ns)
    assert file.inode == status.st_ino


def test_a_file_that_is_renamed_over_another_changes_the_look(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg", "other.jpg")
    for name in ("Lids/1.jpg", "other.jpg"):
        os.utime(inbox / name, ns=(1, 1))
    before = batches(scan_inbox(inbox))["Lids"]
    assert batches(scan_inbox(inbox))["Lids"].look == before.look
    (inbox / "other.jpg").replace(inbox / "Lids/1.jpg")
    after = batches(scan_inbox(inbox))["Lids"]
    assert after.look != before.look
    assert after.fingerprint == before.fingerprint


def test_clutter_is_ignored_and_transfers_are_told(inbox: Path) -> None:
    put(
        inbox,
        "Lids/1.jpg",
        "Lids/Thumbs.db",
        "Lids/._1.jpg",
        "Lids/@eaDir/1.jpg/SYNOPHOTO_THUMB.jpg",
        "Lids/2.jpg.part",
        "Lids/.3.jpg.Ab3dEf",
        "Lids/.rsync-partial/4.jpg",
        "#recycle/old.jpg",
        ".dropbox.cache/x.jpg",
        "desktop.ini",
        "loose.jpg.crdownload",
    )
    (inbox / WATCH_MARKER).write_text("{}")
    found = batches(scan_inbox(inbox))
    assert set(found) == {LOOSE, "Lids"}
    assert paths(found["Lids"]) == ["Lids/1.jpg"]
    assert found["Lids"].under_way == (
        "Lids/.3.jpg.Ab3dEf",
        "Lids/.rsync-partial/4.jpg",
        "Lids/2.jpg.part",
    )
    assert (found[LOOSE].files, found[LOOSE].under_way) == ((), ("loose.jpg.crdownload",))


@pytest.mark.parametrize("marker", [".photoprep", WATCH_MARKER])
def test_what_photoprep_made_is_passed_over(inbox: Path, marker: str) -> None:
    put(inbox, "made/photo.jpg", f"made/{marker}/state.db", "Lids/1.jpg", "Lids/made/photo.jpg")
    (inbox / "Lids/made" / marker).mkdir()
    found = batches(scan_inbox(inbox))
    assert {name: paths(batch) for name, batch in found.items()} == {"Lids": ["Lids/1.jpg"]}


@posix_only
def test_links_are_not_followed_out_of_the_folder(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    put(secret, "1.jpg")
    put(inbox, "Lids/1.jpg", "Boxes/2.jpg")
    (inbox / "Lids/out.jpg").symlink_to(secret / "1.jpg")
    (inbox / "Lids/out").symlink_to(secret)
    (inbox / "Lids/in.jpg").symlink_to("../Boxes/2.jpg")
    (inbox / "Lids/broken.jpg").symlink_to("not there")
    (inbox / "Lids/not yet out.jpg").symlink_to(secret / "not there")
    (inbox / "all").symlink_to(secret)
    (inbox / "self").symlink_to(".")
    (inbox / "loop").symlink_to("loop")
    (inbox / "Lids/up").symlink_to("..")
    (inbox / "loose out.jpg").symlink_to(secret / "1.jpg")
    found = batches(scan_inbox(inbox))
    assert set(found) == {"Lids", "Boxes"}
    assert paths(found["Lids"]) == ["Lids/1.jpg", "Lids/in.jpg"]
    assert found["Lids"].leading_out == ("Lids/not yet out.jpg", "Lids/out.jpg")


@posix_only
def test_a_folder_beside_with_the_same_beginning_is_outside(inbox: Path) -> None:
    put(inbox.with_name("inbox-2"), "1.jpg")
    put(inbox, "Lids/1.jpg")
    (inbox / "Lids/out.jpg").symlink_to(inbox.with_name("inbox-2") / "1.jpg")
    assert batches(scan_inbox(inbox))["Lids"].leading_out == ("Lids/out.jpg",)


@posix_only
def test_a_watched_folder_may_be_a_link_itself(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg")
    (inbox / "Lids/in.jpg").symlink_to("1.jpg")
    link = inbox.with_name("link")
    link.symlink_to(inbox)
    assert scan_inbox(link).batches == scan_inbox(inbox).batches
    assert scan_inbox(link).files == 2


@posix_only
@pytest.mark.skipif(sys.platform == "darwin", reason="its disks take no such names")
def test_names_that_are_no_text_are_found_and_hashed(inbox: Path) -> None:
    folder = inbox / os.fsdecode(b"\xb2\xfa\xc6\xb7")  # GBK
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\n.jpg")).write_bytes(b"x")
    (batch,) = scan_inbox(inbox).batches
    assert os.fsencode(paths(batch)[0]) == b"\xb2\xfa\xc6\xb7/\xff\n.jpg"
    assert len(batch.fingerprint) == len(batch.look) == 64


@posix_only
def test_what_is_neither_file_nor_folder_is_let_be(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg")
    os.mkfifo(inbox / "Lids/pipe.jpg")
    assert paths(batches(scan_inbox(inbox))["Lids"]) == ["Lids/1.jpg"]


def test_deep_folders_end_nothing(inbox: Path) -> None:
    depth = sys.getrecursionlimit() + 100 if sys.platform == "linux" else 100
    folders = [inbox / "/".join(["d"] * level) for level in range(1, depth + 1)]
    for folder in folders:
        folder.mkdir()
    (folders[-1] / "1.jpg").write_bytes(b"x")
    try:
        scan = scan_inbox(inbox)
    finally:
        (folders[-1] / "1.jpg").unlink()
        for folder in reversed(folders):  # shutil.rmtree would end at so many
            folder.rmdir()
    assert (scan.files, len(scan.folders)) == (1, depth)


@posix_only
def test_a_folder_that_refuses_is_told_and_the_others_are_found(
    inbox: Path, without_root: WithoutRoot
) -> None:
    put(inbox, "Lids/closed/1.jpg", "Lids/2.jpg", "Boxes/1.jpg")
    (inbox / "Lids/closed").chmod(0)
    try:
        with without_root():
            scan = scan_inbox(inbox)
    finally:
        (inbox / "Lids/closed").chmod(0o700)
    found = batches(scan)
    assert paths(found["Lids"]) == ["Lids/2.jpg"]
    assert found["Lids"].unreadable == "Lids/closed cannot be looked at (Permission denied)."
    assert not found["Boxes"].unreadable
    assert scan.unreadable == (found["Lids"].unreadable,)


@posix_only
def test_a_batch_that_refuses_is_one_that_waits(inbox: Path, without_root: WithoutRoot) -> None:
    put(inbox, "Lids/1.jpg")
    (inbox / "Lids").chmod(0)
    try:
        with without_root():
            (batch,) = scan_inbox(inbox).batches
    finally:
        (inbox / "Lids").chmod(0o700)
    assert (batch.name, batch.files) == ("Lids", ())
    assert batch.unreadable


@posix_only
def test_a_folder_whose_files_may_not_be_looked_at_is_told(
    inbox: Path, without_root: WithoutRoot
) -> None:
    put(inbox, "Lids/1.jpg")
    (inbox / "Lids").chmod(0o744)  # listed, but not entered
    try:
        with without_root():
            (batch,) = scan_inbox(inbox).batches
    finally:
        (inbox / "Lids").chmod(0o700)
    assert batch.unreadable == "Lids/1.jpg cannot be looked at (Permission denied)."


def test_a_folder_that_is_not_there_is_gone(inbox: Path) -> None:
    inbox.rmdir()
    with pytest.raises(WatchedFolderGoneError, match="not there") as caught:
        scan_inbox(inbox)
    assert caught.value.exit_code == ExitCode.TRY_LATER
    inbox.write_text("a file")
    with pytest.raises(WatchedFolderGoneError, match="file stands in its place"):
        scan_inbox(inbox)


@posix_only
def test_a_watched_folder_that_refuses_is_gone_and_not_empty(
    inbox: Path, without_root: WithoutRoot
) -> None:
    put(inbox, "Lids/1.jpg")
    inbox.chmod(0)
    try:
        with without_root(), pytest.raises(WatchedFolderGoneError, match="Permission denied"):
            scan_inbox(inbox)
    finally:
        inbox.chmod(0o700)


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_an_unmounted_share_is_gone_though_its_folder_is_there(inbox: Path) -> None:
    with small_disk(inbox, 64):
        home = mount_of(inbox)
        put(inbox, "Lids/1.jpg")
        assert scan_inbox(inbox, home).files == 1
    assert scan_inbox(inbox).batches == ()  # without its home nobody could tell
    with pytest.raises(WatchedFolderGoneError, match="is away"):
        scan_inbox(inbox, home)
    with small_disk(inbox, 64):  # another device number: it is back all the same
        assert scan_inbox(inbox, home).files == 0


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_a_share_whose_subfolder_is_watched_is_gone_with_it(inbox: Path) -> None:
    with small_disk(inbox, 64):
        (inbox / "drop").mkdir()
        home = mount_of(inbox / "drop")
    (inbox / "drop").mkdir()
    with pytest.raises(WatchedFolderGoneError, match="is away"):
        scan_inbox(inbox / "drop", home)


class Interrupted:
    """``os.scandir``, with something that happens before the nth folder is listed."""

    def __init__(self, nth: int, happens: Callable[[], object]) -> None:
        self._left = nth
        self._happens = happens
        self._real = os.scandir

    def __call__(self, path: str) -> Interrupted:
        self._left -= 1
        if self._left == 0:
            self._happens()
        self._entries = self._real(path)
        return self

    def __enter__(self) -> object:
        return self._entries.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._entries.close()


def test_a_batch_that_vanishes_between_two_looks_is_not_found(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "Boxes/1.jpg", "Lids/1.jpg", "Lids/sub/2.jpg")

    def move_out() -> None:
        for name in ("Boxes", "Lids"):
            (inbox / name).rename(inbox.parent / name)

    monkeypatch.setattr(os, "scandir", Interrupted(2, move_out))
    assert scan_inbox(inbox).batches == ()


def test_a_watched_folder_that_is_replaced_meanwhile_is_not_taken_for_emptied(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "Boxes/1.jpg", "Lids/1.jpg")

    def replace_it() -> None:
        inbox.rename(inbox.with_name("away"))
        inbox.mkdir()

    monkeypatch.setattr(os, "scandir", Interrupted(2, replace_it))
    with pytest.raises(WatchedFolderGoneError, match="replaced"):
        scan_inbox(inbox)


def test_looks_are_counted_as_they_are_made(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox, "Lids/1.jpg", "Lids/2.jpg", "Lids/sub/3.jpg", "Boxes/1.jpg", "Boxes/Thumbs.db")
    scan = scan_inbox(inbox)
    assert scan.folders == ("Boxes", "Lids", "Lids/sub")
    # Folders listed, and looked at but for the watched one; files; the watched folder twice.
    assert scan.looks == 4 + 3 + 4 + 2
    assert scan_inbox(inbox, before=scan).looks == 1 + 3 + 2


def test_a_quick_look_finds_what_came_and_went(inbox: Path) -> None:
    put(inbox, "Lids/sub/1.jpg", "Boxes/1.jpg", "Tins/1.jpg", "Bags/1.jpg", "loose.jpg")
    for folder in inbox.glob("**/"):
        os.utime(folder, (1, 1))
    first = scan_inbox(inbox)
    put(inbox, "Lids/sub/2.jpg", "New/1.jpg", "loose 2.jpg")
    (inbox / "Boxes/1.jpg").rename(inbox / "Boxes/2.jpg")
    (inbox / "Bags/1.jpg").unlink()
    (inbox / "Bags").rmdir()
    quick = scan_inbox(inbox, before=first)
    assert quick.batches == scan_inbox(inbox).batches
    assert quick.folders == scan_inbox(inbox).folders
    assert batches(quick)["Tins"] is batches(first)["Tins"]


def test_a_quick_look_sees_into_the_batches_it_is_told_of(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg", "Boxes/1.jpg")
    first = scan_inbox(inbox)
    for name in ("Lids", "Boxes"):
        (inbox / name / "1.jpg").write_bytes(b"more")  # under its name: no folder's time changes
    quick = batches(scan_inbox(inbox, before=first, anew={"Lids"}))
    assert quick["Lids"].files[0].size_bytes == 4
    assert quick["Boxes"].files[0].size_bytes == 1
    assert batches(scan_inbox(inbox))["Boxes"].files[0].size_bytes == 4


def test_a_quick_look_takes_no_folder_for_another_that_took_its_place(inbox: Path) -> None:
    put(inbox, "Lids/1.jpg", "other/2.jpg")
    for name in ("Lids", "other"):
        os.utime(inbox / name, (1, 1))
    first = scan_inbox(inbox)
    (inbox / "Lids").rename(inbox / "away")
    (inbox / "other").rename(inbox / "Lids")
    quick = batches(scan_inbox(inbox, before=first))
    assert paths(quick["Lids"]) == ["Lids/2.jpg"]
    assert paths(quick["away"]) == ["away/1.jpg"]


def test_folders_that_come_and_go_during_looks_end_nothing(inbox: Path) -> None:
    """A writer of its own thread makes, renames and removes as fast as it can."""
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            folder = inbox / f"batch {number % 5}"
            (folder / "sub").mkdir(parents=True, exist_ok=True)
            for name in ("sub/1.jpg", "2.jpg"):
                (folder / name).write_bytes(b"x" * (number % 100))
            renamed = folder.rename(inbox / f"renamed {number}")
            for path in (renamed / "sub/1.jpg", renamed / "2.jpg"):
                path.unlink()
            (renamed / "sub").rmdir()
            renamed.rmdir()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        scans = [scan_inbox(inbox) for _ in range(300)]
    finally:
        is_over.set()
        writer.join()
    assert not [scan.unreadable for scan in scans if scan.unreadable]
    assert any(scan.batches for scan in scans)
    assert scan_inbox(inbox).batches == ()
