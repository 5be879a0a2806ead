"""The third step: what is not known yet is made, on many cores, and put in its place at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, replace

from photoprep.errors import (
    PhotoError,
    SourceChangedError,
    SourceUnreadableError,
    UnexpectedPhotoError,
    WorkerDiedError,
)
from photoprep.files import sha256_hex
from photoprep.output_folder import OutputFolder
from photoprep.photo.task import MadePhoto, PhotoTask, load_room, prepare_photo
from photoprep.preset import PhotoSpec
from photoprep.report import Failed, Prepared, PreparedJpeg, Reused
from photoprep.state import RememberedRefusal, RememberedSource
from photoprep.walk.intake import Candidate
from photoprep.walk.recall import Recalled
from photoprep.workers import Crew, run_elsewhere

Outcome = Prepared | Reused | Failed
OnPhoto = Callable[[int, int], None]
PhotoCrew = Crew[PhotoTask, MadePhoto]

# Errors that may be gone at the next run; every other verdict on a picture is remembered.
_PASSING = (SourceChangedError, SourceUnreadableError, WorkerDiedError, UnexpectedPhotoError)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of every candidate, in their order, and how many encodes that cost."""

    outcomes: tuple[Outcome, ...]
    encodes: int


def photo_crew(jobs: int) -> PhotoCrew:
    """As many workers as there are jobs, none of them started yet."""
    return Crew(prepare_photo, jobs=jobs, set_up=load_room)


def make_photos(
    candidates: Sequence[Candidate],
    recalled: Recalled,
    folder: OutputFolder,
    spec: PhotoSpec,
    recipe: str,
    *,
    jobs: int,
    crew: PhotoCrew,
    executor: Executor | None,
    on_photo: OnPhoto,
) -> Made:
    """Bring every candidate to its outcome; each JPEG lies whole in its place before the next.

    ``on_photo(done, total)`` is called at the start and after every photo that had to be made.
    """
    outcomes: dict[int, Outcome] = {
        index: _failed(candidates[index], error) for index, error in recalled.unreadable.items()
    }
    outcomes |= _recalled_outcomes(candidates, recalled, folder)

    encodes = 0
    total = len(recalled.to_make)
    on_photo(0, total)
    tasks = [
        PhotoTask(candidates[index].path, candidates[index].stamp, spec)
        for index in recalled.to_make
    ]
    results = (
        crew.run(tasks)
        if executor is None
        else run_elsewhere(prepare_photo, tasks, jobs=jobs, executor=executor)
    )
    with closing(results):
        for done, (position, result) in enumerate(results, start=1):
            index = recalled.to_make[position]
            outcomes[index] = _settle(candidates[index], result, folder, recipe)
            encodes += result.jpeg.encodes if isinstance(result, MadePhoto) else 0
            on_photo(done, total)
    return Made(tuple(outcomes[index] for index in range(len(candidates))), encodes)


def _recalled_outcomes(
    candidates: Sequence[Candidate], recalled: Recalled, folder: OutputFolder
) -> dict[int, Outcome]:
    """The photos that need no work; those that change their name are written under the new one."""
    moving = _announce(candidates, recalled, folder)
    outcomes: dict[int, Outcome] = {}
    learned: list[tuple[str, RememberedSource]] = []
    for index, known in recalled.known.items():
        candidate = candidates[index]
        if index in moving:
            folder.write(candidate.output, folder.read_aside(moving[index].sha256))
            known = replace(known, outcome=replace(moving[index], output=candidate.output))
        if index in moving or index in recalled.relearned:
            learned.append((candidate.name, known))
        if isinstance(known.outcome, PreparedJpeg):
            outcomes[index] = Reused(candidate.name, candidate.subject, known.outcome)
        else:
            reason, hint = known.outcome.reason, known.outcome.hint
            outcomes[index] = Failed(candidate.name, candidate.subject, reason, hint)
    folder.state.remember_sources(learned)
    return outcomes


def _announce(
    candidates: Sequence[Candidate], recalled: Recalled, folder: OutputFolder
) -> dict[int, PreparedJpeg]:
    """List all that will be written before the first of it is; returns whose name changes.

    A JPEG that is to lie under another name is set aside first, because its old name may be the
    new name of another.
    """
    moving = {
        index: known.outcome
        for index, known in recalled.known.items()
        if isinstance(known.outcome, PreparedJpeg)
        and known.outcome.output != candidates[index].output
    }
    for jpeg in moving.values():
        folder.set_aside(jpeg.output, jpeg.sha256)
    folder.announce(candidates[index].output for index in sorted({*moving, *recalled.to_make}))
    return moving


def _settle(
    candidate: Candidate, result: MadePhoto | PhotoError, folder: OutputFolder, recipe: str
) -> Outcome:
    """Write and remember one result."""
    if isinstance(result, PhotoError):
        if not isinstance(result, _PASSING) and result.source_sha256:
            refusal = RememberedRefusal(result.message, result.hint)
            known = RememberedSource(candidate.stamp, result.source_sha256, recipe, refusal)
            folder.state.remember_sources([(candidate.name, known)])
        return _failed(candidate, result)
    jpeg = _prepared_jpeg(candidate, result)
    folder.write(candidate.output, result.jpeg.data)
    known = RememberedSource(candidate.stamp, result.source_sha256, recipe, jpeg)
    folder.state.remember_sources([(candidate.name, known)])
    return Prepared(candidate.name, candidate.subject, jpeg)


def _failed(candidate: Candidate, error: PhotoError) -> Failed:
    return Failed(candidate.name, candidate.subject, error.message, error.hint)


def _prepared_jpeg(candidate: Candidate, made: MadePhoto) -> PreparedJpeg:
    jpeg = made.jpeg
    width_px, height_px = made.source_size_px
    return PreparedJpeg(
        output=candidate.output,
        sha256=sha256_hex(jpeg.data),
        size_bytes=len(jpeg.data),
        width_px=jpeg.width_px,
        height_px=jpeg.height_px,
        dpi=jpeg.dpi,
        quality=jpeg.quality,
        chroma_subsampling=jpeg.chroma_subsampling,
        source_bytes=candidate.stamp.size_bytes,
        source_width_px=width_px,
        source_height_px=height_px,
        notes=made.notes,
    )
