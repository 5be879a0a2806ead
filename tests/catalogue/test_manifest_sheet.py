"""Manifests as workbooks: by openpyxl, by hand as other programs write them, and broken ones."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from photoprep.catalogue.manifest.rows import ManifestRow
from tests.catalogue.manifests import CONTENT_TYPES, MAIN, WORKBOOK, codes, read, workbook

XLSX = "products.xlsx"


def saved(
    *sheets: Sequence[Sequence[object]], titles: Sequence[str] = (), merged: str = ""
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(titles[number] if titles else f"S{number}")
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


HEAD = ("file", "product", "model", "qty", "view", "included")


def test_numbers_dates_and_booleans_are_read_as_a_person_sees_them() -> None:
    manifest = read(
        saved([HEAD, ("a.jpg", "Box", 123, 200.0, "open", True), (None,) * 6,
               ("b.jpg", "Box", 6901234567890, 1.5, None, False)]),
        XLSX,
    )  # fmt: skip
    assert manifest.rows == (
        ManifestRow(2, "a.jpg", "Box", "123", "200", "open", included=True),
        ManifestRow(4, "b.jpg", "Box", "6901234567890", "1.5", included=False),
    )
    assert manifest.findings == ()


def test_a_model_that_excel_made_a_date_is_told_by_its_row() -> None:
    manifest = read(saved([HEAD, ("a.jpg", "Box", datetime.date(2026, 3, 10))]), XLSX)
    assert codes(manifest.findings) == ["manifest-value"]
    assert manifest.findings[0].message.startswith("Row 2: ")


def test_zeros_that_only_the_format_shows_are_kept() -> None:
    book = openpyxl.Workbook()
    book.active.append(("file", "model"))
    book.active.append(("a.jpg", 123))
    book.active["B2"].number_format = "00000"
    made = io.BytesIO()
    book.save(made)
    assert read(made.getvalue(), XLSX).rows[0].model == "00123"


def test_the_first_sheet_with_headings_counts_and_a_title_may_stand_above() -> None:
    data = saved(
        [("Cover",), ("nothing here",)],
        [("某某公司产品清单",), (), HEAD, ("a.jpg", "Box")],
        [HEAD, ("z.jpg",)],
        merged="A1:F1",
    )
    assert read(data, XLSX).rows == (ManifestRow(4, "a.jpg", "Box"),)


def test_hidden_sheets_are_passed_over() -> None:
    book = openpyxl.load_workbook(io.BytesIO(saved([HEAD, ("old.jpg",)], [HEAD, ("a.jpg",)])))
    book.worksheets[0].sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    assert read(made.getvalue(), XLSX).rows == (ManifestRow(2, "a.jpg"),)


def test_cells_merged_downwards_hold_for_all_their_rows() -> None:
    data = saved([HEAD, ("a.jpg", "Box", "X1"), ("b.jpg",), ("c.jpg", None, "X2")], merged="B2:B4")
    assert [(row.product, row.model) for row in read(data, XLSX).rows] == [
        ("Box", "X1"),
        ("Box", ""),
        ("Box", "X2"),
    ]


def cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def test_inline_strings_without_addresses_and_styles_are_read() -> None:
    rows = f"<row>{cell('文件名')}{cell('数量')}</row><row>{cell('a.jpg')}<c><v>200</v></c></row>"
    assert read(workbook(rows), XLSX).rows == (ManifestRow(2, "a.jpg", quantity="200"),)


def test_shared_strings_in_pieces_with_gaps_between_cells_are_read() -> None:
    strings = (
        "<si><t>file</t></si><si><t>型号</t></si>"
        "<si><r><t>a</t></r><r><t>.jpg</t></r><rPh sb='0' eb='1'><t>READING</t></rPh></si>"
    )
    rows = (
        '<row r="3"><c r="B3" t="s"><v>0</v></c><c r="D3" t="s"><v>1</v></c></row>'
        '<row r="7" spans="2:4"><c r="B7" t="s"><v>2</v></c>'
        '<c r="D7" t="str"><f>A1&amp;"1"</f><v>X_x000D_\n1</v></c></row>'
    )
    assert read(workbook(rows, strings=strings), XLSX).rows == (
        ManifestRow(7, "a.jpg", model="X 1"),
    )


def test_what_openpyxl_gives_up_over_is_not_read_at_all() -> None:
    """Styles as WPS may write them, rules for input, other files' links."""
    broken = workbook(
        f"<row>{cell('file')}</row><row>{cell('a.jpg')}</row>",
        more='<dataValidations count="1"><dataValidation type="nonsense" sqref="A1"/>'
        '</dataValidations><conditionalFormatting sqref="?"><cfRule type="?"/>'
        "</conditionalFormatting>",
        xl__styles=f'<styleSheet xmlns="{MAIN}"><fills><fill><odd/></fill></fills></styleSheet>',
        docProps__core="<broken",
        xl__theme__theme1="<broken",
    )
    with pytest.raises(Exception, match=r".*"):
        list(openpyxl.load_workbook(io.BytesIO(broken), read_only=True).worksheets[0].iter_rows())
    assert read(broken, XLSX).rows == (ManifestRow(2, "a.jpg"),)


