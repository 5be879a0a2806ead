"""The process that does the work of a watch: one batch after the other, as ``prepare`` does it.

JSON lines. On standard input comes a ``Job``; what goes back is a line a step and at last the
outcome. When the input ends, or SIGTERM comes, the photo in hand is finished and recorded, and the
process ends within seconds, so that a daemon that was killed leaves nothing behind that works on.
"""

from __future__ import annotations

import _thread
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from photoprep.errors import (
    ExitCode,
    NewerRecordError,
    NoPhotosError,
    OutputBusyError,
    PhotoprepError,
    TryLaterError,
)
from photoprep.language import packed, say
from photoprep.watch.batch import Outcome
from photoprep.watch.job import Job

if TYPE_CHECKING:
    from photoprep.report import Report
    from photoprep.walk.crew import PhotoCrew

# A photo takes a second; one that takes longer is broken off, and one that cannot be is left.
FINISH_WITHIN_S = 8.0
LEAVE_WITHIN_S = 4.0
# Workers that have nothing to do for so long are ended: they hold 100 MB each.
IDLE_WORKERS_S = 60.0
_STEP_EVERY_S = 0.2

Tell = Callable[[dict[str, object]], None]


class _StoppedError(BaseException):
    """The run is to end here; as with Ctrl-C, what is finished stays recorded."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a job, and the hashes of its files."""

    outcome: Outcome
    files: dict[str, str] = field(default_factory=dict)
    trace: str = ""


