#!/usr/bin/env python3
"""Set photoprep up in a folder of its own and run it; needs nothing but Python 3.11 and pip.

    python3 start.py demo        set up, then make and prepare the demo's photos
    python3 start.py test        set up, then run the tests
    python3 start.py check       set up, then run the linters and the type checker
    python3 start.py site        set up, then build the documentation into .site
    python3 start.py run ...     set up, then run photoprep with these arguments

Everything is installed into .venv beside this file; delete that folder to undo it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
EXTRAS = {"demo": "", "run": "", "test": "[test]", "check": "[dev]", "site": "[site]"}
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Set up what the command needs, run it, and return its exit code."""
    if not arguments or arguments[0] not in EXTRAS:
        print(__doc__)
        return 2
    if sys.version_info < OLDEST:
        print(f"photoprep needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version}.")
        return 2
    command, *rest = arguments
    set_up(EXTRAS[command])
    if command == "test":
        # Thousands of processes load photoprep in the tests. Where Python is told to keep no
        # bytecode, as containers often do, each would compile it anew: a fifth of a run's time.
        run_or_end([PYTHON, "-m", "compileall", "-q", "-j", "0", "photoprep"])
        return run([PYTHON, "-m", "pytest", *side_by_side(), *rest])
    if command == "check":
        return check()
    if command == "site":
        return run([PYTHON, "-m", "mkdocs", "build", "--strict", *rest])
    doors = {"demo": ["demo"], "run": []}
    # Typed in any folder: what is named on the command line is meant from there.
    return subprocess.call([PYTHON, "-m", "photoprep", *doors[command], *rest])


def side_by_side() -> list[str]:
    """How pytest shares the tests out.

    Many wait for processes of theirs, so there are two processes more than cores. The tests of a
    file stay together, for what they share, and files come in the order that tests/conftest.py
    puts them in: the longest first.
    """
    processes = str((os.cpu_count() or 1) + 2)
    return ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]


def set_up(extras: str) -> None:
    """Make the virtual environment and install photoprep with these extras; once is enough."""
    done = HOME / f"installed{extras.strip('[]') and '-' + extras.strip('[]')}"
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    if PYTHON.is_file() and done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return
    print("Setting up, once (about a minute) ...", flush=True)
    pip = make_environment()
    run_or_end([*pip, "install", "--quiet", "--disable-pip-version-check", "-e", f"{HERE}{extras}"])
    done.write_text(wanted, encoding="utf-8")


def make_environment() -> list[str | Path]:
    """Make .venv where there is none; returns the command that installs into it.

    Debian splits ``ensurepip`` off Python, so the environment is made without a pip of its own
    and the outer one, which knows ``--python`` since 22.3, installs into it.
    """
    outer = subprocess.run(
        [sys.executable, "-m", "pip", "--python", sys.executable, "--version"],
        capture_output=True,
        check=False,
    )
    own_pip = outer.returncode != 0
    if not PYTHON.is_file():
        only = [] if own_pip else ["--without-pip"]
        run_or_end([sys.executable, "-m", "venv", *only, HOME])
    if own_pip:
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def check() -> int:
    """Every check of the house; returns the first exit code that is not 0."""
    commands: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "mypy"],
        [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    ]
    return next((code for command in commands if (code := run(command))), 0)


def run(command: list[str | Path]) -> int:
    """Run a command in the repository; returns its exit code."""
    return subprocess.call(command, cwd=HERE)


def run_or_end(command: list[str | Path]) -> None:
    """Run a command in the repository; ends with its exit code when it fails."""
    if code := run(command):
        print(f"This did not work: {' '.join(str(part) for part in command)}")
        sys.exit(code)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
