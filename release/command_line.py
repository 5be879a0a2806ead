"""The command line as it is, taken apart for the pages that tell of it: roff and Markdown alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from typer.main import get_command

from photoprep.cli import app
from photoprep.errors import ExitCode

AS_IT_STANDS = "\b\n"  # click's mark of a paragraph that is not to be filled
_TYPERS_OWN = {"--help", "--install-completion", "--show-completion"}

Row = tuple[str, str]  # what is typed, and what it means

EXITS = {
    ExitCode.DONE: "All done.",
    ExitCode.SOME_FAILED: "Done, but some photos failed; or something needed is broken (doctor).",
    ExitCode.WRONG_USAGE: "Wrong usage.",
    ExitCode.FINDINGS: "Findings that want something done, under --strict.",
    ExitCode.NOTHING_PREPARED: "Nothing could be prepared.",
    ExitCode.NO_PHOTOS: "No photos found.",
    ExitCode.REFUSED: "A mail server, or what delivers to another target, refused for good.",
    ExitCode.BUG: "A bug.",
    ExitCode.CANNOT_WRITE: "A place cannot be written.",
    ExitCode.TRY_LATER: "Busy, try again later.",
    ExitCode.WRONG_PRESET: "Wrong preset, profile or mail account; a cluster of other versions.",
    ExitCode.INTERRUPTED: "Interrupted.",
}
VARIABLES = {
    "LANG, LC_ALL, LC_MESSAGES, LANGUAGE": "The language that is spoken: English or Chinese.",
    "NO_COLOR": "When set, nothing is coloured.",
    "PHOTOPREP_CONFIG_DIR": "The folder of settings, instead of the system's usual one.",
    "PHOTOPREP_PASSWORD_NAME": "The password of the mail account NAME, instead of the keyring's.",
}
_OF_ALL = (
    ("--lang en|zh", "The language to speak. (default: that of the preset, else of the system)"),
    ("-h, --help", "Show help on photoprep, or behind a command on that one."),
)
_COMPLETION = (
    ("--install-completion", "Install completion for the current shell."),
    ("--show-completion", "Show it, to copy or change it."),
)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the words that call it, what stands behind them, and what it says of itself.

    ``paragraphs`` that begin with ``AS_IT_STANDS`` are lines, not text to be filled.
    """

    words: str
    arguments: tuple[Row, ...]
    paragraphs: tuple[str, ...]
    options: tuple[Row, ...]


def program() -> Command:
    """Photoprep itself, with the options that every command understands."""
    command: Any = get_command(app)
    options = (*_OF_ALL, *_options(command), *_COMPLETION)
    return Command("photoprep", (), _paragraphs(command.help), options)


def commands() -> Iterator[Command]:
    """Every command that does something and is not hidden, in alphabetical order."""
    yield from _below("photoprep", get_command(app))


def _below(words: str, command: Any) -> Iterator[Command]:
    for name, below in sorted(command.commands.items()):
        called = f"{words} {name}"
        if below.hidden:
            continue
        if hasattr(below, "commands"):
            yield from _below(called, below)
        else:
            arguments = tuple(
                (each.metavar or "", each.help or "")
                for each in below.params
                if each.param_type_name == "argument"
            )
            yield Command(called, arguments, _paragraphs(below.help), tuple(_options(below)))


def _options(command: Any) -> Iterator[Row]:
    for each in command.params:
        if each.param_type_name != "option" or _TYPERS_OWN & set(each.opts) or each.hidden:
            continue
        names = ", ".join(sorted(each.opts, key=lambda name: (-len(name), name)))
        value = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
        meaning = each.help or ""
        if isinstance(each.default, str) and each.default:
            meaning += f" (default: {each.default})"
        yield names + value, meaning


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n\n"))
