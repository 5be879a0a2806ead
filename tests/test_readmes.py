"""The two READMEs say the same, of things that are there: neither may fall behind the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from photoprep.cli import app
from photoprep.preset_file import preset_names

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = "README.md", "README.zh.md"
# What is Chinese in the Chinese one's code: a folder's name, and two comments.
CHOSEN = {
    "Toolbox X100": "工具箱 X100",
    "# letters in Chinese": "# 信函使用中文",
    "# worker processes import this file": "# 工作进程会导入此文件",
}
# Megapixels, which Chinese counts by ten thousands and by hundred millions.
COUNTED_OTHERWISE = Counter(["12", "100"]), Counter(["1200", "1"])

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
READMES = pytest.mark.parametrize("name", [ENGLISH, CHINESE])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def in_chinese(text: str) -> str:
    for english, chosen in CHOSEN.items():
        text = text.replace(english, chosen)
    return text


def without_fences(text: str) -> str:
    return FENCE.sub("", text)


def blocks(text: str) -> list[str]:
    """The code that stands by itself, as it comes."""
    return [
        block[0] for block in re.finditer(f"(?ms:{FENCE.pattern})|(?m:{INDENTED.pattern})", text)
    ]


def typed(text: str) -> Iterator[list[str]]:
    """What a person is told to type into a terminal, word by word."""
    bare = without_fences(text)
    yield from (line.split() for block in INDENTED.findall(bare) for line in block.splitlines())
    yield from (span.split() for span in SPAN.findall(INDENTED.sub("", bare)))


def test_they_have_the_same_headings() -> None:
    one, other = (HEADING.findall(without_fences(text_of(name))) for name in (ENGLISH, CHINESE))
    assert one == other
    assert len(one) > 5


def test_they_have_the_same_code() -> None:
    one, other = in_chinese(text_of(ENGLISH)), text_of(CHINESE)
    assert blocks(one) == blocks(other)
    assert len(blocks(other)) == 6
    assert set(SPAN.findall(without_fences(one))) == set(SPAN.findall(without_fences(other)))
    for english, chosen in CHOSEN.items():
        assert english in text_of(ENGLISH)
        assert chosen in other


def test_they_have_the_same_figures() -> None:
    one, other = (Counter(NUMBER.findall(text_of(name))) for name in (ENGLISH, CHINESE))
    english, chinese = COUNTED_OTHERWISE
    assert one - other == english
    assert other - one == chinese


def test_they_link_to_the_same_files_and_to_each_other() -> None:
    one, other = (LINK.findall(text_of(name)) for name in (ENGLISH, CHINESE))
    assert one == other
    assert one[:2] == [ENGLISH, CHINESE]


@READMES
def test_every_file_they_link_to_is_there(name: str) -> None:
    for link in LINK.findall(text_of(name)):
        assert (ROOT / link.partition("#")[0]).is_file(), link


@READMES
def test_every_command_they_tell_is_there(name: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    told = set()
    for words in typed(text_of(name)):
        if words[0] != "photoprep" and words[0] not in commands:
            continue
        left = words[words[0] == "photoprep" :]
        below = commands
        while below and left and re.fullmatch("[a-z]+", left[0]):
            assert left[0] in below, words
            told.add(left[0])
            below = getattr(below[left[0]], "commands", {})
            left = left[1:]
    assert {"check", "names", "presets", "list", "show", "profile", "edit"} <= told


@READMES
def test_every_option_they_tell_is_there(name: str) -> None:
    waiting, known = [get_command(app)], {"--lang"}
    while waiting:
        command = waiting.pop()
        known |= {option for each in command.params for option in each.opts}
        waiting += getattr(command, "commands", {}).values()
    told = set(OPTION.findall(" ".join(" ".join(words) for words in typed(text_of(name)))))
    assert "--write-manifest" in told
    assert told <= known


@READMES
def test_they_name_every_shipped_preset(name: str) -> None:
    for preset in preset_names():
        assert f"- `{preset}`" in text_of(name)
