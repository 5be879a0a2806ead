"""The working copies that sheets are made of: each made once, kept while a sheet needs it.

What a copy is depends on its picture and on how many its sheet shows, and on nothing else: neither
on other sheets nor on what else a run has to make. So a sheet is the same bytes however it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photoprep.errors import CannotWriteError, NoRoomError, PhotoError
from photoprep.preset import PhotoSpec, SheetSpec
from photoprep.sheet.page import Page
from photoprep.sheet.task import (
    Copies,
    CopyBounds,
    CopyTask,
    Task,
    WorkingCopy,
    copy_bounds,
    too_small_copies,
)
from photoprep.units import longest_side_px
from photoprep.walk.crew import OnDone, Team, unheard
from photoprep.walk.intake import Candidate
from photoprep.walk.sheet_plans import SheetPlan

_Key = tuple[str, CopyBounds]
# Copies that are made along with the photos wait on the disk until all photos are made: those of
# some fifty sheets. The originals of further ones are decoded a second time, for their sheets.
_MOST_FORESEEN_BYTES = 1_000_000_000
_BYTES_PER_PIXEL = 3
# Of a page, in thirds, that pictures of the smallest size fill at most, captions taken off: more
# pictures go over several pages, and their cells are no smaller for that.
_PAGE_PARTS = 2


class CopyShelf:
    """The copies of a run, by picture and bounds."""

    def __init__(
        self,
        sheet: SheetSpec,
        spec: PhotoSpec,
        candidates: Mapping[str, Candidate],
        folder: Path | None,
    ) -> None:
        self._sheet, self._spec, self._folder = sheet, spec, folder
        self._candidates = candidates
        self._longest_px = longest_side_px(sheet.longest_side_cm, sheet.dpi_max)
        smallest_px = longest_side_px(sheet.smallest_picture_cm, sheet.dpi_max)
        self._most_on_a_page = max(1, _PAGE_PARTS * self._longest_px**2 // (3 * smallest_px**2))
        self._copies: dict[_Key, WorkingCopy] = {}

    def foreseen(self, plans: Iterable[SheetPlan]) -> dict[str, CopyTask]:
        """What to copy of which picture while its photo is made, as far as the disk may be used."""
        wanted: dict[str, list[CopyBounds]] = {}
        left_bytes = _MOST_FORESEEN_BYTES
        for plan in plans:
            needed = self._needed(plan)
            left_bytes -= sum(bounds.most_px for bounds in needed.values()) * _BYTES_PER_PIXEL
            if left_bytes < 0:
                break
            for source, bounds in needed.items():
                wanted.setdefault(source, []).append(bounds)
        return {source: self._task(source, bounds) for source, bounds in wanted.items()}

    def put(self, source: str, copies: Copies | PhotoError) -> None:
        """Keep what came of a picture along with its photo; what did not is tried once more."""
        if isinstance(copies, Copies):
            self._keep(source, copies)

    def fill(
        self, plans: Iterable[SheetPlan], team: Team, on_copy: OnDone = unheard
    ) -> dict[str, PhotoError]:
        """Have every copy that these sheets need and that is not there; returns what failed.

        Raises:
            CannotWriteError: the disk has no room for them.

        """
        missing: dict[str, list[CopyBounds]] = {}
        for plan in plans:
            for source, bounds in self._needed(plan).items():
                if (source, bounds) not in self._copies:
                    missing.setdefault(source, []).append(bounds)
        return self._made(missing, team, on_copy)

    def of(self, plan: SheetPlan) -> dict[int, WorkingCopy]:
        """The copies that there are for a sheet, by their places on it."""
        needed = self._needed(plan)
        return {
            place: self._copies[shown.source, needed[shown.source]]
            for place, shown in enumerate(plan.shown)
            if (shown.source, needed[shown.source]) in self._copies
        }

    def enlarged(
        self, plan: SheetPlan, copies: Mapping[int, WorkingCopy], page: Page, team: Team
    ) -> dict[int, WorkingCopy]:
        """The copies of a page, those made anew that have less than twice their cells' pixels.

        A panorama among small pictures may be shown larger than was reckoned with.
        """
        short = too_small_copies(page, copies)
        bounds = copy_bounds(1, self._longest_px)
        sources = {place: plan.shown[place].source for place in short}
        wanted = {
            source: [bounds] for source in sources.values() if (source, bounds) not in self._copies
        }
        self._made(wanted, team)
        larger = {
            place: self._copies[source, bounds]
            for place, source in sources.items()
            if (source, bounds) in self._copies
        }
        return {**copies, **larger}

    def clear(self, plans: Iterable[SheetPlan] | None = None) -> None:
        """Remove the copies of these sheets, or all."""
        if plans is None:
            keys = set(self._copies)
        else:
            largest = copy_bounds(1, self._longest_px)
            keys = {
                (source, each)
                for plan in plans
                for source, bounds in self._needed(plan).items()
                for each in (bounds, largest)
            }
        for key in keys:
            copy = self._copies.pop(key, None)
            if copy is not None and isinstance(copy.pixels, Path):
                with suppress(OSError):  # what stays, the next run removes
                    copy.pixels.unlink()

    def _needed(self, plan: SheetPlan) -> dict[str, CopyBounds]:
        equals = copy_bounds(min(len(plan.shown), self._most_on_a_page), self._longest_px)
        needed = {shown.source: equals for shown in plan.shown}
        if plan.has_main:
            needed[plan.shown[0].source] = copy_bounds(1, self._longest_px)
        return needed

    def _task(self, source: str, bounds: Sequence[CopyBounds]) -> CopyTask:
        file = self._candidates[source]
        return CopyTask(
            file.path,
            file.stamp,
            self._spec,
            tuple(dict.fromkeys(bounds)),
            self._sheet.trim,
            self._folder,
            file.member,
            self._folder,
        )

    def _made(
        self, wanted: Mapping[str, Sequence[CopyBounds]], team: Team, on_copy: OnDone = unheard
    ) -> dict[str, PhotoError]:
        sources = list(wanted)
        tasks: list[Task] = [self._task(source, wanted[source]) for source in sources]
        errors: dict[str, PhotoError] = {}
        on_copy(0, len(tasks))
        for done, (index, result) in enumerate(team.run(tasks), start=1):
            on_copy(done, len(tasks))
            if isinstance(result, Copies):
                self._keep(sources[index], result)
            elif isinstance(result, NoRoomError):
                raise CannotWriteError(result.message, hint=result.hint, path=self._folder)
            elif isinstance(result, PhotoError):
                errors[sources[index]] = result
        return errors

    def _keep(self, source: str, copies: Copies) -> None:
        for bounds, copy in copies.of.items():
            self._copies[source, bounds] = copy
