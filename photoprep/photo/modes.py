"""What Pillow has read, in a mode that scaling and colour work on."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

from photoprep.photo.deep import FULL, MODES, DeepPicture


def is_deep_png(image: Image.Image) -> bool:
    """Whether an opened PNG, not yet loaded, has 16 bits a channel; Pillow would cut off 8."""
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def plain_mode(image: Image.Image) -> Image.Image | DeepPicture:
    """The loaded picture without a palette, in one of ``deep.MODES`` or deep."""
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        # Adobe's JPEGs count the paper and not the ink. Pillow takes every CMYK JPEG for one; those
        # without Adobe's marker are not.
        return ImageChops.invert(image)
    if image.mode in MODES:
        if "transparency" in image.info and image.mode in {"RGB", "L"}:
            return image.convert("RGBA" if image.mode == "RGB" else "LA")
        return image
    if image.mode in {"P", "PA"}:
        alpha = "transparency" in image.info or image.mode == "PA"
        return image.convert("RGBA" if alpha else "RGB")
    if image.mode == "F" or image.mode.startswith("I"):
        return _deep_grey(image)
    if image.mode == "1" and image.format == "PSD":
        return ImageChops.invert(image.convert("L"))  # there 1 is black, which Pillow does not know
    return image.convert("L" if image.mode == "1" else "RGB")


def _deep_grey(image: Image.Image) -> DeepPicture:
    """Grey of 16 bits, of 32, or floating: by its range, which is told by its largest value."""
    values = np.asarray(image)
    if image.mode == "F":
        values = np.nan_to_num(values, posinf=0, neginf=0)  # what is no number is black
    most = float(values.max())
    if image.mode == "F" and most <= 1:
        top = 1.0
    else:
        top = 255.0 if most <= 255 else max(float(FULL), most)
    wide = (np.clip(values / top, 0, 1) * FULL + 0.5).astype(np.uint16)
    return DeepPicture(wide[..., None], "L")
