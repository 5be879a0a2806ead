"""What a manifest says of the pictures found, laid over what their names told.

A row with a file speaks of that picture; a row without one of the whole product, or of what has its
colour or view where it names one. What a cell says wins over the name; an empty one says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.manifest.listing import Listed, listed_in
from photoprep.catalogue.manifest.products import (
    ManifestProduct,
    contradictions,
    model_key,
    product_key,
    products_in,
)
from photoprep.catalogue.manifest.rows import Manifest, ManifestRow
from photoprep.catalogue.manifest.table import TOLD_ONE_BY_ONE, Teller, shown, told_in_part
from photoprep.catalogue.manifest.words import ACCESSORIES
from photoprep.language import Sentence, say, say_number
from photoprep.outcome import Subject
from photoprep.report import Finding


def applied(
    files: Sequence[FoundFile], manifest: Manifest, understood: Mapping[str, Subject]
) -> tuple[dict[str, Subject], tuple[Finding, ...]]:
    """What each picture shows by the manifest, and what is odd between list and pictures.

    ``understood`` has every picture by its name, with what its name told; the result has the same
    keys in the same order. The findings of the manifest itself are not repeated.
    """
    listed = listed_in(files, manifest, understood)
    general = _General.of(manifest)
    subjects, covered = {}, set()
    findings = [*contradictions(manifest), *listed.findings]
    for name, told in understood.items():
        rows = listed.rows.get(name, ())
        own = general.named(_together(rows))
        subject = _laid_over(told, own)
        applying = general.of_picture(subject, name)
        if applying:
            covered.add(name)
        # What a row says of this very picture goes before what one says of its product.
        subjects[name] = _laid_over(_of_the_product(subject, applying), own)
        subjects[name] = _included(subjects[name], (*rows, *applying))
        findings += _wrongly_left_out(manifest, name, subjects[name], rows)
    findings += _without_picture(manifest, subjects)
    findings += _unlisted(manifest, listed, [name for name in understood if name not in covered])
    teller = Teller(manifest.name, manifest.in_rows)
    return subjects, tuple(told_in_part(teller, findings))


def _together(rows: Sequence[ManifestRow]) -> ManifestRow:
    """The rows of one picture as one: the first that says something of a thing counts."""
    said = ManifestRow(rows[0].line if rows else 0)
    for row in rows:
        said = replace(
            said,
            product=said.product or row.product,
            model=said.model or row.model,
            quantity=said.quantity or row.quantity,
            view=said.view or row.view,
            colour=said.colour or row.colour,
            caption=said.caption or row.caption,
        )
    return said


def _laid_over(told: Subject, row: ManifestRow) -> Subject:
    return replace(
        told,
        product=row.product or told.product,
        model=row.model or told.model,
        view=row.view or told.view,
        colour=row.colour or told.colour,
        quantity=row.quantity or told.quantity,
        label=row.caption or told.label,
    )


@dataclass(frozen=True, slots=True)
class _General:
    """The rows without a file, and the names that go with models, to be found by either."""

    by_model: dict[str, list[ManifestRow]] = field(default_factory=dict)
    by_product: dict[str, list[ManifestRow]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Manifest) -> _General:
        made = cls()
        for row in manifest.rows:
            if row.model and row.product:
                made.names.setdefault(model_key(row.model), row.product)
            if row.file:
                continue
            if row.model:
                made.by_model.setdefault(model_key(row.model), []).append(row)
            if row.product:
                made.by_product.setdefault(product_key(row.product), []).append(row)
        return made

    def named(self, row: ManifestRow) -> ManifestRow:
        """A row with its product's name; one that names the model alone has it from another."""
        if row.product or not row.model:
            return row
        return replace(row, product=self.names.get(model_key(row.model), ""))

    def of_picture(self, subject: Subject, name: str) -> list[ManifestRow]:
        """The rows that speak of a picture's product: of all of it, or of its colour or view."""
        rows = self._of_product(subject)
        fitting = [row for row in rows if _fits(row, subject)]
        accessories = [row for row in fitting if row.view in ACCESSORIES]
        if len(accessories) > 1:  # which of them it is, only its caption tells
            text = product_key(f"{subject.label} {name}")
            meant = [row for row in accessories if row.caption and product_key(row.caption) in text]
            fitting = [row for row in fitting if row not in accessories or row in meant]
        return fitting

    def _of_product(self, subject: Subject) -> list[ManifestRow]:
        # A file called after its model alone is told as a product of that name.
        for text in (subject.model, "" if subject.model else subject.product):
            if text and (rows := self.by_model.get(model_key(text))):
                return rows
        rows = self.by_product.get(product_key(subject.product), [])
        models = {model_key(row.model) for row in rows if row.model}
        if subject.model:
            return [row for row in rows if not row.model]
        return rows if len(models) < 2 else [row for row in rows if not row.model]


