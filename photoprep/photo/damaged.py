"""What can still be read of a picture that ends too early or is broken in the middle.

Rows come one after another in nearly every format, so that what was read before the break is a
whole part of the picture. The rest is cut off, not painted over: a grey half would be taken for the
product. Formats that decode all at once (WebP, AVIF, HEIC) give nothing.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL import _imaging as core

from photoprep.photo.deep import DeepPicture
from photoprep.photo.deep_files import read_deep_tiff
from photoprep.photo.pixels import pixels_of
from photoprep.photo.tiff_head import read_tiff_head

# Rows that hold nothing but this were never written. No photo has a row of it.
_UNWRITTEN = {"RGB": (255, 0, 254), "RGBA": (255, 0, 254, 1), "CMYK": (255, 0, 254, 1)}
_UNWRITTEN_GREY = 1
_LEAST_PART = 50  # less than a fiftieth of the rows shows nothing
_ROWS_PX = 256
_MOST_JPEG_2000_PX = 32_000_000  # its decoder takes 12 bytes for each (see ``jpeg2000``)
_END_OF_JPEG = b"\xff\xd9"


@dataclass(frozen=True, slots=True, eq=False)
class Remnant:
    """The rows that could be read, and the ``share`` (0…1) of the picture that they are.

    Each pixel is the mean of ``averaged_px`` a side of the file's.
    """

    image: Image.Image | DeepPicture
    share: float
    averaged_px: int = 1

    @property
    def percent(self) -> int:
        """The share in whole percent, never 0 and never 100."""
        return max(1, min(99, int(self.share * 100)))


def remnant_of(path: Path, pillow_format: str) -> Remnant | None:
    """What can be read of a damaged picture; None where that is nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for read in (_remnant, _deep_remnant):
            # A broken file raises anything, and then there is nothing to gain.
            with suppress(Exception):
                if remnant := read(path, pillow_format):
                    return remnant
    return None


def _deep_remnant(path: Path, pillow_format: str) -> Remnant | None:
    """A TIFF that Pillow does not read; libvips leaves black what it has not read."""
    if pillow_format != "TIFF":
        return None
    picture, averaged_px = read_deep_tiff(path, read_tiff_head(path), accept_damaged=True)
    written = np.flatnonzero(picture.values.any(axis=(1, 2)))
    rows = int(written[-1]) + 1 if len(written) else 0
    # The last row of means may be made in part of rows that were not read.
    rows -= averaged_px > 1 and rows < len(picture.values)
    if rows <= 0:
        return None
    kept = DeepPicture(picture.values[:rows], picture.space, picture.has_alpha)
    return Remnant(kept, rows / len(picture.values), averaged_px)


def _remnant(path: Path, pillow_format: str) -> Remnant | None:
    data = path.read_bytes()
    with Image.open(io.BytesIO(data), formats=[pillow_format]) as image:
        if image.info.get("progressive"):
            return _coarse_remnant(data)
        if pillow_format == "JPEG2000" and image.width * image.height > _MOST_JPEG_2000_PX:
            return None
        unwritten = _UNWRITTEN.get(image.mode, _UNWRITTEN_GREY)
        if pillow_format == "GIF" and _is_interlaced(image):
            return None  # what there is has gaps
        image.im = core.fill(image.mode, image.size, unwritten)
        with suppress(OSError, ValueError, SyntaxError, EOFError, IndexError):
            image.load()
        image.tile = []  # what there is has been read
        values = _values(image)
        mark = np.array(unwritten, np.uint8)
        blank = _by_rows(values, lambda rows: (rows == mark).all(axis=2).any(axis=1))
        # Some decoders begin with a canvas of their own: there it is what has one value to the end.
        return _cut(image, blank if blank.any() else _flat_end(values))


def _is_interlaced(gif: ImageFile.ImageFile) -> bool:
    return any(isinstance(tile.args, tuple) and tile.args[1] is True for tile in gif.tile)


def _coarse_remnant(data: bytes) -> Remnant | None:
    """A progressive JPEG has all its rows after a first scan, each coarser than it was meant."""
    with Image.open(io.BytesIO(data + _END_OF_JPEG), formats=["JPEG"]) as image:
        image.load()
        # Where even that was not read, libjpeg makes everything one grey.
        return _cut(image, _flat_end(_values(image)))


def _values(image: Image.Image) -> NDArray[np.uint8]:
    return pixels_of(image)[:, :, : len(image.getbands())]


def _flat_end(values: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The rows at the end that have nothing but the value of the last pixel."""
    flat = _by_rows(values, lambda rows: (rows == values[-1, -1]).all(axis=(1, 2)))
    return np.asarray(np.logical_and.accumulate(flat[::-1])[::-1])


def _by_rows(
    values: NDArray[np.uint8], judge: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """What ``judge`` says of each row, asked of a few at a time: its answers take memory too."""
    parts = [judge(values[top : top + _ROWS_PX]) for top in range(0, len(values), _ROWS_PX)]
    return np.concatenate(parts)


def _cut(image: Image.Image, blank: NDArray[np.bool_]) -> Remnant | None:
    """The longest run of rows that are not ``blank``; one with gaps everywhere is nothing."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], blank, [True]]).astype(np.int8)))
    if not len(edges):
        return None
    starts, ends = edges[::2], edges[1::2]
    longest = int((ends - starts).argmax())
    top, bottom = int(starts[longest]), int(ends[longest])
    if (bottom - top) * _LEAST_PART < image.height:
        return None
    return Remnant(image.crop((0, top, image.width, bottom)), (bottom - top) / image.height)
