"""The table of names that people wrote, and how far photoprep takes them for what they are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photoprep.catalogue.understanding import Understood, understand
from photoprep.catalogue.vocabulary import Vocabulary

TABLE = Path(__file__).parents[1] / "fixtures" / "names.tsv"
COLUMNS = ("product", "model", "colour", "view")


@dataclass(frozen=True, slots=True)
class Row:
    """One name, and what a person says that it shows: each column's right answers."""

    language: str
    root: str
    name: str
    expected: dict[str, tuple[str, ...]]

    def understood(self, vocabulary: Vocabulary) -> Understood:
        """What photoprep takes it for, seen by itself."""
        return understand([self.name], self.root, vocabulary)[0]

    def wrong(self, vocabulary: Vocabulary) -> dict[str, str]:
        """The columns in which photoprep differs, with what it says there."""
        said = _said(self.understood(vocabulary))
        if not said["model"] and said["product"] in self.expected["model"]:
            # A product without a name of its own is called by its model.
            said |= {"product": "", "model": said["product"]}
        return {
            column: said[column] for column in COLUMNS if said[column] not in self.expected[column]
        }


def rows() -> list[Row]:
    """The whole table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Row(
            row["language"],
            row["root"],
            row["name"],
            {column: tuple(_answers(row[column])) for column in COLUMNS},
        )
        for row in listed
    ]


def _answers(cell: str) -> Iterator[str]:
    for answer in cell.split(" | "):
        yield "" if answer == "-" else _plain(answer)


def _said(file: Understood) -> dict[str, str]:
    subject = file.subject
    nameless = file.told.product_by in {"", "root"} and subject.product == "Photo"
    return {
        "product": "" if nameless else _plain(subject.product),
        "model": _plain(subject.model),
        "colour": _plain(subject.colour),
        "view": _plain(subject.view),
    }


def _plain(text: str) -> str:
    """A text without what makes no difference: case, spaces, hyphens, underscores."""
    return re.sub(r"[\s_\-]+", "", text).casefold()


def share_right(vocabulary: Vocabulary) -> tuple[int, Counter[str]]:
    """How many rows are right in all columns, and how many in each."""
    whole, each = 0, Counter[str]()
    for row in rows():
        wrong = row.wrong(vocabulary)
        whole += not wrong
        each.update(column for column in COLUMNS if column not in wrong)
    return whole, each
