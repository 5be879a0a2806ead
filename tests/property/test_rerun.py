"""Promise 5: whatever is done to the folder between runs, a run ends as a fresh one would.

But for numbers: pictures alike that have one keep it, so that names are not compared with those of
a fresh run; the pictures that they name are.
"""

from __future__ import annotations

import datetime
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from photoprep import prepare
from photoprep.errors import NoPhotosError
from photoprep.files import sha256_of_file
from photoprep.photo.decode import set_up_decoders
from photoprep.report import Report
from photoprep.state import State
from tests.support import Inline, contents, outputs, small_photo

NAMES = st.sampled_from(
    [
        "a.jpg",
        "b.jpg",
        "Box X1/open.jpg",
        "Box X1/closed.png",
        "Box X1/IMG_0.jpg",
        "Box X1/IMG_1.jpg",
        "Box X1/IMG_2.jpg",
    ]
)
DAY = datetime.date(2026, 11, 23)


def looked_at(report: Report) -> dict[str, tuple[str, bytes]]:
    """What the page shows of each photo: the hash of its preview and its thumbnail; none else."""
    previews = {photo.source: photo.jpeg.preview for photo in report.ready}
    there = {path.name for path in (report.folder / ".photoprep/originals").glob("*")}
    assert there == {Path(preview).name for preview in previews.values()}
    with State(report.folder / ".photoprep/state.db") as state:
        thumbnails = state.thumbnails()
    assert thumbnails.keys() == {photo.jpeg.sha256 for photo in report.ready} | {
        sheet.sha256 for sheet in report.sheets
    }
    return {
        photo.source: (
            sha256_of_file(report.folder / photo.jpeg.preview),
            thumbnails[photo.jpeg.sha256],
        )
        for photo in report.ready
    }


def made(report: Report, written: dict[str, str]) -> dict[str, str]:
    """What became of each photo, as a hash; there are no other photos, and no name stands twice."""
    named = {photo.source: photo.jpeg.output for photo in report.ready}
    photos = {path for path in written if path.startswith("photos/")}
    assert sorted(named.values()) == sorted(photos)
    others = {photo.source: str(photo.reason) for photo in report.failed}
    others |= {photo.source: str(photo.reason) for photo in report.skipped}
    return others | {source: written[path] for source, path in named.items()}


class Folder(RuleBasedStateMachine):
    """A folder that a person works on while photoprep runs now and then."""

    @initialize()
    def start(self) -> None:
        set_up_decoders()
        self.place = Path(tempfile.mkdtemp())
        self.photos = self.place / "photos"
        self.out = self.place / "out"
        self.fresh = self.place / "fresh"
        small_photo(self.photos / "a.jpg", 0)

    def teardown(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    @rule(
        what=st.sampled_from(["put", "remove", "rename", "spoil", "touch"]),
        name=NAMES,
        other=NAMES,
        seed=st.integers(0, 5),
    )
    def edit(self, what: str, name: str, other: str, seed: int) -> None:
        path = self.photos / name
        if what == "put":
            small_photo(path, seed)
        elif not path.exists():
            return
        elif what == "remove":
            path.unlink()
        elif what == "rename":
            (self.photos / other).parent.mkdir(exist_ok=True)
            path.replace(self.photos / other)
        elif what == "spoil":
            path.write_bytes(b"\xff\xd8\xff spoilt")
        else:
            path.touch()

    @rule()
    def lose_an_output(self) -> None:
        for path in sorted(self.out.glob("photos/*.jpg"))[:1]:
            path.unlink()

    @rule()
    def run(self) -> None:
        sources = contents(self.photos)
        try:
            report = prepare(self.photos, out=self.out, date=DAY, executor=Inline())
        except NoPhotosError:
            return
        assert contents(self.photos) == sources
        shutil.rmtree(self.fresh, ignore_errors=True)
        fresh = prepare(self.photos, out=self.fresh, date=DAY, executor=Inline())
        written = outputs(self.out)
        assert made(report, written) == made(fresh, outputs(self.fresh))
        assert looked_at(report) == looked_at(fresh)
        assert len(report.photos) == len(sources)
        again = prepare(self.photos, out=self.out, date=DAY, executor=Inline())
        assert again.encodes == 0
        assert outputs(self.out) == written
        assert looked_at(again) == looked_at(report)
        assert [photo.source for photo in again.photos] == [photo.source for photo in report.photos]

    @invariant()
    def every_photo_is_within_its_bytes(self) -> None:
        if hasattr(self, "out"):
            sizes = [path.stat().st_size for path in self.out.glob("photos/*")]
            assert all(size <= 200_000 for size in sizes)


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
