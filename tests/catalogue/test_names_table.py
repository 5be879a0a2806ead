"""The table of real names keeps its own shape; the rules are measured against it elsewhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

TABLE = Path(__file__).parents[1] / "fixtures" / "names.tsv"
HEADER = [
    "language",
    "root",
    "name",
    "product",
    "model",
    "colour",
    "view",
    "counter",
    "camera",
    "source",
]
LANGUAGES = {"en", "zh", "mixed", "other"}
VIEWS = {
    *("closed", "open", "front", "back", "side", "top", "detail", "packaging"),
    *("accessory", "accessory-not-included", "scene", "unknown"),
}
MOST_WRITTEN_BY_US = 25
"""Names in the style of a source, not seen there: few, so that the table stays evidence."""

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == HEADER
    return [dict(zip(HEADER, line.split("\t"), strict=True)) for line in lines[1:]]


def choices(cell: str) -> list[str]:
    return cell.split(" | ")


def test_there_are_enough_rows_in_both_languages(rows: list[Row]) -> None:
    languages = Counter(row["language"] for row in rows)
    assert set(languages) <= LANGUAGES
    assert len(rows) >= 150
    assert languages["zh"] + languages["mixed"] >= 60


def test_every_view_is_one_we_know(rows: list[Row]) -> None:
    assert not [row for row in rows if not set(choices(row["view"])) <= VIEWS]


def test_no_name_stands_twice(rows: list[Row]) -> None:
    seen = Counter((row["root"], row["name"]) for row in rows)
    assert not [name for name, times in seen.items() if times > 1]


def test_every_row_says_where_it_was_seen(rows: list[Row]) -> None:
    assert not [row for row in rows if not row["source"]]
    assert sum(row["source"].startswith("after ") for row in rows) <= MOST_WRITTEN_BY_US


def test_names_are_paths_below_the_root(rows: list[Row]) -> None:
    for row in rows:
        assert row["root"], row
        assert row["name"], row
        assert "\\" not in row["name"], row
        assert all(row["name"].split("/")), row


def test_the_cells_are_spelt_as_agreed(rows: list[Row]) -> None:
    for row in rows:
        assert all(cell == cell.strip() for cell in row.values()), row
        assert row["model"] == row["model"].upper(), row
        assert row["colour"] == row["colour"].lower(), row
        assert row["camera"] in ("", "yes"), row
        counters = choices(row["counter"]) if row["counter"] else []
        assert all(counter == "-" or counter.isdecimal() for counter in counters), row


def test_alternatives_differ_and_none_is_empty(rows: list[Row]) -> None:
    for row in rows:
        for column in ("product", "model", "colour", "view", "counter"):
            answers = choices(row[column])
            assert len(set(answers)) == len(answers), row
            assert row[column] == "" or all(answers), row
