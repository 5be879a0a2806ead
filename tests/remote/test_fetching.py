"""Originals come ahead of the workers: a few at a time, and nothing of them stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from photoprep import load_preset, prepare
from photoprep.errors import ExitCode, StoreError
from photoprep.outcome import Failed
from photoprep.photo.task import PhotoTask
from photoprep.remote_listing import objects_below
from photoprep.remote_store import RemoteObject
from photoprep.walk import fetching
from photoprep.walk.fetching import FetchAhead, fetch_ahead
from tests.cluster.clusters import wait_until
from tests.noise import noisy_photo
from tests.remote.conftest import speak_to
from tests.remote.stores import BUCKET, RealStore, real_store
from tests.support import small_photo

COUNT = 12
# In a process of its own: what hangs is asked again and again by threads that nobody waits for.
_IMPATIENT = """\
import sys
from photoprep.remote_store import RemoteObject
from photoprep.walk import fetching

fetching._PATIENCE_S = 0.5
with fetching.FetchAhead([RemoteObject(sys.argv[1], 1, "", 1, 1)], None) as ahead:
    ahead.with_copy(0, None)
"""


@pytest.fixture
def originals(store: RealStore) -> list[RemoteObject]:
    for number in range(COUNT):
        store.put(f"ahead/{number:02}.jpg", f"content {number:02}".encode())
    return sorted(objects_below(f"s3://{BUCKET}/ahead"), key=lambda found: found.address)


def task_of(original: RemoteObject) -> PhotoTask:
    spec = load_preset().photo
    return PhotoTask(Path(original.name), original.stamp, spec, original)


def taken(ahead: FetchAhead, place: int, original: RemoteObject) -> Path | None:
    """Where the copy lies that a worker is given; None where it is to ask the store."""
    task = ahead.with_copy(place, task_of(original))
    assert isinstance(task, PhotoTask)
    return None if task.member else task.path


def test_a_few_lie_there_at_a_time_and_each_is_fetched_once(
    store: RealStore,
    originals: list[RemoteObject],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "_AHEAD", 4)
    before = len(store.requests())
    folder = tmp_path / "unfinished"
    folder.mkdir()
    most = 0
    with FetchAhead(originals, folder) as ahead:
        for place, original in enumerate(originals):
            copy = taken(ahead, place, original)
            assert copy
            assert copy.read_bytes() == f"content {place:02}".encode()
            assert copy.suffix == ".jpg"
            assert taken(ahead, place, original) == copy  # as for a second try
            most = max(most, len(list(folder.iterdir())))
            if place < COUNT - 2:  # the last are given up
                ahead.done(place)
                assert not copy.exists()
    assert 1 < most <= 4
    assert list(folder.iterdir()) == []
    fetched = [path for method, path in store.requests()[before:] if method == "GET"]
    assert len(fetched) == len({*fetched}) == COUNT


def test_bytes_that_wait_are_bounded_and_a_larger_one_comes_all_the_same(
    originals: list[RemoteObject], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_MOST_AHEAD_BYTES", 1)
    with FetchAhead(originals, tmp_path) as ahead:
        for place, original in enumerate(originals):
            assert taken(ahead, place, original)
            assert len(list(tmp_path.iterdir())) == 1
            ahead.done(place)


def test_what_cannot_be_fetched_is_left_to_the_worker(
    store: RealStore, originals: list[RemoteObject], tmp_path: Path
) -> None:
    store.remove("ahead/00.jpg")
    store.put("ahead/01.jpg", b"another")
    with FetchAhead(originals, tmp_path) as ahead:
        assert taken(ahead, 0, originals[0]) is None
        assert taken(ahead, 1, originals[1]) is None
        assert taken(ahead, 2, originals[2])
    with FetchAhead(originals, tmp_path / "no such folder") as ahead:
        assert taken(ahead, 2, originals[2]) is None
    assert list(tmp_path.iterdir()) == []


def test_of_so_many_in_a_row_it_is_the_store_that_is_gone(
    store: RealStore, originals: list[RemoteObject], tmp_path: Path
) -> None:
    for number in range(COUNT - 1):
        store.remove(f"ahead/{number:02}.jpg")
    with FetchAhead(originals[:7] + originals[-1:] + originals[:7], tmp_path) as ahead:
        for place in range(15):  # one that comes shows that it is there
            ahead.with_copy(place, task_of(originals[0]))
    with FetchAhead(originals, tmp_path) as ahead:
        for place in range(7):
            assert taken(ahead, place, originals[place]) is None
        with pytest.raises(StoreError, match="gives no files any more") as gone:
            taken(ahead, 7, originals[7])
        assert gone.value.exit_code == ExitCode.TRY_LATER
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_one_that_hangs_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_store(tmp_path) as running:
        speak_to(running, monkeypatch)
        for number in range(40):
            photo = noisy_photo(tmp_path / f"photos/Lamp L{number}.png", number)
            running.put(f"hanging/{photo.name}", photo.read_bytes())
        originals = objects_below(f"s3://{BUCKET}/hanging")
        command = [sys.executable, "-m", "photoprep", f"s3://{BUCKET}/hanging", "--no-mails"]
        process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        photos = tmp_path / "hanging-prepared/photos"
        wait_until(lambda: photos.is_dir() and len(list(photos.iterdir())) > 2)
        running.process.send_signal(signal.SIGSTOP)
        try:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
            assert process.returncode == ExitCode.INTERRUPTED
            assert said == "Interrupted. What is finished stays; run again to go on.\n"

            given_up = subprocess.run(
                [sys.executable, "-c", _IMPATIENT, originals[0].address],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert "StoreError" in given_up.stderr
            assert "has not answered for a long time" in given_up.stderr
        finally:
            running.process.send_signal(signal.SIGCONT)


def test_files_of_this_computer_are_not_fetched(
    originals: list[RemoteObject], tmp_path: Path
) -> None:
    for given, wanted in (([None, None], True), ([*originals[:1], None], True), (originals, False)):
        with fetch_ahead(given, tmp_path, wanted=wanted) as ahead:
            assert taken(ahead, 0, originals[0]) is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_names_what_goes_while_it_lasts_and_leaves_nothing(
    store: RealStore, tmp_path: Path
) -> None:
    for number in range(4):
        photo = small_photo(tmp_path / f"{number}.png", number, (120 - number, 80))
        store.put(f"going/Lamp L{number}.png", photo.read_bytes())

    def take_away(done: int, _total: int) -> None:
        if not done:
            store.remove("going/Lamp L3.png")  # the smallest, and so the last

    report = prepare(
        f"s3://{BUCKET}/going", out=tmp_path / "out", jobs=1, mails=False, on_photo=take_away
    )
    (failed,) = report.failed
    assert isinstance(failed, Failed)
    assert failed.source == "Lamp L3.png"
    assert "vanished" in failed.reason
    assert len(report.ready) == 3
    assert list((tmp_path / "out/.photoprep/unfinished").iterdir()) == []
