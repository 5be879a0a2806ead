"""Runs what the README tells a person to type, as it is written: ``python howtos.py PHOTOPREP``.

PHOTOPREP is the command of an installation, which may be anywhere: only Python's own library is
used here. FOLDER, INBOX and the files that the README names are there by these names. What needs a
server, the person's session or a name of one's own is not run, and said so.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT / "tests" / "fixtures" / "formats"
_SPAN = re.compile(r"(?<!`)`(photoprep [^`]+)`(?!`)")
_TYPED = re.compile(r"^ {4}(photoprep .+)$", re.MULTILINE)

NOT_RUN = {
    "photoprep drafts FOLDER-prepared": "needs a server",
    "photoprep send FOLDER-prepared --to j.smith@example.org": "needs a server",
    "photoprep service install INBOX": "changes the person's session",
    "photoprep --install-completion": "changes the settings of the shell",
    "photoprep watch INBOX --status": "tells of a daemon that runs",
}
# What would run for ever, and what opens a window.
ADDED = {"photoprep watch INBOX": " --once"}
# Whoever has not said who they are gets letters that nobody should send.
FIRST = "photoprep profile edit"
_ANSWERS = {
    FIRST: "Li Hua\nSales Manager\nExample Ltd\n1 Example Road, Ningbo\n+86 574 1234567\n"
    "+86 574 1234568\nsales@example.com\nhttps://www.example.com\n"
}
_LIMIT_S = 300


def main(arguments: list[str]) -> int:
    """Run every command; returns 0 when all of them ended well."""
    command = str(Path(arguments[0]).absolute())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = [line.strip() for line in _TYPED.findall(readme) + _SPAN.findall(readme)]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="photoprep how-tos ") as name:
        here = Path(name)
        _furnish(here)
        for typed in dict.fromkeys([FIRST, *told]):
            if reason := NOT_RUN.get(typed):
                print(f"not run: {typed} ({reason})")
                continue
            failed += not _ends_well(command, typed, here)
        failed += not list(here.glob("FOLDER-prepared/mails/*.eml"))
        failed += len(list(here.glob("photoprep-demo-prepared/photos/*.jpg"))) < 8
    print(f"how-tos that did not go well, of {len(set(told))}: {failed}")
    return 1 if failed or not told else 0


def _furnish(here: Path) -> None:
    """What the README's commands name."""
    for folder in ("FOLDER/Toolbox X100", "Toolbox X100", "INBOX/Toolbox X100"):
        (here / folder).mkdir(parents=True)
        for view in ("open", "closed"):
            source = {"open": "jpg-baseline.jpg", "closed": "heic-420.heic"}[view]
            shutil.copy(PHOTOS / source, here / folder / f"X100 {view}{Path(source).suffix}")
    shutil.make_archive(str(here / "factory"), "zip", here / "FOLDER")


def _ends_well(command: str, typed: str, here: Path) -> bool:
    words = shlex.split(typed + ADDED.get(typed, ""))
    environment = os.environ | {
        "PHOTOPREP_CONFIG_DIR": str(here / "settings"),
        "BROWSER": "true",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [command, *words[1:]],
        cwd=here,
        env=environment,
        input=_ANSWERS.get(typed, ""),
        capture_output=True,
        encoding="utf-8",
        timeout=_LIMIT_S,
        check=False,
    )
    print(f"{done.returncode:>3}  {typed}")
    if done.returncode or "Traceback" in done.stderr:
        print(done.stdout, done.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
