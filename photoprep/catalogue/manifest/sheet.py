"""A manifest as a workbook (.xlsx), of Excel, WPS, LibreOffice or a program that writes such files.

openpyxl reads cells; what it is given is the workbook without all else. Half of what makes it
give up (a print area, a theme, a link to another file, a rule for a cell's input) is nothing that
a list is read for, and pictures in the sheet may weigh a hundred times what its cells do.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from photoprep.catalogue.manifest.openpyxl_door import openpyxl
from photoprep.catalogue.manifest.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    ROWS_TO_THE_HEADINGS,
    Line,
    Table,
    Teller,
    cut,
    score,
    table_of,
    without_headings,
)
from photoprep.catalogue.zip_directory import read_directory
from photoprep.errors import ArchiveRefusedError, ManifestUnreadableError
from photoprep.language import say

# Unpacked: all of a workbook, with its pictures; and the parts with cells, which are read whole.
MAX_UNPACKED_BYTES = 200_000_000
MAX_PARTS_BYTES = 60_000_000

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 1.3.2: a stream of this name

_STYLES = "xl/styles.xml"
_PARTS_READ = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+\.rels"
    r"|xl/(workbook|sharedStrings|styles)\d*\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
# Without [^<>] a damaged part would be gone over once for each of its marks.
_CELLS = re.compile(rb"<((?:\w+:)?)sheetData\b[^<>]*>")
_HEAD = re.compile(rb"<(?:\w+:)?worksheet\b[^<>]*>")
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']"
)
_TAIL_BYTES = 2_000_000  # they stand behind all other cells
_MOST_MERGED = 100_000
_RETURN = re.compile(r"_x000[dD]_\n?")  # how the format writes a carriage return


def read_sheet(name: str, data: bytes) -> Table:
    """The table of the first visible sheet that has a known heading among its first rows.

    Raises:
        ManifestUnreadableError: it has a password, is of an older format, damaged or too large, or
            no sheet has a known heading.

    """
    if data.startswith(OLE_MARK):
        raise _locked() if _ENCRYPTED in data else _older()
    _check_size(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is passed over on purpose
            return _table(name, data)
    except (ManifestUnreadableError, ImportError):
        raise
    except Exception as error:  # openpyxl lets every kind through
        raise _damaged() from error


def _table(name: str, data: bytes) -> Table:
    parts = _parts(data)
    try:
        book = _opened(parts)
    except Exception:  # noqa: BLE001 (every kind; styles that other programs write are the usual cause)
        book = _opened({part: content for part, content in parts.items() if part != _STYLES})
    teller = Teller(name, in_rows=True)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what some programs say of them is wrong
        above = sheet.iter_rows(max_row=ROWS_TO_THE_HEADINGS, max_col=MAX_COLUMNS)
        if any(score(_texts(row)) for row in above):
            lines = list(_lines(sheet))
            findings = [cut(teller)] if len(lines) > MAX_ROWS else []
            # openpyxl tells merged cells only of sheets that it holds in memory whole.
            merged = parts.get(f"merged {getattr(sheet, '_worksheet_path', '')}", b"")
            return table_of(_unmerged(lines[:MAX_ROWS], merged), findings, in_rows=True)
    raise without_headings()


def _opened(parts: dict[str, bytes]) -> Any:
    lean = io.BytesIO()
    with zipfile.ZipFile(lean, "w") as archive:
        for part, content in parts.items():
            if not part.startswith("merged "):
                archive.writestr(part, content)
    return openpyxl().load_workbook(lean, read_only=True, data_only=True, keep_links=False)


def _parts(data: bytes) -> dict[str, bytes]:
    """What is read of a workbook, part by part; under ``merged PART`` a sheet's merged cells."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if not _PARTS_READ.fullmatch(part):
                continue
            content = archive.read(part)
            if b"<!DOCTYPE" in content[:4096]:
                raise _damaged()  # the format has none (ECMA-376-2, 8.2.4), entity bombs do
            if "/worksheets/" in part:
                parts[f"merged {part}"] = content[-_TAIL_BYTES:]
                content = _cells_alone(content)
            parts[part] = content
    return parts


