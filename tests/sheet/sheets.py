"""What tests of sheets share: drawn products, a plain layout, and somebody who sets type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from photoprep.files import FileStamp
from photoprep.preset import PhotoSpec
from photoprep.preset_file import load_preset
from photoprep.sheet.copies import copy_picture
from photoprep.sheet.dress import Dress
from photoprep.sheet.page import Box, Cell, Page
from photoprep.sheet.task import CopyTask, StyledText, WorkingCopy, copy_bounds
from photoprep.units import scaled_size_px

LONGEST_PX = 944


def sheet_spec(max_bytes: int = 400_000) -> PhotoSpec:
    return replace(load_preset().photo, max_bytes=max_bytes)


@dataclass(frozen=True)
class PlainType:
    """Sets type with Pillow's own font, from the box's top left corner."""

    def draw(self, image: Image.Image, caption: str, box: Box, size_px: int, colour: str) -> None:
        words = Image.new("L", (box.width_px, box.height_px))
        font = ImageFont.load_default(size_px)
        ImageDraw.Draw(words).text((0, 0), caption, fill=255, font=font)
        image.paste(colour, (box.x_px, box.y_px), words)


def copy_tasks(
    paths: Iterable[Path], *, spec: PhotoSpec | None = None, folder: Path | None = None
) -> list[CopyTask]:
    paths = list(paths)
    bounds = copy_bounds(len(paths), LONGEST_PX)
    return [
        CopyTask(path, FileStamp.of(path), spec or sheet_spec(), (bounds,), folder=folder)
        for path in paths
    ]


def copy_of(task: CopyTask) -> WorkingCopy:
    (copy,) = copy_picture(task).of.values()
    return copy


def copies_of(tasks: Iterable[CopyTask]) -> dict[int, WorkingCopy]:
    return {index: copy_of(task) for index, task in enumerate(tasks)}


def grid(
    copies: Mapping[int, WorkingCopy], *, header_px: int = 0, caption_px: int = 18
) -> tuple[Page, tuple[StyledText, ...]]:
    """Equal cells, pictures whole in their middle; captions tell the numbers."""
    dress = Dress()
    columns = ceil(sqrt(len(copies) * 1.2))
    rows = ceil(len(copies) / columns)
    width = (LONGEST_PX - 2 * dress.margin_px + dress.gutter_px) // columns - dress.gutter_px
    room = LONGEST_PX - 2 * dress.margin_px - header_px + dress.gutter_px
    height = min(width, room // rows - dress.gutter_px - caption_px)
    cells, texts = [], []
    for place, (index, copy) in enumerate(copies.items()):
        x = dress.margin_px + place % columns * (width + dress.gutter_px)
        y = dress.margin_px + header_px
        y += place // columns * (height + caption_px + dress.gutter_px)
        wide, high = copy.item_size_px
        share = min(1.0, width / wide, height / high)
        size = max(1, round(wide * share)), max(1, round(high * share))
        picture = Box(x + (width - size[0]) // 2, y + (height - size[1]) // 2, *size)
        caption = Box(x, y + height, width, caption_px)
        cells.append(Cell(index, picture, caption))
        if caption_px:
            texts.append(
                StyledText(f"Product {index + 1}", caption, dress.caption_type_px, dress.text)
            )
    bottom = dress.margin_px + header_px + rows * (height + caption_px + dress.gutter_px)
    return Page(LONGEST_PX, bottom, tuple(cells), ()), tuple(texts)


def product(
    size_px: tuple[int, int],
    box: tuple[int, int, int, int],
    *,
    ground: str = "white",
    shadow: bool = True,
) -> Image.Image:
    """A red box with a label before a ground, with a soft shadow at its right and below."""
    picture = Image.new("RGB", size_px, ground)
    if shadow:
        dark = Image.new("L", size_px)
        ImageDraw.Draw(dark).rectangle([box[0] + 12, box[1] + 12, box[2] + 12, box[3] + 12], 90)
        picture.paste((0, 0, 0), mask=dark.filter(ImageFilter.GaussianBlur(12)))
    pen = ImageDraw.Draw(picture)
    pen.rectangle([box[0], box[1], box[2] - 1, box[3] - 1], fill=(170, 40, 45))
    third = (box[2] - box[0]) // 3
    pen.rectangle([box[0] + third, box[1] + 20, box[2] - third, box[3] - 20], fill="white")
    return picture


def falling_light(size_px: tuple[int, int]) -> Image.Image:
    """A grey ground that is 205 in the middle and 20 levels darker in the corners."""
    width, height = size_px
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    levels = 205 - 10 * (down**2 + across**2) + 4 * across
    return Image.fromarray(np.repeat(levels[..., None], 3, axis=-1).round().astype(np.uint8))


def real_products(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "products").glob("*/*") if path.is_file())


def shown_px(copy: WorkingCopy, longest_px: int) -> tuple[int, int]:
    return scaled_size_px(copy.item_size_px, longest_px)
