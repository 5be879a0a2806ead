"""Mails with smaller versions of photos: made once, kept, found again, given up where they fail."""

from __future__ import annotations

import dataclasses
import datetime
import email
import email.policy
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from photoprep import Report, prepare
from photoprep.errors import CannotFitError, PhotoError, WorkerDiedError
from photoprep.mail.items import MailItem
from photoprep.mail.message import mail_filename
from photoprep.outcome import Reused
from photoprep.photo import make
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.task import EncodedJpeg, SmallerTask
from photoprep.preset import Preset
from photoprep.walk.squeezing import SqueezedMails, Squeezing
from photoprep.walk.versions import VERSIONS_FOLDER
from tests.noise import bound_preset, noisy_photo
from tests.support import Inline, contents, outputs, small_photo

DAY = datetime.date(2026, 11, 23)
PHOTOS = 6


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos, and beside them ``out`` with the mails that squeezing makes of them."""
    set_up_decoders()
    place = tmp_path_factory.mktemp("squeezing")
    for number in range(PHOTOS):
        noisy_photo(place / f"photos/Box X{number}/open.png", number)
    run(place)
    return place


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Path:
    """The same, for a test to change; times stay, so that photos are known again."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(place: Path, out: str = "out", preset: Preset | None = None, **options: bool) -> Report:
    return prepare(
        place / "photos",
        out=place / out,
        preset=preset or bound_preset(),
        date=DAY,
        executor=Inline(),
        sheets=(),
        **options,  # type: ignore[arg-type]
    )


def versions(out: Path) -> dict[str, str]:
    folder = out / VERSIONS_FOLDER
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*")}


def attached(out: Path) -> dict[str, bytes]:
    """What an independent reader finds in the drafts, by file name."""
    found = {}
    for path in sorted((out / "mails").iterdir()):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for part in message.iter_attachments():
            found[str(part.get_filename())] = part.get_content()
    return found


def test_three_mails_become_two_and_photos_keep_their_bytes(once: Path) -> None:
    unsqueezed = run(once, "plain", bound_preset(squeeze=False))
    report = run(once)
    assert unsqueezed.squeeze is None
    assert len(unsqueezed.mails) == 3
    assert len(report.mails) == 2
    assert report.squeeze is not None
    assert (report.squeeze.mails_before, report.squeeze.mails_after) == (3, 2)
    assert report.squeeze.photos == PHOTOS
    photos = {name: digest for name, digest in contents(once / "out").items() if "photos/" in name}
    plain = contents(once / "plain")
    assert photos == {name: plain[name] for name in photos}
    limit = bound_preset().mail.limit_bytes
    for mail in report.mails:
        size = (once / "out" / mail.output).stat().st_size
        # What is not used is what encodes stay below what they were asked for.
        assert 0.99 * limit < size == mail.wire_bytes <= limit


def test_the_report_says_of_each_attachment_what_it_is(once: Path) -> None:
    report = run(once)
    in_full = {photo.jpeg.output: photo.jpeg for photo in report.ready}
    found = attached(once / "out")
    losses = []
    for mail in report.mails:
        for item in mail.attachments:
            jpeg = in_full[item.photo]
            assert len(found[item.filename]) == item.size_bytes
            assert item.filename == item.photo.removeprefix("photos/")
            assert 0.8 * jpeg.size_bytes <= item.size_bytes * 1.015 < 1.015 * jpeg.size_bytes
            assert item.quality >= 80
            losses.append(max(0.0, jpeg.quality - item.quality))
    assert report.squeeze is not None
    assert report.squeeze.largest_loss == pytest.approx(max(losses), abs=0.05)
    assert report.squeeze.mean_loss == pytest.approx(sum(losses) / PHOTOS, abs=0.01)
    told = report.to_json()["squeeze"]
    assert told == dataclasses.asdict(report.squeeze)
    hashes = {hashlib.sha256(data).hexdigest() for data in found.values()}
    assert hashes <= set(versions(once / "out").values())


def test_a_second_run_encodes_nothing_and_changes_no_byte(place: Path) -> None:
    before, kept = outputs(place / "out"), versions(place / "out")
    report = run(place)
    assert report.encodes == 0
    assert all(isinstance(photo, Reused) for photo in report.photos)
    assert outputs(place / "out") == before
    assert versions(place / "out") == kept
    first = (place / "out/report.json").read_bytes()
    run(place)
    assert (place / "out/report.json").read_bytes() == first


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"torn")])
def test_a_version_that_is_gone_or_torn_is_made_anew(
    place: Path, harm: Callable[[Path], object]
) -> None:
    before, kept = outputs(place / "out"), versions(place / "out")
    harm(min((place / "out" / VERSIONS_FOLDER).iterdir()))
    report = run(place)
    assert report.encodes > 0
    assert outputs(place / "out") == before
    assert versions(place / "out") == kept
    assert not [finding for finding in report.findings if finding.code == "output-changed"]


def test_without_a_use_for_them_versions_go(place: Path) -> None:
    assert versions(place / "out")
    run(place, preset=bound_preset(squeeze=False))
    assert versions(place / "out") == {}
    run(place)
    assert len(versions(place / "out")) >= PHOTOS
    run(place, mails=False)
    assert versions(place / "out") == {}


def test_a_folder_that_grew_has_the_mails_of_a_fresh_run(place: Path) -> None:
    noisy_photo(place / "photos/Box X2/closed.png", 77)
    (place / "photos/Box X5/open.png").unlink()
    run(place)
    run(place, "fresh")
    assert outputs(place / "out") == outputs(place / "fresh")
    assert versions(place / "out") == versions(place / "fresh")


