"""Colours become sRGB through the picture's own ICC profile, and transparency becomes background.

The conversion is LittleCMS's at 16 bits, by the preset's rendering intent and with black-point
compensation, after scaling: on a twentieth of the pixels. What sRGB cannot show is drawn in rather
than cut off where it is enough to be seen (``gamut``). docs/colour.md gives the reasons.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageColor

from photoprep.language import say
from photoprep.outcome import Note
from photoprep.photo import gamut
from photoprep.photo.deep import CHANNELS, FULL, MODES, ColourSpace, Deep, DeepPicture, deep_from
from photoprep.photo.libvips import to_lab, to_srgb16
from photoprep.photo.press import light_of_ink
from photoprep.photo.profiles import adobe_rgb_profile, description_of, is_srgb, space_of
from photoprep.preset import RenderingIntent

# Exif 2.32: ColorSpace in the Exif IFD, where 2 is what some cameras write for Adobe RGB, and the
# interoperability index, where DCF 2.0 has "R03" for it.
_COLOUR_SPACE, _ADOBE_COLOUR_SPACE = 0xA001, 2
_INTEROP_INDEX, _ADOBE_INTEROP = 0x0001, "R03"

# Where fewer pixels than this lie on the border of sRGB, none need be looked at twice.
_FEW_AT_BORDER = 0.001


@dataclass(frozen=True, slots=True)
class ColourPlan:
    """What becomes of a picture's colours: the ``profile`` they go through, and what to say of it.

    ``is_srgb`` says that they are sRGB already and go through none. Without a profile, CMYK is
    reckoned as ink on paper (``press``) and LAB by its definition. ``colour_from`` is what people
    call the colours, empty for sRGB: a profile's own name, or a sentence.
    """

    profile: bytes = b""
    is_srgb: bool = True
    notes: tuple[Note, ...] = ()
    colour_from: str = ""


def plan_colours(
    image: Image.Image | DeepPicture, icc_profile: bytes, exif: Image.Exif | None = None
) -> ColourPlan:
    """Say how a picture's colours become sRGB.

    A profile that cannot be used is left aside with the note ``profile-ignored`` rather than
    failing the photo; CMYK without one gets the note ``colour-guessed``.
    """
    space = image.space if isinstance(image, DeepPicture) else MODES[image.mode][0]
    notes: tuple[Note, ...] = ()
    if icc_profile and space != "LAB":
        if _is_usable(icc_profile, space):
            if space == "RGB" and is_srgb(icc_profile):
                return ColourPlan(icc_profile)
            name = description_of(icc_profile) or _UNNAMED
            return ColourPlan(icc_profile, is_srgb=False, colour_from=name)
        notes = (_PROFILE_IGNORED,)
    if space == "CMYK":
        return ColourPlan(is_srgb=False, notes=(*notes, _COLOUR_GUESSED), colour_from=_COATED_PAPER)
    if space == "RGB" and not icc_profile and exif is not None and _says_adobe_rgb(exif):
        return ColourPlan(adobe_rgb_profile(), is_srgb=False, colour_from=_ADOBE_RGB)
    if space == "LAB":
        return ColourPlan(is_srgb=False, notes=notes, colour_from=_LAB)
    return ColourPlan(notes=notes)


_ADOBE_RGB, _LAB = "Adobe RGB (1998)", "CIELAB"
_UNNAMED = say("a profile without a name")
_COATED_PAPER = say("CMYK without a profile, taken as common coated paper")
_PROFILE_IGNORED = Note(
    "profile-ignored",
    "warning",
    say("Its colour profile is broken or not for it; the colours were taken as they stand."),
)
_COLOUR_GUESSED = Note(
    "colour-guessed",
    "warning",
    say(
        "It is in CMYK without a usable colour profile; the colours were taken as those of common "
        "coated paper. Ask for an RGB version where colour matters."
    ),
)


def to_srgb(
    picture: Image.Image | DeepPicture,
    plan: ColourPlan,
    background: str,
    intent: RenderingIntent = "relative",
) -> Image.Image:
    """The picture as opaque sRGB, mode RGB."""
    if isinstance(picture, Image.Image) and MODES[picture.mode][1]:
        picture = deep_from(picture)
    if isinstance(picture, Image.Image):
        opaque = picture.convert("RGB")
        # Pillow carries a file's comment and more along from picture to picture, and saves it.
        opaque.info = {}
        return opaque
    colours, alpha = _apart(picture)
    shown = _shown(colours, picture.space, plan, intent)
    if alpha is not None:
        shown = _over(shown, alpha, background)
    return Image.fromarray(((shown.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _is_usable(profile: bytes, space: ColourSpace) -> bool:
    if space_of(profile) != space:
        return False
    if space == "RGB" and is_srgb(profile):
        return True
    try:
        to_srgb16(np.zeros((1, 1, CHANNELS[space]), np.uint16), space, profile, "relative")
    except ValueError:
        return False
    return True


def _says_adobe_rgb(exif: Image.Exif) -> bool:
    with suppress(Exception):  # broken tags raise almost anything, and then say nothing
        own = exif.get_ifd(ExifTags.IFD.Exif)
        interop = exif.get_ifd(ExifTags.IFD.Interop)
        index = str(interop.get(_INTEROP_INDEX, "")).strip("\0 ")
        return own.get(_COLOUR_SPACE) == _ADOBE_COLOUR_SPACE or index == _ADOBE_INTEROP
    return False


def _apart(picture: DeepPicture) -> tuple[Deep, NDArray[np.float32] | None]:
    """Its colours as they are behind the alpha, and the alpha (height, width, 1), 0…1."""
    if not picture.has_alpha:
        return picture.values, None
    alpha = picture.values[..., -1:].astype(np.float32) / np.float32(FULL)
    seen = picture.values[..., :-1].astype(np.float32) / np.maximum(alpha, np.float32(1 / FULL))
    return (np.minimum(seen, FULL) + np.float32(0.5)).astype(np.uint16), alpha


def _over(shown: Deep, alpha: NDArray[np.float32], background: str) -> Deep:
    """What is seen of colours that let a background through, mixed as browsers do it: in sRGB."""
    behind = np.array(ImageColor.getcolor(background, "RGB"), np.float32) * np.float32(257)
    mixed = shown.astype(np.float32) * alpha + behind * (1 - alpha)
    return (mixed + np.float32(0.5)).astype(np.uint16)


def _shown(colours: Deep, space: ColourSpace, plan: ColourPlan, intent: RenderingIntent) -> Deep:
    """The colours in sRGB, (height, width, 3)."""
    if space == "LAB":
        lab = colours * (np.array([100, 255, 255], np.float32) / np.float32(FULL))
        lab -= np.array([0, 128, 128], np.float32)
        return gamut.encoded(gamut.linear_from_lab(lab.astype(np.float32)))
    if space == "CMYK" and not plan.profile:
        return gamut.encoded(gamut.linear_from_xyz(light_of_ink(colours)))
    if plan.is_srgb:
        return np.repeat(colours, 3, axis=-1) if space == "L" else colours
    shown = to_srgb16(colours, space, plan.profile, intent)
    if space != "RGB" or intent == "absolute" or not _reaches_border(shown):
        return shown
    return _drawn_in(shown, colours, plan.profile, intent)


def _reaches_border(shown: Deep) -> bool:
    least, most = gamut.least(shown), gamut.largest(shown)
    # White backgrounds and black corners lie there too, and are as they should be.
    at_border = ((least == 0) | (most == FULL)) & (most - least > FULL // 50)
    return bool(at_border.mean() >= _FEW_AT_BORDER)


def _drawn_in(shown: Deep, colours: Deep, profile: bytes, intent: RenderingIntent) -> Deep:
    """The same with what lies beyond sRGB drawn in; what lies well within stays as it is."""
    near = gamut.may_change(shown)
    linear = gamut.linear_from_lab(to_lab(colours[near][:, None], "RGB", profile, intent)[:, 0])
    room = gamut.headroom(linear, _own_from_linear(profile))
    reach = gamut.reach_of(linear, room, near.size)
    if reach.is_beyond:
        shown = shown.copy()
        shown[near] = gamut.encoded(gamut.drawn_in(linear, room, reach))
    return shown


@lru_cache(maxsize=16)
def _own_from_linear(profile: bytes) -> NDArray[np.float32]:
    """The matrix from linear sRGB to a device's linear RGB, by its three primaries."""
    primaries = np.eye(3, dtype=np.uint16)[None] * np.uint16(FULL)
    linear = gamut.linear_from_lab(to_lab(primaries, "RGB", profile, "relative"))[0]
    try:
        return np.asarray(np.linalg.inv(linear.T), np.float32)
    except np.linalg.LinAlgError:  # primaries on one line: no device, but a file can say so
        return np.eye(3, dtype=np.float32)
