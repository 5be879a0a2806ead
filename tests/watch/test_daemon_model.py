"""Whatever happens to a watched folder: at last each batch is done, and none was run in vain."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from photoprep.errors import ExitCode
from tests.watch.daemon_world import World, failed, later

NAMES = st.sampled_from(["Boxes", "Cups", "Torches", "Straps"])
# Long enough for all that waits: the longest back-off, and another look after it.
LONG_S = 4 * 3600.0


class WatchedFolder(RuleBasedStateMachine):
    """One folder, one daemon after another, and all that befalls them.

    ``causes`` counts what may lead to a run: a folder that came or changed, a try that was broken
    off or is to be repeated. There may be no more runs than causes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.world = World(Path(self.place.name))
        self.causes = 0
        self.number = 0

    def teardown(self) -> None:
        self.world.inbox_away = self.world.out_away = self.world.ledger_full = False
        self.world.let_pass(LONG_S)
        names = {path.split("/")[0] for path in self.world.files if "/" in path}
        runs = len(self.world.jobs)
        self.world.let_pass(LONG_S)
        self.world.books.close()
        batches = self.world.batches()
        there = {batch.name: batch for batch in batches.values() if batch.state != "gone"}
        try:
            assert {name for name, batch in there.items() if batch.kind == "folder"} == names
            assert {batch.state for batch in there.values()} <= {"done", "failed"}
            for batch in there.values():
                expected = "failed" if batch.outcome.exit_code == ExitCode.NO_PHOTOS else "done"
                assert batch.state == expected
            outputs = [batch.output.casefold() for batch in batches.values()]
            assert len(outputs) == len(set(outputs))
            assert len(self.world.jobs) == runs, "nothing is run when nothing happens"
            assert runs <= self.causes
            assert not self.world.told("bug")
        finally:
            self.place.cleanup()

    @rule(name=NAMES, files=st.integers(1, 4))
    def drop(self, name: str, files: int) -> None:
        for _ in range(files):
            self.number += 1
            self.world.drop(f"{name}/IMG_{self.number}.jpg")
            self.causes += 1

    @rule()
    def drop_loose(self) -> None:
        self.number += 1
        self.world.drop(f"IMG_{self.number}.jpg")
        self.causes += 1

    @rule(name=NAMES)
    def take_away(self, name: str) -> None:
        self.world.remove(name)

    @rule(old=NAMES, new=NAMES, in_the_middle=st.booleans())
    def rename(self, old: str, new: str, in_the_middle: bool) -> None:
        if in_the_middle:
            self.reach_the_middle()
        there = {path.split("/")[0] for path in self.world.files}
        if old in there and new not in there:
            self.world.rename(old, new)
            self.causes += 1  # of what was not done yet, or is there twice

    @rule(name=NAMES, tries=st.integers(1, 3))
    def fail_for_now(self, name: str, tries: int) -> None:
        self.world.outcomes.setdefault(name, []).extend([later()] * tries)
        self.causes += tries

    @rule(name=NAMES)
    def fail_for_good(self, name: str) -> None:
        self.world.outcomes.setdefault(name, []).append(failed())

    @rule(seconds=st.sampled_from([0.3, 1.0, 3.0, 6.0, 40.0, 1_000.0]))
    def let_pass(self, seconds: float) -> None:
        self.world.let_pass(seconds)

    def reach_the_middle(self) -> None:
        """Let time pass until something is at work, if anything comes to be."""
        for _ in range(30):
            if self.world.desk.current is not None:
                return
            self.world.let_pass(0.5)

    @rule(in_the_middle=st.booleans())
    def kill(self, in_the_middle: bool) -> None:
        if in_the_middle:
            self.reach_the_middle()
        self.causes += self.world.desk.current is not None
        self.world.killed_and_started()

    @rule(in_the_middle=st.booleans())
    def stop(self, in_the_middle: bool) -> None:
        if in_the_middle:
            self.reach_the_middle()
        self.causes += self.world.desk.current is not None
        self.world.waker.is_stopped = True
        self.world.daemon.run()
        self.world.start()

    @rule(jump_s=st.sampled_from([-1e8, -3600.0, 3600.0, 1e8]))
    def jump(self, jump_s: float) -> None:
        self.world.clock.wall += jump_s

    @rule()
    def sleep(self) -> None:
        self.world.clock.move(9 * 3600.0)

    @rule()
    def lose_the_folder(self) -> None:
        self.world.inbox_away = not self.world.inbox_away

    @rule(in_the_middle=st.booleans())
    def lose_the_output(self, in_the_middle: bool) -> None:
        if in_the_middle:
            self.reach_the_middle()
        # What was at work is found at work when the output is back, and costs another run.
        self.causes += self.world.desk.current is not None
        self.world.out_away = not self.world.out_away

    @precondition(lambda self: not self.world.inbox_away)
    @rule()
    def change_the_preset(self) -> None:
        self.number += 1
        self.world.contents = f"preset {self.number}"
        self.world.wishes.reload = True
        self.causes += len({path.split("/")[0] for path in self.world.files}) + self.number


WatchedFolder.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestWatchedFolder = WatchedFolder.TestCase
