"""An adversary writes, renames, touches and removes; settling is held to a simple reference.

The reference keeps every look and reckons from all of them. Two things are asserted besides, which
need no reference: nothing is ready that changed within the quiet time, and all is ready in the end
when nothing changes any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from photoprep.watch.found import FoundBatch, FoundFile, Scan
from photoprep.watch.settle import EMPTY_FILE_FACTOR, Settled, SettleState, settled

QUIET_S = 5.0
FOLDERS = ("", "Lids", "Boxes")
FILES = ("1.jpg", "2.jpg", "3.jpg")

folders = st.sampled_from(FOLDERS)
files = st.sampled_from(FILES)


@dataclass(frozen=True)
class Look:
    """One look: when it began and ended by the daemon's clock, and what it saw."""

    began_s: float
    ended_s: float
    seen: dict[str, FoundBatch]


def needed_s(batch: FoundBatch) -> float:
    return QUIET_S * (EMPTY_FILE_FACTOR if any(not file.size_bytes for file in batch.files) else 1)


def is_whole(batch: FoundBatch) -> bool:
    return bool(batch.files) and not batch.under_way and not batch.unreadable


def ready_by_reference(looks: list[Look], name: str) -> bool:
    """Whether some look long enough ago saw the same as all since; see ``settle`` for gaps."""
    last = looks[-1].seen[name]
    streak = [looks[-1]]
    for look in reversed(looks[:-1]):
        if look.seen.get(name) != last:
            break
        streak.insert(0, look)
    if not is_whole(last):
        return False
    begin, has_forgiven = 0, False
    for at, (before, after) in enumerate(pairwise(streak), start=1):
        usual_s = 3 * QUIET_S + 3 * (after.ended_s - after.began_s)
        is_gap = after.began_s - before.began_s > usual_s
        if after.began_s < before.began_s or (is_gap and not has_forgiven):
            begin = at
        elif after.began_s - streak[begin].ended_s >= needed_s(last):
            return True
        has_forgiven = has_forgiven or is_gap
    return False


