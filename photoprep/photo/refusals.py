"""What is refused of a picture, and in which words: libraries' errors are translated here alone."""

from __future__ import annotations

import errno
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from photoprep.errors import (
    DamagedPhotoError,
    NotEnoughMemoryError,
    TooManyPixelsError,
    UnsupportedFormatError,
)
from photoprep.files import unreadable
from photoprep.language import Sentence, say
from photoprep.photo.deep_files import CannotReadError
from photoprep.photo.jpeg2000 import halvings_for, read_jpeg2000_head
from photoprep.photo.memory_bound import tells_want_of_memory

# Its decoder takes 15 bytes a pixel, 20 with alpha: 2 GB for so many.
MAX_JPEG_XL_MEGAPIXELS = 100

# An interlaced PNG of 16 bits is in memory as a whole: 110 megapixels as RGB, which took 0.83 GB.
_MAX_INTERLACED_BYTES = 700_000_000

# A progressive JPEG is gathered whole before it can be scaled, two bytes a coefficient. With the
# picture beside it the two may take so much; beyond, it is scaled further or refused.
_MAX_COEFFICIENT_BYTES = 320_000_000
MAX_PROGRESSIVE_BYTES = 340_000_000

# Compressions of TIFF that libtiff, as Pillow and libvips bring it, does not read (numbers by
# libtiff's tiff.h); it would call the file damaged.
_UNREAD_COMPRESSIONS = {
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "lossy DNG",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}


@contextmanager
def translated(path: Path, format_name: str) -> Iterator[None]:
    """Make errors of ours out of what Pillow, its codecs and broken data raise."""
    try:
        # Pillow warns of odd metadata that it then leaves out, which does no harm to the picture.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError as error:
        raise not_enough_memory(path) from error
    except UnidentifiedImageError as error:
        raise _damaged(path, format_name, say("its head makes no sense")) from error
    except CannotReadError as error:
        if tells_want_of_memory(str(error)):
            raise not_enough_memory(path) from error
        raise _damaged(path, format_name, _said(error)) from error
    except OSError as error:
        if tells_want_of_memory(str(error)):
            raise not_enough_memory(path) from error
        # A broken file may send its reader to places that no file has; the disk is well then.
        if error.errno not in {None, errno.EINVAL}:
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
            raise not_enough_memory(path) from error
        raise _damaged(path, format_name, _said(error)) from error


def not_enough_memory(path: Path) -> NotEnoughMemoryError:
    """The picture took more memory than there is for it."""
    return NotEnoughMemoryError(
        say("There is not enough memory for this picture."),
        hint=say("Save a smaller version of it, or run with fewer --jobs."),
        path=path,
    )


def _said(error: Exception) -> str:
    if error.args and isinstance(error.args[0], Sentence):
        return error.args[0]  # one of ours
    text = str(error).strip().rstrip(".").partition("\n")[0]
    return text or type(error).__name__


# What libraries say of a broken picture when it tells a person no more than that, or nothing.
_PLAIN_WORDS = (
    "image file is truncated", "broken data stream", "decoder error", "truncated file read",
    "unrecognized data stream", "codec configuration error", "cannot load this image", "sorry",
    "could not create decoder", "failed to read next frame", "failed to decode", "libpng read",
    "decoder plugin generated", "unable to ", "generic error", "defined set_get_field_type",
)  # fmt: skip
# Where their words are for programmers.
_OTHER_WORDS = {
    "Decompressed data too large": say(
        "a text or a profile in it is larger than any picture needs"
    ),
    "Too much memory used in text": say("the texts in it are larger than any picture needs"),
}


def _damaged(path: Path, format_name: str, detail: str) -> DamagedPhotoError:
    said = next((ours for theirs, ours in _OTHER_WORDS.items() if theirs in detail), detail)
    says_nothing = said.lower().startswith(_PLAIN_WORDS) or said.strip("-0123456789 ") == ""
    message = (
        say("The {kind} is damaged or ends too early.", kind=format_name)
        if says_nothing
        else say("The {kind} is damaged or ends too early: {said}.", kind=format_name, said=said)
    )
    return DamagedPhotoError(
        message,
        hint=say("Copy it from the camera again, or ask for the photo once more."),
        path=path,
    )


def check_interlaced(image: Image.Image, path: Path) -> None:
    """Refuse an interlaced PNG of 16 bits that would take too much memory, whatever is made of it.

    Its first rows come last, so that it cannot be read as a stream.
    """
    if not image.info.get("interlace"):
        return
    if image.width * image.height * len(image.getbands()) * 2 > _MAX_INTERLACED_BYTES:
        megapixels = image.width * image.height / 1_000_000
        raise TooManyPixelsError(
            say(
                "It is an interlaced PNG of 16 bits and {megapixels:.0f} megapixels, which "
                "cannot be "
                "read in parts and would take too much memory.",
                megapixels=megapixels,
            ),
            hint=say("Save it without interlacing, or smaller, and run again."),
            path=path,
        )


def check_jpeg_2000(image: Image.Image, path: Path, most_px: int) -> int:
    """How often to halve its sides for at most ``most_px``; refuses one that cannot be halved so.

    Raises ``ValueError`` for a head that makes no sense.
    """
    head = read_jpeg2000_head(path)
    if not head.is_lawful:
        raise ValueError(say("it has more tiles than can be numbered"))
    halvings = halvings_for(image.size, head.levels, most_px)
    if halvings is None:
        megapixels = image.width * image.height / 1_000_000
        raise TooManyPixelsError(
            say(
                "It is a JPEG 2000 of {megapixels:.0f} megapixels that holds no smaller version of "
                "itself and would take too much memory.",
                megapixels=megapixels,
            ),
            hint=say("Save it as JPEG or TIFF, or smaller, and run again."),
            path=path,
        )
    return halvings


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
            say(
                "It is a progressive JPEG of {megapixels:.0f} megapixels, which cannot be read in "
                "parts and would take too much memory.",
                megapixels=megapixels,
            ),
            hint=say("Save it as a baseline JPEG (not progressive), or smaller, and run again."),
            path=path,
        )


def check_compression(compression: int, path: Path) -> None:
    """Refuse a TIFF that is compressed in a way that nobody here reads."""
    if name := _UNREAD_COMPRESSIONS.get(compression):
        raise UnsupportedFormatError(
            say("It is a TIFF compressed as {name}, which photoprep does not read.", name=name),
            hint=say("Save it with LZW or ZIP compression and run again."),
            path=path,
        )
