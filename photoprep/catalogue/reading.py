"""What each piece of one name means: a view, a colour, a model, a counter … or the product.

One name is read by itself here; what the names of a folder tell together is ``understanding``'s
business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from photoprep.catalogue.chinese import chinese_words
from photoprep.catalogue.models import counts_pictures, is_model, looks_like_one
from photoprep.catalogue.pieces import Piece, pieces_of
from photoprep.catalogue.second_look import Role, Word, second_look
from photoprep.catalogue.vocabulary import Vocabulary, fold

# Of several views in one name the first in this order counts: what an accessory or a detail shows
# is not the product opened, whatever else the name says.
_PRECEDENCE = (
    "accessory-not-included",
    "accessory",
    "packaging",
    "detail",
    "open",
    "closed",
    "scene",
    "top",
    "back",
    "front",
    "side",
)

_LETTERS_THEN_DIGITS = re.compile(r"([^\W\d_]+)(\d{1,3})")
_DIGITS_THEN_LETTERS = re.compile(r"(\d{1,2})([^\W\d_]{3,})")
_LETTERS_THEN_MORE_DIGITS = re.compile(r"([^\W\d_]+)(\d{4,})")
_CAMEL = re.compile(r"[A-ZÀ-Þ]?[a-zà-ÿ]+|[A-ZÀ-Þ]+(?![a-zà-ÿ])|\d+")


_LINKS = frozenset(
    {"with", "and", "of", "for", "in", "on", "at", "a", "an", "by", "to", "und", "mit", "et", "y"}
)
_MARKED = frozenset({"word", "number", "gtin"})


_GATHERED: tuple[Role, ...] = (
    "product",
    "colour",
    "size",
    "quantity",
    "number",
    "accessory",
    "label",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One name, read by itself; ``words`` has every piece of it with its role."""

    words: tuple[Word, ...]
    view: str = "unknown"
    product: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    size: str = ""
    quantity: str = ""
    counter: int | None = None
    numbers: tuple[str, ...] = ()
    accessories: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    views: tuple[str, ...] = ()

    @property
    def is_camera_made(self) -> bool:
        """Whether the name says nothing but what a camera, a phone or a scanner wrote."""
        return all(
            word.role in {"camera", "date", "noise", "counter", "number"} for word in self.words
        )

    @property
    def says_product(self) -> bool:
        """Whether a product can be told by the name."""
        return bool(self.product or self.models)


@lru_cache(maxsize=65536)
def read_name(text: str, vocabulary: Vocabulary) -> Reading:
    """The meaning of a file's name without its extension, or of a folder's name."""
    words = _Reader(pieces_of(text, vocabulary), vocabulary).words()
    texts: dict[Role, list[str]] = {role: [] for role in _GATHERED}
    views: list[str] = []
    models: list[str] = []
    counter: int | None = None
    for word in words:
        if word.role == "view":
            views.append(word.value)
        elif word.role == "model":
            models.append(word.value)
        elif word.role == "counter":
            counter = int(word.value)
        elif word.role in texts:
            texts[word.role].append(word.text)
    return Reading(
        words=tuple(words),
        view=min(views, key=_PRECEDENCE.index) if views else "unknown",
        product=_without_links(texts["product"]),
        models=tuple(models),
        colours=tuple(_colours(words)) if texts["colour"] else (),
        size=" ".join(texts["size"]),
        quantity=" ".join(texts["quantity"]),
        counter=counter,
        numbers=tuple(texts["number"]),
        accessories=tuple(texts["accessory"]),
        label=tuple(texts["label"]),
        views=tuple(views),
    )


def _without_links(words: list[str]) -> tuple[str, ...]:
    """A product's words without "with" and "and" at its ends, next to what was taken away."""
    while words and fold(words[-1]) in _LINKS:
        words.pop()
    while words and fold(words[0]) in _LINKS:
        words.pop(0)
    return tuple(words)


def _colours(words: Sequence[Word]) -> Iterator[str]:
    """The colours, those that a hyphen or a plus joins as one: ``red-white``."""
    said = ""
    for place, word in enumerate(words):
        if word.role != "colour":
            continue
        said += word.text
        follower = words[place + 1] if place + 1 < len(words) else word
        if follower is not word and follower.role == "colour" and follower.before in {"-", "+"}:
            said += "-"
        else:
            yield said
            said = ""


