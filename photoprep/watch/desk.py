"""The daemon's hands: which batch is given to the process that works, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from photoprep.errors import CannotWriteError, ExitCode
from photoprep.language import Language
from photoprep.watch import batch_events
from photoprep.watch.batch import Batch, Outcome
from photoprep.watch.clock import Clock
from photoprep.watch.failed_file import remove_failed_file, write_failed_file
from photoprep.watch.found import LOOSE, content_of
from photoprep.watch.job import Ended, Job, Progress
from photoprep.watch.ledger import Ledger
from photoprep.watch.log import Event, Log
from photoprep.watch.plan import after, found_name, next_batch
from photoprep.watch.settings_book import SettingsBook

# After so many tries, some two hours, a batch of which only single photos are kept back by the
# system counts as done with failures: it has its output, and whoever waits for it should know.
PARTIAL_TRIES = 12


class Runner(Protocol):
    """What works (``running.ErrandRunner``)."""

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""

    def begin(self, job: Job) -> None:
        """Start a job."""

    def news(self) -> list[Progress | Ended]:
        """What there is to hear, without waiting."""

    def stop(self) -> list[Progress | Ended]:
        """Finish the photo in hand and end."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where batches come from and go to, and what is the same for all of them."""

    inbox: Path
    out: Path
    jobs: int = 0
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class Tried:
    """One try that is over: the batch as the ledger has it now, and what came of it."""

    batch: Batch
    outcome: Outcome


class Desk:
    """One batch at a time. ``current`` is at work, ``progress`` says how far it is.

    ``promise`` is called before the ledger counts a batch as over, for what comes after it.
    ``tried`` has what came of all tries that are over, the latest for each batch.
    """

    def __init__(
        self,
        runner: Runner,
        settings: SettingsBook,
        places: Places,
        clock: Clock,
        log: Log,
        promise: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._runner, self._settings, self._places = runner, settings, places
        self._clock, self._log, self._promise = clock, log, promise
        self.current: Batch | None = None
        self.progress: Progress | None = None
        self.tried: dict[str, Outcome] = {}

    def begin_next(self, ledger: Ledger, settled: set[str]) -> bool:
        """Give the next batch that is due and settled to the runner; returns whether there was one.

        Raises:
            CannotWriteError: the ledger could not be written; nothing was begun.

        """
        if self._runner.is_busy:
            return False
        now = self._clock.wall_s()
        batch = next_batch(ledger.batches(), now, settled)
        if batch is None:
            return False
        begun = ledger.begin(batch.name, now)
        refusal = self._settings.refusal(found_name(begun))
        if refusal is not None:
            self._end(ledger, begun, refusal, {})
            return True
        self._log(batch_events.of_beginning(begun))
        self.current, self.progress = begun, None
        self._runner.begin(job_of(begun, self._places))
        return True

    def hear(self, ledger: Ledger | None) -> Tried | None:
        """Take in what the runner says; returns the try that is over by it."""
        return self._take_in(self._runner.news(), ledger)

    def stop(self, ledger: Ledger | None) -> Tried | None:
        """Let the runner finish the photo in hand and end."""
        tried = self._take_in(self._runner.stop(), ledger)
        if self.current is not None and ledger is not None:
            if self.current.name in ledger.batches():
                ledger.release(self.current.name)
            self.current = None
        return tried

    def _take_in(self, news: list[Progress | Ended], ledger: Ledger | None) -> Tried | None:
        tried = None
        for said in news:
            if isinstance(said, Progress):
                self.progress = said
                continue
            begun, self.current, self.progress = self.current, None, None
            if begun is None:
                continue
            if said.trace:
                self._log(batch_events.of_bug(begun, said.trace))
            if ledger is None or begun.name not in ledger.batches():
                continue  # it is queued again when the ledger is opened, and costs a look then
            if said.outcome.exit_code == ExitCode.INTERRUPTED:
                ledger.release(begun.name)
                continue
            tried = self._end(ledger, begun, said.outcome, said.files)
        return tried

    def _end(
        self, ledger: Ledger, begun: Batch, outcome: Outcome, files: Mapping[str, str]
    ) -> Tried:
        now = self._clock.wall_s()
        if outcome.is_passing and outcome.prepared and begun.attempts >= PARTIAL_TRIES:
            outcome = replace(outcome, is_passing=False)
        state, next_try = after(begun, outcome, now)
        self._leave_word(begun, outcome, is_failed=state == "failed")
        if state != "later":
            self._promise(begun.name)
        whole = set(files) == set(begun.files)
        ended = ledger.end(
            begun.name,
            outcome,
            state,
            next_try,
            now=now,
            content=content_of(found_name(begun), files) if whole and files else "",
            files=files,
        )
        self.tried[begun.name] = outcome
        self._log(batch_events.of_end(ended, outcome, now))
        return Tried(ended, outcome)

    def _leave_word(self, batch: Batch, outcome: Outcome, *, is_failed: bool) -> None:
        """FAILED.txt, where no report says it, before the ledger counts the batch as told."""
        if not is_failed or outcome.page:
            if not outcome.is_passing:
                remove_failed_file(self._places.out, batch)
            return
        try:
            write_failed_file(self._places.out, batch, outcome, self._places.language)
        except CannotWriteError as error:
            sentence = error.message
            self._log(Event("trouble", sentence, batch.name, error.hint, "warning"))


def job_of(batch: Batch, places: Places) -> Job:
    """The batch as a job for the process that works."""
    is_loose = found_name(batch) == LOOSE
    sources = (
        tuple(str(places.inbox / path) for path in batch.files)
        if is_loose
        else (str(places.inbox / batch.name),)
    )
    language: Language | Literal[""] = "zh" if batch.settings.language == "zh" else ""
    if batch.settings.language == "en":
        language = "en"
    return Job(
        sources=sources,
        out=str(places.out / batch.output),
        preset=batch.settings.preset,
        customer=batch.settings.customer,
        language=language,
        jobs=places.jobs,
        inbox=str(places.inbox),
        files=batch.files,
        prefix="" if is_loose else f"{batch.name}/",
    )
