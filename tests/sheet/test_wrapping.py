"""Lines: where they end, what is left out. Measured in characters, as on a typewriter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.sheet.breaking import NO_LINE_BEGINS, NO_LINE_ENDS
from photoprep.sheet.cleaning import clean, clusters
from photoprep.sheet.wrapping import set_lines, wrap


class Typewriter:
    """Each character is one wide, as on a typewriter; Chinese ones two."""

    def width_px(self, text: str) -> int:
        return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)

    def sum_px(self, pieces: Sequence[str]) -> int:
        return sum(map(self.width_px, pieces))


RULER = Typewriter()
TEXTS = st.text(
    st.sampled_from("abcXY019 -_/,.()（），。、「」“”…工具箱大号ーがאבمك") | st.characters(),
    max_size=120,
).map(clean)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Stainless steel box", 10, ("Stainless", "steel box")),
        ("X100-B/2_red", 5, ("X100-", "B/2_", "red")),
        ("a -5 b", 4, ("a -5", "b")),
        ("Donaudampfschiff an", 6, ("Donaud", "ampfsc", "hiff", "an")),
        ("一 Donaudampfschiff", 10, ("一", "Donaudampf", "schiff")),
        ("工具箱大号", 6, ("工具箱", "大号")),
        ("工具箱，大号", 6, ("工具", "箱，大", "号")),
        ("工具（大号）", 6, ("工具", "（大", "号）")),
        ("工具箱X100型", 8, ("工具箱", "X100型")),
        ("红色 工具箱", 5, ("红色", "工具", "箱")),
        ("", 5, ()),
    ],
)
def test_where_lines_end(text: str, width: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, width, RULER) == lines


@given(TEXTS, st.integers(2, 40))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, RULER)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert RULER.width_px(line) <= width or len(clusters(line)) == 1
        assert line == line.strip(" ")
        assert line


@given(TEXTS, st.integers(2, 40), st.integers(1, 6))
def test_a_wider_column_never_takes_more_lines(text: str, width: int, more: int) -> None:
    assert len(wrap(text, width + more, RULER)) <= len(wrap(text, width, RULER))


@given(
    st.text(st.sampled_from("工具箱大号红，。、：；！？）」』】》（「『【《"), max_size=80),
    st.integers(12, 30),
)
def test_kinsoku(text: str, width: int) -> None:
    lines = wrap(text, width, RULER)
    for before, after in itertools.pairwise(lines):
        if _has_a_place_inside(before):
            assert after[0] not in NO_LINE_BEGINS
            assert before[-1] not in NO_LINE_ENDS


def _has_a_place_inside(line: str) -> bool:
    """Whether a line has a place where it might have ended earlier."""
    return any(
        after not in NO_LINE_BEGINS and before not in NO_LINE_ENDS
        for before, after in itertools.pairwise(line)
    )


@pytest.mark.parametrize(
    ("text", "width", "most", "lines"),
    [
        ("Stainless steel lunch box with lid X100", 22, 1, ("Stainless … lid X100",)),
        ("Steel X100 lunch box with bamboo lid red", 22, 1, ("Steel X100 … lid red",)),
        ("Stainless steel X100 lunch box", 27, 1, ("Stainless … X100 lunch box",)),
        ("Stainless steel lunch box X100", 10, 2, ("Stainless", "… box X100")),
        ("不锈钢工具箱大号红色带锁X100", 14, 1, ("不锈…带锁X100",)),
        ("Donaudampfschifffahrtsgesellschaft", 11, 1, ("Donau…chaft",)),
        ("Extraordinarily X100", 9, 1, ("Extr…X100",)),
        ("abc", 2, 1, ("a…",)),
        ("abc", 1, 1, ("…",)),
        ("工具", 1, 1, ("…",)),
    ],
)
def test_the_ellipsis_stands_in_the_middle(
    text: str, width: int, most: int, lines: tuple[str, ...]
) -> None:
    assert set_lines(text, width, most, RULER) == lines


@given(TEXTS.filter(bool), st.integers(1, 30), st.integers(1, 4))
def test_a_shortened_text_is_its_two_ends(text: str, width: int, most: int) -> None:
    lines = set_lines(text, width, most, RULER)
    assert 0 < len(lines) <= most
    assert all(RULER.width_px(line) <= width for line in lines)
    whole, shown = text.replace(" ", ""), "".join(lines).replace(" ", "")
    if shown != whole:
        assert any(
            whole.startswith(shown[:place]) and whole.endswith(shown[place + 1 :])
            for place, sign in enumerate(shown)
            if sign == "…"
        )


def test_300_characters_keep_both_ends() -> None:
    text = "Tool " * 60 + "X100"
    lines = set_lines(text, 20, 3, RULER)
    assert len(lines) == 3
    assert lines[0] == "Tool Tool Tool Tool"
    assert lines[2].endswith("X100")
    assert sum(map(len, lines)) > 45
