"""Where pictures of the originals lie, for a page that lays them over the photos.

One is known by what it was made from, so that it stays in its place whatever the photo is called,
and equal originals share one. It is for looking at: a run that finds it gone or broken says that
there is none, and makes nothing anew for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from photoprep.outcome import PreparedJpeg
from photoprep.output_folder import ORIGINALS_FOLDER


def preview_path(source_sha256: str, recipe: str, size_bytes: int) -> str:
    """Where the picture of an original lies that was made by a recipe (``recipes.photo_recipe``).

    Its name has its bytes: of a file that was not synced, a loss of power leaves fewer.
    """
    key = hashlib.sha256(f"{source_sha256} {recipe}".encode()).hexdigest()
    return f"{ORIGINALS_FOLDER}/{key[:32]}-{size_bytes}.jpg"


def with_preview_as_found(jpeg: PreparedJpeg, there: Mapping[str, int]) -> PreparedJpeg:
    """The same, without its preview where that is not there, or not whole.

    ``there`` are the files of ``ORIGINALS_FOLDER`` with their bytes.
    """
    if jpeg.preview and not jpeg.preview.endswith(f"-{there.get(jpeg.preview)}.jpg"):
        return replace(jpeg, preview="")
    return jpeg
