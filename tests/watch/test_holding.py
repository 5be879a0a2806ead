"""One daemon at a time, with real processes; other machines as their records would stand there."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from photoprep.errors import CannotWriteError, ExitCode, WatchedAlreadyError
from photoprep.watch.holder import record_of, this_process
from photoprep.watch.holding import INBOX_MARK, OUT_MARK, hold, is_held
from photoprep.watched import FOLDER

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    return inbox, out


@contextmanager
def another(inbox: Path, out: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds them, and the number of the one that it has started."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.watch.holding_process", str(inbox), str(out), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    child = 0
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("held"), said
        child = int(said.split()[1])
        yield process, child
    finally:
        process.kill()
        process.communicate()
        if child:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)


def refusal(inbox: Path, out: Path) -> WatchedAlreadyError:
    with pytest.raises(WatchedAlreadyError) as refused, hold(inbox, out):
        pass
    assert refused.value.exit_code == ExitCode.TRY_LATER
    return refused.value


def test_a_second_one_is_refused_by_name_of_the_first(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with another(inbox, out) as (first, _):
        said = refusal(inbox, out.with_name("elsewhere")).message
        for name in (platform.node(), str(first.pid), str(inbox), str(out)):
            assert name in said
        assert is_held(out)
        assert not out.with_name("elsewhere").exists()


def test_another_folder_into_the_same_output_is_refused(places: tuple[Path, Path]) -> None:
    inbox, out = places
    second = inbox.with_name("second")
    second.mkdir()
    with another(inbox, out) as (first, _):
        assert str(first.pid) in refusal(second, out).message
        assert not list(second.iterdir())  # what it had taken is given back


def test_a_folder_is_the_same_through_a_link(places: tuple[Path, Path]) -> None:
    inbox, out = places
    link = inbox.with_name("link")
    link.symlink_to(inbox)
    with another(inbox, out):
        for way in (link, inbox / ".." / inbox.name, Path(f"/proc/self/root{inbox}")):
            refusal(way, out.with_name("elsewhere"))


def test_death_lets_go_at_once(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with another(inbox, out, "child") as (first, child):
        first.send_signal(signal.SIGKILL)
        first.wait()
        os.kill(child, 0)  # what it had started lives on, and holds nothing
        assert (inbox / INBOX_MARK).exists()
        assert is_held(out) is False
        with hold(inbox, out) as holding:
            assert holding.watcher.pid == os.getpid()


def test_nothing_of_ours_stays_behind(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with another(inbox, out) as (first, _):
        assert first.stdin is not None
        first.stdin.close()
        assert first.wait() == 0
        assert not list(inbox.iterdir())
        assert is_held(out) is False
        first.stdin = None


def test_a_process_number_that_was_given_again_fools_nobody(places: tuple[Path, Path]) -> None:
    inbox, out = places
    # The process of that number lives: it is this very one.
    (inbox / INBOX_MARK).write_bytes(record_of(this_process(inbox, out, 1.0), 1.0))
    with hold(inbox, out):
        pass


def test_another_machine_is_believed_for_five_minutes(places: tuple[Path, Path]) -> None:
    inbox, out = places
    mark = inbox / INBOX_MARK
    mark.write_bytes(elsewhere(inbox, out))
    assert "anna on nas" in refusal(inbox, out).message
    for away_s in (-290.0, 290.0):
        os.utime(mark, (time.time() + away_s,) * 2)
        refusal(inbox, out)
    for away_s in (-310.0, 310.0, -1e6):
        mark.write_bytes(elsewhere(inbox, out))
        os.utime(mark, (time.time() + away_s,) * 2)
        with hold(inbox, out):
            pass


def test_whoever_was_taken_over_ends(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with hold(inbox, out) as holding:
        assert holding.renew(5.0)
        assert json.loads((inbox / INBOX_MARK).read_bytes())["heartbeat"] == 5.0
        (inbox / INBOX_MARK).write_bytes(elsewhere(inbox, out))
        with pytest.raises(WatchedAlreadyError, match="anna on nas"):
            holding.renew(6.0)
    assert b"anna" in (inbox / INBOX_MARK).read_bytes()  # theirs is not taken away


def test_a_heartbeat_keeps_the_file_young(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with hold(inbox, out) as holding:
        for mark in holding.marks:
            os.utime(mark, (1.0, 1.0))
        assert holding.renew(7.0)
        assert all(mark.stat().st_mtime > 1.0 for mark in holding.marks)


def test_a_mark_that_was_removed_is_put_there_again(places: tuple[Path, Path]) -> None:
    inbox, out = places
    with hold(inbox, out) as holding:
        (inbox / INBOX_MARK).unlink()
        assert holding.renew(7.0)
        held = subprocess.run(
            [sys.executable, "-m", "tests.watch.holding_process", str(inbox), str(out)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            check=False,
        )
        assert "WatchedAlreadyError" in held.stderr


def test_a_folder_that_is_gone_for_a_while_is_held_again(places: tuple[Path, Path]) -> None:
    inbox, out = places
    away = inbox.with_name("away")
    with hold(inbox, out) as holding:
        inbox.rename(away)
        assert not holding.renew(7.0)
        away.rename(inbox)
        assert holding.renew(8.0)


def test_a_folder_that_cannot_be_written_is_held_in_the_output(
    places: tuple[Path, Path], without_root: Callable[[], AbstractContextManager[None]]
) -> None:
    inbox, out = places
    inbox.chmod(0o555)
    with without_root(), hold(inbox, out) as holding:
        assert holding.marks == (out / FOLDER / OUT_MARK,)
        assert not list(inbox.iterdir())


@pytest.mark.parametrize("kind", ["link", "second name", "folder", "fifo"])
def test_no_file_but_its_own_is_written(places: tuple[Path, Path], kind: str) -> None:
    inbox, out = places
    mark, precious = inbox / INBOX_MARK, inbox.with_name("precious")
    precious.write_bytes(b"mine")
    match kind:
        case "link":
            mark.symlink_to(precious)
        case "second name":
            mark.hardlink_to(precious)
        case "folder":
            mark.mkdir()
        case _:
            os.mkfifo(mark)
    with pytest.raises(CannotWriteError), hold(inbox, out):
        pass
    assert precious.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "record", [b"", b"{}", b"\xff" * 5000, b"[" * 4096, b'{"watcher": {"pid": 1e999}}']
)
def test_a_record_that_makes_no_sense_holds_nothing(
    places: tuple[Path, Path], record: bytes
) -> None:
    inbox, out = places
    (inbox / INBOX_MARK).write_bytes(record)
    with hold(inbox, out):
        pass


def elsewhere(inbox: Path, out: Path) -> bytes:
    """The record of a daemon on another machine."""
    told = json.loads(record_of(this_process(inbox, out, 1.0), 1.0))
    told |= {"machine": "nas 1", "boot": "2"}
    told["watcher"] |= {"host": "nas", "user": "anna\u202e\n"}
    return json.dumps(told).encode()
