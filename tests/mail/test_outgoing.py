"""What may be sent of an output folder: how heavy its mails may be, by the report of its run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photoprep.mail.outgoing import DEFAULT_LIMIT_BYTES, read_series
from photoprep.preset_file import load_preset
from tests.mail.outgoing_folder import make_out
from tests.support import photoprep, small_photo


def test_a_preset_of_ones_own_says_how_heavy_mails_may_be(tmp_path: Path) -> None:
    small_photo(tmp_path / "photos/Box X1/closed.png")
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'schema = 1\nextends = "trade-email"\n[mail]\nmax_bytes = "2 MB"\n', encoding="utf-8"
    )
    done = photoprep(tmp_path / "photos", "--out", tmp_path / "out", "--preset", mine)
    assert done.returncode == 0, done.stderr
    series = read_series(tmp_path / "out")
    assert series.limit_bytes == load_preset(mine).mail.limit_bytes == 2_000_000 - 4096


@pytest.mark.parametrize(
    ("plans", "limit_bytes"),
    [
        ({"count": "wire", "limit_bytes": 1_000_000}, 1_000_000),
        ({"count": "raw", "limit_bytes": 1_000_000}, None),
        ({"limit_bytes": "much"}, DEFAULT_LIMIT_BYTES),
        (None, DEFAULT_LIMIT_BYTES),
    ],
)
def test_the_report_says_it_or_what_every_mailbox_takes_holds(
    tmp_path: Path, plans: object, limit_bytes: int | None
) -> None:
    out = make_out(tmp_path / "out", 1)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    (out / "report.json").write_text(json.dumps(report | {"mail_plans": plans}), encoding="utf-8")
    assert read_series(out).limit_bytes == limit_bytes
