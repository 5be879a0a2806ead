"""Runs what README and site tell one to type, as it is written: ``python howtos.py PHOTOPREP``.

PHOTOPREP is the command of an installation, which may be anywhere: only Python's own library is
used here. What stands by itself on a page is run in the page's order, in a folder of the page's
own; what stands within a sentence each in a folder of its own. FOLDER, INBOX and the files that the
pages name are there by these names. Each command is run once, and ends with 0 unless ``ENDS`` says
what its page does; why some are not run stands in ``NOT_RUN`` and ``BY_OTHERS``.

CHANGELOG.md, which tells of what was, is left out, and so are fenced blocks, which tests read.
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT / "tests" / "fixtures" / "formats"
_READMES = ("README.md", "README.zh.md")
_ALSO = ("CONTRIBUTING.md", "ARCHITECTURE.md", "benchmarks/RESULTS.md")

# What a line or a code span begins with that is to be typed.
_PROGRAMS = r"(?:photoprep|python3?|pip|pipx|uv|dask|man|systemctl|launchctl|build-env/bin/\w+) "
_SPAN = re.compile(rf"(?<!`)`({_PROGRAMS}[^`]+)`(?!`)")
# What stands behind two blanks says what the command does.
_TYPED = re.compile(rf"^ {{4}}({_PROGRAMS}.+?)(?: {{2,}}.*)?$", re.MULTILINE)
_INDENTED = re.compile(r"^ {4}.*$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# "Save this as `name`", or "a file that you give with `--preset name`", and then the block.
_SAVED = re.compile(
    r"(?:Save this as `|with\s+`--preset )([\w.]+\.toml)`.*?^```\w*\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

_DRAFTS = "needs a server; tests/end_to_end/test_drafts.py has one"
_SENDS = "needs a server; tests/end_to_end/test_send.py has one"
_STORE = "needs a store; tests/remote has one"
_CLUSTER = "needs a cluster; tests/cluster has one"
_TARGET = "needs a plug-in; tests/plugin builds one and runs it"
_KEYRING = "needs a keyring; tests/mail/test_accounts.py has one"
_TAB = "waits for the Tab key; tests/end_to_end/test_completion.py presses it"
NOT_RUN = {
    "photoprep drafts FOLDER-prepared": _DRAFTS,
    'photoprep drafts "product photos-prepared"': _DRAFTS,
    'photoprep drafts "product photos-prepared" --dry-run': _DRAFTS,
    'photoprep drafts "product photos-prepared" --folder Entwürfe': _DRAFTS,
    "photoprep accounts test": _DRAFTS,
    "photoprep send FOLDER-prepared --to j.smith@example.org": _SENDS,
    "photoprep send FOLDER-prepared --to j.smith@example.org --bcc sales@example.com": _SENDS,
    'photoprep send photos-prepared --to "John Smith <j.smith@example.org>"': _SENDS,
    "photoprep accounts password work": _KEYRING,
    "photoprep accounts password NAME": _KEYRING,
    "photoprep CATALOGUE --cluster tcp://scheduler:8786": _CLUSTER,
    "photoprep s3://shop/catalogue": _STORE,
    "photoprep s3://shop/catalogue --out s3://shop/catalogue-prepared": _STORE,
    "photoprep FOLDER --out s3://shop/folder-prepared": _STORE,
    "photoprep check s3://shop/catalogue": _STORE,
    "photoprep s3://shop/factory.zip": _STORE,
    "photoprep s3://shop/catalogue --cluster tcp://scheduler:8786": _STORE,
    "photoprep deliver TARGET FOLDER-prepared": _TARGET,
    "photoprep deliver TARGET OUT": _TARGET,
    "photoprep deliver … --json": _TARGET,
    'photoprep deliver zip "Toolbox X100-prepared" --set into=~/offers': _TARGET,
    "photoprep FOLDER --cust": _TAB,
    "photoprep demo": "is what python3 start.py demo does, which .ci/run runs",
}
_WHEEL = ".ci/run installs the wheel by its path, which needs no release on PyPI"
_ONE_FILE = ".ci/run makes the single file, and tests/single_file.py tries it"
_SESSION = "changes the session; tests/service/test_installing.py holds that photoprep runs it"
_MODULE = "tests/test_howtos.py looks whether it is there"
# Other programs than photoprep, by what is typed first; the longest beginning tells.
BY_OTHERS = {
    "python3 start.py ": ".ci/run runs it",
    "python start.py ": ".ci/run runs it",
    "pip install ": _WHEEL,
    "pip install -e '.[bench]'": f"for benchmarks; {_MODULE}",
    "pip install atheris": "for guided fuzzing; the extra [test] brings it",
    "pipx install ": _WHEEL,
    "uv tool install ": _WHEEL,
    "python3 -m venv build-env": _ONE_FILE,
    "build-env/bin/": _ONE_FILE,
    "python tests/howtos.py ": "this is it; .ci/run runs it",
    "python tests/single_file.py ": ".ci/run runs it",
    "dask ": _CLUSTER,
    "man ": "shows a page; tests/test_man_page.py has it shown",
    "systemctl ": _SESSION,
    "launchctl ": _SESSION,
    "python -m benchmarks.": f"takes minutes to hours; {_MODULE}",
    "python -m release.": f"writes what the repository has, up to date; {_MODULE}",
    "python -m tests.": f"takes long, or writes what the repository has; {_MODULE}",
}
# What stands for something of one's own.
FILLED = {
    "photoprep PATH...": ("photoprep FOLDER strap.jpg",),
    "photoprep prepare PATH...": ("photoprep prepare FOLDER strap.jpg",),
    "photoprep FOLDER --preset NAME|FILE": (
        "photoprep FOLDER --preset ebay",
        "photoprep FOLDER --preset mine.toml",
    ),
    "photoprep presets show NAME": ("photoprep presets show mailbox-2mb",),
    "photoprep presets show NAME --merged": ("photoprep presets show mailbox-2mb --merged",),
    "photoprep accounts add | list | password | test": tuple(
        f"photoprep accounts {each} --help" for each in ("add", "list", "password", "test")
    ),
    'photoprep service show "/srv/photo inbox"': ('photoprep service show "photo inbox"',),
    'photoprep service install "/srv/photo inbox" --preset ebay': (
        'photoprep service install "photo inbox" --preset ebay',
    ),
    # What would run for ever.
    "photoprep watch INBOX": ("photoprep watch INBOX --once",),
    "photoprep watch INBOX --log json": ("photoprep watch INBOX --log json --once",),
} | {  # a command by its name alone
    f"photoprep {name}": (f"photoprep {name} --help",)
    for name in ("prepare", "sheet", "watch", "service", "drafts", "deliver", "accounts add")
}
# What has to be done before, where a command within a sentence stands on another.
BEFORE = {
    "photoprep shortcut remove": ("photoprep shortcut install",),
}
# What ends otherwise than with 0, as its page says.
ENDS = {
    "photoprep watch INBOX --status": 75,  # docs/watch.md: no daemon runs
}
# Whoever has not said who they are gets letters that nobody should send.
FIRST = ("photoprep profile edit", "photoprep FOLDER")
_ANSWERS = {
    FIRST[0]: "Li Hua\nSales Manager\nExample Ltd\n1 Example Road, Ningbo\n+86 574 1234567\n"
    "+86 574 1234568\nsales@example.com\nhttps://www.example.com\n"
}
# What others on the page stand on is run on each page.
_EACH_TIME = "photoprep accounts add"
# What takes longest and stands on nothing is run beside all else.
_ALONE = "photoprep demo"
_ENQUIRY = (
    "From: John Smith <j.smith@example.org>\r\nTo: sales@example.com\r\nSubject: Toolboxes\r\n"
    "Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <toolboxes@example.org>\r\n\r\nHello\r\n"
)
_LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Told:
    """A command, as one types it, and the first page that tells it."""

    page: str
    typed: str
    in_sentence: bool = False


def main(arguments: list[str]) -> int:
    """Run every command; returns 0 when all of them ended well."""
    command = str(Path(arguments[0]).absolute())
    everything = told()
    _tell_not_run(everything)
    groups = _groups([one for one in everything if not reason_not_to_run(one.typed)])
    failed = 0
    with tempfile.TemporaryDirectory(prefix="photoprep how-tos ") as name:
        begun = Path(name) / "begun"
        _furnish(begun)
        failed += sum(not _ends_well(command, typed, begun) for typed in FIRST)
        failed += not list(begun.glob("FOLDER-prepared/mails/*.eml"))

        def failures(number: int) -> int:
            here = begun.parent / f"{number}"
            shutil.copytree(begun, here)
            return sum(not _goes_well(command, one, here) for one in groups[number])

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            failed += sum(pool.map(failures, range(len(groups))))
        failed += len(list(begun.parent.glob("*/photoprep-demo-prepared/photos/*.jpg"))) < 8
    print(f"how-tos that did not go well, of {sum(map(len, groups))}: {failed}")
    return 1 if failed or len(groups) < 50 else 0


def told() -> list[Told]:
    """Every command that a page tells one to type: first those that stand by themselves."""
    pages = [*_READMES, *_ALSO, *sorted(path.relative_to(ROOT).as_posix() for path in _documents())]
    texts = {page: _FENCED.sub("", (ROOT / page).read_text(encoding="utf-8")) for page in pages}
    found: list[Told] = []
    for page, text in texts.items():
        found += [Told(page, typed) for typed in dict.fromkeys(_TYPED.findall(text))]
    for page, text in texts.items():
        spans = (" ".join(span.split()) for span in _SPAN.findall(_INDENTED.sub("", text)))
        found += [Told(page, span, in_sentence=True) for span in spans]
    first = {one.typed: one for one in reversed(found)}
    return [one for one in found if first[one.typed] is one or _again(one)]


def reason_not_to_run(typed: str) -> str:
    """Why a command is not run here; empty where it is."""
    begun = [each for each in BY_OTHERS if typed.startswith(each)]
    return NOT_RUN.get(typed) or (BY_OTHERS[max(begun, key=len)] if begun else "")


def unsaid() -> list[str]:
    """What the tables here have and no page says, or no page any more."""
    typed = {one.typed for one in told()}
    begun = {each for each in BY_OTHERS if any(one.startswith(each) for one in typed)}
    return sorted({*NOT_RUN, *FILLED, *BEFORE, *ENDS, *FIRST} - typed | {*BY_OTHERS} - begun)


def _tell_not_run(those: list[Told]) -> None:
    """Name what is not run; other programs than photoprep by their number."""
    for typed, reason in NOT_RUN.items():
        print(f"not run: {typed} ({reason})")
    for begins, reason in BY_OTHERS.items():
        count = len({one.typed for one in those if one.typed.startswith(begins)})
        print(f"not run: {begins.strip()} …, {count} in all ({reason})", flush=True)


def _documents() -> Iterator[Path]:
    return (ROOT / "docs").rglob("*.md")


def _again(one: Told) -> bool:
    return not one.in_sentence and one.typed.startswith(_EACH_TIME)


def _groups(those: list[Told]) -> list[list[Told]]:
    """What is run in one folder, one after the other; what takes longest first."""
    by_place: dict[str, list[Told]] = {}
    for one in sorted(those, key=lambda one: not one.typed.startswith(_ALONE)):
        if one.typed not in FIRST:
            alone = one.in_sentence or one.typed.startswith(_ALONE)
            by_place.setdefault(one.typed if alone else one.page, []).append(one)
    return list(by_place.values())


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
    for page in (*_documents(), ROOT / _READMES[0]):
        for name, text in _SAVED.findall(page.read_text(encoding="utf-8")):
            (here / name).write_text(text, encoding="utf-8")


def _goes_well(command: str, one: Told, here: Path) -> bool:
    """Run a command, filled in, behind what goes before it."""
    before = BEFORE.get(one.typed, ()) if one.in_sentence else ()
    filled = FILLED.get(one.typed, (one.typed,))
    ends = ENDS.get(one.typed, 0)
    well = [_ends_well(command, each, here) for each in before]
    return all([*well, *(_ends_well(command, each, here, ends) for each in filled)])


def _ends_well(command: str, typed: str, here: Path, expected: int = 0) -> bool:
    line, _, file = typed.partition(" > ")
    program, *words = shlex.split(line)
    programs = {"photoprep": command, "python": sys.executable}
    if program not in programs:
        print(f"nobody runs this: {typed}", flush=True)
        return False
    environment = os.environ | {
        "HOME": str(here / "home"),
        "PHOTOPREP_CONFIG_DIR": str(here / "settings"),
        "BROWSER": "true",
        "PYTHONIOENCODING": "utf-8",
    }
    # So that no service of the person's own session hears of this.
    for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"):
        environment.pop(name, None)
    done = subprocess.run(
        [programs[program], *words],
        cwd=here,
        env=environment,
        input=_ANSWERS.get(typed, ""),
        capture_output=True,
        encoding="utf-8",
        timeout=_LIMIT_S,
        check=False,
    )
    if file:
        (here / file).write_text(done.stdout, encoding="utf-8")
    print(f"{done.returncode:>3}  {typed}", flush=True)
    if done.returncode != expected or "Traceback" in done.stderr:
        print(done.stdout, done.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
