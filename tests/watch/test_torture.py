"""A little of the torture (``torture``), in every run of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.support import mounts_refused, small_disk
from tests.watch.torture import Torture, Wanted, page

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")


def test_killed_at_random_every_batch_comes_out_once_and_whole(tmp_path: Path) -> None:
    result = Torture(Wanted(batches=7, kills=3, seed=3, commands=1), tmp_path / "torture").run()
    assert not result.faults, page(result)
    assert result.findings.batches == 7, "folders, and loose pictures together"


@pytest.mark.skipif(bool(mounts_refused()), reason=mounts_refused())
def test_a_disk_that_fills_and_empties_meanwhile_loses_nothing(tmp_path: Path) -> None:
    wanted = Wanted(batches=3, kills=1, seed=4, fills=1, commands=0)
    with small_disk(tmp_path / "disk", 16_000) as disk:
        result = Torture(wanted, tmp_path / "torture", disk / "out").run()
    assert not result.faults, page(result)
    assert result.fills == 1
