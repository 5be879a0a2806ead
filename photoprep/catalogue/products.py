"""The products of a folder, each with its views: what captions, mails and letters are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from photoprep.catalogue.understanding import Understood

OTHER_KIND = "other"
ACCESSORIES = frozenset({"accessory", "accessory-not-included"})
# The order in which a product is shown: as it comes, opened, from all sides, and what goes with it.
_ORDER = (
    "closed",
    "open",
    "front",
    "back",
    "side",
    "top",
    "unknown",
    "detail",
    "scene",
    "packaging",
    "accessory",
    "accessory-not-included",
)
_RANKS = {view: rank for rank, view in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class View:
    """One picture of a product: what kind of view it is, what else it shows, and which file."""

    kind: str
    source: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One product and its pictures, in the order of their names.

    ``kind`` is a word of the vocabulary such as ``clothing``, ``other`` where none is told.
    """

    name: str
    model: str
    size: str
    kind: str
    views: tuple[View, ...]

    @property
    def title(self) -> str:
        """The product on one line: ``Toolbox X100``."""
        return " ".join(filter(None, (self.name, self.model, self.size)))

    @property
    def shown(self) -> tuple[View, ...]:
        """The pictures of the product itself, without its accessories."""
        return tuple(view for view in self.views if view.kind not in ACCESSORIES)


def products_of(files: Iterable[Understood]) -> list[Product]:
    """The products that the files show, each where its first file stands."""
    gathered: dict[tuple[str, str, str], list[Understood]] = {}
    for file in files:
        subject = file.subject
        gathered.setdefault((subject.product, subject.model, subject.size), []).append(file)
    return [
        Product(
            *key,
            kind=next((file.kind for file in own if file.kind), OTHER_KIND),
            views=tuple(View(file.subject.view, file.name, file.subject.label) for file in own),
        )
        for key, own in gathered.items()
    ]


def view_rank(view: str) -> int:
    """The place of a kind of view among a product's pictures, from 0 on."""
    return _RANKS.get(view, _RANKS["unknown"])
