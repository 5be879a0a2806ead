"""The products as a customer will see them: each with its views, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from photoprep.language import in_language, say
from photoprep.proof.page.pictures import Tile, places_of, title_of, view_of
from photoprep.report import Report
from photoprep.views import say_view

_APART = frozenset({"accessory", "accessory-not-included"})


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product: its own pictures, those of accessories apart, and the views that it lacks."""

    title: str
    tiles: tuple[Tile, ...]
    accessories: tuple[Tile, ...]
    missing: tuple[str, ...]
    unclear: tuple[str, ...]


def product_rows(report: Report) -> tuple[ProductRow, ...]:
    """The products in the report's order."""
    places, language = places_of(report), report.language
    photos = {photo.source: photo for photo in report.ready}
    rows = []
    for product in report.products:
        tiles: dict[bool, list[Tile]] = {False: [], True: []}
        for view in product.views:
            photo = photos[view.source]
            name = photo.jpeg.output.rpartition("/")[2]
            tiles[view.kind in _APART].append(
                Tile(
                    places[photo.jpeg.output],
                    title_of(photo.subject, language) or name,
                    view_of(photo.subject, language),
                    "",
                )
            )
        rows.append(
            ProductRow(
                product.title or in_language(say("Other pictures"), language),
                tuple(tiles[False]),
                tuple(tiles[True]),
                tuple(in_language(say_view(kind), language) for kind in product.missing),
                tuple(in_language(say_view(kind), language) for kind in product.unclear),
            )
        )
    return tuple(rows)
