from __future__ import annotations

import json
from pathlib import Path

from tests.support import photoprep, small_photo


def statuses(out: Path) -> dict[str, str]:
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return {row["source"]: row["status"] for row in report["photos"]}


def test_a_damaged_picture_goes_out_only_when_it_is_asked_for(tmp_path: Path) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    small_photo(photos / "whole.png", 1, (300, 200))
    broken = small_photo(photos / "broken.bmp", 2, (300, 200))
    broken.write_bytes(broken.read_bytes()[:120_000])

    refused = photoprep(photos, "--out", out)
    assert refused.returncode == 1
    assert "could be read. " not in refused.stdout
    assert "About 66% of it could be read." in refused.stdout
    assert statuses(out) == {"broken.bmp": "failed", "whole.png": "prepared"}

    accepted = photoprep(photos, "--out", out, "--accept-damaged")
    assert accepted.returncode == 0
    assert statuses(out) == {"broken.bmp": "prepared", "whole.png": "reused"}
    findings = json.loads((out / "report.json").read_text(encoding="utf-8"))["findings"]
    told = [row["code"] for row in findings if row["source"] == "broken.bmp"]
    assert told[0] == "damaged-accepted"

    again = photoprep(photos, "--out", out, "--accept-damaged")
    assert again.returncode == 0
    assert statuses(out) == {"broken.bmp": "reused", "whole.png": "reused"}

    judged_anew = photoprep(photos, "--out", out)
    assert judged_anew.returncode == 1
    assert statuses(out) == {"broken.bmp": "failed", "whole.png": "reused"}
    assert [path.name for path in (out / "photos").iterdir()] == ["Whole_" + _date(out)]


def _date(out: Path) -> str:
    (photo,) = (out / "photos").iterdir()
    return photo.name.rpartition("_")[2]
