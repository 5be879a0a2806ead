"""Colours become sRGB through the picture's own ICC profile, and transparency becomes background.

The conversion is LittleCMS's: relative colorimetric with black-point compensation, which keeps
the colours that sRGB can show and the shadows' detail. It runs after scaling, on a twentieth of
the pixels.
"""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

from photoprep.report import Note

_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION

# An ICC profile's colour space signature (ICC.1:2022, 7.2.6) → the Pillow modes it describes.
_MODES_OF_SPACE = {"RGB ": {"RGB", "RGBA"}, "GRAY": {"L", "LA"}, "CMYK": {"CMYK"}, "Lab ": {"LAB"}}

# Bytes 24–35 of a profile are its date of creation (ICC.1:2022, 7.2.8).
_DATE = slice(24, 36)
_FIXED_DATE = b"\x07\xea\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00"


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile written into every output: LittleCMS's own, with a settled date.

    LittleCMS stamps the hour of creation into it; equal runs must write equal bytes.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE] = _FIXED_DATE
    return bytes(profile)


def to_srgb(
    image: Image.Image, icc_profile: bytes, background: str
) -> tuple[Image.Image, tuple[Note, ...]]:
    """The picture as opaque sRGB (mode RGB), and what there is to say of its colours.

    A profile that cannot be used is left aside with a note rather than failing the photo; a CMYK
    picture without one is converted by Pillow's plain formula, with the note ``colour-guessed``.
    """
    notes: tuple[Note, ...] = ()
    if icc_profile:
        converted = _through_profile(image, icc_profile)
        if converted is not None:
            return _flattened(converted, background), ()
        notes = (
            Note(
                "profile-ignored",
                "warning",
                "Its colour profile is broken or not for it; the colours were taken as sRGB.",
            ),
        )
    if image.mode == "CMYK":
        notes = (
            Note(
                "colour-guessed",
                "warning",
                "It is in CMYK without a usable colour profile; "
                "the colours are a guess. Ask for an RGB version where colour matters.",
            ),
        )
    if image.mode == "LAB":
        image = _lab_to_srgb(image)
    return _flattened(image, background), notes


def _through_profile(image: Image.Image, icc_profile: bytes) -> Image.Image | None:
    """The picture in sRGB, mode RGB or RGBA; None where the profile cannot be used for it."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        if image.mode not in _MODES_OF_SPACE.get(profile.profile.xcolor_space, set()):
            return None
        alpha = image.getchannel("A") if image.mode in {"RGBA", "LA"} else None
        opaque = image.convert(image.mode.removesuffix("A")) if alpha else image
        converted = ImageCms.profileToProfile(
            opaque,
            profile,
            _srgb(),
            renderingIntent=_INTENT,
            outputMode="RGB",
            flags=_FLAGS,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if converted is not None and alpha is not None:
        converted.putalpha(alpha)
    return converted


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _lab_to_srgb(image: Image.Image) -> Image.Image:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    converted = ImageCms.profileToProfile(
        image, lab, _srgb(), renderingIntent=_INTENT, outputMode="RGB", flags=_FLAGS
    )
    return converted if converted is not None else image.convert("RGB")


def _flattened(image: Image.Image, background: str) -> Image.Image:
    if image.mode in {"RGBA", "LA"}:
        rgba = image.convert("RGBA")
        opaque = Image.new("RGB", image.size, background)
        opaque.paste(rgba, mask=rgba.getchannel("A"))
    else:
        opaque = image.convert("RGB")
    # Pillow carries a file's comment and more along from picture to picture, and saves it.
    opaque.info = {}
    return opaque
