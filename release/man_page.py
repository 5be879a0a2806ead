"""The manual page photoprep(1), made of the command line as it is: ``python -m release.man_page``.

It is written to docs/photoprep.1, from where the wheel takes it into ``share/man/man1``; a test
holds that it is up to date. The macros are those of man(7). It has no date, which would make every
refresh a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from photoprep.errors import ExitCode
from photoprep.version import __version__
from release.command_line import (
    AS_IT_STANDS,
    EXITS,
    VARIABLES,
    Command,
    Row,
    commands,
    program,
)

PAGE = Path(__file__).resolve().parents[1] / "docs" / "photoprep.1"


def man_page() -> str:
    """The page as roff."""
    whole = program()
    purpose = " ".join(whole.paragraphs[0].split()).rstrip(".").lower()
    lines = [
        '.\\" Made by release/man_page.py of the command line; not to be edited.',
        f'.TH PHOTOPREP 1 "" "photoprep {__version__}" "User Commands"',
        ".SH NAME",
        f"photoprep \\- {_text(purpose)}",
        ".SH SYNOPSIS",
        *_usage("photoprep", "PATH... [OPTIONS]"),
        ".br",
        *_usage("photoprep", "COMMAND ..."),
        ".SH DESCRIPTION",
        *_paragraphs(whole.paragraphs),
        ".SH OPTIONS",
        *_tagged(whole.options),
        ".SH COMMANDS",
    ]
    for command in commands():
        lines += [f".SS {_text(command.words.removeprefix('photoprep '))}", *_command(command)]
    lines.append(".SH EXIT STATUS")
    lines += _tagged((str(int(code)), EXITS[code]) for code in ExitCode)
    lines.append(".SH ENVIRONMENT")
    lines += _tagged(VARIABLES.items())
    return "\n".join(lines) + "\n"


def _command(command: Command) -> Iterator[str]:
    yield from _usage(command.words, *(typed for typed, _ in command.arguments), "[OPTIONS]")
    yield ".PP"
    yield from _paragraphs(command.paragraphs)
    yield from _tagged(row for row in command.arguments if row[1])
    yield from _tagged(command.options)


def _usage(words: str, *arguments: str) -> Iterator[str]:
    yield f".B {_text(words)}"
    yield _text(" ".join(filter(None, arguments)))


def _tagged(rows: Iterable[Row]) -> Iterator[str]:
    for tag, meaning in rows:
        yield ".TP"
        yield f".B {_text(tag)}"
        yield _text(meaning)


def _paragraphs(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for place, paragraph in enumerate(paragraphs):
        if paragraph.startswith(AS_IT_STANDS):
            lines = paragraph.removeprefix(AS_IT_STANDS).splitlines()
            yield from (".PP", ".nf", *map(_text, lines), ".fi")
        else:
            if place:
                yield ".PP"
            yield _text(" ".join(paragraph.split()))


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
