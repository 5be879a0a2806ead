"""The products that a manifest names: which of its rows speak of the same one, and what is odd."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from photoprep.catalogue.manifest.rows import Manifest, ManifestRow
from photoprep.catalogue.manifest.table import Teller, shown
from photoprep.catalogue.manifest.words import ACCESSORIES
from photoprep.language import Sentence, say
from photoprep.report import Finding

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class ManifestProduct:
    """One product of a manifest: what its rows say of it together, each value from the first.

    ``line`` is that of its first row; ``rows`` are all of them, in order. Quantity and kind are
    those of the product itself and not of its accessories.
    """

    line: int
    product: str
    model: str
    quantity: str = ""
    kind: str = ""
    caption: str = ""
    rows: tuple[ManifestRow, ...] = field(default=(), repr=False)


def model_key(text: str) -> str:
    """A model as it is compared: ``X-100`` is ``x100``."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def product_key(text: str) -> str:
    """A product's name as it is compared: without capitals, and with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def identity(product: str, model: str) -> tuple[str, str]:
    """What tells two products apart: the model, or the name where there is none."""
    return ("model", model_key(model)) if model_key(model) else ("product", product_key(product))


def products_in(manifest: Manifest) -> tuple[ManifestProduct, ...]:
    """The products that a manifest names, in the order of their first rows."""
    groups: dict[tuple[str, str], list[ManifestRow]] = {}
    for row in manifest.rows:
        if row.product or row.model:
            groups.setdefault(identity(row.product, row.model), []).append(row)
    return tuple(_product(rows) for rows in groups.values())


def _product(rows: list[ManifestRow]) -> ManifestProduct:
    own = [row for row in rows if row.view not in ACCESSORIES]
    general = [row for row in own if not row.file and not row.view and not row.colour]
    return ManifestProduct(
        rows[0].line,
        next((row.product for row in rows if row.product), ""),
        next((row.model for row in rows if row.model), ""),
        next((row.quantity for row in (*general, *own) if row.quantity), ""),
        next((row.kind for row in (*general, *own) if row.kind), ""),
        next((row.caption for row in general if row.caption), ""),
        tuple(rows),
    )


def contradictions(manifest: Manifest) -> Iterator[Finding]:
    """Models that are two products', and products that are said to be two things."""
    teller = Teller(manifest.name, manifest.in_rows)
    for product in products_in(manifest):
        named = [row for row in product.rows if row.product]
        for first, other in _differing(named, lambda row: product_key(row.product)):
            yield _of_two_products(teller, first, other)
        own = [row for row in product.rows if row.view not in ACCESSORIES]
        for first, other in _differing_quantities(own):
            yield _conflict(teller, first, other, say("quantity"), first.quantity, other.quantity)
        kinds = [row for row in own if row.kind]
        for first, other in _differing(kinds, lambda row: product_key(row.kind)):
            yield _conflict(teller, first, other, say("kind"), first.kind, other.kind)


def _differing_quantities(rows: list[ManifestRow]) -> Iterator[tuple[ManifestRow, ManifestRow]]:
    """Each colour may have a quantity of its own."""
    by_colour: dict[str, list[ManifestRow]] = {}
    for row in rows:
        if row.quantity:
            by_colour.setdefault(product_key(row.colour), []).append(row)
    for of_colour in by_colour.values():
        yield from _differing(of_colour, lambda row: product_key(row.quantity))


def _differing(
    rows: list[ManifestRow], value: Callable[[ManifestRow], str]
) -> Iterator[tuple[ManifestRow, ManifestRow]]:
    """The first row with each other one that says another thing, each thing once."""
    met = {value(rows[0])} if rows else set()
    for row in rows[1:]:
        if value(row) not in met:
            met.add(value(row))
            yield rows[0], row


def _of_two_products(teller: Teller, first: ManifestRow, other: ManifestRow) -> Finding:
    def message(where: Sentence) -> Sentence:
        return say(
            "{place}: the model {model} is {other} here, but {first} in line {line}.",
            place=where,
            model=shown(other.model),
            other=shown(other.product),
            first=shown(first.product),
            line=first.line,
        )

    hint = say("Give each product a model of its own, or the same name in both lines.")
    return teller.at(
        other.line, "manifest-model-doubled", "warning", message, hint, product=first.product
    )


def _conflict(
    teller: Teller, first: ManifestRow, other: ManifestRow, what: str, one: str, two: str
) -> Finding:
    def message(where: Sentence) -> Sentence:
        return say(
            "{place}: the {what} of {product} is {two} here, but {one} in line {line}.",
            place=where,
            what=what,
            product=shown(first.model or first.product),
            one=shown(one),
            two=shown(two),
            line=first.line,
        )

    return teller.at(
        other.line,
        "manifest-conflict",
        "warning",
        message,
        say("Write the same in both lines, or give each its colour."),
        product=first.product,
    )
