"""Pictures of more than 8 bits a channel, read by libvips as a stream.

TIFF of 16 and 32 bits, whole or floating, RGB, grey, CMYK and Lab, in any order and compression
that libtiff knows, and PNG of 16 bits. A film scan of 100 megapixels has 600 MB; what comes into
memory are the means of as many of its pixels as bring it below a bound.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photoprep.language import say
from photoprep.photo.deep import CHANNELS, FULL, ColourSpace, Deep, DeepPicture
from photoprep.photo.libvips import vips
from photoprep.photo.tiff_head import TiffHead, read_tags
from photoprep.photo.tiff_zstd import ZSTANDARD, repacked

# 16 megapixels of RGB at 16 bits are 96 MB; four times the pixels of the largest output and more.
_MOST_PIXELS = 16_000_000
_ROWS_PX = 256

_SPACES: dict[str, ColourSpace] = {"cmyk": "CMYK", "lab": "LAB", "labs": "LAB"}
# Stored values of these formats become 0…65535 by a factor.
_FACTORS = {"uchar": 257.0, "ushort": 1.0, "uint": 1 / 65537}


class CannotReadError(Exception):
    """libvips refuses the file; its own words say why."""


def read_deep_png(path: Path) -> tuple[DeepPicture, int]:
    """Read a PNG of 16 bits, and of how many pixels a side each of the picture's is the mean.

    Raises:
        CannotReadError: it is damaged.

    """
    with _translated():
        image = vips().Image.pngload(os.fsencode(path), access="sequential", fail_on="error")
        return _read(image, has_alpha=True, is_multiplied=False)


def read_deep_tiff(
    path: Path, head: TiffHead, *, accept_damaged: bool = False
) -> tuple[DeepPicture, int]:
    """Read the first page of a TIFF, whatever its depth; else as ``read_deep_png``.

    ``accept_damaged`` leaves black what cannot be read.

    Raises:
        CannotReadError: it is damaged, or of a kind that libvips does not read.

    """
    options = {"access": "sequential", "fail_on": "none" if accept_damaged else "error"}
    with _translated():
        load = vips().Image
        if head.compression == ZSTANDARD:
            image = load.tiffload_buffer(repacked(path, read_tags(path)), **options)
        else:
            # Bytes, because not every name on a disk is text.
            image = load.tiffload(os.fsencode(path), **options)
        if head.is_icc_lab:
            image = _as_lab(image)
        return _read(image, has_alpha=head.extra_is_alpha, is_multiplied=head.is_multiplied)


@contextmanager
def _translated() -> Iterator[None]:
    library = vips()
    library.vips_lib.vips_error_clear()  # warnings about an earlier file are still there
    try:
        yield
    except (library.Error, ValueError) as error:
        raise CannotReadError(_said(str(error))) from error


def _said(error: str) -> str:
    """What libvips has to say, without the name of its own function and the file's."""
    lines = [line.strip() for line in error.splitlines()[1:] if line.strip()]
    return lines[-1].rpartition(": ")[2] if lines else error


def _read(image: Any, *, has_alpha: bool, is_multiplied: bool) -> tuple[DeepPicture, int]:
    space = _SPACES.get(image.interpretation, "L" if image.bands <= 2 else "RGB")
    colours = CHANNELS[space]
    has_alpha = has_alpha and image.bands > colours and space != "LAB"
    if image.bands > colours + has_alpha:
        image = image[: colours + has_alpha] if colours + has_alpha > 1 else image[0]
    if has_alpha and not is_multiplied:
        image = image.premultiply(max_alpha=_most(image)).cast(image.format)
    averaged_px = 1
    while (
        math.ceil(image.width / averaged_px) * math.ceil(image.height / averaged_px) > _MOST_PIXELS
    ):
        averaged_px += 1
    if averaged_px > 1:
        image = image.shrink(averaged_px, averaged_px, ceil=True)
    if space == "LAB":
        image = image.colourspace("lab")
        values = _whole(_values(image), np.array([0, -128, -128]), np.array([100, 127, 127]))
    elif image.format in _FACTORS:
        values = _times(_values(image), _FACTORS[image.format])
    else:
        values = _from_floats(_values(image))
    return DeepPicture(values, space, has_alpha), averaged_px


def _as_lab(image: Any) -> Any:
    """Values that libvips has left as they stand in the file (Adobe's TIFF Technical Note 4)."""
    least = {"uchar": 1, "ushort": 256}.get(image.format)
    if least is None:
        raise CannotReadError(say("it has Lab colours in numbers of an unusual kind"))
    lab = image[:3].linear([100 / _most(image), 1 / least, 1 / least], [0, -128, -128])
    return lab.copy(interpretation="lab")


def _most(image: Any) -> float:
    """What full alpha is."""
    return {"uchar": 255.0, "ushort": 65535.0, "uint": 4294967295.0}.get(image.format, 1.0)


def _values(image: Any) -> NDArray[Any]:
    kinds = {"uchar": "u1", "char": "i1", "ushort": "u2", "short": "i2", "uint": "u4", "int": "i4"}
    kinds |= {"float": "f4", "double": "f8"}
    if image.format not in kinds:
        raise CannotReadError(
            say("its values are of a kind ({format}) that no picture has", format=image.format)
        )
    memory = np.frombuffer(image.write_to_memory(), dtype=kinds[image.format])
    return memory.reshape(image.height, image.width, image.bands)


def _times(values: NDArray[Any], factor: float) -> Deep:
    if factor == 1:
        return values
    wide = np.empty(values.shape, np.uint16)
    for top in range(0, len(values), _ROWS_PX):
        rows = slice(top, top + _ROWS_PX)
        wide[rows] = np.minimum(values[rows] * factor + 0.5, FULL)
    return wide


def _from_floats(values: NDArray[Any]) -> Deep:
    """Floating-point or signed values, which are 0…1 by custom; others are taken by their largest.

    Up to 255 and up to 65535 are what programs write that divide by nothing.
    """
    finite = np.nan_to_num(values.max(), nan=1.0, posinf=1.0)
    most = next((top for top in (1.0, 255.0, 65535.0) if finite <= top * 1.5), float(finite))
    channels = values.shape[-1]
    return _whole(values, np.zeros(channels), np.full(channels, most))


def _whole(values: NDArray[Any], least: NDArray[Any], most: NDArray[Any]) -> Deep:
    """Values between ``least`` and ``most`` of each channel as 0…65535; what lies beyond is cut."""
    wide = np.empty(values.shape, np.uint16)
    for top in range(0, len(values), _ROWS_PX):
        rows = slice(top, top + _ROWS_PX)
        shares = (np.nan_to_num(values[rows].astype(np.float32)) - least) / (most - least)
        wide[rows] = np.clip(shares, 0, 1) * FULL + 0.5
    return wide
