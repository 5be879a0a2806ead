from __future__ import annotations

from pathlib import Path

from photoprep.catalogue.scan import scan
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.files import FileStamp
from photoprep.outcome import Skipped
from photoprep.walk.intake import Candidate, take_in


def test_a_known_file_is_a_picture_without_being_opened(tmp_path: Path) -> None:
    (tmp_path / "known.jpg").write_bytes(b"as it was")
    (tmp_path / "new.txt").write_bytes(b"no picture")
    asked: list[tuple[str, int]] = []

    def is_known(name: str, stamp: FileStamp) -> bool:
        asked.append((name, stamp.size_bytes))
        return name == "known.jpg"

    known, new = take_in(scan([tmp_path]), load_vocabulary(), is_known).rows
    assert isinstance(known, Candidate)
    assert isinstance(new, Skipped)
    assert asked == [("known.jpg", 9), ("new.txt", 10)]
