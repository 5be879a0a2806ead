"""A manifest written to be filled in says, read back, what was understood."""

from __future__ import annotations

import os
import string
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.catalogue.manifest.applying import applied
from photoprep.catalogue.manifest.rows import Manifest
from photoprep.catalogue.manifest.words import VIEWS
from photoprep.catalogue.manifest.writing import rows_of, write_manifest
from photoprep.errors import CannotWriteError, UsageError
from photoprep.language import Language
from photoprep.outcome import Subject
from tests.catalogue.manifests import found, read

UNDERSTOOD = {
    "工具箱/合起.jpg": Subject("工具箱", "X100", "closed", "红色", "", "锁扣"),
    "b, c;d.jpg": Subject("Box", "", "unknown"),
    "-e.jpg": Subject("=1+1", "@X", "accessory", "+", "-5", "'quoted'"),
    '="00123".jpg': Subject('"Big" Box', "00123", "accessory-not-included"),
}


def round_trip(path: Path, understood: dict[str, Subject], language: Language) -> Manifest:
    write_manifest(path, rows_of(understood), language=language)
    manifest = read(path.read_bytes(), path.name)
    path.unlink()
    return manifest


@pytest.mark.parametrize("ending", ["csv", "xlsx", "toml"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_written_says_the_same(tmp_path: Path, ending: str, language: Language) -> None:
    manifest = round_trip(tmp_path / f"products.{ending}", UNDERSTOOD, language)
    blank = dict.fromkeys(UNDERSTOOD, Subject("", "", "unknown"))
    subjects, findings = applied(found(*UNDERSTOOD), manifest, blank)
    assert subjects == UNDERSTOOD
    assert (manifest.findings, findings) == ((), ())
    assert list(tmp_path.iterdir()) == []


def words(least: int = 0) -> st.SearchStrategy[str]:
    """Any text as names tell it: printable, with single spaces."""
    text = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=12)
    return text.map(lambda text: " ".join(text.split())).filter(lambda text: len(text) >= least)


# What names tell is never a broken formula's or a spoiled number's text, which are read as nothing.
telling = words(1).filter(lambda text: any(letter.isalpha() for letter in text) and "#" not in text)
plain = words().filter(lambda text: "#" not in text and not any(c in string.digits for c in text))
models = st.sampled_from(["", "X100", "00123", "T-7", "型9", "=A1", "'B2", "x100"])
subjects = st.builds(
    Subject,
    telling.filter(lambda text: not any(letter in string.digits for letter in text)),
    models,
    st.sampled_from(VIEWS),
    plain,
    st.sampled_from(["", "200", "1,5", "200 pcs", "+5", "一百"]),
    words(),
)
steps = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="/"),
    min_size=1,
    max_size=9,
)
names = st.lists(steps, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".jpg")


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(names, subjects, min_size=1, max_size=6),
    st.sampled_from(["csv", "csv", "xlsx", "toml"]),
    st.sampled_from(["en", "zh"]),
)
def test_any_subjects_come_back(
    understood: dict[str, Subject], ending: str, language: Language
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        manifest = round_trip(Path(folder) / f"products.{ending}", understood, language)
    blank = dict.fromkeys(understood, Subject("", "", "unknown"))
    assert applied(found(*understood), manifest, blank)[0] == understood


def test_excel_opens_it_right_in_both_countries(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    write_manifest(path, rows_of(UNDERSTOOD), language="zh")
    data = path.read_bytes()
    assert data.startswith(
        "\ufeff文件名,产品名称,型号,数量,视图,颜色,说明,类别,是否包含\r\n".encode()
    )
    assert data.count(b"\r\n") == data.count(b"\n") == 1 + len(UNDERSTOOD)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_manifest(tmp_path / "p.csv", rows_of(UNDERSTOOD))
    cells = (tmp_path / "p.csv").read_text("utf-8-sig").splitlines()[3].split(",")
    assert cells == ["'-e.jpg", "'=1+1", "'@X", "'-5", "accessory", "'+", "''quoted'", "", "yes"]
    write_manifest(tmp_path / "p.xlsx", rows_of(UNDERSTOOD))
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx").active
    types = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert types == {"s"}


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(b"a person's")
    with pytest.raises(CannotWriteError) as caught:
        write_manifest(path, rows_of(UNDERSTOOD))
    assert caught.value.hint
    assert path.read_bytes() == b"a person's"
    assert [file.name for file in tmp_path.iterdir()] == ["products.csv"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_nowhere_is_somebodys_too(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(CannotWriteError):
        write_manifest(path, rows_of(UNDERSTOOD))
    assert not (tmp_path / "elsewhere.csv").exists()


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError):
        write_manifest(tmp_path / "missing" / "products.csv", [])
    with pytest.raises(UsageError, match=r"\.pdf"):
        write_manifest(tmp_path / "products.pdf", [])
    with pytest.raises(UsageError, match="written as “products”"):
        write_manifest(tmp_path / "products", [])
    assert list(tmp_path.iterdir()) == []
