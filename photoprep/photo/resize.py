"""A decoded picture at another size, and upright."""

from __future__ import annotations

from PIL import Image

from photoprep.photo.decode import QUARTER_TURNS, DecodedPhoto
from photoprep.photo.deep import MODES, DeepPicture, deep_from
from photoprep.photo.lanczos import MODES as SCALED_MODES
from photoprep.photo.lanczos import lanczos, lanczos_deep
from photoprep.photo.pixels import pixels_of

# Below this many pixels Pillow is done before the weights are made.
_WORTH_WEIGHTS_PX = 40_000


def upright_at(
    decoded: DecodedPhoto, size_px: tuple[int, int], *, deep: bool = False
) -> Image.Image | DeepPicture:
    """The picture upright at ``size_px``, by Lanczos, in the colours of its file.

    ``deep`` keeps 16 bits of every channel, for colours that are still to be converted; a picture
    that has alpha or more than 8 bits does in any case. It is turned last, when there is least to
    turn.

    Lanczos on the stored values, and nothing after it: docs/resampling.md compares it with other
    filters, with linear light and with sharpening, and says for which pictures it is wrong.
    """
    stored_px = size_px[::-1] if decoded.turn in QUARTER_TURNS else size_px
    whole = (decoded.original_px, decoded.averaged_px)
    picture: Image.Image | DeepPicture
    if isinstance(decoded.image, DeepPicture):
        picture = _deep_scaled(decoded.image, stored_px, *whole)
    elif deep or MODES[decoded.image.mode][1]:
        picture = _deep_of_image(decoded.image, stored_px, *whole)
    else:
        picture = scaled(decoded.image, stored_px, *whole)
    if decoded.turn is None:
        return picture
    if isinstance(picture, DeepPicture):
        return picture.transposed(decoded.turn)
    return picture.transpose(decoded.turn)


def scaled(
    image: Image.Image,
    size_px: tuple[int, int],
    original_px: tuple[int, int] | None = None,
    averaged_px: int = 1,
) -> Image.Image:
    """The opaque 8-bit picture at another size; ``averaged_px`` as for ``lanczos``."""
    if image.size == size_px and averaged_px == 1:
        return image
    worth_weights = image.width * image.height >= _WORTH_WEIGHTS_PX or averaged_px > 1
    if image.mode in SCALED_MODES and worth_weights:
        return lanczos(image, size_px, original_px, averaged_px)
    # Far larger pictures are first shrunk by whole factors (``reducing_gap``), which shows no
    # difference.
    return image.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _deep_scaled(
    picture: DeepPicture, size_px: tuple[int, int], original_px: tuple[int, int], averaged_px: int
) -> DeepPicture:
    if picture.size == size_px and averaged_px == 1:
        return picture
    values = lanczos_deep(picture.values, size_px, original_px, averaged_px)
    return DeepPicture(values, picture.space, picture.has_alpha)


def _deep_of_image(
    image: Image.Image, size_px: tuple[int, int], original_px: tuple[int, int], averaged_px: int
) -> DeepPicture:
    """An 8-bit picture scaled to 16 bits, colours multiplied by their alpha: none has a fringe."""
    if image.size == size_px and averaged_px == 1:
        return deep_from(image)
    space, has_alpha = MODES[image.mode]
    if has_alpha:
        image = image.convert("La" if space == "L" else "RGBa")
    # Pillow keeps grey with alpha as L, L, L, A.
    channels = [0, 3] if image.mode == "La" else list(range(len(image.getbands())))
    values = lanczos_deep(pixels_of(image), size_px, original_px, averaged_px, channels)
    return DeepPicture(values, space, has_alpha)
