"""A page and its working copies become one picture, each thing drawn once and at its final size."""

from __future__ import annotations

from PIL import Image, ImageDraw

from photoprep.photo.resize import scaled
from photoprep.sheet.copies import opened
from photoprep.sheet.page import Box
from photoprep.sheet.task import Draws, Logo, SheetTask, WorkingCopy


def compose(task: SheetTask, draws: Draws) -> Image.Image:
    """The page as a picture in mode RGB, in sRGB.

    Pictures are scaled from their copies by the photo room's own Lanczos, one at a time, so that
    memory holds the page and one copy. Words come last and lie on top.

    Raises:
        SourceUnreadableError: a copy's file is gone.

    """
    page, dress = task.page, task.dress
    image = Image.new("RGB", (page.width_px, page.height_px), dress.background)
    for cell in page.cells:
        copy = task.copies[cell.index]
        image.paste(*_fitted(copy, cell.picture, across=0.5))
    if task.logo is not None:
        _paste_logo(image, task.logo)
    pen = ImageDraw.Draw(image)
    for line in task.lines:
        pen.rectangle(_corners(line), fill=dress.line)
    for text in task.texts:
        draws.draw(image, text.caption, text.box, text.size_px, text.colour)
    return image


def _paste_logo(image: Image.Image, logo: Logo) -> None:
    image.paste(*_fitted(logo.copy, logo.box, across=1.0))


def _fitted(copy: WorkingCopy, box: Box, across: float) -> tuple[Image.Image, tuple[int, int]]:
    """The picture whole within its box, never enlarged, and where its corner stands.

    It fills a box of its own shape to the pixel; in another, what is over lies before it by
    ``across`` and, down, by a half.
    """
    wide, high = copy.item_size_px
    share = min(1.0, box.width_px / wide, box.height_px / high)
    size_px = _near(wide * share, box.width_px), _near(high * share, box.height_px)
    left = box.x_px + round((box.width_px - size_px[0]) * across)
    top = box.y_px + (box.height_px - size_px[1]) // 2
    return scaled(opened(copy), size_px), (left, top)


def _near(side: float, box_px: int) -> int:
    """A side in whole pixels: the box's, where less than one lies between them."""
    return box_px if abs(side - box_px) < 1 else max(1, round(side))


def _corners(box: Box) -> tuple[int, int, int, int]:
    """As Pillow takes a rectangle: its last column and row are within."""
    return box.x_px, box.y_px, box.right_px - 1, box.bottom_px - 1
