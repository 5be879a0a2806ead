"""What every file shows, told from all names together: the folder's, the file's, its neighbours'.

A folder is a product, a view ("accessories"), a colour, or says nothing ("DCIM"). A folder whose
files have several models is a kind of products, and each file names its own. A name that only a
camera wrote takes what its folder says; at the top of what was dropped nothing says it, and such
files are grouped by their times (``sessions``) and asked about.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from photoprep.catalogue.reading import Reading, read_name
from photoprep.catalogue.vocabulary import Vocabulary, fold
from photoprep.outcome import Subject

# A number by itself is a model when it has so many digits that it is no plain counter.
_MODEL_DIGITS = 3

# Whose picture this is, the folder says: what else stands in the name is the part.
_PARTS = frozenset({"accessory", "accessory-not-included", "detail", "packaging"})
# Folders that only sort, as shops' programs make them: m/b/mb01-blue-0.jpg.
_SHELF = re.compile(r"[A-Za-z0-9]{1,2}")

By = Literal["", "name", "folder", "root", "model", "manifest", "time"]


class Told(NamedTuple):
    """What told a subject's parts: ``by`` whom, and the very words (``explaining`` says it)."""

    product_by: By = ""
    product_words: str = ""
    model_by: By = ""
    view_by: By = ""
    view_words: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one file shows, and what told it.

    ``views`` are all that its name or folder mentions, of which the subject has one; ``kind`` is
    that of the product where a word tells it ("clothing"), else empty. ``is_loose`` says that only
    a camera named it and no folder says whose it is.
    """

    name: str
    subject: Subject
    told: Told
    is_loose: bool = False
    views: tuple[str, ...] = ()
    kind: str = ""


class _Place(NamedTuple):
    """What the folders above a file say, from the nearest one outwards; all may be empty."""

    product: tuple[str, ...] = ()
    model: str = ""
    colour: str = ""
    size: str = ""
    view: str = "unknown"
    told_by: str = ""
    view_by: str = ""


def understand(names: Sequence[str], root_name: str, vocabulary: Vocabulary) -> list[Understood]:
    """What each file shows, by its relative name with forward slashes; in the order given.

    ``root_name`` is the dragged folder's own name. A subject's product is never empty, its model
    may be.
    """
    house = _House(root_name, vocabulary)
    parts = [_split(name) for name in names]
    house.look_around(parts)
    of_kinds = _folders_of_kinds((folders, house.read(stem)) for folders, stem in parts)
    files = _united(
        house.understood(name, folders, stem, of_kind=folders in of_kinds)
        for name, (folders, stem) in zip(names, parts, strict=True)
    )
    read_name.cache_clear()  # each name is done with, and what it says takes more than its row
    return files


def _split(name: str) -> tuple[tuple[str, ...], str]:
    *folders, file_name = name.split("/")
    return tuple(folders), file_name.rpartition(".")[0] or file_name


def _folders_of_kinds(
    files: Iterable[tuple[tuple[str, ...], Reading]],
) -> set[tuple[str, ...]]:
    """The folders that are no product but a kind of them: each of their files names its own.

    Either there are several models, or no file leaves its product to the folder.
    """
    models: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    leaves_it: set[tuple[str, ...]] = set()
    for folders, own in files:
        models[folders].update(own.models[:1])
        if not own.product:
            leaves_it.add(folders)
    return {
        folders for folders, named in models.items() if len(named) > 1 or folders not in leaves_it
    }


class _House:
    """What was dropped, by its name, and the words to understand it with."""

    def __init__(self, root_name: str, vocabulary: Vocabulary) -> None:
        self._known = vocabulary
        self._is_one = True
        self._places: dict[tuple[str, ...], _Place] = {(): _Place()}
        self._root = self._place_of_folder(root_name)

    def look_around(self, parts: Iterable[tuple[tuple[str, ...], str]]) -> None:
        """See whether what was dropped is one product: none of its files names another."""
        self._is_one = not any(
            self._place(folders).told_by or self.read(stem).says_product for folders, stem in parts
        )

    def read(self, text: str) -> Reading:
        return read_name(text, self._known)

    def understood(
        self, name: str, folders: tuple[str, ...], stem: str, *, of_kind: bool
    ) -> Understood:
        """One file, by its own name and its folders'."""
        file = self._judged(name, folders, stem, of_kind=of_kind)
        kind = _kind((*file.subject.product.split(), *folders), self._known)
        return replace(file, kind=kind) if kind else file

    def _judged(
        self, name: str, folders: tuple[str, ...], stem: str, *, of_kind: bool
    ) -> Understood:
        own, place = self.read(stem), self._place(folders)
        if place.told_by and not (of_kind and _names_another(own, place)):
            return _in_folder(name, own, place, "folder")
        if self._is_of_the_root(own):
            return _in_folder(name, own, self._root_with(place), "root")
        if own.says_product or _bare_model(own) or (own.accessories and not self._is_one):
            return _by_itself(name, own, place)
        loose = own.is_camera_made and not place.told_by
        if self._root.told_by:
            found = _in_folder(name, own, self._root_with(place), "root")
            return replace(found, is_loose=loose)
        told = _told("", "", "", own, place)
        colour = _first(own.colours) or place.colour
        subject = Subject("Photo", "", _view(own, place), colour, own.quantity, "", own.size)
        return Understood(name, subject, told, loose)

    def _is_of_the_root(self, own: Reading) -> bool:
        """Whether a name says the model, or words, of the very product that was dropped."""
        root = self._root
        if root.model and own.models:
            return root.model in own.models
        words = set(map(fold, root.product))
        return bool(own.product) and not own.models and words.issuperset(map(fold, own.product))

    def _root_with(self, place: _Place) -> _Place:
        """The dragged folder as a product's, seen from a folder in it."""
        colour = place.colour or self._root.colour
        return self._root._replace(view=place.view, view_by=place.view_by, colour=colour)

    def _place(self, folders: tuple[str, ...]) -> _Place:
        if folders not in self._places:
            self._places[folders] = self._gathered(folders)
        return self._places[folders]

    def _gathered(self, folders: tuple[str, ...]) -> _Place:
        """From the nearest folder outwards, until one names a product."""
        place = _Place()
        for folder in reversed(folders):
            found = self._place_of_folder(folder)
            if place.model and (not found.product or found.model):
                break  # a model's folder stands in its product's, or in anything else
            seen = place if place.view != "unknown" else found
            place = found._replace(
                model=place.model or found.model,
                size=place.size or found.size,
                colour=place.colour or found.colour,
                view=seen.view,
                view_by=seen.view_by,
                told_by=place.told_by or found.told_by,
            )
            if place.product:
                break
        return place

    def _place_of_folder(self, folder: str) -> _Place:
        if fold(folder) in self._known.plain_folders or _SHELF.fullmatch(folder):
            return _Place()
        read = self.read(folder)
        product = read.product or read.accessories
        model = _first(read.models) or ("" if product else _bare_model(read))
        return _Place(
            product,
            model,
            _first(read.colours),
            read.size,
            read.view,
            folder if product or model else "",
            folder if read.view != "unknown" else "",
        )


