from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.naming import ascii_words, formal_names, subject_of
from photoprep.report import Subject

DAY = datetime.date(2026, 11, 23)
TEMPLATE = "{product}_{model}_{view}_{date}"
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


@pytest.mark.parametrize(
    ("name", "product", "model", "view"),
    [
        ("Toolbox X100/IMG_2231.jpg", "Toolbox", "X100", "unknown"),
        ("Toolbox X100/X100 open.jpg", "Toolbox", "X100", "open"),
        ("Toolbox X100/accessories/shoulder strap.jpg", "Toolbox", "X100", "accessory"),
        ("X100 open.jpg", "X100", "", "open"),
        ("X100_合起_02.JPG", "X100", "", "closed"),
        ("工具箱X100-打开.png", "工具箱", "X100", "open"),
        ("手电筒 T7/T7 正面.jpg", "手电筒", "T7", "front"),
        ("bag(配件)shoulder strap.jpg", "Bag Shoulder Strap", "", "accessory"),
        ("另购/strap.jpg", "Strap", "", "accessory-not-included"),
        ("magento-wp09/wp09-black_back.jpg", "Magento", "WP09", "back"),
        ("IMG_2231.jpg", "Garden Chairs", "", "unknown"),
        ("20231012_123456.jpg", "Garden Chairs", "", "unknown"),
        ("photos/blue lamp.jpg", "Blue Lamp", "", "unknown"),
    ],
)
def test_folders_and_names_tell_product_model_and_view(
    name: str, product: str, model: str, view: str
) -> None:
    assert subject_of(name, "garden chairs") == Subject(product, model, view)


def test_names_are_formal() -> None:
    subjects = [
        Subject("Toolbox", "X100", "open"),
        Subject("工具箱", "X100", "closed"),
        Subject("Toolbox", "X100", "unknown"),
        Subject("Toolbox", "X100", "unknown"),
    ]
    assert formal_names(subjects, TEMPLATE, customer="", date=DAY) == [
        "Toolbox_X100_open_20261123.jpg",
        "GongJuXiang_X100_closed_20261123.jpg",
        "Toolbox_X100_1_20261123.jpg",
        "Toolbox_X100_2_20261123.jpg",
    ]


def test_the_customer_stands_where_the_template_says() -> None:
    names = formal_names(
        [Subject("Toolbox", "X100", "open")],
        "{customer}_{product}_{view}",
        customer="C/0123",
        date=DAY,
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
    names = formal_names(listed, template, customer=customer, date=DAY)
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
    names = formal_names(
        subjects, "{product}_{date}", customer="", date=datetime.date(2026, 11, 23)
    )
    assert len({name.casefold() for name in names}) == 1500
    assert all(len(name) <= 38 for name in names)
