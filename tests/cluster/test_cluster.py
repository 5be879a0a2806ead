"""Photos made on a real cluster are those that this machine makes, whatever befalls the workers."""

from __future__ import annotations

import datetime
import gc
import os
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import dask
import pytest
import trustme
from distributed import Client

from photoprep import load_preset, prepare
from photoprep.cluster.connecting import connected
from photoprep.cluster.roster import Patience, Roster
from photoprep.cluster.versions import versions_here
from photoprep.errors import ExitCode, TryLaterError
from photoprep.files import FileStamp
from photoprep.lazily import Lazily
from photoprep.outcome import Reused
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.report import Report
from tests.cluster.clusters import RealCluster, real_cluster, wait_until
from tests.flat import long_ago
from tests.noise import bound_preset, noisy_photo
from tests.support import Inline, contents, outputs, photoprep, small_photo, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

DAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    """A scheduler and two workers, of which only one has a nanny that starts it anew."""
    with real_cluster(tmp_path_factory.mktemp("cluster") / "all") as running:
        running.start_worker("nursed", nanny=True)
        running.start_worker("alone")
        running.wait_for_workers(2)
        yield running


@dataclass(frozen=True)
class Sources:
    """A folder of all kinds, and what this machine alone makes of it."""

    photos: Path
    report: Report
    made: dict[str, str]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("sources")
    photos = folder / "it's 图 photos"
    for number, view in enumerate(["closed", "open", "front", "back"]):
        noisy_photo(photos / f"Toolbox X100/{view}.png", number)
    for number in range(4, 8):
        noisy_photo(photos / f"DSC_{number:04}.png", number)
    written(photos / "broken.jpg", "no picture at all, and not a text either \x00\xff\xd8")
    noisy_photo(folder / "closed.png", 11)
    noisy_photo(folder / "open.png", 12)
    with zipfile.ZipFile(photos / "factory.zip", "w") as archive:
        archive.write(folder / "closed.png", "Lamp L2/closed.png")
        archive.write(folder / "open.png", "Lamp L2/open.png")
    long_ago(photos)
    report = prepared(photos, folder / "out")
    assert len(report.ready) == 10
    assert report.sheets
    assert report.squeeze is not None  # so that smaller versions were made
    return Sources(photos, report, contents(folder / "out"))


def prepared(photos: Path, out: Path, **more: object) -> Report:
    return prepare(photos, out=out, date=DAY, preset=bound_preset(), jobs=2, **more)  # type: ignore[arg-type]


def test_a_cluster_of_which_a_worker_is_killed_makes_what_one_machine_makes(
    cluster: RealCluster, sources: Sources, tmp_path: Path
) -> None:
    heard: list[tuple[int, int]] = []

    def kill_half_way(done: int, total: int) -> None:
        heard.append((done, total))
        if done == total // 2:
            cluster.kill("alone")

    try:
        with connected(cluster.address) as workers:
            report = prepared(
                sources.photos, tmp_path / "out", cluster=workers, on_photo=kill_half_way
            )
    finally:
        cluster.start_worker("alone again")
        cluster.wait_for_workers(2)
    assert report.to_json() == sources.report.to_json()
    assert contents(tmp_path / "out") == sources.made
    assert [done for done, _ in heard] == list(range(heard[-1][1] + 1))


def test_of_what_is_done_nothing_is_kept(cluster: RealCluster, tmp_path: Path) -> None:
    """Neither by Dask nor by us: half a million pictures would be half a million of it."""
    path = small_photo(tmp_path / "IMG_1.png")
    task = PhotoTask(path, FileStamp.of(path), load_preset().photo)
    asked: list[int] = []
    held: dict[int, int] = {}

    def asked_for(index: int) -> PhotoTask:
        asked[:] = [index]
        return task

    with connected(cluster.address) as workers:
        tracemalloc.start()
        try:
            for done, (_, result) in enumerate(workers.run(Lazily(400, asked_for)), start=1):
                assert isinstance(result, MadePhoto)
                assert asked[0] < done + 4  # two for each of two threads
                if done in {100, 400}:
                    gc.collect()
                    held[done] = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    # A future alone is a kilobyte, and this small photo with its looks five.
    assert held[400] - held[100] < 300 * 200


