"""A manifest as TOML: ``[[product]]`` tables, each with ``[[product.picture]]`` tables if wanted.

A product's table is a line that speaks of the whole product, or of its ``file`` if it names one. A
picture's table is a line with the product's name and model.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from photoprep.catalogue.manifest.table import (
    MAX_ROWS,
    Heading,
    Line,
    Table,
    Teller,
    cut,
    shown,
)
from photoprep.catalogue.manifest.text import decode, encoding_findings
from photoprep.catalogue.manifest.words import field_of
from photoprep.errors import ManifestUnreadableError
from photoprep.language import say
from photoprep.report import Finding

_TABLE = re.compile(r"\s*\[\[[^\[\]]+\]\]")
_QUOTES = re.compile(r'"""|\'\'\'')
Values = dict[str, Any]


def read_toml(name: str, data: bytes) -> Table:
    """The table in a TOML file; the line of a cell is that of its ``[[table]]``.

    Raises:
        ManifestUnreadableError: it is no text, no TOML, or names no product.

    """
    teller = Teller(name)
    read = decode(data)
    text = read.text.replace("\r\n", "\n")
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        detail = "" if isinstance(error, RecursionError) else shown(str(error))
        raise ManifestUnreadableError(
            say("It is no valid TOML ({detail}).", detail=detail),
            hint=say("Compare it with the example in docs/manifest.md."),
        ) from error
    lines, unused = _lines(told, _table_lines(text))
    findings = list(encoding_findings(teller, read))
    findings += [_unknown(teller, key) for key in unused]
    if not lines:
        raise ManifestUnreadableError(
            say("There is no [[product]] table in it."),
            hint=say("Compare it with the example in docs/manifest.md."),
        )
    return _table(lines, findings, teller)


def _unknown(teller: Teller, key: str) -> Finding:
    message = say("“{key}” is not known and was not used.", key=shown(key))
    return teller.whole("manifest-column", "info", message)


def _table(
    lines: Sequence[tuple[int, dict[str, str]]], findings: list[Finding], teller: Teller
) -> Table:
    if len(lines) > MAX_ROWS:
        findings.append(cut(teller))
        lines = lines[:MAX_ROWS]
    first_lines: dict[str, int] = {}
    for number, cells in lines:
        for key in cells:
            first_lines.setdefault(key, number)
    return Table(
        tuple(Heading(key, number) for key, number in first_lines.items()),
        tuple(
            Line(number, tuple(cells.get(key, "") for key in first_lines))
            for number, cells in lines
        ),
        tuple(findings),
    )


def _lines(
    told: Values, numbers: Sequence[int]
) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """The cells of every table with its line, and the keys at the top that are no product."""
    lines: list[tuple[int, dict[str, str]]] = []
    unused = []
    ordered: list[tuple[Values, Values]] = []  # each table, and what it has of the one around it
    for key, value in told.items():
        if field_of(key) != "product" or not _are_tables(value):
            unused.append(key)
            continue
        for product in value:
            ordered.append((product, {}))
            inherited = {
                key: value
                for key, value in product.items()
                if field_of(key) in {"product", "model"} and not _are_tables(value)
            }
            ordered += [(picture, inherited) for picture in _pictures(product)]
    if len(numbers) != len(ordered):  # written in another way: {inline = "tables"} have no lines
        numbers = [1] * len(ordered)
    for number, (table, inherited) in zip(numbers, ordered, strict=True):
        own = {key: _text(value) for key, value in table.items() if not _is_pictures(key, value)}
        if _says_more(table, own):
            lines.append((number, {key: _text(value) for key, value in inherited.items()} | own))
    return lines, unused


def _says_more(table: Values, own: dict[str, str]) -> bool:
    """Whether a table is a line by itself: not one that only names what its pictures show."""
    fields = {field_of(key) for key, value in own.items() if value}
    return not list(_pictures(table)) or bool(fields - {"product", "model"})


def _pictures(product: Values) -> Iterator[Values]:
    for key, value in product.items():
        if _is_pictures(key, value):
            yield from value


def _is_pictures(key: str, value: Any) -> bool:
    return field_of(key) == "file" and _are_tables(value)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table_lines(text: str) -> list[int]:
    """The lines on which ``[[tables]]`` begin, in their order; those in long texts are none."""
    numbers = []
    quotes = ""  # the mark that ends the text of several lines we are in
    for number, line in enumerate(text.split("\n"), start=1):
        if not quotes and _TABLE.match(line):
            numbers.append(number)
            continue
        for mark in _QUOTES.findall(line):
            quotes = "" if mark == quotes else quotes or mark
    return numbers
