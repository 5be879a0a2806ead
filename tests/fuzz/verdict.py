"""Whether what came of a trial is what photoprep promises; what is not is a finding."""

from __future__ import annotations

import io

from PIL import Image

from photoprep.errors import (
    ArchiveRefusedError,
    CannotFitError,
    DamagedPhotoError,
    NotAPictureError,
    NotEnoughMemoryError,
    PhotoError,
    TooManyPixelsError,
    UnsupportedFormatError,
)
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.task import MadePhoto
from photoprep.preset import PhotoSpec
from tests.fuzz.worker import Attempt

MOST_PEAK_BYTES = 700_000_000
_LONGEST_PX = 944
_ALLOWED_EXIF = {0x013B, 0x8298}
_ALLOWED_INFO = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "icc_profile", "exif"}
_ALLOWED_INFO |= {"progressive", "progression"}  # how it is coded, as Pillow tells it

# What a file itself may be refused for. That the disk failed or the file changed is no true word
# about a file that lies still on a good disk.
_TRUE_REFUSALS = (
    ArchiveRefusedError,
    CannotFitError,
    DamagedPhotoError,
    NotAPictureError,
    NotEnoughMemoryError,
    TooManyPixelsError,
    UnsupportedFormatError,
)


def name_of(outcome: MadePhoto | PhotoError) -> str:
    """The outcome's kind, for tables."""
    return type(outcome).__name__ if isinstance(outcome, PhotoError) else "prepared"


def fault_of(attempt: Attempt | PhotoError, spec: PhotoSpec) -> str:
    """What is wrong with what came of a trial; empty where all is well."""
    if isinstance(attempt, PhotoError):
        return f"{type(attempt).__name__}: {attempt.message}"
    if attempt.peak_bytes > MOST_PEAK_BYTES:
        return f"the worker took {attempt.peak_bytes / 1e6:.0f} MB"
    for outcome in attempt.outcomes:
        fault = (
            _fault_of_refusal(outcome)
            if isinstance(outcome, PhotoError)
            else fault_of_jpeg(outcome, spec)
        )
        if fault:
            return fault
    return ""


def _fault_of_refusal(error: PhotoError) -> str:
    if not isinstance(error, _TRUE_REFUSALS):
        return f"{type(error).__name__}: {error.message}"
    words = f"{error.message} {error.hint}"
    if not words.isprintable() or not error.message.endswith("."):
        return f"no sentence for a person: {error.message!r}"
    if len(words) > 600 or str(error.path.parent if error.path else "\0") in words:
        return f"too long a sentence, or one that tells a path: {error.message!r}"
    return ""


def fault_of_jpeg(made: MadePhoto, spec: PhotoSpec) -> str:
    """What is wrong with a finished photo; empty where all is well."""
    data = made.jpeg.data
    if len(data) > spec.max_bytes:
        return f"{len(data)} bytes are more than {spec.max_bytes}"
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.load()
        if image.mode not in {"RGB", "L"} or max(image.size) > _LONGEST_PX:
            return f"it is {image.mode} of {image.size}"
        if image.size != (made.jpeg.width_px, made.jpeg.height_px):
            return f"it is {image.size} and not what is said of it"
        odd = set(image.info) - _ALLOWED_INFO
        if odd or set(image.getexif()) - _ALLOWED_EXIF:
            return f"metadata that should have stayed: {odd or dict(image.getexif())}"
        if image.mode == "RGB" and image.info.get("icc_profile", srgb_profile()) != srgb_profile():
            return "a foreign colour profile"
    return ""
