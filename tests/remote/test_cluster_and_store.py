"""A cluster fetches originals from a store itself, and what it may not read there is sent along."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photoprep import Report, prepare
from photoprep.cluster import parcels, places, running
from photoprep.cluster.connecting import connected
from photoprep.cluster.parcels import Parcel, PhotoWork
from photoprep.cluster.versions import Versions
from tests.archives import zipped
from tests.cluster.clusters import RealCluster, real_cluster
from tests.noise import bound_preset, noisy_photo
from tests.remote.stores import BUCKET, RealStore, without_account
from tests.support import contents, photoprep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

DAY = datetime.date(2026, 11, 23)
ADDRESS = f"s3://{BUCKET}/catalogue"
PHOTOS = 12


@dataclass(frozen=True)
class Local:
    """What this machine makes of the files in the store."""

    report: Report
    made: dict[str, str]


@pytest.fixture(scope="module")
def local(running_store: RealStore, tmp_path_factory: pytest.TempPathFactory) -> Local:
    folder = tmp_path_factory.mktemp("local")
    for number in range(PHOTOS):
        # Some of them in an archive.
        below = "more" if number < 3 else "catalogue"
        noisy_photo(folder / f"{below}/Lamp L{number}.png", number)
    zipped(folder / "catalogue/more.zip", folder / "more")
    running_store.put_folder(folder / "catalogue", "catalogue")
    report = prepared(folder / "catalogue", folder / "out")
    return Local(report, contents(folder / "out"))


@pytest.fixture(scope="module")
def cluster(
    running_store: RealStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealCluster]:
    """A scheduler and two workers, which may read what this process may."""
    with real_cluster(tmp_path_factory.mktemp("cluster") / "all") as started:
        for name in ("first", "second"):
            started.start_worker(name, env=running_store.environment)
        started.wait_for_workers(2)
        yield started


def prepared(photos: str | Path, out: Path, **more: object) -> Report:
    return prepare(photos, out=out, date=DAY, preset=bound_preset(), jobs=2, **more)  # type: ignore[arg-type]


def test_workers_fetch_originals_themselves_also_when_one_is_killed(
    cluster: RealCluster,
    store: RealStore,
    local: Local,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = shipped_bytes(monkeypatch)

    def kill_half_way(done: int, total: int) -> None:
        if done == total // 2:
            cluster.kill("first")

    with connected(cluster.address) as workers:
        report = prepared(ADDRESS, tmp_path / "out", cluster=workers, on_photo=kill_half_way)
    assert report.to_json() == local.report.to_json()
    assert contents(tmp_path / "out") == local.made
    assert sum(shipped) == 0
    left = [path for path in cluster.folder.rglob("member-*") if "first" not in path.parts]
    assert left == []


def test_the_command_goes_from_store_to_store_over_what_is_left_of_the_cluster(
    cluster: RealCluster, store: RealStore, local: Local
) -> None:
    out = f"s3://{BUCKET}/over-a-cluster"
    ran = photoprep(ADDRESS, "--out", out, "--cluster", cluster.address, "--no-mails")
    assert ran.returncode == 0, ran.stderr
    photos = [name for name in store.contents("over-a-cluster") if name.startswith("photos/")]
    assert len(photos) == PHOTOS


def test_what_no_worker_may_read_is_sent_along(
    store: RealStore, local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_cluster(tmp_path / "cluster") as cluster:
        cluster.start_worker("stranger", env=without_account())
        cluster.wait_for_workers(1)
        shipped = shipped_bytes(monkeypatch)
        with connected(cluster.address) as workers:
            report = prepared(ADDRESS, tmp_path / "out", cluster=workers, mails=False)
    assert [row.jpeg for row in report.ready] == [row.jpeg for row in local.report.ready]
    # After some have come back, the others go with their bytes at once.
    in_vain = shipped.count(0)
    assert places._MOST_UNSEEN_OF_A_STORE <= in_vain < PHOTOS
    assert len(shipped) == in_vain + PHOTOS


def shipped_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of its original go with each parcel from now on."""
    shipped: list[int] = []
    parcel_of = parcels.parcel_of

    def heard(work: PhotoWork, versions: Versions, *, ship: bool) -> Parcel:
        parcel = parcel_of(work, versions, ship=ship)
        shipped.append(parcel.shipped_bytes)
        return parcel

    monkeypatch.setattr(running, "parcel_of", heard)
    return shipped
