"""Photos made on a real cluster are those that this machine makes, whatever befalls the workers."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photoprep import prepare
from photoprep.cluster.connecting import connected
from photoprep.errors import ClusterMismatchError, ExitCode, TryLaterError
from photoprep.outcome import Failed
from photoprep.report import Report
from photoprep.walk.crew import Elsewhere
from tests.cluster.clusters import RealCluster, free_port, real_cluster
from tests.flat import long_ago
from tests.noise import bound_preset, noisy_photo
from tests.support import contents, photoprep, small_photo, written

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
    for number in range(4, 10):
        noisy_photo(photos / f"DSC_{number:04}.png", number)
    written(photos / "broken.jpg", "no picture at all, and not a text either \x00\xff\xd8")
    noisy_photo(folder / "closed.png", 11)
    noisy_photo(folder / "open.png", 12)
    with zipfile.ZipFile(photos / "factory.zip", "w") as archive:
        archive.write(folder / "closed.png", "Lamp L2/closed.png")
        archive.write(folder / "open.png", "Lamp L2/open.png")
    long_ago(photos)
    report = prepared(photos, folder / "out")
    assert len(report.ready) == 12
    assert report.sheets
    assert any(mail.attachments for mail in report.mails)
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
