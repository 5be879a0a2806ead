"""One picture's whole way: read, turned, scaled, in true colours, fitted into its bytes.

``make_photo`` runs in a worker process. It touches no file but the source, so that killing it at
any instant loses nothing but time.
"""

from __future__ import annotations

from PIL import Image

from photoprep.errors import PhotoError, SourceChangedError
from photoprep.files import sha256_of_file, unreadable
from photoprep.photo.colour import srgb_profile, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.looks import looks_of
from photoprep.photo.metadata import clean_exif
from photoprep.photo.resize import upright_at
from photoprep.photo.task import EncodedJpeg, MadePhoto, PhotoTask
from photoprep.preset import PhotoSpec
from photoprep.report import Note


def make_photo(task: PhotoTask) -> MadePhoto:
    """Prepare one picture.

    Raises:
        PhotoError: it is no picture, cannot be read, or cannot be brought within its bytes; the
            error names the file.

    """
    sha256 = ""
    try:
        sha256 = sha256_of_file(task.path)
        spec = task.spec
        decoded = decode(task.path)
        _check_unchanged(task)
        jpeg, colour_notes, looks = _fitted(decoded, spec)
    except PhotoError as error:
        try:
            _check_unchanged(task)  # half a file that is still being copied is not a damaged one
        except PhotoError as changed:
            changed.path = task.path
            raise changed from error
        error.path, error.source_sha256 = task.path, sha256
        raise
    notes = decoded.notes + colour_notes
    return MadePhoto(sha256, decoded.full_size_px, jpeg, notes, looks)


def _fitted(decoded: DecodedPhoto, spec: PhotoSpec) -> tuple[EncodedJpeg, tuple[Note, ...], str]:
    """The JPEG, what there is to say of its colours, and the looks of the picture."""
    notes: tuple[Note, ...] = ()
    looks = ""

    def render(size_px: tuple[int, int]) -> Image.Image:
        nonlocal notes, looks
        picture, notes = to_srgb(upright_at(decoded, size_px), decoded.icc_profile, spec.background)
        looks = looks or looks_of(picture)  # of the first, the largest one
        return picture

    jpeg = fit_jpeg(
        render,
        decoded.full_size_px,
        spec,
        icc_profile=srgb_profile(),
        exif=clean_exif(decoded.exif),
    )
    return jpeg, notes, looks


def _check_unchanged(task: PhotoTask) -> None:
    """Refuse a source that changed between the look at it and the end of reading it."""
    try:
        status = task.path.stat()
    except OSError as error:
        raise unreadable(task.path, error) from error
    if (status.st_size, status.st_mtime_ns) != (task.stamp.size_bytes, task.stamp.mtime_ns):
        raise SourceChangedError(
            "The file changed while it was being read.",
            hint="Wait until it has been copied whole, then run again.",
        )
