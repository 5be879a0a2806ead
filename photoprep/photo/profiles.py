"""ICC profiles: the ones photoprep brings along, and what there is to know of a picture's own.

The formats of profiles are those of ICC.1:2022 (profile version 4.4), whose sections are named
below.
"""

from __future__ import annotations

import io
import struct
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageCms

from photoprep.photo.deep import ColourSpace

# Real profiles of scanners and presses have up to 9 MB; beyond, somebody is playing.
LARGEST_BYTES = 16_000_000
_HEADER_BYTES = 128
_LONGEST_NAME = 60
_SIGNATURE = slice(36, 40)  # "acsp" (7.2.11)

# A profile's colour space signature (7.2.6) → what it describes.
_SPACES: dict[str, ColourSpace] = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}

# The whites and primaries as profiles have them: XYZ for the white of the connection space, D50,
# by the Bradford transform (Annex E). sRGB: IEC 61966-2-1; Adobe RGB (1998) 4.3.1.
_D50 = (0.9642, 1.0, 0.8249)
_D65_TO_D50 = (
    (1.047882, 0.022918, -0.050217),
    (0.029587, 0.990479, -0.017059),
    (-0.009247, 0.015076, 0.751678),
)
_SRGB_PRIMARIES = (
    (0.436066, 0.222488, 0.013916),
    (0.385147, 0.716873, 0.097076),
    (0.143066, 0.060608, 0.714096),
)
_ADOBE_PRIMARIES = (
    (0.609741, 0.311111, 0.019470),
    (0.205276, 0.625671, 0.060867),
    (0.149185, 0.063217, 0.744568),
)
# Parametric curves (10.18): sRGB is type 3, Adobe RGB's exponent of 2 + 51/256 is type 0.
Curve = tuple[int, tuple[float, ...]]
GAMMA = 0
SRGB_CURVE: Curve = (3, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
_ADOBE_CURVE: Curve = (GAMMA, (2.19921875,))


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile written into outputs: version 4, exact curves, as few bytes as it can have.

    docs/colour-profile.md compares it with others, and with none, in browsers and libraries.
    """
    return matrix_profile("sRGB", _SRGB_PRIMARIES, SRGB_CURVE)


@lru_cache(maxsize=1)
def adobe_rgb_profile() -> bytes:
    """The profile for cameras that only say in Exif that their colours are Adobe RGB (1998)."""
    return matrix_profile("Adobe RGB compatible", _ADOBE_PRIMARIES, _ADOBE_CURVE)


def space_of(profile: bytes) -> ColourSpace | None:
    """The colours that a profile describes; None where it is broken, too large or no picture's."""
    if not _HEADER_BYTES < len(profile) <= LARGEST_BYTES or profile[_SIGNATURE] != b"acsp":
        return None
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
        space = _SPACES.get(opened.xcolor_space)
        usable = opened.device_class in {"scnr", "mntr", "prtr", "spac"}
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return space if usable else None


@lru_cache(maxsize=64)
def description_of(profile: bytes) -> str:
    """What a profile calls itself, on one line and cut where it goes on; empty where it does not.

    "Display P3", "Adobe RGB (1998)", "ISO Coated v2 300% (ECI)": proper names, in every language.
    """
    try:
        said = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return ""
    # Controls, and marks that turn the direction of whatever text the name is put into.
    plain = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in said)
    name = " ".join(plain.split())
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


@lru_cache(maxsize=64)
def is_srgb(profile: bytes) -> bool:
    """Whether an RGB profile's colours are sRGB's, to a level: nothing need then be converted.

    Profiles of this name differ in their black points and digits; what counts is what they do to
    a lattice of colours.
    """
    lattice = _lattice()
    try:
        converted = ImageCms.profileToProfile(
            lattice,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False
    if converted is None:
        return False
    pairs = zip(lattice.tobytes(), converted.tobytes(), strict=True)
    return all(abs(before - after) <= 1 for before, after in pairs)


def _lattice() -> Image.Image:
    levels = (0, 8, 24, 64, 112, 160, 208, 240, 255)
    colours = bytes(
        c for red in levels for green in levels for blue in levels for c in (red, green, blue)
    )
    return Image.frombytes("RGB", (len(levels) ** 2, len(levels)), colours)


def matrix_profile(name: str, primaries: Sequence[Sequence[float]], curve: Curve) -> bytes:
    """A display profile of three primaries and one tone curve, and no tag more than 8.4.3 asks.

    ``primaries`` are XYZ of red, green and blue, adapted to D50; the curve is a type of 10.18 and
    its parameters.
    """
    kind, parameters = curve
    tone = struct.pack(">4s4xHH", b"para", kind, 0) + b"".join(map(_fixed, parameters))
    adaptation = (
        b"sf32" + bytes(4) + b"".join(_fixed(value) for row in _D65_TO_D50 for value in row)
    )
    tags = [
        (b"desc", _text(name)),
        (b"cprt", _text("CC0")),
        (b"wtpt", _xyz(_D50)),
        (b"chad", adaptation),
        (b"rXYZ", _xyz(primaries[0])),
        (b"gXYZ", _xyz(primaries[1])),
        (b"bXYZ", _xyz(primaries[2])),
        (b"rTRC", tone),
        (b"gTRC", tone),
        (b"bTRC", tone),
    ]
    at = _HEADER_BYTES + 4 + 12 * len(tags)
    table, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    for signature, data in tags:
        if data not in places:  # equal tags share their data (7.3.1)
            places[data] = at + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", signature, places[data], len(data))
    return _header(at + len(body)) + table + body


def _header(size_bytes: int) -> bytes:
    """The header (7.2), with a settled date: equal runs must write equal bytes."""
    return struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI12s4s44x",
        size_bytes,
        b"",  # no preferred CMM
        0x04400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        b"",
        0,
        0,
        0,
        0,
        0,
        b"".join(map(_fixed, _D50)),
        b"",
    )


def _fixed(value: float) -> bytes:
    """s15Fixed16Number (4.6)."""
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _text(text: str) -> bytes:
    """MultiLocalizedUnicodeType with one record, in English (10.15)."""
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(encoded), 28) + encoded
