"""Programs that tests of icons need, and a terminal that writes down what it is to run."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

# Nothing here depends on how long it takes; a slow machine may take so long for each step.
STEP_S = 60


def missing(*programs: str) -> bool:
    """Whether tests with these are to be skipped; where CI has installed them they are not."""
    if "PHOTOPREP_REQUIRE_READERS" in os.environ:
        return False
    return any(shutil.which(program) is None for program in programs)


def recording_terminal(folder: Path, notes: Path) -> dict[str, str]:
    """Surroundings in which the only terminal that GLib finds notes its arguments and ends."""
    folder.mkdir()
    notes.mkdir()
    for needed in ("gio", "sh", "bash", "dash", "env"):
        if found := shutil.which(needed):
            (folder / needed).symlink_to(found)
    code = (
        "import json, os, sys\n"
        f"note = os.path.join({str(notes)!r}, str(os.getpid()))\n"
        "open(note + '.part', 'w').write(json.dumps(sys.argv[1:]))\n"
        "os.rename(note + '.part', note)\n"
    )
    terminal = folder / "xterm"
    terminal.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    terminal.chmod(0o755)
    return os.environ | {"PATH": str(folder), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}


def the_only_note(notes: Path) -> list[str]:
    """What the terminal was given, when it has been begun; it is begun by nobody who waits."""
    waited = time.monotonic() + STEP_S
    while not (found := [path for path in notes.iterdir() if not path.suffix]):
        assert time.monotonic() < waited, "no terminal was begun"
        time.sleep(0.02)
    (note,) = found
    words: list[str] = json.loads(note.read_text(encoding="utf-8"))
    return words
