"""A manifest to be filled in: one row a picture, with what was understood of it.

Its form follows its ending: ``.csv`` is UTF-8 with a mark, commas and CRLF, which Excel opens right
everywhere; ``.xlsx`` and ``.toml`` are the two others that are read.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photoprep.catalogue.manifest.openpyxl_door import openpyxl
from photoprep.catalogue.manifest.rows import ManifestRow
from photoprep.catalogue.manifest.text import GUARDED
from photoprep.catalogue.manifest.words import (
    ACCESSORIES,
    FIELDS,
    included_word,
    known_headings,
    view_word,
)
from photoprep.errors import CannotWriteError, UsageError
from photoprep.files import cannot_write, write_whole
from photoprep.language import Language, say
from photoprep.outcome import Subject

_WIDTHS = (36, 24, 14, 10, 14, 12, 36, 14, 10)  # of a sheet's columns, in letters
# What XML 1.0 cannot hold (2.2, Char).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_Cells = Sequence[Sequence[str]]


def rows_of(understood: Mapping[str, Subject]) -> list[ManifestRow]:
    """A row for each picture with what was understood; read back, they say the same."""
    return [
        ManifestRow(
            number,
            name,
            subject.product,
            subject.model,
            subject.quantity,
            "" if subject.view == "unknown" else subject.view,
            subject.colour,
            subject.label,
            included=subject.view == "accessory" if subject.view in ACCESSORIES else None,
        )
        for number, (name, subject) in enumerate(understood.items(), start=2)
    ]


def write_manifest(path: Path, rows: Sequence[ManifestRow], *, language: Language = "en") -> None:
    """Write a new manifest; the words in it are in ``language``, and read back in any.

    Raises:
        CannotWriteError: something of that name is there already, or the disk refuses.
        UsageError: its ending is none that a manifest has.

    """
    make = MAKERS.get(path.suffix.lower())
    if make is None:
        raise UsageError(
            say(
                "A list of products cannot be written as “{ending}”.",
                ending=path.suffix or path.name,
            ),
            hint=say("Give it a name that ends with .csv, .xlsx or .toml."),
            path=path,
        )
    if os.path.lexists(path):
        raise _taken(path)
    _write_new(path, make(rows, language))


def _write_new(path: Path, data: bytes) -> None:
    """Write whole beside its place, then give it its name, which nothing else may have."""
    staged = path.with_name(f".{path.name}.{os.getpid()}.whole")
    write_whole(staged, data, temporary=staged.with_suffix(".unfinished"), sync=False)
    try:
        _named(staged, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def _named(staged: Path, path: Path) -> None:
    """A second name takes nobody's place, as a renamed file would."""
    try:
        os.link(staged, path)
    except FileExistsError:
        raise
    except OSError:  # FAT and some network shares have one name a file
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        staged.rename(path)


def _taken(path: Path) -> CannotWriteError:
    return CannotWriteError(
        say("There is a file of this name already, and it is left as it is."),
        hint=say("Choose another name, or move that file elsewhere."),
        path=path,
    )


def _cells(row: ManifestRow, language: Language) -> list[str]:
    included = "" if row.included is None else included_word(row.included, language)
    view = view_word(row.view or "unknown", language)
    return [
        row.file, row.product, row.model, row.quantity, view, row.colour, row.caption, row.kind,
        included,
    ]  # fmt: skip


def _csv(rows: Sequence[ManifestRow], language: Language) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(known_headings(language))
    for row in rows:
        writer.writerow([_guarded(cell, GUARDED) for cell in _cells(row, language)])
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _guarded(cell: str, beginnings: tuple[str, ...]) -> str:
    """A cell that no spreadsheet takes for a formula; the apostrophe is dropped on reading."""
    return f"'{cell}" if cell.startswith(beginnings) else cell


def _xlsx(rows: Sequence[ManifestRow], language: Language) -> bytes:
    library = openpyxl()
    book = library.Workbook()
    sheet = book.active
    sheet.title = "products" if language == "en" else "产品"
    table = [list(known_headings(language)), *(_cells(row, language) for row in rows)]
    for line, cells in enumerate(table, start=1):
        for column, text in enumerate(cells, start=1):
            if text:
                cell = sheet.cell(line, column)
                cell.value = _NOT_IN_XML.sub("\ufffd", _guarded(text, ("'",)))
                cell.data_type = "s"  # or a text that begins with = becomes a formula
                cell.number_format = "@"  # and stays a text when a person changes it
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[library.utils.get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _toml(rows: Sequence[ManifestRow], _language: Language) -> bytes:
    """One table a product, one below it for each of its pictures. Keys and words are English."""
    products: dict[tuple[str, str], list[ManifestRow]] = {}
    for row in rows:
        products.setdefault((row.product, row.model), []).append(row)
    lines = []
    for (product, model), pictures in products.items():
        lines += ["[[product]]", f"product = {_quoted(product)}", f"model = {_quoted(model)}", ""]
        for row in pictures:
            told = dict(zip(FIELDS, _cells(row, "en"), strict=True))
            lines.append("[[product.picture]]")
            lines += [
                f"{key} = {_quoted(value)}"
                for key, value in told.items()
                if key not in {"product", "model"} and (value or key == "quantity")
            ]
            lines.append("")
    return "\n".join(lines).encode("utf-8", "backslashreplace")


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0, which JSON's strings are but for U+007F."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


MAKERS: dict[str, Callable[[Sequence[ManifestRow], Language], bytes]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".toml": _toml,
}
