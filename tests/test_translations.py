"""The catalogue says everything that the source says, and no sentence goes past it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from typer.main import get_command

from photoprep.cli import app
from photoprep.cli_help import SpokenCommand, SpokenGroup
from tests.languages import (
    PACKAGE,
    PO_FILE,
    mo_bytes,
    po_bytes,
    read_catalogue,
    template,
    untranslated,
    updated,
)

# Messages that are the same in Chinese. There are none yet; names of formats and units are values.
SAME_IN_CHINESE: frozenset[str] = frozenset()
# The customer's letter has its own two languages.
LETTER = PACKAGE / "mail" / "letter.py"
# What a message or a hint is given to, and where among the arguments they stand.
TOLD = {"Note": (2,), "Finding": (2, 3), "Skipped": (1, 2), "Failed": (2, 3)}
TOLD_BY_NAME = {"message", "hint", "reason", "aside", "trouble", "advice"}
# Built-in errors of which the words are for programmers.
PLAIN = {
    "AssertionError",
    "ImportError",
    "ModuleNotFoundError",
    "AttributeError",
    "ValueError",
    "TypeError",
    "RuntimeError",
}
# … but where pydantic and ``photo.refusals`` pass them on to people.
PASSED_ON = ("preset_", "units.py", "photo/")


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != LETTER]


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a plain name in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def said(path: Path) -> Iterator[tuple[ast.Call, list[ast.expr], set[str]]]:
    """Every call that makes a sentence: its templates, and the values it is given."""
    for name, call in calls(path):
        values = {keyword.arg or "**" for keyword in call.keywords}
        if name == "say":
            yield call, call.args, values
        elif name == "say_number":
            yield call, call.args[1:], {"count", *values}


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"


def fields(text: str) -> set[tuple[str, str, str]]:
    """The placeholders of a template: name, format, conversion."""
    return {
        (name, spec or "", turn or "")
        for _, name, spec, turn in Formatter().parse(text)
        if name is not None
    }


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    text = message.string
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def messages() -> list[Message]:
    return [message for message in read_catalogue() if message.id]


def test_the_catalogue_has_what_the_source_says_and_nothing_else() -> None:
    catalogue = read_catalogue()
    wanted = {message.id for message in template() if message.id}
    assert {message.id for message in messages()} == wanted, "run: python -m tests.languages"
    assert not catalogue.obsolete
    assert not [message.id for message in messages() if message.fuzzy]
    assert po_bytes(updated(catalogue)) == PO_FILE.read_bytes(), "run: python -m tests.languages"


def test_nothing_is_said_that_is_not_found_for_the_catalogue() -> None:
    known = {text for message in template() if message.id for text in ids(message)}
    for path in sources():
        for call, templates, _ in said(path):
            for literal in templates:
                assert isinstance(literal, ast.Constant), place(path, call)
                assert literal.value in known, place(path, call)


def test_every_message_has_a_chinese_translation() -> None:
    assert not untranslated(read_catalogue())
    for message in messages():
        for text in strings(message):
            assert text.strip(), message.id
            same = text in ids(message)
            assert same == (text in SAME_IN_CHINESE), message.id


# Those of fragments that stand between their parts have no letters of their own.
def test_a_translation_is_chinese_and_has_the_placeholders_of_its_message() -> None:
    for message in messages():
        for text in strings(message):
            assert fields(text) == fields(ids(message)[-1]), message.id
            # What keeps the lines of an example in the help apart; no editor shows it.
            assert text.count("\b") == ids(message)[-1].count("\b"), message.id
            letters = [part for part, *_ in Formatter().parse(ids(message)[0])]
            if any(letter.isalpha() for part in letters for letter in part):
                assert any("\u4e00" <= letter <= "\u9fff" for letter in text) or (
                    message.id == "extends: {words}"
                ), message.id


def test_what_programs_read_is_what_people_edit() -> None:
    assert PO_FILE.with_suffix(".mo").read_bytes() == mo_bytes(read_catalogue())


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_templates_are_literal_and_get_the_values_they_name(path: Path) -> None:
    for call, templates, values in said(path):
        literals = [str(each.value) for each in templates if isinstance(each, ast.Constant)]
        assert len(literals) == len(templates), place(path, call)
        named = {name for text in literals for name, _, _ in fields(text)}
        assert named == values - ({"count"} - named), place(path, call)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_sentence_for_people_goes_past_the_catalogue(path: Path) -> None:
    for name, call in calls(path):
        for text in told(name, call, path.relative_to(PACKAGE).as_posix()):
            assert not is_bare(text), f"{place(path, text)}: {ast.unparse(text)}"


def told(name: str, call: ast.Call, path: str) -> Iterator[ast.expr]:
    """The arguments of a call that a person will read."""
    if name in TOLD:
        yield from (call.args[at] for at in TOLD[name] if at < len(call.args))
    elif name.endswith("Error") and (name not in PLAIN or path.startswith(PASSED_ON)):
        yield from call.args[:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in TOLD_BY_NAME)


def is_bare(text: ast.expr) -> bool:
    """Whether a text is made by other means than ``say``."""
    match text:
        case ast.Constant(value=str(value)):
            return bool(value)
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.IfExp():
            return is_bare(text.body) or is_bare(text.orelse)
        case ast.Call(func=ast.Attribute(attr="join" | "format" | "format_map")):
            return True
    return False


def test_every_command_has_its_help_translated() -> None:
    waiting = [get_command(app)]
    while waiting:
        command = waiting.pop()
        below = getattr(command, "commands", {})
        assert isinstance(command, SpokenGroup if below else SpokenCommand), command.name
        waiting += below.values()
