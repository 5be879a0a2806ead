"""Columns and values: every word of the data file, and what is said of those that are not in it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from photoprep.catalogue.manifest import words as manifest_words
from photoprep.catalogue.manifest.rows import ManifestRow
from photoprep.catalogue.manifest.words import (
    FIELDS,
    VIEWS,
    field_of,
    included_of,
    known_headings,
    view_named,
    view_word,
    views_told,
)
from photoprep.language import Language
from tests.catalogue.manifests import codes, read

WORDS = tomllib.loads(
    Path(manifest_words.__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def test_every_word_stands_for_one_column() -> None:
    for field in FIELDS:
        for word in WORDS["columns"][field]["words"]:
            assert field_of(word) == field, word
            assert field_of(f" {word.upper()} ") == field, word
    words = [word for field in FIELDS for word in WORDS["columns"][field]["words"]]
    doubled = [word for word, times in Counter(words).items() if times > 1]
    assert doubled == []
    assert set(WORDS["columns"]) == set(FIELDS)


def test_every_word_for_included_or_not_has_one_answer() -> None:
    for answer, key in ((True, "yes"), (False, "no")):
        for word in WORDS["included"][key]:
            assert included_of(word) is answer, word
    assert included_of("perhaps") is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_written_is_read(language: Language) -> None:
    assert [field_of(heading) for heading in known_headings(language)] == list(FIELDS)
    for view in VIEWS:
        word = view_word(view, language)
        assert view_named(word) == view if word else view == "unknown"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Item No.", "model"), ("ITEM_NO", "model"), ("型号（Model）", "model"),
        ("型号Model", "model"),
        ("Product Name / 品名", "product"), ("数量(pcs)", "quantity"),
        ("Quantity\n(pcs)", "quantity"),
        ("Q'ty", "quantity"), ("Ｍｏｄｅｌ", "model"), ("文件 名", "file"),
        ("Artikel-Nr.", "model"),
        ("price", ""), ("单价", ""), ("序号", "passed over"), ("#", "passed over"), ("", ""),
    ],
)  # fmt: skip
def test_a_heading_is_known_in_every_dress(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_unknown_columns_are_told_with_their_line() -> None:
    manifest = read("No.,file,price,\n1,a.jpg,5,\n2,b.jpg,,left over\n")
    assert manifest.rows == (ManifestRow(2, "a.jpg"), ManifestRow(3, "b.jpg"))
    assert codes(manifest.findings) == ["manifest-row", "manifest-column"]
    assert manifest.findings[1].message == (
        "Line 1: the column “price” is not known and was not used."
    )


def test_two_columns_for_one_thing_fill_each_other() -> None:
    manifest = read("图片,文件名,品名\n,a.jpg,工具箱\nb.jpg,c.jpg,\n")
    assert [row.file for row in manifest.rows] == ["a.jpg", "b.jpg"]
    assert codes(manifest.findings) == ["manifest-column"]


@pytest.mark.parametrize(
    ("word", "view"),
    [(view, view) for view in VIEWS if view != "unknown"]
    + [("Accessory not included", "accessory-not-included"), ("lid shut", "closed")]
    + [("展开", "open"), ("unknown", ""), ("不明", ""), ("OPEN", "open")],
)  # fmt: skip
def test_views_are_known_by_kind_and_by_the_words_of_file_names(word: str, view: str) -> None:
    manifest = read(f"file,view\na.jpg,{word}\n")
    assert (manifest.rows[0].view, manifest.findings) == (view, ())


def test_the_words_for_views_that_are_told_are_read() -> None:
    told = [pair.split("/") for pair in views_told().split(", ")]
    assert [english for english, _ in told] == [view for view in VIEWS if view != "unknown"]
    assert all(view_named(english) == view_named(chinese) == english for english, chinese in told)


def test_unknown_values_are_told_and_left_out() -> None:
    manifest = read("file,view,included\na.jpg,upside down,perhaps\n")
    assert manifest.rows == (ManifestRow(2, "a.jpg"),)
    assert codes(manifest.findings) == ["manifest-value", "manifest-value"]
    assert "upside down" in manifest.findings[0].message
    assert all(finding.message.startswith("Line 2: ") for finding in manifest.findings)
    assert all(finding.source == "products.csv" for finding in manifest.findings)


@pytest.mark.parametrize(
    ("word", "included"),
    [("yes", True), ("TRUE", True), ("1", True), ("是", True), ("含", True), ("included", True),
     ("no", False), ("False", False), ("0", False), ("否", False), ("不含", False),
     ("Not included", False), ("另购", False), ("", None)],
)  # fmt: skip
def test_included_or_not(word: str, included: bool | None) -> None:
    manifest = read(f"file,included\na.jpg,{word}\n")
    assert (manifest.rows[0].included, manifest.findings) == (included, ())


def test_a_kind_can_say_that_a_picture_shows_an_accessory() -> None:
    assert read("file,类别\na.jpg,配件\n").rows[0].view == "accessory"
    assert read("file,kind\na.jpg,Spares\n").rows[0].view == "accessory"
    assert read("file,kind,view\na.jpg,toolbox,open\n").rows[0].view == "open"


def test_what_would_steer_a_terminal_is_spelled_out() -> None:
    manifest = read("file,product,view\na.jpg,Box\x1b[2J,\x1b[31mred\n")
    assert manifest.rows[0].product == "Box\\x1b[2J"
    assert all(finding.message.isprintable() for finding in manifest.findings)


def test_a_row_about_nothing_is_told() -> None:
    manifest = read("file,qty\na.jpg,1\n,5\n")
    assert codes(manifest.findings) == ["manifest-row"]
    assert manifest.findings[0].message.startswith("Line 3: ")


def test_headings_printed_again_are_no_row() -> None:
    assert len(read("file,qty\na.jpg,1\nfile,qty\nb.jpg,2\n").rows) == 2
