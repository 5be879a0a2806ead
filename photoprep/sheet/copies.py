"""Working copies: each original is decoded once, and all that a sheet does is done with the copy.

Decoding, colours and scaling are the photo room's own. A copy is lossless: plain rows of red, green
and blue, which need no packing and are no second generation of JPEG.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from math import sqrt
from pathlib import Path

from PIL import Image

from photoprep.errors import PhotoError
from photoprep.files import unreadable
from photoprep.photo.colour import ColourPlan, plan_colours, to_srgb
from photoprep.photo.decode import QUARTER_TURNS, DecodedPhoto, decode
from photoprep.photo.deep import DeepPicture
from photoprep.photo.make import make_photo
from photoprep.photo.resize import upright_at
from photoprep.photo.source import COPY_PREFIX, held, no_room
from photoprep.preset import PhotoSpec
from photoprep.sheet.page import Box
from photoprep.sheet.scale import UNTOLD
from photoprep.sheet.task import (
    Copies,
    CopyBounds,
    CopyTask,
    PhotoAndCopies,
    PhotoAndCopiesTask,
    WorkingCopy,
)
from photoprep.sheet.trim import LOOK_PX, Trimmed, trimmed
from photoprep.units import scaled_size_px

# Which of a stored picture's axes (across, down) a turn reverses; quarter turns swap them as well.
_REVERSED = {
    None: (False, False),
    Image.Transpose.FLIP_LEFT_RIGHT: (True, False),
    Image.Transpose.ROTATE_180: (True, True),
    Image.Transpose.FLIP_TOP_BOTTOM: (False, True),
    Image.Transpose.TRANSPOSE: (False, False),
    Image.Transpose.ROTATE_270: (False, True),
    Image.Transpose.TRANSVERSE: (True, True),
    Image.Transpose.ROTATE_90: (True, False),
}


def photo_and_copies(task: PhotoAndCopiesTask) -> PhotoAndCopies:
    """Make one photo, and of the same decoded picture the working copies.

    Raises:
        PhotoError: the photo cannot be made, as ``photo.make.make_photo`` says; then there are no
            copies either.

    """
    made: list[Copies | PhotoError] = []

    def copy(decoded: DecodedPhoto, sha256: str) -> None:
        try:
            made.append(_copied(decoded, task.copies, sha256))
        except PhotoError as error:  # the photo is made all the same
            error.path, error.source_sha256 = task.copies.path, sha256
            made.append(error)

    try:
        photo = make_photo(task.photo, copy)
    except PhotoError:
        for copies in made:
            _remove(copies)
        raise
    return PhotoAndCopies(photo, made[0])


def _remove(copies: Copies | PhotoError) -> None:
    """Take the files away that nobody will be told of."""
    for copy in copies.of.values() if isinstance(copies, Copies) else ():
        if isinstance(copy.pixels, Path):
            with suppress(OSError):  # what stays, the next run removes
                copy.pixels.unlink()


def copy_picture(task: CopyTask) -> Copies:
    """Make one picture's working copies: decoded once, trimmed, scaled, in sRGB.

    Raises:
        PhotoError: as ``photo.make.make_photo``; the error names the file.

    """
    sha256 = ""
    try:
        with held(task.look) as source:
            sha256 = source.sha256
            try:
                decoded = decode(source.path, accept_damaged=task.spec.accept_damaged)
                copies = _copied(decoded, task, sha256)
            except PhotoError:
                source.check()  # half a file that is still being copied is not a damaged one
                raise
            source.check()
    except PhotoError as error:
        error.path, error.source_sha256 = task.path, sha256
        raise
    return copies


def opened(copy: WorkingCopy) -> Image.Image:
    """The copy as a picture in mode RGB.

    Raises:
        SourceUnreadableError: its file is gone, or cut short.

    """
    if isinstance(copy.pixels, bytes):
        return Image.frombytes("RGB", copy.size_px, copy.pixels)
    try:
        return Image.frombytes("RGB", copy.size_px, copy.pixels.read_bytes())
    except OSError as error:
        raise unreadable(copy.pixels, error) from error
    except ValueError as error:
        raise unreadable(copy.pixels, OSError(str(error))) from error


def _copied(decoded: DecodedPhoto, task: CopyTask, sha256: str) -> Copies:
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    width, height = decoded.full_size_px
    found = Trimmed(Box(0, 0, width, height), UNTOLD)
    if task.is_trimmed:
        found = trimmed(_look(decoded, plan, task.spec), decoded.full_size_px)
    kept, box = _cropped(decoded, found.box)
    copies: dict[CopyBounds, WorkingCopy] = {}
    for bounds in task.bounds:
        picture = _rendered(kept, plan, _copy_size_px(kept.full_size_px, bounds), task.spec)
        copies[bounds] = WorkingCopy(
            pixels=_laid_down(picture, task),
            size_px=picture.size,
            trimmed_px=box,
            full_size_px=decoded.full_size_px,
            product_permille=found.product_permille,
            source_sha256=sha256,
            notes=decoded.notes + plan.notes,
        )
    return Copies(copies)


def _rendered(
    decoded: DecodedPhoto, plan: ColourPlan, size_px: tuple[int, int], spec: PhotoSpec
) -> Image.Image:
    scaled = upright_at(decoded, size_px, deep=not plan.is_srgb)
    return to_srgb(scaled, plan, spec.background, spec.rendering_intent)


def _look(decoded: DecodedPhoto, plan: ColourPlan, spec: PhotoSpec) -> Image.Image:
    """A small copy to find the product on: sRGB, with alpha where the picture has it."""
    size_px = scaled_size_px(decoded.full_size_px, LOOK_PX)
    scaled = upright_at(decoded, size_px, deep=not plan.is_srgb)
    look = to_srgb(scaled, plan, spec.background, spec.rendering_intent)
    if isinstance(scaled, DeepPicture) and scaled.has_alpha:
        look.putalpha(Image.fromarray((scaled.values[..., -1] // 257).astype("uint8")))
    return look


def _copy_size_px(size_px: tuple[int, int], bounds: CopyBounds) -> tuple[int, int]:
    """Within the bounds, never enlarged."""
    share = min(1.0, sqrt(bounds.most_px / (size_px[0] * size_px[1])))
    return scaled_size_px(size_px, max(1, min(bounds.longest_px, round(max(size_px) * share))))


def _cropped(decoded: DecodedPhoto, box: Box) -> tuple[DecodedPhoto, Box]:
    """The part of a picture in ``box`` (upright, the original's pixels), and that part's box.

    Where the decoder made one pixel of several, the part grows to whole pixels of its.
    """
    if box == Box(0, 0, *decoded.full_size_px):
        return decoded, box
    wide, high = decoded.original_px
    step = decoded.averaged_px
    stored = _turned_back(box, decoded)
    left, top = stored.x_px // step * step, stored.y_px // step * step
    right = min(wide, -(-stored.right_px // step) * step)
    bottom = min(high, -(-stored.bottom_px // step) * step)
    part = left // step, top // step, -(-right // step), -(-bottom // step)
    kept = Box(left, top, right - left, bottom - top)
    size_px = kept.width_px, kept.height_px
    upright = _turned(kept, decoded)
    cropped = replace(
        decoded,
        image=_part_of(decoded.image, part),
        original_px=size_px,
        full_size_px=(upright.width_px, upright.height_px),
    )
    return cropped, upright


def _part_of(
    image: Image.Image | DeepPicture, part: tuple[int, int, int, int]
) -> Image.Image | DeepPicture:
    if isinstance(image, Image.Image):
        return image.crop(part)
    left, top, right, bottom = part
    return replace(image, values=image.values[top:bottom, left:right])


def _reversed(box: Box, decoded: DecodedPhoto) -> Box:
    """A box of the stored picture, in the axes that its turn reverses."""
    wide, high = decoded.original_px
    across, down = _REVERSED[decoded.turn]
    return Box(
        wide - box.right_px if across else box.x_px,
        high - box.bottom_px if down else box.y_px,
        box.width_px,
        box.height_px,
    )


def _swapped(box: Box, decoded: DecodedPhoto) -> Box:
    if decoded.turn not in QUARTER_TURNS:
        return box
    return Box(box.y_px, box.x_px, box.height_px, box.width_px)


def _turned_back(box: Box, decoded: DecodedPhoto) -> Box:
    """Where a box of the upright picture lies in the stored one."""
    return _reversed(_swapped(box, decoded), decoded)


def _turned(box: Box, decoded: DecodedPhoto) -> Box:
    """Where a box of the stored picture lies in the upright one."""
    return _swapped(_reversed(box, decoded), decoded)


def _laid_down(picture: Image.Image, task: CopyTask) -> bytes | Path:
    """The copy's rows, in memory or in a file of its own."""
    rows = picture.tobytes()
    if task.folder is None:
        return rows
    try:
        handle, name = tempfile.mkstemp(".rgb", COPY_PREFIX, task.folder)
        with os.fdopen(handle, "wb") as file:
            file.write(rows)
    except OSError as error:
        raise no_room(task.path, error) from error
    return Path(name)
