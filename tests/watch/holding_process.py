"""A daemon's lock in a process of its own: holds INBOX and OUT until it is killed or told to end.

With ``child`` it has started a process that outlives it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from photoprep.watch.holding import hold


def main(inbox: str, out: str, child: str = "") -> None:
    """Say "held" with the child's number (0: none), then wait for the end of standard input."""
    with hold(Path(inbox), Path(out)):
        number = 0
        if child:
            sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
            silent = subprocess.DEVNULL
            number = subprocess.Popen(sleeper, stdin=silent, stdout=silent, stderr=silent).pid
        sys.stdout.write(f"held {number}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
