"""What tests of captions share: fonts of this machine, drawing on a marked page, ink."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photoprep.sheet.caption_text import Caption, Styled
from photoprep.sheet.captions import TypeSetter
from photoprep.sheet.cleaning import clean
from photoprep.sheet.font_folders import font_folders
from photoprep.sheet.fonts import Fonts

NO_FOLDERS: tuple[Path, ...] = ()  # nothing but the shipped font


@dataclass(frozen=True)
class Box:
    """A place on a page."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


def caption(title: str, *notes: str) -> Caption:
    return Caption((Styled(title, "title"), *(Styled(note, "note") for note in notes)))


def need(text: str) -> None:
    """Skip the test where no font of this machine has the text."""
    missing = Fonts(folders=font_folders()).missing(clean(text))
    if missing:
        pytest.skip(f"no font on this machine has {missing!r}")


def drawn(
    setter: TypeSetter, words: Caption, width_px: int, size_px: int
) -> tuple[Box, np.ndarray]:
    """A caption drawn in a box of its height on a wide page, and the page's darkness."""
    height = setter.height_px(words, width_px, size_px)
    box = Box(60, 60, width_px, height)
    image = Image.new("RGB", (width_px + 120, height + 120), "white")
    setter.draw(image, words, box, size_px, "#000000")
    return box, 255 - np.asarray(image.convert("L")).astype(int)


def ink_outside(box: Box, ink: np.ndarray) -> int:
    """The darkness outside a box."""
    within = ink[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px]
    return int(ink.sum() - within.sum())


def letters(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def along_the_line(ink: np.ndarray) -> list[float]:
    """The darkness of a line in twelfths of its length, in hundredths of all."""
    columns = np.flatnonzero(ink.any(axis=0))
    line = ink[:, columns[0] : columns[-1] + 1].sum(axis=0)
    return [100 * float(part.sum() / line.sum()) for part in np.array_split(line, 12)]
