from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.naming import Naming, ascii_words, formal_names
from photoprep.outcome import Subject

COLOURS = {"黑色": "black"}
DAY = datetime.date(2026, 11, 23)
TEMPLATE = "{product}_{model}_{view}_{date}"
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


def naming(template: str = TEMPLATE, *, customer: str = "") -> Naming:
    return Naming(template, customer, DAY, COLOURS)


def test_names_are_formal() -> None:
    subjects = [
        Subject("Toolbox", "X100", "open"),
        Subject("工具箱", "X100", "closed"),
        Subject("Toolbox", "X100", "unknown"),
        Subject("Toolbox", "X100", "unknown"),
    ]
    assert formal_names(subjects, naming()) == [
        "Toolbox_X100_open_20261123.jpg",
        "GongJuXiang_X100_closed_20261123.jpg",
        "Toolbox_X100_20261123.jpg",
        "Toolbox_X100_2_20261123.jpg",
    ]


def test_the_customer_stands_where_the_template_says() -> None:
    names = formal_names(
        [Subject("Toolbox", "X100", "open")],
        naming("{customer}_{product}_{view}", customer="C/0123"),
    )
    assert names == ["C-0123_Toolbox_open.jpg"]


words = st.text(max_size=40)
subjects = st.builds(Subject, words, words, st.sampled_from(["open", "unknown", "accessory"]))


@given(
    st.lists(subjects, max_size=12),
    st.sampled_from([TEMPLATE, "{product}", "{date}", "{product} {view}", "a{customer}"]),
    words,
)
def test_any_subjects_get_distinct_safe_ascii_names(
    listed: list[Subject], template: str, customer: str
) -> None:
    names = formal_names(listed, naming(template, customer=customer))
    assert len({name.casefold() for name in names}) == len(listed)
    for name in names:
        assert name.isascii()
        assert name.endswith(".jpg")
        stem = name.removesuffix(".jpg")
        assert stem
        assert set(stem) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._ +-"
        )
        assert stem == stem.strip(" .")
        assert name.partition(".")[0].casefold() not in RESERVED


@given(st.text())
def test_spelling_in_ascii_never_fails(text: str) -> None:
    assert ascii_words(text).isascii()


def test_a_thousand_products_that_shorten_to_one_name_are_told_apart_at_once() -> None:
    subjects = [
        Subject(f"Gartenwerkzeugschaufel {number:04} mit Griff", "", "unknown")
        for number in range(1500)
    ]
    names = formal_names(subjects, naming("{product}_{date}"))
    assert len({name.casefold() for name in names}) == 1500
    assert all(len(name) <= 38 for name in names)


def test_what_a_part_is_called_stands_in_its_name_as_far_as_there_is_room() -> None:
    subjects = [
        Subject("Bag", "B12", "accessory", label="Shoulder strap"),
        Subject("Bag", "B12", "unknown", label="Handle"),
        Subject("Bag", "B12", "accessory-not-included", label="肩带"),
    ]
    assert formal_names(subjects, naming()) == [
        "Bag_B12_part-Shoulder_20261123.jpg",
        "Bag_B12_Handle_20261123.jpg",
        "Bag_B12_optional_20261123.jpg",
    ]


def test_a_colour_in_chinese_is_named_in_english() -> None:
    subjects = [Subject("Bag", "", "open", colour=colour) for colour in ("黑色", "dark blue", "靛")]
    assert formal_names(subjects, naming("{product}_{colour}_{view}")) == [
        "Bag_black_open.jpg",
        "Bag_dark-blue_open.jpg",
        "Bag_Dian_open.jpg",
    ]


def test_a_picture_that_comes_or_goes_renames_no_other() -> None:
    one = Subject("Toolbox", "X100", "open")
    first = formal_names([one] * 3, naming())
    assert first == [f"Toolbox_X100_open{n}_20261123.jpg" for n in ("", "-2", "-3")]
    assert formal_names([one] * 4, naming(), ["", *first]) == [
        "Toolbox_X100_open-4_20261123.jpg",
        *first,
    ]
    assert formal_names([one] * 2, naming(), first[1:]) == first[1:]
    assert formal_names([one] * 2, naming(), ["", first[2]]) == [first[0], first[2]]


def test_a_kept_name_that_no_longer_fits_is_given_up() -> None:
    one = Subject("Toolbox", "X100", "open")
    other = Subject("Toolbox", "X200", "open")
    kept = ["Toolbox_X100_open-2_20261123.jpg", "Toolbox_X100_open_20261123.jpg"]
    assert formal_names([one, other], naming(), kept) == [kept[0], "Toolbox_X200_open_20261123.jpg"]
    both = ["Toolbox_X100_open_20261123.jpg"] * 2  # no two pictures keep one name
    assert formal_names([one, one], naming(), both) == [
        both[0],
        "Toolbox_X100_open-2_20261123.jpg",
    ]


@given(st.lists(subjects, max_size=8), st.data())
def test_names_stay_as_they_are_at_the_next_run(listed: list[Subject], data: st.DataObject) -> None:
    first = formal_names(listed, naming())
    assert formal_names(listed, naming(), first) == first
    gone = data.draw(st.sets(st.integers(0, len(listed) - 1)) if listed else st.just(set[int]()))
    left = [index for index in range(len(listed)) if index not in gone]
    kept = [first[index] for index in left]
    assert formal_names([listed[index] for index in left], naming(), kept) == kept


def test_names_however_long_stay_apart_and_within_what_disks_take() -> None:
    for product, model in (("B" * 300, "X1"), ("Very " * 60, "X1"), ("Box", "X" * 300)):
        subjects = [Subject(product, model, "unknown")] * 3 + [Subject(product, model, "open")]
        for template in (TEMPLATE, "{date}_{product}_{model}"):
            names = formal_names(subjects, naming(template))
            assert len(set(names)) == 4
            assert max(map(len, names)) <= 124
            assert formal_names(subjects, naming(template), names) == names


def test_names_of_other_files_are_nobodys() -> None:
    subject = Subject("Toolbox", "X100", "open")
    others = ["toolbox_X100_OPEN_20261123.jpg"]
    expected = ["Toolbox_X100_open-2_20261123.jpg"]
    assert formal_names([subject], naming(), others=others) == expected
    kept = ["Toolbox_X100_open_20261123.jpg"]
    assert formal_names([subject], naming(), kept, others) == expected
