"""Plug-ins on disk: the one of docs/plugins.md, built and installed, and faulty ones by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.api.documented import blocks_of
from tests.support import written

_BUILD = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"


def documented_plugin(project: Path) -> Path:
    """The files of docs/plugins.md as they stand there."""
    for block in blocks_of("plugins.md"):
        if block.name:
            written(project / block.name, block.text)
    return project


def installed(project: Path, target: Path) -> Path:
    """Build a project's wheel with its own backend and let pip install it into ``target``."""
    built = subprocess.run(
        [sys.executable, "-c", _BUILD, str(project)],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    wheel = project / built.stdout.split()[-1]
    offline = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*_pip(), "install", *offline, "--target", str(target), str(wheel)], check=True)
    return target


def _pip() -> list[str]:
    """The pip of this environment, or the one that installs into it from outside."""
    outer = getattr(sys, "_base_executable", sys.executable)
    for python in (sys.executable, outer, "python3"):
        asked = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
        if asked.returncode == 0:
            inside = [] if python == sys.executable else ["--python", sys.executable]
            return [python, "-m", "pip", *inside]
    if os.environ.get("PHOTOPREP_REQUIRE_READERS"):
        pytest.fail("there is no pip, which start.py needs too")
    pytest.skip("there is no pip here")


def by_hand(
    folder: Path,
    distribution: str,
    version: str = "1.0",
    *,
    entries: Mapping[str, str],
    modules: Mapping[str, str],
) -> Path:
    """A distribution as an installer leaves it; ``entries`` are texts by their groups."""
    info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    written(info / "METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
    lines = "".join(f"[{group}]\n{entry}\n\n" for group, entry in entries.items())
    written(info / "entry_points.txt", lines)
    for name, text in modules.items():
        written(folder / name, text)
    return folder


def on_path(*folders: Path) -> dict[str, str]:
    """The environment of a process that finds these folders' distributions."""
    already = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": os.pathsep.join([*map(str, folders), *filter(None, [already])])}
