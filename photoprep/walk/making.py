"""The third step: what is not known yet is made, on many cores, and put in its place at once.

The largest come first; ``settling`` puts in place what the workers send home, while they go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from photoprep.errors import PhotoError
from photoprep.lazily import Lazily
from photoprep.outcome import Failed, PhotoOutcome, Prepared, PreparedJpeg, Reused
from photoprep.output_folder import OutputFolder
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.preset import PhotoSpec
from photoprep.remembered import RememberedSource
from photoprep.sheet.task import (
    Copies,
    CopyTask,
    PhotoAndCopies,
    PhotoAndCopiesTask,
    Task,
)
from photoprep.walk.crew import OnDone, Team
from photoprep.walk.fetching import fetch_ahead
from photoprep.walk.intake import Candidate
from photoprep.walk.previews import with_preview_as_found
from photoprep.walk.recall import Recalled
from photoprep.walk.settling import Settling, failed

Outcome = Prepared | Reused | Failed


class Onlooker(Protocol):
    """Who watches photos lie in their places, from the thread that puts them there."""

    def begin(self) -> None:
        """Get ready, while the first photos are being made."""

    def settled(self, photos: Callable[[], Sequence[PhotoOutcome]], done: int, total: int) -> None:
        """Hear how many of how many are made; ``photos`` gives all outcomes so far."""


class _Nobody:
    def begin(self) -> None:
        pass

    def settled(self, photos: Callable[[], Sequence[PhotoOutcome]], done: int, total: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Made:
    """What came of every candidate, in their order, and how many encodes that cost."""

    outcomes: tuple[Outcome, ...]
    encodes: int


def make_photos(
    candidates: Sequence[Candidate],
    recalled: Recalled,
    folder: OutputFolder,
    spec: PhotoSpec,
    recipe: str,
    *,
    team: Team,
    on_photo: OnDone,
    last: bool = True,
    to_copy: Mapping[str, CopyTask] = MappingProxyType({}),
    on_copies: Callable[[str, Copies | PhotoError], None] = lambda _name, _copies: None,
    onlooker: Onlooker | None = None,
) -> Made:
    """Bring every candidate to its outcome; what is made is put in its place meanwhile.

    A picture of ``to_copy`` is copied for sheets from the same decode, if its photo has to be made,
    and ``on_copies(name, copies)`` is given what came of that. ``last`` says that the crew has
    nothing to do afterwards. ``on_photo(done, total)`` is called at the start and after every photo
    that had to be made; ``onlooker`` hears of those that lie in their places.
    """
    onlooker = onlooker if onlooker and recalled.to_make else _Nobody()
    outcomes: dict[int, Outcome] = {
        index: failed(candidates[index], error) for index, error in recalled.unreadable.items()
    }
    outcomes |= _recalled_outcomes(candidates, recalled, folder)

    encodes = 0
    total = len(recalled.to_make)
    on_photo(0, total)
    # The largest first: one of them left for the end would keep one core at work and the others
    # waiting. What comes of a photo does not depend on its turn.
    order = sorted(recalled.to_make, key=lambda index: -candidates[index].stamp.size_bytes)
    fetching = fetch_ahead(
        [candidates[index].member for index in order],
        folder.unpacking_folder,
        wanted=team.is_of_this_run,
    )
    tasks = Lazily(
        len(order),
        lambda at: fetching.with_copy(at, _task(candidates[order[at]], spec, folder, to_copy)),
    )
    results = team.run(tasks, last=last)

    def so_far() -> list[Outcome]:
        return [outcome for _, outcome in sorted({**outcomes, **settling.outcomes}.items())]

    settling = Settling(
        folder,
        recipe,
        at_first=onlooker.begin,
        on_recorded=lambda: onlooker.settled(so_far, len(settling.outcomes), total),
    )
    with settling, fetching, closing(results):
        for done, (position, result) in enumerate(results, start=1):
            index = order[position]
            fetching.done(position)
            if isinstance(result, PhotoAndCopies):
                on_copies(candidates[index].name, result.copies)
                result = result.photo
            if isinstance(result, MadePhoto | PhotoError):
                settling.settle(index, candidates[index], result)
            encodes += result.jpeg.encodes if isinstance(result, MadePhoto) else 0
            on_photo(done, total)
    outcomes |= settling.outcomes
    return Made(tuple(outcomes[index] for index in range(len(candidates))), encodes)


def _task(
    candidate: Candidate, spec: PhotoSpec, folder: OutputFolder, to_copy: Mapping[str, CopyTask]
) -> Task:
    photo = PhotoTask(
        candidate.path, candidate.stamp, spec, candidate.member, folder.unpacking_folder
    )
    copies = to_copy.get(candidate.name)
    return photo if copies is None else PhotoAndCopiesTask(photo, copies)


def _recalled_outcomes(
    candidates: Sequence[Candidate], recalled: Recalled, folder: OutputFolder
) -> dict[int, Outcome]:
    """The photos that need no work; those that change their name are written under the new one."""
    moving = _announce(candidates, recalled, folder)
    outcomes: dict[int, Outcome] = {}
    originals = folder.originals_there()
    learned: list[tuple[str, RememberedSource]] = []
    for index, known in recalled.known.items():
        candidate = candidates[index]
        if index in moving:
            folder.write(candidate.output, folder.read_aside(moving[index].sha256))
            known = replace(known, outcome=replace(moving[index], output=candidate.output))
        if index in moving or index in recalled.relearned:
            learned.append((candidate.name, known))
        if isinstance(known.outcome, PreparedJpeg):
            jpeg = with_preview_as_found(known.outcome, originals)
            outcomes[index] = Reused(candidate.name, candidate.subject, jpeg)
        else:
            reason, hint = known.outcome.reason, known.outcome.hint
            outcomes[index] = Failed(candidate.name, candidate.subject, reason, hint)
    folder.state.remember_sources(learned)
    folder.drop_aside(jpeg.sha256 for jpeg in moving.values())
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
