"""What is owed is kept in mind until it is handed over."""

from __future__ import annotations

from pathlib import Path

from photoprep.watch.owed import Owed
from photoprep.watched import FOLDER


def test_it_is_remembered_by_the_next_daemon_until_it_is_kept(tmp_path: Path) -> None:
    names = ["Boxes", "盒子", "a/b", "a\udcff", "x" * 250]
    for name in names:
        Owed(tmp_path).promise(name)
        Owed(tmp_path).promise(name)
    assert sorted(Owed(tmp_path).names()) == sorted(names)
    Owed(tmp_path).keep("Boxes")
    Owed(tmp_path).keep("unknown")
    assert sorted(Owed(tmp_path).names()) == sorted(names[1:])


def test_files_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    Owed(tmp_path).promise("Boxes")
    for number, text in enumerate(("", "[]", "{}", "not JSON")):
        (tmp_path / FOLDER / f"to-hand-over/{number}.json").write_text(text, encoding="utf-8")
    assert Owed(tmp_path).names() == ["Boxes"]
