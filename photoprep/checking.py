"""What a careful colleague would say of a folder before it is prepared; nothing is written.

    dropped → intake → listing → copies → looking → grouping → findings

``check`` is the door of ``photoprep check``, ``name_pictures`` that of ``photoprep names``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from photoprep.catalogue.completeness import completeness
from photoprep.catalogue.explaining import explained
from photoprep.catalogue.gathering import gather
from photoprep.catalogue.naming import Naming, formal_names
from photoprep.catalogue.products import products_of
from photoprep.catalogue.scan import Dropped, default_output_folder
from photoprep.catalogue.vocabulary import Vocabulary, load_vocabulary
from photoprep.checked import Check, CheckedPhoto, NamedPicture, NamedPictures
from photoprep.errors import PhotoError
from photoprep.given import (
    GivenPaths,
    GivenPreset,
    jobs_given,
    language_given,
    preset_given,
)
from photoprep.language import Language
from photoprep.outcome import Failed, Prepared, PreparedJpeg, Skipped
from photoprep.output_folder import is_output_folder
from photoprep.photo.task import Looked
from photoprep.preset import Preset
from photoprep.profile import words_path
from photoprep.rehearsal import rehearse
from photoprep.remembered import RememberedSource
from photoprep.walk.copies import copies_aside, copy_outcome
from photoprep.walk.crashed import with_plugin
from photoprep.walk.crew import OnDone, photo_crew, unheard
from photoprep.walk.findings import photo_findings, plugin_findings
from photoprep.walk.grouping import grouped
from photoprep.walk.intake import Candidate, Copy, Intake, no_photos, take_in
from photoprep.walk.listing import Listed, listed
from photoprep.walk.lookalikes import lookalike_findings
from photoprep.walk.looking import capture_times, look_at_photos, times_of


def check(
    paths: GivenPaths,
    *,
    preset: GivenPreset = "trade-email",
    jobs: int | None = None,
    language: Language | None = None,
    on_look: OnDone = unheard,
    on_photo: OnDone = unheard,
) -> Check:
    """Look at every picture under ``paths``, and say what is missing or doubtful.

    ``preset``, ``jobs``, ``language`` and ``on_look`` are as for ``pipeline.prepare``; ``on_photo``
    hears ``(done, total)`` of the pictures that are decoded.

    Raises:
        UsageError: a path is not there, or is a folder that photoprep made.
        NoPhotosError: there is no picture under the paths.
        PresetError: the preset or the file of words does not hold.

    """
    workers, preset = jobs_given(jobs), preset_given(preset)
    dropped, vocabulary = _dropped(paths, on_look), load_vocabulary(words_path())
    with photo_crew(workers) as crew:
        crew.hire(len(dropped.files))
        by_list = _taken_in(dropped, vocabulary, preset, on_look)
        intake = by_list.intake
        seen = look_at_photos(
            intake.candidates, preset.photo, unpacking_folder=None, crew=crew, on_photo=on_photo
        )
    taken = {name: look.taken for name, look in seen.items() if isinstance(look, Looked)}
    intake, asked = grouped(intake, lambda _files: taken)
    good = [row for row in intake.candidates if isinstance(seen[row.name], Looked)]
    photos = [
        _as_if_prepared(row, look) for row in good if isinstance(look := seen[row.name], Looked)
    ]
    shown = [row.understood for row in good]
    findings = (
        *by_list.findings,
        *asked,
        *completeness(shown, preset.required_views).findings,
        *photo_findings(photos, preset.photo),
        *lookalike_findings(photos, wanted=preset.duplicates == "keep-all"),
        *plugin_findings(),
    )
    products = tuple(
        (product.title, tuple(view.source for view in product.views))
        for product in products_of(shown)
    )
    rows, spoken = _rows(intake, seen), language_given(language, preset)
    return Check(preset.name, dropped.root, rows, products, findings, spoken)


def name_pictures(
    paths: GivenPaths,
    *,
    preset: GivenPreset = "trade-email",
    customer: str = "",
    date: datetime.date | None = None,
    jobs: int | None = None,
    on_look: OnDone = unheard,
) -> NamedPictures:
    """The names that a run would give, and what is asked about them; nothing is written.

    Pictures of an earlier run into the usual place keep their numbers and its date, as they would.
    A person's own file of the same name is not looked for. ``on_look`` is as for ``prepare``.
    Raises as ``check``.
    """
    workers, preset = jobs_given(jobs), preset_given(preset)
    dropped, vocabulary = _dropped(paths, on_look), load_vocabulary(words_path())
    sources, first_day = _earlier(dropped)
    by_list = _taken_in(dropped, vocabulary, preset, on_look)
    with photo_crew(workers) as crew:

        def read(files: Sequence[Candidate]) -> Mapping[str, str]:
            return capture_times(
                files, unpacking_folder=None, jobs=workers, crew=crew, executor=None
            )

        intake, asked = grouped(by_list.intake, lambda files: times_of(files, sources, read))
    day = date or first_day or datetime.date.today()
    naming = Naming(preset.names.photo, customer, day, vocabulary.colours)
    candidates = intake.candidates
    kept = [_earlier_name(sources, row.name) for row in candidates]
    names = formal_names([row.subject for row in candidates], naming, kept)
    named = [NamedPicture(row.name, name) for row, name in zip(candidates, names, strict=True)]
    return NamedPictures(tuple(named), (*by_list.findings, *asked))


def _dropped(paths: GivenPaths, on_look: OnDone) -> Dropped:
    return gather(paths, on_found=lambda found: on_look(found, 0))


def _taken_in(dropped: Dropped, vocabulary: Vocabulary, preset: Preset, on_look: OnDone) -> Listed:
    intake = take_in(dropped, vocabulary, on_look=on_look)
    if not intake.candidates:
        raise no_photos(intake, dropped)
    by_list = listed(intake, dropped, vocabulary)
    if preset.duplicates == "keep-all":
        return by_list
    return replace(by_list, intake=copies_aside(by_list.intake, {}))


def _earlier(dropped: Dropped) -> tuple[dict[str, RememberedSource], datetime.date | None]:
    """What the record of an earlier run into the usual place knows, and that run's date."""
    place = default_output_folder(dropped.likeness)
    if not is_output_folder(place):
        return {}, None
    with ExitStack() as stack:
        state = stack.enter_context(rehearse(place)).state
        day = state.fact("date")
        return state.sources(), datetime.date.fromisoformat(day) if day else None


