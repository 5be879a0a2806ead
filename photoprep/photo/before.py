"""What an original looks like, to be laid over the photo that was made of it.

It has the photo's very size, so that nothing but the coding and the colours can differ.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from photoprep.photo.colour import ColourPlan
from photoprep.photo.deep import DeepPicture

# So fine that what is seen beside the photo is the photo's own loss.
_QUALITY = 92
# Display profiles of measured curves have some 10 kB; tables of printers have megabytes, which
# every picture would carry.
_LARGEST_PROFILE_BYTES = 64_000


def preview_of(
    scaled: Image.Image | DeepPicture,
    shown: Image.Image,
    plan: ColourPlan,
    icc_profile: bytes,
) -> bytes:
    """A JPEG of the original, upright, at the size of ``shown``: the picture as it was rendered.

    RGB of another space than sRGB keeps its own colours in ``scaled`` and its own profile, so that
    a browser converts them and our conversion can be judged by it. What no browser shows so (CMYK,
    grey, Lab, transparency) is as it was rendered, with ``icc_profile``, the photo's own.
    """
    if isinstance(scaled, DeepPicture) and _is_for_browsers(scaled, plan):
        values = (scaled.values.astype(np.uint32) + 128) // 257
        shown, icc_profile = Image.fromarray(values.astype(np.uint8)), plan.profile
    buffer = io.BytesIO()
    shown.save(
        buffer, "JPEG", quality=_QUALITY, subsampling="4:4:4", icc_profile=icc_profile or None
    )
    return buffer.getvalue()


def _is_for_browsers(scaled: DeepPicture, plan: ColourPlan) -> bool:
    """Whether a browser can show the colours as they are in the file."""
    is_opaque_rgb = scaled.space == "RGB" and not scaled.has_alpha
    has_own = not plan.is_srgb and 0 < len(plan.profile) <= _LARGEST_PROFILE_BYTES
    return is_opaque_rgb and has_own