class _Reader:
    """The pieces of one name while they get their roles, from the surest to the least sure."""

    def __init__(self, pieces: Sequence[Piece], vocabulary: Vocabulary) -> None:
        self._pieces, self._known = list(_uncamelled(pieces, vocabulary)), vocabulary

    def words(self) -> list[Word]:
        """Every piece with its role, in the order of the name."""
        return second_look(list(self._first_look()), self._known)

    def _first_look(self) -> Iterator[Word]:
        place = 0
        while place < len(self._pieces):
            phrase = self._phrase_at(place)
            if phrase is not None:
                word, length = phrase
                place += length
                yield word
                if word.role == "noise" and word.value == "mark" and place < len(self._pieces):
                    marked = self._pieces[place]
                    yield Word(marked.text, "model", marked.text.upper(), marked.before)
                    place += 1
                continue
            piece = self._pieces[place]
            place += 1
            yield from self._single(piece)

    def _phrase_at(self, place: int) -> tuple[Word, int] | None:
        """The longest run of pieces from here on that the vocabulary knows."""
        first = self._pieces[place]
        longest = self._known.longest_from.get(fold(first.text), 0)
        if longest == 1:
            role = self._role_of_phrase(first.text, place + 1)
            return (Word(first.text, *role, first.before), 1) if role else None
        for length in range(min(longest, len(self._pieces) - place), 0, -1):
            pieces = self._pieces[place : place + length]
            if not all(map(_goes_on, pieces[1:])):
                continue
            role = self._role_of_phrase(" ".join(piece.text for piece in pieces), place + length)
            if role is not None:
                text = "".join(f"{piece.before}{piece.text}" for piece in pieces)
                return Word(text[len(pieces[0].before) :], *role, pieces[0].before), length
        return None

    def _role_of_phrase(self, text: str, after: int) -> tuple[Role, str] | None:
        known, folded = self._known, fold(text)
        if folded in known.model_marks and folded not in known.views and self._is_digits(after):
            return "noise", "mark" if self._marks_a_model(after) else ""
        return known.roles.get(folded)

    def _is_digits(self, after: int) -> bool:
        return after < len(self._pieces) and any(map(str.isdigit, self._pieces[after].text))

    def _marks_a_model(self, after: int) -> bool:
        """Whether what stands behind a word such as "model" is one, and no counter: ref-3."""
        piece = self._pieces[after]
        return len(piece.text) >= 3 and piece.shape in _MARKED

    def _single(self, piece: Piece) -> Iterator[Word]:
        """A piece that is no known word as it stands."""
        match piece.shape:
            case "chinese":
                yield from self._chinese(piece)
            case "word":
                yield from self._latin(piece)
            case "size":
                yield Word(piece.text, "size", piece.text, piece.before)
            case "count":
                yield Word(piece.text, "quantity", piece.text, piece.before)
            case "date":
                yield Word(piece.text, "date", "", piece.before)
            case "gtin":
                yield Word(piece.text, "model", piece.text, piece.before)
            case "number":
                yield Word(piece.text, "number", "", piece.before)
            case _:
                yield Word(piece.text, "noise", "code", piece.before)

    def _latin(self, piece: Piece) -> Iterator[Word]:
        text, known = piece.text, self._known
        camera = _LETTERS_THEN_MORE_DIGITS.fullmatch(text)
        split = _LETTERS_THEN_DIGITS.fullmatch(text)
        counted = _DIGITS_THEN_LETTERS.fullmatch(text)
        if camera and fold(camera[1]) in known.camera:
            yield Word(text, "camera", "", piece.before)
        elif split and (role := self._role_of_word(split[1])):
            yield Word(split[1], *role, piece.before)
            yield Word(split[2], "counter", str(int(split[2])))
        elif counted and fold(counted[2]) in known.views:
            yield Word(counted[1], "counter", str(int(counted[1])), piece.before)
            yield Word(counted[2], "view", known.views[fold(counted[2])])
        elif looks_like_one(text):
            yield Word(text, "noise", "", piece.before)
        elif split and counts_pictures(split[1], split[2]):
            yield Word(split[1], "product", "", piece.before)
            yield Word(split[2], "counter", str(int(split[2])))
        elif is_model(text):
            yield Word(text, "model", text.upper(), piece.before)
        else:
            yield Word(text, "product", "", piece.before)

    def _role_of_word(self, text: str) -> tuple[Role, str] | None:
        """The role of a known word that a counter stands behind: ``open2``, ``red3``."""
        role = self._known.roles.get(fold(text))
        if role is None or role[0] == "accessory" or (role[0] == "camera" and text.isupper()):
            return None
        return role

    def _chinese(self, piece: Piece) -> Iterator[Word]:
        before = piece.before
        for text, role, value in chinese_words(piece.text, self._known):
            yield Word(text, role, value, before)
            before = ""


def _uncamelled(pieces: Iterable[Piece], vocabulary: Vocabulary) -> Iterator[Piece]:
    """Pieces in which capitals part known words from others: ``X100Open``, ``toolboxClosed``."""
    for piece in pieces:
        parts = _CAMEL.findall(piece.text) if piece.shape == "word" else []
        if len(parts) < 2 or "".join(parts) != piece.text:
            yield piece
            continue
        last = fold(parts[-1])
        if (
            not last.isalpha()
            or len(last) < 3
            or not (last in vocabulary.views or last in vocabulary.colours)
        ):
            yield piece
            continue
        rest = piece.text[: -len(parts[-1])]
        yield piece._replace(text=rest, shape="number" if rest.isdigit() else "word")
        yield Piece(parts[-1], "word", " ")


def _goes_on(piece: Piece) -> bool:
    """Whether a piece stands so close to the one before it that both can be one phrase."""
    return len(piece.before) <= 1 and piece.before in {" ", "-", "_", ".", "'", ""}
