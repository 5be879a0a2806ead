from __future__ import annotations

import pytest

from photoprep.catalogue.manifest.rows import ManifestRow
from tests.catalogue.manifests import codes, read

TEXT = '''# Season 2026
[[product]]
name = "Toolbox"
model = "X100"
quantity = 200
caption = """
[[product]]
in a long text is none"""

[[product.picture]]
file = "a.jpg"
view = "open"

  [[ product . picture ]]  # indented
files = ["b.jpg", "c.jpg"]
included = false

[[product]]
产品 = "手电筒"
"Item No." = "T7"
file = "d.jpg"
'''.replace("产品 =", '"产品" =')


def test_products_and_their_pictures_are_rows_with_their_lines() -> None:
    manifest = read(TEXT, "products.toml")
    long_text = "[[product]] in a long text is none"
    assert manifest.rows == (
        ManifestRow(2, "", "Toolbox", "X100", "200", caption=long_text),
        ManifestRow(10, "a.jpg", "Toolbox", "X100", view="open"),
        ManifestRow(14, "b.jpg\nc.jpg", "Toolbox", "X100", included=False),
        ManifestRow(18, "d.jpg", "手电筒", "T7"),
    )
    assert manifest.findings == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_notepad_may_have_saved_it(encoding: str) -> None:
    assert (
        read(TEXT.replace("\n", "\r\n").encode(encoding), "products.toml").rows[3].product
        == "手电筒"
    )


def test_a_table_that_only_names_what_its_pictures_show_is_no_row() -> None:
    manifest = read('[[product]]\nmodel="X1"\n[[product.picture]]\nfile="a.jpg"\n', "p.toml")
    assert manifest.rows == (ManifestRow(3, "a.jpg", model="X1"),)


def test_unknown_keys_are_told() -> None:
    manifest = read('title = "x"\n[[product]]\nmodel = "X1"\nprice = 3\n', "p.toml")
    assert codes(manifest.findings) == ["manifest-column", "manifest-column"]
    assert "title" in manifest.findings[0].message
    assert manifest.findings[1].message.startswith("Line 2: the column “price”")


def test_tables_written_inline_are_read_without_lines_of_their_own() -> None:
    manifest = read('product = [{model = "X1"}, {model = "X2"}]\n', "p.toml")
    assert [(row.line, row.model) for row in manifest.rows] == [(1, "X1"), (1, "X2")]


@pytest.mark.parametrize("text", ["a = = 1", "[[product]\n", "x = 1\n", "", "a = " + "[" * 5000])
def test_what_is_no_list_is_one_finding(text: str) -> None:
    manifest = read(text, "p.toml")
    assert manifest.rows == ()
    assert codes(manifest.findings)[-1] == "manifest-unreadable"
    assert "\n" not in manifest.findings[-1].message
