"""The order of parts in a line of both directions."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.sheet.bidi import levels, mirrored, reads_from_right, visual_order
from photoprep.sheet.cleaning import clean, clusters


def _shown(text: str) -> str:
    """The characters of a line from left to right."""
    found = levels(text, from_right=reads_from_right(text))
    written = [mirrored(c) if level % 2 else c for c, level in zip(text, found, strict=True)]
    return "".join(visual_order(written, found))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc 12", "abc 12"),
        ("אבג", "גבא"),
        ("אבג abc", "abc גבא"),
        ("abc אבג", "abc גבא"),
        ("abc אב גד xyz", "abc דג בא xyz"),
        ("אב 12 גד", "דג 12 בא"),
        ("אב 12,5 גד", "דג 12,5 בא"),
        ("אב X100 (גד)", "(דג) X100 בא"),
        ("abc (אב)", "abc (בא)"),
        ("אב 12-5", "12-5 בא"),
        ("אב €12", "€12 בא"),
        ("12 אב", "בא 12"),
        ("X1: אב, 3", "X1: 3 ,בא"),
    ],
)
def test_the_order_that_is_seen(text: str, shown: str) -> None:
    assert _shown(text) == shown


@given(st.text(st.sampled_from("ab12אבمك ,.-()€%工") | st.characters(), max_size=30).map(clean))
def test_no_character_is_lost(text: str) -> None:
    found = levels(text, from_right=reads_from_right(text))
    assert sorted(visual_order(text, found)) == sorted(text)
    assert len(found) == len(text)
    for character, level in zip(text, found, strict=True):
        kind = unicodedata.bidirectional(character)
        assert level in (0, 1, 2)
        if kind in ("R", "AL"):
            assert level == 1
        elif kind == "L":
            assert level % 2 == 0


@given(st.text(max_size=60))
def test_cleaning(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "".join(clusters(once)) == once
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in once)
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufe0f")


def test_joiners_stay_where_scripts_spell_with_them() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("क्\u200dष") == "क्\u200dष"
    assert clean("X\u200d100\u200c") == "X100"


def test_what_is_drawn_as_one_is_kept_together() -> None:
    assert clusters("क्षत्रिय") == ("क्ष", "त्रि", "य")
    assert clusters("น้ำหนัก") == ("น้ำ", "ห", "นั", "ก")
    assert clusters("เปิด") == ("เปิ", "ด")
    assert clusters("e\u0301\u0323x") == ("e\u0301\u0323", "x")


def test_more_marks_than_any_language_has_are_dropped() -> None:
    assert len(clean("q" + "\u0308" * 40)) == 5
