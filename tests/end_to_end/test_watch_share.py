"""The daemon before a real share, whose changes no event tells: it looks for itself."""

from __future__ import annotations

import datetime
import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from photoprep import prepare
from tests.end_to_end.shares import share_of, shares_refused
from tests.end_to_end.watching import Daemon, drop
from tests.support import outputs

pytestmark = pytest.mark.skipif(bool(shares_refused()), reason=shares_refused())


def test_what_another_machine_writes_is_found_and_a_share_may_go_and_come(tmp_path: Path) -> None:
    theirs, ours, out = tmp_path / "theirs", tmp_path / "ours", tmp_path / "out"
    theirs.mkdir()
    with ExitStack() as life:
        with share_of(theirs, ours):
            daemon = life.enter_context(Daemon(ours, out, tmp_path / "log", "--scan-every", "0.4"))
            (told,) = daemon.wait_for_event("trouble")
            assert "fuse.sshfs" in told["message"]
            drop(theirs / "First")
            daemon.wait_for_event("done", "First")
        daemon.wait_for_event("trouble", times=2)
        drop(theirs / "Second", seed=10)
        with share_of(theirs, ours):
            daemon.wait_for_event("done", "Second")
            assert daemon.events("well-again")
            assert daemon.stop() == 0
    assert len(daemon.events("begun")) == 2, "First was not made again"
    for name in ("First", "Second"):
        assert sum(path.startswith("photos/") for path in outputs(out / name)) == 2


def test_a_share_that_goes_while_its_photos_are_read_costs_none_of_them(tmp_path: Path) -> None:
    theirs, ours, out = tmp_path / "theirs", tmp_path / "ours", tmp_path / "out"
    drop(theirs / "Big", photos=6, size=(1800, 1200))
    with ExitStack() as life:
        with share_of(theirs, ours):
            daemon = life.enter_context(Daemon(ours, out, tmp_path / "log", "--scan-every", "0.4"))
            daemon.wait_for(lambda: list(out.glob("Big/photos/*")))
        daemon.wait_for_event("trouble", times=2)
        assert not daemon.events("done")
        with share_of(theirs, ours):
            daemon.wait_for_event("done", "Big")
            assert daemon.stop() == 0
    assert not daemon.events("failed")
    assert not daemon.events("gone")
    day = json.loads((out / "Big/report.json").read_text(encoding="utf-8"))["date"]
    prepare(theirs / "Big", out=tmp_path / "whole", date=datetime.date.fromisoformat(day))
    assert outputs(out / "Big") == outputs(tmp_path / "whole")
