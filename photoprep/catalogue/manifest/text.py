"""A manifest as text: what Excel, WPS and LibreOffice write as CSV, TSV or "Unicode text".

The delimiter is whichever of comma, semicolon and tab makes the most known headings: Excel writes a
semicolon wherever the comma is in numbers already. Lines are counted in the file, so that a cell of
several lines does not shift what stands below it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from photoprep.catalogue.manifest.encoding import Decoded, decoded
from photoprep.catalogue.manifest.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    ROWS_TO_THE_HEADINGS,
    Line,
    Table,
    Teller,
    cut,
    score,
    shown,
    table_of,
)
from photoprep.errors import ManifestUnreadableError
from photoprep.language import say
from photoprep.report import Finding

_DELIMITERS = ",;\t|"
# Excel's own line for whichever delimiter follows; it shows it to nobody.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ ,;\t]*(\r\n|\r|\n|$)', re.IGNORECASE)
# A formula that is only there so that Excel keeps a text: ="00123".
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
# Behind the last line; where a quotation mark is still open there, it is swallowed too.
_END = "\x00end of the manifest\x00"
_NAMES = {"gb18030": "GB18030", "cp1252": "Windows-1252"}

# What a spreadsheet would take for a formula; written with an apostrophe in front, read without.
GUARDED = ("=", "+", "-", "@", "'")


def read_text(name: str, data: bytes) -> Table:
    """The table in a text file.

    Raises:
        ManifestUnreadableError: its letters are in no encoding known here, it has no headings, or
            a quotation mark makes one cell of far too much.

    """
    teller = Teller(name)
    read = decode(data)
    findings = list(encoding_findings(teller, read))
    text, delimiter, first_line = read.text, "", 1
    told = _SEPARATOR_LINE.match(text)
    if told:
        text, delimiter, first_line = text[told.end() :], told[1], 2
    delimiter = delimiter or _likely_delimiter(text)
    lines, more = _parsed(text, delimiter, first_line, teller)
    table = table_of(lines, (), in_rows=False)
    overlong = _overlong(lines, table, teller)
    return Table(table.headings, table.lines, (*findings, *more, *overlong))


def decode(data: bytes) -> Decoded:
    """A manifest's text; raises ``ManifestUnreadableError`` where its bytes are none."""
    read = decoded(data)
    if read is None:
        raise ManifestUnreadableError(
            say("It is no text in an encoding that photoprep knows."),
            hint=say("Save it anew, in Excel as “CSV UTF-8” or as a workbook (.xlsx)."),
        )
    return read


def encoding_findings(teller: Teller, read: Decoded) -> Iterator[Finding]:
    """What is to be said of the encoding that a text was read in."""
    if read.lost:
        yield teller.whole(
            "manifest-encoding",
            "warning",
            say("Letters in it are damaged and could not be read; “�” stands for them."),
            say("Save it anew as “CSV UTF-8”."),
        )
    if read.is_guess:
        yield teller.whole(
            "manifest-encoding",
            "info",
            say(
                "It is not in Unicode and was read as {encoding}, in which it says “{sample}”.",
                encoding=_NAMES[read.encoding],
                sample=shown(read.sample),
            ),
            say("If these letters are wrong, save it anew as “CSV UTF-8”."),
        )


def _likely_delimiter(text: str) -> str:
    def likelihood(delimiter: str) -> tuple[int, int]:
        try:
            rows = list(islice(_reader(text, delimiter), ROWS_TO_THE_HEADINGS))
        except csv.Error:
            return 0, 0
        best: list[str] = max(rows, key=score, default=[])
        return score(best), len(best)

    return max(_DELIMITERS, key=likelihood)


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _parsed(
    text: str, delimiter: str, first_line: int, teller: Teller
) -> tuple[list[Line], list[Finding]]:
    reader = _reader(f"{text}\n{_END}" if text else _END, delimiter)
    lines: list[Line] = []
    begins = first_line
    try:
        for cells in reader:
            if cells == [_END]:
                return lines, []
            if len(lines) == MAX_ROWS:
                return lines, [cut(teller)]
            swallowed = bool(cells) and cells[-1].endswith(_END)
            if swallowed:
                cells[-1] = cells[-1].removesuffix(_END)
            if any(cells):
                lines.append(Line(begins, tuple(map(_as_meant, cells[: MAX_COLUMNS + 1]))))
            if swallowed:
                return lines, [_never_closed(teller, begins)]
            begins = first_line + reader.line_num
    except csv.Error as error:
        raise ManifestUnreadableError(
            say("Line {line}: one of its cells holds more than any cell may.", line=begins),
            hint=say("Look for a quotation mark that is opened there and never closed."),
        ) from error
    return lines, []


def _never_closed(teller: Teller, line: int) -> Finding:
    return teller.at(
        line,
        "manifest-row",
        "warning",
        lambda where: say(
            "{place}: a quotation mark is opened and never closed, so that all lines below it were "
            "read as one cell.",
            place=where,
        ),
        say("Close it, or save the list anew from Excel."),
    )


def _overlong(lines: list[Line], table: Table, teller: Teller) -> Iterator[Finding]:
    """Lines with more cells than there are headings: mostly a comma in a text without quotes."""
    width = max(index + 1 for index, head in enumerate(table.headings) if head.text)
    top = table.headings[0].line
    for line in lines:
        if line.number > top and any(cell.strip() for cell in line.cells[width:]):
            yield teller.at(
                line.number,
                "manifest-row",
                "warning",
                lambda where: say(
                    "{place}: it has more cells than there are headings, and what is beyond them "
                    "was not used.",
                    place=where,
                ),
                say("Put quotation marks around a text that holds the delimiter."),
            )


def _as_meant(cell: str) -> str:
    """A cell without what keeps Excel from making a number or a formula of it."""
    text = cell.strip("\ufeff\u200b")
    if text.startswith("'"):
        return text[1:]
    formula = _TEXT_FORMULA.fullmatch(text.strip())
    return formula[1].replace('""', '"') if formula else text
