"""Ledger and plan together against a world of folders, with kills, outcomes and clock jumps."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import settings as configured
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from photoprep.watch.batch import Batch, BatchSettings, Outcome
from photoprep.watch.found import LOOSE, FoundBatch, FoundFile, Scan, fingerprint
from photoprep.watch.ledger import Ledger
from photoprep.watch.plan import after, changes, found_name, next_batch, next_due
from tests.watch.scans import DAY

FOLDERS = st.sampled_from(["A", "a", "箱"])
FILES = st.sampled_from(["1.jpg", "sub/2.jpg"])
PATIENCE_STEPS = 400


class _KilledError(Exception):
    """What takes the place of SIGKILL within one process."""


class _MortalLedger(Ledger):
    """A ledger whose process dies at a commit: just before it, or just after."""

    def __init__(self, path: Path) -> None:
        self.dies_in = -1
        self.dies_after_commit = False
        super().__init__(path)
        # The machine lives on when a process dies.
        self._database.execute("PRAGMA synchronous = OFF")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.dies_in -= 1
        dies = self.dies_in == 0
        with super()._transaction():
            yield
            if dies and not self.dies_after_commit:
                raise _KilledError
        if dies:
            raise _KilledError


class WatchedFolder(RuleBasedStateMachine):
    """``world`` is what lies there, ``made`` what the outputs show: files as a run found them."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.ledger = self._open()
        self.world: dict[str, FoundFile] = {}
        self.customer: dict[str, str] = {}
        self.clock = 1_000_000.0
        self.ticks = 0
        self.troubled: set[str] = set()
        self.made: dict[str, tuple[str, str]] = {}
        # What a scan has seen of an output's batch since it was last done, and what that was.
        self.seen_since: dict[str, set[tuple[str, str]]] = {}
        # Outputs that may be made once more: a kill, or a change that came while they were made.
        self.excused: set[str] = set()
        self.running = ""
        self.away: dict[str, FoundFile] = {}
        self.steps = 0

    def _open(self) -> _MortalLedger:
        return _MortalLedger(self.place / "out/.photoprep-watch/ledger.db")

    def teardown(self) -> None:
        self.all_is_done_in_the_end()
        self.ledger.__exit__(None, None, None)
        shutil.rmtree(self.place)

    @initialize(files=st.sets(st.tuples(FOLDERS, FILES), min_size=1))
    def first_files(self, files: set[tuple[str, str]]) -> None:
        for name, file in sorted(files):
            self.write(name, file)

    @rule(name=FOLDERS, file=FILES)
    def write(self, name: str, file: str) -> None:
        self._write(f"{name}/{file}")

    @rule(file=st.sampled_from(["x.jpg", "y.jpg"]))
    def write_loose(self, file: str) -> None:
        self._write(file)

    @rule(choice=st.integers(0, 20))
    @precondition(lambda self: self.world)
    def remove(self, choice: int) -> None:
        del self.world[sorted(self.world)[choice % len(self.world)]]

    @rule(name=st.one_of(FOLDERS, st.just(LOOSE)))
    def take_away(self, name: str) -> None:
        taken = {path: file for path, file in self.world.items() if _folder_of(path) == name}
        self.world = {path: file for path, file in self.world.items() if path not in taken}
        self.away |= taken

    @rule()
    @precondition(lambda self: self.away)
    def bring_back(self) -> None:
        self.world |= self.away
        self.away = {}

    @rule(old=FOLDERS, new=FOLDERS)
    def rename(self, old: str, new: str) -> None:
        if any(_folder_of(path) == new for path in self.world):
            return
        for path, file in list(self.world.items()):
            if _folder_of(path) == old:
                del self.world[path]
                moved = new + path[len(old) :]
                self.world[moved] = FoundFile(moved, file.size_bytes, file.mtime_ns, 1)
        self.customer[new] = self.customer.pop(old, "")

    @rule(old=FOLDERS, new=FOLDERS, in_between=st.booleans())
    def rename_what_is_done(self, old: str, new: str, in_between: bool) -> None:
        """A folder that is done, and like no other, is not worked on for another name."""
        self._come_to_rest()
        batch = self.ledger.batches().get(old)
        shapes = [each.shape for each in self.ledger.batches().values()]
        there = {_folder_of(path) for path in self.world}
        if new in there or not batch or batch.state != "done" or shapes.count(batch.shape) > 1:
            return
        if in_between:
            world, self.world = self.world, {}
            self.scan({LOOSE})
            self.world = world
        self.rename(old, new)
        self.scan(set())
        renamed = self.ledger.batches()[new]
        assert (renamed.state, renamed.output) == ("done", batch.output)

    @rule(name=st.one_of(FOLDERS, st.just(LOOSE)))
    def take_away_what_is_done_and_bring_it_back(self, name: str) -> None:
        """It is known again."""
        self._come_to_rest()
        self.away = {}
        before = {b.name: b for b in self.ledger.batches().values() if found_name(b) == name}
        self.take_away(name)
        self.scan(set())
        if self.away:
            self.bring_back()
        self.scan(set())
        for each, batch in before.items():
            if batch.state in ("done", "gone"):
                assert self.ledger.batches()[each].state == batch.state
        assert len([b for b in self.ledger.batches().values() if found_name(b) == name]) == len(
            before
        )

    @rule(name=FOLDERS, file=FILES)
    def come_and_go(self, name: str, file: str) -> None:
        self.write(name, file)
        self.scan(set())
        self.take_away(name)
        self.scan(set())
        self.bring_back()

    @rule(old=FOLDERS, new=FOLDERS, file=FILES)
    @precondition(lambda self: not self.running)
    def rename_at_work(self, old: str, new: str, file: str) -> None:
        self.write(old, file)
        self.scan(set())
        self.begin()
        self.rename(old, new)
        self.scan(set())

    @rule(name=FOLDERS, customer=st.sampled_from(["", "C1", "C2"]))
    def change_customer(self, name: str, customer: str) -> None:
        self.customer[name] = customer

    @rule(jump_s=st.sampled_from([1.0, 20.0, 1000.0, -30.0, -5000.0, 1e9, -1e9]))
    def time_passes(self, jump_s: float) -> None:
        self.clock += jump_s

    @rule(name=FOLDERS, file=FILES)
    @precondition(lambda self: not self.running)
    def trouble(self, name: str, file: str) -> None:
        self.troubled.add(name)
        self.write(name, file)
        self.work()

    @rule()
    def all_is_well(self) -> None:
        self.troubled.clear()

    @rule(dies_in=st.integers(1, 3), after_commit=st.booleans())
    def doom(self, dies_in: int, after_commit: bool) -> None:
        self.ledger.dies_in, self.ledger.dies_after_commit = dies_in, after_commit

    @rule()
    def kill(self) -> None:
        self._rise_again()

    @rule(unsettled=st.sets(st.one_of(FOLDERS, st.just(LOOSE)), max_size=2))
    def scan(self, unsettled: set[str]) -> None:
        found = self._found()
        ready = [batch for batch in found if batch.name not in unsettled]
        seen = changes(
            self.ledger.batches(),
            ready,
            Scan(tuple(found), len(self.world), 0.0),
            self._settings,
            self.clock,
            DAY,
            files_of=self.ledger.files,
        )
        for output, batch in self._by_output().items():
            looks = self._looks_now(batch)
            if looks is not None:
                self.seen_since.setdefault(output, set()).add(looks)
        with self._mortal():
            self.ledger.apply(seen)

    @rule()
    @precondition(lambda self: not self.running)
    def work(self) -> None:
        """All that is due, one after the other."""
        self.scan(set())
        while next_batch(self.ledger.batches(), self.clock):
            self.begin()
            if self.running:
                self.finish()

    @rule()
    @precondition(lambda self: not self.running)
    def begin(self) -> None:
        batch = next_batch(self.ledger.batches(), self.clock)
        if batch is None:
            return
        seen = self.seen_since.get(batch.output, set())
        was_made = self.made.get(batch.output)
        assert (
            was_made is None
            or self.ledger.batches()[batch.name].state == "later"
            or batch.output in self.excused
            or seen - {was_made}
        ), "run again without a cause"
        with self._mortal():
            self.ledger.begin(batch.name, self.clock)
            self.running = batch.name

    @rule()
    @precondition(lambda self: self.running)
    def finish(self) -> None:
        batch, self.running = self.ledger.batches()[self.running], ""
        assert batch.state == "running"
        looks = self._looks_now(batch, batch.settings)
        if looks is None or batch.name in self.troubled:
            outcome = Outcome(75, is_passing=True)
            self.made.pop(batch.output, None)
        else:
            outcome = Outcome(0)
            self.made[batch.output] = looks
            self.seen_since[batch.output] = set()
            self.excused.discard(batch.output)
            known = (batch.shape or batch.fingerprint, batch.settings.customer)
            if looks != known:  # it changed after the scan: the next one finds it changed
                self.excused.add(batch.output)
        # From the work's end to its record a kill costs one more run over a finished output.
        with self._mortal(batch.output):
            state, next_try = after(batch, outcome, self.clock)
            self.ledger.end(batch.name, outcome, state, next_try, now=self.clock)

    @rule()
    @precondition(lambda self: self.running)
    def stop(self) -> None:
        name, self.running = self.running, ""
        with self._mortal():
            self.ledger.release(name)

    @invariant()
    def waits_are_bounded(self) -> None:
        due = next_due(self.ledger.batches(), self.clock)
        assert due is None or 0 <= due - self.clock <= 900

    @invariant()
    def no_output_is_shared(self) -> None:
        batches = self.ledger.batches().values()
        assert len({batch.output.casefold() for batch in batches}) == len(batches)

    @invariant()
    def what_is_answered_is_what_is_written(self) -> None:
        self.steps += 1
        if self.steps % 20 == 0:
            answered = dict(self.ledger.batches())
            self._open_again()
            assert dict(self.ledger.batches()) == answered

    def _come_to_rest(self) -> None:
        """Nobody dies, and what is due is done."""
        self.ledger.dies_in = -1
        if self.running:
            self.finish()
        self.work()

    def all_is_done_in_the_end(self) -> None:
        self.ledger.dies_in = -1
        self.troubled.clear()
        for _ in range(PATIENCE_STEPS):
            if self.running:
                self.finish()
            self.scan(set())
            due = next_due(self.ledger.batches(), self.clock)
            if due is None:
                break
            self.clock = max(self.clock, due)
            self.begin()
        else:
            raise AssertionError("it never comes to an end")
        batches = self.ledger.batches()
        for found in self._found():
            if found.name != LOOSE:
                batch = batches[found.name]
                assert batch.state == "done"
                assert batch.fingerprint == found.fingerprint
                assert self.made[batch.output] == self._looks_now(batch)
        alive = [b for b in batches.values() if b.kind == "loose" and b.state != "gone"]
        owned = sorted(path for batch in alive for path in batch.files)
        assert owned == sorted(path for path in self.world if "/" not in path)
        assert all(batch.state == "done" for batch in alive)
        assert all(self.made[batch.output] == self._looks_now(batch) for batch in alive)

    def _write(self, path: str) -> None:
        self.ticks += 1
        self.world[path] = FoundFile(path, 100 + self.ticks % 3, self.ticks, 1)

    def _found(self) -> list[FoundBatch]:
        names: dict[str, list[FoundFile]] = {}
        for path in sorted(self.world):
            names.setdefault(_folder_of(path), []).append(self.world[path])
        return [FoundBatch(name, tuple(files)) for name, files in sorted(names.items())]

    def _settings(self, found: FoundBatch) -> BatchSettings:
        return BatchSettings("trade-email", self.customer.get(found.name, ""))

    def _looks_now(
        self, batch: Batch, settings: BatchSettings | None = None
    ) -> tuple[str, str] | None:
        """What a run over it would show, whatever its folder is called; None for nothing."""
        files = [
            file
            for path, file in self.world.items()
            if (path in batch.files if batch.kind == "loose" else path.startswith(f"{batch.name}/"))
        ]
        if not files:
            return None
        found = FoundBatch(found_name(batch), tuple(files))
        shape = fingerprint(files) if batch.kind == "loose" else found.shape
        return shape, (settings or self._settings(found)).customer

    def _by_output(self) -> dict[str, Batch]:
        return {batch.output: batch for batch in self.ledger.batches().values()}

    @contextmanager
    def _mortal(self, output: str = "") -> Iterator[None]:
        try:
            yield
        except _KilledError:
            if output:
                self.excused.add(output)
            self._rise_again()

    def _open_again(self) -> None:
        doom = self.ledger.dies_in, self.ledger.dies_after_commit
        self.ledger.__exit__(None, None, None)
        self.ledger = self._open()
        assert not self.ledger.rebuilt
        self.ledger.dies_in, self.ledger.dies_after_commit = doom

    def _rise_again(self) -> None:
        """What a daemon does that starts after one was killed."""
        self.running = ""
        self._open_again()
        self.ledger.dies_in = -1
        left = self.ledger.found_running(self.clock)
        self.excused |= {batch.output for batch in left}
        assert not self.ledger.found_running(self.clock)
        with suppress(KeyError):
            assert all(self.ledger.batches()[each.name].attempts for each in left)


def _folder_of(path: str) -> str:
    return path.partition("/")[0] if "/" in path else LOOSE


TestWatchedFolder = WatchedFolder.TestCase
TestWatchedFolder.settings = configured(max_examples=30, stateful_step_count=40, deadline=None)
