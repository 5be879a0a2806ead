"""One picture's whole way: read, turned, scaled, in true colours, fitted into its bytes.

``make_photo`` runs in a worker process. It touches no file but the source, and for a member of an
archive a private copy, so that killing it at any instant loses nothing but time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from photoprep.errors import PhotoError
from photoprep.measured import Measures
from photoprep.photo.before import preview_of
from photoprep.photo.capture_time import capture_time, taken_at
from photoprep.photo.colour import ColourPlan, plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode
from photoprep.photo.deep import DeepPicture
from photoprep.photo.fit import allowed_sizes_px, fit_jpeg, smaller_jpeg
from photoprep.photo.looks import looks_of
from photoprep.photo.measures import measures_of
from photoprep.photo.metadata import clean_exif
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.resize import upright_at
from photoprep.photo.source import HeldSource, changed, held, held_head
from photoprep.photo.task import (
    EncodedJpeg,
    Head,
    HeadTask,
    Looked,
    LookTask,
    MadePhoto,
    PhotoTask,
    SmallerTask,
)
from photoprep.photo.thumbnail import thumbnail_of
from photoprep.preset import PhotoSpec

AlsoMake = Callable[[DecodedPhoto, str], None]


def make_photo(task: PhotoTask, also: AlsoMake | None = None) -> MadePhoto:
    """Prepare one picture.

    ``also`` is given the decoded picture and the hash of its source, so that who wants something
    else of it too need not decode it again.

    Raises:
        PhotoError: it is no picture, cannot be read, or cannot be brought within its bytes; the
            error names the file.

    """
    sha256 = ""
    try:
        with held(task) as source:
            sha256 = source.sha256
            return _made(source, task.spec, also)
    except PhotoError as error:
        error.path, error.source_sha256 = task.path, sha256
        raise


def make_smaller(task: SmallerTask) -> EncodedJpeg:
    """Make a photo again in fewer bytes, at the same size and subsampling, from its source.

    Raises:
        CannotFitError: it does not come within its bytes.
        SourceChangedError: the source is no longer what the photo was made from.
        PhotoError: as for ``make_photo``; the error names the file.

    """
    spec, like = task.photo.spec, task.jpeg
    try:
        with held(task.photo) as source:
            if source.sha256 != task.source_sha256:
                raise changed()
            decoded = decode(source.path, accept_damaged=spec.accept_damaged)
            plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
            jpeg = smaller_jpeg(
                _rendered(decoded, plan, (like.width_px, like.height_px), spec).shown,
                like,
                task.max_bytes,
                icc_profile=_profile(spec),
                exif=clean_exif(decoded.exif),
            )
            source.check()
    except PhotoError as error:
        error.path = task.photo.path
        raise
    return jpeg


def look_at(task: LookTask) -> Looked:
    """Decode and scale one picture as ``make_photo`` does, and encode nothing; raises the same."""
    try:
        with held(task) as source:
            decoded = decode(source.path)
            plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
            size_px = allowed_sizes_px(decoded.full_size_px, task.spec)[0]
            picture = _rendered(decoded, plan, size_px, task.spec).shown
            source.check()
    except PhotoError as error:
        error.path = task.path
        raise
    notes, seen = decoded.notes + plan.notes, _seen(picture, decoded)
    taken = taken_at(decoded.exif)
    return Looked(decoded.full_size_px, notes, seen.looks, seen.measures, taken)


def read_head(task: HeadTask) -> Head:
    """When a picture was taken; of a file that changes meanwhile, whatever it says.

    Raises:
        PhotoError: as for ``source.held_head``.

    """
    with held_head(task) as path:
        return Head(capture_time(path))


def _made(source: HeldSource, spec: PhotoSpec, also: AlsoMake | None) -> MadePhoto:
    """The photo of a held source; half a file that is still being copied is not a damaged one."""
    try:
        decoded = decode(source.path, accept_damaged=spec.accept_damaged)
        made = _fitted(decoded, spec, source.sha256)
        if also is not None:
            also(decoded, source.sha256)
    except PhotoError:
        source.check()
        raise
    source.check()  # at the end: a decoder may read on while the picture is scaled
    return made


@dataclass(frozen=True, slots=True)
class _Rendering:
    """The picture upright, at a size: ``scaled`` in its file's colours, ``shown`` in sRGB."""

    scaled: Image.Image | DeepPicture
    shown: Image.Image


def _rendered(
    decoded: DecodedPhoto, plan: ColourPlan, size_px: tuple[int, int], spec: PhotoSpec
) -> _Rendering:
    scaled = upright_at(decoded, size_px, deep=not plan.is_srgb)
    return _Rendering(scaled, to_srgb(scaled, plan, spec.background, spec.rendering_intent))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the picture looks like, and what was measured of it."""

    looks: str
    measures: Measures


def _seen(picture: Image.Image, decoded: DecodedPhoto) -> _Seen:
    """What is seen of a picture as it was rendered."""
    measures = measures_of(picture, decoded.exif, decoded.original_px)
    return _Seen(looks_of(picture), measures)


def _fitted(decoded: DecodedPhoto, spec: PhotoSpec, source_sha256: str) -> MadePhoto:
    """The JPEG, and all that is told and shown of it, from the same pixels."""
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    renderings: dict[tuple[int, int], _Rendering] = {}
    seen: list[_Seen] = []

    def render(size_px: tuple[int, int]) -> Image.Image:
        rendering = renderings[size_px] = _rendered(decoded, plan, size_px, spec)
        if not seen:  # of the first, the largest one
            seen.append(_seen(rendering.shown, decoded))
        return rendering.shown

    jpeg = fit_jpeg(
        render,
        decoded.full_size_px,
        spec,
        icc_profile=_profile(spec),
        exif=clean_exif(decoded.exif),
    )
    chosen = renderings[jpeg.width_px, jpeg.height_px]
    return MadePhoto(
        source_sha256,
        decoded.full_size_px,
        jpeg,
        decoded.notes + plan.notes,
        looks=seen[0].looks,
        measures=seen[0].measures,
        taken=taken_at(decoded.exif),
        colour_from=plan.colour_from,
        removed=decoded.removed,
        thumbnail=thumbnail_of(chosen.shown),
        preview=preview_of(chosen.scaled, chosen.shown, plan, _profile(spec)),
        plugin=decoded.plugin,
    )


def _profile(spec: PhotoSpec) -> bytes:
    return srgb_profile() if spec.colour_profile == "srgb" else b""
