"""The manual page: up to date, whole, and without a fault to the programs that show it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from photoprep.errors import ExitCode
from release.man_page import PAGE, man_page


def shown(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ:
        pytest.skip(f"{command[0]} is not installed (Debian packages man-db, groff, mandoc)")
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=os.environ | {"MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""},
        check=False,
    )


def test_the_page_is_that_of_the_command_line_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == man_page(), "run: python -m release.man_page"


def test_mandoc_finds_no_fault_but_the_date_that_is_left_out() -> None:
    told = shown("mandoc", "-T", "lint", "-W", "warning", str(PAGE))
    faults = [line for line in told.stdout.splitlines() if "missing date" not in line]
    assert faults == []


def test_man_warns_of_nothing_and_shows_every_option_as_it_is_typed() -> None:
    told = shown("man", "--warnings", "-l", "-P", "cat", str(PAGE))
    assert (told.returncode, told.stderr) == (0, "")
    plain = re.sub(".\b", "", told.stdout)
    for words in ("--no-sheets", "--dry-run", "accounts add", "doctor [FOLDER]", "--lang en|zh"):
        assert words in plain
    for code in ExitCode:
        assert re.search(rf"^ +{int(code)} ", plain, re.MULTILINE), code
