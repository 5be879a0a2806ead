"""Manifests as text, byte for byte as Excel, WPS, LibreOffice and people's editors write them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.manifest.encoding import decoded
from photoprep.catalogue.manifest.rows import ManifestRow
from tests.catalogue.manifests import codes, read

CHINA = (
    "文件名,产品名称,型号,数量,视图\r\n"
    "工具箱合起.jpg,工具箱,X100,200,合起\r\n"
    "手电筒.jpg,手电筒,T7,,打开\r\n"
)
GERMANY = "Datei;Produkt;Modell;Menge;Farbe\r\nkoffer.jpg;Werkzeugkoffer;X100;1,5;grün\r\n"
ROWS_OF_CHINA = (
    ManifestRow(2, "工具箱合起.jpg", "工具箱", "X100", "200", "closed"),
    ManifestRow(3, "手电筒.jpg", "手电筒", "T7", "", "open"),
)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("Excel in China, CSV", CHINA.encode("gbk"), ["manifest-encoding"]),
        ("WPS, CSV in GB18030", CHINA.encode("gb18030"), ["manifest-encoding"]),
        ("Excel, CSV UTF-8", codecs.BOM_UTF8 + CHINA.encode(), []),
        ("LibreOffice, UTF-8", CHINA.replace("\r\n", "\n").encode(), []),
        ("Excel, Unicode text", CHINA.replace(",", "\t").encode("utf-16"), []),
        ("without a mark, little", CHINA.encode("utf-16-le"), []),
        ("without a mark, big", CHINA.replace(",", "\t").encode("utf-16-be"), []),
        ("old Mac's line ends", CHINA.replace("\r\n", "\r").encode(), []),
        ("UTF-32", CHINA.encode("utf-32"), []),
    ],
)
def test_chinese_lists_are_read_in_every_encoding(name: str, data: bytes, told: list[str]) -> None:
    manifest = read(data)
    assert manifest.rows == ROWS_OF_CHINA, name
    assert codes(manifest.findings) == told


@pytest.mark.parametrize(
    ("encoding", "told"), [("cp1252", ["manifest-encoding"]), ("utf-8", []), ("utf-8-sig", [])]
)
def test_a_german_excel_writes_semicolons_and_decimal_commas(
    encoding: str, told: list[str]
) -> None:
    manifest = read(GERMANY.encode(encoding))
    row = ManifestRow(2, "koffer.jpg", "Werkzeugkoffer", "X100", "1,5", colour="grün")
    assert manifest.rows == (row,)
    assert codes(manifest.findings) == told


@pytest.mark.parametrize(
    "text",
    [
        "Größe, Öl, für Straße und Übermaß, Äußeres ÄÖÜ äöüß",
        "modèle d'été à l'hôtel, façade reçue; Éclairé, À côté, naïve",
        "Señor Muñoz: año, niño, más, corazón, ¿qué? ¡sí! ÑANDÚ",
        "Ação, coração, não, português, São João",
        "20°C ±5 % · 3½″ × 2² – “quoted” Ø 12 µm £5 ®",
        "Smörgåsbord på Ålesund, blåbærgrød Æ Ø Å",
    ],
)
def test_western_letters_are_not_taken_for_chinese(text: str) -> None:
    read = decoded(text.encode("cp1252", "replace"))
    assert read is not None
    assert (read.encoding, read.is_guess) == ("cp1252", True)
    assert not read.sample.isascii()
    assert read.sample in text


@pytest.mark.parametrize(
    "text", ["工具箱", "红色，蓝色（大号）", "不含配件；另购", "鞋子，鞋带", "X100型 200个 合起"]
)
def test_short_chinese_texts_are_known_too(text: str) -> None:
    read = decoded(text.encode("gb18030"))
    assert read is not None
    assert (read.text, read.encoding) == (text, "gb18030")


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "big5", "euc_kr", "cp1250"])
def test_other_letters_never_pass_in_silence(encoding: str) -> None:
    words = {
        "cp1251": "Модель,Ящик для инструментов",
        "shift_jis": "工具箱,ツールボックス",
        "big5": "工具箱,產品名稱",
        "euc_kr": "공구 상자,모델",
        "cp1250": "Skrzynka narzędziowa,żółć",
    }
    manifest = read(b"file,product\r\n" + words[encoding].encode(encoding) + b"\r\n")
    assert set(codes(manifest.findings)) <= {"manifest-encoding", "manifest-unreadable"}
    assert manifest.findings


def test_utf_8_that_was_damaged_stays_utf_8() -> None:
    data = CHINA.encode() * 3
    within_a_letter = data.index("合起.jpg".encode()) + 1
    manifest = read(data[:within_a_letter] + data[within_a_letter + 1 :])
    assert codes(manifest.findings) == ["manifest-encoding"]
    assert manifest.findings[0].severity == "warning"
    assert "手电筒" in [row.product for row in manifest.rows]


def test_a_picture_named_like_a_list_is_no_text() -> None:
    manifest = read(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01" + bytes(range(256)) * 40)
    assert manifest.rows == ()
    assert codes(manifest.findings) == ["manifest-unreadable"]


@given(st.text().filter(lambda text: not text.startswith("\0")))  # its mark would be UTF-32's
def test_utf_16_is_known_by_its_mark_whatever_the_text(text: str) -> None:
    clean = text.encode("utf-16", "ignore")
    read = decoded(clean)
    assert read is not None
    assert read.text == clean.decode("utf-16")


def test_a_sign_alone_is_a_sample_too() -> None:
    read = decoded("file,product\na.jpg,± 5\n".encode("cp1252"))
    assert read is not None
    assert read.sample == "±"


def test_text_without_end_takes_no_time_without_end() -> None:
    read = decoded(b"a" * 2_000_000 + b"\xfc")
    assert read is not None
    assert read.sample == "a" * 20 + "ü"


def test_lines_are_those_of_the_file() -> None:
    manifest = read(
        'sep=;\r\n\r\nfile;caption\r\na.jpg;"two\r\nlines; and ""more"""\r\n\r\n;;\r\n'
        'b.jpg;10" box\r\n'
    )
    assert manifest.rows == (
        ManifestRow(4, "a.jpg", caption='two lines; and "more"'),
        ManifestRow(8, "b.jpg", caption='10" box'),
    )
    assert manifest.findings == ()


