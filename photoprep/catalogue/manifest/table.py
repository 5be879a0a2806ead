"""A manifest's cells, whatever file they come from: headings, and lines with their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photoprep.catalogue.manifest.words import PASSED_OVER, field_of, headings_told
from photoprep.errors import ManifestUnreadableError
from photoprep.language import Sentence, say, say_number
from photoprep.outcome import Severity
from photoprep.report import Finding

# A season's list has a few thousand rows; one of a hundred megabytes is no list.
MAX_FILE_BYTES = 20_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# A title, the company, the date and a blank row may stand above the headings.
ROWS_TO_THE_HEADINGS = 10
# Findings of one kind each alone up to here; then one counts the rest.
TOLD_ONE_BY_ONE = 20
_SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line of cells. ``number`` is that of the text's line, or of the sheet's row."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column, and on which line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """All cells: ``lines`` have one cell for each of the ``headings``; empty ones left out.

    ``in_rows`` says that line numbers are a sheet's rows.
    """

    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    in_rows: bool = False


def score(cells: Sequence[str]) -> int:
    """How many different columns these cells name, were they headings.

    None where no column says what a row is about: a note has words such as "Note" in it too.
    """
    fields = {field_of(cell) for cell in cells if cell} - {"", PASSED_OVER}
    return len(fields) if fields & {"file", "product", "model"} else 0


def table_of(lines: Sequence[Line], findings: Sequence[Finding], *, in_rows: bool) -> Table:
    """The table in lines of cells: below the first of those that name the most columns.

    Raises:
        ManifestUnreadableError: none of the first lines names a column.

    """
    above = lines[:ROWS_TO_THE_HEADINGS]
    scores = [score(line.cells) for line in above]
    if not any(scores):
        raise without_headings()
    at = scores.index(max(scores))
    # A sheet may have a column without a heading; in a text, cells without one are a mistake.
    spanned = lines[at:] if in_rows else lines[at : at + 1]
    width = max(
        index + 1 for line in spanned for index, cell in enumerate(line.cells) if cell.strip()
    )
    headings = _filled(above[at].cells, width)
    below = [Line(line.number, _filled(line.cells, width)) for line in lines[at + 1 :]]
    kept = tuple(
        line
        for line in below
        if any(cell.strip() for cell in line.cells) and line.cells != headings
    )
    return Table(
        tuple(Heading(text.strip(), above[at].number) for text in headings),
        kept,
        tuple(findings),
        in_rows,
    )


def without_headings() -> ManifestUnreadableError:
    """The error for a table of which no column is known."""
    return ManifestUnreadableError(
        say("None of its first lines has a heading that says what the rows are about."),
        hint=say(
            "Write a line of headings above the rows, with file, product or model among them; "
            "these are known: {headings}.",
            headings=headings_told(),
        ),
    )


def too_large() -> ManifestUnreadableError:
    """The error for a file larger than any list is."""
    return ManifestUnreadableError(
        say("It is larger than {size} MB.", size=MAX_FILE_BYTES // 1_000_000),
        hint=say("Copy the list itself, without pictures, into a new file."),
    )


def place(line: int, *, in_rows: bool) -> Sentence:
    """Where in a manifest something stands, as a finding begins."""
    return say("Row {line}", line=line) if in_rows else say("Line {line}", line=line)


def shown(text: str) -> str:
    """A cell's text as a finding may quote it: on one line, printable, not without end."""
    flat = "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
    return flat if len(flat) <= _SHOWN_LETTERS else f"{flat[: _SHOWN_LETTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes the findings of one manifest, each with the place it is about."""

    name: str
    in_rows: bool = False

    def at(
        self,
        line: int,
        code: str,
        severity: Severity,
        message: Callable[[Sentence], Sentence],
        hint: str = "",
        *,
        product: str = "",
    ) -> Finding:
        """A finding about a line; ``message`` makes its sentence from the place."""
        said = message(place(line, in_rows=self.in_rows))
        return Finding(code, severity, said, hint, product=product, source=self.name)

    def whole(self, code: str, severity: Severity, message: str, hint: str = "") -> Finding:
        """A finding about the whole manifest."""
        return Finding(code, severity, message, hint, source=self.name)


def told_in_part(teller: Teller, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, of each code the first ones and then one that counts the rest.

    A column of wrong words in a list of thousands must not bury everything else.
    """
    alike = Counter(finding.code for finding in findings)
    told: Counter[str] = Counter()
    kept = []
    for finding in findings:
        told[finding.code] += 1
        if told[finding.code] <= TOLD_ONE_BY_ONE or alike[finding.code] <= TOLD_ONE_BY_ONE + 1:
            kept.append(finding)
        elif told[finding.code] == alike[finding.code]:
            message = say_number(
                alike[finding.code] - TOLD_ONE_BY_ONE,
                "{count} further finding of this kind.",
                "{count} further findings of this kind.",
            )
            kept.append(teller.whole(finding.code, finding.severity, message))
    return kept


def cut(teller: Teller) -> Finding:
    """The finding for a table that is longer than what is read."""
    return teller.whole(
        "manifest-cut",
        "warning",
        say(
            "It has more than {rows} rows; what stands below them was not read.",
            rows=f"{MAX_ROWS:,}",
        ),
        say("Make it shorter, or drop the products in several folders."),
    )


def _filled(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(cells[:width]) + ("",) * (width - len(cells))
