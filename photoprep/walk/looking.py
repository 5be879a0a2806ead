"""What is asked of photos before, or without, making them: when they were taken, how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.errors import PhotoError
from photoprep.outcome import PreparedJpeg
from photoprep.photo.task import Head, HeadTask, Looked, LookTask
from photoprep.preset import PhotoSpec
from photoprep.remembered import RememberedSource
from photoprep.sheet.task import Task, work_on
from photoprep.walk.crew import OnDone, PhotoCrew
from photoprep.walk.intake import Candidate
from photoprep.workers import run_elsewhere

if TYPE_CHECKING:
    from concurrent.futures import Executor


def capture_times(
    candidates: Sequence[Candidate],
    *,
    unpacking_folder: Path | None,
    jobs: int,
    crew: PhotoCrew,
    executor: Executor | None,
) -> dict[str, str]:
    """When each was taken, by name, as far as its head tells; the workers stay for what follows."""
    tasks: list[Task] = [
        HeadTask(file.path, file.stamp, file.member, unpacking_folder) for file in candidates
    ]
    results = (
        crew.run(tasks, last=False)
        if executor is None
        else run_elsewhere(work_on, tasks, jobs=jobs, executor=executor)
    )
    with closing(results):
        return {
            candidates[index].name: result.taken
            for index, result in results
            if isinstance(result, Head)
        }


def times_of(
    candidates: Sequence[Candidate],
    sources: Mapping[str, RememberedSource],
    read: Callable[[Sequence[Candidate]], Mapping[str, str]],
) -> dict[str, str]:
    """When each was taken, by name: from the record where it is unchanged, else by ``read``."""
    times: dict[str, str] = {}
    unknown: list[Candidate] = []
    for file in candidates:
        known = sources.get(file.name)
        unchanged = known is not None and file.stamp.shows_unchanged(known.stamp)
        if known is not None and unchanged and isinstance(known.outcome, PreparedJpeg):
            times[file.name] = known.outcome.taken
        else:
            unknown.append(file)
    return times | dict(read(unknown)) if unknown else times


def look_at_photos(
    candidates: Sequence[Candidate],
    spec: PhotoSpec,
    *,
    unpacking_folder: Path | None,
    crew: PhotoCrew,
    on_photo: OnDone,
) -> dict[str, Looked | PhotoError]:
    """What was seen of each, by name, or why it cannot be prepared."""
    total = len(candidates)
    on_photo(0, total)
    order = sorted(range(total), key=lambda index: -candidates[index].stamp.size_bytes)
    tasks: list[Task] = [
        LookTask(
            candidates[index].path,
            candidates[index].stamp,
            spec,
            candidates[index].member,
            unpacking_folder,
        )
        for index in order
    ]
    seen: dict[str, Looked | PhotoError] = {}
    with closing(crew.run(tasks)) as results:
        for done, (place, result) in enumerate(results, start=1):
            if isinstance(result, Looked | PhotoError):
                seen[candidates[order[place]].name] = result
            on_photo(done, total)
    return seen
