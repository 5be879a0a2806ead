"""Where the single file begins: photoprep's door, and what it calls itself with.

Workers are started by ``multiprocessing``, which a frozen program has to let in. The watch folder's
errand and a service's daemon are started as ``python -m``; here the program is its own Python, so
that it understands as much of Python's command line as photoprep uses.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys

_MODULES = ("photoprep", "photoprep.watch.errand")


def main() -> None:
    """Run what the command line names: a worker, a module of photoprep, or photoprep itself."""
    multiprocessing.freeze_support()
    words = sys.argv[1:]
    if words[:1] == ["-P"]:
        words = words[1:]
    if words[:1] == ["-m"] and words[1:2] and words[1] in _MODULES:
        sys.argv[1:] = words[2:]
        if words[1] != "photoprep":
            runpy.run_module(words[1], run_name="__main__", alter_sys=False)
            return
    from photoprep.__main__ import main as photoprep

    photoprep()


if __name__ == "__main__":
    main()
