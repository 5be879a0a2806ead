"""The ledger as the daemon has it: opened anew whenever its disk or share was away or full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from photoprep.errors import CannotWriteError, NewerRecordError, OutputBusyError, PhotoprepError
from photoprep.language import say
from photoprep.watch.clock import Clock
from photoprep.watch.ledger import Ledger
from photoprep.watch.log import Event, Log

# After a refusal the ledger is asked for again so often.
_AGAIN_S = 2.0
_LOST = (CannotWriteError, OutputBusyError)


class Books:
    """Holds the ledger; ``trouble`` says why there is none just now.

    ``open_ledger`` opens it, and ``check_out`` raises ``CannotWriteError`` where the output is
    away: a ledger must not be begun on the bare mount point of a share that is gone.
    """

    def __init__(
        self,
        open_ledger: Callable[[], Ledger],
        check_out: Callable[[], None],
        clock: Clock,
        log: Log,
    ) -> None:
        self._open_ledger, self._check_out = open_ledger, check_out
        self._clock, self._log = clock, log
        self._ledger: Ledger | None = None
        self._again_s = 0.0
        self._was_lost = False
        self.trouble = ""
        self.finding = ""

    def ledger(self) -> Ledger | None:
        """The ledger, opened where that is due; None while it cannot be had.

        Raises:
            NewerRecordError: a newer photoprep made it.

        """
        if self._ledger is not None:
            try:
                self._check_out()
                if not self._ledger.is_in_place:
                    self.lose(_replaced())
            except CannotWriteError as error:
                self.lose(error)
        if self._ledger is None and self._clock.monotonic_s() >= self._again_s:
            self._open()
        return self._ledger

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """A block in which the ledger is written; what the disk refuses closes it for a while."""
        try:
            yield
        except _LOST as error:
            self.lose(error)

    def lose(self, error: PhotoprepError) -> None:
        """Let go of the ledger, and say why when it is news."""
        self.close()
        self._again_s = self._clock.monotonic_s() + _AGAIN_S
        self._was_lost = True
        if self.trouble != error.message:
            self.trouble = error.message
            where = say("{path}: {message}", path=str(error.path or ""), message=error.message)
            said = where if error.path is not None else error.message
            self._log(Event("trouble", said, hint=error.hint, level="error"))

    def close(self) -> None:
        """Let go of the ledger."""
        if self._ledger is not None:
            with suppress(PhotoprepError):
                self._ledger.__exit__(None, None, None)
        self._ledger = None

    def _open(self) -> None:
        try:
            self._check_out()
            self._ledger = self._open_ledger()
        except NewerRecordError:
            raise
        except _LOST as error:
            self.lose(error)
            return
        with self.guarded():
            self._take_up(self._ledger)
        if self._ledger is not None and self.trouble:
            self.trouble = ""
            self._log(Event("well-again", say("The output can be written again.")))

    def _take_up(self, ledger: Ledger) -> None:
        if ledger.finding:
            self.finding = ledger.finding
            self._log(Event("trouble", ledger.finding, level="warning"))
        for batch in ledger.found_running(self._clock.wall_s()):
            self._log(Event("queued", say("It was at work when the daemon ended."), batch.name))
        if self._was_lost:
            ledger.retry_now(list(ledger.batches()))
            self._was_lost = False


def _replaced() -> CannotWriteError:
    return CannotWriteError(
        say("The record of the watched folder was taken away or replaced."),
        hint=say("It is opened anew."),
    )
