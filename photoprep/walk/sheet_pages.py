"""One sheet after the other becomes pages: copies of its originals, a layout, a JPEG for each page.

A page that would be spoiled within its bytes is parted in two, and so on; what is left off is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.errors import PhotoError, TooSmallABudgetError
from photoprep.language import say
from photoprep.preset import PhotoSpec, SheetSpec
from photoprep.report import Finding, Note
from photoprep.sheet.caption_text import Caption, Style, Styled
from photoprep.sheet.dress import Dress
from photoprep.sheet.frame import header_boxes, line_height_px, number_box, page_rules
from photoprep.sheet.heights import CaptionHeights
from photoprep.sheet.layout import lay_out
from photoprep.sheet.missing import told_unshaped
from photoprep.sheet.page import Box, Item, Page
from photoprep.sheet.scale import weights
from photoprep.sheet.task import (
    CopyTask,
    MadeSheet,
    PageTask,
    Result,
    SheetTask,
    StyledText,
    Task,
    WordsTask,
    WorkingCopy,
    copy_bounds_px,
    work_on,
)
from photoprep.sheet.words import MeasuredWords, Words
from photoprep.units import longest_side_px
from photoprep.walk.crew import PhotoCrew
from photoprep.walk.intake import Candidate
from photoprep.walk.sheet_plans import SheetPlan
from photoprep.workers import run_elsewhere

if TYPE_CHECKING:
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True)
class MadePage:
    """One finished page; ``cells`` are the places among the plan's pictures, and their boxes."""

    made: MadeSheet
    cells: tuple[tuple[int, Box], ...]


@dataclass(slots=True)
class MadePages:
    """What came of one planned sheet; without pages it could not be made."""

    pages: list[MadePage] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    failures: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stuck:
    """The page that cannot be made as it was laid out, and why."""

    page: int
    error: PhotoError


