"""A series that would be too long: the first photos go, and it is said which are left."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from photoprep import ExitCode, Report, load_preset, prepare
from photoprep.mail.items import MailItem
from photoprep.mail.series import Series
from photoprep.photo.decode import set_up_decoders
from photoprep.preset import ADDRESSING_BYTES
from photoprep.walk import dividing
from photoprep.walk.squeezing import Squeezing
from tests.support import Inline, small_photo

DAY = datetime.date(2026, 11, 23)
PHOTOS = 12


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    set_up_decoders()
    folder = tmp_path_factory.mktemp("many") / "photos"
    for number in range(PHOTOS):
        small_photo(folder / f"Box X{number}/open.jpg", number)
    return folder


def run(photos: Path, out: Path, max_mails: int) -> Report:
    """Prepare with mails that hold three of the photos each, so that twelve take four."""
    preset = load_preset()
    one = (
        prepare(photos, out=out, date=DAY, executor=Inline(), sheets=(), mails=False)
        .ready[0]
        .jpeg.size_bytes
    )
    mail = dataclasses.replace(
        preset.mail,
        max_bytes=5 * one + 1500 + ADDRESSING_BYTES,
        preferred_bytes=1,
        reserve_bytes=0,
        max_mails=max_mails,
    )
    preset = dataclasses.replace(preset, mail=mail)
    return prepare(photos, out=out, date=DAY, executor=Inline(), preset=preset, sheets=())


def test_within_the_limit_every_photo_is_mailed(photos: Path, tmp_path: Path) -> None:
    report = run(photos, tmp_path / "out", 9)
    assert 2 < len(report.mails) <= 9
    assert sum(len(mail.attachments) for mail in report.mails) == PHOTOS
    assert report.exit_code == ExitCode.DONE


def test_above_the_limit_the_first_photos_are_mailed_and_the_rest_is_said(
    photos: Path, tmp_path: Path
) -> None:
    report = run(photos, tmp_path / "out", 2)
    assert len(report.ready) == PHOTOS
    assert [mail.output for mail in report.mails] == [
        "mails/mail-1-of-2.eml",
        "mails/mail-2-of-2.eml",
    ]
    mailed = [item.photo for mail in report.mails for item in mail.attachments]
    assert mailed == [photo.jpeg.output for photo in report.ready][: len(mailed)]
    assert 0 < len(mailed) < PHOTOS
    (finding,) = [finding for finding in report.findings if finding.code == "too-many-mails"]
    assert f"the last {PHOTOS - len(mailed)} pictures" in finding.message
    assert report.ready[len(mailed)].jpeg.output.removeprefix("photos/") in finding.message
    assert "max_mails" in finding.hint
    assert report.exit_code == ExitCode.SOME_FAILED


def test_of_very_many_only_those_are_planned_that_there_can_be_mails_for(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(photos, tmp_path / "whole", 1)
    planned: list[int] = []
    shortest = Squeezing.shortest

    def heard(way: Squeezing, items: Sequence[MailItem]) -> Series:
        planned.append(len(items))
        return shortest(way, items)

    monkeypatch.setattr(Squeezing, "shortest", heard)
    monkeypatch.setattr(dividing, "_ALWAYS_PLANNED", 3)
    report = run(photos, tmp_path / "out", 1)
    assert planned[0] < PHOTOS
    assert report.mails == whole.mails
    found, at_once = (
        next(each for each in of.findings if each.code == "too-many-mails").message
        for of in (report, whole)
    )
    assert "more than" in found
    assert found.partition("the last ")[2] == at_once.partition("the last ")[2]


def test_raising_the_limit_mails_the_rest(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "out", 2)
    report = run(photos, tmp_path / "out", 9)
    assert sum(len(mail.attachments) for mail in report.mails) == PHOTOS
    assert len(list((tmp_path / "out/mails").iterdir())) == len(report.mails)