class Adversary(RuleBasedStateMachine):
    """A watched folder in memory, and a daemon that looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.folders: dict[str, dict[str, FoundFile]] = {}
        self.under_way: dict[str, set[str]] = {}
        self.closed: set[str] = set()
        self.numbers = count(1)
        self.real_s = 0.0
        self.shift_s = 0.0
        self.changed_s: dict[str, float] = {}
        self.jumps: dict[str, int] = {}
        self.looks: list[Look] = []
        self.state = SettleState()
        self.result: Settled | None = None

    def _changed(self, folder: str) -> None:
        self.changed_s[folder] = self.real_s
        self.jumps[folder] = 0

    @rule(folder=folders, file=files, size=st.integers(0, 2))
    def write(self, folder: str, file: str, size: int) -> None:
        """A file grows, begins or is replaced: its time is another each time."""
        number = next(self.numbers)
        known = self.folders.setdefault(folder, {}).get(file)
        inode = known.inode if known else number
        path = f"{folder}/{file}".lstrip("/")
        self.folders[folder][file] = FoundFile(path, size, number, inode)
        self._changed(folder)

    @rule(folder=folders, file=files)
    def replace_by_rename(self, folder: str, file: str) -> None:
        """Another file of the same size and time is renamed over it: only the inode tells."""
        if known := self.folders.get(folder, {}).get(file):
            self.folders[folder][file] = replace(known, inode=next(self.numbers))
            self._changed(folder)

    @rule(folder=folders, file=files)
    def remove(self, folder: str, file: str) -> None:
        if self.folders.get(folder, {}).pop(file, None):
            self._changed(folder)

    @rule(folder=folders)
    def remove_folder(self, folder: str) -> None:
        self.folders.pop(folder, None)
        self.under_way.pop(folder, None)
        self._changed(folder)

    @rule(folder=folders)
    def make_folder(self, folder: str) -> None:
        if folder not in self.folders:
            self.folders[folder] = {}
            self._changed(folder)

    @rule(old=folders, new=folders)
    def rename_folder(self, old: str, new: str) -> None:
        if old in self.folders and new not in self.folders and old and new:
            self.folders[new] = {
                name: replace(file, path=f"{new}/{name}")
                for name, file in self.folders.pop(old).items()
            }
            self._changed(old)
            self._changed(new)

    @rule(folder=folders, file=files)
    def transfer(self, folder: str, file: str) -> None:
        """A transfer begins under another name, or ends: its file appears."""
        self.folders.setdefault(folder, {})
        self.under_way.setdefault(folder, set()).symmetric_difference_update({f"{file}.part"})
        self._changed(folder)

    @rule(folder=folders)
    def close_or_open(self, folder: str) -> None:
        self.closed.symmetric_difference_update({folder})
        self._changed(folder)

    @rule(pause_s=st.sampled_from([0.0, 1.0, 2.0, 5.0, 30.0]))
    def pass_time(self, pause_s: float) -> None:
        self.real_s += pause_s

    @rule(jump_s=st.sampled_from([-10_000.0, -3.0, 100.0, 10_000.0]))
    def jump(self, jump_s: float) -> None:
        """The daemon's clock jumps, or the machine slept: no time passed for whoever writes."""
        self.shift_s += jump_s
        for folder in FOLDERS:
            self.jumps[folder] = self.jumps.get(folder, 0) + (jump_s > 0)

    @rule(pause_s=st.sampled_from([0.0, 1.0, 3.0, 5.0]), took_s=st.sampled_from([0.0, 0.0, 2.0]))
    def look(self, pause_s: float, took_s: float) -> None:
        self.real_s += pause_s
        self._look(took_s)

    @precondition(lambda self: self.result is not None)
    @rule()
    def rest(self) -> None:
        """Nothing changes any more, and the daemon looks when it said it would: all gets ready."""
        for _ in range(2 * EMPTY_FILE_FACTOR + 2):
            assert self.result is not None
            self.real_s += self.result.next_look_s or 0.0
            self._look(0.0)
        ready = {batch.name for batch in self.result.ready} if self.result else set()
        assert ready == {name for name, batch in self._found().items() if is_whole(batch)}

    def _found(self) -> dict[str, FoundBatch]:
        return {
            name: FoundBatch(
                name,
                tuple(file for _, file in sorted(within.items())),
                under_way=tuple(sorted(self.under_way.get(name, ()))),
                unreadable="It refuses." if name in self.closed else "",
            )
            for name, within in self.folders.items()
        }

    def _look(self, took_s: float) -> None:
        found = self._found()
        now_s = self.real_s + self.shift_s
        scan = Scan(tuple(found.values()), 0, took_s)
        self.result = settled(self.state, scan, now_s, QUIET_S)
        self.state = self.result.state
        self.looks.append(Look(now_s, now_s + took_s, found))
        self._judge(found)
        self.real_s += took_s

    def _judge(self, found: dict[str, FoundBatch]) -> None:
        assert self.result is not None
        ready = {batch.name for batch in self.result.ready}
        waiting = {one.batch.name for one in self.result.waiting}
        assert ready | waiting == set(found)
        assert not ready & waiting
        assert ready == {name for name in found if ready_by_reference(self.looks, name)}
        for batch in self.result.ready:
            assert batch == found[batch.name]
            # One jump is seen through; of a second in the same quiet time nobody could tell.
            if self.jumps.get(batch.name, 0) <= 1:
                assert self.real_s - self.changed_s[batch.name] >= needed_s(batch)

    @invariant()
    def nothing_else_is_kept(self) -> None:
        if self.looks:
            assert set(self.state._seen) == set(self.looks[-1].seen)


TestSettling = Adversary.TestCase
TestSettling.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
