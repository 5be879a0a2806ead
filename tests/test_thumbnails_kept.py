"""Thumbnails in the record: written with what they show, read when asked for, each at its risk."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from pathlib import Path

import pytest

from photoprep.errors import RecordDamagedError
from photoprep.files import FileStamp
from photoprep.language import Sentence, say
from photoprep.outcome import PreparedJpeg
from photoprep.remembered import RememberedSource, WrittenOutput, text_of
from photoprep.state import State

STAMP = FileStamp(1, 2, 3, 4)
JPEG = PreparedJpeg("photos/a.jpg", "0" * 64, 1, 1, 1, 72, 1.0, "4:4:4", 1, 1, 1)


def test_they_come_with_the_photos_and_are_there_at_the_next_run(tmp_path: Path) -> None:
    known = RememberedSource(STAMP, "f" * 64, "recipe", JPEG)
    with State(tmp_path / "state.db") as state:
        state.record_outputs(
            [("photos/a.jpg", WrittenOutput("a" * 64, STAMP))],
            [("a.png", known)],
            [("a" * 64, b"\xff\xd8 one"), ("b" * 64, b"\xff\xd8 two")],
        )
    with State(tmp_path / "state.db") as state:
        assert state.rebuilt == ""
        assert state.thumbnails() == {"a" * 64: b"\xff\xd8 one", "b" * 64: b"\xff\xd8 two"}
        state.keep_thumbnails({"b" * 64, "c" * 64})
        assert state.thumbnails() == {"b" * 64: b"\xff\xd8 two"}
        state.replace_sheets([], [("d" * 64, b"sheet")])
        assert state.thumbnails() == {"b" * 64: b"\xff\xd8 two", "d" * 64: b"sheet"}


def test_all_or_none_is_recorded(tmp_path: Path) -> None:
    with State(tmp_path / "state.db") as state:
        with pytest.raises(RecordDamagedError):
            state.record_outputs(
                [("photos/a.jpg", WrittenOutput("a" * 64, STAMP))],
                [],
                [(None, b"of nothing")],  # type: ignore[list-item]
            )
        assert state.outputs() == {}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE thumbnails SET jpeg = CAST('\xff\xd8 onf' AS BLOB) WHERE sha256 LIKE 'a%'",
        "UPDATE thumbnails SET jpeg = 'no bytes' WHERE sha256 LIKE 'a%'",
        "UPDATE thumbnails SET seal = 'f' WHERE sha256 LIKE 'a%'",
        "UPDATE thumbnails SET sha256 = 'c' WHERE sha256 LIKE 'a%'",
    ],
)
def test_a_damaged_one_costs_itself_alone(tmp_path: Path, damage: str) -> None:
    with State(tmp_path / "state.db") as state:
        state.record_outputs([], [], [("a" * 64, b"\xff\xd8 one"), ("b" * 64, b"\xff\xd8 two")])
    database = sqlite3.connect(tmp_path / "state.db")
    with database:
        assert database.execute(damage).rowcount == 1
    database.close()
    with State(tmp_path / "state.db") as state:
        assert state.rebuilt == ""
        assert state.thumbnails() == {"b" * 64: b"\xff\xd8 two"}
        state.record_outputs([], [], [("a" * 64, b"\xff\xd8 one")])
        assert len(state.thumbnails()) == 2
        state.keep_thumbnails(set())
        assert state.thumbnails() == {}


def test_the_seals_are_not_read_when_the_record_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with State(tmp_path / "state.db") as state:
        state.record_outputs([], [], [("a" * 64, b"one")])
    monkeypatch.setattr("photoprep.state.thumbnail_of", lambda _row: pytest.fail("read"))
    with State(tmp_path / "state.db") as state:
        state.keep_thumbnails({"a" * 64})


def test_what_a_photo_was_converted_from_can_be_said_in_any_language_when_it_is_recalled(
    tmp_path: Path,
) -> None:
    said = say("a profile without a name")
    jpegs = {
        "a.png": dataclasses.replace(JPEG, colour_from="Display P3", removed=("position", "xmp")),
        "b.png": dataclasses.replace(JPEG, colour_from=said, preview=".photoprep/originals/b.jpg"),
    }
    with State(tmp_path / "state.db") as state:
        state.remember_sources(
            (name, RememberedSource(STAMP, "f" * 64, "recipe", jpeg))
            for name, jpeg in jpegs.items()
        )
    with State(tmp_path / "state.db") as state:
        sources = state.sources()
    assert {name: known.outcome for name, known in sources.items()} == jpegs
    recalled = sources["b.png"].outcome
    assert isinstance(recalled, PreparedJpeg)
    assert isinstance(recalled.colour_from, Sentence)
    assert recalled.colour_from.template == said.template
    assert json.loads(text_of(JPEG))["removed"] == []
