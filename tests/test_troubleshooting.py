"""What the page on troubleshooting quotes is what photoprep says, to the letter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.languages import read_catalogue

ROOT = Path(__file__).parents[1]
QUOTED = re.compile(r"^> (.+)$", re.MULTILINE)


def sentences() -> Iterator[str]:
    """Every constant text in the source that is given to ``say`` or ``say_number``."""
    for path in sorted((ROOT / "photoprep").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("say" | "say_number"), args=given):
                    yield from (str(each.value) for each in given if isinstance(each, ast.Constant))


@pytest.fixture(scope="module")
def said() -> set[str]:
    return set(sentences())


def test_every_message_in_the_page_stands_in_the_source(said: set[str]) -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    quoted = QUOTED.findall(page)
    assert len(quoted) == len(set(quoted)) >= 30
    assert [message for message in quoted if message not in said] == []


def test_every_message_in_the_chinese_page_is_what_a_chinese_run_says(said: set[str]) -> None:
    chinese = {str(message.string) for message in read_catalogue() if message.id in said}
    quoted = QUOTED.findall((ROOT / "docs/zh/troubleshooting.md").read_text(encoding="utf-8"))
    assert len(quoted) == len(set(quoted)) >= 10
    assert [message for message in quoted if message not in chinese] == []