def test_photos_in_an_archive_have_their_versions_too(once: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    shutil.make_archive(str(tmp_path / "photos/all"), "zip", once / "photos")
    report = run(tmp_path)
    assert report.squeeze is not None
    assert (report.squeeze.mails_before, report.squeeze.mails_after) == (3, 2)
    assert set(versions(tmp_path / "out").values()) == set(versions(once / "out").values())
    assert run(tmp_path).encodes == 0


def test_what_is_foreseen_without_making_anything_is_what_then_comes(
    once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreseen: list[tuple[int, Mapping[str, float]]] = []
    squeeze = Squeezing.squeeze

    def told(self: Squeezing, items: Sequence[MailItem]) -> SqueezedMails:
        series, qualities = self.foreseen(items)
        foreseen.append((len(series.plans), qualities))
        assert self.versions.encodes == 0
        return squeeze(self, items)

    monkeypatch.setattr(Squeezing, "squeeze", told)
    report = run(once, "foreseen")
    ((mails, qualities),) = foreseen
    assert mails == len(report.mails)
    attached = {item.filename: item for mail in report.mails for item in mail.attachments}
    for name, quality in qualities.items():
        assert attached[name].quality == pytest.approx(quality, abs=3)  # noise is no photo


def test_no_version_has_less_than_the_least_share(once: Path) -> None:
    """At nine tenths three photos are still too much for one mail, so that all stay as they are."""
    report = run(once, "large", bound_preset(least_share=0.95))
    assert report.squeeze is None
    assert len(report.mails) == 3
    assert versions(once / "large") == {}


def test_below_good_quality_nothing_is_made_smaller(once: Path) -> None:
    preset = bound_preset()
    photo = dataclasses.replace(preset.photo, good_quality=95)
    report = run(once, "good", dataclasses.replace(preset, photo=photo))
    assert report.squeeze is None
    assert len(report.mails) == 3


def failing(monkeypatch: pytest.MonkeyPatch, errors: Mapping[str, PhotoError]) -> list[str]:
    """Let versions of some sources fail; returns the list of all that are asked for."""
    asked: list[str] = []
    make_smaller = make.make_smaller

    def fails(task: SmallerTask) -> EncodedJpeg:
        name = task.photo.path.parent.name
        asked.append(name)
        if name in errors:
            raise errors[name]
        return make_smaller(task)

    monkeypatch.setattr(make, "make_smaller", fails)
    return asked


def test_a_photo_that_cannot_shrink_keeps_its_bytes_and_is_not_tried_again(
    once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = CannotFitError("No.", smallest_bytes=44_000)
    asked = failing(monkeypatch, {"Box X0": refusal})
    preset = bound_preset(max_bytes=175_000, preferred_bytes=175_000)
    report = run(once, "stiff", preset)
    assert report.squeeze is not None
    assert 0 < report.squeeze.photos < PHOTOS
    assert len(report.mails) == 2
    sizes = {item.photo: item.size_bytes for mail in report.mails for item in mail.attachments}
    first = report.ready[0].jpeg
    assert sizes[first.output] == first.size_bytes
    assert asked.count("Box X0") == 1
    asked.clear()
    assert run(once, "stiff", preset).mails == report.mails
    assert asked == []


def test_where_none_can_shrink_the_mails_are_those_without(
    once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = WorkerDiedError("Gone.")
    asked = failing(monkeypatch, {f"Box X{number}": died for number in range(PHOTOS)})
    report = run(once, "dead")
    assert report.squeeze is None
    assert len(report.mails) == 3
    assert sorted(asked) == [f"Box X{number}" for number in range(PHOTOS)]
    monkeypatch.undo()
    # What may be gone at the next run is tried again then.
    assert run(once, "dead").squeeze is not None
    assert outputs(once / "dead") == outputs(once / "out")


def test_a_version_far_worse_than_foretold_corrects_its_curve(
    once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_smaller = make.make_smaller

    def worse(task: SmallerTask) -> EncodedJpeg:
        jpeg = make_smaller(task)
        if task.photo.path.parent.name != "Box X1":
            return jpeg
        return dataclasses.replace(jpeg, quality=round(3 * jpeg.quality - 2 * task.jpeg.quality, 1))

    monkeypatch.setattr(make, "make_smaller", worse)
    report = run(once, "worse")
    qualities = {item.photo: item.quality for mail in report.mails for item in mail.attachments}
    assert min(qualities.values()) >= 80
    assert run(once, "worse").encodes == 0


def test_a_series_that_would_be_too_long_counts_its_mails_with_versions(once: Path) -> None:
    report = run(once, "short", bound_preset(max_mails=1))
    assert [mail.output for mail in report.mails] == [f"mails/{mail_filename(1, 1)}"]
    assert len(report.mails[0].attachments) == 3
    (finding,) = [each for each in report.findings if each.code == "too-many-mails"]
    assert "2 mails" in finding.message


def test_photos_that_fit_anyway_ask_for_nothing(tmp_path: Path) -> None:
    set_up_decoders()
    for number in range(3):
        small_photo(tmp_path / f"photos/Box X{number}/open.png", number)
    report = run(tmp_path)
    assert report.squeeze is None
    assert report.to_json()["squeeze"] is None
    assert not (tmp_path / "out" / VERSIONS_FOLDER).exists()
