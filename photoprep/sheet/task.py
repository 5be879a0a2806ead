"""The room's door: pictures and pages go in, working copies and finished sheets come out.

The parent process knows these types and nothing else of the room that draws. A sheet is made in
two strides, and layout comes between them, because only a trimmed picture knows its size:
``copy_picture`` for each picture, on any worker, then ``make_sheet`` for each page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from photoprep.errors import PhotoError, PresetError, UnsupportedFormatError
from photoprep.files import FileStamp
from photoprep.members import Member
from photoprep.outcome import Note
from photoprep.photo import task as photo_task
from photoprep.photo.task import EncodedJpeg, LookTask, MadePhoto, PhotoTask
from photoprep.preset import PhotoSpec
from photoprep.sheet.dress import Dress
from photoprep.sheet.page import Box, Page
from photoprep.sheet.words import MeasuredWords, Words

if TYPE_CHECKING:
    from PIL import Image

    from photoprep.sheet.typist import Typist

# Part of what makes a sheet what it is: raised whenever equal input would give other bytes.
RECIPE_NUMBER = 2

# A copy has twice the pixels of its cell each way: Lanczos from there is Lanczos from the original
# to a tenth of a level in the mean.
_COPY_PER_CELL = 2
# The largest share of a page that a cell takes beside the mean of them, as in a hero among views.
_CELL_OVER_MEAN = 2


class Draws(Protocol):
    """Whoever sets the type of a sheet."""

    def draw(
        self,
        image: Image.Image,
        caption: Any,
        box: Box,
        size_px: int,
        colour: str,
    ) -> None:
        """Draw a caption within its box and nowhere else; of what type it is, the caller knows."""


@dataclass(frozen=True, slots=True)
class CopyBounds:
    """What a working copy has at most: pixels along a side, and pixels in all."""

    longest_px: int
    most_px: int


@dataclass(frozen=True, slots=True)
class CopyTask:
    """One picture of which working copies are to be made: one for each sheet that shows it.

    ``path``, ``stamp``, ``member`` and ``unpacking_folder`` as for ``photo.task.PhotoTask``; of
    ``spec`` the background, the intent and ``accept_damaged`` count. There is a copy for each of
    ``bounds`` (see ``copy_bounds``), so that what a sheet is made of does not depend on the others.
    Copies lie in ``folder``, under names of their own that whoever gave the folder removes, or in
    memory.
    """

    path: Path
    stamp: FileStamp
    spec: PhotoSpec
    bounds: tuple[CopyBounds, ...]
    is_trimmed: bool = True
    folder: Path | None = None
    member: Member | None = None
    unpacking_folder: Path | None = None

    @property
    def look(self) -> LookTask:
        """The same picture as the photo room takes it."""
        return LookTask(self.path, self.stamp, self.spec, self.member, self.unpacking_folder)


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """One picture, decoded once: trimmed, upright, in sRGB over the page's background.

    ``pixels`` are rows of red, green and blue, or the file that has them. ``size_px`` is the copy's
    size; ``trimmed_px`` is what was kept of the original, in its own pixels, upright, and
    ``full_size_px`` the whole of it. ``product_permille`` is the share of the kept part that is
    product and not ground, ``scale.UNTOLD`` where that cannot be told.
    """

    pixels: bytes | Path
    size_px: tuple[int, int]
    trimmed_px: Box
    full_size_px: tuple[int, int]
    product_permille: int
    source_sha256: str
    notes: tuple[Note, ...] = ()

    @property
    def item_size_px(self) -> tuple[int, int]:
        """The size for the layout: that of the kept part at the original's resolution."""
        return self.trimmed_px.width_px, self.trimmed_px.height_px


@dataclass(frozen=True, slots=True)
class Copies:
    """The working copies of one picture, by what bounds them."""

    of: dict[CopyBounds, WorkingCopy]


@dataclass(frozen=True, slots=True)
class PhotoAndCopiesTask:
    """One picture to be prepared as a photo and copied for sheets: it is decoded once for both."""

    photo: PhotoTask
    copies: CopyTask


@dataclass(frozen=True, slots=True)
class PhotoAndCopies:
    """The photo and the copies; ``copies`` is why there are none where they could not be made."""

    photo: MadePhoto
    copies: Copies | PhotoError


@dataclass(frozen=True, slots=True)
class StyledText:
    """Words where they stand, in which size and colour; the caller has seen that they fit.

    ``caption`` is what the sheet's ``Draws`` takes.
    """

    caption: Any
    box: Box
    size_px: int
    colour: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of the sender's, shown whole within its box at the right of it."""

    copy: WorkingCopy
    box: Box


