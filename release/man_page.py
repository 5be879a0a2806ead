"""The manual page photoprep(1), made of the command line as it is: ``python -m release.man_page``.

It is written to docs/photoprep.1, from where the wheel takes it into ``share/man/man1``; a test
holds that it is up to date. The macros are those of man(7). It has no date, which would make every
refresh a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from photoprep.cli import app
from photoprep.errors import ExitCode
from photoprep.version import __version__

PAGE = Path(__file__).resolve().parents[1] / "docs" / "photoprep.1"
_AS_IT_STANDS = "\b\n"  # click's mark of a paragraph that is not to be filled
_LANGUAGE = (
    "--lang en|zh",
    "The language to speak. (default: that of the preset, else of the system)",
)
_TYPERS_OWN = {"--help", "--install-completion", "--show-completion"}

_EXITS = {
    ExitCode.DONE: "All done.",
    ExitCode.SOME_FAILED: "Done, but some photos failed; or something needed is broken (doctor).",
    ExitCode.WRONG_USAGE: "Wrong usage.",
    ExitCode.FINDINGS: "Findings that want something done, under --strict.",
    ExitCode.NOTHING_PREPARED: "Nothing could be prepared.",
    ExitCode.NO_PHOTOS: "No photos found.",
    ExitCode.REFUSED: "A mail server refused for good.",
    ExitCode.BUG: "A bug.",
    ExitCode.CANNOT_WRITE: "A place cannot be written.",
    ExitCode.TRY_LATER: "Busy, try again later.",
    ExitCode.WRONG_PRESET: "Wrong preset, profile or mail account.",
    ExitCode.INTERRUPTED: "Interrupted.",
}
_VARIABLES = {
    "LANG, LC_ALL, LC_MESSAGES, LANGUAGE": "The language that is spoken: English or Chinese.",
    "NO_COLOR": "When set, nothing is coloured.",
    "PHOTOPREP_CONFIG_DIR": "The folder of settings, instead of the system's usual one.",
    "PHOTOPREP_PASSWORD_NAME": "The password of the mail account NAME, instead of the keyring's.",
}


def man_page() -> str:
    """The page as roff."""
    command: Any = get_command(app)
    lines = [
        '.\\" Made by release/man_page.py of the command line; not to be edited.',
        f'.TH PHOTOPREP 1 "" "photoprep {__version__}" "User Commands"',
        ".SH NAME",
        f"photoprep \\- {_text(_first_sentence(command.help).rstrip('.').lower())}",
        ".SH SYNOPSIS",
        *_usage("photoprep", "PATH... [OPTIONS]"),
        ".br",
        *_usage("photoprep", "COMMAND ..."),
        ".SH DESCRIPTION",
        *_paragraphs(command.help),
        ".SH OPTIONS",
        *_tagged(_LANGUAGE),
        *_tagged(("-h, --help", "Show help on photoprep, or behind a command on that one.")),
        *_options(command),
        *_tagged(("--install-completion", "Install completion for the current shell.")),
        *_tagged(("--show-completion", "Show it, to copy or change it.")),
        ".SH COMMANDS",
    ]
    for words, below in _commands("photoprep", command):
        lines += [f".SS {_text(words.removeprefix('photoprep '))}", *_command(words, below)]
    lines.append(".SH EXIT STATUS")
    for code in ExitCode:
        lines += _tagged((str(int(code)), _EXITS[code]))
    lines.append(".SH ENVIRONMENT")
    for row in _VARIABLES.items():
        lines += _tagged(row)
    return "\n".join(lines) + "\n"


def _commands(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it, in alphabetical order."""
    for name, below in sorted(command.commands.items()):
        if hasattr(below, "commands"):
            yield from _commands(f"{words} {name}", below)
        else:
            yield f"{words} {name}", below


def _command(words: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    yield from _usage(words, *(each.metavar or "" for each in arguments), "[OPTIONS]")
    yield ".PP"
    yield from _paragraphs(command.help)
    for each in arguments:
        if each.help:
            yield from _tagged((each.metavar, each.help))
    yield from _options(command)


def _options(command: Any) -> Iterator[str]:
    for each in command.params:
        if each.param_type_name != "option" or _TYPERS_OWN & set(each.opts) or each.hidden:
            continue
        names = ", ".join(sorted(each.opts, key=lambda name: (-len(name), name)))
        value = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
        meaning = each.help or ""
        if isinstance(each.default, str) and each.default:
            meaning += f" (default: {each.default})"
        yield from _tagged((names + value, meaning))


def _usage(words: str, *arguments: str) -> Iterator[str]:
    yield f".B {_text(words)}"
    yield _text(" ".join(filter(None, arguments)))


def _tagged(row: tuple[str, str]) -> Iterator[str]:
    tag, meaning = row
    yield ".TP"
    yield f".B {_text(tag)}"
    yield _text(meaning)


def _paragraphs(text: str) -> Iterator[str]:
    for place, paragraph in enumerate(text.strip().split("\n\n")):
        if paragraph.startswith(_AS_IT_STANDS):
            lines = paragraph.removeprefix(_AS_IT_STANDS).splitlines()
            yield from (".PP", ".nf", *map(_text, lines), ".fi")
        else:
            if place:
                yield ".PP"
            yield _text(" ".join(paragraph.split()))


def _first_sentence(text: str) -> str:
    return " ".join(text.strip().partition("\n\n")[0].split())


def _text(text: str) -> str:
    """A text as roff: hyphens that can be searched for, and no line that is taken for a macro."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    plain = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in plain)
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def main() -> None:
    """Write the page."""
    PAGE.write_text(man_page(), encoding="utf-8")
    print(f"Written: {PAGE}")


if __name__ == "__main__":
    main()