class Studio:
    """Where sheets are made: the figures of all sheets, and who works on them."""

    def __init__(
        self,
        sheet: SheetSpec,
        spec: PhotoSpec,
        unpacking_folder: Path | None,
        *,
        language: str,
        jobs: int,
        crew: PhotoCrew,
        executor: Executor | None,
    ) -> None:
        self._sheet, self._spec, self._folder = sheet, spec, unpacking_folder
        self._language, self._jobs = language, jobs
        self._crew, self._executor = crew, executor
        self._longest_px = longest_side_px(sheet.longest_side_cm, sheet.dpi_max)
        self._smallest_px = longest_side_px(sheet.smallest_picture_cm, sheet.dpi_max)
        self._dress = Dress().at(self._longest_px)

    def make(
        self, plans: Mapping[int, SheetPlan], candidates: Mapping[str, Candidate]
    ) -> dict[int, MadePages]:
        """Make several sheets, each by its key; an original that some show is decoded once."""
        copies, errors = self._copied(plans.values(), candidates)
        try:
            words = {key: self._words(plan) for key, plan in plans.items()}
            measured = self._measured(words)
            return {
                key: self._made(plan, copies, errors, words[key], measured[key])
                for key, plan in plans.items()
            }
        finally:
            for copy in copies.values():
                if isinstance(copy.pixels, Path):
                    with suppress(OSError):  # what stays, the next run removes
                        copy.pixels.unlink()

    def _run(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Result | PhotoError]]:
        results = (
            self._crew.run(tasks, last=False)
            if self._executor is None
            else run_elsewhere(work_on, tasks, jobs=self._jobs, executor=self._executor)
        )
        with closing(results):
            yield from results

    def _copied(
        self, plans: Iterable[SheetPlan], candidates: Mapping[str, Candidate]
    ) -> tuple[dict[str, WorkingCopy], dict[str, PhotoError]]:
        """A working copy of every picture, large enough for the fewest that it stands with."""
        fewest: dict[str, int] = {}
        for plan in plans:
            for shown in plan.shown:
                count = len(plan.shown)
                fewest[shown.source] = min(fewest.get(shown.source, count), count)
        sources = list(fewest)
        tasks: list[Task] = []
        for source in sources:
            file = candidates[source]
            longest_px, most_px = copy_bounds_px(fewest[source], self._longest_px)
            tasks.append(
                CopyTask(
                    file.path,
                    file.stamp,
                    self._spec,
                    longest_px,
                    most_px,
                    self._sheet.trim,
                    self._folder,
                    file.member,
                    self._folder,
                )
            )
        copies: dict[str, WorkingCopy] = {}
        errors: dict[str, PhotoError] = {}
        for index, result in self._run(tasks):
            if isinstance(result, WorkingCopy):
                copies[sources[index]] = result
            elif isinstance(result, PhotoError):
                errors[sources[index]] = result
        return copies, errors

    def _words(self, plan: SheetPlan) -> Words:
        texts = (plan.title, plan.second_line, plan.apart_heading)
        return Words(
            tuple(shown.caption for shown in plan.shown),
            (*map(_line, filter(None, texts)), _line("0123456789 / 0123456789")),
            self._sheet.font,
            self._language,
        )

    def _measured(self, words: Mapping[int, Words]) -> dict[int, MeasuredWords | PhotoError]:
        keys = list(words)
        tasks: list[Task] = [
            WordsTask(words[key], self._dress.caption_type_px, self._longest_px) for key in keys
        ]
        return {
            keys[index]: result
            for index, result in self._run(tasks)
            if isinstance(result, MeasuredWords | PhotoError)
        }

    def _made(
        self,
        plan: SheetPlan,
        copies: Mapping[str, WorkingCopy],
        errors: Mapping[str, PhotoError],
        words: Words,
        measured: MeasuredWords | PhotoError,
    ) -> MadePages:
        if isinstance(measured, PhotoError):
            return MadePages(failures=[_failed(plan, measured)])
        notes = [*_missing(measured), *_left_off(plan, errors)]
        places = [place for place, shown in enumerate(plan.shown) if shown.source in copies]
        if not places:
            return MadePages(notes=tuple(notes))
        own = {place: copies[plan.shown[place].source] for place in places}
        groups = self._groups(plan, places, own, measured.heights)
        parted = False
        while True:
            tried = self._try(plan, groups, own, words, measured.heights)
            if not isinstance(tried, _Stuck):
                break
            stuck = groups[tried.page]
            if len(stuck) == 1 or not isinstance(tried.error, TooSmallABudgetError):
                return MadePages(failures=[_failed(plan, tried.error)])
            half = len(stuck) // 2
            groups[tried.page : tried.page + 1] = [stuck[:half], stuck[half:]]
            parted = True
        return MadePages(tried, (*notes, *_notes(measured, parted=parted)))

    def _groups(
        self,
        plan: SheetPlan,
        places: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        heights: CaptionHeights,
    ) -> list[list[int]]:
        """Which pictures stand together on a page."""
        laid_out = self._laid_out(plan, places, copies, heights)
        return [[places[cell.index] for cell in page.cells] for page in laid_out]

    def _laid_out(
        self,
        plan: SheetPlan,
        places: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        heights: CaptionHeights,
    ) -> list[Page]:
        rules = page_rules(self._dress, self._longest_px, self._smallest_px, has_header=True)
        shares = [copies[place].product_permille for place in places]
        sizes = weights(shares) if self._sheet.same_scale else [1.0] * len(places)
        items = [
            Item(
                copies[place].item_size_px,
                lambda width_px, place=place: heights.height_px(place, width_px),  # type: ignore[misc]
                plan.shown[place].is_apart and bool(plan.apart_heading),
                size,
            )
            for place, size in zip(places, sizes, strict=True)
        ]
        return lay_out(items, rules, self._sheet.layout)

    def _try(
        self,
        plan: SheetPlan,
        groups: Sequence[Sequence[int]],
        copies: Mapping[int, WorkingCopy],
        words: Words,
        heights: CaptionHeights,
    ) -> list[MadePage] | _Stuck:
        """Every page, or the first that cannot be made, or not well within its bytes."""
        pages = [self._one_page(plan, group, copies, heights) for group in groups]
        tasks: list[Task] = [
            PageTask(self._sheet_task(plan, page, group, copies, f"{number} / {len(pages)}"), words)
            for number, (page, group) in enumerate(zip(pages, groups, strict=True), start=1)
        ]
        made: dict[int, MadePage] = {}
        stuck: dict[int, PhotoError] = {}
        for index, result in self._run(tasks):
            if isinstance(result, MadeSheet):
                cells = tuple((groups[index][cell], box) for cell, box in result.cells)
                made[index] = MadePage(result, cells)
            elif isinstance(result, PhotoError):
                stuck[index] = result
        if stuck:
            return _Stuck(min(stuck), stuck[min(stuck)])
        return [made[index] for index in range(len(pages))]

    def _one_page(
        self,
        plan: SheetPlan,
        group: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        heights: CaptionHeights,
    ) -> Page:
        """The page of a group; should a layout need two for it, its pictures are shown smaller."""
        pages = self._laid_out(plan, group, copies, heights)
        if len(pages) == 1:
            return pages[0]
        smallest_px, self._smallest_px = self._smallest_px, 0
        try:
            (page,) = self._laid_out(plan, group, copies, heights)
        finally:
            self._smallest_px = smallest_px
        return page

    def _sheet_task(
        self,
        plan: SheetPlan,
        page: Page,
        group: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        number: str,
    ) -> SheetTask:
        dress = self._dress
        boxes = header_boxes(dress, page, has_logo=False)
        texts = [
            StyledText(_line(plan.title, "title"), boxes.title, dress.title_type_px, dress.text),
            StyledText(
                _line(plan.second_line), boxes.second, dress.small_type_px, dress.second_text
            ),
        ]
        texts += [
            StyledText(
                plan.shown[group[cell.index]].caption,
                cell.caption,
                dress.caption_type_px,
                dress.text,
            )
            for cell in page.cells
            if cell.caption.height_px
        ]
        texts += [
            StyledText(_line(plan.apart_heading), box, dress.heading_type_px, dress.mark_text)
            for _, box in page.headings
        ]
        if not number.endswith(" / 1"):
            texts.append(_page_number(number, dress, page))
        lone = len(group) == 1
        return SheetTask(
            page,
            {cell.index: copies[group[cell.index]] for cell in page.cells},
            tuple(texts),
            self._spec,
            (boxes.line,),
            dress=dress,
            least_quality=self._spec.min_quality if lone else None,
        )