def test_a_title_may_stand_above_the_headings() -> None:
    manifest = read(
        "某某公司产品清单,,\n日期: 2026-11-23,,\n\n型号 Model,数量(pcs),照片\nX100,200,a.jpg\n"
    )
    assert manifest.rows == (ManifestRow(5, "a.jpg", model="X100", quantity="200"),)
    assert manifest.findings == ()


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="00123"', "00123"),
        ('"=""00123"""', "00123"),
        ("'00123", "00123"),
        ("'=X1", "=X1"),
        ("''X1", "'X1"),
        (" X100\u3000", "X100"),
    ],
)
def test_what_keeps_excel_from_making_numbers_is_taken_away(cell: str, meant: str) -> None:
    assert read(f"file,model\na.jpg,{cell}\n").rows[0].model == meant


@pytest.mark.parametrize("spoiled", ["1.23E+12", "6,9E+12", "2026-03-10", "#REF!", "#N/A"])
def test_a_model_spoiled_by_excel_is_told_and_not_used(spoiled: str) -> None:
    manifest = read(f"file;model\na.jpg;X1\nb.jpg;{spoiled}\n")
    assert [row.model for row in manifest.rows] == ["X1", ""]
    assert codes(manifest.findings) == ["manifest-value"]
    assert manifest.findings[0].message.startswith("Line 3: ")


@pytest.mark.parametrize("model", ["2E10", "1E5", "10-3", "3E"])
def test_models_that_only_look_like_numbers_are_models(model: str) -> None:
    assert read(f"file,model\na.jpg,{model}\n").rows[0].model == model


@pytest.mark.parametrize(
    ("written", "quantity"),
    [("200", "200"), ("200,00", "200"), ("200.0", "200"), ("1.000", "1.000"), ("1,5", "1,5"),
     ("200 pcs", "200 pcs")],
)  # fmt: skip
def test_a_quantity_without_fraction_is_a_whole_number(written: str, quantity: str) -> None:
    assert read(f"file;qty\na.jpg;{written}\n").rows[0].quantity == quantity


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line() -> None:
    manifest = read('file,caption\na.jpg,one\nb.jpg,"two\nc.jpg,three\n')
    assert codes(manifest.findings) == ["manifest-row"]
    assert manifest.findings[0].message.startswith("Line 3: ")
    assert [row.file for row in manifest.rows] == ["a.jpg", "b.jpg"]
    too_long = read('file,caption\na.jpg,"' + "x" * 200_000)
    assert codes(too_long.findings) == ["manifest-unreadable"]


def test_a_comma_within_a_text_is_told_with_its_line() -> None:
    manifest = read("file,caption,qty\na.jpg,red, large,5\nb.jpg,blue,6\n")
    assert codes(manifest.findings) == ["manifest-row"]
    assert manifest.findings[0].message.startswith("Line 2: ")


def test_a_list_is_read_within_bounds() -> None:
    manifest = read("file\n" + "a.jpg\n" * 20_050)
    assert len(manifest.rows) < 20_001
    assert codes(manifest.findings) == ["manifest-cut"]
    assert codes(read(b"file\n" + bytes(20_000_001)).findings) == ["manifest-unreadable"]


@pytest.mark.parametrize("text", ["", "\n\n", "Dear colleague,\nsome notes follow.\n", ",,,\n"])
def test_without_headings_there_is_no_list(text: str) -> None:
    manifest = read(text)
    assert (manifest.rows, codes(manifest.findings)) == ((), ["manifest-unreadable"])
    assert manifest.findings[0].severity == "error"
    assert "产品名称" in manifest.findings[0].hint
    assert read(text, "products.txt").findings[0].severity == "info"  # it may be a note


def test_the_delimiter_is_the_one_that_makes_columns() -> None:
    assert read("file\tproduct\na, b; c.jpg\tBox\n").rows == (ManifestRow(2, "a, b; c.jpg", "Box"),)
    assert read("file|product\na.jpg|Box\n").rows == (ManifestRow(2, "a.jpg", "Box"),)
    assert read("photo\na.jpg\n").rows == (ManifestRow(2, "a.jpg"),)
