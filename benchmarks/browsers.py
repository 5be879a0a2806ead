"""How browsers, mail and picture libraries show sRGB that is named in a profile, and that is not.

    python -m benchmarks.browsers [PROFILE]

PROFILE is a full sRGB profile to compare with; where none is named, it is Ghostscript's. Needs
Chromium, Firefox ESR, Thunderbird, WebKitGTK, wkhtmltoimage, ImageMagick and Qt 6, each left out,
and said, where it is missing; on Debian:

    apt-get install chromium firefox-esr thunderbird xvfb xauth gir1.2-webkit2-4.1 \
        gir1.2-gdkpixbuf-2.0 python3-gi python3-gi-cairo python3-pyqt6 wkhtmltopdf imagemagick \
        libgs-common

Twelve colours in a JPEG of quality 100, without chroma subsampling, are shown with each profile
on each display. A figure is the largest difference, in levels of 255, from what LittleCMS says
the display must be given for these colours; 1 is rounding.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from benchmarks.compact_profiles import compact_v2_srgb, display_p3
from benchmarks.thunderbird import THUNDERBIRD
from benchmarks.viewers import PROGRAMS, Program, ViewerMissingError
from photoprep.photo.profiles import adobe_rgb_profile, srgb_profile

COLOURS = (
    *((255, 255, 255), (242, 242, 242), (128, 128, 128), (40, 40, 40)),
    *((204, 20, 30), (0, 82, 155), (20, 160, 60), (255, 205, 0)),
    *((224, 172, 140), (140, 90, 60), (235, 110, 20), (110, 60, 150)),
)  # white to black, a tool's red, a brand's blue, green, yellow, two skins, orange, violet
PATCH_PX = 32
ACROSS = 4
# Artifex's sRGB, version 2 with tables of 1024 entries, as Debian's ghostscript brings it.
FULL_PROFILE = Path("/usr/share/color/icc/ghostscript/srgb.icc")

Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of saying that a JPEG's colours are sRGB, or that they are not."""

    name: str
    profile: bytes
    space: bytes  # the profile of what the numbers mean


def main(full_profile: Path) -> None:
    """Print a row for every program and display."""
    variants = tuple(_variants(full_profile))
    for variant in variants:
        print(f"{variant.name}: {len(variant.profile)} bytes")
    print("\n" + " | ".join([f"{'':52}", *(variant.name for variant in variants)]))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.jpg" for number in range(len(variants))]
        for variant, file in zip(variants, files, strict=True):
            _chart().save(file, quality=100, subsampling=0, icc_profile=variant.profile)
        for program in (*PROGRAMS, THUNDERBIRD):
            _show(program, variants, files)


def _variants(full_profile: Path) -> Iterator[Variant]:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield Variant("none", b"", srgb)
    yield Variant("ours, v4", srgb_profile(), srgb)
    yield Variant("LittleCMS, v4", srgb, srgb)
    yield Variant("compact v2", compact_v2_srgb(), srgb)
    if full_profile.exists():
        yield Variant("full v2", full_profile.read_bytes(), srgb)
    else:
        print(f"{full_profile} is not there: no full profile is compared.", file=sys.stderr)
    yield Variant("Display P3 as it is", display_p3(), display_p3())


def _show(program: Program, variants: tuple[Variant, ...], files: list[Path]) -> None:
    displays = {"sRGB": b"", "Display P3": display_p3(), "Adobe RGB": adobe_rgb_profile()}
    for display in program.displays:
        try:
            shown = program.show(files, display, displays[display])
        except ViewerMissingError as missing:
            print(f"{program.name}: {missing}", file=sys.stderr)
            return
        differences = [
            f"{_furthest(variant, file, picture, displays[display]):>{len(variant.name)}}"
            for variant, file, picture in zip(variants, files, shown, strict=True)
        ]
        print(" | ".join([f"{program.name + ', ' + display:52}", *differences]), flush=True)


def _chart() -> Image.Image:
    rows = len(COLOURS) // ACROSS
    chart = Image.new("RGB", (ACROSS * PATCH_PX, rows * PATCH_PX))
    for number, colour in enumerate(COLOURS):
        x, y = number % ACROSS * PATCH_PX, number // ACROSS * PATCH_PX
        chart.paste(colour, (x, y, x + PATCH_PX, y + PATCH_PX))
    return chart


def _furthest(variant: Variant, file: Path, shown: Image.Image, display: bytes) -> int:
    """The largest difference of a patch's middle from what it should be, in levels."""
    with Image.open(file) as stored:
        wanted = _converted(stored.convert("RGB"), variant.space, display)
    return int(np.abs(_middles(shown) - _middles(wanted)).max())


def _converted(image: Image.Image, space: bytes, display: bytes) -> Image.Image:
    srgb = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(space)),
        ImageCms.ImageCmsProfile(io.BytesIO(display)) if display else srgb,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.NOOPTIMIZE,
    )
    if converted is None:
        raise ValueError("LittleCMS converted nothing")
    return converted


def _middles(image: Image.Image) -> Levels:
    """The colour in the middle of each patch."""
    values = np.asarray(image.convert("RGB")).astype(np.int64)
    half = PATCH_PX // 2
    return values[half::PATCH_PX, half::PATCH_PX].reshape(-1, 3)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FULL_PROFILE)
