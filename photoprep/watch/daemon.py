"""The loop of a watched folder: hear, look, plan, give out work, tell; then sleep until something.

One thread and no clock, disk or process of its own: all of that is handed in, so that tests turn
the loop by hand. It ends when it is asked to, with ``once`` when nothing is left to do, and when
another daemon has taken the folder over; nothing that a batch, a disk or a share does ends it.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace

from photoprep.errors import CannotWriteError, ExitCode, PhotoprepError
from photoprep.language import say
from photoprep.watch import batch_events
from photoprep.watch.batch import Batch, Outcome
from photoprep.watch.books import Books
from photoprep.watch.chores import Chore
from photoprep.watch.desk import Desk
from photoprep.watch.found import LOOSE, FoundBatch
from photoprep.watch.ledger import Ledger
from photoprep.watch.log import Event
from photoprep.watch.lookout import Lookout
from photoprep.watch.plan import changes, forgettable, found_name, next_due, worth_reading
from photoprep.watch.settings_book import SettingsBook
from photoprep.watch.settle import Hindrance
from photoprep.watch.surroundings import Surroundings, Wishes
from photoprep.watch.telling import in_a_sentence, status_of

HEARTBEAT_S = 30.0
# The status is written at every change, but no oftener.
_STATUS_EVERY_S = 0.5
# A batch that is not ready after so long is told of in the log.
WAITS_LONG_S = 300.0
_AFTER_A_BUG_S = 5.0
# What a move or a command in hand may take when the daemon is to end; a move goes on at the next
# start.
_LAST_CHORE_S = 8.0
# How often a disk that is away or full is looked at.
_ASK_AGAIN_S = 2.0
# What is due so soon is due: no loop turns for the last digits of a float.
_MOMENT_S = 0.001
# What ``once`` waits for a folder that does not settle: a transfer that was broken off, a log that
# grows.
ONCE_WAITS_S = 600.0
ONCE_WAITS_FOR_TRANSFER_S = 60.0


class Daemon:
    """The loop over its parts; ``turn`` is one round of it without the sleep."""

    def __init__(
        self,
        parts: Surroundings,
        books: Books,
        lookout: Lookout,
        desk: Desk,
        settings: SettingsBook,
        wishes: Wishes,
        *,
        once: bool = False,
    ) -> None:
        self._parts, self._clock, self._log = parts, parts.clock, parts.log
        self._books, self._lookout, self._desk = books, lookout, desk
        self._settings, self._wishes, self._once = settings, wishes, once
        self._began_s = self._clock.monotonic_s()
        self._away = ""
        self._waits: set[tuple[str, Hindrance]] = set()
        self._told_waiting: set[tuple[str, str]] = set()
        self._told_why_polling = ""
        self._is_news = True
        self._shown_s = self._beat_s = float("-inf")
        self._has_retried = self._had_ledger = False
        self._filed: set[tuple[str, str]] = set()

    def run(self) -> ExitCode:
        """Turn until asked to end; returns what a command line would.

        Raises:
            WatchedAlreadyError: another daemon has taken the folder over.
            NewerRecordError: the output's record is a newer photoprep's.

        """
        try:
            self._parts.manager.ready()
            while not self._parts.waker.is_stopped:
                self._turn_safely()
                if self._once and self.is_finished:
                    break
                self._parts.waker.wait(self.sleep_s(), self._lookout.soonest_in_s)
            return self.exit_code if self._once else ExitCode.DONE
        finally:
            self._end()

    def _turn_safely(self) -> None:
        """One turn; a bug in it is told, and ends no daemon that people rely on."""
        try:
            self.turn()
        except PhotoprepError:
            raise
        except Exception:
            if self._once:
                raise
            self._log(Event("bug", traceback.format_exc(), level="error"))
            self._parts.waker.wait(_AFTER_A_BUG_S, _AFTER_A_BUG_S)

    def turn(self) -> None:
        """Hear, look, give out work, tell."""
        ledger = self._books.ledger()
        if self._wishes.reload:
            self._reload()
        with self._books.guarded():
            self._hear(ledger)
        # What was seen while there was no ledger stands in none: it is looked at again.
        is_back = ledger is not None and not self._had_ledger
        self._had_ledger = ledger is not None
        due_in_s = self._lookout.due_in_s(has_changed=self._parts.waker.has_changed)
        if is_back or due_in_s <= _MOMENT_S:
            self._look(ledger)
        ledger = self._books.ledger()
        if ledger is not None and self._lookout.away is None and self._lookout.looks:
            with self._books.guarded():
                self._give_out(ledger)
        self._tell()

    def sleep_s(self) -> float:
        """How long there is nothing to do, if nothing happens."""
        waits = [
            self._lookout.due_in_s(has_changed=self._parts.waker.has_changed),
            self._beat_s + self._beat_every_s - self._clock.monotonic_s(),
        ]
        ledger = self._books.ledger()
        if ledger is None or self._parts.room.is_wanting:
            waits.append(_ASK_AGAIN_S)
        if ledger is not None and self._desk.current is None and self._lookout.away is None:
            now = self._clock.wall_s()
            due = next_due(ledger.batches(), now)
            # One that is due and was not begun waits for its files: the look comes first.
            waits += [due - now] if due is not None and due > now else []
        if self._is_news:
            waits.append(self._shown_s + _STATUS_EVERY_S - self._clock.monotonic_s())
        return max(_MOMENT_S, min(waits))

    @property
    def is_finished(self) -> bool:
        """Whether ``once`` has done what it can: nothing runs, and what waits, waits for long."""
        now_s = self._clock.monotonic_s()
        ledger = self._books.ledger()
        if ledger is None or self._lookout.away is not None:
            return now_s - self._began_s > _STATUS_EVERY_S
        is_busy = self._desk.current is not None or self._parts.afterwards.is_busy
        if is_busy or not self._lookout.looks:
            return False
        if now_s - self._began_s > ONCE_WAITS_S:
            return not any(batch.state == "queued" for batch in ledger.batches().values())
        settling = [each for each in self._lookout.waiting if each.why != "empty"]
        if any(
            each.why == "changing" or now_s - each.since_s < ONCE_WAITS_FOR_TRANSFER_S
            for each in settling
            if each.why != "unreadable"
        ):
            return False
        now = self._clock.wall_s()
        due = next_due(ledger.batches(), now)
        return due is None or due > now or bool(settling)

    @property
    def exit_code(self) -> ExitCode:
        """What came of all that was tried: 75 where something waits, 1 where something failed."""
        ledger = self._books.ledger()
        if ledger is None or self._lookout.away is not None or not self._lookout.looks:
            return ExitCode.TRY_LATER
        states = {batch.state for batch in ledger.batches().values()}
        waits = any(each.why != "empty" for each in self._lookout.waiting)
        if waits or states & {"later", "queued", "running"}:
            return ExitCode.TRY_LATER
        if any(outcome.exit_code != ExitCode.DONE for outcome in self._desk.tried.values()):
            return ExitCode.SOME_FAILED
        return ExitCode.DONE

    @property
    def _beat_every_s(self) -> float:
        watchdog_s = self._parts.manager.watchdog_s
        return min(HEARTBEAT_S, watchdog_s) if watchdog_s else HEARTBEAT_S

    def _reload(self) -> None:
        self._wishes.reload = False
        self._parts.manager.reloading(self._clock.monotonic_s())
        try:
            self._settings.renew(self._parts.reload())
        except PhotoprepError as error:
            where = say("{path}: {message}", path=str(error.path or ""), message=error.message)
            said = say("The settings stay as they were: {why}", why=where)
            self._log(Event("trouble", said, hint=error.hint, level="error"))
        else:
            self._log(Event("reloaded", say("Presets and settings have been read anew.")))
        self._parts.manager.ready()
        self._look(self._books.ledger())

    def _hear(self, ledger: Ledger | None) -> None:
        before = self._desk.progress
        for event in self._parts.afterwards.news():
            self._log(event)
        tried = self._desk.hear(ledger)
        self._is_news |= tried is not None or self._desk.progress is not before
        if tried is not None and ledger is not None and tried.batch.state != "later":
            moves = (
                self._parts.archives and tried.batch.state == "done" and not tried.outcome.failed
            )
            if moves:
                self._filed.add((tried.batch.name, tried.batch.fingerprint))
            self._parts.afterwards.add(chore_of(tried.batch, tried.outcome, ledger, moves=moves))
        if tried is not None and tried.outcome.exit_code == ExitCode.CANNOT_WRITE:
            self._parts.room.was_wanting()

    def _look(self, ledger: Ledger | None) -> None:
        if not self._lookout.look():
            self._say_away()
            return
        began_cpu_s = self._clock.cpu_s()
        self._say_back()
        if ledger is not None:
            with self._books.guarded():
                self._take_in_look(ledger)
        waits = {(each.batch.name, each.why) for each in self._lookout.waiting}
        self._is_news |= waits != self._waits
        self._waits = waits
        self._say_waiting()
        self._lookout.cost_more(self._clock.cpu_s() - began_cpu_s)

    def _take_in_look(self, ledger: Ledger) -> None:
        """Record what the look changed."""
        batches, ready, scan = ledger.batches(), self._ready, self._lookout.scan
        doubtful = worth_reading(batches, ready, scan)
        found = changes(
            batches,
            ready,
            scan,
            self._settings.of,
            self._clock.wall_s(),
            self._clock.today(),
            {each.name: self._parts.read_content(each) for each in doubtful},
            ledger.files,
            self._parts.outputs_there,
        )
        ledger.apply(found)
        for event in batch_events.of_changes(found):
            self._log(event)
        self._is_news |= bool(found)
        if found:
            self._settings.keep_only({batch.name for batch in scan.batches})
            for name in forgettable(ledger.batches()):
                ledger.forget(name)
        self._file_away(ledger)
        if not self._has_retried:
            self._make_good(ledger)
        if not self._has_retried or self._lookout.came_back:
            self._retry(ledger)
        self._has_retried = True

    def _file_away(self, ledger: Ledger) -> None:
        """Have the originals moved of what is done and lies there still: a kill came before."""
        if not self._parts.archives:
            return
        ready = {batch.name: batch for batch in self._ready}
        for batch in ledger.batches().values():
            found = ready.get(found_name(batch))
            mark = (batch.name, batch.fingerprint)
            is_done = batch.state == "done" and not batch.outcome.failed
            if found is None or not is_done or mark in self._filed:
                continue
            own = found if batch.kind == "folder" else part_of(found, batch.files)
            if own.fingerprint == batch.fingerprint:
                self._filed.add(mark)
                chore = chore_of(batch, batch.outcome, ledger, moves=True)
                self._parts.afterwards.add(replace(chore, steps=()))

    def _make_good(self, ledger: Ledger) -> None:
        """Have handed over what an earlier daemon owes; what is not over now is owed anew then."""
        for name in self._parts.owed():
            batch = ledger.batches().get(name)
            if batch is not None and batch.state in {"done", "failed", "gone"} and batch.ended_at:
                chore = chore_of(batch, batch.outcome, ledger, moves=False)
                self._parts.afterwards.add(chore)

    @property
    def _ready(self) -> tuple[FoundBatch, ...]:
        """What has settled and is not being moved away."""
        holds = self._parts.afterwards.holds
        return tuple(batch for batch in self._lookout.ready if not holds(batch.name))

    def _retry(self, ledger: Ledger) -> None:
        """Try at once what waits: at the start, and when what was away is back.

        But not what daemons have died of, lest one that is started again and again dies as often.
        """
        ledger.retry_now(
            [
                batch.name
                for batch in ledger.batches().values()
                if batch.name not in self._desk.tried and (self._once or not batch.deaths)
            ]
        )

    def _give_out(self, ledger: Ledger) -> None:
        if self._parts.room.is_back():
            ledger.retry_now(list(ledger.batches()))
        settled = {batch.name for batch in self._ready}
        while self._desk.begin_next(ledger, settled):
            self._is_news = True
            if self._desk.current is not None:
                break

    def _say_away(self) -> None:
        away = self._lookout.away
        if away is not None and self._away != away.message:
            self._away = away.message
            self._is_news = True
            self._log(Event("trouble", away.message, hint=away.hint, level="error"))

    def _say_back(self) -> None:
        if self._away:
            self._away, self._is_news = "", True
            self._log(Event("well-again", say("The watched folder is there again.")))
        reason = self._parts.waker.reason
        if reason != self._told_why_polling:
            self._told_why_polling = reason
            if reason:
                self._log(Event("trouble", reason))

    def _say_waiting(self) -> None:
        """Tell once of each batch that is not ready after minutes."""
        now_s = self._clock.monotonic_s()
        long = {
            (each.batch.name, each.why): each
            for each in self._lookout.waiting
            if each.why != "empty" and now_s - each.since_s >= WAITS_LONG_S
        }
        for key in long.keys() - self._told_waiting:
            self._log(batch_events.of_waiting(long[key], now_s))
            self._is_news = True
        self._told_waiting = set(long)

    def _tell(self) -> None:
        """Show the status where it is news, and give signs of life."""
        now_s = self._clock.monotonic_s()
        beats = now_s - self._beat_s >= self._beat_every_s or now_s < self._beat_s
        if beats:
            self._parts.manager.alive()
            self._parts.renew_holding(self._clock.wall_s())
            self._beat_s = now_s
        if beats or (self._is_news and now_s - self._shown_s >= _STATUS_EVERY_S):
            self._show(has_ended=False)

    def _show(self, *, has_ended: bool) -> None:
        self._is_news, self._shown_s = False, self._clock.monotonic_s()
        ledger = self._books.ledger()
        findings = (self._away, self._books.trouble, self._books.finding)
        status = status_of(
            self._parts.watcher,
            ledger.batches() if ledger is not None else {},
            self._lookout,
            self._desk,
            wall_s=self._clock.wall_s(),
            monotonic_s=self._clock.monotonic_s(),
            tells_changes=self._parts.waker.tells_changes,
            findings=filter(None, findings),
            has_ended=has_ended,
        )
        try:
            self._parts.show(status)
        except CannotWriteError as error:
            self._books.lose(error)
        self._parts.manager.status(in_a_sentence(status))

    def _end(self) -> None:
        self._parts.manager.stopping()
        if self._desk.current is not None:
            self._log(Event("stopping", say("The photo in hand is finished.")))
        with self._books.guarded():
            self._desk.stop(self._books.ledger())
        self._parts.afterwards.stop(_LAST_CHORE_S)
        for event in self._parts.afterwards.news():
            self._log(event)
        self._show(has_ended=True)
        self._books.close()
        self._log(Event("stopped", say("The watching has ended.")))


def chore_of(batch: Batch, outcome: Outcome, ledger: Ledger, *, moves: bool) -> Chore:
    """What comes after a batch, with the hashes that the ledger has of its files."""
    hashes = {path: file.sha256 for path, file in ledger.files(batch.name).items() if file.sha256}
    return Chore(batch, outcome, hashes, moves=moves)


def part_of(found: FoundBatch, files: Sequence[str]) -> FoundBatch:
    """Those of the loose pictures that are one batch's."""
    wanted = set(files)
    return FoundBatch(LOOSE, tuple(file for file in found.files if file.path in wanted))
