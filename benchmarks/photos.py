"""The photos that the benchmarks measure, read in full and with care: the references."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageOps

from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.deep import deep_from
from photoprep.units import scaled_size_px

LEAST_PIXELS = 1_000_000


def photos_in(folders: list[Path]) -> list[Path]:
    """Every readable photo of at least 1 MP under the folders, sorted; says what it leaves out."""
    set_up_decoders()
    found = []
    for path in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
        try:
            with Image.open(path) as opened:
                if opened.width * opened.height >= LEAST_PIXELS:
                    found.append(path)
        except (OSError, ValueError, SyntaxError) as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)
    return found


def at_944_px(path: Path) -> Image.Image:
    """The whole photo upright in sRGB on white, scaled by Pillow's Lanczos to 944 px at most."""
    with Image.open(path) as opened:
        profile = opened.info.get("icc_profile") or b""
        upright = ImageOps.exif_transpose(opened)
        if upright.mode == "P":
            upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    picture = in_srgb(upright, profile)
    size_px = scaled_size_px(picture.size, 944)
    return picture.resize(size_px, Image.Resampling.LANCZOS)


def in_srgb(image: Image.Image, icc_profile: bytes) -> Image.Image:
    """An 8-bit picture in sRGB on white, at its own size."""
    plan = plan_colours(image, icc_profile)
    return to_srgb(image if plan.is_srgb else deep_from(image), plan, "white")
