"""One picture's whole way: read, turned, scaled, in true colours, fitted into its bytes.

``make_photo`` runs in a worker process. It touches no file but the source, and for a member of an
archive a private copy, so that killing it at any instant loses nothing but time.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from photoprep.errors import PhotoError
from photoprep.measured import Measures
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.looks import looks_of
from photoprep.photo.measures import measures_of
from photoprep.photo.metadata import clean_exif
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.resize import upright_at
from photoprep.photo.source import HeldSource, held
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
        with held(task) as source:
            sha256 = source.sha256
            return _made(source, task.spec)
    except PhotoError as error:
        error.path, error.source_sha256 = task.path, sha256
        raise


def _made(source: HeldSource, spec: PhotoSpec) -> MadePhoto:
    """The photo of a held source; half a file that is still being copied is not a damaged one."""
    try:
        decoded = decode(source.path, accept_damaged=spec.accept_damaged)
        jpeg, notes, seen = _fitted(decoded, spec)
    except PhotoError:
        source.check()
        raise
    source.check()  # at the end: a decoder may read on while the picture is scaled
    notes = decoded.notes + notes
    return MadePhoto(source.sha256, decoded.full_size_px, jpeg, notes, seen.looks, seen.measures)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the picture looks like, and what was measured of it."""

    looks: str
    measures: Measures


def _fitted(decoded: DecodedPhoto, spec: PhotoSpec) -> tuple[EncodedJpeg, tuple[Note, ...], _Seen]:
    """The JPEG, what there is to say of its colours, and what was seen of the picture."""
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    seen: list[_Seen] = []

    def render(size_px: tuple[int, int]) -> Image.Image:
        scaled = upright_at(decoded, size_px, deep=not plan.is_srgb)
        picture = to_srgb(scaled, plan, spec.background, spec.rendering_intent)
        if not seen:  # of the first, the largest one
            measures = measures_of(picture, decoded.exif, decoded.original_px)
            seen.append(_Seen(looks_of(picture), measures))
        return picture

    jpeg = fit_jpeg(
        render,
        decoded.full_size_px,
        spec,
        icc_profile=srgb_profile() if spec.colour_profile == "srgb" else b"",
        exif=clean_exif(decoded.exif),
    )
    return jpeg, plan.notes, seen[0]
