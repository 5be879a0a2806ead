"""Finished photos on sheets: planned, copied from their originals, laid out, made, put in place.

A sheet whose ingredients are those of an earlier run is left as it lies, and nothing is decoded for
it. Originals are copied batch by batch, so that what lies on the disk meanwhile is bounded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path

from photoprep.catalogue.naming import Naming, formal_names
from photoprep.errors import PhotoError
from photoprep.files import cannot_write, sha256_of_file
from photoprep.outcome import Subject
from photoprep.output_folder import OutputFolder
from photoprep.preset import PhotoSpec, Preset, SheetSpec
from photoprep.report import Finding, SheetCell, WrittenSheet
from photoprep.sheet.task import RECIPE_NUMBER
from photoprep.version import __version__
from photoprep.walk.crew import OnDone, Team, unheard
from photoprep.walk.recipes import plugin_in
from photoprep.walk.sheet_copies import CopyShelf
from photoprep.walk.sheet_notes import LEFT_OFF
from photoprep.walk.sheet_pages import MadePages, Studio
from photoprep.walk.sheet_plans import SheetPlan

SHEETS_FOLDER = "sheets"
_BATCH_PICTURES = 64


@dataclass(slots=True)
class Sheeted:
    """The sheets of a run, in their order, and what there is to say of them."""

    sheets: list[WrittenSheet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def sheet_photo_spec(preset: Preset, most_bytes: int, *, accept_damaged: bool = False) -> PhotoSpec:
    """The sheet's figures as the encoder takes them; ``most_bytes`` is what a mail can carry."""
    sheet = preset.sheet
    return replace(
        preset.photo,
        accept_damaged=accept_damaged,
        longest_side_cm=sheet.longest_side_cm,
        dpi_max=sheet.dpi_max,
        dpi_min=sheet.dpi_min,
        max_bytes=min(sheet.max_bytes, most_bytes),
        good_quality=sheet.good_quality,
        min_quality=min(preset.photo.min_quality, sheet.good_quality),
    )


def make_sheets(
    plans: Sequence[SheetPlan],
    photo_names: Sequence[str],
    shelf: CopyShelf,
    folder: OutputFolder,
    sheet: SheetSpec,
    spec: PhotoSpec,
    recipe: str,
    naming: Naming,
    *,
    language: str,
    team: Team,
    on_sheet: OnDone = unheard,
) -> Sheeted:
    """Make every planned sheet that is not there already, and record all of them.

    ``photo_names`` are the file names of the photos, which no sheet may have: both may go into one
    mail. ``shelf`` has the working copies that were made along with the photos, and is emptied.
    ``recipe`` stands for what makes photos what they are: the same libraries make sheets.
    """
    earlier = _by_ingredients(folder)
    keys = [_ingredients(plan, folder, sheet, spec, recipe, language) for plan in plans]
    known = [_still_there(earlier.get(key, []), folder) for key in keys]
    studio = Studio(sheet, spec, shelf, team, language=language)
    made: dict[int, MadePages] = {}
    try:
        missing = [index for index, pages in enumerate(known) if not pages]
        on_sheet(0, len(missing))
        number = count(1)
        for batch in _batches(missing, plans):
            pages_of = studio.make(
                {index: plans[index] for index in batch},
                on_made=lambda: on_sheet(next(number), len(missing)),
            )
            made |= {key: _aside(pages, key, folder) for key, pages in pages_of.items()}
    finally:
        shelf.clear()
    names = _names(plans, known, made, naming, photo_names)
    outputs = iter(folder.free_paths([f"{SHEETS_FOLDER}/{name}" for name in names]))
    sheeted, recorded = Sheeted(), list[tuple[str, WrittenSheet]]()
    thumbnails: list[tuple[str, bytes]] = []
    for index, plan in enumerate(plans):
        pages = known[index]
        if not pages:
            pages = _put(plan, made[index], folder, outputs)
            small = (page.made.thumbnail for page in made[index].pages)
            thumbnails += zip((page.sha256 for page in pages), small, strict=True)
            sheeted.findings += made[index].failures
        else:
            pages = [_moved(page, next(outputs), folder) for page in pages]
        recorded += [(keys[index], page) for page in pages]
        sheeted.sheets += pages
    told = {page.output: (key, page) for key, page in recorded}
    if thumbnails or told != folder.state.sheets():
        folder.state.replace_sheets(recorded, thumbnails)
    sheeted.findings += [
        Finding(note.code, note.severity, note.message, note.hint, page.product, page.output)
        for page in sheeted.sheets
        for note in page.notes
    ]
    return sheeted


def _aside(made: MadePages, key: int, folder: OutputFolder) -> MadePages:
    """The same pages with their bytes on the disk: all sheets are named together, at the end."""
    for at, page in enumerate(made.pages):
        place = folder.unpacking_folder / f"sheet-{key}-{at}.aside"
        try:
            made.pages[at] = page.laid_aside(place)
        except OSError as error:
            raise cannot_write(place, error) from error
    return made


