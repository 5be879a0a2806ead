"""What is drawn on a page: each picture in its own box, from one decode, and nothing beside it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from PIL import Image, ImageChops

from photoprep.errors import DamagedPhotoError, SourceChangedError, SourceUnreadableError
from photoprep.photo import decode as decoding
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.libvips import to_lab
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.resize import upright_at
from photoprep.sheet.compose import compose
from photoprep.sheet.copies import copy_picture
from photoprep.sheet.dress import Dress
from photoprep.sheet.page import Box, Cell, Page
from photoprep.sheet.task import (
    CopyBounds,
    Logo,
    SheetTask,
    StyledText,
    copy_bounds,
    too_small_copies,
)
from tests.sheet.sheets import (
    LONGEST_PX,
    PlainType,
    copies_of,
    copy_of,
    copy_tasks,
    grid,
    product,
    real_products,
    sheet_spec,
)


@pytest.fixture(scope="module", autouse=True)
def _decoders() -> None:
    set_up_decoders()


def delta_e(one: Image.Image, other: Image.Image) -> np.ndarray:
    """The distances of two pictures' pixels in CIELAB (1976)."""
    labs = [
        to_lab(np.asarray(image).astype(np.uint16) * 257, "RGB", srgb_profile(), "relative")
        for image in (one, other)
    ]
    return np.asarray(np.linalg.norm(labs[0].astype(float) - labs[1].astype(float), axis=-1))


def corners(box: Box) -> tuple[int, int, int, int]:
    return box.x_px, box.y_px, box.right_px, box.bottom_px


def whole(paths: list[Path]) -> list:  # type: ignore[type-arg]
    return [replace(task, is_trimmed=False) for task in copy_tasks(paths)]


def test_each_cell_shows_what_the_photo_room_would_make_of_its_picture(real_photos: Path) -> None:
    names = ("camera/flower.jpg", "camera/heic-iphone7.heic", "colour/test_icc_prophoto.jpg")
    paths = [real_photos / name for name in names] + real_products(real_photos)[:3]
    copies = copies_of(whole(paths))
    page, texts = grid(copies)
    assert too_small_copies(page, copies) == ()
    image = compose(SheetTask(page, copies, texts, sheet_spec()), PlainType())
    for cell in page.cells:
        decoded = decode(paths[cell.index])
        plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
        size = cell.picture.width_px, cell.picture.height_px
        spec = sheet_spec()
        direct = to_srgb(upright_at(decoded, size, deep=not plan.is_srgb), plan, spec.background)
        off = delta_e(image.crop(corners(cell.picture)), direct)
        assert off.mean() < 0.5, paths[cell.index].name
        assert np.quantile(off, 0.99) < 4, paths[cell.index].name


def test_nothing_is_drawn_outside_the_boxes(tmp_path: Path) -> None:
    paths = []
    for number in range(5):
        paths.append(tmp_path / f"{number}.png")
        Image.effect_noise((300 + 40 * number, 300), 80).convert("RGB").save(paths[-1])
    copies = copies_of(whole(paths))
    page, texts = grid(copies)
    image = compose(SheetTask(page, copies, texts, sheet_spec()), PlainType())
    rest = image.copy()
    for box in [cell.picture for cell in page.cells] + [text.box for text in texts]:
        assert image.crop(corners(box)).getcolors(1) is None  # something is in it
        rest.paste("white", corners(box))
    assert rest.getcolors(1) == [(page.width_px * page.height_px, (255, 255, 255))]


