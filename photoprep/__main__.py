"""The door: ``photoprep`` and ``python -m photoprep``; Ctrl-C at any moment ends it quietly."""

from __future__ import annotations

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
    try:
        from photoprep.cli import run  # within the try: even the imports can be interrupted

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    # The answer stands; a Ctrl-C from here on would only spoil the exit code.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == INTERRUPTED:
        # An interrupt within an import's exec() is remembered by CPython 3.11 even when it has
        # been handled, and turns the exit code into a signal; and there is nothing to wait for.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _heed_interrupt(unraisable: UnraisableHookArgs) -> None:
    """Raise again a Ctrl-C that fell into a destructor, where CPython would drop it."""
    if unraisable.exc_type is KeyboardInterrupt:
        signal.raise_signal(signal.SIGINT)
    else:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    main()
