"""A picture with more to it than Pillow's modes hold: 16 bits a channel, and alpha without loss.

What has been scaled and is not in sRGB yet takes this form too, so that nothing is rounded to 8
bits before its colours are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.pixels import pixels_of

ColourSpace = Literal["RGB", "L", "CMYK", "LAB"]
Deep = NDArray[np.uint16]

FULL = 65535
CHANNELS: dict[ColourSpace, int] = {"RGB": 3, "L": 1, "CMYK": 4, "LAB": 3}

# Pillow's modes: the space, and whether alpha comes last.
MODES: dict[str, tuple[ColourSpace, bool]] = {
    "RGB": ("RGB", False),
    "RGBA": ("RGB", True),
    "RGBa": ("RGB", True),
    "L": ("L", False),
    "LA": ("L", True),
    "La": ("L", True),
    "CMYK": ("CMYK", False),
    "LAB": ("LAB", False),
}


@dataclass(frozen=True, slots=True, eq=False)
class DeepPicture:
    """``values`` is (height, width, channels), 0…65535 for none…all of a channel.

    CMYK counts ink. LAB is CIELAB of D50: L* 0…100, a* and b* from -128 to 127. ``has_alpha``
    says that the last channel is alpha, with which the others are multiplied.
    """

    values: Deep
    space: ColourSpace
    has_alpha: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as Pillow has it."""
        return self.values.shape[1], self.values.shape[0]

    def transposed(self, turn: Image.Transpose) -> DeepPicture:
        """The picture turned or mirrored, as ``Image.transpose`` does."""
        return DeepPicture(
            np.ascontiguousarray(_TURNED[turn](self.values)), self.space, self.has_alpha
        )


_TURNED = {
    Image.Transpose.FLIP_LEFT_RIGHT: lambda values: values[:, ::-1],
    Image.Transpose.FLIP_TOP_BOTTOM: lambda values: values[::-1],
    Image.Transpose.ROTATE_180: lambda values: values[::-1, ::-1],
    Image.Transpose.ROTATE_90: lambda values: np.rot90(values, 1),
    Image.Transpose.ROTATE_270: lambda values: np.rot90(values, 3),
    Image.Transpose.TRANSPOSE: lambda values: values.transpose(1, 0, 2),
    Image.Transpose.TRANSVERSE: lambda values: values[::-1, ::-1].transpose(1, 0, 2),
}


def deep_from(image: Image.Image) -> DeepPicture:
    """An 8-bit picture of one of ``MODES``, at the same size."""
    space, has_alpha = MODES[image.mode]
    if image.mode in {"RGBA", "LA"}:
        image = image.convert(image.mode.replace("A", "a"))
    channels = [0, 3] if space == "L" and has_alpha else list(range(len(image.getbands())))
    values = pixels_of(image)[:, :, channels]  # Pillow keeps grey with alpha as L, L, L, A
    return DeepPicture(values.astype(np.uint16) * np.uint16(257), space, has_alpha)