@pytest.mark.skipif(sys.platform != "linux", reason="needs a path that each process sees anew")
def test_what_workers_do_not_see_is_shipped(
    cluster: RealCluster, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sources.photos.parent)
    here = Path("/proc/self/cwd") / sources.photos.name  # a worker's own folder, to a worker
    with connected(cluster.address) as workers:
        report = prepared(here, tmp_path / "out", cluster=workers)
    assert report.to_json() == sources.report.to_json()
    assert contents(tmp_path / "out") == sources.made
    left = [path for path in cluster.folder.rglob("photoprep-*") if path.is_file()]
    assert left == []


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_an_original_that_changes_before_it_is_shipped_is_named(
    cluster: RealCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        small_photo(tmp_path / f"photos/IMG_{number}.png", number)
    monkeypatch.chdir(tmp_path)

    def change(done: int, _total: int) -> None:
        if not done:  # found and named, and nobody has it yet
            small_photo(tmp_path / "photos/IMG_7.png", 9, (200, 100))

    with connected(cluster.address) as workers:
        report = prepared(
            Path("/proc/self/cwd/photos"), tmp_path / "out", cluster=workers, on_photo=change
        )
    (failed,) = report.failed
    assert failed.source == "IMG_7.png"
    assert "changed while it was being read" in failed.reason
    assert len(report.ready) == 7


def test_what_a_worker_has_that_hangs_is_given_to_others(sources: Sources, tmp_path: Path) -> None:
    """Stopped, it keeps its connection; the scheduler lets it go when it does not hear of it."""
    env = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "2 s"}
    with real_cluster(tmp_path / "impatient", env=env) as cluster:
        for name in ("hangs", "goes on"):
            cluster.start_worker(name)
        cluster.wait_for_workers(2)
        hanging = cluster.workers["hangs"]

        def let_hang(done: int, total: int) -> None:
            if done == total // 2:
                hanging.send_signal(signal.SIGSTOP)
                waking.start()

        def wake_up() -> None:
            """When others have its photos; it ends what it had in hand, and there is no double."""
            with Client(cluster.address, set_as_default=False) as client:
                wait_until(lambda: len(client.nthreads()) == 1)
            hanging.send_signal(signal.SIGCONT)

        waking = Thread(target=wake_up)
        with connected(cluster.address) as workers:
            report = prepared(sources.photos, tmp_path / "out", cluster=workers, on_photo=let_hang)
        waking.join()
        assert report.to_json() == sources.report.to_json()
        assert contents(tmp_path / "out") == sources.made


def test_nobody_waits_for_a_worker_that_hangs_before_it_is_known(
    cluster: RealCluster,
) -> None:
    cluster.start_worker("asleep")
    cluster.wait_for_workers(3)
    asleep = cluster.workers["asleep"]
    asleep.send_signal(signal.SIGSTOP)
    try:
        with Client(cluster.address, set_as_default=False) as client:
            roster = Roster(client, cluster.address, versions_here())
            roster.look(within_s=5)
            assert len(client.nthreads()) == 3
            assert (len(roster.threads), roster.refused) == (2, {})
    finally:
        asleep.send_signal(signal.SIGCONT)
        cluster.kill("asleep")


def other_versions(folder: Path) -> dict[str, str]:
    """The environment of a worker that has another Pillow, as far as its installer tells."""
    (folder / "pillow-1.2.3.dist-info").mkdir(parents=True)
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def without_photoprep(folder: Path) -> dict[str, str]:
    """The environment of a worker that cannot load any photoprep."""
    written(folder / "photoprep/__init__.py", "raise ImportError('none here')")
    return {"PYTHONPATH": str(folder)}


def test_a_worker_of_other_versions_that_joins_later_makes_nothing(
    cluster: RealCluster, sources: Sources, tmp_path: Path
) -> None:
    def join(done: int, _total: int) -> None:
        if done == 2:
            cluster.start_worker("other", env=other_versions(tmp_path / "site"))
            cluster.start_worker("without", env=without_photoprep(tmp_path / "empty"))
            cluster.wait_for_workers(4)

    try:
        with connected(cluster.address) as workers:
            report = prepared(sources.photos, tmp_path / "out", cluster=workers, on_photo=join)
        refused, without = sorted(
            workers.refused, key=lambda worker: worker.differences, reverse=True
        )
        assert refused.differences[0].startswith("pillow 1.2.3 instead of ")
        assert without.differences == ("no photoprep of this version",)
        assert report.to_json() == sources.report.to_json()
        assert contents(tmp_path / "out") == sources.made

        # Nor does a run begin while it is there.
        told = photoprep(sources.photos, "--out", tmp_path / "new", "--cluster", cluster.address)
        assert told.returncode == ExitCode.WRONG_PRESET
        said = " ".join(told.stderr.split())
        assert "2 workers of the cluster would make other photos than this machine (" in said
        assert f"{refused.address}: pillow 1.2.3 instead" in said
        assert f"{without.address}: no photoprep of this version" in said
        assert not (tmp_path / "new").exists()
    finally:
        cluster.kill("other")
        cluster.kill("without")


