"""What a person reads of files that cannot be prepared: a row each, with its reason and advice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.support import photoprep

FORMATS = Path(__file__).resolve().parents[1] / "fixtures" / "formats"
ROWS = {
    "jpg-baseline.jpg": ("prepared", ""),
    "jpg-12bit.jpg": ("failed", "JPEG of 12 bits a channel, which photoprep does not read. Save"),
    "jls-jpeg-ls.jls": ("failed", "JPEG-LS file, which photoprep does not read. Save it as TIFF"),
    "jxr-jpeg-xr.jxr": ("failed", "JPEG XR file, which photoprep does not read. Export it"),
    "tif-rgb8-webp.tif": ("failed", "TIFF compressed as WebP, which photoprep does not read. Save"),
    "psd-rgb16.psd": ("failed", "16 bits a channel, which photoprep does not read. Save"),
    "psb-large.psb": (
        "failed",
        "large Photoshop file (PSB), which photoprep does not read. Export",
    ),
    "pdf-page.pdf": ("skipped", "It is no picture but a PDF. Save its pictures as JPEG first."),
}


def test_every_kind_that_is_refused_has_its_row_and_advice(tmp_path: Path) -> None:
    folder, out = tmp_path / "photos", tmp_path / "out"
    folder.mkdir()
    for name in ROWS:
        shutil.copy(FORMATS / name, folder)
    done = photoprep(folder, "--out", out)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    rows = {row["source"]: (row["status"], row["error"] or "") for row in report["photos"]}
    assert rows.keys() == ROWS.keys()
    for name, (status, words) in ROWS.items():
        assert rows[name][0] == status, name
        assert words in rows[name][1]
