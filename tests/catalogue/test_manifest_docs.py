"""docs/manifest.md holds: its examples are read, and its findings are those that there are."""

from __future__ import annotations

import re
from pathlib import Path

import photoprep.catalogue
from photoprep.catalogue.manifest.applying import applied
from photoprep.catalogue.manifest.words import field_of, known_headings
from photoprep.outcome import Subject
from tests.catalogue.manifests import found, read

PAGE = (Path(__file__).parents[2] / "docs" / "manifest.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The first table below a heading, its first line included."""
    rows = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0].split("\n| ", 1)[1]
    lines = f"| {rows}".partition("\n\n")[0].splitlines()
    cells = [[cell.strip(" `") for cell in line[1:-1].split("|")] for line in lines]
    return [row for row in cells if set("".join(row)) != {"-"}]


def test_the_columns_are_those_that_are_known() -> None:
    _, *rows = table("Columns")
    assert tuple(row[0] for row in rows) == known_headings("en")
    assert tuple(row[1] for row in rows) == known_headings("zh")
    for row in rows:
        assert {field_of(word) for word in row[2].split(",")} == {row[0]}, row


def test_the_example_for_excel_says_what_the_page_tells() -> None:
    rows = table("In Excel, WPS or LibreOffice")
    manifest = read("\n".join(",".join(row) for row in rows))
    told = Subject("X100", "", "unknown")
    names = ("X100 lid shut.jpg", "X100 a.jpg", "strap.jpg")
    subjects, findings = applied(found(*names), manifest, dict.fromkeys(names, told))
    assert list(subjects.values()) == [
        Subject("Toolbox", "X100", "closed", "red", "200"),
        Subject("Toolbox", "X100", "open", "", "200"),
        Subject("Toolbox", "X100", "accessory-not-included", "", "50", "Shoulder strap"),
    ]
    assert (manifest.findings, findings) == ((), ())


def test_the_example_in_toml_is_read() -> None:
    text = PAGE.partition("```toml\n")[2].partition("```")[0]
    manifest = read(text, "products.toml")
    assert manifest.findings == ()
    assert [(row.file, row.product, row.quantity, row.included) for row in manifest.rows] == [
        ("", "Toolbox", "200", None),
        ("X100 lid shut.jpg", "Toolbox", "", None),
        ("strap 1.jpg\nstrap 2.jpg", "Toolbox", "", False),
    ]


def test_every_finding_is_on_the_page() -> None:
    rooms = Path(photoprep.catalogue.__file__).parent.glob("manifest/*.py")
    made = {
        code
        for room in rooms
        for code in re.findall(r'"(manifest-[a-z-]+)"', room.read_text("utf-8"))
    }
    assert made == {row[0] for row in table("Findings")[1:]}
