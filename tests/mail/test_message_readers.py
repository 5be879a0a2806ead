"""Every message as three others read it: munpack, ripmime and Python, names, order and bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
from itertools import cycle
from pathlib import Path

import pytest

from photoprep.mail.items import MailItem
from photoprep.mail.message import build_message
from photoprep.preset import LetterSpec
from tests.mail.letters import body, parsed, plan, program, reader

ASCII_NAMES = [
    "Toolbox_X100_closed_20261123.jpg",
    "Toolbox_X100_open_20261123.jpg",
    "a-b_c.d.jpg",
    f"Toolbox_{'long_' * 20}name.jpg",
    "Overview_sheet-1.jpg",
]
CHINESE_NAMES = [
    "工具箱_X100_closed_20261123.jpg",
    "不锈钢保温饭盒_L20_红色_open_20261123.jpg",
    "Zażółć gęślą.jpg",
    "Ελληνικά (1).jpg",
    "図面、'甲'.jpg",
]
SIZES = [1, 2, 3, 57, 58, 76, 5_000]


def items_of(names: list[str]) -> list[MailItem]:
    """Of all names twice, in another order and of other sizes."""
    twice = [*names, *(f"2-{name}" for name in reversed(names))]
    return [
        MailItem(name, size, "工具箱", "X100", "open")
        for name, size in zip(twice, cycle(SIZES), strict=False)
    ]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: digest(path.read_bytes()) for path in folder.iterdir() if path.is_file()}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def expected(items: list[MailItem]) -> dict[str, str]:
    return {item.filename: digest(reader(items)(item.filename)) for item in items}


def draft(folder: Path, names: list[str], language: str) -> tuple[list[MailItem], Path]:
    items = items_of(names)
    one = plan(items, LetterSpec("zh" if language == "zh" else "en"))[0]
    data = build_message(one, reader(items))
    assert len(data) == one.wire_bytes
    path = folder / "draft.eml"
    path.write_bytes(data)
    (folder / "out").mkdir()
    return items, path


LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
NAMES = pytest.mark.parametrize("names", [ASCII_NAMES, CHINESE_NAMES], ids=["ascii", "unicode"])


@LANGUAGES
@NAMES
def test_python_reads_names_order_and_bytes(
    tmp_path: Path, names: list[str], language: str
) -> None:
    items, path = draft(tmp_path, names, language)
    message = parsed(path.read_bytes())
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == [item.filename for item in items]
    for part, item in zip(attached, items, strict=True):
        assert part.get_content() == reader(items)(item.filename)
        assert part.get_content_type() == "image/jpeg"
        assert part["Content-Disposition"].content_disposition == "attachment"
        assert "Content-ID" not in part
        # Whoever knows no RFC 2231 finds the name here.
        named = part["Content-Type"].params.get("name", item.filename)
        assert named == item.filename
        assert item.filename in body(message, "plain")


@LANGUAGES
@NAMES
def test_ripmime_reads_names_order_and_bytes(
    tmp_path: Path, names: list[str], language: str
) -> None:
    ripmime = program("ripmime", "ripmime")
    items, path = draft(tmp_path, names, language)
    told = subprocess.run(
        [ripmime, "-i", path, "-d", tmp_path / "out", "-v"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=20,
    )
    said = re.findall(r"filename=(.*)", told.stdout)
    assert [name for name in said if not name.startswith("textfile")] == list(expected(items))
    found = hashes(tmp_path / "out")
    assert {name: found.get(name) for name in expected(items)} == expected(items)


@LANGUAGES
def test_munpack_reads_names_order_and_bytes(tmp_path: Path, language: str) -> None:
    items, found, order = munpacked(tmp_path, ASCII_NAMES, language)
    assert order == [item.filename for item in items]
    assert {name: found.get(name) for name in expected(items)} == expected(items)


def test_munpack_which_knows_no_other_script_still_gets_the_bytes(tmp_path: Path) -> None:
    items, found, order = munpacked(tmp_path, CHINESE_NAMES, "zh")
    # It takes the encoded words for names; there is no slash in them, which would make folders.
    assert not [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert [found[name] for name in order] == list(expected(items).values())


def munpacked(
    folder: Path, names: list[str], language: str
) -> tuple[list[MailItem], dict[str, str], list[str]]:
    munpack = program("munpack", "mpack")
    items, path = draft(folder, names, language)
    told = subprocess.run(
        [munpack, "-C", folder / "out", path],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=20,
    )
    order = re.findall(r"^(\S+) \(image/jpeg\s*\)", told.stdout, re.MULTILINE)
    return items, hashes(folder / "out"), order
