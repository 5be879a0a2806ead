"""Runs what README and site tell one to type, as it is written: ``python howtos.py PHOTOPREP``.

PHOTOPREP is the command of an installation, which may be anywhere: only Python's own library is
used here. FOLDER, INBOX and the files that the pages name are there by these names, for each page
anew; pages run side by side. What needs a server, the person's session or a name of one's own is
not run, and said so. Of README.md the commands within sentences are run as well; elsewhere those
that stand by themselves, each once.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT / "tests" / "fixtures" / "formats"
_SPAN = re.compile(r"(?<!`)`(photoprep [^`]+)`(?!`)")
# What stands behind two blanks says what the command does.
_TYPED = re.compile(r"^ {4}(photoprep .+?)(?: {2,}.*)?$", re.MULTILINE)
_SAVED = re.compile(r"Save this as `([\w.]+)`.*?^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_SERVER = "needs a server"
_STORE = "tests/remote runs it against a store"
_SESSION = "changes the person's session"
_DAEMON = "tells of a daemon that runs"
NOT_RUN = {
    "photoprep drafts FOLDER-prepared": _SERVER,
    'photoprep drafts "product photos-prepared"': _SERVER,
    'photoprep drafts "product photos-prepared" --dry-run': _SERVER,
    'photoprep drafts "product photos-prepared" --folder Entwürfe': _SERVER,
    "photoprep send FOLDER-prepared --to j.smith@example.org": _SERVER,
    "photoprep send FOLDER-prepared --to j.smith@example.org --bcc sales@example.com": _SERVER,
    'photoprep send photos-prepared --to "John Smith <j.smith@example.org>"': _SERVER,
    "photoprep accounts test": _SERVER,
    "photoprep accounts password work": "asks a keyring and a person",
    "photoprep CATALOGUE --cluster tcp://scheduler:8786": "needs a cluster",
    "photoprep s3://shop/catalogue": _STORE,
    "photoprep s3://shop/catalogue --out s3://shop/catalogue-prepared": _STORE,
    "photoprep FOLDER --out s3://shop/folder-prepared": _STORE,
    "photoprep check s3://shop/catalogue": _STORE,
    "photoprep s3://shop/factory.zip": _STORE,
    "photoprep s3://shop/catalogue --cluster tcp://scheduler:8786": _STORE,
    "photoprep deliver TARGET FOLDER-prepared": "TARGET is a plug-in's name",
    'photoprep deliver zip "Toolbox X100-prepared" --set into=~/offers': "tests/plugin runs it",
    "photoprep service install INBOX": _SESSION,
    'photoprep service install "/srv/photo inbox" --preset ebay': _SESSION,
    "photoprep service remove": _SESSION,
    'photoprep service show "/srv/photo inbox"': "names a folder of another machine",
    "photoprep --install-completion": "changes the settings of the shell",
    "photoprep watch INBOX --status": _DAEMON,
}
# What would run for ever.
ADDED = {"photoprep watch INBOX": " --once", "photoprep watch INBOX --log json": " --once"}
# Whoever has not said who they are gets letters that nobody should send.
FIRST = ("photoprep profile edit", "photoprep FOLDER")
_ANSWERS = {
    FIRST[0]: "Li Hua\nSales Manager\nExample Ltd\n1 Example Road, Ningbo\n+86 574 1234567\n"
    "+86 574 1234568\nsales@example.com\nhttps://www.example.com\n"
}
# What others on the page stand on is run on each page.
_EACH_TIME = "photoprep accounts add"
# What takes longest and stands on nothing is run beside the rest of its page.
_ALONE = "photoprep demo"
_ENQUIRY = (
    "From: John Smith <j.smith@example.org>\r\nTo: sales@example.com\r\nSubject: Toolboxes\r\n"
    "Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <toolboxes@example.org>\r\n\r\nHello\r\n"
)
_LIMIT_S = 300


def main(arguments: list[str]) -> int:
    """Run every command; returns 0 when all of them ended well."""
    command = str(Path(arguments[0]).absolute())
    told = list(_told())
    with tempfile.TemporaryDirectory(prefix="photoprep how-tos ") as name:
        begun = Path(name) / "begun"
        _furnish(begun)
        failed = sum(not _ends_well(command, typed, begun) for typed in FIRST)
        failed += not list(begun.glob("FOLDER-prepared/mails/*.eml"))

        def failures(number: int) -> int:
            here = begun.parent / f"{number}"
            shutil.copytree(begun, here)
            return _failures(command, *told[number], here)

        with ThreadPoolExecutor(os.cpu_count()) as pages:
            failed += sum(pages.map(failures, range(len(told))))
        failed += len(list(begun.parent.glob("*/photoprep-demo-prepared/photos/*.jpg"))) < 8
    print(f"how-tos that did not go well, of {sum(len(typed) for _, typed in told)}: {failed}")
    return 1 if failed or len(told) < 10 else 0


def _told() -> Iterator[tuple[str, list[str]]]:
    """What each page tells to type and no page before it, with the page's path."""
    seen = set(FIRST)
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = path.read_text(encoding="utf-8")
        typed = _TYPED.findall(text) + (_SPAN.findall(text) if path.parent == ROOT else [])
        fresh = [one for one in dict.fromkeys(typed) if one not in seen or _EACH_TIME in one]
        seen.update(fresh)
        alone = [one for one in fresh if one.startswith(_ALONE)]
        for those in (alone, [one for one in fresh if one not in alone]):
            if those:
                yield path.relative_to(ROOT).as_posix(), those


def _failures(command: str, page: str, told: list[str], here: Path) -> int:
    """Run a page's commands in a folder of its own; returns how many did not end well."""
    for name, text in _SAVED.findall((ROOT / page).read_text(encoding="utf-8")):
        (here / name).write_text(text, encoding="utf-8")
    failed = 0
    for typed in told:
        if reason := NOT_RUN.get(typed):
            print(f"not run: {typed} ({reason})", flush=True)
        else:
            failed += not _ends_well(command, typed, here)
    return failed


def _furnish(here: Path) -> None:
    """What the pages' commands name."""
    products = ("FOLDER/Toolbox X100", "Toolbox X100", "工具箱 X100", "INBOX/Toolbox X100")
    for folder in (*products, "photo inbox", "home"):
        (here / folder).mkdir(parents=True)
    for folder in products:
        for view in ("open", "closed"):
            source = {"open": "jpg-baseline.jpg", "closed": "heic-420.heic"}[view]
            shutil.copy(PHOTOS / source, here / folder / f"X100 {view}{Path(source).suffix}")
    shutil.copy(PHOTOS / "jpg-baseline.jpg", here / "strap.jpg")
    shutil.make_archive(str(here / "factory"), "zip", here / "FOLDER")
    (here / "enquiry.eml").write_bytes(_ENQUIRY.encode())


def _ends_well(command: str, typed: str, here: Path) -> bool:
    words = shlex.split(typed + ADDED.get(typed, ""))
    environment = os.environ | {
        "HOME": str(here / "home"),
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
    print(f"{done.returncode:>3}  {typed}", flush=True)
    if done.returncode or "Traceback" in done.stderr:
        print(done.stdout, done.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
