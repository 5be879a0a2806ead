"""Code blocks of a page in docs/, and what stands behind each of them."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```([\w-]+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its language, the file's name that stands behind it if any, and its text."""

    language: str
    name: str
    text: str


def blocks_of(page: str) -> list[Block]:
    """All fenced blocks of ``docs/page``, in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [Block(*(part or "" for part in found)) for found in _FENCE.findall(text)]


def examples_of(page: str) -> list[tuple[str, str]]:
    """Every Python block that has no file's name, with the text block behind it: its output."""
    blocks = blocks_of(page)
    return [
        (block.text, after.text if after.language == "text" else "")
        for block, after in zip(blocks, [*blocks[1:], Block("", "", "")], strict=True)
        if block.language == "python" and not block.name
    ]


def _on_one_core() -> None:
    """One worker is enough for examples, and takes half of the time to load."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {random.choice(sorted(os.sched_getaffinity(0)))})


def run_as_program(code: str, folder: Path, **environment: str) -> str:
    """Run code as a file of its own in a folder; returns what it printed."""
    program = folder / "program.py"
    program.write_text(code, encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-W", "error", program.name],
            cwd=folder,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
            preexec_fn=None if os.name == "nt" else _on_one_core,
        )
    finally:
        program.unlink()
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return ended.stdout
