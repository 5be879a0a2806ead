"""One composite straight from pictures: the door of ``photoprep sheet``.

dropped → intake → listing → copies → one sheet of all pictures → FILE, FILE-2 …
"""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from photoprep.catalogue.gathering import gather
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.errors import CannotWriteError, NothingPreparedError, UsageError
from photoprep.files import at_home, write_whole
from photoprep.given import GivenPaths, GivenPreset, jobs_given, preset_given
from photoprep.language import say
from photoprep.outcome import Failed
from photoprep.preset import SheetLayout
from photoprep.profile import words_path
from photoprep.report import Finding
from photoprep.walk.copies import copies_aside
from photoprep.walk.crew import OnDone, Team, photo_crew, unheard
from photoprep.walk.findings import plugin_findings
from photoprep.walk.intake import Copy, no_photos, take_in
from photoprep.walk.listing import listed
from photoprep.walk.sheet_copies import CopyShelf
from photoprep.walk.sheet_notes import LEFT_OFF
from photoprep.walk.sheet_pages import MadePages, Studio
from photoprep.walk.sheet_plans import SheetPlan, SheetWords, plan_one_sheet
from photoprep.walk.sheeting import sheet_photo_spec

_ENDINGS = (".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class CompositeFile:
    """One page that was written, and how many ``pictures`` it shows."""

    path: Path
    pictures: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Composite:
    """The files that were written, page by page, what is odd, and what could not be read."""

    files: tuple[CompositeFile, ...]
    findings: tuple[Finding, ...]
    failed: tuple[Failed, ...]


def make_composite(
    paths: GivenPaths,
    output: str | os.PathLike[str],
    *,
    preset: GivenPreset = "trade-email",
    title: str = "",
    company: str = "",
    customer: str = "",
    date: datetime.date | None = None,
    layout: SheetLayout | None = None,
    replace_existing: bool = False,
    jobs: int | None = None,
    on_look: OnDone = unheard,
    on_copy: OnDone = unheard,
) -> Composite:
    """Put all pictures under ``paths`` on one sheet, ``output``, and further pages beside it.

    Without a title, a customer and a date the sheet has no header. ``preset``, ``jobs`` and
    ``on_look`` are as for ``pipeline.prepare``. ``on_copy`` hears how many of how many pictures are
    read.

    Raises:
        UsageError: the output is named like no JPEG, or a path is not there.
        NoPhotosError: there is no picture under the paths.
        NothingPreparedError: no sheet could be made.
        CannotWriteError: a file of that name or an original is there, or the place cannot be
            written.

    """
    place = Path(at_home(os.fspath(output)))
    if place.suffix.lower() not in _ENDINGS:
        raise UsageError(
            say("A sheet is a JPEG."), hint=say("Give it a name that ends with .jpg."), path=place
        )
    workers, preset = jobs_given(jobs), preset_given(preset)
    dropped = gather(paths, on_found=lambda found: on_look(found, 0))
    vocabulary = load_vocabulary(words_path())
    intake = take_in(dropped, vocabulary, on_look=on_look)
    if not intake.candidates:
        raise no_photos(intake, dropped)
    by_list = listed(intake, dropped, vocabulary)
    intake = by_list.intake
    if preset.duplicates == "keep-first":
        intake = copies_aside(intake, {})
    day = date or datetime.date.today()
    # Without a title the page is for the pictures alone.
    words = SheetWords(
        preset.sheet.caption,
        preset.letter.language,
        company,
        customer,
        day,
        has_header=bool(title or customer or date),
    )
    pictures = [(row.name, row.subject) for row in intake.candidates]
    if words.has_header:
        title = title or dropped.likeness.name
    plan = plan_one_sheet(pictures, title, words)
    sheet = replace(preset.sheet, layout=layout) if layout else preset.sheet
    with (
        photo_crew(workers) as crew,
        tempfile.TemporaryDirectory(prefix="photoprep-", ignore_cleanup_errors=True) as copies,
    ):
        spec = sheet_photo_spec(preset, sheet.max_bytes)
        by_name = {row.name: row for row in intake.candidates}
        shelf = CopyShelf(sheet, spec, by_name, Path(copies))
        team = Team(crew, workers, None)
        studio = Studio(sheet, spec, shelf, team, language=preset.letter.language)
        made = studio.make({0: plan}, on_copy=on_copy)[0]
    if not made.pages:
        raise _nothing(made)
    originals = [row.path for row in intake.candidates]
    files = _written(made, place, originals, replace_existing=replace_existing)
    failed = tuple(row for row in intake.rows if isinstance(row, Failed))
    findings = (
        *by_list.findings,
        *map(_copy_left_off, intake.copies),
        *_findings(plan, made),
        *plugin_findings(),
    )
    return Composite(files, findings, failed)


def _written(
    made: MadePages, output: Path, originals: Sequence[Path], *, replace_existing: bool
) -> tuple[CompositeFile, ...]:
    """Every page in its place; nothing is written when one of the places is taken.

    An original's place is taken whatever may be replaced.
    """
    places = [
        output if number == 1 else output.with_name(f"{output.stem}-{number}{output.suffix}")
        for number in range(1, len(made.pages) + 1)
    ]
    for place in places:
        if os.path.lexists(place) and not replace_existing:
            raise CannotWriteError(
                say("There is a file of this name already, and it is left as it is."),
                hint=say("Choose another name, or let it be replaced with --force."),
                path=place,
            )
        if os.path.lexists(place) and any(map(partial(_is_same, place), originals)):
            raise CannotWriteError(
                say("It is one of the pictures given, and those are never touched."),
                hint=say("Choose another name."),
                path=place,
            )
    written = []
    for place, page in zip(places, made.pages, strict=True):
        data = page.data
        write_whole(place, data, temporary=place.with_name(f".{place.name}.unfinished"), sync=True)
        written.append(CompositeFile(place, len(page.cells), len(data)))
    return tuple(written)


def _is_same(place: Path, original: Path) -> bool:
    try:
        return place.samefile(original)
    except OSError:  # one of the two is not there
        return False


def _copy_left_off(copy: Copy) -> Finding:
    return Finding(
        "duplicate",
        "info",
        say("It is the same file as {of}, which is shown; this copy is not.", of=copy.of),
        say('To show every copy, set duplicates = "keep-all" under [photo] in the preset.'),
        product=copy.file.subject.product,
        source=copy.file.name,
    )


def _findings(plan: SheetPlan, made: MadePages) -> list[Finding]:
    return [
        *made.failures,
        *(
            Finding(note.code, note.severity, note.message, note.hint, product=plan.product)
            for note in made.notes
        ),
    ]


def _nothing(made: MadePages) -> NothingPreparedError:
    for finding in made.failures:
        return NothingPreparedError(finding.message, hint=finding.hint)
    reasons = [note for note in made.notes if note.code == LEFT_OFF]
    message = reasons[0].message if reasons else say("No picture could be read.")
    return NothingPreparedError(message, hint=reasons[0].hint if reasons else "")
