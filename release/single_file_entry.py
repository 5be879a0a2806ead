"""Where the single file begins: photoprep's door, and what it calls itself with.

Workers are started by ``multiprocessing``, which a frozen program has to let in. The watch folder's
errand and a service's daemon are started as ``python -m``; here the program is its own Python, so
that it understands as much of Python's command line as photoprep uses.

Programs of the system that photoprep starts (a browser, ``systemctl``, a command of one's own) get
the libraries of the system, and not those that the file has unpacked for itself.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys

_MODULES = ("photoprep", "photoprep.watch.errand")


def main() -> None:
    """Run what the command line names: a worker, a module of photoprep, or photoprep itself."""
    _keep_libraries_to_itself()
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


def _keep_libraries_to_itself() -> None:
    """Have the unpacked libraries in this process, and in none that it starts; Linux alone.

    The loader looks at LD_LIBRARY_PATH once, when a process begins ("ld.so", environment), and
    PyInstaller sets it to the unpacked files in the first one. So it is put back here as it was,
    and a process of our own that begins without it begins once more.
    """
    if sys.platform != "linux" or not getattr(sys, "frozen", False):
        return
    name, folder = "LD_LIBRARY_PATH", sys.prefix
    if os.environ.get(name, "").split(os.pathsep)[0] != folder:
        found = os.environ.get(name)
        if found is not None:
            os.environ[f"{name}_ORIG"] = found  # as PyInstaller keeps it
        os.environ[name] = os.pathsep.join([folder, *([found] if found else [])])
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 (this very program)
    before = os.environ.pop(f"{name}_ORIG", None)
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before


if __name__ == "__main__":
    main()
