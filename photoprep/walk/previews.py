"""Where pictures of the originals lie, for a page that lays them over the photos.

One is known by what it was made from, so that it stays in its place whatever the photo is called,
and equal originals share one. It is for looking at: a run that finds it gone or broken says that
there is none, and makes nothing anew for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from photoprep.outcome import PreparedJpeg
from photoprep.output_folder import ORIGINALS_FOLDER, OutputFolder


def preview_path(source_sha256: str, recipe: str) -> str:
    """Where the picture of an original lies that was made by a recipe (``recall.recipe_of``)."""
    key = hashlib.sha256(f"{source_sha256} {recipe}".encode()).hexdigest()
    return f"{ORIGINALS_FOLDER}/{key[:32]}.jpg"


def with_preview_as_found(jpeg: PreparedJpeg, folder: OutputFolder) -> PreparedJpeg:
    """The same, without its preview where that is not there, or not whole."""
    if jpeg.preview and not folder.is_as_written(jpeg.preview):
        return replace(jpeg, preview="")
    return jpeg