def _cells_alone(content: bytes) -> bytes:
    """A sheet with its cells and nothing else; as it is, where it is written in another way."""
    head, cells = _HEAD.search(content), _CELLS.search(content)
    if not head or not cells:
        return content
    close = b"</" + cells[1] + b"sheetData"
    end = cells.end() if cells[0].endswith(b"/>") else content.find(close, cells.end())
    if end < 0:
        return content
    inner = b"" if cells[0].endswith(b"/>") else content[cells.end() : end] + close + b">"
    tag = head[0][1:].split(maxsplit=1)[0].rstrip(b">")
    return content[: head.end()] + cells[0] + inner + b"</" + tag + b">"


def _lines(sheet: Any) -> Iterator[Line]:
    rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
    for number, row in enumerate(rows, start=1):
        texts = _texts(row)
        if texts or number > MAX_ROWS:
            yield Line(number, texts)


def _texts(row: Sequence[Any]) -> tuple[str, ...]:
    texts = [_text(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: Any) -> str:
    """A cell as a person sees it in the sheet, but for the formats of dates and money."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    text = _RETURN.sub("\n", str(value))
    return text.removeprefix("'")  # as programs keep 00123 a text


def _number(value: float, cell: Any) -> str:
    """A number with the 15 digits that Excel has, without ".0"; with the zeros of format 00000."""
    if isinstance(value, int) or value.is_integer():
        text = str(int(value))
        form = str(cell.number_format or "")
        return text.zfill(len(form)) if form and set(form) == {"0"} and len(form) < 40 else text
    return f"{value:.15g}"


def _unmerged(lines: Sequence[Line], sheet: bytes) -> list[Line]:
    """The lines, with what cells that were merged downwards say in every one of their rows."""
    texts = {line.number: line.cells for line in lines}
    spread: dict[int, dict[int, str]] = {}  # row → column → the text of the merged cell
    for row, index, first in islice(_merged(sheet), _MOST_MERGED):
        cells = texts.get(first, ())
        if row in texts and index < len(cells):
            spread.setdefault(row, {})[index] = cells[index]
    return [_with_cells(line, spread.get(line.number, {})) for line in lines]


def _merged(sheet: bytes) -> Iterator[tuple[int, int, int]]:
    """Row and column of every cell that was merged with one above it, and that one's row."""
    for column, first, last in _MERGED.findall(sheet):
        for row in range(int(first) + 1, min(int(last), MAX_ROWS) + 1):
            yield row, _index(column.decode()), int(first)


def _with_cells(line: Line, more: dict[int, str]) -> Line:
    cells = list(line.cells)
    for index, text in more.items():
        cells += [""] * (index + 1 - len(cells))
        cells[index] = text
    return Line(line.number, tuple(cells))


def _index(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _check_size(data: bytes) -> None:
    try:
        entries = read_directory(io.BytesIO(data))
    except ArchiveRefusedError as error:
        raise _damaged() from error
    read = sum(
        entry.size_bytes
        for entry in entries
        if _PARTS_READ.fullmatch(entry.raw_name.decode("utf-8", "replace"))
    )
    if sum(entry.size_bytes for entry in entries) > MAX_UNPACKED_BYTES or read > MAX_PARTS_BYTES:
        raise ManifestUnreadableError(
            say("Unpacked, the workbook is larger than any list is."),
            hint=say("Copy the list itself into a new workbook and save that one."),
        )


def _locked() -> ManifestUnreadableError:
    return ManifestUnreadableError(
        say("The workbook is locked with a password."),
        hint=say("Open it in Excel, take the password away and save it."),
    )


def _older() -> ManifestUnreadableError:
    return ManifestUnreadableError(
        say("It is a workbook in Excel's format of before 2007."),
        hint=say("Open it in Excel and save it as a workbook (.xlsx)."),
    )


def _damaged() -> ManifestUnreadableError:
    return ManifestUnreadableError(
        say("It cannot be read as a workbook (.xlsx): it is damaged or of another kind."),
        hint=say("Open it in Excel and save it anew, as a workbook (.xlsx) or as “CSV UTF-8”."),
    )
