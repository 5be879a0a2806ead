from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest

from photoprep.errors import ExitCode, UsageError
from photoprep.watch.found import WATCH_MARKER
from photoprep.watch.loops import refuse_loops
from tests.faults.support import mount, mounts_refused

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX links")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def refused(inbox: Path, out: Path, archive: Path | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        refuse_loops(inbox, out, archive)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert caught.value.hint
    return caught.value.message


def test_folders_side_by_side_are_fine(inbox: Path) -> None:
    refuse_loops(inbox, inbox.with_name("inbox-prepared"))
    refuse_loops(inbox, inbox.with_name("inbox-prepared"), inbox.with_name("inbox-done"))
    refuse_loops(inbox, inbox.parent / "out/deep/not/there")


def test_an_output_inside_the_watched_folder_is_refused(inbox: Path) -> None:
    assert "inside the watched folder" in refused(inbox, inbox / "out")
    (inbox / "a/out").mkdir(parents=True)
    assert "inside the watched folder" in refused(inbox, inbox / "a/out")
    assert "inside the watched folder" in refused(inbox, inbox / "not/there")


def test_the_same_folder_is_refused(inbox: Path) -> None:
    assert "itself" in refused(inbox, inbox)
    assert "itself" in refused(inbox, inbox / "../inbox/.")


def test_a_watched_folder_inside_the_output_is_refused(inbox: Path) -> None:
    assert "inside the output" in refused(inbox, inbox.parent)


@posix_only
def test_links_deceive_nobody(inbox: Path) -> None:
    (inbox / "real").mkdir()
    beside = inbox.parent / "beside"
    beside.symlink_to(inbox / "real")
    assert "inside the watched folder" in refused(inbox, beside)
    assert "inside the watched folder" in refused(inbox, beside / "not there")
    dangling = inbox.parent / "dangling"
    dangling.symlink_to(inbox / "to come")
    assert "inside the watched folder" in refused(inbox, dangling)
    same = inbox.parent / "same"
    same.symlink_to(inbox)
    assert "itself" in refused(same, inbox)
    assert "itself" in refused(inbox, same)


@posix_only
def test_a_link_within_that_leads_to_the_output_is_no_loop(inbox: Path) -> None:
    """A scan does not follow it."""
    out = inbox.parent / "out"
    out.mkdir()
    (inbox / "results").symlink_to(out)
    refuse_loops(inbox, out)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Inbox", "iNBOX"),
        (unicodedata.normalize("NFC", "Köln"), unicodedata.normalize("NFD", "Köln")),
    ],
    ids=["case", "Unicode form"],
)
def test_another_spelling_is_the_same_place_where_the_disk_says_so(
    tmp_path: Path, name: str, spelling: str
) -> None:
    """Decided by the disk itself: on one that tells them apart they are two folders."""
    inbox = tmp_path / name
    inbox.mkdir()
    out = tmp_path / spelling / "out"
    if (tmp_path / spelling).exists():
        assert "inside the watched folder" in refused(inbox, out)
    else:
        refuse_loops(inbox, out)


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_a_second_name_for_the_same_place_deceives_nobody(inbox: Path) -> None:
    """A bind mount is, to whoever looks, what a disk that ignores case makes of a spelling."""
    import subprocess

    again = inbox.parent / "again"
    again.mkdir()
    mount("--bind", str(inbox), str(again))
    try:
        assert "inside the watched folder" in refused(inbox, again / "out/deep")
        assert "itself" in refused(inbox, again)
        assert "inside the output" in refused(again, inbox.parent)
    finally:
        subprocess.run(["umount", str(again)], check=True)


@pytest.mark.parametrize("marker", [".photoprep", WATCH_MARKER])
def test_an_output_is_not_watched(inbox: Path, marker: str) -> None:
    (inbox / marker).mkdir()
    assert "made by photoprep" in refused(inbox, inbox.with_name("out"))


def test_our_own_lock_makes_no_output_of_the_watched_folder(inbox: Path) -> None:
    (inbox / WATCH_MARKER).write_text("{}")
    refuse_loops(inbox, inbox.with_name("out"))


def test_an_archive_inside_or_around_is_refused(inbox: Path) -> None:
    out = inbox.with_name("out")
    assert "archive lies inside" in refused(inbox, out, inbox / "done")
    assert "inside the archive" in refused(inbox, out, inbox.parent)
