"""Arabic without RAQM: letters in the forms that their places ask."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.sheet.captions import TypeSetter
from photoprep.sheet.joining import in_joined_forms, is_joined
from photoprep.sheet.shaping import shapes
from tests.sheet.faces import along_the_line, caption, drawn, need


def _everything(_: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ب", ["isolated"]),
        ("بب", ["initial", "final"]),
        ("ببب", ["initial", "medial", "final"]),
        ("دار", ["isolated", "isolated", "isolated"]),
        ("باب", ["initial", "final", "isolated"]),
        ("بَب", ["initial", "", "final"]),
        ("ب ب", ["isolated", "", "isolated"]),
        ("بء", ["isolated", "isolated"]),
        ("سلام", ["initial", "final", "isolated"]),  # lam and alef are one
        ("لا", ["isolated"]),
        ("X1ب", ["", "", "isolated"]),
    ],
)
def test_each_letter_takes_the_form_of_its_place(text: str, kinds: list[str]) -> None:
    joined = in_joined_forms(text, _everything)
    found = [unicodedata.decomposition(letter).split(" ")[0].strip("<>") for letter in joined]
    assert found == kinds
    assert is_joined(joined)


@given(st.text(st.sampled_from("ابتدلمكسهةءئلاآ َّ12X.‍ـ"), max_size=20))
def test_the_letters_stay_the_same(text: str) -> None:
    assert unicodedata.normalize("NFKC", in_joined_forms(text, _everything)) == (
        unicodedata.normalize("NFKC", text)
    )


def test_a_font_without_the_forms_is_told() -> None:
    joined = in_joined_forms("ببلا", lambda letter: letter < "\ufb50")
    assert joined == "ببلا"
    assert not is_joined(joined)


def test_it_looks_as_raqm_draws_it() -> None:
    need("صندوق")
    if not shapes():
        pytest.skip("no RAQM on this machine")
    words = caption("صندوق أدوات كبير سلام")
    plain = TypeSetter([words], shape=False)
    if plain.is_unshaped(words):
        pytest.skip("the Arabic font of this machine has no joined forms as characters")
    ours, theirs = (drawn(setter, words, 300, 16)[1] for setter in (plain, TypeSetter([words])))
    assert along_the_line(ours) == pytest.approx(along_the_line(theirs), abs=3)
