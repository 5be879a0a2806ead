"""A program of the user's own, run with the result of a batch: without a shell, for a bounded time.

What it is told comes by environment variables and as JSON on its standard input. Nothing of it is
an argument: a folder's name is chosen by whoever may write to the watched folder.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_MAX_OUTPUT_BYTES = 8192
_GRACE_S = 2.0
_PASSWORDS = "PHOTOPREP_PASSWORD_"  # how variables begin that hold one


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a program ended: ``exit_code`` as ``subprocess`` has it, and the last of what it said."""

    exit_code: int
    output: str
    is_late: bool = False


def run_command(
    command: Sequence[str], told: Mapping[str, object], *, folder: Path, limit_s: float
) -> CommandEnd:
    """Run a program in a folder and wait for it; one that takes longer is ended, with its own.

    ``told`` goes to it whole as JSON, and each value as the variable PHOTOPREP_KEY. Of its output,
    both streams together, the last 8 kB are kept.

    Raises ``OSError`` where it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603 (the user's own command, no shell, nothing added)
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=_environment(told),
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101 (pipes were asked for)
    assert process.stdout is not None  # noqa: S101
    tail = _Tail(process.stdout)
    with suppress(OSError):  # it need not read what it is told
        process.stdin.write(json.dumps(told).encode("ascii"))
    with suppress(OSError):
        process.stdin.close()
    is_late = False
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        is_late = True
        _end(process)
    return CommandEnd(process.returncode, tail.text(), is_late)


def _environment(told: Mapping[str, object]) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(_PASSWORDS)}
    return own | {
        f"PHOTOPREP_{key.upper()}": str(value).replace("\0", " ") for key, value in told.items()
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started; it is asked first."""
    if os.name == "nt":
        process.kill()
        process.wait()
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
            if number == signal.SIGTERM:  # it is gone; what it started may not be
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            return
    process.wait()


class _Tail:
    """Reads a stream to its end in a thread, so that nobody waits who writes; keeps the last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream, suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                self._kept = (self._kept + chunk)[-_MAX_OUTPUT_BYTES:]

    def text(self) -> str:
        """What came last; something that was left running may hold the stream open meanwhile."""
        self._thread.join(_GRACE_S)
        return self._kept.decode("utf-8", "backslashreplace")
