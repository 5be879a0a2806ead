"""The step that makes sheets: what is made again and what is left, and sheets of odd pictures."""

from __future__ import annotations

import dataclasses
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photoprep import Report, load_preset
from photoprep.errors import ExitCode
from photoprep.outcome import Prepared
from photoprep.photo.decode import DecodedPhoto, decode, set_up_decoders
from photoprep.preset import Preset
from photoprep.sheet import task as sheet_task
from photoprep.state import State
from tests.flat import BLUE, CYAN, GREEN, PURPLE, RED, YELLOW, check_cells, flat, two_products
from tests.sheet.faces import need
from tests.support import contents, outputs, small_photo
from tests.walk.sheet_runs import (
    OVERVIEW,
    TOOLBOX,
    check_all,
    findings,
    names,
    run,
    with_sheet,
)

RECORD = ".photoprep/state.db"
RAINBOW = (RED, GREEN, BLUE, YELLOW, CYAN, PURPLE)


@pytest.fixture(autouse=True)
def _decoders() -> None:
    set_up_decoders()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    two_products(tmp_path / "photos")
    return tmp_path / "photos"


def remade(report: Report) -> list[str]:
    return [photo.source for photo in report.photos if isinstance(photo, Prepared)]


@pytest.fixture
def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every task that is really worked on, as it happens: photos, copies, pages."""
    seen: list[object] = []

    def heard(task: sheet_task.Task) -> sheet_task.Result:
        seen.append(task)
        return sheet_task.work_on(task)

    monkeypatch.setattr("photoprep.walk.crew.work_on", heard)
    return seen


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every original that is decoded, as it happens."""
    seen: list[str] = []

    def heard(path: Path, **how: Any) -> DecodedPhoto:
        seen.append(path.name)
        return decode(path, **how)

    monkeypatch.setattr("photoprep.photo.make.decode", heard)
    monkeypatch.setattr("photoprep.sheet.copies.decode", heard)
    return seen


def copied(tasks: list[object]) -> list[str]:
    return [task.path.name for task in tasks if isinstance(task, sheet_task.CopyTask)]


def pages(tasks: list[object]) -> int:
    return sum(isinstance(task, sheet_task.PageTask) for task in tasks)


def test_each_original_is_decoded_once_for_its_photo_and_all_its_sheets(
    photos: Path, worked_on: list[object], decoded: list[str]
) -> None:
    report = run(photos)
    assert sorted(decoded) == sorted(photo.source.rpartition("/")[2] for photo in report.photos)
    assert copied(worked_on) == []
    assert pages(worked_on) == 2


def test_pictures_of_many_pages_are_decoded_once_too(
    tmp_path: Path, worked_on: list[object], decoded: list[str]
) -> None:
    for number in range(20):
        flat(tmp_path / f"photos/Box X{number:02}.png", (200, 9 * number, 60), (1200, 900))
    report = run(tmp_path / "photos", preset=with_sheet(smallest_picture_cm=Fraction(8)))
    assert len(report.sheets) > 2
    assert len(decoded) == 20
    assert copied(worked_on) == []