def _fits(row: ManifestRow, subject: Subject) -> bool:
    if row.colour and product_key(row.colour) != product_key(subject.colour):
        return False
    if row.view in ACCESSORIES:
        return subject.view in ACCESSORIES
    return not row.view or row.view == subject.view


def _of_the_product(subject: Subject, rows: Sequence[ManifestRow]) -> Subject:
    """The picture's own sayings first; an accessory has no part in the product's quantity."""
    is_accessory = subject.view in ACCESSORIES
    own = [row for row in rows if not is_accessory or row.view in ACCESSORIES]
    # What names a colour or a view knows more than what speaks of all.
    own.sort(key=lambda row: -(bool(row.colour) + bool(row.view)))
    model = next((row.model for row in rows if row.model), "")
    return replace(
        subject,
        product=next((row.product for row in rows if row.product), subject.product),
        model=subject.model or model,
        quantity=subject.quantity or next((row.quantity for row in own if row.quantity), ""),
        label=subject.label or next((row.caption for row in own if row.caption), ""),
    )


def _included(subject: Subject, rows: Iterable[ManifestRow]) -> Subject:
    if subject.view not in ACCESSORIES:
        return subject
    included = next((row.included for row in rows if row.included is not None), None)
    if included is None:
        return subject
    return replace(subject, view="accessory" if included else "accessory-not-included")


def _wrongly_left_out(
    manifest: Manifest, name: str, subject: Subject, rows: Sequence[ManifestRow]
) -> Iterator[Finding]:
    for row in rows:
        if row.included is False and subject.view not in ACCESSORIES:

            def message(where: Sentence) -> Sentence:
                return say(
                    "{place}: {name} is said to be not included, but its view is no accessory; "
                    "this was not used.",
                    place=where,
                    name=shown(name),
                )

            yield Teller(manifest.name, manifest.in_rows).at(
                row.line,
                "manifest-value",
                "warning",
                message,
                say("Write “accessory” as its view if it is one."),
                product=subject.product,
            )
            return


def _without_picture(manifest: Manifest, subjects: Mapping[str, Subject]) -> Iterator[Finding]:
    teller = Teller(manifest.name, manifest.in_rows)
    models = {model_key(subject.model) for subject in subjects.values()}
    names = {product_key(subject.product) for subject in subjects.values()}
    for product in products_in(manifest):
        if product.model and model_key(product.model):
            has_one = model_key(product.model) in models
        else:
            has_one = product_key(product.product) in names
        if has_one:
            continue
        yield _no_picture(teller, product)


def _no_picture(teller: Teller, product: ManifestProduct) -> Finding:
    what = shown(" ".join(filter(None, (product.product, product.model))))

    def message(where: Sentence) -> Sentence:
        return say("{place}: there is no picture of {product}.", place=where, product=what)

    return teller.at(
        product.line,
        "manifest-no-picture",
        "warning",
        message,
        say("Add its photos, or take it from the list."),
        product=product.product or product.model,
    )


def _unlisted(manifest: Manifest, listed: Listed, names: Iterable[str]) -> Iterator[Finding]:
    if not any(row.file for row in manifest.rows):
        return
    missing = [name for name in names if name not in listed.rows]
    for name in missing[:TOLD_ONE_BY_ONE]:
        yield Finding(
            "manifest-file-unlisted",
            "info",
            say("It is in no row of the list."),
            say("Add a row for it if the list is to be complete."),
            source=name,
        )
    more = len(missing) - TOLD_ONE_BY_ONE
    if more > 0:
        yield Teller(manifest.name).whole(
            "manifest-file-unlisted",
            "info",
            say_number(
                more,
                "{count} further picture is in no row of the list.",
                "{count} further pictures are in no row of the list.",
            ),
        )
