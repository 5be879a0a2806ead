"""A picture's memory as numbers, without a copy where that can be."""

from __future__ import annotations

import nanoarrow
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """The picture's memory as (height, width, channels or more), not copied where that can be.

    Pillow hands it out by the Arrow C data interface when it lies in one piece.
    """
    image.load()
    try:
        array = nanoarrow.c_array(image).view()
    except (ValueError, MemoryError):
        whole: NDArray[np.uint8] = np.asarray(image)
        return whole.reshape(image.height, image.width, -1)
    values = array.child(0) if array.n_children else array
    memory: NDArray[np.uint8] = np.asarray(values.buffer(1))
    return memory.reshape(image.height, image.width, -1)
