"""Schedulers and workers that say nothing any more, though nobody closed a connection."""

from __future__ import annotations

import datetime
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from photoprep import load_preset, prepare
from photoprep.cluster import roster
from photoprep.cluster.connecting import connected
from photoprep.cluster.roster import Patience
from photoprep.errors import ExitCode, TryLaterError
from photoprep.files import FileStamp
from photoprep.outcome import Reused
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.report import Report
from tests.cluster.clusters import RealCluster, real_cluster, wait_until
from tests.cluster.lines import FarSide, Relay, far_side, why_no_far_side
from tests.noise import noisy_photo
from tests.support import Inline, contents, outputs, small_photo, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

DAY = datetime.date(2026, 11, 23)
NOISY = 5
# As the command has it, with less patience.
IMPATIENT = """\
import functools, sys
from photoprep.cluster import connecting, roster

roster._LOOK_EVERY_S = 0.2
patience = roster.Patience(told_s=0.2, silent_s=float(sys.argv.pop(1)))
connecting.connected = functools.partial(connecting.connected, patience=patience)

if __name__ == "__main__":
    from photoprep.__main__ import main

    main()
"""
# A decoder that takes its time, over pictures of some names, for as long as there is a file.
HOLDING = """
import os, time
from PIL import ImageFile

load = ImageFile.ImageFile.load

def hold(image):
    name = os.path.basename(getattr(image, "filename", ""))
    while name.startswith(os.environ["HELD"]) and os.path.exists(os.environ["HOLD"]):
        time.sleep(0.02)
    return load(image)

ImageFile.ImageFile.load = hold
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    """A scheduler, whom what is beyond the line reaches too, and a worker that holds "last.png"."""
    env = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11 s"}  # the least that it may be
    host = "127.0.0.1" if why_no_far_side() else "0.0.0.0"  # noqa: S104 (this machine's two sides)
    folder = tmp_path_factory.mktemp("silent") / "all"
    with real_cluster(folder, env=env, host=host) as running:
        running.start_worker("near", env=holding(folder, "last"))
        running.wait_for_workers(1)
        yield running


@pytest.fixture(scope="module")
def beyond() -> Iterator[FarSide]:
    if reason := why_no_far_side():
        pytest.skip(reason)
    with far_side() as side:
        yield side


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos") / "it's 图"
    for number in range(1, NOISY + 1):  # of products with names, so that no heads are read at home
        noisy_photo(folder / f"Lamp L{number}/front.png", number)
    small_photo(folder / "Lamp L0/last.png")  # the smallest
    return folder


@pytest.fixture(scope="module")
def made(photos: Path) -> dict[str, str]:
    """What this machine alone makes of them."""
    out = photos.parent / "out"
    photos_alone(photos, out, executor=Inline())
    return contents(out)


def photos_alone(photos: Path, out: Path, **more: object) -> Report:
    return prepare(photos, out=out, date=DAY, sheets=(), mails=False, **more)  # type: ignore[arg-type]


def holding(folder: Path, names: str) -> dict[str, str]:
    """The environment of a worker that holds pictures of such names while "hold" is there."""
    written(folder / "site/sitecustomize.py", HOLDING)
    paths = [str(folder / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(paths), "HELD": names, "HOLD": str(folder / "hold"),
    }  # fmt: skip


@contextmanager
def held(cluster: RealCluster) -> Iterator[None]:
    """For the block, what is to be held is."""
    hold = written(cluster.folder / "hold", "")
    try:
        yield
    finally:
        hold.unlink()


def is_silent(said: str, address: str) -> bool:
    """Whether it says that the scheduler was silent, for the three seconds of patience or more."""
    told = rf"The cluster's scheduler at {re.escape(address)} has been silent for (\d+) seconds\."
    found = re.match(told, said)
    return found is not None and int(found[1]) >= 3


def port_of(cluster: RealCluster) -> int:
    return int(cluster.address.rpartition(":")[2])


def tasks_of(photos: Path) -> list[PhotoTask]:
    spec = load_preset().photo
    return [PhotoTask(path, FileStamp.of(path), spec) for path in sorted(photos.rglob("front.png"))]


@contextmanager
def asleep(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stopped: it keeps its connections, and its system goes on taking what is sent to it."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@contextmanager
def begun(
    photos: Path, out: Path, address: str, silent_s: float, *, beyond: FarSide | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The command, in a process that has put all photos but the last in their places."""
    program = written(out.parent / "impatient.py", IMPATIENT)
    within = beyond.within if beyond else ()
    options = ["--date", str(DAY), "--cluster", address, "--no-mails", "--no-sheets"]
    with subprocess.Popen(
        [*within, sys.executable, program, str(silent_s), photos, "--out", out, *options],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_until(lambda: len(list(out.glob("photos/*.jpg"))) == NOISY)
            yield process
        finally:
            process.kill()


def test_a_scheduler_that_says_nothing_from_the_start_is_given_up(
    cluster: RealCluster, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        asleep(cluster.scheduler),
        pytest.raises(TryLaterError, match=r"it takes the connection and says nothing"),
        connected(cluster.address, within_s=1.0),
    ):
        pass
    monkeypatch.setattr(roster, "_LOOK_EVERY_S", 0)
    with (
        pytest.raises(TryLaterError, match=r"scheduler at tcp:.* has been silent for \d+ seconds"),
        connected(cluster.address, patience=Patience(silent_s=0.2)) as workers,
        asleep(cluster.scheduler),
    ):
        list(workers.run(tasks_of(photos)))
    assert "cluster" not in {thread.name for thread in threading.enumerate()}


def test_a_run_whose_scheduler_hangs_ends_and_the_next_one_goes_on(
    cluster: RealCluster, photos: Path, made: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with held(cluster), begun(photos, out, cluster.address, 3.0) as process:
        with asleep(cluster.scheduler):
            _, said = process.communicate(timeout=60)
        assert process.returncode == ExitCode.TRY_LATER
        first, *rest = said.splitlines()
        assert is_silent(first, cluster.address)
        assert "".join(rest).startswith("What is finished stays. See whether the scheduler still")
    kept = outputs(out)
    assert len(kept) == NOISY
    with connected(cluster.address) as workers:
        again = photos_alone(photos, out, cluster=workers)
    assert sum(isinstance(photo, Reused) for photo in again.photos) == NOISY
    assert outputs(out) == outputs(photos.parent / "out")


def test_ctrl_c_ends_a_run_whose_scheduler_hangs(
    cluster: RealCluster, photos: Path, tmp_path: Path
) -> None:
    with (
        held(cluster),
        begun(photos, tmp_path / "out", cluster.address, 600.0) as process,
        asleep(cluster.scheduler),
    ):
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert said == "Interrupted. What is finished stays; run again to go on.\n"


def test_silence_is_told_until_the_scheduler_speaks_again_and_costs_nothing_at_the_end(
    cluster: RealCluster,
    photos: Path,
    made: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roster, "_LOOK_EVERY_S", 0.1)
    told: list[float] = []

    def on_photo(done: int, total: int) -> None:
        if done in {total // 2, total}:
            cluster.scheduler.send_signal(signal.SIGSTOP)

    def on_silent(silent_s: float) -> None:
        told.append(silent_s)
        cluster.scheduler.send_signal(signal.SIGCONT)

    try:
        with connected(
            cluster.address, patience=Patience(told_s=0.5), on_silent=on_silent
        ) as workers:
            photos_alone(photos, tmp_path / "out", cluster=workers, on_photo=on_photo)
    finally:
        cluster.scheduler.send_signal(signal.SIGCONT)
    assert told[0] >= 0.5
    assert told[-1] == 0
    assert contents(tmp_path / "out") == made
    assert "cluster" not in {thread.name for thread in threading.enumerate()}


def test_a_result_whose_way_home_breaks_is_fetched_once_more(
    cluster: RealCluster, photos: Path
) -> None:
    tasks = tasks_of(photos)
    with Relay(port_of(cluster), after_bytes=20_000) as relay:
        with connected(f"tcp://127.0.0.1:{relay.port}") as workers:
            results = dict(workers.run(tasks))
        assert len(relay.broken) == 1
    assert all(isinstance(results[index], MadePhoto) for index in range(len(tasks)))


def test_a_question_whose_connection_breaks_is_asked_once_more(
    cluster: RealCluster, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "_LOOK_EVERY_S", 0.1)
    tasks = tasks_of(photos)
    told: list[float] = []

    def break_it(silent_s: float) -> None:
        if not told:
            relay.break_all_but_the_first()
            cluster.scheduler.send_signal(signal.SIGCONT)
        told.append(silent_s)

    with (
        Relay(port_of(cluster)) as relay,
        connected(
            f"tcp://127.0.0.1:{relay.port}", patience=Patience(told_s=0.5), on_silent=break_it
        ) as workers,
        asleep(cluster.scheduler),
    ):
        results = dict(workers.run(tasks))
    assert told
    assert all(isinstance(results[index], MadePhoto) for index in range(len(tasks)))


def test_a_scheduler_that_is_lost_while_nothing_is_asked_of_it_is_told(
    cluster: RealCluster, photos: Path
) -> None:
    with ExitStack() as line:
        relay = line.enter_context(Relay(port_of(cluster)))
        address = f"tcp://127.0.0.1:{relay.port}"
        with connected(address, within_s=3.0) as workers:
            line.close()
            wait_until(lambda: workers._client.status == "closed")  # having tried to come back
            told = f"connection to the cluster at {address} is lost"
            with pytest.raises(TryLaterError, match=told):
                list(workers.run(tasks_of(photos)))


def test_a_worker_whose_line_goes_dead_costs_time_alone(
    cluster: RealCluster, beyond: FarSide, photos: Path, made: dict[str, str], tmp_path: Path
) -> None:
    far = cluster.folder / "beyond"
    hold = written(far / "hold", "")  # so that it surely has something when its line is cut
    cluster.start_worker("far", beyond=beyond, env=holding(far, ""))
    cluster.wait_for_workers(2)

    def cut(done: int, total: int) -> None:
        if done == total // 2:
            beyond.cut()

    try:
        with connected(cluster.address) as workers:
            photos_alone(photos, tmp_path / "out", cluster=workers, on_photo=cut)
    finally:
        beyond.mend()
        cluster.kill("far")
        hold.unlink()  # its process, which works for nobody now, can end
    assert contents(tmp_path / "out") == made


def test_a_run_whose_line_to_the_scheduler_goes_dead_ends(
    cluster: RealCluster, beyond: FarSide, photos: Path, tmp_path: Path
) -> None:
    address, out = cluster.address_from(beyond), tmp_path / "out"
    with held(cluster), begun(photos, out, address, 3.0, beyond=beyond) as process:
        beyond.cut()
        try:
            _, said = process.communicate(timeout=60)
        finally:
            beyond.mend()
    assert process.returncode == ExitCode.TRY_LATER
    assert is_silent(said, address)
    assert len(outputs(out)) == NOISY
