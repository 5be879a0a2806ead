"""Pictures that a plug-in decodes: it is called, and what it gives is looked at before it is taken.

It runs where all decoders do, in a worker process. Its faults are told with its name, and cost the
picture that brought them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from photoprep.errors import (
    DamagedPhotoError,
    PhotoError,
    PluginFailedError,
    UnsupportedFormatError,
)
from photoprep.language import say
from photoprep.photo.deep import FULL, ColourSpace, Deep, DeepPicture
from photoprep.photo.modes import plain_mode
from photoprep.photo.refusals import not_enough_memory
from photoprep.pixel_bounds import check_pixels
from photoprep.plugged import DecoderPlugin, in_words, loaded
from photoprep.plugins import DamagedFileError, DecodedPicture, UnsupportedFileError

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_SPACES: dict[int, ColourSpace] = {1: "L", 2: "L", 3: "RGB", 4: "RGB"}


@dataclass(frozen=True, slots=True)
class ForeignPicture:
    """What a plug-in has read: ``image`` in one of ``deep.MODES`` or deep, the rest as it gave it.

    ``orientation`` is 1 to 8, as in Exif.
    """

    image: Image.Image | DeepPicture
    icc_profile: bytes
    exif: bytes
    orientation: int


def read_by_plugin(path: Path, plugged: DecoderPlugin) -> ForeignPicture:
    """Let a plug-in decode the file at ``path``.

    Raises:
        DamagedPhotoError, UnsupportedFormatError: the plug-in says so.
        TooManyPixelsError: it is larger than a worker may hold.
        NotEnoughMemoryError: it took more than its worker has.
        PluginFailedError: the plug-in cannot be loaded, raises anything else, or gives no picture.

    """
    name = plugged.decoder.format_name
    try:
        given = loaded(plugged.decoder.decode)(path)
        return _taken(given, path)
    except PhotoError:
        raise
    except MemoryError as error:
        raise not_enough_memory(path) from error
    except DamagedFileError as error:
        said = str(error).strip().rstrip(".") or type(error).__name__
        raise DamagedPhotoError(
            say("The {kind} is damaged or ends too early: {said}.", kind=name, said=said),
            hint=say("Copy it from the camera again, or ask for the photo once more."),
            path=path,
        ) from error
    except UnsupportedFileError as error:
        said = str(error).strip().rstrip(".") or type(error).__name__
        raise UnsupportedFormatError(
            say(
                "It is a {kind} of a kind that the plug-in {plugin} does not read: {said}.",
                kind=name,
                plugin=plugged.plugin,
                said=said,
            ),
            hint=say("Export it as JPEG, PNG or TIFF and run again."),
            path=path,
        ) from error
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        raise _failed(path, plugged, in_words(error)) from error


def _failed(path: Path, plugged: DecoderPlugin, detail: str) -> PluginFailedError:
    return PluginFailedError(
        say(
            "The plug-in {plugin}, which reads {kind} files, failed on it ({detail}).",
            plugin=plugged.plugin,
            kind=plugged.decoder.format_name,
            detail=detail,
        ),
        hint=say("Update the plug-in or tell its author, or export the picture as JPEG or PNG."),
        path=path,
    )


def _taken(given: object, path: Path) -> ForeignPicture:
    """What the plug-in gave, as the room takes pictures; raises ``TypeError`` for what is none."""
    if not isinstance(given, DecodedPicture):
        raise TypeError(say("it gave no DecodedPicture but {kind}", kind=type(given).__name__))
    if given.orientation not in range(1, 9):
        raise ValueError(
            say(
                "it gave the orientation {value}, which is not 1 to 8",
                value=repr(given.orientation),
            )
        )
    pixels: object = given.pixels
    image: Image.Image | DeepPicture
    if isinstance(pixels, Image.Image):
        check_pixels(pixels.size, path)
        pixels.load()
        image = plain_mode(pixels)
    elif isinstance(pixels, np.ndarray):
        image = _of_array(pixels, path)
    else:
        raise TypeError(say("it gave pixels as {kind}", kind=type(pixels).__name__))
    if 0 in image.size:
        raise ValueError(say("it gave a picture without pixels"))
    return ForeignPicture(image, bytes(given.icc_profile), bytes(given.exif), given.orientation)


def _of_array(
    array: np.ndarray[tuple[int, ...], np.dtype[np.generic]], path: Path
) -> Image.Image | DeepPicture:
    shape = array.shape if array.ndim == 3 else (*array.shape, 1)
    if len(shape) != 3 or shape[2] not in _MODES or array.dtype not in (np.uint8, np.uint16):
        raise TypeError(
            say(
                "it gave an array of shape {shape} and type {kind}",
                shape=str(array.shape),
                kind=str(array.dtype),
            )
        )
    check_pixels((shape[1], shape[0]), path)
    if 0 in shape:
        raise ValueError(say("it gave a picture without pixels"))
    whole = np.ascontiguousarray(array.reshape(shape))
    if whole.dtype == np.uint8:
        flat = whole[..., 0] if shape[2] == 1 else whole
        return Image.fromarray(flat)
    has_alpha = shape[2] in {2, 4}
    values: Deep = whole.astype(np.uint16, copy=False)
    if has_alpha:
        alpha = values[..., -1:].astype(np.uint32)
        colours = (values[..., :-1] * alpha + FULL // 2) // FULL
        values = np.concatenate([colours, alpha], axis=-1).astype(np.uint16)
    return DeepPicture(values, _SPACES[shape[2]], has_alpha)
