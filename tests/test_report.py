from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from photoprep.outcome import Prepared, PreparedJpeg, Skipped, Subject
from photoprep.report import (
    Limits,
    Report,
    ShownProduct,
    ShownView,
    WrittenMail,
)
from photoprep.report_file import indented, write_json
from tests.proof.drawn_reports import drawn_report, quiet_report
from tests.support import drawn, peak_bytes

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    PLAIN, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=30
)


@given(JSON)
def test_indented_json_is_what_python_writes(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_the_file_is_what_python_writes_of_the_report() -> None:
    whole = drawn_report(12)
    for report in (whole, quiet_report(), replace(whole, rehearsed=True, taken_away=("a", "b")),
                   Report("trade-email", Path("out"), ())):  # fmt: skip
        data = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
        assert drawn(partial(write_json, report)) == f"{data}\n".encode()


def test_the_file_of_many_photos_takes_no_memory_but_for_a_row() -> None:
    """Its bytes held at once would be over a thousand times a row's."""
    report = drawn_report(3000)
    size_bytes = len(drawn(partial(write_json, report)))
    with Path(os.devnull).open("wb") as nowhere:
        assert peak_bytes(lambda: write_json(report, nowhere)) < size_bytes / 20


def rows_of(report: Report) -> dict[str, Any]:
    """What a program reads in report.json."""
    loaded: dict[str, Any] = json.loads(indented(report.to_json()))
    return loaded


JPEG = PreparedJpeg(
    "photos/Box_X1_open.jpg", "", 199_000, 944, 708, 100, 95.1, "4:2:0", 2_000_000, 4000, 3000,
    colour_from="Adobe RGB", removed=("position", "serial numbers"), preview=".photoprep/p.jpg",
)  # fmt: skip
REPORT = Report(
    "trade-email",
    Path("/home/somebody/out"),
    (
        Prepared("Box X1/open.jpg", Subject("Box", "X1", "open"), JPEG),
        Skipped("list.txt", "It is no picture."),
    ),
    (WrittenMail("mails/mail-1-of-1.eml", 400, 300, (), "Pictures: 箱 X1", "Dear Sir,\n"),),
    products=(
        ShownProduct("Box", "X1", "", (ShownView("open", "Box X1/open.jpg", "Lid"),), ("closed",)),
    ),
    limits=Limits(200_000, 400_000, 800_000, 24.0),
    customer="C0123",
    date="2026-11-23",
)


def test_a_program_reads_what_a_person_does() -> None:
    rows = rows_of(REPORT)
    assert (rows["schema"], rows["customer"], rows["date"]) == (1, "C0123", "2026-11-23")
    assert rows["limits"] == {
        "photo_max_bytes": 200_000,
        "mail_max_bytes": 800_000,
        "sheet_max_bytes": 400_000,
        "longest_side_cm": 24.0,
    }
    (mail,) = rows["mails"]
    assert (mail["subject"], mail["text"]) == ("Pictures: 箱 X1", "Dear Sir,\n")
    assert rows["products"] == [
        {
            "name": "Box",
            "model": "X1",
            "size": "",
            "views": [{"view": "open", "source": "Box X1/open.jpg", "label": "Lid"}],
            "missing": ["closed"],
            "unclear": [],
        }
    ]


def test_a_photo_tells_what_it_came_from_and_a_file_left_aside_the_same_keys() -> None:
    photo, skipped = rows_of(REPORT)["photos"]
    assert photo["chroma_subsampling"] == "4:2:0"
    assert photo["source_bytes"] == 2_000_000
    assert (photo["source_width_px"], photo["source_height_px"]) == (4000, 3000)
    assert (photo["colour_from"], photo["removed"]) == (
        "Adobe RGB",
        ["position", "serial numbers"],
    )
    assert photo.keys() == skipped.keys()
    assert skipped["removed"] is skipped["colour_from"] is skipped["source_bytes"] is None


def test_report_json_tells_no_place_on_this_machine() -> None:
    text = indented(REPORT.to_json())
    assert "somebody" not in text
    assert ".photoprep" not in text
