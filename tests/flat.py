"""Pictures of one flat colour each: on a sheet it can be seen which one stands where."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from PIL import Image, ImageStat

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 160, 30), (30, 30, 200), (200, 200, 30)
CYAN, PURPLE = (30, 200, 200), (160, 30, 160)
Colour = tuple[int, int, int]
# JPEG at the least quality of a sheet moves the mean of a flat picture's colour by less.
MOST_LEVELS = 6


def flat(path: Path, colour: Colour, size: tuple[int, int] = (300, 200)) -> Path:
    """A picture of one colour, in the format of its extension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def long_ago(folder: Path) -> None:
    """Date back all files in a folder, so that one look at them tells that they are unchanged."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000))


def two_products(folder: Path) -> dict[str, Colour]:
    """A toolbox of four views and a lamp of two, by their names in the folder."""
    pictures = {
        "Lamp L2/closed.png": PURPLE,
        "Lamp L2/open.png": CYAN,
        "Toolbox X100/back.png": BLUE,
        "Toolbox X100/closed.png": GREEN,
        "Toolbox X100/not included strap.png": YELLOW,
        "Toolbox X100/open.png": RED,
    }
    for name, colour in pictures.items():
        flat(folder / name, colour)
    long_ago(folder)
    return pictures


def check_cells(
    sheet: Mapping[str, Any], page: Path, colours: Mapping[str, Colour] | None = None
) -> None:
    """Check that the cells of a row of report.json lie on the page, apart, and show their pictures.

    ``page`` is the sheet's file; ``colours`` are those of flat pictures by their names.
    """
    cells: list[Mapping[str, Any]] = sheet["cells"]
    boxes = [_box(cell) for cell in cells]
    with Image.open(page) as image:
        image.load()
        assert image.size == (sheet["width_px"], sheet["height_px"])
        assert image.info["dpi"] == (sheet["dpi"], sheet["dpi"])
        assert image.info["jfif_unit"] == 1
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= image.width
            assert 0 <= top < bottom <= image.height
        for cell, box in zip(cells, boxes, strict=True):
            if colours is not None:
                mean = ImageStat.Stat(image.convert("RGB").crop(box)).mean
                wanted = colours[cell["source"]]
                apart = max(abs(got - want) for got, want in zip(mean, wanted, strict=True))
                assert apart < MOST_LEVELS, (cell, mean, wanted)
    for one, other in combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across <= 0 or down <= 0, (one, other)


def _box(cell: Mapping[str, Any]) -> tuple[int, int, int, int]:
    left, top = cell["x_px"], cell["y_px"]
    return left, top, left + cell["width_px"], top + cell["height_px"]


def sources(sheet: Mapping[str, Any]) -> list[str]:
    """The pictures on a sheet, in their order."""
    return [cell["source"] for cell in sheet["cells"]]


def codes(findings: Iterable[Mapping[str, Any]]) -> set[str]:
    """The codes of findings of report.json."""
    return {finding["code"] for finding in findings}
