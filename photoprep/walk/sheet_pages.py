"""One sheet after the other becomes pages: copies of its originals, a layout, a JPEG for each page.

A page that would be spoiled within its bytes is parted in two, and so on; what is left off is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from photoprep.errors import PhotoError, TooSmallABudgetError
from photoprep.files import FileStamp
from photoprep.outcome import Note
from photoprep.preset import PhotoSpec, SheetLayout, SheetSpec
from photoprep.report import Finding
from photoprep.sheet.caption_text import Caption, Style, Styled
from photoprep.sheet.dress import Dress
from photoprep.sheet.frame import header_boxes, number_box, page_rules
from photoprep.sheet.heights import CaptionHeights
from photoprep.sheet.layout import Kind, chosen_pages
from photoprep.sheet.page import Box, Item, Page
from photoprep.sheet.scale import weights
from photoprep.sheet.task import (
    Copies,
    CopyTask,
    Logo,
    MadeSheet,
    PageTask,
    SheetTask,
    StyledText,
    Task,
    WordsTask,
    WorkingCopy,
    copy_bounds,
)
from photoprep.sheet.words import MeasuredWords, Words
from photoprep.units import longest_side_px
from photoprep.walk.crew import OnDone, Team, unheard
from photoprep.walk.sheet_copies import CopyShelf
from photoprep.walk.sheet_notes import failed, left_off, letters_missing, no_logo, said_of_all
from photoprep.walk.sheet_plans import SheetPlan


@dataclass(frozen=True, slots=True)
class MadePage:
    """One finished page; ``cells`` are the places among the plan's pictures, and their boxes.

    While the sheets of other batches are made its bytes may lie in the file ``aside``.
    """

    made: MadeSheet
    cells: tuple[tuple[int, Box], ...]
    aside: Path | None = None

    @property
    def data(self) -> bytes:
        """The JPEG."""
        return self.made.jpeg.data if self.aside is None else self.aside.read_bytes()

    def laid_aside(self, place: Path) -> MadePage:
        """The same page with its bytes in this file.

        Raises:
            OSError: the file cannot be written.

        """
        place.write_bytes(self.made.jpeg.data)
        made = replace(self.made, jpeg=replace(self.made.jpeg, data=b""))
        return MadePage(made, self.cells, place)


@dataclass(slots=True)
class MadePages:
    """What came of one planned sheet; without pages it could not be made."""

    pages: list[MadePage] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    failures: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stuck:
    """The pages that cannot be made as they were laid out, by their places, and why."""

    errors: Mapping[int, PhotoError]


class Studio:
    """Where sheets are made: the figures of all sheets, and who works on them."""

    def __init__(
        self, sheet: SheetSpec, spec: PhotoSpec, shelf: CopyShelf, team: Team, *, language: str
    ) -> None:
        self._sheet, self._spec, self._language = sheet, spec, language
        self._shelf, self._team = shelf, team
        # A page's longest side, and what a picture on it has at least: at dpi_max, at dpi_min.
        self._figures = [
            (
                longest_side_px(sheet.longest_side_cm, dpi),
                longest_side_px(sheet.smallest_picture_cm, dpi),
            )
            for dpi in dict.fromkeys((sheet.dpi_max, sheet.dpi_min))
        ]
        self._longest_px = self._figures[0][0]
        self._dress = Dress()
        self._logo: WorkingCopy | None = None

    def make(
        self,
        plans: Mapping[int, SheetPlan],
        *,
        on_copy: OnDone = unheard,
        on_made: Callable[[], None] = lambda: None,
    ) -> dict[int, MadePages]:
        """Make several sheets, each by its key; an original that some show is decoded once.

        The copies that these sheets need are gone from the shelf afterwards. ``on_copy`` hears how
        many of those that were not there are made, ``on_made`` of each sheet.
        """
        try:
            errors = self._shelf.fill(plans.values(), self._team, on_copy)
            logo_note = self._take_logo()
            words = {key: self._words(plan) for key, plan in plans.items()}
            measured = self._measured(words)
            made = {}
            for key, plan in plans.items():
                made[key] = self._made(plan, errors, words[key], measured[key])
                on_made()
        finally:
            self._shelf.clear(plans.values())
        for pages in made.values():
            pages.notes += logo_note
        return made

    def _take_logo(self) -> tuple[Note, ...]:
        """Make a copy of the logo, once; a note where it cannot be read."""
        if not self._sheet.logo or self._logo is not None:
            return ()
        path = Path(self._sheet.logo)
        try:
            stamp = FileStamp.of(path)
        except OSError as error:
            return (no_logo(error.strerror or type(error).__name__),)
        bounds = copy_bounds(1, self._dress.logo_width_px)
        for _, result in self._team.run([CopyTask(path, stamp, self._spec, (bounds,))]):
            if isinstance(result, Copies):
                self._logo = result.of[bounds]
            elif isinstance(result, PhotoError):
                return (no_logo(result.message),)
        return ()

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
            for index, result in self._team.run(tasks)
            if isinstance(result, MeasuredWords | PhotoError)
        }

    def _made(
        self,
        plan: SheetPlan,
        errors: Mapping[str, PhotoError],
        words: Words,
        measured: MeasuredWords | PhotoError,
    ) -> MadePages:
        if isinstance(measured, PhotoError):
            return MadePages(failures=[failed(plan, measured)])
        notes = [*letters_missing(measured), *left_off(plan, errors)]
        own = self._shelf.of(plan)
        places = list(own)
        if not places:
            return MadePages(notes=tuple(notes))
        kind, laid_out = self._laid_out(
            plan, places, own, measured.heights, self._figures[0], self._sheet.layout
        )
        groups = [[places[cell.index] for cell in page.cells] for page in laid_out]
        for page, group in zip(laid_out, groups, strict=True):
            own = self._shelf.enlarged(plan, own, _by_place(page, group), self._team)
        parted = False
        while True:
            tried = self._try(plan, groups, own, words, measured.heights, kind)
            if not isinstance(tried, _Stuck):
                break
            for number, error in tried.errors.items():
                if len(groups[number]) == 1 or not isinstance(error, TooSmallABudgetError):
                    return MadePages(failures=[failed(plan, error)])
            groups = _parted(groups, tried.errors)
            parted = True
        return MadePages(tried, (*notes, *said_of_all(measured, parted=parted)))

    def _laid_out(
        self,
        plan: SheetPlan,
        places: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        heights: CaptionHeights,
        figures: tuple[int, int],
        layout: SheetLayout,
        *,
        has_number: bool = False,
    ) -> tuple[Kind, list[Page]]:
        """The layout and the pages; ``figures`` are a page's and a picture's longest side."""
        longest_px, smallest_px = figures
        rules = page_rules(
            self._dress.at(longest_px),
            longest_px,
            smallest_px,
            has_header=bool(plan.title),
            has_number=has_number,
        )
        shares = [copies[place].product_permille for place in places]
        sizes = weights(shares) if self._sheet.same_scale else [1.0] * len(places)
        items = [
            Item(
                copies[place].item_size_px,
                partial(heights.height_px, place),
                plan.shown[place].is_apart and bool(plan.apart_heading),
                size,
            )
            for place, size in zip(places, sizes, strict=True)
        ]
        kind, pages = chosen_pages(items, rules, layout, has_main=plan.has_main)
        if len(pages) > 1 and not has_number:  # which leaves less room, and so no fewer pages
            return self._laid_out(plan, places, copies, heights, figures, layout, has_number=True)
        return kind, pages

    def _try(
        self,
        plan: SheetPlan,
        groups: Sequence[Sequence[int]],
        copies: Mapping[int, WorkingCopy],
        words: Words,
        heights: CaptionHeights,
        kind: Kind,
    ) -> list[MadePage] | _Stuck:
        """Every page, at dpi_max or, where its bytes do not do, at dpi_min; or those stuck."""
        made: dict[int, MadePage] = {}
        stuck: dict[int, PhotoError] = {}
        for longest_px, _ in self._figures:
            left = [number for number in range(len(groups)) if number not in made]
            tasks: list[Task] = []
            for number in left:
                # One look for all pages of a sheet; only the first has a main picture.
                layout = "justified" if kind == "hero" and number else kind
                page = self._one_page(
                    plan,
                    groups[number],
                    copies,
                    heights,
                    longest_px,
                    layout,
                    has_number=len(groups) > 1,
                )
                number_of = f"{number + 1} / {len(groups)}"
                sheet = self._sheet_task(plan, page, groups[number], copies, number_of, longest_px)
                tasks.append(PageTask(sheet, words))
            stuck = {}
            for index, result in self._team.run(tasks):
                group = groups[left[index]]
                if isinstance(result, MadeSheet):
                    cells = tuple((group[cell], box) for cell, box in result.cells)
                    made[left[index]] = MadePage(result, cells)
                elif isinstance(result, PhotoError):
                    stuck[left[index]] = result
            if not stuck:
                return [made[number] for number in range(len(groups))]
        return _Stuck(dict(sorted(stuck.items())))

    def _one_page(
        self,
        plan: SheetPlan,
        group: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        heights: CaptionHeights,
        longest_px: int,
        layout: Kind,
        *,
        has_number: bool,
    ) -> Page:
        """The page of a group; should the layout want two, its pictures are shown smaller."""
        for smallest_px in (self._figures[0][1], 0):
            figures = longest_px, smallest_px
            _, pages = self._laid_out(
                plan, group, copies, heights, figures, layout, has_number=has_number
            )
            if len(pages) == 1:
                break
        return pages[0]

    def _sheet_task(
        self,
        plan: SheetPlan,
        page: Page,
        group: Sequence[int],
        copies: Mapping[int, WorkingCopy],
        number: str,
        longest_px: int,
    ) -> SheetTask:
        dress = self._dress.at(longest_px)
        boxes = header_boxes(dress, page, has_logo=self._logo is not None)
        texts: list[StyledText] = []
        if plan.title:
            small_px, grey = dress.small_type_px, dress.second_text
            texts += [
                StyledText(
                    _line(plan.title, "title"), boxes.title, dress.title_type_px, dress.text
                ),
                StyledText(_line(plan.second_line), boxes.second, small_px, grey),
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
        ink = dress.mark_text if plan.apart_is_warned_of else dress.text
        texts += [
            StyledText(_line(plan.apart_heading), box, dress.heading_type_px, ink)
            for _, box in page.headings
        ]
        if not number.endswith(" / 1"):
            number_line, box = _line(number, "number"), number_box(dress, page)
            texts.append(StyledText(number_line, box, dress.small_type_px, dress.second_text))
        lone = len(group) == 1
        return SheetTask(
            page,
            {cell.index: copies[group[cell.index]] for cell in page.cells},
            tuple(texts),
            self._spec,
            (boxes.line,) if plan.title else (),
            Logo(self._logo, boxes.logo) if self._logo and plan.title else None,
            dress=dress,
            least_quality=self._spec.min_quality if lone else None,
        )


def _by_place(page: Page, group: Sequence[int]) -> Page:
    """The page whose cells have the plan's places as their index."""
    cells = (replace(cell, index=group[at]) for at, cell in enumerate(page.cells))
    return replace(page, cells=tuple(cells))


def _parted(groups: Sequence[list[int]], stuck: Mapping[int, PhotoError]) -> list[list[int]]:
    """The pictures of pages, with each stuck page's in two halves."""
    parted: list[list[int]] = []
    for number, group in enumerate(groups):
        half = len(group) // 2 if number in stuck else 0
        parted += [group[:half], group[half:]] if half else [group]
    return parted


def _line(text: str, style: Style = "text") -> Caption:
    return Caption((Styled(text, style),))