@dataclass(frozen=True, slots=True)
class SheetTask:
    """One page to be made.

    ``copies`` are the pictures that the page's cells have as their ``index``. ``texts`` are all
    words on the page: captions, header, marks, the page's number; ``lines`` are thin lines. The
    JPEG has at most ``spec.max_bytes``; where it comes to less than ``least_quality`` (0–100), that
    is too small a budget.
    """

    page: Page
    copies: Mapping[int, WorkingCopy]
    texts: tuple[StyledText, ...]
    spec: PhotoSpec
    lines: tuple[Box, ...] = ()
    logo: Logo | None = None
    dress: Dress = field(default_factory=Dress)
    least_quality: int | None = None

    @property
    def quality_floor(self) -> int:
        """The least quality: ``spec.good_quality`` where nothing else was said."""
        return self.spec.good_quality if self.least_quality is None else self.least_quality


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """One finished page: its JPEG, and the pictures' places in it by their index.

    ``thumbnail`` is a JPEG of it (see ``photo.thumbnail``).
    """

    jpeg: EncodedJpeg
    cells: tuple[tuple[int, Box], ...]
    thumbnail: bytes = b""


def copy_bounds(pictures: int, longest_px: int) -> CopyBounds:
    """What a copy needs at most, for so many pictures on one page of this longest side.

    Twice what its cell has, each way: the cell has at most a page's longest side, and of the page's
    area no more than twice an equal share. All copies of a page together then have at most eight
    times its pixels, however many they are.
    """
    largest_cell_px = min(longest_px**2, _CELL_OVER_MEAN * longest_px**2 // max(1, pictures))
    return CopyBounds(_COPY_PER_CELL * longest_px, _COPY_PER_CELL**2 * largest_cell_px)


def too_small_copies(page: Page, copies: Mapping[int, WorkingCopy]) -> tuple[int, ...]:
    """The pictures whose copies have less than twice their cell's pixels each way.

    Only where the original has more: those are to be copied anew, with larger bounds.
    """
    return tuple(
        cell.index
        for cell in page.cells
        if cell.index in copies and _is_too_small(copies[cell.index], cell.picture)
    )


def _is_too_small(copy: WorkingCopy, box: Box) -> bool:
    wanted = min(_COPY_PER_CELL * box.width_px, copy.trimmed_px.width_px)
    return copy.size_px[0] < wanted - 1  # a pixel goes to rounding


@dataclass(frozen=True, slots=True)
class WordsTask:
    """The words of a sheet, to be measured for captions of ``size_px``."""

    words: Words
    size_px: int
    longest_px: int


@dataclass(frozen=True, slots=True)
class PageTask:
    """One page to be made, and all words of its sheet."""

    sheet: SheetTask
    words: Words


SheetWork = CopyTask | PhotoAndCopiesTask | WordsTask | PageTask
Task = photo_task.Task | SheetWork
Result = photo_task.Result | Copies | PhotoAndCopies | MeasuredWords | MadeSheet


def work_on(task: Task) -> Result:
    """Do what a task asks for, of a sheet or not; for the crew that does both."""
    match task:
        case CopyTask():
            return copy_picture(task)
        case PhotoAndCopiesTask():
            return photo_and_copies(task)
        case WordsTask():
            return _typist(task.words).measured(task.words, task.size_px, task.longest_px)
        case PageTask():
            return make_sheet(task.sheet, _typist(task.words))
        case _:
            return photo_task.work_on(task)


def _typist(words: Words) -> Typist:
    from photoprep.sheet.typist import Typist

    try:
        return Typist(words)
    except PresetError as error:  # a font's file: it costs this sheet and nothing else
        raise UnsupportedFormatError(error.message, hint=error.hint, path=error.path) from error


def copy_picture(task: CopyTask) -> Copies:
    """Make one picture's working copies; see ``copies.copy_picture``, which raises the same."""
    from photoprep.sheet.copies import copy_picture

    return copy_picture(task)


def photo_and_copies(task: PhotoAndCopiesTask) -> PhotoAndCopies:
    """Make a photo and the working copies; see ``copies``, which raises the same."""
    from photoprep.sheet.copies import photo_and_copies

    return photo_and_copies(task)


def make_sheet(task: SheetTask, draws: Draws) -> MadeSheet:
    """Make one page; see ``make.make_sheet``, which raises the same."""
    from photoprep.sheet.make import make_sheet

    return make_sheet(task, draws)
