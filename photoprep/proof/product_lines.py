"""The products of a run on a line each: the views they are shown by, and what they lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console

from photoprep.language import Language, in_language, say, say_list, say_number
from photoprep.proof.cells import print_filled
from photoprep.proof.findings import MARKS
from photoprep.report import ShownProduct, ShownView
from photoprep.views import say_view

_PRODUCTS_NAMED = 40


def print_products(products: Sequence[ShownProduct], console: Console, language: Language) -> None:
    """A line a product: ``Toolbox X100: closed, open · missing: rear view``.

    A view that one of its pictures may show, though none says so, is ``perhaps missing``.

    Of very many only some are named, those that lack something before others.
    """
    if not products:
        return
    heading = say_number(len(products), "{count} product", "{count} products")
    console.print(f"[bold]{in_language(heading, language)}[/]", highlight=False)
    named = _worth_naming(products)
    for product in named:
        _print_product(product, console, language)
    if len(named) < len(products):
        more = say_number(
            len(products) - len(named),
            "and {count} product more; report.json has all.",
            "and {count} products more; report.json has all.",
        )
        print_filled(in_language(more, language), console, indent_cells=2, style="dim")
    console.print()


def _worth_naming(products: Sequence[ShownProduct]) -> list[ShownProduct]:
    """As many products as are named, in their order: what lacks a view has a place first."""
    by_need = sorted(range(len(products)), key=lambda place: _is_complete(products[place]))
    return [products[place] for place in sorted(by_need[:_PRODUCTS_NAMED])]


def _is_complete(product: ShownProduct) -> bool:
    return not product.missing and not product.unclear


def _print_product(product: ShownProduct, console: Console, language: Language) -> None:
    views = say_list(_views(product.views))
    parts: list[str] = [say("{product}: {views}", product=product.title, views=views)]
    if product.missing:
        lacking = say_list(map(say_view, product.missing))
        parts.append(say("missing: {views}", views=lacking))
    if product.unclear:
        perhaps = say_list(map(say_view, product.unclear))
        parts.append(say("perhaps missing: {views}", views=perhaps))
    # Marked as the findings that say the same.
    mark = MARKS["warning"] if product.missing else MARKS["info"] if product.unclear else " "
    told = " · ".join(in_language(part, language) for part in parts)
    print_filled(told, console, indent_cells=2, mark=f"{mark} ")


def _views(views: Iterable[ShownView]) -> list[str]:
    """The views in their order, equal ones as one with their number."""
    counted = Counter((view.kind, view.label) for view in views)
    return [_view(kind, label, count) for (kind, label), count in counted.items()]


def _view(kind: str, label: str, count: int) -> str:
    view: str = say_view(kind)
    if label:
        view = say("{view} ({label})", view=view, label=label)
    return say("{count} × {view}", count=count, view=view) if count > 1 else view
