"""Captions as they are drawn: within their box, whole, in the right order, by real fonts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from photoprep.sheet.bidi import reads_from_right
from photoprep.sheet.caption_text import Caption, Styled
from photoprep.sheet.captions import TypeSetter, measure
from photoprep.sheet.cleaning import clean
from photoprep.sheet.font_folders import font_files, font_folders
from photoprep.sheet.missing import told_unshaped
from photoprep.sheet.shaping import Setting, shapes
from tests.sheet.faces import (
    NO_FOLDERS,
    Box,
    along_the_line,
    caption,
    drawn,
    ink_outside,
    letters,
    need,
)

SIZES = st.integers(11, 16)
LATIN = st.text(st.sampled_from("abfgijlyTVWAÄÖßÉj019 -_/.,()&ŁőЖщΩ€×"), max_size=90)
ANY_SCRIPT = st.text(
    st.sampled_from("abfjT019 -/.,()ÄŇ工具箱（，）。“”かがאבגךםمكعلاي،กำปี้ดित्रकि́̈") | st.characters(),
    max_size=60,
)
WIDTHS = st.integers(40, 320)


@given(LATIN, LATIN, WIDTHS, SIZES)
@settings(deadline=None)
def test_no_ink_outside_the_box_with_the_shipped_font(
    title: str, note: str, width: int, size: int
) -> None:
    words = caption(title, note)
    box, ink = drawn(TypeSetter([words], folders=NO_FOLDERS), words, width, size)
    assert ink_outside(box, ink) == 0


@given(ANY_SCRIPT, ANY_SCRIPT, WIDTHS, SIZES, st.booleans())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_ink_outside_the_box_with_the_fonts_of_this_machine(
    title: str, note: str, width: int, size: int, shape: bool
) -> None:
    words = caption(title, note)
    box, ink = drawn(TypeSetter([words], shape=shape and shapes()), words, width, size)
    assert ink_outside(box, ink) == 0


@given(ANY_SCRIPT, WIDTHS, SIZES)
@settings(deadline=None, max_examples=60)
def test_what_is_not_shortened_is_whole_and_in_order(text: str, width: int, size: int) -> None:
    words = Caption((Styled(text),))
    setter = TypeSetter([words], most_lines=1000)
    lines = setter.lines(words, width, size)
    missing = set(setter.missing(words).characters)
    whole = "".join(character for character in clean(text) if character not in missing)
    shown = "".join(line.text for line in lines)
    assert letters(shown) == letters(clean(whole)) or "…" in shown


@given(st.lists(ANY_SCRIPT, min_size=1, max_size=3), SIZES, st.lists(WIDTHS, min_size=1))
@settings(deadline=None, max_examples=40)
def test_the_table_of_heights_holds_every_caption_at_every_width(
    texts: list[str], size: int, widths: list[int]
) -> None:
    captions = [caption(text, text[::-1]) for text in texts]
    setter = TypeSetter(captions)
    table = measure(setter, captions, [40, *widths], size)
    for index, words in enumerate(captions):
        before = None
        for width in range(40, 330, 23):
            height = table.height_px(index, width)
            assert setter.height_px(words, width, size) <= height
            assert before is None or height <= before
            before = height


def test_a_line_is_as_high_in_all_captions_of_a_sheet() -> None:
    low, high = caption("aceno"), caption("ÅgÉj")
    both = TypeSetter([low, high], folders=NO_FOLDERS)
    assert both.height_px(low, 200, 13) == both.height_px(high, 200, 13)
    assert TypeSetter([low], folders=NO_FOLDERS).height_px(low, 200, 13) < both.height_px(
        low, 200, 13
    )


def test_300_characters_stand_in_their_lines_with_both_ends() -> None:
    words = Caption((Styled("Stainless steel lunch box " * 11 + "model X100-B"),))
    setter = TypeSetter([words], folders=NO_FOLDERS, most_lines=3)
    lines = [line.text for line in setter.lines(words, 160, 12)]
    assert len(lines) == 3
    assert lines[0].startswith("Stainless steel")
    assert lines[2].endswith("model X100-B")
    assert sum("…" in line for line in lines) == 1
    assert setter.is_shortened(words, 160, 12)
    assert not setter.is_shortened(words, 4000, 12)
    box, ink = drawn(setter, words, 160, 12)
    assert ink_outside(box, ink) == 0


def test_a_lower_box_gets_fewer_lines_and_one_that_holds_none_is_an_error() -> None:
    words = caption("Stainless steel lunch box with a bamboo lid", "open, red")
    setter = TypeSetter([words], folders=NO_FOLDERS)
    height = setter.height_px(words, 100, 12)
    assert len(setter.lines(words, 100, 12)) == 4
    fewer = setter.lines(words, 100, 12, height - 1)
    assert [line.style for line in fewer] == ["title", "title", "note"]
    with pytest.raises(ValueError, match="do not hold"):
        setter.lines(words, 100, 12, 20)


def test_no_words_take_no_height() -> None:
    setter = TypeSetter([], folders=NO_FOLDERS)
    for words in (Caption(), caption(" \n ", "\u202e"), caption("工")):
        assert setter.height_px(words, 100, 12) == 0
        assert setter.lines(words, 100, 12) == ()


def test_missing_characters_are_named_and_leave_no_box() -> None:
    words, plain = caption("Box 工具 X1"), caption("Box X1")
    setter = TypeSetter([words, plain], folders=NO_FOLDERS)
    assert setter.missing(words).named[0] == "U+5DE5 CJK UNIFIED IDEOGRAPH-5DE5"
    assert not setter.missing(plain)
    assert np.array_equal(drawn(setter, words, 200, 14)[1], drawn(setter, plain, 200, 14)[1])


def test_a_page_number_is_whole_and_ends_at_the_right_of_its_box() -> None:
    number = Caption((Styled("12 / 13", "number"),))
    setter = TypeSetter([], folders=NO_FOLDERS)
    assert [line.text for line in setter.lines(number, 200, 12)] == ["12 / 13"]
    box, ink = drawn(setter, number, 200, 12)
    columns = np.flatnonzero(ink.any(axis=0))
    assert box.x_px + 120 < columns[0] < columns[-1] < box.x_px + 200
    assert columns[-1] >= box.x_px + 196


def test_a_title_is_bold_and_a_note_lighter() -> None:
    same = "Toolbox X100"
    setter = TypeSetter([Caption((Styled(same, "title"),))], folders=NO_FOLDERS)
    ink = {
        style: int(drawn(setter, Caption((Styled(same, style),)), 200, 14)[1].sum())
        for style in ("title", "text", "note")
    }
    assert ink["title"] > 1.2 * ink["text"] > 1.2 * 1.3 * ink["note"]


def test_text_from_the_right_begins_at_the_right() -> None:
    need("ארגז")
    words = caption("ארגז X100")
    box, ink = drawn(TypeSetter([words]), words, 250, 14)
    columns = np.flatnonzero(ink.any(axis=0))
    assert columns[-1] >= box.x_px + box.width_px - 3
    assert columns[0] > box.x_px + 120


def test_centred_lines_stand_in_the_middle() -> None:
    words = caption("X100")
    box, ink = drawn(TypeSetter([words], folders=NO_FOLDERS, align="centre"), words, 250, 14)
    columns = np.flatnonzero(ink.any(axis=0))
    assert abs(columns[0] + columns[-1] + 1 - 2 * box.x_px - box.width_px) <= 4


MIXED = [
    "صندوق أدوات X100 (كبير)، 12 قطعة",
    "ארגז כלים X100 (גדול), 12 חלקים",
    "Toolbox צבע אדום X100",
    "Box (مفتوح) 3-5 قطع, 50%",
    "אדום 12.5 €, ABC",
    "אדום (ABC) גדול [X (1)], 3/4",
    "Set (a, ב) (ג) d",
]


@pytest.mark.parametrize("text", MIXED)
def test_lines_of_both_directions_are_as_raqm_draws_them(text: str) -> None:
    """One font has all letters, so that RAQM can draw the line whole."""
    path = font_files(font_folders()).get("dejavusans.ttf")
    if path is None or not shapes():
        pytest.skip("no DejaVu Sans or no RAQM on this machine")
    words = Caption((Styled(text),))
    setter = TypeSetter([words], font_file=path)
    (line,) = setter.lines(words, 500, 16)
    height = setter.height_px(words, 500, 16)
    ours, theirs = (Image.new("L", (500, height), 255) for _ in range(2))
    TypeSetter([words], font_file=path, align="start").draw(
        ours, words, Box(0, 0, 500, height), 16, "#000000"
    )
    from_right = reads_from_right(text)
    font = ImageFont.truetype(str(path), 16, layout_engine=ImageFont.Layout.RAQM)
    ImageDraw.Draw(theirs).text(
        (500 if from_right else 0, height // 2),
        text,
        fill="#000000",
        font=font,
        anchor="rm" if from_right else "lm",
        direction="rtl" if from_right else "ltr",
    )
    assert line.text == text
    assert along_the_line(_ink(ours)) == pytest.approx(along_the_line(_ink(theirs)), abs=3)


def _ink(image: Image.Image) -> np.ndarray:
    return 255 - np.asarray(image).astype(int)


def test_without_raqm_hebrew_is_in_order() -> None:
    need("ארגז")
    if not shapes():
        pytest.skip("no RAQM on this machine")
    words = caption("ארגז (X1) כלים")
    plain, shaped = TypeSetter([words], shape=False), TypeSetter([words])
    assert not plain.is_unshaped(words)
    ours, theirs = (drawn(setter, words, 200, 16)[1] for setter in (plain, shaped))
    assert along_the_line(ours) == pytest.approx(along_the_line(theirs), abs=3)


def test_without_raqm_what_stands_apart_is_told() -> None:
    need("टूल")
    words = caption("टूल")
    assert TypeSetter([words], shape=False).is_unshaped(words)
    assert told_unshaped()
    if shapes():
        assert not TypeSetter([words]).is_unshaped(words)


def test_width_holds_ink_that_leans_beyond_its_advance() -> None:
    setter = TypeSetter([], folders=NO_FOLDERS)
    setting = setter._setting("text", 40)
    assert isinstance(setting, Setting)
    line = setting.shaped("jj")
    assert line.left_px < 0
    assert line.width_px > line.right_px