def _names_another(own: Reading, place: _Place) -> bool:
    """Whether a name, in a folder of kinds, is of a product of its own."""
    folders_words = set(map(fold, place.product))
    shares = any(fold(word) in folders_words for word in own.product)
    part = own.view in _PARTS and not own.models
    return not place.model and own.says_product and not shares and not part


def _in_folder(name: str, own: Reading, place: _Place, by: By) -> Understood:
    """A file in the folder of a product: what its name says beyond that is a label."""
    known = set(map(fold, place.product))
    further = [word for word in own.product if fold(word) not in known]
    model = place.model or _first(own.models)
    view = _view(own, place)
    subject = Subject(
        product=_named(place.product) or model,
        model=model if place.product else "",
        view="accessory" if view == "unknown" and own.accessories else view,
        colour=_first(own.colours) or place.colour,
        quantity=own.quantity,
        label=_named([*further, *own.label, *own.accessories]),
        size=own.size or place.size,
    )
    told = _told(by, place.told_by, by if place.model else "name", own, place)
    return Understood(name, subject, told, views=_views(own, place))


def _by_itself(name: str, own: Reading, place: _Place) -> Understood:
    """A file that names its own product."""
    product, part, view = own.product, own.label, _view(own, place)
    model = _first(own.models) or ("" if product else _bare_model(own))
    if own.accessories and not product and not model:
        product = own.accessories
    elif own.accessories:
        part, view = (*part, *own.accessories), "accessory" if view == "unknown" else view
    subject = Subject(
        product=_named(product) or model,
        model=model if product else "",
        view=view,
        colour=_first(own.colours) or place.colour,
        quantity=own.quantity,
        label=_named(part),
        size=own.size or place.size,
    )
    told = _told("name", " ".join(product) or model, "name", own, place)
    return Understood(name, subject, told, views=_views(own, place))


def _told(by: By, words: str, model_by: By, own: Reading, place: _Place) -> Told:
    if own.view != "unknown":
        seen = next(word for word in own.words if word.role == "view" and word.value == own.view)
        return Told(by, words, model_by, "name", seen.text)
    return Told(by, words, model_by, "folder" if place.view_by else "", place.view_by)


def _united(understood: Iterable[Understood]) -> list[Understood]:
    """Files of one model are one product, by the name that most of them give it."""
    files = list(understood)
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in files:
        if file.subject.model:
            names[file.subject.model][file.subject.product] += 1
    best = {model: counts.most_common(1)[0][0] for model, counts in names.items()}
    return [_called_as_its_model(file, best) for file in files]


def _called_as_its_model(file: Understood, best: Mapping[str, str]) -> Understood:
    subject = file.subject
    if subject.model:
        product, other = best[subject.model], subject.product
    else:
        product, other = best.get(subject.product, subject.product), ""
    if product == subject.product:
        return file
    told = file.told._replace(product_by="model", product_words=other)
    known = replace(subject, product=product, model=subject.model or subject.product)
    return replace(file, subject=known, told=told)


def _bare_model(read: Reading) -> str:
    """The digits that are a model, because they stand beside a view or a colour, or alone."""
    if not (read.views or read.colours or len(read.words) == 1):
        return ""
    return next((text for text in read.numbers if len(text) >= _MODEL_DIGITS), "")


def _view(own: Reading, place: _Place) -> str:
    return own.view if own.view != "unknown" else place.view


def _views(own: Reading, place: _Place) -> tuple[str, ...]:
    return own.views if place.view == "unknown" else (*own.views, place.view)


@lru_cache(maxsize=8192)
def _kind(words: tuple[str, ...], known: Vocabulary) -> str:
    """The kind of product that one of the words names, a Chinese one by its end (棒球帽)."""
    for word in map(fold, words):
        if word.isascii():
            ends = [word, word.removesuffix("s"), *word.split()]
        else:
            ends = [word[-length:] for length in range(4, 0, -1)]
        for end in ends:
            if end in known.kinds:
                return known.kinds[end]
    return ""


def _first(words: Sequence[str]) -> str:
    return words[0] if words else ""


@lru_cache(maxsize=8192)
def _capitalised(word: str) -> str:
    return word if word.isupper() else word[:1].upper() + word[1:]


def _named(words: Iterable[str]) -> str:
    """Words as a name: ``garden chair`` → ``Garden Chair``."""
    return " ".join(map(_capitalised, words))
