"""A decoded picture at another size, and upright."""

from __future__ import annotations

from PIL import Image

from photoprep.photo.decode import QUARTER_TURNS, DecodedPhoto
from photoprep.photo.lanczos import MODES, lanczos

# Below this many pixels Pillow is done before the weights are made.
_WORTH_WEIGHTS_PX = 40_000


def upright_at(decoded: DecodedPhoto, size_px: tuple[int, int]) -> Image.Image:
    """The picture upright at ``size_px``, by Lanczos, in the colours of its file.

    It is turned last, when there is least to turn.

    Lanczos on the stored values, and nothing after it: docs/resampling.md compares it with other
    filters, with linear light and with sharpening, and says for which pictures it is wrong.
    """
    stored_px = size_px[::-1] if decoded.turn in QUARTER_TURNS else size_px
    image = scaled(decoded.image, stored_px, decoded.original_px, decoded.averaged_px)
    return image if decoded.turn is None else image.transpose(decoded.turn)


def scaled(
    image: Image.Image,
    size_px: tuple[int, int],
    original_px: tuple[int, int] | None = None,
    averaged_px: int = 1,
) -> Image.Image:
    """The picture at another size; see ``lanczos`` for what a scaled decode averaged."""
    if image.size == size_px and averaged_px == 1:
        return image
    worth_weights = image.width * image.height >= _WORTH_WEIGHTS_PX or averaged_px > 1
    if image.mode in MODES and worth_weights:
        return lanczos(image, size_px, original_px, averaged_px)
    # Pillow multiplies colours by their alpha for it, so that a cut-out gets no fringe. Far larger
    # pictures are first shrunk by whole factors (``reducing_gap``), which shows no difference.
    return image.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=3.0)
