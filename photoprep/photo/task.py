"""The room's door: a photo to prepare goes in, a JPEG comes out.

The parent process and the workers' first breath know these types and nothing else of the room:
what decodes and scales is loaded by ``load_room`` and ``prepare_photo``, in the worker, while the
parent still reads its preset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from photoprep.files import FileStamp
from photoprep.measured import Measures
from photoprep.members import Member
from photoprep.outcome import Note
from photoprep.photo.quality import ChromaSubsampling, QualityCurve
from photoprep.preset import PhotoSpec

# Part of what makes a JPEG what it is: raised whenever equal input would give other bytes.
RECIPE_NUMBER = 10


@dataclass(frozen=True, slots=True)
class PhotoTask:
    """One picture to prepare: where it is, how it looked when found, and what to make of it.

    ``path`` is the file's, or that of the archive or store it is a ``member`` of; then a copy
    for the decoders lies in ``unpacking_folder`` while it is read, by default in the system's own.
    """

    path: Path
    stamp: FileStamp
    spec: PhotoSpec
    member: Member | None = None
    unpacking_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class HeadTask:
    """One picture of which only the head is to be read, for the time when it was taken."""

    path: Path
    stamp: FileStamp
    member: Member | None = None
    unpacking_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class LookTask:
    """One picture to be looked at and not to be prepared; fields as those of ``PhotoTask``."""

    path: Path
    stamp: FileStamp
    spec: PhotoSpec
    member: Member | None = None
    unpacking_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class EncodedJpeg:
    """A finished JPEG and what is known of it.

    ``quality`` is an estimate (0–100, near SSIMULACRA2's scale, rounded to 0.1) of how the
    picture looks beside the largest version allowed; ``encodes`` is what the search cost.
    ``step`` is its place on the scale, and ``curve`` says what the picture would be at other
    bytes; ``fit.smaller_jpeg`` makes such a one.
    """

    data: bytes
    width_px: int
    height_px: int
    dpi: int
    quality: float
    chroma_subsampling: ChromaSubsampling
    encodes: int
    step: int
    curve: QualityCurve


@dataclass(frozen=True, slots=True)
class SmallerTask:
    """One photo to be made again in fewer bytes: at most ``max_bytes``.

    ``photo`` is the task that made it, ``source_sha256`` the hash of the file it was made from, and
    ``jpeg`` what came of it, but for its data.
    """

    photo: PhotoTask
    source_sha256: str
    jpeg: EncodedJpeg
    max_bytes: int


@dataclass(frozen=True, slots=True)
class MadePhoto:
    """One finished JPEG, the hash of the file it came from, and that one's upright size.

    ``looks`` is what the picture looks like, to notice it in other files (see ``likeness``),
    ``measures`` are what doubts are judged by (see ``doubts``), and ``taken`` is when it was taken
    (see ``Head``). ``colour_from`` and ``removed`` are as in ``outcome.PreparedJpeg``;
    ``thumbnail`` is a small JPEG of the photo (see ``thumbnail``), ``preview`` one of its original
    (see ``before``). ``plugin`` is the plug-in that has read the file, with its version,
    if one has.
    """

    source_sha256: str
    source_size_px: tuple[int, int]
    jpeg: EncodedJpeg
    notes: tuple[Note, ...]
    looks: str = ""
    measures: Measures = field(default_factory=Measures)
    taken: str = ""
    colour_from: str = ""
    removed: tuple[str, ...] = ()
    thumbnail: bytes = b""
    preview: bytes = b""
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of one picture; fields as those of ``MadePhoto``."""

    source_size_px: tuple[int, int]
    notes: tuple[Note, ...]
    looks: str
    measures: Measures
    taken: str


@dataclass(frozen=True, slots=True)
class Head:
    """When a picture was taken, in ISO 8601 by its camera's clock; empty where nothing says it."""

    taken: str


SourceTask = PhotoTask | LookTask | HeadTask
Task = SourceTask | SmallerTask
Result = MadePhoto | Looked | Head | EncodedJpeg


def load_room() -> None:
    """Load what prepares photos, and bound what they may take; once in a worker process."""
    import photoprep.photo.make  # noqa: F401 (so that the first photo need not wait for it)
    from photoprep.photo.decode import set_up_decoders
    from photoprep.photo.heap import keep_freed_memory
    from photoprep.photo.memory_bound import bound_memory

    bound_memory()
    keep_freed_memory()
    set_up_decoders()


def work_on(task: Task) -> Result:
    """Do what a task asks for; raises as ``make.make_photo``."""
    match task:
        case PhotoTask():
            return prepare_photo(task)
        case LookTask():
            from photoprep.photo.make import look_at

            return look_at(task)
        case HeadTask():
            from photoprep.photo.make import read_head

            return read_head(task)
        case SmallerTask():
            from photoprep.photo.make import make_smaller

            return make_smaller(task)


def prepare_photo(task: PhotoTask) -> MadePhoto:
    """Prepare one picture; see ``make.make_photo``, which raises the same."""
    from photoprep.photo.make import make_photo

    return make_photo(task)