def test_a_workbook_under_the_wrong_ending_is_known_by_its_content() -> None:
    assert read(saved([HEAD, ("a.jpg",)]), "products.csv").rows == (ManifestRow(2, "a.jpg"),)


def refusal(data: bytes) -> str:
    manifest = read(data, XLSX)
    assert manifest.rows == ()
    assert codes(manifest.findings) == ["manifest-unreadable"]
    assert manifest.findings[0].severity == "error"
    assert manifest.findings[0].hint
    return manifest.findings[0].message


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_locked_old_and_broken_workbooks_are_told_apart() -> None:
    assert "password" in refusal(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert "before 2007" in refusal(OLE + bytes(600) + "Workbook".encode("utf-16-le"))
    whole = saved([HEAD, ("a.jpg",)])
    assert "cannot be read as a workbook" in refusal(whole[: len(whole) // 2])
    assert "cannot be read as a workbook" in refusal(b"file,product\na.jpg,Box\n")
    assert "cannot be read as a workbook" in refusal(workbook("<row><c></row>"))
    assert "heading" in refusal(saved([("price", "date"), (1, 2)]))


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return made.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    cells = bytes(61_000_000)
    assert "larger than any list" in refusal(zipped(**{"xl__worksheets__sheet1.xml": cells}))
    assert "larger than any list" in refusal(
        zipped(**{"xl__media__image1.png": bytes(201_000_000)})
    )


@pytest.mark.parametrize("mark", ["<sheetData>", "<sheetData ", "<mergeCell ", "<worksheet "])
def test_marks_without_end_take_no_time_without_end(mark: str) -> None:
    data = workbook("", xl__worksheets__sheet1=mark * 200_000)
    assert "cannot be read as a workbook" in refusal(data)


def test_a_workbook_with_entities_is_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    sheet = f'{laughs}<worksheet xmlns="{MAIN}"><sheetData><row>&a;</row></sheetData></worksheet>'
    assert "cannot be read as a workbook" in refusal(workbook("", xl__worksheets__sheet1=sheet))


def test_rows_and_columns_are_bounded() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    manifest = read(workbook(f"<row r='1'>{cell('file')}</row>{far}"), XLSX)
    assert manifest.rows == ()
    many = "".join(f"<row>{cell(f'{n}.jpg')}</row>" for n in range(20_100))
    manifest = read(workbook(f"<row>{cell('file')}</row>{many}"), XLSX)
    assert len(manifest.rows) == 19_999
    assert codes(manifest.findings) == ["manifest-cut"]
    merged = '<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>' * 5000
    assert len(read(workbook(f"<row>{cell('file')}</row>", more=merged), XLSX).rows) == 0


def test_reading_a_workbook_loads_no_decoder() -> None:
    code = (
        "import sys; from photoprep.catalogue.manifest.rows import read_manifest\n"
        "from pathlib import Path\n"
        "data = sys.stdin.buffer.read()\n"
        "manifest = read_manifest('products.xlsx', data, str)\n"
        "print(len(manifest.rows), sorted({'PIL', 'numpy'} & set(sys.modules)))\n"
        "import PIL, numpy"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        input=saved([HEAD, ("a.jpg",)]),
        capture_output=True,
        check=True,
    )
    assert told.stdout.decode().strip() == "1 []"
