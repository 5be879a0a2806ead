"""The oldest and the newest of what photoprep is declared to work with, each tried for real.

    python -m tests.compatibility                the oldest versions, and the newest on each Python
    python -m tests.compatibility oldest 3.13    only these
    python -m tests.compatibility --keep FOLDER  environments and logs stay there
    python -m tests.compatibility --tests PATH…  other tests than the chosen ones

For each a virtual environment is made of its own. *Oldest* is the lowest version that
pyproject.toml allows of every dependency and extra, on the oldest Python that it allows; *newest*
is what pip takes today, on every Python that is found: on PATH, with pyenv, and with uv. The tools
that only tests want are today's in all of them. It takes minutes and the network, so CI does not
run it; who raises a lower bound or uses a new function of a library does.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
EXTRAS = ("raw", "jxl", "mail", "cluster")
# What the tests below need besides; browsers and fuzzers are not asked about.
TOOLS = (
    "pytest", "pytest-timeout", "hypothesis", "aiosmtpd", "trustme", "babel", "hatchling", "pip",
    "packaging", "s3fs[boto3]", "flask", "flask-cors", "moto[s3]",
)  # fmt: skip
# Every library is met by one of them: docs and doors, decoders, colours, presets, the command
# line, lists as workbooks, names, letters, mails, accounts, the watch folder's events, clusters
# and stores.
CHOSEN = (
    "tests/api", "tests/catalogue", "tests/end_to_end/test_doors.py",
    "tests/end_to_end/test_languages.py", "tests/mail/test_accounts.py",
    "tests/mail/test_addressing.py", "tests/mail/test_letter.py",
    "tests/mail/test_letter_templates.py", "tests/mail/test_message.py",
    "tests/photo/test_decode.py", "tests/photo/test_deep_files.py",
    "tests/photo/test_formats_read.py", "tests/photo/test_tiff_zstd.py", "tests/plugin",
    "tests/remote",
    "tests/sheet/test_make.py", "tests/test_cli_presets.py", "tests/test_preset_file.py",
    "tests/test_profile.py", "tests/test_startup.py", "tests/watch/test_config.py",
    "tests/watch/test_waking.py",
)  # fmt: skip
OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter, and its version as three numbers."""

    path: Path
    version: tuple[int, int, int]

    @property
    def name(self) -> str:
        """``3.11``."""
        return f"{self.version[0]}.{self.version[1]}"


def declared(document: dict[str, object]) -> list[Requirement]:
    """The dependencies and extras that pyproject.toml declares for people, in its order."""
    project = document["project"]
    assert isinstance(project, dict)
    texts = [*project["dependencies"]]
    texts += [text for extra in EXTRAS for text in project["optional-dependencies"][extra]]
    return [Requirement(text) for text in texts]


def at_its_oldest(requirement: Requirement) -> str:
    """The same requirement for the lowest version that it allows and no other.

    Raises:
        ValueError: it has not exactly one lower bound.

    """
    bounds = [each.version for each in requirement.specifier if each.operator == ">="]
    if len(bounds) != 1 or len(requirement.specifier) != 1:
        raise ValueError(f"{requirement} has not one lower bound")
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}=={bounds[0]}{marker}"


def pythons(oldest: tuple[int, int]) -> list[Python]:
    """Every Python from ``oldest`` on that is found here, the newest patch of each, in order."""
    found: dict[str, Python] = {}
    for path in _candidates():
        python = _asked(path)
        if python is None or python.version[:2] < oldest:
            continue
        known = found.get(python.name)
        if known is None or known.version < python.version:
            found[python.name] = python
    return sorted(found.values(), key=lambda python: python.version)


def _candidates() -> Iterator[Path]:
    yield Path(getattr(sys, "_base_executable", sys.executable))
    for minor in range(11, 30):
        if which := shutil.which(f"python3.{minor}"):
            yield Path(which)
    home = Path.home()
    for root, below in [
        (Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions", "bin/python"),
        (home / ".pyenv/pyenv-win/versions", "python.exe"),
        (home / ".local/share/uv/python", "bin/python3"),
        (home / "AppData/Roaming/uv/python", "python.exe"),
    ]:
        yield from sorted(root.glob(f"*/{below}"))


def _asked(path: Path) -> Python | None:
    """What an interpreter says of itself; None where it is none that can make environments."""
    code = "import sys, venv; print(*sys.version_info[:3], sys.version_info.releaselevel)"
    try:
        said = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return None
    numbers = re.fullmatch(r"(\d+) (\d+) (\d+) final\s*", said.stdout)
    if said.returncode or not numbers:
        return None
    major, minor, patch = map(int, numbers.groups())
    return Python(path, (major, minor, patch))


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one environment; ``told`` is the last thing that was said."""

    name: str
    works: bool
    told: str
    seconds: float


def attempt(
    name: str, python: Python, requirements: list[str], folder: Path, tests: list[str]
) -> Tried:
    """Make one environment and run the tests in it."""
    began = time.monotonic()

    def tried(works: bool, told: str) -> Tried:
        return Tried(name, works, told, time.monotonic() - began)

    place = folder / name
    subprocess.run([python.path, "-m", "venv", "--clear", place], check=True)
    inside = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install: list[str | Path] = [
        inside,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    installed = subprocess.run(
        [*install, *requirements, *TOOLS], capture_output=True, text=True, check=False
    )
    if installed.returncode:
        lines = [line for line in installed.stderr.splitlines() if "ERROR" in line]
        return tried(False, f"does not install: {(lines or [installed.stderr[-300:]])[-1]}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PHOTOPREP_REQUIRE_READERS", None)
    log = folder / f"{name}.log"
    with log.open("w", encoding="utf-8") as file:
        ended = subprocess.run(
            [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return tried(ended.returncode == 0, "\n    ".join([*lines[-1:], *failed[:20]]))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Try what is asked for; 0 when all of it works."""
    parser = argparse.ArgumentParser(prog="python -m tests.compatibility", description=__doc__)
    parser.add_argument("wanted", nargs="*", help=f"{OLDEST}, or a Python: 3.13")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--tests", nargs="+", default=list(CHOSEN), metavar="PATH")
    asked = parser.parse_args(arguments)
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = declared(document)
    floor = re.fullmatch(r">=(\d+)\.(\d+)", document["project"]["requires-python"])
    assert floor, "requires-python is one lower bound"
    lowest = int(floor[1]), int(floor[2])
    here = pythons(lowest)
    _tell("Pythons: " + ", ".join(f"{each.name} ({each.path})" for each in here))
    jobs: list[tuple[str, Python, list[str]]] = []
    if (oldest := next((each for each in here if each.version[:2] == lowest), None)) is not None:
        jobs.append((OLDEST, oldest, [*map(at_its_oldest, requirements)]))
    else:
        _tell(f"There is no Python {lowest[0]}.{lowest[1]} here, so the oldest are not tried.")
    jobs += [(python.name, python, [*map(str, requirements)]) for python in here]
    works = True
    with ExitStack() as stack:
        folder = asked.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="photoprep-compatibility-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        for name, python, wanted in jobs:
            if asked.wanted and name not in asked.wanted:
                continue
            came = attempt(name, python, wanted, folder, asked.tests)
            works &= came.works
            word = "works" if came.works else "FAILS"
            _tell(f"{came.name}: {word} in {came.seconds:.0f} s: {came.told}")
    return 0 if works else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
