"""What there is to say of a sheet: letters without a font, pictures left off, pages parted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from photoprep.errors import PhotoError
from photoprep.language import say
from photoprep.outcome import Note
from photoprep.report import Finding
from photoprep.sheet.missing import told_unshaped
from photoprep.sheet.words import MeasuredWords
from photoprep.walk.sheet_plans import SheetPlan

# The code of a note on a picture that is not on its sheet.
LEFT_OFF = "sheet-picture-left-off"


def no_logo(reason: str) -> Note:
    """That the logo cannot be read."""
    return Note(
        "sheet-logo",
        "warning",
        say("The logo cannot be read: {reason}", reason=reason),
        say("Name a picture’s file under [sheet] in the preset, or leave logo empty."),
    )


def letters_missing(measured: MeasuredWords) -> Iterator[Note]:
    """That no font has some characters; nothing stands in their place."""
    if measured.missing:
        yield Note(
            "sheet-letters-missing",
            "error",
            measured.missing.told(),
            say("Name a font that has them under [sheet] in the preset, or use other words."),
        )


def left_off(plan: SheetPlan, errors: Mapping[str, PhotoError]) -> Iterator[Note]:
    """Each picture that is not on the sheet, and why."""
    for shown in plan.shown:
        if shown.source in errors:
            error = errors[shown.source]
            yield Note(
                LEFT_OFF,
                "warning",
                say("{source} is not on it: {reason}", source=shown.source, reason=error.message),
                error.hint,
            )


def failed(plan: SheetPlan, error: PhotoError) -> Finding:
    """That a whole sheet was not made."""
    return Finding(
        "sheet-failed",
        "error",
        say("The sheet “{title}” was not made: {reason}", title=plan.title, reason=error.message),
        error.hint,
        product=plan.product,
    )


def said_of_all(measured: MeasuredWords, *, parted: bool) -> Iterator[Note]:
    """What there is to say of a sheet that was made."""
    if parted:
        yield Note(
            "sheet-parted",
            "info",
            say("Its pictures stand on more pages, because one page would have been spoiled."),
            say("Raise max_bytes under [sheet] in the preset to have them on fewer."),
        )
    if measured.is_unshaped:
        yield Note("sheet-letters-unjoined", "info", told_unshaped())
