"""One trial in a worker process: the product's own way, watched for time and memory."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoprep.catalogue.archive import is_archive_name, opened
from photoprep.catalogue.found import FoundFile
from photoprep.errors import ArchiveRefusedError, NotAPictureError, PhotoError
from photoprep.files import FileStamp
from photoprep.photo.task import MadePhoto, PhotoTask, load_room, prepare_photo
from photoprep.preset import PhotoSpec

_WORTH_TRIMMING_BYTES = 90_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """One file to prepare. After ``limit_s`` its worker dies, with all its stacks on stderr."""

    path: Path
    spec: PhotoSpec
    limit_s: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a trial: one outcome, or for an archive one a picture.

    ``peak_bytes`` is the most memory the worker had during it, 0 where the system does not tell.
    """

    outcomes: tuple[MadePhoto | PhotoError, ...]
    seconds: float
    peak_bytes: int


def set_up() -> None:
    """As the product's workers are set up; what the watchdog says goes to the terminal still."""
    global _terminal
    load_room()
    _terminal = os.dup(2)


_terminal = 2


def attempt(trial: Trial) -> Attempt:
    """Prepare the file; what is raised that is no ``PhotoError`` goes on to the crew.

    The watchdog is a thread in C and bites where Python's own signals do not: within a decoder.
    """
    faulthandler.dump_traceback_later(trial.limit_s, exit=True, file=_terminal)
    _forget_peak()
    began_s = time.monotonic()
    try:
        outcomes = tuple(_outcomes(trial))
    finally:
        faulthandler.cancel_dump_traceback_later()
    return Attempt(outcomes, time.monotonic() - began_s, _peak_bytes())


def _outcomes(trial: Trial) -> list[MadePhoto | PhotoError]:
    stamp = FileStamp.of(trial.path)
    if not is_archive_name(trial.path):
        return [_outcome(PhotoTask(trial.path, stamp, trial.spec))]
    rows = opened(FoundFile(trial.path, trial.path.name, stamp))
    return [_outcome_of_row(row, trial) for row in rows[:20]]


def _outcome_of_row(row: FoundFile, trial: Trial) -> MadePhoto | PhotoError:
    if row.trouble:
        return ArchiveRefusedError(row.trouble, hint=row.hint)
    if row.aside or row.stamp is None:
        return NotAPictureError("It is left aside.", hint=row.hint)
    return _outcome(PhotoTask(row.path, row.stamp, trial.spec, row.member, trial.path.parent))


def _outcome(task: PhotoTask) -> MadePhoto | PhotoError:
    try:
        return prepare_photo(task)
    except PhotoError as error:
        return error


def _forget_peak() -> None:
    """Begin to count anew (proc_pid_clear_refs(5)), without what an earlier picture has left."""
    with suppress(OSError, AttributeError):  # another C library than glibc
        if _peak_bytes() > _WORTH_TRIMMING_BYTES:
            ctypes.CDLL(None).malloc_trim(0)
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