def _line(text: str, style: Style = "text") -> Caption:
    return Caption((Styled(text, style),))


def _page_number(number: str, dress: Dress, page: Page) -> StyledText:
    type_px = dress.small_type_px
    size_px = len(number) * type_px * 6 // 10, line_height_px(type_px)  # digits are half an em
    box = number_box(dress, page, size_px)
    return StyledText(_line(number), box, type_px, dress.second_text)


def _missing(measured: MeasuredWords) -> Iterator[Note]:
    if measured.missing:
        yield Note(
            "sheet-letters-missing",
            "error",
            measured.missing.told(),
            say("Name a font that has them under [sheet] in the preset, or use other words."),
        )


def _left_off(plan: SheetPlan, errors: Mapping[str, PhotoError]) -> Iterator[Note]:
    for shown in plan.shown:
        if shown.source in errors:
            error = errors[shown.source]
            yield Note(
                "sheet-picture-left-off",
                "warning",
                say("{source} is not on it: {reason}", source=shown.source, reason=error.message),
                error.hint,
            )


def _failed(plan: SheetPlan, error: PhotoError) -> Finding:
    return Finding(
        "sheet-failed",
        "error",
        say("The sheet “{title}” was not made: {reason}", title=plan.title, reason=error.message),
        error.hint,
        product=plan.product,
    )


def _notes(measured: MeasuredWords, *, parted: bool) -> Iterator[Note]:
    if parted:
        yield Note(
            "sheet-parted",
            "info",
            say("Its pictures stand on more pages, because one page would have been spoiled."),
            say("Raise max_bytes under [sheet] in the preset to have them on fewer."),
        )
    if measured.is_unshaped:
        yield Note("sheet-letters-unjoined", "info", told_unshaped())
