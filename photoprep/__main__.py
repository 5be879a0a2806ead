"""The door: ``photoprep`` and ``python -m photoprep``; Ctrl-C at any moment ends it quietly."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 130  # 128 + SIGINT, as shells have it; ``errors`` is not imported yet when it counts


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    sys.unraisablehook = _heed_interrupt
    # Of all that a run over 10,000 photos makes, nothing is a circle of things: looking for such
    # ones at every 700 objects took a tenth of a second of 1.4.
    gc.set_threshold(100_000, 20, 100)
    try:
        if _begins_anew(sys.argv[1:]):
            _begin_early()
        from photoprep.cli import run  # within the try: even the imports can be interrupted

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    # The answer stands; a Ctrl-C from here on would only spoil the exit code.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_early()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError):  # no stream, or one whose reader is gone: Python tells
        sys.exit(code)
    # An interrupt within an import's exec() is remembered by CPython 3.11 even when it has been
    # handled, and turns the exit code into a signal. And there is nothing to wait for: taking
    # apart what was loaded takes 50 ms.
    os._exit(code)


def _begins_anew(arguments: list[str]) -> bool:
    """Whether this looks like a first run, in which photos will have to be made.

    A guess, made before there is a command line to read the arguments: a wrong one costs a process
    that is ended unused, or one that starts later.
    """
    from os.path import lexists  # pathlib has yet to be loaded

    dropped = [argument for argument in arguments if lexists(argument)]
    if not dropped or arguments[0] in {
        "accounts",
        "deliver",
        "demo",
        "doctor",
        "drafts",
        "plugins",
        "presets",
        "profile",
        "send",
        "watch",
    }:
        return False
    for argument, value in itertools.pairwise([*arguments, ""]):
        if argument == "--out":
            return any(path != value for path in dropped) and not lexists(value)
        if argument.startswith("--out="):
            return not lexists(argument.removeprefix("--out="))
    return not lexists(f"{dropped[0].rstrip(os.sep)}-prepared")


def _begin_early() -> None:
    from functools import partial

    from photoprep.early import begin
    from photoprep.photo.task import load_room
    from photoprep.sheet.task import work_on
    from photoprep.worker_process import serve
    from photoprep.workers import usable_cores

    begin(load_room, partial(serve, function=work_on), usable_cores())


def _end_early() -> None:
    """End what was begun and has not been asked for."""
    if "photoprep.early" in sys.modules:
        from photoprep.early import claim

        unused = claim()
        if unused is not None:
            unused.end()


def _heed_interrupt(unraisable: UnraisableHookArgs) -> None:
    """Raise again a Ctrl-C that fell into a destructor, where CPython would drop it."""
    if unraisable.exc_type is KeyboardInterrupt:
        signal.raise_signal(signal.SIGINT)
    else:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    main()
