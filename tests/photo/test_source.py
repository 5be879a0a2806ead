"""What was decoded is what was hashed; real files are changed between the two."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

import pytest

from photoprep.catalogue.scan import scan
from photoprep.errors import SourceChangedError, SourceUnreadableError
from photoprep.files import FileStamp, open_source, sha256_hex, sha256_of_file, unreadable
from photoprep.photo.source import COPY_PREFIX, held
from photoprep.photo.task import PhotoTask
from photoprep.preset_file import load_preset
from tests.archives import Entry, archive

SPEC = load_preset().photo

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def task_of(path: Path, *, age_s: float = 3600) -> PhotoTask:
    path.write_bytes(b"before")
    then_ns = time.time_ns() - int(age_s * 1e9)
    os.utime(path, ns=(then_ns, then_ns))
    return PhotoTask(path, FileStamp.of(path), SPEC)


def write_unseen(path: Path, content: bytes) -> None:
    """Write what has the same size, and set its time back."""
    times = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("age_s", [0.5, 3600])
def test_a_change_that_looks_like_none_is_noticed(tmp_path: Path, age_s: float) -> None:
    task = task_of(tmp_path / "a.jpg", age_s=age_s)
    with held(task) as source:
        assert source.sha256 == sha256_hex(b"before")
        write_unseen(task.path, b"after!")
        with pytest.raises(SourceChangedError):
            source.check()


def test_a_young_file_is_hashed_again_whatever_else_it_looks_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a disk that keeps nothing but a coarse modification time.
    monkeypatch.setattr("photoprep.photo.source._identity", lambda _status: (0, 0, 0))
    young, old = task_of(tmp_path / "a.jpg", age_s=0.5), task_of(tmp_path / "b.jpg")
    with held(young) as source:
        write_unseen(young.path, b"after!")
        with pytest.raises(SourceChangedError):
            source.check()
    with held(old) as source:
        write_unseen(old.path, b"after!")
        source.check()  # it is not read again: that is what the others cost


@posix_only
def test_what_leaves_the_content_is_no_change(tmp_path: Path) -> None:
    task = task_of(tmp_path / "a.jpg")
    with held(task) as source:
        task.path.chmod(0o600)
        os.link(task.path, tmp_path / "b.jpg")
        source.check()


@posix_only
def test_a_fifo_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    for read in (open_source, sha256_of_file):
        with pytest.raises(SourceUnreadableError, match="no regular file"):
            read(tmp_path / "a.jpg")


def test_a_stale_handle_of_a_network_share_is_told_as_one(tmp_path: Path) -> None:
    error = unreadable(tmp_path / "a.jpg", OSError(errno.ESTALE, os.strerror(errno.ESTALE)))
    assert "network share" in error.message
    assert "run again" in error.hint


def test_a_member_is_decoded_from_a_copy_that_goes_away(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", Entry(b"a.jpg", b"content"))
    (row,) = scan([packed]).files
    assert row.stamp
    place = tmp_path / "place"
    place.mkdir()
    task = PhotoTask(packed, row.stamp, SPEC, row.member, place)
    with held(task) as source:
        assert source.path.parent == place
        assert source.path.name.startswith(COPY_PREFIX)
        assert source.path.suffix == ".jpg"
        assert source.path.read_bytes() == b"content"
        assert source.sha256 == sha256_hex(b"content")
    assert list(place.iterdir()) == []
    place.rmdir()
    with pytest.raises(SourceUnreadableError, match="no place to unpack"), held(task):
        pass
