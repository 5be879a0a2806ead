"""A store's list that is long in coming is told of, page by page, and nobody has to wait for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from photoprep import check, make_composite, name_pictures, prepare, remote_listing
from photoprep.errors import ExitCode
from photoprep.language import Language
from photoprep.proof.progress import RunProgress
from photoprep.remote_listing import objects_below
from tests.remote.conftest import speak_to
from tests.remote.stores import BUCKET, RealStore, real_store
from tests.support import Inline, small_photo

COUNT = 80
MANY = f"s3://{BUCKET}/many"


@pytest.fixture(scope="module")
def slow_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStore]:
    """A server that tells of one file at a time."""
    with real_store(tmp_path_factory.mktemp("store"), files_a_page=1) as running:
        for number in range(COUNT):
            running.put(f"many/{number:03}.txt", b"")
        yield running


@pytest.fixture
def many(slow_store: RealStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealStore:
    speak_to(slow_store, monkeypatch)
    monkeypatch.setenv("PHOTOPREP_DATA_DIR", str(tmp_path / "data"))
    return slow_store


def test_how_many_are_found_is_heard_while_they_come(
    many: RealStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_listing, "_HEARD_EVERY_S", 0.001)
    heard: list[int] = []
    assert len(objects_below(MANY, heard.append)) == COUNT
    assert heard == sorted(heard)
    assert heard[0] == 0
    assert len({*heard}) > 3
    assert heard[-1] == COUNT


def test_an_error_of_whoever_listens_stays_what_it_is(many: RealStore) -> None:
    def lose_patience(found: int) -> None:
        if found:
            raise RuntimeError("seen enough")

    with pytest.raises(RuntimeError, match="seen enough"):
        objects_below(MANY, lose_patience)
    assert len(objects_below(f"{MANY}/000.txt")) == 1


def test_every_door_tells_of_the_list(many: RealStore, tmp_path: Path) -> None:
    many.put("few/Lamp L2.png", small_photo(tmp_path / "a/Lamp L2.png").read_bytes())
    address, out = f"s3://{BUCKET}/few", f"s3://{BUCKET}/few-prepared"
    expected = [(0, 0), (1, 0), (0, 1), (1, 1)]
    looked: list[tuple[int, int]] = []

    def look(done: int, total: int) -> None:
        looked.append((done, total))

    def look_no_further(done: int, total: int) -> None:
        look(done, total)
        if looked[-len(expected) :] == expected:
            raise RuntimeError("seen enough")

    for door in (
        lambda: check(address, jobs=1, on_look=look_no_further),
        lambda: name_pictures(address, jobs=1, on_look=look_no_further),
        lambda: make_composite(address, tmp_path / "a.jpg", jobs=1, on_look=look_no_further),
    ):
        with pytest.raises(RuntimeError, match="seen enough"):
            door()
    assert looked == 3 * expected
    looked.clear()
    report = prepare(address, out=out, executor=Inline(), sheets=[], mails=False, on_look=look)
    assert report.published
    files = report.published.put + 1  # with the record of them
    # The originals, then what lies at the output before the work, before and after it is put there.
    assert looked[:2] + looked[4:6] == expected
    assert [told for told in looked[2:4] + looked[6:] if told[0] in (0, 1, files)] == [
        (0, 0),
        (0, 0),
        (0, 0),
        (1, 0),
        (0, 0),
        (files, 0),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal and POSIX signals")
@pytest.mark.parametrize("is_output", [False, True])
def test_a_terminal_shows_it_and_ctrl_c_ends_it_though_the_store_hangs(
    many: RealStore, tmp_path: Path, *, is_output: bool
) -> None:
    small_photo(tmp_path / "photos/Lamp L2.png")
    arguments = [str(tmp_path / "photos"), "--out", MANY] if is_output else [MANY]
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "photoprep", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(theirs)
    try:
        said = told_until(ours, r"Reading the store's list .*[1-9]\d* files? found")
        many.process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        said = told_until(ours, r"Interrupted\. What is finished stays; run again to go on\.")
        assert process.wait(timeout=60) == ExitCode.INTERRUPTED
    finally:
        many.process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        os.close(ours)
    assert "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


def test_one_step_is_shown_at_a_time_and_a_list_has_no_time_left() -> None:
    console = Console(file=StringIO(), force_terminal=True, width=100)
    language: Language = "en"
    told: list[str] = []
    with RunProgress(lambda: console, lambda: language) as progress:
        for done, total in ((0, 0), (12_000, 0), (500, 12_000), (1, 0)):
            progress.looks(done, total)
            (line,) = drawn(progress)
            assert ("time left" in line) == bool(total)
            told.append(line.split("━ ")[-1].strip())
    assert told == [
        "0 files found",
        "12,000 files found",
        "500/12000 · time left: -:--:--",
        "1 file found",
    ]


def drawn(progress: RunProgress) -> list[str]:
    """The lines that stand on the terminal now."""
    page = Console(file=StringIO(), width=100, color_system=None)
    assert progress._bar
    with page.capture() as captured:
        page.print(progress._bar.get_renderable())
    return [line for line in captured.get().splitlines() if line.strip()]


def told_until(terminal: int, pattern: str) -> str:
    """What is written to a terminal, until it has a match."""
    told = ""
    while not re.search(pattern, told):
        told += os.read(terminal, 4096).decode(errors="replace")
    return told