def test_ctrl_c_takes_back_what_is_under_way(cluster: RealCluster, tmp_path: Path) -> None:
    for number in range(16):
        noisy_photo(tmp_path / f"photos/IMG_{number}.png", number)
    out, asked = tmp_path / "out", ["--cluster", cluster.address]
    process = subprocess.Popen(
        [sys.executable, "-m", "photoprep", tmp_path / "photos", "--out", out, *asked],
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(list(out.glob("photos/*.jpg"))) >= 4)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert said == "Interrupted. What is finished stays; run again to go on.\n"
    with Client(cluster.address, set_as_default=False) as client:
        wait_until(
            lambda: not client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
        )


def test_what_nobody_waits_for_any_more_is_taken_back(cluster: RealCluster, tmp_path: Path) -> None:
    path = noisy_photo(tmp_path / "IMG_1.png", 1)
    task = PhotoTask(path, FileStamp.of(path), load_preset().photo)
    with connected(cluster.address) as workers, Client(cluster.address, set_as_default=False) as c:
        results = workers.run([task] * 12)
        next(results)
        results.close()
        wait_until(lambda: not c.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
        assert len(list(workers.run([task]))) == 1


def test_what_is_lost_is_told_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """Over TLS, whose certificates are those of Dask's own configuration."""
    files, config = certificates(tmp_path)
    photos, out = tmp_path / "photos", tmp_path / "out"
    for number in range(6):
        noisy_photo(photos / f"IMG_{number}.png", number)

    def photos_alone(out: Path, **more: object) -> Report:
        return prepared(photos, out, sheets=(), mails=False, **more)

    env = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with (
        dask.config.set(config),
        real_cluster(tmp_path / "short-lived", scheme="tls", options=files, env=env) as cluster,
    ):
        with (
            pytest.raises(TryLaterError, match="has no worker"),
            connected(cluster.address, manned_within_s=0),
        ):
            pass
        with Client(cluster.address, set_as_default=False) as client:
            roster = Roster(client, cluster.address, versions_here(), patience=Patience(alone_s=0))
            with pytest.raises(TryLaterError, match="has no worker any more"):
                roster.look()
        cluster.start_worker("one")
        cluster.wait_for_workers(1)

        # What the only worker had is not given to another one here, but fails alone.
        def lose_worker(done: int, _total: int) -> None:
            if done == 2:
                cluster.kill("one")
                cluster.start_worker("two")

        with connected(cluster.address) as workers:
            report = photos_alone(tmp_path / "less", cluster=workers, on_photo=lose_worker)
        died = [photo for photo in report.failed if "crashed or was killed" in photo.reason]
        assert 1 <= len(died) <= 2
        assert len(report.ready) == 6 - len(died)

        def lose_it(done: int, _total: int) -> None:
            if done == 2:
                cluster.scheduler.kill()

        with (
            pytest.raises(TryLaterError, match=r"connection to the cluster at tls:.* is lost"),
            connected(cluster.address) as workers,
        ):
            photos_alone(out, cluster=workers, on_photo=lose_it)
    assert len(list(out.glob("photos/*.jpg"))) >= 2
    again = photos_alone(out, executor=Inline())
    assert any(isinstance(photo, Reused) for photo in again.photos)
    photos_alone(tmp_path / "fresh", executor=Inline())
    assert outputs(out) == outputs(tmp_path / "fresh")


def certificates(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The options of a scheduler and its workers, and the configuration of a client of theirs."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "all.pem"
    )
    ca, own = str(folder / "ca.pem"), str(folder / "all.pem")
    config = {"ca-file": ca, "client.cert": own, "client.key": own}
    return (
        ["--tls-ca-file", ca, "--tls-cert", own, "--tls-key", own],
        {f"distributed.comm.tls.{name}": path for name, path in config.items()},
    )
