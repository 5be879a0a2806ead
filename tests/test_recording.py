"""The moving picture of a terminal: every line of the runs comes, one after the other."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from release.recording import (
    COMMANDS,
    PICTURE,
    ROWS,
    SUMMARY,
    Run,
    moving_picture,
    still_picture,
)

FRAME = re.compile(r"^([\d.]+)% \{ transform: translateY\((-?[\d.]+)px\); \}$", re.MULTILINE)
TEXT = "{http://www.w3.org/2000/svg}text"


def words_of(picture: str) -> str:
    texts = ElementTree.fromstring(picture).iter(TEXT)  # noqa: S314  (our own)
    return " ".join("".join(each.itertext()) for each in texts).replace("\xa0", " ")


def test_each_line_comes_after_the_one_before_and_a_long_one_takes_its_rows() -> None:
    picture = moving_picture([Run("one", "a\n\x1b[31mred <&>\x1b[0m\n"), Run("two", "b " * 100)])
    frames = [(float(at), float(y)) for at, y in FRAME.findall(picture)]
    times, places = zip(*frames, strict=True)
    assert list(times) == sorted(set(times))
    assert times[0] == 0
    assert times[-1] == 100
    rows = [round(ROWS - y / 24.4) for y in places]
    assert rows == [1, 2, 3, 4, 5, 7, 8, 8]
    assert "red <&>" in words_of(picture)


def test_a_still_picture_has_each_line_and_the_command_above_them() -> None:
    picture = still_picture(Run("photoprep demo", "a\n\x1b[31mred <&>\x1b[0m\n"))
    assert words_of(picture).split() == ["photoprep", "demo", "a", "red", "<&>"]
    assert "@font-face" not in picture


def test_the_summary_is_that_of_a_first_run_and_of_nobodys_folder() -> None:
    words = words_of(SUMMARY.read_text(encoding="utf-8"))
    assert "10 photos prepared, 1 not prepared, 3 other files skipped, 5 mails ready." in words
    assert words.split()[-1] == "photoprep-demo-prepared/report.html"


def test_the_picture_in_docs_shows_the_commands_and_nobodys_folder() -> None:
    words = words_of(PICTURE.read_text(encoding="utf-8"))
    for command in COMMANDS:
        assert f"$ {command}" in re.sub(" +", " ", words)
    assert "5 mails ready" in words
    assert "~/Enquiry-prepared/report.html" in words
