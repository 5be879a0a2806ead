"""A list of the products that lies among the photos: what it says, and what is wrong with it.

A manifest says what file names cannot. Whatever is odd in it is a finding with its line; nothing in
it ends a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from photoprep.catalogue.found import printable
from photoprep.catalogue.manifest.sheet import OLE_MARK, read_sheet
from photoprep.catalogue.manifest.table import (
    MAX_FILE_BYTES,
    Heading,
    Line,
    Table,
    Teller,
    shown,
    told_in_part,
    too_large,
)
from photoprep.catalogue.manifest.text import read_text
from photoprep.catalogue.manifest.toml_file import read_toml
from photoprep.catalogue.manifest.words import (
    ACCESSORIES,
    FIELDS,
    VIEWS,
    Field,
    field_of,
    headings_told,
    included_of,
    view_named,
    views_told,
)
from photoprep.errors import ManifestUnreadableError, PhotoprepError
from photoprep.language import say
from photoprep.outcome import Severity
from photoprep.report import Finding

# What Excel makes of a long number, of a model that looks like a date, and of a broken formula.
_EXPONENT = re.compile(r"[+-]?\d([.,]\d+)?E[+-]\d+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FORMULA_ERROR = re.compile(
    r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)"
)
_NO_FRACTION = re.compile(r"(\d+)[.,]0{1,2}")
_TEXTS = frozenset(FIELDS) - {"view", "included"}
_ZIP_MARK = b"PK\x03\x04"

ViewOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What one line says. Empty texts and None say nothing.

    ``file`` is as it was written; one without a file speaks of the whole product. ``view`` is one
    of the contract's kinds. ``line`` is the line of the text, the row of the sheet, or the line of
    the TOML table.
    """

    line: int
    file: str = ""
    product: str = ""
    model: str = ""
    quantity: str = ""
    view: str = ""
    colour: str = ""
    caption: str = ""
    kind: str = ""
    included: bool | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read; ``name`` is its own among the files found.

    ``in_rows`` says that it is a sheet, of which people number rows and not lines.
    """

    name: str
    rows: tuple[ManifestRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    in_rows: bool = False


def read_manifest(name: str, data: bytes, view_of: ViewOf) -> Manifest:
    """What the manifest called ``name`` says, whatever its bytes.

    ``view_of`` tells the kind of view that a text names, "unknown" or nothing where it names none.
    One that cannot be read has no rows and the finding ``manifest-unreadable``.
    """
    try:
        table = _table(name, data)
    except ManifestUnreadableError as error:
        return unreadable(name, error)
    columns = [field_of(heading.text) for heading in table.headings]
    teller = Teller(name, table.in_rows)
    reading = _Reading(table, columns, teller, view_of)
    findings = [*table.findings, *reading.of_columns()]
    rows = [reading.row(line, findings) for line in table.lines]
    said = tuple(row for row in rows if row is not None)
    return Manifest(name, said, tuple(told_in_part(teller, findings)), table.in_rows)


def unreadable(name: str, error: PhotoprepError) -> Manifest:
    """A manifest without rows, and the finding that says why.

    Of a file of text, which may be a note as well as a list, that is no error.
    """
    severity: Severity = "info" if name.lower().endswith(".txt") else "error"
    message = say("The list of products was not used: {reason}", reason=error.message)
    finding = Teller(name).whole("manifest-unreadable", severity, message, error.hint)
    return Manifest(name, findings=(finding,))


def _table(name: str, data: bytes) -> Table:
    """The table in a file, by its content where that is a workbook, else by its name's ending."""
    if len(data) > MAX_FILE_BYTES:
        raise too_large()
    ending = name.rpartition(".")[2].lower()
    if data.startswith((OLE_MARK, _ZIP_MARK)):
        return read_sheet(name, data)
    if ending == "xlsx":
        return read_sheet(name, data)
    return read_toml(name, data) if ending == "toml" else read_text(name, data)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The lines of one table made rows, with what is to be said of them."""

    table: Table
    columns: Sequence[str]
    teller: Teller
    view_of: ViewOf

    def of_columns(self) -> Iterator[Finding]:
        """What is to be said of columns that are not known, or are there twice."""
        met: dict[str, Heading] = {}
        for index, (heading, field) in enumerate(
            zip(self.table.headings, self.columns, strict=True)
        ):
            if not field and (heading.text or any(line.cells[index] for line in self.table.lines)):
                yield self._unknown(index, heading)
            elif field in met and field != "passed over" and met[field].line == heading.line:
                yield self._twice(met[field], heading)
            met.setdefault(field, heading)

    def _unknown(self, index: int, heading: Heading) -> Finding:
        known = headings_told()
        return self.teller.at(
            heading.line,
            "manifest-column",
            "info",
            lambda where: (
                say(
                    "{place}: the column “{heading}” is not known and was not used.",
                    place=where,
                    heading=shown(heading.text),
                )
                if heading.text
                else say(
                    "{place}: column {number} has no heading and was not used.",
                    place=where,
                    number=index + 1,
                )
            ),
            say("These headings are known: {headings}.", headings=known),
        )

    def _twice(self, first: Heading, second: Heading) -> Finding:
        return self.teller.at(
            second.line,
            "manifest-column",
            "info",
            lambda where: say(
                "{place}: the columns “{first}” and “{second}” mean the same; the first of them "
                "that is filled in counts.",
                place=where,
                first=shown(first.text),
                second=shown(second.text),
            ),
        )

    def row(self, line: Line, findings: list[Finding]) -> ManifestRow | None:
        """What a line says; None, and a finding, where it does not say of what."""
        cells: dict[str, str] = {}
        for field, cell in zip(self.columns, line.cells, strict=True):
            text = cell if field == "file" else printable(" ".join(cell.split()))
            if field and text.strip() and field not in cells:
                cells[field] = text
        for field in list(cells):
            if field != "caption" and self._is_spoiled(field, cells[field], line, findings):
                del cells[field]
        if "quantity" in cells and (whole := _NO_FRACTION.fullmatch(cells["quantity"])):
            cells["quantity"] = whole[1]
        if not cells.keys() & {"file", "product", "model"}:
            if cells.keys() - {"passed over"}:
                findings.append(self._of_nothing(line))
            return None
        return self._made(line, cells, findings)

    def _made(self, line: Line, cells: dict[str, str], findings: list[Finding]) -> ManifestRow:
        view = self._view(line, cells.get("view", ""), findings)
        if not view and "file" in cells and self._known_view(cells.get("kind", "")) in ACCESSORIES:
            view = self._known_view(cells["kind"])
        included = included_of(cells["included"]) if "included" in cells else None
        if "included" in cells and included is None:
            findings.append(self._not_known("included", cells["included"], line))
        texts = {field: text for field, text in cells.items() if field in _TEXTS}
        return ManifestRow(line.number, **texts, view=view, included=included)

    def _view(self, line: Line, text: str, findings: list[Finding]) -> str:
        view = self._known_view(text)
        if text and not view:
            findings.append(self._not_known("view", text, line))
        return "" if view == "unknown" else view

    def _known_view(self, text: str) -> str:
        """The kind of view that a text names, by its own word first; empty where none."""
        if not text:
            return ""
        if own := view_named(text):
            return own
        told = self.view_of(text)
        return told if told in VIEWS and told != "unknown" else ""

    def _not_known(self, field: Field, text: str, line: Line) -> Finding:
        hint = (
            say("Write one of: {words}.", words=views_told())
            if field == "view"
            else say("Write yes or no.")
        )
        return self.teller.at(
            line.number,
            "manifest-value",
            "warning",
            lambda where: say(
                "{place}: “{value}” is no {column} that is known, and was not used.",
                place=where,
                value=shown(text),
                column=_column(field),
            ),
            hint,
        )

    def _is_spoiled(self, field: str, text: str, line: Line, findings: list[Finding]) -> bool:
        """Whether Excel made something else of a cell; says so."""
        plain = text.strip()
        is_number = field in {"model", "quantity", "file", "product"} and _EXPONENT.fullmatch(plain)
        is_date = field == "model" and _DATE.fullmatch(plain)
        if not (is_number or is_date or _FORMULA_ERROR.fullmatch(plain)):
            return False
        findings.append(
            self.teller.at(
                line.number,
                "manifest-value",
                "warning",
                lambda where: say(
                    "{place}: “{value}” looks like something that Excel made of another text, and "
                    "was not used.",
                    place=where,
                    value=shown(plain),
                ),
                say("Make the cell's format “Text” in Excel, then type it anew."),
            )
        )
        return True

    def _of_nothing(self, line: Line) -> Finding:
        return self.teller.at(
            line.number,
            "manifest-row",
            "warning",
            lambda where: say(
                "{place}: it names neither a file nor a product nor a model, and was not used.",
                place=where,
            ),
        )


def _column(field: Field) -> str:
    if field == "included":
        return say("word for included or not")
    return say("view")
