"""The commands about letters: ``photoprep letter show | check | new``."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoprep.cli_exits import console, exit_codes
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import speak_by_preset, spoken, told
from photoprep.cli_options import (
    ContactOption,
    CustomerOption,
    DateOption,
    EnquiryOption,
    PresetOption,
    StrictOption,
)
from photoprep.errors import CannotWriteError, ExitCode, UsageError
from photoprep.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from photoprep.mail.reading import ReadLetter

letter_app = SpokenTyper(help="The words that go with the pictures.")


@letter_app.command("show")
def letter_show(
    out: Annotated[
        Path | None,
        typer.Argument(
            metavar="[OUT|FILE]",
            help="An output folder, or one mail. (default: an example, by preset and profile)",
        ),
    ] = None,
    preset: PresetOption = "trade-email",
    customer: CustomerOption = "",
    contact: ContactOption = "",
    enquiry: EnquiryOption = "",
    date: DateOption = None,
    html: Annotated[bool, typer.Option("--html", help="Print the HTML instead.")] = False,
) -> None:
    """Print letters as they would go out."""
    with exit_codes():
        speak_by_preset(preset)
        day = date.date() if date else datetime.date.today()
        letters = _letters(out, preset, customer, contact, enquiry, day)
        for letter in letters:
            typer.echo(letter.html if html else _as_shown(letter))


@letter_app.command("check")
def letter_check(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[OUT|FILE]",
            help="An output folder, or one .eml, .txt or .html file. (default: an example)",
        ),
    ] = None,
    preset: PresetOption = "trade-email",
    customer: CustomerOption = "",
    contact: ContactOption = "",
    enquiry: EnquiryOption = "",
    strict: StrictOption = False,
) -> None:
    """Say what is wrong with letters; ends with 3 when something would embarrass."""
    with exit_codes():
        from photoprep.mail.letter_check import check_letter
        from photoprep.profile import load_profile
        from photoprep.proof.findings import print_findings

        speak_by_preset(preset)
        letters = _letters(path, preset, customer, contact, enquiry, datetime.date.today())
        # Whose signature it is can be known of our own mails alone.
        profile = None if path is not None and path.is_file() else load_profile()
        findings = [found for each in letters for found in check_letter(each, profile)]
        print_findings(findings, console(stderr=False), spoken(), most_alike=5)
        if not findings:
            typer.echo(told(say("Nothing is wrong with the letter that could be found.")))
        errors = any(found.severity == "error" for found in findings)
        bad = errors or (strict and bool(findings))
        raise typer.Exit(ExitCode.FINDINGS if bad else ExitCode.DONE)


@letter_app.command("new")
def letter_new(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Where to put them. (default: where yours are found)"),
    ] = None,
) -> None:
    """Write the letter's templates out, to be changed; never over a file."""
    with exit_codes():
        from photoprep.files import at_home
        from photoprep.mail.templating import own_templates_folder, shipped_texts

        place = own_templates_folder() if folder is None else Path(at_home(str(folder)))
        for path in _write_new(place, shipped_texts()):
            typer.echo(str(path))
        if folder is None:
            typer.echo(told(say("Letters are written by these from now on.")), err=True)
        else:
            words = say('Name the folder under [letter] in a preset: template = "{folder}"',
                        folder=str(place.absolute()))  # fmt: skip
            typer.echo(told(words), err=True)


def _letters(
    path: Path | None,
    preset: str,
    customer: str,
    contact: str,
    enquiry: str,
    day: datetime.date,
) -> Sequence[ReadLetter]:
    """The letters that are there, or an example of those that would be."""
    from photoprep.files import at_home
    from photoprep.mail.reading import planned_letter, read_letters

    if path is not None:
        return read_letters(Path(at_home(str(path))))
    from photoprep.mail.enquiry import read_enquiry
    from photoprep.mail.letter import Correspondence
    from photoprep.mail.sample import sample_series
    from photoprep.preset_file import load_preset
    from photoprep.profile import load_profile

    answered = read_enquiry(enquiry) if enquiry else None
    letter, profile = load_preset(preset).letter, load_profile()
    series = sample_series(Correspondence(letter, profile, customer, day, contact, answered))
    return [planned_letter(plan, plan.filename) for plan in series]


def _as_shown(letter: ReadLetter) -> str:
    """The letter below what stands above it in a mail program."""
    from photoprep.proof.cells import padded, widest_cells

    rows = [
        (told(say("Mail")), letter.name),
        (told(say("From")), letter.sender),
        (told(say("Subject")), letter.subject),
        *((told(say("Attached")), name) for name in letter.attached or ()),
    ]
    width = widest_cells([label for label, _ in rows])
    head = [f"{padded(label, width)}  {value}" for label, value in rows if value]
    return "\n".join([*head, "", letter.text or letter.html_text])


def _write_new(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Write files that are not there yet, all or none.

    Raises:
        UsageError: one of them is there.
        CannotWriteError: the folder cannot be made or written.

    """
    from photoprep.files import cannot_write

    paths = [folder / name for name in texts]
    there = [path for path in paths if path.exists() or path.is_symlink()]
    if there:
        raise UsageError(
            say("This template is there already, and is not written over."),
            hint=say("Name another folder, or move yours elsewhere."),
            path=there[0],
        )
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts.values(), strict=True):
            # "x": a file that comes in this very moment is not written over either.
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        problem = cannot_write(path, error)
        hint = say("Name another folder to write them into.")
        raise CannotWriteError(problem.message, hint=hint, path=path) from error
    return paths