class Errand:
    """One process's life: jobs from ``orders``, lines to ``tell``, until ``stop``."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._orders: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._overdue = False
        self._crew: PhotoCrew | None = None
        self._told_s = 0.0

    def order(self, job: Job) -> None:
        """Have a job done when those before it are."""
        self._orders.put(job)

    def stop(self) -> None:
        """End soon: at the next finished photo, or after ``FINISH_WITHIN_S`` in its middle."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._orders.put(None)
            threading.Thread(target=self._insist, name="insisting", daemon=True).start()

    def interrupted(self, _signal: int, _frame: object) -> None:
        """SIGINT: a terminal's is the daemon's to judge; our own ends what takes too long."""
        if self._overdue:
            raise KeyboardInterrupt

    def run(self) -> None:
        """Do what is ordered until told to stop."""
        try:
            while not self._stopping.is_set():
                try:
                    job = self._orders.get(timeout=IDLE_WORKERS_S)
                except queue.Empty:
                    self._dismiss()
                    continue
                if job is not None:
                    self._do(job)
        except (KeyboardInterrupt, _StoppedError):
            pass
        finally:
            self._dismiss()

    def _do(self, job: Job) -> None:
        done = self._done(job)
        if done.outcome.exit_code not in {ExitCode.DONE, ExitCode.SOME_FAILED}:
            self._dismiss()  # a run that was broken off leaves its workers in the middle
        self._tell(
            {
                "outcome": asdict(done.outcome),
                "files": done.files,
                "trace": done.trace,
                "resident_bytes": resident_bytes(),
            }
        )

    def _done(self, job: Job) -> _Done:
        try:
            report = self._prepare(job)
            return _Done(outcome_of(report), files_of(job))
        except (KeyboardInterrupt, _StoppedError):
            return _Done(Outcome(ExitCode.INTERRUPTED, is_passing=True))
        except PhotoprepError as error:
            return _Done(refusal(error, job))
        except MemoryError:
            message = say("There is not enough memory for this batch.")
            return _Done(_trouble(ExitCode.TRY_LATER, message, is_passing=True))
        except OSError as error:  # the system's no where nobody foresaw one
            reason = error.strerror or type(error).__name__
            message = say("The system refused something ({reason}).", reason=reason)
            trace = traceback.format_exc()
            return _Done(_trouble(ExitCode.TRY_LATER, message, is_passing=True), trace=trace)
        except Exception as error:  # noqa: BLE001 (a bug costs this batch and no other)
            message = say(
                "photoprep met an error of its own ({kind}: {detail}).",
                kind=type(error).__name__,
                detail=str(error),
            )
            trace = traceback.format_exc()
            return _Done(_trouble(ExitCode.BUG, message, is_passing=False), trace=trace)

    def _prepare(self, job: Job) -> Report:
        import datetime

        from photoprep.pipeline import prepare
        from photoprep.profile import load_profile
        from photoprep.walk.crew import photo_crew
        from photoprep.workers import usable_cores

        jobs = job.jobs or usable_cores()
        self._crew = self._crew or photo_crew(jobs, lasting=True)
        return prepare(
            job.sources,
            out=job.out,
            preset=job.preset,
            customer=job.customer,
            date=datetime.date.fromisoformat(job.date) if job.date else None,
            profile=load_profile(),
            jobs=jobs,
            links_within=job.inbox or None,
            language=job.language or None,
            crew=self._crew,
            on_photo=lambda done, total: self._step("photos", done, total),
            on_sheet=lambda done, total: self._step("sheets", done, total),
            on_version=lambda done, total: self._step("versions", done, total),
        )

    def _step(self, step: str, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _StoppedError
        if done in {0, total} or time.monotonic() - self._told_s >= _STEP_EVERY_S:
            self._told_s = time.monotonic()
            self._tell({"step": step, "done": done, "total": total})

    def _dismiss(self) -> None:
        if self._crew is not None:
            crew, self._crew = self._crew, None
            crew.__exit__()

    def _insist(self) -> None:
        """What does not come to its end by itself is broken off, and left at last."""
        time.sleep(FINISH_WITHIN_S)
        self._overdue = True
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            _thread.interrupt_main()
        time.sleep(LEAVE_WITHIN_S)
        os._exit(ExitCode.INTERRUPTED)  # files are whole at every instant; workers end with us


def outcome_of(report: Report) -> Outcome:
    """What a run that came to its end means for the batch."""
    passing = [photo for photo in report.failed if photo.is_passing]
    told = (passing or report.failed)[:1] if (report.failed and not report.ready) or passing else ()
    message, hint = (told[0].reason, told[0].hint) if told else ("", "")
    if message and told:
        message = say("{source}: {reason}", source=told[0].source, reason=message)
    return Outcome(
        report.exit_code,
        is_passing=bool(passing),
        message=packed(message),
        hint=packed(hint),
        prepared=len(report.ready),
        failed=len(report.failed),
        mails=len(report.mails),
        findings=len(report.findings),
        page=report.page,
    )


def refusal(error: PhotoprepError, job: Job) -> Outcome:
    """What it means for the batch that its run was refused.

    A source that is not there may be on a share that is gone: whether it was taken away is for the
    next scan to say.
    """
    from photoprep.walk.settling import PASSES_BY_ITSELF

    passes = error.exit_code == ExitCode.CANNOT_WRITE and not isinstance(error, NewerRecordError)
    passes |= isinstance(error, (OutputBusyError, TryLaterError, *PASSES_BY_ITSELF))
    passes |= not all(map(os.path.exists, job.sources))
    passes |= isinstance(error, NoPhotosError) and error.is_passing
    message = error.message
    if error.path is not None:
        message = say("{path}: {message}", path=str(error.path), message=message)
    return Outcome(
        error.exit_code, is_passing=passes, message=packed(message), hint=packed(error.hint)
    )


def files_of(job: Job) -> dict[str, str]:
    """The hashes of the job's files: those the output's record knows, else of what lies there.

    What cannot be read has none: they serve to recognise a batch, and nothing else hangs on them.
    """
    from photoprep.catalogue.found import printable
    from photoprep.files import sha256_of_file
    from photoprep.output_folder import MARKER, STATE_FILE
    from photoprep.state import State

    hashes: dict[str, str] = {}
    with suppress(PhotoprepError):
        with State(Path(job.out) / MARKER / STATE_FILE) as state:
            known = {name: source.sha256 for name, source in state.sources().items()}
        for path in job.files:
            sha256 = known.get(printable(path.removeprefix(job.prefix)), "")
            with suppress(PhotoprepError):
                hashes[path] = sha256 or sha256_of_file(Path(job.inbox) / path)
    return hashes


def resident_bytes() -> int:
    """How much memory this process has now, or had at most where the system does not say; or 0."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    with suppress(ImportError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return 0


def _trouble(code: ExitCode, message: str, *, is_passing: bool) -> Outcome:
    hint = "" if is_passing else say("Please report it with the lines above.")
    return Outcome(code, is_passing=is_passing, message=packed(message), hint=packed(hint))


def main() -> None:
    """Serve the daemon at the other end of standard input and output."""
    orders, answers = _taken_over()

    def tell(line: dict[str, object]) -> None:
        with suppress(OSError, ValueError):  # the daemon is gone: the end of the input says so too
            answers.write(json.dumps(line) + "\n")
            answers.flush()

    errand = Errand(tell)
    signal.signal(signal.SIGINT, errand.interrupted)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: errand.stop())
    threading.Thread(target=_listen, args=(orders, errand), name="orders", daemon=True).start()
    errand.run()
    os._exit(ExitCode.DONE)  # nothing to clean up; and the listener may be waiting in a read


def _listen(orders: IO[str], errand: Errand) -> None:
    with suppress(OSError, ValueError):
        for line in orders:
            errand.order(Job(**json.loads(line)))
    errand.stop()


def _taken_over() -> tuple[IO[str], IO[str]]:
    """Standard input and output, which no library and no worker gets any more.

    A worker that held the output's other end would keep the daemon waiting for a process that is
    gone, and a library's print would stand among the answers.
    """
    orders, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    os.close(nowhere)
    return (
        open(orders, encoding="utf-8"),  # noqa: PTH123 (they last as long as we do)
        open(answers, "w", encoding="utf-8"),  # noqa: PTH123
    )


if __name__ == "__main__":
    main()
