"""Runs that make sheets in this very process, and looks at what came of them."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

from photoprep import Report, load_preset, prepare
from photoprep.preset import Preset
from photoprep.report import Finding
from tests.flat import check_cells
from tests.support import Inline

DAY = datetime.date(2026, 11, 23)
OVERVIEW = "sheets/Overview_sheet-1_20261123.jpg"
TOOLBOX = "sheets/Toolbox_X100_sheet-1_20261123.jpg"


def run(photos: Path, **more: Any) -> Report:
    """Prepare into the folder ``out`` beside the photos."""
    return prepare(photos, out=photos.with_name("out"), date=DAY, executor=Inline(), **more)


def with_sheet(**changes: Any) -> Preset:
    """The usual preset with other figures for its sheets."""
    preset = load_preset()
    return dataclasses.replace(preset, sheet=dataclasses.replace(preset.sheet, **changes))


def names(report: Report) -> list[str]:
    """Where the sheets of a run lie."""
    return [sheet.output for sheet in report.sheets]


def findings(report: Report, code: str) -> list[Finding]:
    """The findings of this code."""
    return [finding for finding in report.findings if finding.code == code]


def check_all(report: Report, colours: dict[str, tuple[int, int, int]] | None = None) -> None:
    """Every sheet is a whole JPEG within its bytes, its cells apart and showing their pictures."""
    rows: Any = report.to_json()["sheets"]
    for row in rows:
        path = report.folder / row["output"]
        assert path.stat().st_size == row["bytes"] <= 400_000
        assert max(row["width_px"], row["height_px"]) <= 944
        check_cells(row, path, colours)
