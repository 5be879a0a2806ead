"""The command ``sheet``: one sheet straight from pictures, and how it ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from photoprep.errors import ExitCode
from tests.flat import BLUE, GREEN, RED, flat
from tests.support import contents, photoprep

DAY = "2026-11-23"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, colour in enumerate((RED, GREEN, BLUE)):
        flat(tmp_path / f"photos/Box X{number}.png", colour, (300 + 50 * number, 200))
    return tmp_path / "photos"


def is_shown(sheet: Path, colour: tuple[int, int, int]) -> bool:
    """Whether much of the sheet has about this colour."""
    with Image.open(sheet) as image:
        pixels = image.convert("RGB").getcolors(1 << 24) or []
        total = image.width * image.height
    near = sum(
        count
        for count, seen in pixels
        if isinstance(seen, tuple) and max(abs(a - b) for a, b in zip(seen, colour)) < 8  # noqa: B905
    )
    return near > total / 20


def test_one_file_and_nothing_else(photos: Path, tmp_path: Path) -> None:
    before = contents(photos)
    done = photoprep("sheet", photos, "-o", tmp_path / "out.jpg")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "out.jpg: 3 pictures" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jpg", "photos"]
    assert contents(photos) == before
    assert all(is_shown(tmp_path / "out.jpg", colour) for colour in (RED, GREEN, BLUE))
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.format == "JPEG"
        assert max(image.size) <= 944
        assert 72 <= image.info["dpi"][0] <= 100
    assert (tmp_path / "out.jpg").stat().st_size <= 400_000


@pytest.mark.parametrize("layout", ["auto", "grid", "justified", "hero"])
def test_each_layout_shows_every_picture(photos: Path, tmp_path: Path, layout: str) -> None:
    done = photoprep("sheet", photos, "-o", tmp_path / "out.jpg", "--layout", layout)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert all(is_shown(tmp_path / "out.jpg", colour) for colour in (RED, GREEN, BLUE))


def test_a_header_where_one_is_asked_for(photos: Path, tmp_path: Path) -> None:
    sizes = {}
    asked = {
        "none": (),
        "title": ("--title", "Boxes"),
        "customer": ("--customer", "C-17"),
        "date": ("--date", DAY),
    }
    for name, options in asked.items():
        path = tmp_path / f"{name}.jpg"
        options = (*options, "--layout", "grid")
        assert photoprep("sheet", photos, "-o", path, *options).returncode == ExitCode.DONE
        with Image.open(path) as image:
            sizes[name] = image.size
    assert all(sizes[name][1] > sizes["none"][1] for name in ("title", "customer", "date"))


def test_many_pictures_go_over_pages_beside_the_first(tmp_path: Path) -> None:
    for number in range(80):
        colour = (number * 3, 250 - number * 3, 60)
        flat(tmp_path / f"photos/Box X{number:02}.png", colour, (160, 120 + number % 7))
    done = photoprep("sheet", tmp_path / "photos", "-o", tmp_path / "out.jpg")
    assert done.returncode == ExitCode.DONE, done.stderr
    pages = sorted(path.name for path in tmp_path.glob("*.jpg"))
    assert len(pages) > 1
    assert pages == sorted(["out.jpg", *(f"out-{n}.jpg" for n in range(2, len(pages) + 1))])
    told = [int(line.rpartition(": ")[2].split()[0]) for line in done.stdout.splitlines()]
    assert sum(told) == 80
    (tmp_path / "out.jpg").unlink()
    left = contents(tmp_path)
    again = photoprep("sheet", tmp_path / "photos", "-o", tmp_path / "out.jpg")
    assert again.returncode == ExitCode.CANNOT_WRITE  # of out-2.jpg, and nothing is half done
    assert contents(tmp_path) == left


def test_a_file_that_is_there_stays_without_force(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    out.write_bytes(b"mine")
    done = photoprep("sheet", photos, "-o", out)
    assert done.returncode == 73
    assert "--force" in done.stderr
    assert out.read_bytes() == b"mine"
    assert photoprep("sheet", photos, "-o", out, "--force").returncode == ExitCode.DONE
    assert out.read_bytes() != b"mine"


def test_an_original_is_never_written_over(photos: Path, tmp_path: Path) -> None:
    original = photos / "Box X9.jpg"
    flat(original, RED)
    before = hashlib.sha256(original.read_bytes()).hexdigest()
    for place in (original, photos / "../photos/Box X9.jpg"):
        done = photoprep("sheet", photos, "-o", place, "--force")
        assert done.returncode == ExitCode.CANNOT_WRITE
        assert "never touched" in done.stderr
    assert hashlib.sha256(original.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("name", ["nowhere/out.jpg", "folder.jpg"])
def test_a_place_that_cannot_be_written(photos: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.jpg").mkdir()
    done = photoprep("sheet", photos, "-o", tmp_path / name, "--force")
    assert done.returncode == ExitCode.CANNOT_WRITE
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["out.png", "out", "out.jpg.txt"])
def test_a_name_of_no_jpeg_is_a_mistake_in_the_command(
    photos: Path, tmp_path: Path, name: str
) -> None:
    done = photoprep("sheet", photos, "-o", tmp_path / name)
    assert done.returncode == 2
    assert ".jpg" in done.stderr
    assert not (tmp_path / name).exists()


def test_no_pictures_at_all(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/list.txt").write_text("prices", encoding="utf-8")
    done = photoprep("sheet", tmp_path / "photos", "-o", tmp_path / "out.jpg")
    assert done.returncode == 66
    assert not (tmp_path / "out.jpg").exists()


def test_one_bad_picture_is_left_off_and_named(photos: Path, tmp_path: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    done = photoprep("sheet", photos, "-o", tmp_path / "out.jpg")
    assert done.returncode == 1
    assert "broken.jpg is not on it" in done.stdout + done.stderr
    assert "out.jpg: 3 pictures" in done.stdout
    assert all(is_shown(tmp_path / "out.jpg", colour) for colour in (RED, GREEN, BLUE))


def test_bad_pictures_alone_make_no_sheet(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(2):
        (photos / f"broken{number}.jpg").write_bytes(b"\xff\xd8\xff nothing %d" % number)
    done = photoprep("sheet", photos, "-o", tmp_path / "out.jpg")
    assert done.returncode == 65
    assert "broken0.jpg" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.jpg").exists()


def test_one_worker_makes_the_bytes_of_two(photos: Path, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        photoprep("sheet", photos, "-o", tmp_path / f"{jobs}.jpg", "--jobs", jobs)
    assert (tmp_path / "1.jpg").read_bytes() == (tmp_path / "2.jpg").read_bytes()


def test_a_copy_is_left_off_and_said_unless_the_preset_keeps_all(
    photos: Path, tmp_path: Path
) -> None:
    (photos / "Box X7.png").write_bytes((photos / "Box X0.png").read_bytes())
    done = photoprep("sheet", photos, "-o", tmp_path / "out.jpg")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "out.jpg: 3 pictures" in done.stdout
    assert "Box X7.png: It is the same file as Box X0.png" in done.stderr
    preset = tmp_path / "all.toml"
    preset.write_text(
        'schema = 1\nextends = "trade-email"\n[photo]\nduplicates = "keep-all"\n', encoding="utf-8"
    )
    done = photoprep("sheet", photos, "-o", tmp_path / "all.jpg", "--preset", preset)
    assert "all.jpg: 4 pictures" in done.stdout
    assert "same file" not in done.stderr
