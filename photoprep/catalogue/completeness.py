"""What is missing before a quotation can go out: views, accessories alone, one name each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from photoprep.catalogue.products import (
    ACCESSORIES,
    OTHER_KIND,
    Product,
    View,
    products_of,
    view_rank,
)
from photoprep.catalogue.understanding import Understood
from photoprep.language import say, say_list, say_number
from photoprep.preset import RequiredViews
from photoprep.report import Finding, ShownProduct, ShownView
from photoprep.views import say_view

# Which pictures may show a required view though their names do not say it: a front view may well
# show the product closed.
_MAY_BE = {
    "closed": frozenset({"unknown", "front", "side", "back", "top"}),
    "front": frozenset({"unknown", "closed"}),
}
_UNDECIDED = frozenset({"unknown"})
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Completeness:
    """The products as a customer will see them, and what a careful colleague would ask for."""

    products: tuple[ShownProduct, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """A product, the views that it certainly lacks, and those that the pictures given may be."""

    product: Product
    missing: tuple[str, ...] = ()
    unclear: Mapping[str, Sequence[View]] = field(default_factory=dict)


def completeness(files: Sequence[Understood], required: RequiredViews) -> Completeness:
    """What the files show of each product and what they lack, product by product, file by file.

    ``required`` has the views that a product of each kind must have; kinds that it does not name
    have those of ``other``. An accessory that belongs to no product must have none.
    """
    reckoned = [_reckoned(product, required) for product in products_of(files)]
    found = [finding for each in reckoned for finding in _of_product(each)]
    return Completeness(
        tuple(map(_as_shown, reckoned)),
        (*found, *_names_that_differ(files), *_accessories_not_alone(files)),
    )


def _reckoned(product: Product, required: RequiredViews) -> _Reckoned:
    if _is_unassigned(product):
        return _Reckoned(product)
    wanted = required.get(product.kind, required.get(OTHER_KIND, ()))
    kinds = {view.kind for view in product.shown}
    lacking = [kind for kind in wanted if kind not in kinds]
    return _Reckoned(product, *_sorted_out(lacking, product.shown))


def _is_unassigned(product: Product) -> bool:
    """Whether this is an accessory that no name and no folder gives to a product."""
    return not product.shown and not any(view.label for view in product.views)


def _as_shown(reckoned: _Reckoned) -> ShownProduct:
    product = reckoned.product
    views = sorted(product.views, key=lambda view: view_rank(view.kind))
    return ShownProduct(
        product.name,
        product.model,
        product.size,
        tuple(ShownView(view.kind, view.source, view.label) for view in views),
        reckoned.missing,
        tuple(reckoned.unclear),
    )


def _of_product(reckoned: _Reckoned) -> Iterator[Finding]:
    product, missing, unclear = reckoned.product, reckoned.missing, reckoned.unclear
    if _is_unassigned(product):
        yield Finding(
            "accessory-unassigned",
            "info",
            say("Which product {accessory} belongs to is not told.", accessory=product.title),
            say("Put it into the folder of its product, or name the product before it."),
            product=product.name,
            source=product.views[0].source,
        )
        return
    if not product.shown:
        yield Finding(
            "view-missing",
            "warning",
            say(
                "Of {product} there are accessories and no picture of itself.",
                product=product.title,
            ),
            say("Add pictures of it, or name its folder as the product is called."),
            product=product.name,
        )
        return
    if missing:
        yield Finding(
            "view-missing",
            "warning",
            say(
                "{product} lacks a picture of this view: {views}.",
                product=product.title,
                views=say_list(map(say_view, missing)),
            ),
            say(
                "Add one, or say in a file’s name what it shows. Which views a kind of product "
                "needs stands under [required_views] in the preset."
            ),
            product=product.name,
        )
    elif unclear:
        views = [view for may_be in unclear.values() for view in may_be]
        yield Finding(
            "view-unclear",
            "info",
            say(
                "Which picture of {product} shows this is not told: {views}. It may be {files}.",
                product=product.title,
                views=say_list(map(say_view, unclear)),
                files=_some(dict.fromkeys(view.source for view in views)),
            ),
            say("Say it in the files’ names, or in the list that check --write-manifest writes."),
            product=product.name,
        )


def _sorted_out(
    wanted: Sequence[str], shown: Sequence[View]
) -> tuple[tuple[str, ...], dict[str, list[View]]]:
    """Views that are certainly missing, and those that other pictures may be, with these.

    Each picture is taken for one view at most, the choosier views first.
    """
    may_be = {
        kind: [view for view in shown if view.kind in _MAY_BE.get(kind, _UNDECIDED)]
        for kind in wanted
    }
    missing: list[str] = []
    unclear: dict[str, list[View]] = {}
    taken: set[str] = set()
    for kind in sorted(wanted, key=lambda kind: len(may_be[kind])):
        left = [view for view in may_be[kind] if view.source not in taken]
        if left:
            taken.add(left[0].source)
            unclear[kind] = may_be[kind]
        else:
            missing.append(kind)
    order = list(wanted)
    return tuple(sorted(missing, key=order.index)), {
        kind: unclear[kind] for kind in order if kind in unclear
    }


def _some(sources: Iterable[str]) -> str:
    """The first of the files, and how many more there are."""
    names = [source.rpartition("/")[2] for source in sources]
    named = say_list(names[:_NAMED])
    if len(names) <= _NAMED:
        return named
    return say_number(
        len(names) - _NAMED,
        "{named} and {count} more",
        "{named} and {count} more",
        named=named,
    )


def _names_that_differ(files: Iterable[Understood]) -> Iterator[Finding]:
    """Models that files call by several names; the first file of each other name."""
    seen: set[tuple[str, str]] = set()
    for file in files:
        subject, other = file.subject, file.told.product_words
        if file.told.product_by != "model" or not other or (subject.model, other) in seen:
            continue
        seen.add((subject.model, other))
        yield Finding(
            "names-differ",
            "info",
            say(
                "It calls model {model} “{other}”, where other files say “{product}”.",
                model=subject.model,
                other=other,
                product=subject.product,
            ),
            say(
                "Name it alike everywhere; until then “{product}” is used.", product=subject.product
            ),
            product=subject.product,
            source=file.name,
        )


def _accessories_not_alone(files: Iterable[Understood]) -> Iterator[Finding]:
    """Pictures whose names say that the product and an accessory are both on them."""
    for file in files:
        accessory = next((view for view in file.views if view in ACCESSORIES), "")
        other = next((view for view in file.views if view in {"closed", "open"}), "")
        if accessory and other:
            yield Finding(
                "accessory-not-alone",
                "warning",
                say(
                    "Its name says two views: {other} and {accessory}.",
                    other=say_view(other),
                    accessory=say_view(accessory),
                ),
                say("Show accessories on pictures of their own, and those not included apart."),
                product=file.subject.product,
                source=file.name,
            )