def _by_ingredients(folder: OutputFolder) -> dict[str, list[WrittenSheet]]:
    earlier: dict[str, list[WrittenSheet]] = {}
    for key, page in sorted(folder.state.sheets().values(), key=lambda row: row[1].page):
        earlier.setdefault(key, []).append(page)
    return earlier


def _still_there(pages: list[WrittenSheet], folder: OutputFolder) -> list[WrittenSheet]:
    """The pages of a sheet as they lie in the folder; none when one of them is not there.

    Nor when a picture was left off: it may be readable by now, as its photo was.
    """
    whole = bool(pages) and len(pages) == pages[0].pages
    if any(note.code == LEFT_OFF for page in pages for note in page.notes):
        return []
    return pages if whole and all(folder.holds(each.output, each.sha256) for each in pages) else []


def _ingredients(
    plan: SheetPlan,
    folder: OutputFolder,
    sheet: SheetSpec,
    spec: PhotoSpec,
    recipe: str,
    language: str,
) -> str:
    """A fingerprint of all that makes a sheet what it is."""
    hashes = []
    for shown in plan.shown:
        known = folder.state.source(shown.source)
        hashes.append(known.sha256 if known is not None else "")
        if known is not None and plugin_in(known.recipe):
            hashes.append(plugin_in(known.recipe))
    logo = _file_sha256(sheet.logo), _file_sha256(sheet.font)
    # What the caller accepts is no figure of a sheet: one that lacks a picture is made anew anyway.
    figures = asdict(sheet) | asdict(replace(spec, accept_damaged=False))
    values = {key: str(value) for key, value in figures.items()}
    everything = [__version__, RECIPE_NUMBER, recipe, language, values, hashes, logo, asdict(plan)]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _file_sha256(path: str) -> str:
    """The hash of a file that the preset names; empty where it names none, or none is there."""
    with suppress(PhotoError):
        return sha256_of_file(Path(path)) if path else ""
    return ""


def _batches(indexes: Sequence[int], plans: Sequence[SheetPlan]) -> Iterator[list[int]]:
    """Sheets to be made together: so many pictures at once, and one sheet at least."""
    batch: list[int] = []
    pictures = 0
    for index in indexes:
        if batch and pictures + len(plans[index].shown) > _BATCH_PICTURES:
            yield batch
            batch, pictures = [], 0
        batch.append(index)
        pictures += len(plans[index].shown)
    if batch:
        yield batch


def _names(
    plans: Sequence[SheetPlan],
    known: Sequence[Sequence[WrittenSheet]],
    made: Mapping[int, MadePages],
    naming: Naming,
    photos: Sequence[str],
) -> list[str]:
    """A name for every page, sheet by sheet: ``Toolbox_X100_sheet-1_20261123.jpg``."""
    if "{view}" not in naming.template:
        naming = replace(naming, template=naming.template + "_{view}")
    subjects, kept = [], []
    for index, plan in enumerate(plans):
        pages = known[index]
        count = len(pages) if pages else len(made[index].pages)
        for page in range(1, count + 1):
            subjects.append(Subject(plan.product or "Overview", plan.model, f"sheet-{page}"))
            kept.append(pages[page - 1].output.rpartition("/")[2] if pages else "")
    return formal_names(subjects, naming, kept, photos)


def _moved(page: WrittenSheet, output: str, folder: OutputFolder) -> WrittenSheet:
    """A page that is kept, under the name that it has now."""
    if output == page.output:
        return page
    data = folder.read(page.output)
    folder.announce([output])
    folder.write(output, data)
    return replace(page, output=output)


def _put(
    plan: SheetPlan, made: MadePages, folder: OutputFolder, outputs: Iterator[str]
) -> list[WrittenSheet]:
    written = []
    for number, page in enumerate(made.pages, start=1):
        output, jpeg, data = next(outputs), page.made.jpeg, page.data
        folder.announce([output])
        folder.write(output, data)
        if page.aside is not None:
            with suppress(OSError):  # what stays, the next run removes
                page.aside.unlink()
        cells = tuple(
            SheetCell(
                plan.shown[place].source,
                plan.shown[place].subject.product,
                "\n".join(line.text for line in plan.shown[place].caption.lines),
                box.x_px,
                box.y_px,
                box.width_px,
                box.height_px,
            )
            for place, box in page.cells
        )
        written.append(
            WrittenSheet(
                output=output,
                sha256=hashlib.sha256(data).hexdigest(),
                size_bytes=len(data),
                width_px=jpeg.width_px,
                height_px=jpeg.height_px,
                dpi=jpeg.dpi,
                quality=jpeg.quality,
                product=plan.product,
                model=plan.model,
                size=plan.size,
                page=number,
                pages=len(made.pages),
                cells=cells,
                notes=made.notes if number == 1 else (),
            )
        )
    return written
