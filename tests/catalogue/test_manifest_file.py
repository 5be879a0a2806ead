"""Which file is the manifest, and reading it from a disk or an archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photoprep.catalogue.manifest.finding import manifest_among, read_found
from photoprep.catalogue.manifest.rows import ManifestRow
from photoprep.catalogue.scan import scan
from tests.archives import zipped
from tests.catalogue.manifests import codes, found, view_of
from tests.support import small_photo, written


@pytest.mark.parametrize(
    "name",
    ["products.csv", "Products.XLSX", "manifest.toml", "产品.csv", "产品清单.xlsx",
     "产品表.txt", "MANIFEST.tsv"],
)  # fmt: skip
def test_a_manifest_is_known_by_its_name(name: str) -> None:
    among = manifest_among(found("a.jpg", name, "b/c.jpg"))
    assert among.used is not None
    assert among.used.name == name
    assert among.reason_for(name) == "It is the manifest."
    assert among.reason_for("a.jpg") is None
    assert among.findings == ()


@pytest.mark.parametrize(
    "name",
    ["~$products.xlsx", "b/products.csv", "products.pdf", "products",
     "products 2.csv", "my products.csv"],
)  # fmt: skip
def test_other_files_are_no_manifest(name: str) -> None:
    assert manifest_among(found("a.jpg", name)).used is None


def test_one_of_several_is_used_and_told() -> None:
    files = found("manifest.csv", "products.toml", "products.xlsx", "产品.csv", "products.txt")
    among = manifest_among(files)
    assert among.used is not None
    assert among.used.name == "manifest.csv"
    assert codes(among.findings) == ["manifest-doubled"]
    assert [file.name for file in among.unused] == [
        "产品.csv", "products.xlsx", "products.toml", "products.txt",
    ]  # fmt: skip
    assert among.reason_for("产品.csv") == "It is a manifest that was not used."


def test_a_list_in_a_format_of_others_is_told_where_there_is_no_other() -> None:
    among = manifest_among(found("a.jpg", "products.xls"))
    assert (among.used, codes(among.findings)) == (None, ["manifest-unreadable"])
    assert among.reason_for("products.xls")
    assert manifest_among(found("products.xls", "products.csv")).findings == ()


def test_what_is_left_aside_is_no_manifest() -> None:
    (file,) = found("products.csv")
    assert manifest_among([replace(file, aside="a hidden or system file")]).used is None
    assert manifest_among([]).used is None


def test_the_manifest_of_a_folder_is_read(tmp_path: Path) -> None:
    small_photo(tmp_path / "a.jpg")
    written(tmp_path / "products.csv", "file,product\na.jpg,Box\n")
    among = manifest_among(scan([tmp_path]).files)
    assert among.used is not None
    assert read_found(among.used, view_of).rows == (ManifestRow(2, "a.jpg", "Box"),)


@pytest.mark.parametrize("inner", [False, True])
def test_the_manifest_of_an_archive_is_read(tmp_path: Path, inner: bool) -> None:
    folder = tmp_path / "season"
    home = folder / "all" if inner else folder
    small_photo(home / "x" / "a.jpg")
    written(home / "products.csv", "file,product\nx/a.jpg,Box\n")
    packed = zipped(tmp_path / "season.zip", folder)
    among = manifest_among(scan([packed]).files)
    assert among.used is not None
    assert among.used.member is not None
    assert read_found(among.used, view_of).rows == (ManifestRow(2, "x/a.jpg", "Box"),)


def test_a_manifest_that_vanished_is_told(tmp_path: Path) -> None:
    written(tmp_path / "products.csv", "file\na.jpg\n")
    (file,) = scan([tmp_path]).files
    file.path.unlink()
    manifest = read_found(file, view_of)
    assert codes(manifest.findings) == ["manifest-unreadable"]
    assert "vanished" in manifest.findings[0].message
    troubled = replace(file, stamp=None, trouble="It is a link to a file that is not there.")
    assert codes(read_found(troubled, view_of).findings) == ["manifest-unreadable"]


def test_a_manifest_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    with path.open("wb") as file:
        file.truncate(20_000_001)
    (found_file,) = scan([tmp_path]).files
    assert codes(read_found(found_file, view_of).findings) == ["manifest-unreadable"]
