"""The page of a run, and of one that goes on: when it is written, and that it is always whole."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from pathlib import Path

import pytest

from photoprep import prepare
from photoprep.files import Spooled, sha256_hex
from photoprep.language import say
from photoprep.output_folder import OutputFolder, open_output_folder
from photoprep.photo.decode import set_up_decoders
from photoprep.proof.page import render
from photoprep.proof.page.render import render_page
from photoprep.report import Report
from photoprep.walk import showing
from photoprep.walk.showing import LivePage
from tests.support import Inline, small_photo

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    set_up_decoders()
    for number in range(1, 6):
        small_photo(tmp_path / f"photos/Lamp L{number} open.png", number, (200, 150))
    return tmp_path / "photos"


class Written:
    """Every page that a folder is given, in turn, as text."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages: list[str] = []
        write = OutputFolder.write

        def noting(folder: OutputFolder, path: str, data: bytes | Spooled) -> None:
            write(folder, path, data)
            if isinstance(data, Spooled) and path.endswith(".html"):
                page = (folder.folder / path).read_bytes()
                assert sha256_hex(page) == data.sha256
                self.pages.append(page.decode())

        monkeypatch.setattr(OutputFolder, "write", noting)


class Clock:
    """A clock that stands still unless it is put forward."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def made(photos: Path, out: Path, *, dry_run: bool = False) -> Report:
    return prepare(photos, out=out, date=DAY, executor=Inline(), dry_run=dry_run)


def said(page: str) -> str:
    """What a page says of how far the run is; empty where it says that it is over."""
    found = re.search(r'<label for="progress">([^<]*)</label>', page)
    return found[1] if found else ""


def test_a_long_run_writes_whole_pages_as_it_goes_and_at_last_the_finished_one(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "_FIRST_AFTER_S", 0)
    monkeypatch.setattr(showing, "_EVERY_S", 0)
    monkeypatch.setattr(showing, "_LARGEST_SHARE", 1e9)
    written = Written(monkeypatch)
    report = made(photos, tmp_path / "out")
    *live, last = written.pages
    assert live
    for page in written.pages:
        assert page.startswith("<!DOCTYPE html>")
        assert page.rstrip().endswith("</html>")
    assert all(said(page) for page in live)
    assert said(last) == ""
    assert "data-written" not in last
    assert {"Preparing photos", "Making sheets"} <= {said(page).partition(":")[0] for page in live}
    assert last.count('class="picture') >= len(report.ready)
    # A finished page does not tell that there were others before it.
    assert (tmp_path / "out" / report.page).read_text(encoding="utf-8") == last
    monkeypatch.undo()
    made(photos, tmp_path / "quick")
    quick = (tmp_path / "quick/report.html").read_text(encoding="utf-8")
    assert quick == last


def test_photos_that_are_there_stand_on_the_page_of_a_run_that_goes_on(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = made(photos, tmp_path / "out")
    clock, written = Clock(), Written(monkeypatch)
    with open_output_folder(tmp_path / "out") as folder:
        live = LivePage(folder, "report.html", Report("trade-email", tmp_path / "out", ()), clock)
        clock.now_s += 10
        live.settled(lambda: report.ready[:2], 2, 5)
    (page,) = written.pages
    assert said(page) == "Preparing photos: 2 of 5, less than a minute left"
    assert "Lamp L2" in page
    assert "Lamp L3" not in page
    assert page.count("data:image/jpeg;base64,") == len(report.ready[:2])


def test_pages_come_no_sooner_and_no_oftener_than_is_cheap(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, written = Clock(), Written(monkeypatch)
    rendered = render_page

    def slow(*arguments: object) -> None:
        clock.now_s += 1.0
        rendered(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(render, "render_page", slow)
    moments = []
    with open_output_folder(tmp_path / "out") as folder:
        live = LivePage(folder, "report.html", Report("trade-email", tmp_path / "out", ()), clock)
        begun_s = clock.now_s
        hear = live.hearing(say("Making sheets"), lambda _done, _total: None)
        while clock.now_s < begun_s + 200:
            before = len(written.pages)
            hear(1, 9)
            if len(written.pages) > before:
                moments.append(clock.now_s - begun_s)
            clock.now_s += 0.25
    assert moments[0] >= 5
    # One second of work each: 2% of the time are fifty seconds.
    assert all(later - sooner >= 50 for sooner, later in pairwise(moments))
    assert len(moments) == 4


def test_a_listener_passes_on_what_it_hears(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    with open_output_folder(tmp_path / "out") as folder:
        live = LivePage(folder, "report.html", Report("trade-email", tmp_path / "out", ()), Clock())
        hear = live.hearing(say("Making sheets"), lambda done, total: heard.append((done, total)))
        hear(0, 2)
        hear(1, 2)
    assert heard == [(0, 2), (1, 2)]
    assert not (tmp_path / "out/report.html").exists()


def test_what_an_interrupted_run_left_becomes_the_finished_page(
    photos: Path, tmp_path: Path
) -> None:
    made(photos, tmp_path / "out")
    made(photos, tmp_path / "out")  # from the second on, a page stays as it is
    page = tmp_path / "out/report.html"
    finished, clock = page.read_bytes(), Clock()
    with open_output_folder(tmp_path / "out") as folder:
        live = LivePage(folder, "report.html", Report("trade-email", tmp_path / "out", ()), clock)
        clock.now_s += 10
        live.settled(tuple, 0, 5)
    assert said(page.read_text(encoding="utf-8"))
    made(photos, tmp_path / "out")
    assert page.read_bytes() == finished


def test_a_run_that_changes_nothing_makes_no_page(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(photos, tmp_path / "out")
    made(photos, tmp_path / "out")
    page = tmp_path / "out/report.html"
    before = page.read_bytes(), page.stat().st_mtime_ns

    def forbidden(*_arguments: object) -> None:
        raise AssertionError("a page was made")

    monkeypatch.setattr(render, "render_page", forbidden)
    made(photos, tmp_path / "out")
    assert (page.read_bytes(), page.stat().st_mtime_ns) == before
    small_photo(photos / "Lamp L9 open.png", 9, (200, 150))
    with pytest.raises(AssertionError, match="a page was made"):
        made(photos, tmp_path / "out")


def test_a_page_that_is_gone_is_written_anew(photos: Path, tmp_path: Path) -> None:
    made(photos, tmp_path / "out")
    made(photos, tmp_path / "out")
    page = tmp_path / "out/report.html"
    before = page.read_bytes()
    page.unlink()
    made(photos, tmp_path / "out")
    assert page.read_bytes() == before


def test_a_person_s_own_page_is_left_alone(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "_FIRST_AFTER_S", 0)
    monkeypatch.setattr(showing, "_EVERY_S", 0)
    made(photos, tmp_path / "out")
    own = tmp_path / "out/report.html"
    own.write_text("mine", encoding="utf-8")
    small_photo(photos / "Lamp L9 open.png", 9, (200, 150))
    report = made(photos, tmp_path / "out")
    assert own.read_text(encoding="utf-8") == "mine"
    assert report.page == "report-2.html"
    assert "Lamp L9" in (tmp_path / "out/report-2.html").read_text(encoding="utf-8")
    assert "output-changed" in {finding.code for finding in report.findings}


def test_a_page_changed_in_the_middle_of_a_run_is_a_person_s_from_then_on(
    photos: Path, tmp_path: Path
) -> None:
    clock = Clock()
    with open_output_folder(tmp_path / "out") as folder:
        live = LivePage(folder, "report.html", Report("trade-email", tmp_path / "out", ()), clock)
        clock.now_s += 10
        live.settled(tuple, 0, 5)
        (tmp_path / "out/report.html").write_text("mine", encoding="utf-8")
        clock.now_s += 100
        live.settled(tuple, 1, 5)
    assert (tmp_path / "out/report.html").read_text(encoding="utf-8") == "mine"


def test_a_rehearsal_writes_no_page(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "_FIRST_AFTER_S", 0)
    written = Written(monkeypatch)
    report = made(photos, tmp_path / "out", dry_run=True)
    assert report.page == ""
    assert written.pages == []
    assert not (tmp_path / "out").exists()


def test_more_pictures_than_thumbnails_are_shown_from_beside_the_page(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "MOST_THUMBNAILS", 3)
    report = made(photos, tmp_path / "out")
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "data:image" not in page.replace("img-src 'self' file: data:", "")
    for photo in report.ready:
        assert f'loading="lazy" src="{photo.jpeg.output}"' in page
