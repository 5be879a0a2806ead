"""What ``tests/howtos.py`` does not run has a reason that is true, and its tables have no more."""

from __future__ import annotations

import re
from importlib import util

import pytest
from typer.main import get_command

from photoprep.cli import app
from tests.howtos import BY_OTHERS, NOT_RUN, ROOT, Told, reason_not_to_run, told, unsaid

EVERYTHING = told()
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
RUN_BY_IT = {"photoprep", "python"}
_SPAN = re.compile(r"(?<!`)`([a-z]+) [^`]+`(?!`)")


def test_commands_are_found_in_blocks_and_in_sentences_of_readmes_and_pages() -> None:
    for one in (
        Told("README.md", "python3 start.py demo"),
        Told("README.zh.md", 'photoprep "工具箱 X100"'),
        Told("README.md", "photoprep names FOLDER", in_sentence=True),
        Told("docs/names.md", "photoprep check FOLDER --explain", in_sentence=True),
        Told("docs/drafts.md", 'photoprep drafts "product photos-prepared"'),
    ):
        assert one in EVERYTHING
    assert len({one.typed for one in EVERYTHING if one.in_sentence}) > 60


def test_what_the_tables_name_is_on_a_page() -> None:
    assert unsaid() == []


def test_every_command_is_run_or_has_its_reason() -> None:
    for one in EVERYTHING:
        assert reason_not_to_run(one.typed) or one.typed.split()[0] in RUN_BY_IT, one


@pytest.mark.parametrize("reason", sorted({*NOT_RUN.values(), *BY_OTHERS.values()}))
def test_where_it_is_tried_instead_is_there(reason: str) -> None:
    for path in re.findall(r"(?:tests|\.ci)/[\w/]+(?:\.py)?", reason):
        assert (ROOT / path).exists()


def test_start_is_run_by_ci_with_everything_that_it_can_do() -> None:
    commands = {one.typed.split()[2] for one in EVERYTHING if "start.py " in one.typed}
    assert commands >= {"demo", "test", "site", "run"}
    for command in commands:
        assert re.search(rf"^[^#\n]*python3 \S*start\.py\"? {command}\b", CI, re.MULTILINE), command


def test_modules_that_are_named_are_there() -> None:
    names = re.findall(
        r"^python -m ([\w.]+)", "\n".join(one.typed for one in EVERYTHING), re.MULTILINE
    )
    assert len(names) > 20
    for name in names:
        if not name.startswith("photoprep"):
            assert util.find_spec(name) is not None, name


def test_what_is_to_be_typed_is_written_whole() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    for page in ("README.md", "README.zh.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert not commands & set(_SPAN.findall(text)), page
