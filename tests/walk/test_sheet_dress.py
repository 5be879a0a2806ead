"""The logo and the font that a preset names: used, or said to be of no use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photoprep.errors import ExitCode
from photoprep.photo.decode import set_up_decoders
from photoprep.sheet import task as sheet_task
from tests.flat import BLUE, RED, flat, two_products
from tests.walk.sheet_runs import (
    OVERVIEW,
    TOOLBOX,
    check_all,
    findings,
    names,
    run,
    with_sheet,
)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    set_up_decoders()
    two_products(tmp_path / "photos")
    return tmp_path / "photos"


def test_a_logo_stands_at_the_top_right(photos: Path, tmp_path: Path) -> None:
    logo = flat(tmp_path / "logo.png", RED, (240, 80))
    report = run(photos, preset=with_sheet(logo=str(logo)))
    for sheet in report.sheets:
        with Image.open(report.folder / sheet.output) as image:
            corner = image.convert("RGB").crop((image.width // 2, 0, image.width, 80))
            left = image.convert("RGB").crop((0, 0, image.width // 2, 80))
        assert any(red > 150 and green < 80 for _, (red, green, _b) in _colours(corner))
        assert not any(red > 150 and green < 80 for _, (red, green, _b) in _colours(left))
    check_all(report)
    flat(logo, BLUE, (240, 80))
    changed = run(photos, preset=with_sheet(logo=str(logo)))
    assert [sheet.sha256 for sheet in changed.sheets] != [sheet.sha256 for sheet in report.sheets]


def _colours(image: Image.Image) -> list[tuple[int, Any]]:
    return image.getcolors(1 << 20) or []


@pytest.mark.parametrize("kind", ["missing", "broken", "folder"])
def test_a_logo_that_cannot_be_read_is_a_warning(photos: Path, tmp_path: Path, kind: str) -> None:
    logo = tmp_path / "logo.png"
    if kind == "broken":
        logo.write_bytes(b"\x89PNG nothing")
    elif kind == "folder":
        logo.mkdir()
    report = run(photos, preset=with_sheet(logo=str(logo)))
    assert names(report) == [OVERVIEW, TOOLBOX]
    assert {finding.severity for finding in findings(report, "sheet-logo")} == {"warning"}
    assert report.exit_code == ExitCode.DONE


def test_a_font_of_ones_own(photos: Path) -> None:
    font = Path(sheet_task.__file__).parent / "fonts/NotoSansLatin-Bold.ttf"
    usual = run(photos, preset=with_sheet(font=""))
    report = run(photos, preset=with_sheet(font=str(font)))
    assert names(report) == [OVERVIEW, TOOLBOX]
    assert [sheet.sha256 for sheet in usual.sheets] != [sheet.sha256 for sheet in report.sheets]


@pytest.mark.parametrize("kind", ["missing", "broken"])
def test_a_broken_font_costs_the_sheets_alone(photos: Path, tmp_path: Path, kind: str) -> None:
    font = tmp_path / "own.ttf"
    if kind == "broken":
        font.write_bytes(b"\0\1\0\0 nothing")
    for _ in range(2):
        report = run(photos, preset=with_sheet(font=str(font)))
        assert report.sheets == ()
        failed = findings(report, "sheet-failed")
        assert len(failed) == 2
        assert all("font file" in finding.message for finding in failed)
        assert report.exit_code == ExitCode.SOME_FAILED
        assert len(report.ready) == 6
        assert sum(len(mail.attachments) for mail in report.mails) == 6
    assert names(run(photos)) == [OVERVIEW, TOOLBOX]
