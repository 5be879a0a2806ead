"""The last stride: a page is composed and fitted into its bytes."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from photoprep.errors import CannotFitError, TooSmallABudgetError
from photoprep.language import say, say_number
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.thumbnail import thumbnail_of
from photoprep.preset import PhotoSpec
from photoprep.sheet.compose import compose
from photoprep.sheet.page import Page
from photoprep.sheet.task import Draws, MadeSheet, SheetTask
from photoprep.units import density_dpi, say_bytes


def make_sheet(task: SheetTask, draws: Draws) -> MadeSheet:
    """Make one page as it was laid out, at that very size, in at most ``task.spec.max_bytes``.

    The chroma is kept whole (4:4:4): at 4:2:0 coloured words and thin red lines fray. A page is
    never scaled, because its words are drawn at their final size.

    Raises:
        TooSmallABudgetError: the page does not come within its bytes with ``task.quality_floor``.
        SourceUnreadableError: a copy's file is gone.

    """
    page = task.page
    image = compose(task, draws)

    def render(_size_px: tuple[int, int]) -> Image.Image:
        return image

    try:
        jpeg = fit_jpeg(
            render,
            (page.width_px, page.height_px),
            at_one_size(task.spec, page),
            icc_profile=srgb_profile() if task.spec.colour_profile == "srgb" else b"",
            whole_chroma=True,
        )
    except CannotFitError as error:
        raise _too_small(task, error.smallest_bytes, 0.0) from error
    if jpeg.quality < task.quality_floor:
        raise _too_small(task, len(jpeg.data), jpeg.quality)
    cells = tuple((cell.index, cell.picture) for cell in page.cells)
    return MadeSheet(jpeg, cells, thumbnail_of(image))


def at_one_size(spec: PhotoSpec, page: Page) -> PhotoSpec:
    """The limits for a page: at the density that its size has, and at no smaller one."""
    longest_px = max(page.width_px, page.height_px)
    dpi = density_dpi(longest_px, spec.longest_side_cm, dpi_min=spec.dpi_min, dpi_max=spec.dpi_max)
    return replace(spec, dpi_max=dpi, dpi_min=dpi)


def _too_small(task: SheetTask, smallest_bytes: int, quality: float) -> TooSmallABudgetError:
    return TooSmallABudgetError(
        say_number(
            len(task.page.cells),
            "A sheet of {count} picture cannot be brought within {size} without being spoiled.",
            "A sheet of {count} pictures cannot be brought within {size} without being spoiled.",
            size=say_bytes(task.spec.max_bytes),
        ),
        smallest_bytes=smallest_bytes,
        quality=quality,
        hint=say("Raise max_bytes under [sheet] in the preset, or put fewer pictures on a sheet."),
    )