def test_a_picture_is_never_enlarged_nor_distorted(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    product((120, 90), (30, 20, 90, 70)).save(path)
    copies = copies_of(whole([path]))
    page = Page(600, 400, (Cell(0, Box(50, 40, 500, 300), Box(0, 0, 0, 0)),), ())
    image = compose(SheetTask(page, copies, (), sheet_spec()), PlainType())
    shown = image.crop((50 + 190, 40 + 105, 50 + 190 + 120, 40 + 105 + 90))
    assert ImageChops.difference(shown, Image.open(path)).getbbox() is None


def test_words_lines_and_logo_stand_where_they_should(tmp_path: Path) -> None:
    logo_path, path = tmp_path / "logo.png", tmp_path / "dark.png"
    logo = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    logo.paste((0, 90, 160, 255), (100, 150, 300, 250))
    logo.save(logo_path)
    Image.new("RGB", (400, 300), "#303030").save(path)
    copies = copies_of(whole([path]))
    dress = Dress()
    mark = StyledText("not included", Box(100, 300, 90, 22), 12, dress.mark_text)
    page = Page(600, 420, (Cell(0, Box(100, 100, 400, 300), Box(0, 0, 0, 0)),), ())
    box = Box(400, 20, 160, 36)
    task = SheetTask(
        page,
        copies,
        (mark,),
        sheet_spec(),
        lines=(Box(20, 70, 560, 1),),
        logo=Logo(copy_of(copy_tasks([logo_path])[0]), box),
    )
    image = compose(task, PlainType())
    assert image.getpixel((300, 70)) == (208, 208, 208)
    assert image.getpixel((300, 71)) == (255, 255, 255)
    reds = np.asarray(image.crop(corners(mark.box))).astype(int)
    assert (reds[..., 0] - reds[..., 1]).max() > 100
    # Trimmed to its own 200 × 100 px, scaled into 72 × 36, at the right.
    assert image.crop((400, 20, 484, 56)).getcolors(1) == [(84 * 36, (255, 255, 255))]
    assert image.getpixel((520, 38)) == (0, 90, 160)


def test_every_original_is_decoded_once(tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.jpg")
        product((900, 700), (200, 150, 500, 450 + number)).save(paths[-1])
    decoded: list[Path] = []

    def spy(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is decoding.decode.__code__:
            decoded.append(frame.f_locals["path"])

    sys.setprofile(spy)
    try:
        copies = copies_of(copy_tasks(paths))
        page, texts = grid(copies)
        compose(SheetTask(page, copies, texts, sheet_spec()), PlainType())
        compose(SheetTask(page, copies, texts, sheet_spec()), PlainType())
    finally:
        sys.setprofile(None)
    assert decoded == paths


def test_a_copy_in_a_folder_is_the_copy_in_memory(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.png", tmp_path / "copies"
    folder.mkdir()
    product((900, 700), (200, 150, 500, 450)).save(path)
    here, there = (copy_of(copy_tasks([path], folder=where)[0]) for where in (None, folder))
    assert isinstance(there.pixels, Path)
    assert there.pixels.parent == folder
    assert there.pixels.read_bytes() == here.pixels
    assert replace(there, pixels=here.pixels) == here
    there.pixels.write_bytes(b"cut short")
    copies = {0: there}
    page, texts = grid(copies)
    with pytest.raises(SourceUnreadableError):
        compose(SheetTask(page, copies, texts, sheet_spec()), PlainType())


def test_copies_are_bounded_together_and_no_smaller_than_twice_their_cells(
    tmp_path: Path,
) -> None:
    for count in (1, 2, 12, 40, 500):
        assert count * copy_bounds(count, LONGEST_PX).most_px <= 8 * LONGEST_PX**2
    path = tmp_path / "large.png"
    Image.effect_noise((2400, 1800), 50).convert("RGB").save(path)
    tasks = whole([path] * 12)
    copies = copies_of(tasks)
    page, _texts = grid(copies)
    for cell in page.cells:
        assert copies[cell.index].size_px[0] >= 2 * cell.picture.width_px
    assert too_small_copies(page, copies) == ()
    few = copy_of(replace(tasks[0], bounds=(CopyBounds(LONGEST_PX, 40_000),)))
    assert too_small_copies(page, copies | {3: few}) == (3,)


def test_a_bad_picture_is_left_off_with_its_reason(tmp_path: Path) -> None:
    good, bad, moved = tmp_path / "a.png", tmp_path / "b.jpg", tmp_path / "c.png"
    for path in (good, moved):
        product((300, 200), (100, 60, 200, 140)).save(path)
    bad.write_bytes(b"\xff\xd8 no picture")
    tasks = copy_tasks([good, bad, moved])
    moved.write_bytes(good.read_bytes() + b"more")
    copy_picture(tasks[0])
    for task, kind in zip(tasks[1:], (DamagedPhotoError, SourceChangedError), strict=True):
        with pytest.raises(kind) as caught:
            copy_picture(task)
        assert caught.value.path == task.path
