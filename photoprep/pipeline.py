"""The whole story of a run on one screen.

    dropped → intake → listing → copies → grouping → recall → making → sheeting → mailing
    → findings → showing → report (→ publishing, where the results go into a store)

``prepare`` is the door for programs and for the command line alike: it raises typed errors and
returns a ``Report``; it prints nothing and ends nothing.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence, Set
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.catalogue.completeness import completeness
from photoprep.catalogue.gathering import gather
from photoprep.catalogue.naming import Naming
from photoprep.catalogue.scan import Dropped, default_output_folder
from photoprep.catalogue.understanding import Understood
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.files import FileStamp, at_home
from photoprep.given import (
    GivenPaths,
    GivenPreset,
    jobs_given,
    language_given,
    preset_given,
)
from photoprep.language import Language, say
from photoprep.mail.enquiry import read_enquiry
from photoprep.mail.templating import check_template
from photoprep.outcome import Failed, PhotoOutcome, Prepared, PreparedJpeg, Reused, Skipped
from photoprep.output_folder import OutputFolder, is_output_folder, open_output_folder
from photoprep.preset import FRAME_BYTES, MailPreference, Preset, SheetKind
from photoprep.profile import SenderProfile, words_path
from photoprep.proof.page import PAGE_FILE
from photoprep.rehearsal import RehearsedFolder, rehearse
from photoprep.remote_address import is_address
from photoprep.report import Limits, Report, WrittenMail, WrittenSheet
from photoprep.report_file import write_json
from photoprep.state import State
from photoprep.walk.copies import copies_aside, copy_findings, copy_outcome, remember_copies
from photoprep.walk.crew import Elsewhere, OnDone, PhotoCrew, Team, photo_crew, unheard
from photoprep.walk.findings import findings_of, plugin_findings, record_findings
from photoprep.walk.grouping import grouped
from photoprep.walk.intake import Candidate, Copy, Intake, no_photos, take_in, with_outputs
from photoprep.walk.listing import listed
from photoprep.walk.lookalikes import lookalike_findings
from photoprep.walk.looking import capture_times, times_of
from photoprep.walk.mailed import Mailed
from photoprep.walk.making import Outcome, make_photos
from photoprep.walk.recall import Memory, recall
from photoprep.walk.recipes import recipe_of
from photoprep.walk.sheet_copies import CopyShelf
from photoprep.walk.sheet_plans import SheetWords, plan_sheets
from photoprep.walk.sheeting import Sheeted, make_sheets, sheet_photo_spec
from photoprep.walk.showing import LivePage, write_page

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from photoprep.walk.publishing import Publication

REPORT_FILE = "report.json"


def prepare(
    paths: GivenPaths,
    *,
    out: str | os.PathLike[str] | None = None,
    preset: GivenPreset = "trade-email",
    customer: str = "",
    contact: str = "",
    enquiry: str = "",
    date: datetime.date | None = None,
    profile: SenderProfile | None = None,
    jobs: int | None = None,
    sheets: Sequence[SheetKind] | None = None,
    mails: bool = True,
    prefer: MailPreference | None = None,
    verify: bool = False,
    accept_damaged: bool = False,
    dry_run: bool = False,
    links_within: str | os.PathLike[str] | None = None,
    language: Language | None = None,
    executor: Executor | None = None,
    cluster: Elsewhere | None = None,
    crew: PhotoCrew | None = None,
    on_look: OnDone = unheard,
    on_photo: OnDone = unheard,
    on_sheet: OnDone = unheard,
    on_version: OnDone = unheard,
    on_upload: OnDone = unheard,
) -> Report:
    """Prepare every picture under ``paths`` into ``out`` and write the mails that carry them.

    Originals are never touched. Files in ``out`` are whole at every instant, and running again
    redoes only what changed.

    Args:
        paths: a folder, a file, or several of them, as people drop them; or one address in a
            store (``s3://bucket/catalogue``; with the extra ``[cluster]``).
        out: the output folder; a sibling ``NAME-prepared`` of the dropped folder by default. An
            address in a store is where the results are put when they are finished.
        preset: a preset, the name of a shipped one, or the path of a TOML file.
        customer: the customer's number, for names and letters.
        contact: who is addressed, as after "Dear": ``Mr Smith``, ``王先生``.
        enquiry: what is answered: a saved message (``.eml``), or its Message-ID.
        date: stands in names and letters; by default the date of the output folder's first run.
        profile: who signs the letters.
        jobs: how many workers at most; one a core by default.
        sheets: which sheets to make, by default those of the preset; none when it is empty.
        mails: whether to write mails.
        prefer: the fewest mails, or mails within the preferred size; by default the preset's.
        verify: hash every source instead of trusting size and time.
        accept_damaged: take as much of a damaged picture as can be read, with a finding.
        dry_run: reckon everything as it would be, exactly, and write nothing anywhere.
        links_within: leave links to files aside that lead out of this folder.
        language: of the messages in report.json, and what ``Report.language`` says; by default the
            preset's, which by default is the user's.
        executor: where the work goes instead of worker processes of its own. Without it, a script
            that calls this needs the usual ``if __name__ == "__main__":`` around it.
        cluster: who makes the photos and their smaller versions, as ``cluster.connecting`` gives
            it; heads are read and sheets are made here all the same.
        crew: lasting workers of the caller's, instead of new ones; after an error they are to be
            ended by the caller.
        on_look: hears ``(done, total)`` of the files in a store that are looked at before, and
            ``(found, 0)`` while a store's list comes, because nobody knows yet how many there are.
        on_photo: hears ``(done, total)`` of the photos that have to be made.
        on_sheet: hears the same of sheets.
        on_version: hears the same of the smaller versions of photos that mails carry.
        on_upload: hears the same of finished files that are put into a store.

    Raises:
        UsageError: a path is not there, or is a folder that photoprep made; the enquiry is none.
        NoPhotosError: there is no picture under the paths; nothing is written.
        PresetError: the preset or its letter's template does not hold.
        CannotWriteError, OutputBusyError: the output folder cannot be used.
        TryLaterError: the cluster is gone, or a store cannot be reached or refuses (StoreError).
        MissingExtraError: what reads such addresses is not installed here.

    """
    workers = jobs_given(jobs)
    answered = read_enquiry(enquiry) if enquiry else None
    within = Path(links_within) if links_within is not None else None
    dropped = gather(paths, links_within=within, on_found=lambda found: on_look(found, 0))
    publication = _publication(out)
    place = _place_of(out, publication, dropped)
    if publication and not dry_run:
        publication.begin(on_look)
    with ExitStack() as stack:
        crew = crew or stack.enter_context(photo_crew(workers))
        if executor is None and cluster is None and not place.exists():
            crew.hire(len(dropped.files))  # a first run: everything will have to be made
        preset = _preferring(preset_given(preset), prefer)
        if mails:
            check_template(preset.letter)
        kinds = preset.sheet.kinds if sheets is None else tuple(sheets)
        spec = replace(preset.photo, accept_damaged=accept_damaged)
        recipe = recipe_of(spec)
        opening = rehearse(place) if dry_run else open_output_folder(place)
        # What an earlier run has worked on need not be opened; but nothing is made in vain.
        folder = stack.enter_context(opening) if is_output_folder(place) else None
        sources = folder.state.sources() if folder else {}
        memory = Memory(sources, recipe, accept_damaged=accept_damaged)
        vocabulary = load_vocabulary(words_path())
        intake = take_in(dropped, vocabulary, _nothing_known if verify else memory.knows, on_look)
        if not intake.candidates:
            raise no_photos(intake, dropped)
        by_list = listed(intake, dropped, vocabulary)
        del dropped  # its rows are the intake's from here on
        intake, told_of_list = by_list.intake, by_list.findings
        del by_list  # and with it the pictures as they are before each has its place
        keep_all = preset.duplicates == "keep-all"
        if not keep_all:
            intake = copies_aside(intake, sources, verify=verify)
        folder = folder or stack.enter_context(opening)
        day = _date_of_run(folder.state, date)
        read_heads = partial(
            capture_times,
            unpacking_folder=folder.unpacking_folder,
            jobs=workers,
            crew=crew,
            executor=executor,
        )
        intake, asked = grouped(intake, partial(times_of, sources=sources, read=read_heads))
        naming = Naming(preset.names.photo, customer, day, vocabulary.colours)
        intake = with_outputs(intake, naming, folder)
        recalled = recall(intake.candidates, folder, memory, verify=verify)
        sheet_words = _sheet_words(preset, profile, customer, day)
        sheet_spec = sheet_photo_spec(
            preset, _mailable_bytes(preset), accept_damaged=accept_damaged
        )
        by_name = {file.name: file for file in intake.candidates}
        shelf = CopyShelf(preset.sheet, sheet_spec, by_name, folder.unpacking_folder)
        begun = Report(
            preset.name,
            place,
            (),
            rehearsed=dry_run,
            language=language_given(language, preset),
            limits=_limits_of(preset),
            customer=customer,
            date=day.isoformat(),
        )
        live = LivePage(folder, folder.free_paths([PAGE_FILE])[0], begun)
        foreseen = shelf.foreseen(
            plan_sheets(
                [(file.name, file.subject) for file in intake.candidates], kinds, sheet_words
            )
        )
        team = Team(crew, workers, executor)
        photographers = Team(crew, workers, executor, cluster)
        made = make_photos(
            intake.candidates,
            recalled,
            folder,
            spec,
            recipe,
            team=photographers,
            on_photo=on_photo,
            last=not kinds and not (mails and preset.mail.squeeze),
            to_copy=foreseen,
            on_copies=shelf.put,
            onlooker=live,
        )
        photos = _in_order(intake, made.outcomes)
        remember_copies(intake, photos, sources, folder)
        ready = [photo for photo in photos if isinstance(photo, Prepared | Reused)]
        sheeted, mailed = Sheeted(), Mailed()
        if kinds:
            sheeted = make_sheets(
                plan_sheets([(each.source, each.subject) for each in ready], kinds, sheet_words),
                [file.output.rpartition("/")[2] for file in intake.candidates],
                shelf,
                folder,
                preset.sheet,
                sheet_spec,
                recipe,
                naming,
                language=preset.letter.language,
                team=team,
                on_sheet=live.hearing(say("Making sheets"), on_sheet),
            )
        if mails:
            # The photos need not wait for these.
            from photoprep.mail.letter import Correspondence
            from photoprep.walk.mailing import write_mails
            from photoprep.walk.versions import VersionMaker

            hear_version = live.hearing(say("Making photos smaller for the mails"), on_version)
            mailed = write_mails(
                ready,
                sheeted.sheets,
                folder,
                preset,
                about=Correspondence(preset.letter, profile, customer, day, contact, answered),
                maker=VersionMaker(by_name, spec, recipe, photographers, hear_version),
                naming=naming,
            )
        page_path, report_path = folder.free_paths([PAGE_FILE, REPORT_FILE])
        made_files: list[PreparedJpeg | WrittenSheet | WrittenMail] = [
            *(photo.jpeg for photo in ready),
            *sheeted.sheets,
            *mailed.mails,
        ]
        wanted = {*(each.output for each in made_files), *mailed.versions, page_path, report_path}
        wanted |= {photo.jpeg.preview for photo in ready}
        left_alone = _clean_up(folder, intake, wanted)
        folder.state.keep_thumbnails(
            {photo.jpeg.sha256 for photo in ready} | {sheet.sha256 for sheet in sheeted.sheets}
        )
        shown = completeness(_shown(intake, ready), preset.required_views)
        findings = findings_of(
            [*told_of_list, *asked, *shown.findings],
            photos,
            spec,
            [*copy_findings(intake, photos), *lookalike_findings(ready, wanted=keep_all)],
            left_alone,
            [
                *record_findings(folder.state.rebuilt),
                *plugin_findings(),
                *sheeted.findings,
                *mailed.findings,
            ],
        )
        report = replace(
            begun,
            photos=photos,
            mails=mailed.mails,
            sheets=tuple(sheeted.sheets),
            findings=findings,
            encodes=made.encodes + mailed.encodes,
            mail_plans=mailed.plans,
            squeeze=mailed.squeeze,
            products=shown.products,
            page="" if dry_run else page_path,
        )
        report_json = folder.spool(report_path, partial(write_json, report))
        if report.page:
            write_page(folder, report.page, report, report_json.sha256)
        folder.write_if_new(report_path, report_json)
        if publication and not dry_run:
            last = [page_path, report_path]
            published = publication.publish(folder, wanted, last, on_upload, on_look)
            report = replace(report, published=published)
        if isinstance(folder, RehearsedFolder):
            report = replace(report, taken_away=tuple(folder.taken_away))
    return report


def _publication(out: str | os.PathLike[str] | None) -> Publication | None:
    if not is_address(out):
        return None
    from photoprep.walk.publishing import Publication  # few people have a store

    return Publication(str(out))


def _place_of(
    out: str | os.PathLike[str] | None, publication: Publication | None, dropped: Dropped
) -> Path:
    """The output folder on this computer."""
    if publication:
        return publication.folder
    if out:
        return Path(at_home(os.fspath(out))).absolute()
    return default_output_folder(dropped.likeness)


def _preferring(preset: Preset, prefer: MailPreference | None) -> Preset:
    return replace(preset, mail=replace(preset.mail, prefer=prefer)) if prefer else preset


def _date_of_run(state: State, date: datetime.date | None) -> datetime.date:
    """The date given, else the one the folder was first made with, else today."""
    remembered = state.fact("date")
    if date is None:
        date = datetime.date.fromisoformat(remembered) if remembered else datetime.date.today()
    state.set_fact("date", date.isoformat())
    return date


def _nothing_known(_name: str, _stamp: FileStamp) -> bool:
    return False


def _sheet_words(
    preset: Preset, profile: SenderProfile | None, customer: str, day: datetime.date
) -> SheetWords:
    company = profile.company if profile else ""
    return SheetWords(preset.sheet.caption, preset.letter.language, company, customer, day)


def _mailable_bytes(preset: Preset) -> int:
    """The most that one attachment can have; base64 makes 78 bytes of 57 (RFC 2045, 6.8)."""
    if preset.mail.count == "raw":
        return preset.mail.max_bytes
    return (preset.mail.draft_bytes - FRAME_BYTES) * 57 // 78


def _limits_of(preset: Preset) -> Limits:
    photo, sheet, mail = preset.photo, preset.sheet, preset.mail
    return Limits(photo.max_bytes, sheet.max_bytes, mail.max_bytes, float(photo.longest_side_cm))


def _shown(intake: Intake, ready: Sequence[Prepared | Reused]) -> list[Understood]:
    """What is told of the pictures that there are now."""
    names = {photo.source for photo in ready}
    return [row.understood for row in intake.candidates if row.name in names]


def _in_order(intake: Intake, outcomes: tuple[Outcome, ...]) -> tuple[PhotoOutcome, ...]:
    made = dict(zip((file.name for file in intake.candidates), outcomes, strict=True))

    def outcome(row: Candidate | Copy | Skipped | Failed) -> PhotoOutcome:
        if isinstance(row, Copy):
            return copy_outcome(row, made[row.of])
        return made[row.name] if isinstance(row, Candidate) else row

    return tuple(map(outcome, intake.rows))


def _clean_up(
    folder: OutputFolder,
    intake: Intake,
    wanted: Set[str],
) -> list[str]:
    """Take away what no source stands behind any more; returns what a person has changed."""
    names = {candidate.name for candidate in intake.candidates}
    names |= {copy.file.name for copy in intake.copies}
    folder.state.forget_sources(folder.state.source_names() - names)
    return folder.keep_only(wanted)
