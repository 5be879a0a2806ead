"""Camera RAW, by LibRaw (the extra ``photoprep[raw]``): the camera's own preview, or developed.

The preview is what the photographer saw, in the maker's colours, and takes a tenth of the time. It
is taken when it has pixels to spare for the largest picture; else the sensor's values are developed
with the camera's white balance into 16 bits.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photoprep.errors import MissingExtraError, UnsupportedFormatError
from photoprep.language import say
from photoprep.photo.deep import DeepPicture
from photoprep.photo.deep_files import CannotReadError

# Twice the longest side of a photo at 24 cm and 100 DPI: from there on no sharpness is lost.
LEAST_PREVIEW_PX = 1888
# Beyond, every four sensor values become one pixel: as libvips does it, memory is bounded.
_MOST_DEVELOPED_PIXELS = 26_000_000

# LibRaw's ``flip``, by what a viewer has to do → the value of Exif's orientation that says so.
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}


@dataclass(frozen=True, slots=True, eq=False)
class ReadRaw:
    """A preview, encoded, or a developed picture that is upright already."""

    preview: bytes = b""
    preview_orientation: int = 1
    developed: DeepPicture | None = None


def read_raw(path: Path) -> ReadRaw:
    """Read a RAW file.

    Raises:
        MissingExtraError: the extra is not installed.
        UnsupportedFormatError: LibRaw does not know the camera.
        CannotReadError: it is damaged.

    """
    try:
        import rawpy
    except ImportError as error:
        raise MissingExtraError(
            say("It is a camera RAW file, and what reads those is not installed."),
            hint=say('"photoprep doctor" says how to install it. Or export it as JPEG or TIFF.'),
            path=path,
        ) from error
    try:
        # An open file, because not every name on a disk is text.
        with path.open("rb") as file, rawpy.imread(file) as raw:
            return _preview(rawpy, raw) or ReadRaw(developed=_developed(rawpy, raw))
    except rawpy.LibRawFileUnsupportedError as error:
        raise UnsupportedFormatError(
            say("It is a camera RAW file of a kind that LibRaw does not read."),
            hint=say("Export it as JPEG or TIFF with the camera's own program, or update rawpy."),
            path=path,
        ) from error
    except rawpy.LibRawError as error:
        (said, *_) = error.args or (type(error).__name__,)
        raise CannotReadError(said.decode() if isinstance(said, bytes) else str(said)) from error


def _preview(rawpy: Any, raw: Any) -> ReadRaw | None:
    """The preview, where it is a JPEG that is large enough."""
    try:
        thumb = raw.extract_thumb()
    except rawpy.LibRawError:
        return None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    try:
        with Image.open(io.BytesIO(thumb.data), formats=["JPEG"]) as preview:
            if max(preview.size) < LEAST_PREVIEW_PX:
                return None
    except (OSError, ValueError, SyntaxError):
        return None
    return ReadRaw(bytes(thumb.data), _ORIENTATIONS.get(raw.sizes.flip, 1))


def _developed(rawpy: Any, raw: Any) -> DeepPicture:
    halved = raw.sizes.width * raw.sizes.height > _MOST_DEVELOPED_PIXELS
    values = raw.postprocess(
        use_camera_wb=True,
        output_color=rawpy.ColorSpace.sRGB,
        output_bps=16,
        half_size=halved,
        # Brightness as it was exposed: a series of one product must not jump from photo to photo.
        no_auto_bright=True,
        # sRGB's own curve (IEC 61966-2-1); LibRaw's default is that of ITU-R BT.709.
        gamma=(2.4, 12.92),
    )
    is_grey = values.shape[-1] == 1  # a sensor without a colour filter
    return DeepPicture(np.ascontiguousarray(values), "L" if is_grey else "RGB")
