"""What is refused of a picture, and in which words: libraries' errors are translated here alone."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from photoprep.errors import DamagedPhotoError, NotEnoughMemoryError, TooManyPixelsError
from photoprep.files import unreadable
from photoprep.photo.deep_files import CannotReadError
from photoprep.photo.memory_bound import tells_want_of_memory

# 200 megapixels as RGB are 600 MB, about what one worker may hold; film scans have 100.
MAX_MEGAPIXELS = 200

# A progressive JPEG is gathered whole before it can be scaled, two bytes a coefficient. With the
# picture beside it the two may take so much; beyond, it is scaled further or refused.
_MAX_COEFFICIENT_BYTES = 320_000_000
MAX_PROGRESSIVE_BYTES = 340_000_000


@contextmanager
def translated(path: Path, format_name: str) -> Iterator[None]:
    """Make errors of ours out of what Pillow, its codecs and broken data raise."""
    try:
        # Pillow warns of odd metadata that it then leaves out, which does no harm to the picture.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError as error:
        raise _not_enough_memory(path) from error
    except UnidentifiedImageError as error:
        raise _damaged(path, format_name, "its head makes no sense") from error
    except CannotReadError as error:
        if tells_want_of_memory(str(error)):
            raise _not_enough_memory(path) from error
        raise _damaged(path, format_name, _said(error)) from error
    except OSError as error:
        if tells_want_of_memory(str(error)):
            raise _not_enough_memory(path) from error
        if error.errno is not None:
            raise unreadable(path, error) from error
        raise _damaged(path, format_name, _said(error)) from error
    except (
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        RuntimeError,
        OverflowError,
        ZeroDivisionError,
        AttributeError,
        struct.error,
    ) as error:
        # What Pillow's readers raise on data that no writer makes; each has been met in the wild.
        if tells_want_of_memory(str(error)):
            raise _not_enough_memory(path) from error
        raise _damaged(path, format_name, _said(error)) from error


def _not_enough_memory(path: Path) -> NotEnoughMemoryError:
    return NotEnoughMemoryError(
        "There is not enough memory for this picture.",
        hint="Save a smaller version of it, or run with fewer --jobs.",
        path=path,
    )


def _said(error: Exception) -> str:
    text = str(error).strip().rstrip(".").partition("\n")[0]
    return text or type(error).__name__


# What Pillow says of a broken picture when it has no more to say than that.
_PLAIN_WORDS = ("image file is truncated", "broken data stream", "decoder error")


def _damaged(path: Path, format_name: str, detail: str) -> DamagedPhotoError:
    more = "" if detail.startswith(_PLAIN_WORDS) else f": {detail}"
    return DamagedPhotoError(
        f"The {format_name} is damaged or ends too early{more}.",
        hint="Copy it from the camera again, or ask for the photo once more.",
        path=path,
    )


def check_pixels(size_px: tuple[int, int], path: Path) -> None:
    """Refuse a picture of more than ``MAX_MEGAPIXELS``."""
    width, height = size_px
    megapixels = width * height / 1_000_000
    if megapixels > MAX_MEGAPIXELS:
        raise TooManyPixelsError(
            f"The picture has {megapixels:.0f} megapixels ({width} × {height}); "
            f"photoprep takes at most {MAX_MEGAPIXELS}.",
            hint="Save a smaller version of it and run again.",
            path=path,
        )


def coefficient_bytes(image: Image.Image) -> int:
    """What a progressive JPEG takes in memory before its first pixel; 0 for all else."""
    if not image.info.get("progressive"):
        return 0
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    densest = max((across * down for _, across, down, _ in layers), default=1)
    doubled = sum(2 * across * down for _, across, down, _ in layers)
    return image.width * image.height * doubled // densest


def check_coefficients(image: Image.Image, path: Path) -> None:
    """Refuse a progressive JPEG that would take too much memory at any scale."""
    if coefficient_bytes(image) > _MAX_COEFFICIENT_BYTES:
        megapixels = image.width * image.height / 1_000_000
        raise TooManyPixelsError(
            f"It is a progressive JPEG of {megapixels:.0f} megapixels, which cannot be read in "
            "parts and would take too much memory.",
            hint="Save it as a baseline JPEG (not progressive), or smaller, and run again.",
            path=path,
        )
