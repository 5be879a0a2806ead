"""The workers of a run, which look at photos and make them, and what a photo may cost."""

from __future__ import annotations

from photoprep.early import claim
from photoprep.photo.task import HeadTask, LookTask, PhotoTask, load_room
from photoprep.sheet.task import CopyTask, PhotoAndCopiesTask, Result, Task, work_on
from photoprep.workers import Crew

PhotoCrew = Crew[Task, Result]

# What a photo may take. 200 megapixels take up to 6 s where this was measured; the rest is for slow
# and busy machines, and for decoders that nobody has met. A file's bytes come on top, at what a
# share at the far end of a bad line still gives (250 kB/s).
LEAST_LIMIT_S = 180.0
_LIMIT_S_PER_MB = 4.0


def photo_crew(jobs: int) -> PhotoCrew:
    """As many workers as there are jobs; those that the door has begun, else none started yet."""
    return Crew(work_on, jobs=jobs, set_up=load_room, limit_s=time_limit_s, early=claim())


def time_limit_s(task: Task) -> float:
    """How many seconds a task may take before it is given up: a bound, no forecast."""
    if isinstance(task, PhotoAndCopiesTask):
        task = task.photo
    if isinstance(task, PhotoTask | LookTask | HeadTask | CopyTask):
        return LEAST_LIMIT_S + _LIMIT_S_PER_MB * task.stamp.size_bytes / 1_000_000
    return LEAST_LIMIT_S
