"""Mails with smaller photos through the real command: dry, on several cores, killed, and for real.

The photos of these tests are drawn; ``../shared/photos`` has the real ones.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from photoprep import Report, load_preset, prepare
from photoprep.errors import ExitCode
from photoprep.walk.versions import VERSIONS_FOLDER
from tests.noise import PRESET_FILE, noisy_photo
from tests.support import Inline, outputs, photoprep, written

DAY = "2026-11-23"
KILLS = 4


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos, the preset that binds them, and ``out`` as an undisturbed run leaves it."""
    place = tmp_path_factory.mktemp("squeeze")
    for number in range(6):
        noisy_photo(place / f"photos/Box X{number}/open.png", number)
    written(place / "bound.toml", PRESET_FILE)
    done = photoprep(*command(place, "out"))
    assert done.returncode == ExitCode.DONE, done.stderr
    return place


def command(place: Path, out: str, *arguments: str) -> list[str | Path]:
    given = ["--preset", str(place / "bound.toml"), "--date", DAY, "--no-sheets"]
    return [place / "photos", "--out", place / out, *given, *arguments]


def report_of(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return loaded


def everything(out: Path) -> dict[str, str]:
    """The hashes of outputs and versions."""
    kept = {path.name: path.read_bytes().hex() for path in (out / VERSIONS_FOLDER).iterdir()}
    return outputs(out) | kept


def test_the_summary_says_what_was_saved_in_one_sentence(place: Path) -> None:
    said = photoprep(*command(place, "out")).stdout
    squeeze = report_of(place / "out")["squeeze"]
    assert (squeeze["mails_before"], squeeze["mails_after"]) == (3, 2)
    loss = squeeze["largest_loss"]
    assert f"3 mails became 2; the largest loss is {loss:.1f} points." in said


def test_a_dry_run_tells_what_then_happens_before_and_after(place: Path) -> None:
    told = json.loads(photoprep(*command(place, "dry", "--dry-run", "--json")).stdout)
    assert not (place / "dry").exists()
    assert told.pop("dry_run") is True
    assert told.pop("taken_away") == []
    assert told == json.loads(photoprep(*command(place, "dry", "--json")).stdout)
    # Versions of which no use is left are photoprep's own business.
    told = json.loads(photoprep(*command(place, "dry", "--dry-run", "--json", "--no-mails")).stdout)
    assert sorted(told["taken_away"]) == ["mails/mail-1-of-2.eml", "mails/mail-2-of-2.eml"]


def test_one_worker_makes_what_many_make(place: Path) -> None:
    for jobs in ("1", "3"):
        done = photoprep(*command(place, f"jobs-{jobs}", "--jobs", jobs))
        assert done.returncode == ExitCode.DONE, done.stderr
        assert everything(place / f"jobs-{jobs}") == everything(place / "out")
        assert report_of(place / f"jobs-{jobs}")["mails"] == report_of(place / "out")["mails"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_kill_while_versions_are_made_leaves_a_way_on(place: Path) -> None:
    expected, dice, out = everything(place / "out"), random.Random(), place / "killed"
    arguments = [sys.executable, "-m", "photoprep", *map(str, command(place, "killed"))]
    for kill in range(KILLS):
        if kill % 2 == 0:
            shutil.rmtree(out, ignore_errors=True)
        with subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            versions = out / VERSIONS_FOLDER
            while len(list(versions.glob("*"))) < kill and process.poll() is None:
                time.sleep(0.002)
            time.sleep(dice.choice((0, 0.01, 0.1)))
            process.kill()
        assert outputs(out).items() <= expected.items()
        prepare(
            place / "photos",
            out=out,
            preset=place / "bound.toml",
            date=datetime.date.fromisoformat(DAY),
            sheets=(),
            executor=Inline(),
        )
        assert everything(out) == expected
        assert not list((out / ".photoprep/unfinished").iterdir())


@pytest.fixture(scope="module", params=["products", "camera"])
def real(
    request: pytest.FixtureRequest, real_photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    out = tmp_path_factory.mktemp("real") / "out"
    return prepare(real_photos / request.param, out=out, preset=load_preset(), sheets=())


def test_real_photos_take_fewer_mails_and_lose_little(real: Report) -> None:
    squeeze, spec = real.squeeze, load_preset()
    assert squeeze is not None
    assert squeeze.mails_after < squeeze.mails_before
    assert squeeze.largest_loss <= 2
    in_full = {photo.jpeg.output: photo.jpeg for photo in real.ready}
    for mail in real.mails:
        assert (real.folder / mail.output).stat().st_size == mail.wire_bytes
        assert mail.wire_bytes <= spec.mail.limit_bytes
        for item in mail.attachments:
            jpeg = in_full[item.photo]
            assert item.size_bytes <= jpeg.size_bytes
            assert item.quality >= min(spec.photo.good_quality, jpeg.quality)
            # A version comes to 98.5% of what it was asked for, and no less than 0.8 was.
            assert item.size_bytes >= 0.8 * 0.985 * jpeg.size_bytes


def test_real_photos_are_not_made_again(real: Report, real_photos: Path) -> None:
    folder = "products" if len(real.photos) > 20 else "camera"
    again = prepare(real_photos / folder, out=real.folder, preset=load_preset(), sheets=())
    assert again.encodes == 0
    assert again.mails == real.mails
    assert dataclasses.asdict(again)["squeeze"] == dataclasses.asdict(real)["squeeze"]
