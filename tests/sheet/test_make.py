"""Whole pages within their bytes: crisp words, the same bytes again, or a typed refusal."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from photoprep.errors import TooSmallABudgetError
from photoprep.photo.decode import set_up_decoders
from photoprep.sheet.compose import compose
from photoprep.sheet.page import Box, Page
from photoprep.sheet.task import SheetTask, StyledText, make_sheet
from tests.sheet.sheets import PlainType, copies_of, copy_tasks, grid, real_products, sheet_spec


@pytest.fixture(scope="module", autouse=True)
def _decoders() -> None:
    set_up_decoders()


def sheet_of(paths: list[Path], max_bytes: int = 400_000) -> SheetTask:
    copies = copies_of(copy_tasks(paths))
    page, texts = grid(copies)
    return SheetTask(page, copies, texts, sheet_spec(max_bytes))


def many(folder: Path, count: int) -> list[Path]:
    paths = real_products(folder)
    return [paths[number * 7 % len(paths)] for number in range(count)]


@pytest.mark.parametrize("count", [2, 12, 40])
def test_a_page_is_within_its_bytes_and_good(count: int, real_photos: Path) -> None:
    task = sheet_of(many(real_photos, count))
    made = make_sheet(task, PlainType())
    jpeg = made.jpeg
    assert len(jpeg.data) <= 400_000
    assert jpeg.quality >= 85
    assert jpeg.chroma_subsampling == "4:4:4"
    image = Image.open(io.BytesIO(jpeg.data))
    assert image.size == (task.page.width_px, task.page.height_px)
    assert image.info["dpi"] == (100, 100)
    assert JpegImagePlugin.get_sampling(image) == 0
    assert [index for index, _box in made.cells] == list(range(count))
    assert made.cells[0][1] == task.page.cells[0].picture
    small = Image.open(io.BytesIO(made.thumbnail))
    assert max(small.size) == 256
    assert abs(small.width * image.height - small.height * image.width) < 944
    assert len(made.thumbnail) <= 10_000


def test_the_same_task_gives_the_same_bytes_in_memory_and_from_a_folder(
    real_photos: Path, tmp_path: Path
) -> None:
    paths = many(real_photos, 4)
    task = sheet_of(paths)
    there = copies_of(copy_tasks(paths, folder=tmp_path))
    first = make_sheet(task, PlainType())
    assert make_sheet(replace(task, copies=there), PlainType()) == first
    assert make_sheet(pickle.loads(pickle.dumps(task)), PlainType()) == first  # noqa: S301


def test_a_smaller_page_says_the_density_that_it_has(real_photos: Path) -> None:
    task = sheet_of(many(real_photos, 2))
    page = Page(680, 600, (replace(task.page.cells[0], picture=Box(20, 20, 300, 400)),), ())
    assert make_sheet(replace(task, page=page), PlainType()).jpeg.dpi == 72


def test_coloured_words_and_thin_lines_stay_crisp_at_a_binding_budget(real_photos: Path) -> None:
    task = sheet_of(many(real_photos, 12), 70_000)
    red = "#c00000"
    box, line = Box(300, 2, 300, 17), Box(20, 19, 900, 1)
    task = replace(
        task,
        texts=(*task.texts, StyledText("not included: on request", box, 13, red)),
        lines=(line,),
        dress=replace(task.dress, line=red),
    )
    made = make_sheet(replace(task, least_quality=0), PlainType())
    assert 68_000 < len(made.jpeg.data) <= 70_000
    drawn = np.asarray(compose(task, PlainType())).astype(float)
    sent = np.asarray(Image.open(io.BytesIO(made.jpeg.data)).convert("RGB")).astype(float)
    words = np.s_[box.y_px : box.bottom_px, box.x_px : box.right_px]
    # At 4:2:0 the words are off by 7 levels, and of the line's 192 levels of red 88 are left.
    assert np.abs(drawn[words] - sent[words]).mean() < 5
    shown = sent[line.y_px, line.x_px : line.right_px]
    assert (shown[:, 0] - shown[:, 1]).mean() > 170


def test_too_small_a_budget_is_told_and_not_turned_to_mud(real_photos: Path) -> None:
    task = sheet_of(many(real_photos, 12), 40_000)
    with pytest.raises(TooSmallABudgetError, match=r"12 pictures .* 40 kB") as caught:
        make_sheet(task, PlainType())
    assert 0 < caught.value.quality < task.spec.good_quality
    assert pickle.loads(pickle.dumps(caught.value)).quality == caught.value.quality  # noqa: S301
    lenient = replace(task, least_quality=20)
    assert len(make_sheet(lenient, PlainType()).jpeg.data) <= 40_000
    with pytest.raises(TooSmallABudgetError) as caught:
        make_sheet(replace(task, spec=sheet_spec(2_000)), PlainType())
    assert caught.value.smallest_bytes > 2_000