def test_what_the_disk_may_not_hold_meanwhile_is_decoded_again_and_gives_the_same_sheets(
    photos: Path, worked_on: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(photos)
    out = photos.with_name("out")
    before = outputs(out)
    out.rename(photos.with_name("before"))
    monkeypatch.setattr("photoprep.walk.sheet_copies._MOST_FORESEEN_BYTES", 0)
    run(photos)
    assert sorted(copied(worked_on)) == sorted(
        ["closed.png", "closed.png", "open.png", "back.png", "not included strap.png"]
    )  # of the lamp only the closed view
    assert outputs(out) == before


def thumbnails(report: Report) -> dict[str, bytes]:
    with State(report.folder / RECORD) as state:
        return state.thumbnails()


def test_every_page_has_a_thumbnail_as_long_as_it_is_there(photos: Path) -> None:
    first = run(photos)
    small = thumbnails(first)
    pages = {sheet.sha256 for sheet in first.sheets}
    assert len(pages) == 2
    assert small.keys() == pages | {photo.jpeg.sha256 for photo in first.ready}
    assert thumbnails(run(photos)) == small
    renamed = run(photos, preset=named(with_sheet(), "{date}_{product}_{model}_{view}"))
    assert names(renamed) != names(first)
    assert thumbnails(renamed) == small
    (first.folder / names(renamed)[0]).unlink()
    assert thumbnails(run(photos)) == small
    without = run(photos, sheets=())
    assert thumbnails(without).keys() == small.keys() - pages


def named(preset: Preset, photo: str) -> Preset:
    return dataclasses.replace(preset, names=dataclasses.replace(preset.names, photo=photo))


def test_nothing_is_left_of_the_copies(photos: Path) -> None:
    run(photos)
    assert list((photos.with_name("out") / ".photoprep/unfinished").iterdir()) == []


def test_a_second_run_works_on_nothing(photos: Path, worked_on: list[object]) -> None:
    run(photos)
    run(photos)
    out = photos.with_name("out")
    before, record = contents(out), (out / RECORD).read_bytes()
    worked_on.clear()
    report = run(photos)
    assert (report.encodes, worked_on) == (0, [])
    assert contents(out) == before
    assert (out / RECORD).read_bytes() == record
    check_all(report)


def test_a_changed_photo_costs_itself_and_the_sheets_that_show_it(
    photos: Path, worked_on: list[object]
) -> None:
    run(photos)
    out = photos.with_name("out")
    before = outputs(out)
    worked_on.clear()
    flat(photos / "Toolbox X100/back.png", (90, 10, 10))
    report = run(photos)
    assert remade(report) == ["Toolbox X100/back.png"]
    assert pages(worked_on) == 1
    changed = {name for name, digest in outputs(out).items() if before[name] != digest}
    assert {name for name in changed if name.startswith("sheets/")} == {TOOLBOX}
    worked_on.clear()
    flat(photos / "Lamp L2/open.png", (90, 90, 90))  # on no sheet
    assert remade(run(photos)) == ["Lamp L2/open.png"]
    assert (copied(worked_on), pages(worked_on)) == ([], 0)


def test_a_product_that_goes_takes_its_sheet_along(photos: Path) -> None:
    run(photos)
    for path in (photos / "Toolbox X100").iterdir():
        path.unlink()
    assert names(run(photos)) == []
    assert not list((photos.with_name("out") / "sheets").glob("*"))


def test_a_lost_sheet_is_made_again_alone(photos: Path, worked_on: list[object]) -> None:
    run(photos)
    out = photos.with_name("out")
    before = outputs(out)
    (out / OVERVIEW).unlink()
    worked_on.clear()
    run(photos)
    assert outputs(out) == before
    assert pages(worked_on) == 1


def test_a_sheet_that_a_person_changed_is_left_alone_and_named(photos: Path) -> None:
    run(photos)
    out = photos.with_name("out")
    flat(out / TOOLBOX, RED)
    theirs = (out / TOOLBOX).read_bytes()
    report = run(photos)
    ours = TOOLBOX.replace("_20261123.jpg", "_20261123-2.jpg")
    assert (out / TOOLBOX).read_bytes() == theirs
    assert names(report) == [OVERVIEW, ours]
    (finding,) = findings(report, "output-changed")
    assert TOOLBOX.rpartition("/")[2] in finding.message + finding.source
    again = run(photos)
    assert names(again) == [OVERVIEW, ours]
    assert (out / TOOLBOX).read_bytes() == theirs
    mailed = [item.photo for mail in again.mails for item in mail.attachments]
    assert TOOLBOX not in mailed
    assert ours in mailed


def test_other_words_make_other_sheets(photos: Path, worked_on: list[object]) -> None:
    run(photos)
    worked_on.clear()
    run(photos, customer="C-17")
    assert pages(worked_on) == 2


def test_sheets_that_only_change_names_are_not_drawn_again(
    photos: Path, worked_on: list[object]
) -> None:
    run(photos)
    out = photos.with_name("out")
    before = {(out / name).read_bytes() for name in (OVERVIEW, TOOLBOX)}
    worked_on.clear()
    preset = load_preset()
    preset = dataclasses.replace(
        preset, names=dataclasses.replace(preset.names, photo="{date}_{product}_{model}_{view}")
    )
    report = run(photos, preset=preset)
    assert worked_on == []
    assert sorted(names(report)) == sorted(
        path.relative_to(out).as_posix() for path in (out / "sheets").iterdir()
    )
    assert {(out / name).read_bytes() for name in names(report)} == before
    assert all(name.startswith("sheets/20261123_") for name in names(report))


def test_no_attachment_shares_its_name_where_names_do_not_tell_views(photos: Path) -> None:
    """A sheet and a photo of one product would then have one name, in two folders."""
    preset = load_preset()
    preset = dataclasses.replace(
        preset, names=dataclasses.replace(preset.names, photo="{product}_{model}")
    )
    report = run(photos, preset=preset)
    attached = [item for mail in report.mails for item in mail.attachments]
    assert len({item.filename for item in attached}) == len(attached) == 8
    assert {item.photo for item in attached} == {
        *names(report),
        *(photo.jpeg.output for photo in report.ready),
    }


def test_a_picture_that_could_not_be_copied_is_tried_at_the_next_run(photos: Path) -> None:
    """Its photo is known from an earlier run; by its size and time it is unchanged."""
    run(photos, sheets=[])
    picture = photos / "Toolbox X100/back.png"
    data, stat = picture.read_bytes(), picture.stat()
    picture.write_bytes(b"\0" * len(data))
    os.utime(picture, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    report = run(photos)
    (finding,) = findings(report, "sheet-picture-left-off")
    assert "Toolbox X100/back.png" in finding.message
    assert len(report.sheets[1].cells) == 3
    picture.write_bytes(data)
    os.utime(picture, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    report = run(photos)
    assert not findings(report, "sheet-picture-left-off")
    assert len(report.sheets[1].cells) == 4


@pytest.mark.parametrize("apart", ["1", "120", "sizes"])
def test_odd_sets_of_pictures(tmp_path: Path, apart: str) -> None:
    photos = tmp_path / "photos"
    colours = {}
    if apart == "sizes":
        sizes = [(2000, 100), (100, 2000), (1, 1), (16, 16), (400, 300)]
    else:
        sizes = [(90 + 7 * (number % 9), 80) for number in range(int(apart))]
    for number, size in enumerate(sizes):
        name = f"Box B{number:03}/closed.png"
        # No two in the same colour, so that none is a copy of another.
        colours[name] = (number % 6 * 40, number // 6 % 6 * 40, 60 + number // 36 * 40)
        flat(photos / name, colours[name], size)
    report = run(photos, sheets=["overview"], mails=False)
    assert bool(report.sheets) == (len(sizes) > 1)
    on_sheets = [cell.source for sheet in report.sheets for cell in sheet.cells]
    assert on_sheets == (list(colours) if len(sizes) > 1 else [])
    # JPEG lays a picture of few pixels over what is around it.
    tiny = {name for name, size in zip(colours, sizes, strict=True) if min(size) < 32}
    rows: Any = report.to_json()["sheets"]
    for row in rows:
        row["cells"] = [cell for cell in row["cells"] if cell["source"] not in tiny]
        check_cells(row, report.folder / row["output"], colours)
        assert max(row["width_px"], row["height_px"]) <= 944
    if apart == "120":
        counts = [len(sheet.cells) for sheet in report.sheets]
        assert len(counts) > 1
        assert max(counts) - min(counts) <= max(counts) // 4  # balanced
        assert [sheet.page for sheet in report.sheets] == list(range(1, len(counts) + 1))
        assert {sheet.pages for sheet in report.sheets} == {len(counts)}


def test_the_same_picture_everywhere(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(7):
        flat(photos / f"Box B{number}/closed.png", RED)
    preset = dataclasses.replace(load_preset(), duplicates="keep-all")
    report = run(photos, preset=preset)
    (sheet,) = report.sheets
    assert len(sheet.cells) == 7
    check_all(report, dict.fromkeys((cell.source for cell in sheet.cells), RED))


def test_captions_can_be_left_out(photos: Path) -> None:
    report = run(photos, preset=with_sheet(caption=""))
    assert {cell.caption for sheet in report.sheets for cell in sheet.cells} == {""}
    check_all(report)


def test_names_of_300_characters(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    text = "file,product,view\n"
    for number, product in enumerate(("Very " * 60 + "A", "B" * 300)):
        for view in ("closed", "open", "back"):
            flat(photos / f"{number}-{view}.png", (number * 200, len(text) % 250, 90))
            text += f"{number}-{view}.png,{product},{view}\n"
    (photos / "products.csv").write_text(text, encoding="utf-8")
    report = run(photos)
    assert len(report.sheets) == 3, report.findings
    assert not findings(report, "sheet-failed")
    check_all(report)


@pytest.mark.parametrize(
    "name", ["多功能便携式工具箱", "صندوق أدوات متعدد الأغراض", "Ящик Инструментов"]
)
def test_captions_in_other_scripts(tmp_path: Path, name: str) -> None:
    need(name)
    photos = tmp_path / "photos"
    for number in range(4):
        flat(photos / f"{name} X{number}/closed.png", RAINBOW[number])
    report = run(photos)
    (sheet,) = report.sheets
    assert all(cell.caption.startswith(name) for cell in sheet.cells)
    assert not findings(report, "sheet-letters-missing")
    check_all(report, {f"{name} X{number}/closed.png": RAINBOW[number] for number in range(4)})


def noise(path: Path, size: tuple[int, int] = (900, 700)) -> Path:
    """A picture that no JPEG makes small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Pillow's own noise is another one at each run, and a page of it spoiled at one alone.
    grain = np.random.default_rng(size).normal(128, 90, size[::-1])
    mixed = Image.fromarray(grain.clip(0, 255).astype(np.uint8))
    Image.merge("RGB", (mixed, mixed.rotate(180), mixed)).save(path)
    return path


def test_a_page_that_would_be_spoiled_is_parted_and_that_is_said(
    tmp_path: Path, worked_on: list[object]
) -> None:
    photos = tmp_path / "photos"
    for number in range(6):
        noise(photos / f"Box B{number}/closed.png", (900, 700 + number))
    preset = with_sheet(max_bytes=76_000)
    report = run(photos, preset=preset, mails=False)
    assert len(report.sheets) >= 2
    # Halved all at once: 1, 2, 4 and 6 pages, each at two densities at most.
    assert pages(worked_on) <= 2 * (1 + 2 + 4 + 6)
    on_sheets = [cell.source for sheet in report.sheets for cell in sheet.cells]
    assert on_sheets == [f"Box B{number}/closed.png" for number in range(6)]
    assert all(sheet.size_bytes <= 76_000 for sheet in report.sheets)
    (finding,) = findings(report, "sheet-parted")
    assert finding.severity == "info"
    assert names(report) == [
        f"sheets/Overview_sheet-{page}_20261123.jpg" for page in range(1, len(report.sheets) + 1)
    ]
    assert findings(run(photos, preset=preset, mails=False), "sheet-parted") == [finding]


def test_where_not_even_one_picture_fits_the_sheet_is_not_made(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(16):
        noise(photos / f"Box B{number:02}/closed.png", (300 + number, 200))
    report = run(photos, preset=with_sheet(max_bytes=3_000))
    assert report.sheets == ()
    (finding,) = findings(report, "sheet-failed")
    assert finding.severity == "error"
    assert "Product overview" in finding.message
    assert report.exit_code == ExitCode.SOME_FAILED
    assert len(report.ready) == 16
    assert report.mails


def test_small_photos_of_the_usual_tests_make_sheets_too(tmp_path: Path) -> None:
    for number in range(12):
        small_photo(tmp_path / f"photos/Box X{number % 3}/IMG_{number}.jpg", number)
    check_all(run(tmp_path / "photos"))
