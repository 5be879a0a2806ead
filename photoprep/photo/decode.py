"""A file becomes a picture in memory: upright, whole, at no more pixels than are of use.

Pillow reads; pillow-heif adds HEIC. Their exceptions are translated here and nowhere else.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from PIL import _imaging as core

from photoprep.errors import (
    DamagedPhotoError,
    NotAPictureError,
    NotEnoughMemoryError,
    TooManyPixelsError,
    UnsupportedFormatError,
)
from photoprep.files import unreadable
from photoprep.photo.formats import Recognised, recognise_file
from photoprep.report import Note

# 200 megapixels as RGB are 600 MB, about what one worker may hold; film scans have 100.
MAX_MEGAPIXELS = 200

# A JPEG is decoded in full up to here and scaled beyond, by the least factor that brings it below.
# Read as what it is (see ``averages``), a picture decoded at a half still loses 0.28 points of
# SSIMULACRA2 at 200 kB in the mean of 14 camera photos and 0.64 at worst, and more where there is
# noise: docs/encoder.md. 32 megapixels are 128 MB in memory.
_FULL_DECODE_MEGAPIXELS = 32

# A progressive JPEG is gathered whole before it can be scaled, two bytes a coefficient. With the
# picture beside it the two may take so much; beyond, it is scaled further or refused.
_MAX_COEFFICIENT_BYTES = 320_000_000
_MAX_PROGRESSIVE_BYTES = 340_000_000
_PIXEL_BYTES = 4  # as Pillow keeps them

# How a picture is turned upright, by its orientation tag (Exif 2.32, 4.6.4 A).
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
QUARTER_TURNS = {_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8]}


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """One picture in memory, as its file has it: not turned yet, in its own colours.

    ``image`` is of mode RGB, RGBA, L, LA, CMYK or LAB. ``full_size_px`` is what the original
    measures upright, ``original_px`` as stored. A scaled decode makes one pixel of the mean of
    ``averaged_px`` × ``averaged_px`` (else 1) and rounds up: of a picture 3841 px wide it gives
    1921 at a half, the last of them half padding. ``turn`` brings it upright. ``exif`` is the
    original's.
    """

    image: Image.Image
    full_size_px: tuple[int, int]
    original_px: tuple[int, int]
    averaged_px: int
    turn: Image.Transpose | None
    icc_profile: bytes
    exif: Image.Exif
    notes: tuple[Note, ...]


def set_up_decoders() -> None:
    """Register HEIC with Pillow and leave the bounding of pixels to ``decode``; once a process."""
    import pillow_heif  # only workers need it, and it is slow to load

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None
    # Pictures in one piece of memory can be read by others without a copy (see ``lanczos``).
    with suppress(AttributeError):  # where Pillow has no such door, pictures are copied
        core.set_use_block_allocator(1)


def decode(path: Path) -> DecodedPhoto:
    """Read the picture at ``path``.

    Raises:
        NotAPictureError: it is none, by content and by name.
        UnsupportedFormatError: it is one that photoprep does not read.
        DamagedPhotoError: it is broken or ends too early; half a product must not go out.
        TooManyPixelsError: it is larger than a worker may hold.
        NotEnoughMemoryError: it took more than its worker has.
        SourceUnreadableError: the system refuses to read it.

    """
    kind = _recognised(path)
    with _translated(path, kind.name), Image.open(path, formats=[kind.pillow_format]) as image:
        _check_pixels(image, path)
        _check_coefficients(image, path)
        notes = _frames_note(image, kind)
        icc_profile = image.info.get("icc_profile") or b""
        width_px, height_px = original_px = image.size
        averaged_px = _draft(image)
        image.load()
        exif = _exif_of(image)
        turn = _TURNS.get(exif.get(_ORIENTATION, 1))
        plain = _plain_mode(image)
    full_size_px = (height_px, width_px) if turn in QUARTER_TURNS else (width_px, height_px)
    return DecodedPhoto(
        plain, full_size_px, original_px, averaged_px, turn, icc_profile, exif, notes
    )


def _recognised(path: Path) -> Recognised:
    kind = recognise_file(path)
    if kind is None or not kind.is_picture:
        raise NotAPictureError("It is no picture.", path=path)
    if kind.is_damaged:
        raise DamagedPhotoError(f"The file is {kind.name}.", hint=kind.advice, path=path)
    if not kind.pillow_format:
        raise UnsupportedFormatError(
            f"It is {kind.name}, which photoprep does not read.", hint=kind.advice, path=path
        )
    return kind


@contextmanager
def _translated(path: Path, format_name: str) -> Iterator[None]:
    """Make errors of ours out of what Pillow, its codecs and broken data raise."""
    try:
        # Pillow warns of odd metadata that it then leaves out, which does no harm to the picture.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError as error:
        raise NotEnoughMemoryError(
            "There is not enough memory for this picture.",
            hint="Save a smaller version of it, or run with fewer --jobs.",
            path=path,
        ) from error
    except UnidentifiedImageError as error:
        raise _damaged(path, format_name, "its head makes no sense") from error
    except OSError as error:
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
        raise _damaged(path, format_name, _said(error)) from error


def _said(error: Exception) -> str:
    text = str(error).strip().rstrip(".").partition("\n")[0]
    return text or type(error).__name__


def _damaged(path: Path, format_name: str, detail: str) -> DamagedPhotoError:
    return DamagedPhotoError(
        f"The {format_name} is damaged or ends too early: {detail}.",
        hint="Copy it from the camera again, or ask for the photo once more.",
        path=path,
    )


def _check_pixels(image: Image.Image, path: Path) -> None:
    megapixels = image.width * image.height / 1_000_000
    if megapixels > MAX_MEGAPIXELS:
        raise TooManyPixelsError(
            f"The picture has {megapixels:.0f} megapixels ({image.width} × {image.height}); "
            f"photoprep takes at most {MAX_MEGAPIXELS}.",
            hint="Save a smaller version of it and run again.",
            path=path,
        )


def _frames_note(image: Image.Image, kind: Recognised) -> tuple[Note, ...]:
    if kind.name in {"TIFF", "BigTIFF"} and getattr(image, "n_frames", 1) > 1:
        pages = getattr(image, "n_frames", 1)
        return (
            Note("first-page", "warning", f"Of the TIFF's {pages} pages only the first was taken."),
        )
    if kind.name in {"GIF", "WebP", "PNG", "AVIF"} and getattr(image, "is_animated", False):
        return (
            Note("first-frame", "warning", "The picture moves; only its first frame was taken."),
        )
    return ()


def _draft(image: Image.Image) -> int:
    """Let libjpeg decode a very large JPEG at a half, a quarter or an eighth.

    Returns how many of its pixels a side become one. For other formats ``draft`` does nothing.
    """
    width, height = image.size
    most_px = _FULL_DECODE_MEGAPIXELS * 1_000_000
    gathered = _coefficient_bytes(image)
    if gathered:
        most_px = min(most_px, (_MAX_PROGRESSIVE_BYTES - gathered) // _PIXEL_BYTES)
    divisor = 1
    while divisor < 8 and width * height > most_px * divisor**2:
        divisor *= 2
    if divisor > 1:
        image.draft(None, (width // divisor, height // divisor))
    return round(width / image.width)


def _coefficient_bytes(image: Image.Image) -> int:
    """What a progressive JPEG takes in memory before its first pixel; 0 for all else."""
    if not image.info.get("progressive"):
        return 0
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    densest = max((across * down for _, across, down, _ in layers), default=1)
    doubled = sum(2 * across * down for _, across, down, _ in layers)
    return image.width * image.height * doubled // densest


def _check_coefficients(image: Image.Image, path: Path) -> None:
    """Refuse a progressive JPEG that would take too much memory at any scale."""
    if _coefficient_bytes(image) > _MAX_COEFFICIENT_BYTES:
        megapixels = image.width * image.height / 1_000_000
        raise TooManyPixelsError(
            f"It is a progressive JPEG of {megapixels:.0f} megapixels, which cannot be read in "
            "parts and would take too much memory.",
            hint="Save it as a baseline JPEG (not progressive), or smaller, and run again.",
            path=path,
        )


def _exif_of(image: Image.Image) -> Image.Exif:
    """The picture's Exif after loading, when decoders that turn pictures themselves have reset it.

    Broken metadata must not cost a picture whose pixels are whole: it is then taken as absent.
    """
    try:
        exif = image.getexif()
        exif.get_ifd(0)  # reads the tags, which getexif() alone puts off
    except Exception:  # noqa: BLE001 (Pillow raises almost anything on broken tags)
        return Image.Exif()
    return exif


def _plain_mode(image: Image.Image) -> Image.Image:
    """The picture in a mode that colour and scaling work on: 8 bits a channel, no palette."""
    if image.mode in {"RGB", "RGBA", "L", "LA", "CMYK", "LAB"}:
        if "transparency" in image.info and image.mode in {"RGB", "L"}:
            return image.convert("RGBA" if image.mode == "RGB" else "LA")
        return image
    if image.mode in {"P", "PA"}:
        alpha = "transparency" in image.info or image.mode == "PA"
        return image.convert("RGBA" if alpha else "RGB")
    if image.mode.startswith("I"):
        return _grey_16_to_8(image)
    if image.mode == "F":
        return _grey_float_to_8(image)
    grey = image.mode == "1"
    return image.convert("L" if grey else "RGB")


def _grey_16_to_8(image: Image.Image) -> Image.Image:
    """16-bit grey to 8 bits by range (257 steps to one), not by cutting off at 255."""
    wide = image.convert("I")
    _, brightest = wide.getextrema()
    step = 257 if not isinstance(brightest, tuple) and brightest > 255 else 1
    return wide.point(lambda value: value * (1 / step) + 0.5).convert("L")


def _grey_float_to_8(image: Image.Image) -> Image.Image:
    """Floating-point grey, which is 0…1 by custom, to 8 bits; other ranges are taken as 0…255."""
    _, brightest = image.getextrema()
    scale = 255 if not isinstance(brightest, tuple) and brightest <= 1 else 1
    return image.point(lambda value: value * scale + 0.5).convert("L")
