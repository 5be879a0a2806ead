"""libvips, for what Pillow cannot: colours through LittleCMS at 16 bits, deep files as streams.

Loaded where a picture asks for it: 40 ms and its memory are spared by folders of plain photos.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photoprep.photo.deep import ColourSpace, Deep
from photoprep.photo.memory_bound import tells_want_of_memory
from photoprep.preset import RenderingIntent

_INTERPRETATIONS = {"RGB": "rgb16", "L": "grey16", "CMYK": "cmyk"}


@lru_cache(maxsize=1)
def vips() -> Any:
    """The binding, keeping to one thread (there is a worker for every core) and to no cache."""
    import logging

    import pyvips

    # What it warns of is in the errors that follow, or does no harm; a terminal is not the place.
    logging.getLogger("pyvips").setLevel(logging.CRITICAL)
    pyvips.cache_set_max(0)
    pyvips.vips_lib.vips_concurrency_set(1)
    return pyvips


def to_srgb16(values: Deep, space: ColourSpace, profile: bytes, intent: RenderingIntent) -> Deep:
    """Colours through their profile to sRGB, cut off where sRGB ends: (height, width, 3).

    LittleCMS at 16 bits, with black-point compensation where the intent has one. Raises
    ``ValueError`` when the profile is not to be used for them.
    """
    image = _with_profile(values, space, profile)
    options = _options(intent)
    try:
        converted = image.icc_transform("srgb", depth=16, **options)
        shown: Deep = _array(converted, np.uint16)
    except vips().Error as error:
        raise _refusal(error) from error
    return shown


def to_lab(
    values: Deep, space: ColourSpace, profile: bytes, intent: RenderingIntent
) -> NDArray[np.float32]:
    """Colours through their profile to CIELAB of D50, in or out of sRGB; else as ``to_srgb16``."""
    image = _with_profile(values, space, profile)
    try:
        imported = image.icc_import(pcs="lab", **_options(intent))
        lab: NDArray[np.float32] = _array(imported, np.float32)
    except vips().Error as error:
        raise _refusal(error) from error
    return lab


def _refusal(error: Exception) -> Exception:
    """What libvips' error means: a profile that was refused for want of memory is not a bad one."""
    return (MemoryError if tells_want_of_memory(str(error)) else ValueError)(str(error))


def _options(intent: RenderingIntent) -> dict[str, object]:
    return {"intent": intent, "black_point_compensation": intent != "absolute", "embedded": True}


def _with_profile(values: Deep, space: ColourSpace, profile: bytes) -> Any:
    height, width, channels = values.shape
    whole = np.ascontiguousarray(values)
    image = vips().Image.new_from_memory(whole.data, width, height, channels, "ushort")
    image = image.copy(interpretation=_INTERPRETATIONS[space])
    image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
    return image


def _array(image: Any, kind: type[np.generic]) -> Any:
    """A picture's values as (height, width, channels), not copied again."""
    memory = np.frombuffer(image.write_to_memory(), dtype=kind)
    return memory.reshape(image.height, image.width, image.bands)
