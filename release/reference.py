"""The pages of docs/reference, made of the code as it is: ``python -m release.reference``.

A test holds that they are up to date. The preset's keys (docs/presets.md) are written by
``photoprep presets reference``, and the public names of Python stand in docs/api.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import dedent

from photoprep import errors
from photoprep.errors import ExitCode, PhotoprepError
from photoprep.report import SCHEMA
from release.command_line import AS_IT_STANDS, EXITS, VARIABLES, Command, Row, commands, program
from release.finding_codes import FINDINGS
from release.report_keys import KEYS, kinds_of_values

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
_MADE = "<!-- Made by release/reference.py; not to be edited. -->"


def pages() -> dict[str, str]:
    """Every page's text by its file's name."""
    made = {
        "cli.md": _command_line(),
        "exit-codes.md": _exit_codes(),
        "findings.md": _findings(),
        "report-json.md": _report_json(),
    }
    return {name: "\n".join([_MADE, "", *lines]) + "\n" for name, lines in made.items()}


def _command_line() -> Iterator[str]:
    yield from ("# The command line", "")
    yield "What `--help` says, on one page; `man photoprep` has the same. `photoprep PATH...` is"
    yield from ("`photoprep prepare PATH...`.", "")
    for command in (program(), *commands()):
        yield from _command(command)
    yield from ("## Environment", "")
    yield from _table(("variable", "meaning"), VARIABLES.items())


def _command(command: Command) -> Iterator[str]:
    typed = " ".join(typed for typed, _ in command.arguments)
    yield from (f"## {command.words}", "")
    if typed:
        yield from ("```text", f"{command.words} {typed} [OPTIONS]", "```", "")
    for paragraph in command.paragraphs:
        if paragraph.startswith(AS_IT_STANDS):
            lines = dedent(paragraph.removeprefix(AS_IT_STANDS)).splitlines()
            yield from ("```text", *lines, "```", "")
        else:
            yield from (_text(" ".join(paragraph.split())), "")
    rows = [*(row for row in command.arguments if row[1]), *command.options]
    if rows:
        yield from _table(("typed", "meaning"), rows)


def _exit_codes() -> Iterator[str]:
    yield from ("# Exit codes", "")
    yield "What `photoprep` answers to a shell or a program, by the numbers of sysexits.h where one"
    yield "there fits. `send`, `watch` and `doctor` say more of theirs on their own pages:"
    yield "[send](../send.md), [watch](../watch.md), [install](../install.md)."
    yield ""
    yield from _table(("code", "meaning"), ((str(int(code)), EXITS[code]) for code in ExitCode))
    yield from ("## Errors and their codes", "")
    yield "What concerns a whole call is raised in Python as one of these; what concerns one"
    yield from ("picture (`PhotoError` and below) is a row of the report and never ends a run.", "")
    yield from _table(("error", "code", "when"), _error_rows())


def _error_rows() -> Iterator[tuple[str, ...]]:
    for name, kind in vars(errors).items():
        if not (inspect.isclass(kind) and issubclass(kind, PhotoprepError)):
            continue
        if kind is PhotoprepError:
            continue
        when = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
        yield name, str(int(kind.exit_code)), when.replace("``", "")


def _findings() -> Iterator[str]:
    yield from ("# Findings", "")
    yield "What a run, a check or `photoprep letter check` says without refusing anything. The code"
    yield "is stable and for programs; the sentence is for people and may change. With `--strict`"
    yield from ("an `error` or a `warning` ends with 3.", "")
    for (title, page), codes in FINDINGS.items():
        yield from (f"## {title}", "", f"Explained in [{Path(page).name}]({page}).", "")
        rows = ((code, severity, meaning) for code, (severity, meaning) in codes.items())
        yield from _table(("code", "severity", "meaning"), rows)


def _report_json() -> Iterator[str]:
    yield from ("# report.json", "")
    yield "What `FOLDER-prepared/report.json` holds, and `photoprep FOLDER --json` prints: JSON in"
    yield f"UTF-8, schema {SCHEMA}. No clock time and no path of your computer stand in it, and"
    yield from ("equal runs write equal bytes. `[]` says that there is a list of them.", "")
    kinds = kinds_of_values()
    rows = ((key, kinds[key], meaning) for key, meaning in KEYS.items())
    yield from _table(("key", "is", "meaning"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[Row | tuple[str, ...]]) -> Iterator[str]:
    """A table whose first column is code."""
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for first, *others in rows:
        yield f"| {' | '.join([_code(first), *map(_text, others)])} |"
    yield ""


def _code(text: str) -> str:
    """A text as code; a bar, which would open a column, as HTML has it."""
    return f"<code>{text.replace('|', '&#124;')}</code>" if "|" in text else f"`{text}`"


def _text(text: str) -> str:
    """A text as Markdown: nothing in it opens a column or a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"Written: {FOLDER / name}")


if __name__ == "__main__":
    main()
