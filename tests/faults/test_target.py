"""An output folder on a disk that may not be written, is another one, or goes away."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from photoprep.errors import ExitCode
from tests.faults.support import (
    broken_files,
    make_sources,
    mount,
    mounts_refused,
    one_sentence,
    run,
    small_disk,
    start,
    wait_until,
)
from tests.support import contents, outputs, prepared_here

needs_mounts = pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
needs_stops = pytest.mark.skipif(
    not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP to make the moment sure"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_sources(tmp_path / "Boxes", size=(240, 160))


@needs_mounts
@pytest.mark.parametrize("made_before", [False, True])
def test_a_read_only_disk(source: Path, tmp_path: Path, made_before: bool) -> None:
    with small_disk(tmp_path / "disk", 8000) as disk:
        out = disk / "out"
        if made_before:
            assert prepared_here(source, out).exit_code == ExitCode.DONE
        before = contents(disk)
        mount("-o", "remount,ro", str(disk))
        stopped = run(source, out)
        assert stopped.returncode == ExitCode.CANNOT_WRITE
        said = one_sentence(stopped.stderr)
        assert "read" in said
        assert "--out" in said
        assert contents(disk) == before
        mount("-o", "remount,rw", str(disk))
        assert prepared_here(source, out).exit_code == ExitCode.DONE


def _removed(out: Path) -> None:
    # Until it is gone: a worker's result may come in between.
    while out.exists():
        shutil.rmtree(out, ignore_errors=True)


def _unplugged(out: Path) -> None:
    subprocess.run(["umount", "-l", str(out)], check=True)


@needs_mounts
@needs_stops
@pytest.mark.parametrize("vanishes", [_removed, _unplugged])
def test_a_target_that_vanishes_in_the_middle(
    tmp_path: Path, vanishes: Callable[[Path], None]
) -> None:
    source = make_sources(tmp_path / "Boxes")  # large enough that most are yet to be made then
    prepared_here(source, tmp_path / "undisturbed")
    with small_disk(tmp_path / "disk", 8000) as disk:
        out = disk if vanishes is _unplugged else disk / "out"
        with start(source, out) as process:
            wait_until(lambda: list(out.glob("photos/*.jpg")), process)
            process.send_signal(signal.SIGSTOP)
            vanishes(out)
            process.send_signal(signal.SIGCONT)
            told = process.communicate(timeout=60)[1]
        assert process.returncode == ExitCode.CANNOT_WRITE, told
        said = one_sentence(told)
        assert str(out) in said
        assert "--out" in said
        # What is left on the mount point itself, if anything: no half-written run.
        assert not out.exists() or contents(out) == {}
        assert prepared_here(source, out).exit_code == ExitCode.DONE
        assert outputs(out) == outputs(tmp_path / "undisturbed")


@needs_mounts
def test_a_target_on_another_disk_than_the_source_and_the_temporary_folder(
    source: Path, tmp_path: Path
) -> None:
    prepared_here(source, tmp_path / "undisturbed")
    with small_disk(tmp_path / "disk", 8000) as disk, small_disk(tmp_path / "tmp", 8000) as other:
        devices = {path.stat().st_dev for path in (source, disk, other)}
        assert len(devices) == 3
        done = run(source, disk / "out", TMPDIR=str(other))
        assert done.returncode == ExitCode.DONE, done.stderr
        assert outputs(disk / "out") == outputs(tmp_path / "undisturbed")


@needs_mounts
@pytest.mark.parametrize("folder", ["photos", "mails"])
def test_a_folder_that_is_a_link_to_another_disk(source: Path, tmp_path: Path, folder: str) -> None:
    out = tmp_path / "out"
    with small_disk(tmp_path / "disk", 8000) as disk:
        out.mkdir()
        (out / folder).symlink_to(disk)
        stopped = run(source, out)
        assert stopped.returncode == ExitCode.CANNOT_WRITE
        said = one_sentence(stopped.stderr)
        assert "another disk" in said
        assert f"/out/{folder}/" in said
        assert list(disk.iterdir()) == []
        (out / folder).unlink()
        assert prepared_here(source, out).exit_code == ExitCode.DONE
        assert broken_files(out) == []


def test_a_folder_that_is_a_link_on_the_same_disk_is_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/photos").symlink_to(tmp_path / "elsewhere")
    assert run(source, tmp_path / "out").returncode == ExitCode.DONE
    assert len(list((tmp_path / "elsewhere").glob("*.jpg"))) == 6


@pytest.mark.parametrize("folder", ["photos", "mails", ".photoprep", ".photoprep/unfinished"])
def test_a_file_in_the_place_of_a_folder(source: Path, tmp_path: Path, folder: str) -> None:
    place = tmp_path / "out" / folder
    place.parent.mkdir(parents=True)
    place.write_bytes(b"theirs")
    stopped = run(source, tmp_path / "out")
    assert stopped.returncode == ExitCode.CANNOT_WRITE
    said = one_sentence(stopped.stderr)
    assert str(tmp_path / "out") in said
    assert "file" in said.casefold()
    assert place.read_bytes() == b"theirs"
    place.unlink()
    assert prepared_here(source, tmp_path / "out").exit_code == ExitCode.DONE


def test_a_folder_in_the_place_of_a_file(source: Path, tmp_path: Path) -> None:
    prepared_here(source, tmp_path / "undisturbed")
    out = tmp_path / "out"
    taken = [*outputs(tmp_path / "undisturbed"), "report.html", "report.json"]
    for name in taken:
        (out / name).mkdir(parents=True)
    assert run(source, out).returncode == ExitCode.DONE
    assert all((out / name).is_dir() for name in taken)
    moved_on = {f"{name.rpartition('.')[0]}-2.{name.rpartition('.')[2]}" for name in taken}
    assert set(contents(out)) == moved_on


def test_links_to_nothing_are_a_persons_too(source: Path, tmp_path: Path) -> None:
    prepared_here(source, tmp_path / "undisturbed")
    name = next(iter(outputs(tmp_path / "undisturbed")))
    link = tmp_path / "out" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "unplugged disk")
    assert run(source, tmp_path / "out").returncode == ExitCode.DONE
    assert link.is_symlink()