def _earlier_name(sources: Mapping[str, RememberedSource], name: str) -> str:
    known = sources.get(name)
    if known is None or not isinstance(known.outcome, PreparedJpeg):
        return ""
    return known.outcome.output.rpartition("/")[2]


def _as_if_prepared(file: Candidate, look: Looked) -> Prepared:
    """A picture that was looked at, as the findings take one: it has no output."""
    width_px, height_px = look.source_size_px
    jpeg = PreparedJpeg(
        output="",
        sha256="",
        size_bytes=0,
        width_px=0,
        height_px=0,
        dpi=0,
        quality=0.0,
        chroma_subsampling="",
        source_bytes=file.stamp.size_bytes,
        source_width_px=width_px,
        source_height_px=height_px,
        notes=look.notes,
        looks=look.looks,
        measures=look.measures,
        taken=look.taken,
    )
    return Prepared(file.name, file.subject, jpeg)


def _rows(
    intake: Intake, seen: Mapping[str, Looked | PhotoError]
) -> tuple[CheckedPhoto | Failed | Skipped, ...]:
    checked = {row.name: _row(row, seen[row.name]) for row in intake.candidates}
    return tuple(
        checked[row.name]
        if isinstance(row, Candidate)
        else _copy_row(row, checked[row.of])
        if isinstance(row, Copy)
        else row
        for row in intake.rows
    )


def _row(file: Candidate, seen: Looked | PhotoError) -> CheckedPhoto | Failed:
    if isinstance(seen, PhotoError):
        error = with_plugin(seen, file)
        return Failed(file.name, file.subject, error.message, error.hint)
    return CheckedPhoto(
        file.name,
        file.subject,
        *seen.source_size_px,
        because=explained(file.understood),
        is_guess=file.understood.is_loose,
    )


def _copy_row(copy: Copy, kept: CheckedPhoto | Failed) -> Skipped | Failed:
    stand_in = kept if isinstance(kept, Failed) else Skipped(kept.source, "")
    return copy_outcome(copy, stand_in)
