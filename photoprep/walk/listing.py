"""A list of the products that lies among the photos goes before what their names tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from photoprep.catalogue.found import is_settings
from photoprep.catalogue.manifest.finding import ManifestFiles, manifest_among, read_found
from photoprep.catalogue.scan import Dropped
from photoprep.catalogue.understanding import Told, Understood
from photoprep.catalogue.vocabulary import Vocabulary, fold
from photoprep.language import Sentence, say
from photoprep.outcome import Failed, Skipped, Subject
from photoprep.report import Finding
from photoprep.walk.intake import Candidate, Intake


@dataclass(frozen=True, slots=True)
class Listed:
    """The intake by the list, and what is odd about it; as it was where there is none."""

    intake: Intake
    findings: tuple[Finding, ...] = ()


def listed(intake: Intake, dropped: Dropped, vocabulary: Vocabulary) -> Listed:
    """What the pictures show by the list of products in the top of what was dropped, if any."""
    files = manifest_among(dropped.files)
    rows = tuple(
        Skipped(row.source, reason)
        if isinstance(row, Skipped) and (reason := _reason_for(row.source, files))
        else row
        for row in intake.rows
    )
    if files.used is None:
        return Listed(Intake(rows), files.findings)
    # Most folders have no list; what lays one over takes time to load.
    from photoprep.catalogue.manifest.applying import applied
    from photoprep.catalogue.manifest.products import identity, products_in

    manifest = read_found(files.used, vocabulary.view_of)
    pictures = {_name(row): row.subject for row in rows if isinstance(row, Candidate | Failed)}
    subjects, findings = applied(dropped.files, manifest, pictures)
    kinds = {
        identity(product.product, product.model): _kind(product.kind, vocabulary)
        for product in products_in(manifest)
        if product.kind
    }

    def kind_of(subject: Subject) -> str:
        own = identity(subject.product, subject.model)
        return kinds.get(own) or kinds.get(identity("", subject.product), "")

    told = tuple(
        _by_the_list(row, subjects, files.used.name, kind_of(subjects[_name(row)]))
        if isinstance(row, Candidate | Failed)
        else row
        for row in rows
    )
    return Listed(Intake(told), (*files.findings, *manifest.findings, *findings))


def _reason_for(name: str, files: ManifestFiles) -> Sentence | None:
    """Why a file that is no picture lies there all the same; None where nobody knows."""
    if is_settings(name):
        return say("It says how the folder is prepared where it is watched.")
    return files.reason_for(name)


def _name(row: Candidate | Failed) -> str:
    return row.name if isinstance(row, Candidate) else row.source


def _by_the_list(
    row: Candidate | Failed, subjects: Mapping[str, Subject], manifest: str, kind: str
) -> Candidate | Failed:
    subject = subjects[_name(row)]
    if isinstance(row, Failed):
        return replace(row, subject=subject)
    return replace(row, understood=_told_by(row.understood, subject, manifest, kind))


def _told_by(file: Understood, subject: Subject, manifest: str, kind: str) -> Understood:
    """What the list says of a file; where it names the product, nothing is left to be asked."""
    told = file.told
    if subject.product != file.subject.product:
        told = told._replace(product_by="manifest", product_words=manifest)
    if subject.model != file.subject.model:
        told = told._replace(model_by="manifest")
    views = file.views
    if subject.view != file.subject.view:
        told, views = told._replace(view_by="manifest"), (subject.view,)
    loose = file.is_loose and not _names_a_product(told)
    return replace(
        file, subject=subject, told=told, is_loose=loose, views=views, kind=kind or file.kind
    )


def _names_a_product(told: Told) -> bool:
    return "manifest" in {told.product_by, told.model_by}


def _kind(text: str, vocabulary: Vocabulary) -> str:
    """The kind that a cell names: by its own name, or by a word for such a product."""
    folded = fold(text)
    known = set(vocabulary.kinds.values())
    return folded if folded in known else vocabulary.kinds.get(folded, folded)
