"""Both ways to divide the pictures over mails are told, and a flag takes the other one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from photoprep import Preset, Report, load_preset, prepare
from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.photo.decode import set_up_decoders
from photoprep.preset import ADDRESSING_BYTES
from photoprep.proof.mail_plans import print_mail_plans
from tests.support import Inline, photoprep, small_photo

DAY = date(2026, 11, 23)
SIZE = (900, 700)  # so that a letter is a fraction of a picture
VIEWS = ("closed", "open", "front", "back")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four products of two views each, and one of four."""
    set_up_decoders()
    folder = tmp_path_factory.mktemp("plans") / "photos"
    for product in range(4):
        for view in VIEWS[:2]:
            small_photo(folder / f"Box X{product}/{view}.jpg", 7 * product + len(view), SIZE)
    for seed, view in enumerate(VIEWS):
        small_photo(folder / f"Chest Y9/{view}.jpg", 60 + seed, SIZE)
    return folder


@pytest.fixture(scope="module")
def one_bytes(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """What the largest of the photos weighs."""
    out = tmp_path_factory.mktemp("plans-out")
    report = prepare(photos, out=out, date=DAY, executor=Inline(), sheets=(), mails=False)
    return max(photo.jpeg.size_bytes for photo in report.ready)


def preset(one_bytes: int, *, three: bool = False, squeeze: bool = False, **keys: Any) -> Preset:
    """Four photos to a mail, and two to a light one; or three to any mail."""
    each = one_bytes * 78 // 57
    assert each > 20_000
    most, light = (3, 3) if three else (4, 2)
    mail = replace(
        load_preset().mail,
        max_bytes=4_096 + ADDRESSING_BYTES + most * each + each // 2,
        preferred_bytes=4_096 + ADDRESSING_BYTES + light * each + each // 2,
        squeeze=squeeze,
        **keys,
    )
    return replace(load_preset(), mail=mail)


def run(photos: Path, out: Path, preset: Preset, **keys: Any) -> Report:
    return prepare(photos, out=out, date=DAY, executor=Inline(), preset=preset, sheets=(), **keys)


def test_both_plans_are_told_and_the_flag_takes_the_other(
    photos: Path, one_bytes: int, tmp_path: Path
) -> None:
    fewest = run(photos, tmp_path / "out", preset(one_bytes))
    assert fewest.mail_plans is not None
    chosen, other = fewest.mail_plans.chosen, fewest.mail_plans.other
    assert (chosen.prefer, other.prefer) == ("fewest", "light")
    assert (len(chosen.wire_bytes), len(other.wire_bytes)) == (3, 5)
    assert chosen.wire_bytes == tuple(mail.wire_bytes for mail in fewest.mails)
    assert chosen.raw_bytes == tuple(mail.raw_bytes for mail in fewest.mails)
    assert (chosen.above_preferred, other.above_preferred) == (3, 1)  # Chest Y9 alone
    assert (chosen.parted_products, other.parted_products) == (0, 0)
    assert chosen.at_least == 3
    assert chosen.lowest_quality == min(photo.jpeg.quality for photo in fewest.ready)

    light = run(photos, tmp_path / "out", preset(one_bytes), prefer="light")
    assert light.mail_plans is not None
    assert (light.mail_plans.chosen, light.mail_plans.other) == (other, chosen)
    assert other.wire_bytes == tuple(mail.wire_bytes for mail in light.mails)
    # The preset may say it as well.
    by_preset = run(photos, tmp_path / "out", preset(one_bytes, prefer="light"))
    assert by_preset.mails == light.mails
    assert not [row for row in light.findings if row.code == "product-in-several-mails"]


def test_report_json_has_both(photos: Path, one_bytes: int, tmp_path: Path) -> None:
    plans = preset(one_bytes)
    run(photos, tmp_path / "out", plans)
    told = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert told["mail_plans"] | {"plans": []} == {
        "chosen": "fewest",
        "count": "wire",
        "limit_bytes": plans.mail.limit_bytes,
        "preferred_bytes": plans.mail.preferred_bytes,
        "reordered": False,
        "plans": [],
    }
    fewest, light = told["mail_plans"]["plans"]
    assert [row["wire_bytes"] for row in told["mails"]] == fewest["wire_bytes"]
    assert [row["raw_bytes"] for row in told["mails"]] == fewest["raw_bytes"]
    assert (fewest["mails"], light["mails"]) == (3, 5)
    assert light["prefer"] == "light"
    run(photos, tmp_path / "out", plans, mails=False)
    told = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert told["mail_plans"] is None


def test_a_rehearsal_tells_the_same_plans(photos: Path, one_bytes: int, tmp_path: Path) -> None:
    rehearsed = run(photos, tmp_path / "out", preset(one_bytes), dry_run=True)
    assert not (tmp_path / "out").exists()
    assert rehearsed.mail_plans == run(photos, tmp_path / "out", preset(one_bytes)).mail_plans


def test_a_product_in_several_mails_is_told(photos: Path, one_bytes: int, tmp_path: Path) -> None:
    report = run(photos, tmp_path / "out", preset(one_bytes, three=True))
    assert [len(mail.attachments) for mail in report.mails] == [3, 3, 3, 3]
    told = {row.product: row for row in report.findings if row.code == "product-in-several-mails"}
    assert set(told) == {"Box X1", "Chest Y9"}
    assert {row.severity for row in told.values()} == {"info"}
    assert told["Chest Y9"].message == (
        "The pictures of Chest Y9 are too much for one mail, and are in 2."
    )
    assert told["Box X1"].message == (
        "The pictures of Box X1 are in 2 mails: kept together they would take one mail more."
    )


def test_the_first_mails_of_another_order_are_written_where_there_are_too_many(
    photos: Path, one_bytes: int, tmp_path: Path
) -> None:
    spec = preset(one_bytes, three=True, reorder=True, max_mails=2)
    report = run(photos, tmp_path / "out", spec)
    assert report.mail_plans is not None
    assert report.mail_plans.reordered
    assert len(report.mails) == 2
    left = 12 - sum(len(mail.attachments) for mail in report.mails)
    (finding,) = [row for row in report.findings if row.code == "too-many-mails"]
    assert f"the last {left} pictures" in finding.message
    chosen = report.mail_plans.chosen
    assert chosen.wire_bytes == tuple(mail.wire_bytes for mail in report.mails)


def test_the_other_plan_is_foreseen_with_smaller_versions_too(
    photos: Path, one_bytes: int, tmp_path: Path
) -> None:
    fewest = run(photos, tmp_path / "out", preset(one_bytes, squeeze=True))
    assert fewest.mail_plans is not None
    light = run(photos, tmp_path / "light", preset(one_bytes, squeeze=True, prefer="light"))
    assert light.mail_plans is not None
    foreseen, comes = fewest.mail_plans.other, light.mail_plans.chosen
    assert (foreseen.prefer, comes.prefer) == ("light", "light")
    assert len(foreseen.wire_bytes) == len(comes.wire_bytes)
    assert foreseen.at_least == comes.at_least <= len(comes.wire_bytes)
    assert abs(foreseen.lowest_quality - comes.lowest_quality) <= 2
    assert foreseen.wire_bytes == pytest.approx(comes.wire_bytes, rel=0.04)


def test_the_command_takes_the_other_plan(photos: Path, tmp_path: Path) -> None:
    out, mine = tmp_path / "out", tmp_path / "mine.toml"
    mine.write_text('schema = 1\nextends = "trade-email"\n[mail]\nsqueeze = false\n')
    arguments = (photos, "--out", out, "--date", "2026-11-23", "--no-sheets", "--preset", mine)
    told = photoprep(*arguments)
    assert "1 mail, proven fewest: " in told.stdout
    assert "It could be 2 mails within 600 kB: " in told.stdout
    assert "--mails light." in told.stdout
    light = photoprep(*arguments, "--mails", "light")
    assert "2 mails within 600 kB, proven fewest: " in light.stdout
    assert "The fewest would be 1 mail: " in light.stdout
    assert sorted(path.name for path in (out / "mails").iterdir()) == [
        "mail-1-of-2.eml",
        "mail-2-of-2.eml",
    ]
    wrong = photoprep(*arguments, "--mails", "few")
    assert wrong.returncode == 2
    assert "fewest" in wrong.stderr


def plan(prefer: Any, *sizes: int, above: int = 0, at_least: int = 1) -> MailPlan:
    return MailPlan(
        prefer, sizes, tuple(size * 73 // 100 for size in sizes), above, 0, at_least, 88.4
    )


@pytest.mark.parametrize(
    ("plans", "lines"),
    [
        (
            MailPlans(
                plan("fewest", 790_000, 700_000, above=2, at_least=2),
                plan("light", 500_000, 500_000, 490_000, at_least=3),
                "wire",
                795_904,
                600_000,
                reordered=False,
            ),
            "2 mails, proven fewest: 1.5 MB on the wire (1.1 MB as files), the largest 790 kB, "
            "lowest quality 88.4.\n"
            "It could be 3 mails within 600 kB: 1.5 MB on the wire (1.1 MB as files), the largest "
            "500 kB, lowest quality 88.4. Choose that by --mails light.\n",
        ),
        (
            MailPlans(
                plan("light", 500_000, 700_000, 290_000, above=1, at_least=2),
                plan("fewest", 790_000, 700_000, above=2, at_least=2),
                "wire",
                795_904,
                600_000,
                reordered=True,
            ),
            "3 mails, 1 of them above 600 kB, at most one more than possible: 1.5 MB on the wire "
            "(1.1 MB as files), the largest 700 kB, lowest quality 88.4.\n"
            "The fewest would be 2 mails: 1.5 MB on the wire (1.1 MB as files), the largest "
            "790 kB, lowest quality 88.4. Choose that by --mails fewest.\n",
        ),
        (
            MailPlans(
                plan("fewest", *[500_000] * 9, at_least=6),
                plan("light", *[500_000] * 9, at_least=6),
                "wire",
                795_904,
                600_000,
                reordered=False,
            ),
            "9 mails, the fewest in this order (in any order it takes 6 at least): 4.5 MB on the "
            "wire (3.3 MB as files), the largest 500 kB, lowest quality 88.4.\n"
            "None is above 600 kB.\n",
        ),
        (
            MailPlans(
                plan("fewest", 700_000, 500_000, above=1, at_least=2),
                plan("light", 700_000, 500_000, above=1, at_least=2),
                "wire",
                795_904,
                600_000,
                reordered=True,
            ),
            "2 mails, proven fewest: 1.2 MB on the wire (876 kB as files), the largest 700 kB, "
            "lowest quality 88.4.\n"
            "1 of them is above 600 kB, and could not be smaller.\n",
        ),
    ],
)
def test_the_lines_that_a_person_reads(plans: MailPlans, lines: str) -> None:
    page = io.StringIO()
    print_mail_plans(plans, Console(file=page, width=80), "en")
    assert page.getvalue() == lines


def test_counting_files_tells_the_wire_beside_it(
    photos: Path, one_bytes: int, tmp_path: Path
) -> None:
    files = replace(
        load_preset().mail,
        max_bytes=3 * one_bytes,
        preferred_bytes=2 * one_bytes,
        count="raw",
    )
    report = run(photos, tmp_path / "out", replace(load_preset(), mail=files))
    assert report.mail_plans is not None
    assert (report.mail_plans.count, report.mail_plans.limit_bytes) == ("raw", 3 * one_bytes)
    assert max(mail.raw_bytes for mail in report.mails) <= 3 * one_bytes
    assert max(mail.wire_bytes for mail in report.mails) > 3 * one_bytes
    (finding,) = [row for row in report.findings if row.code == "counted-in-files"]
    assert str(max(mail.wire_bytes for mail in report.mails)) in finding.message
    page = io.StringIO()
    print_mail_plans(report.mail_plans, Console(file=page, width=80), "en")
    assert " of files" in page.getvalue()
