"""A source that changes, vanishes or is taken away while it is read costs itself alone, once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from photoprep.errors import ExitCode
from tests.archives import zipped
from tests.faults.support import make_sources, one_sentence, run, start, wait_until
from tests.support import outputs, prepared_here, small_photo

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir() or not hasattr(signal, "SIGSTOP"),
    reason="needs /proc and SIGSTOP to meet a worker while it reads",
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small pictures, and a large one that takes a worker long enough to be met at it."""
    folder = make_sources(tmp_path_factory.mktemp("drawn") / "Boxes", 3, (240, 160))
    noise = Image.effect_noise((6000, 4000), 90)
    noise.save(folder / "Box X0" / "large.tif")
    return folder


@pytest.fixture(scope="module")
def undisturbed(drawn: Path) -> dict[str, str]:
    """What comes of them where nothing happens."""
    out = drawn.with_name("undisturbed")
    assert prepared_here(drawn, out).exit_code == ExitCode.DONE
    return outputs(out)


@pytest.fixture
def source(drawn: Path, tmp_path: Path) -> Path:
    """A copy that is a moment old, as if drawn for the test."""
    return shutil.copytree(drawn, tmp_path / "Boxes", copy_function=shutil.copyfile)


def _changes(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(bytes(5000))


def _changes_and_has_its_time_set_back(path: Path) -> None:
    # As synchronising programs do; only what it holds tells.
    times = path.stat()
    _changes(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _is_replaced_by_its_like(path: Path) -> None:
    times, content = path.stat(), path.read_bytes()
    new = path.with_name("new.tif")
    new.write_bytes(content[:1000] + bytes(5000) + content[6000:])
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    new.replace(path)


def _becomes_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _is_cut_short(path: Path) -> None:
    # As a copy begun anew: what is read next is half a file, which must not pass for a damaged one.
    os.truncate(path, 1_000_000)


def _is_emptied(path: Path) -> None:
    os.truncate(path, 0)


def _is_replaced(path: Path) -> None:
    small_photo(path.with_name("new.tif"), 7).replace(path)


def _vanishes(path: Path) -> None:
    path.unlink()


def _becomes_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_changes, "changed while"),
        (_changes_and_has_its_time_set_back, "changed while"),
        (_is_replaced_by_its_like, "changed while"),
        (_becomes_a_fifo, "changed while"),
        (_is_cut_short, "changed while"),
        (_is_emptied, "changed while"),
        (_is_replaced, "changed while"),
        (_vanishes, "vanished"),
        (_becomes_a_folder, "changed while"),
    ],
)
def test_a_source_that_is_lost_while_it_is_read(
    source: Path,
    undisturbed: dict[str, str],
    tmp_path: Path,
    happens: Callable[[Path], None],
    said: str,
) -> None:
    large = source / "Box X0" / "large.tif"
    original, times = large.read_bytes(), large.stat()
    out = tmp_path / "out"
    with start(source, out) as process:
        reader = wait_until(lambda: _workers_reading(large, process.pid), process)[0]
        os.kill(reader, signal.SIGSTOP)
        happens(large)
        os.kill(reader, signal.SIGCONT)
        told = process.communicate(timeout=60)
    assert process.returncode == ExitCode.SOME_FAILED, told
    assert "Traceback" not in "".join(told)
    rows = {row["source"]: row for row in json.loads((out / "report.json").read_bytes())["photos"]}
    assert [name for name, row in rows.items() if row["status"] == "failed"] == ["Box X0/large.tif"]
    assert said in rows["Box X0/large.tif"]["error"]
    assert "run again" in rows["Box X0/large.tif"]["error"]
    assert len(list(out.glob("photos/*.jpg"))) == 3
    assert "Box X0/large.tif" not in _remembered(out)

    if large.is_dir():
        large.rmdir()
    elif large.is_fifo():
        large.unlink()
    large.write_bytes(original)
    # Not even when it looks as it did before: nothing was learnt of it.
    os.utime(large, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert prepared_here(source, out).exit_code == ExitCode.DONE
    assert outputs(out) == undisturbed


def test_an_archive_that_changes_while_it_is_read(
    source: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    packed, out = zipped(tmp_path / "Boxes.zip", source), tmp_path / "out"
    whole = packed.read_bytes()
    with start(packed, out) as process:
        reader = wait_until(lambda: _workers_reading(packed, process.pid), process)[0]
        os.kill(reader, signal.SIGSTOP)
        os.truncate(packed, len(whole) // 2)
        os.kill(reader, signal.SIGCONT)
        told = process.communicate(timeout=60)
    assert process.returncode in {ExitCode.SOME_FAILED, ExitCode.NOTHING_PREPARED}, told
    assert "Traceback" not in "".join(told)
    assert "The archive changed while it was being read." in told[0]
    assert "damaged" not in told[0]
    assert list((out / ".photoprep/unfinished").iterdir()) == []
    packed.write_bytes(whole)
    assert prepared_here(packed, out).exit_code == ExitCode.DONE
    assert outputs(out) == undisturbed


def _workers_reading(path: Path, parent: int) -> list[int]:
    """The processes that have the file open right now, but for the parent's first look at it."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == parent:
            continue
        # It or one of its handles may be gone by now, also between two steps of listing them.
        with suppress(OSError):
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    if handle.readlink() == path:
                        found.append(int(process.name))
    return found


def _remembered(out: Path) -> set[str]:
    database = sqlite3.connect(out / ".photoprep/state.db")
    try:
        return {row[0] for row in database.execute("SELECT source FROM sources")}
    finally:
        database.close()


def test_a_source_that_is_written_all_the_time(source: Path, tmp_path: Path) -> None:
    growing = source / "growing.png"
    growing.write_bytes((source / "Box X0/IMG_0.png").read_bytes())
    writer = f"while :; do printf x >> '{growing}'; sleep 0.001; done"
    with subprocess.Popen(["sh", "-c", writer]) as process:
        try:
            done = run(source, tmp_path / "out")
        finally:
            process.kill()
    assert done.returncode == ExitCode.SOME_FAILED, done.stderr
    assert "growing.png: The file changed while it was being read." in done.stdout
    assert len(list((tmp_path / "out/photos").iterdir())) == 4
    growing.unlink()
    assert prepared_here(source, tmp_path / "out").exit_code == ExitCode.DONE


def test_a_lone_source_that_vanishes_is_told_in_one_sentence(tmp_path: Path) -> None:
    gone = run(tmp_path / "Boxes", tmp_path / "out")
    assert gone.returncode == ExitCode.WRONG_USAGE
    assert "Boxes" in one_sentence(gone.stderr)
