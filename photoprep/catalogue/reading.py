"""What each piece of one name means: a view, a colour, a model, a counter … or the product.

One name is read by itself here; what the names of a folder tell together is ``understanding``'s
business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from photoprep.catalogue.pieces import Piece, pieces_of
from photoprep.catalogue.vocabulary import Vocabulary, fold

Role = Literal[
    "view",
    "colour",
    "model",
    "size",
    "quantity",
    "counter",
    "camera",
    "date",
    "noise",
    "accessory",
    "number",
    "product",
]

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
    "side",
    "front",
)

_MODEL = re.compile(
    r"[a-z]{1,5}\d{2,6}(?:[a-z]{0,4}|[a-z]{1,3}\d{1,4})"  # X100, WP09, SD200A, RX100M7
    r"|[a-z]{1,3}\d(?:[a-z]{1,2}\d{0,4})?"  # T7, K8s
    r"|\d{1,6}[a-z]{1,3}\d{1,6}[a-z]{0,2}"  # 3M9502
    r"|\d{2,6}[a-z]{1,3}",  # 8801A
    re.IGNORECASE,
)
_ASIN = re.compile(r"B0[A-Z0-9]{8}")  # Amazon's number of an article
_NO_MODEL = re.compile(
    r"(?:v|ver|no|nr|pt|pic|fig|step|set|page|part|rev|vol|ch)\d{1,2}|\d+in\d+|[234]d",
    re.IGNORECASE,
)
_JOINED_MODEL_HEAD = re.compile(r"[A-Z]{1,4}|[A-Z]{0,3}\d{1,3}[A-Z]{1,2}|\d[A-Z]")
_JOINED_MODEL_TAIL = re.compile(r"\d{2,6}[A-Z]{0,3}|[A-Z]?\d{2,5}[A-Z]{0,2}|[A-Z]{1,3}\d{0,3}")
_LETTERS_THEN_DIGITS = re.compile(r"([^\W\d_]+)(\d{1,3})")
_CAMEL = re.compile(r"[A-ZÀ-Þ]?[a-zà-ÿ]+|[A-ZÀ-Þ]+(?![a-zà-ÿ])|\d+")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
# What stands behind these is the name of the program that was looked at.
_SCREENS = frozenset({"screenshot", "screen shot", "截图", "屏幕截图", "屏幕快照"})


class Word(NamedTuple):
    """A piece with its role; ``value`` is what it says: a view, a counter's number."""

    text: str
    role: Role
    value: str
    before: str = ""


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
    views = tuple(word.value for word in words if word.role == "view" and word.value)
    counters = [int(word.value) for word in words if word.role == "counter"]
    return Reading(
        words=tuple(words),
        view=next((view for view in _PRECEDENCE if view in views), "unknown"),
        product=tuple(word.text for word in words if word.role == "product"),
        models=tuple(word.value for word in words if word.role == "model"),
        colours=tuple(word.text for word in words if word.role == "colour"),
        size=" ".join(word.text for word in words if word.role == "size"),
        quantity=" ".join(word.text for word in words if word.role == "quantity"),
        counter=counters[-1] if counters else None,
        numbers=tuple(word.text for word in words if word.role == "number"),
        accessories=tuple(word.text for word in words if word.role == "accessory"),
        views=views,
    )


class _Reader:
    """The pieces of one name while they get their roles, from the surest to the least sure."""

    def __init__(self, pieces: Sequence[Piece], vocabulary: Vocabulary) -> None:
        self._pieces, self._known = list(_uncamelled(pieces, vocabulary)), vocabulary

    def words(self) -> list[Word]:
        """Every piece with its role, in the order of the name."""
        words = list(self._first_look())
        words = _cameras(words)
        words = _models_by_hyphen(words)
        words = self._products_again(words)
        words = _view_letters(words, self._known)
        return _counters(words)

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
        longest = self._known.longest_from.get(fold(self._pieces[place].text), 0)
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
        if folded in known.views:
            return "view", known.views[folded]
        if folded in known.model_marks and self._marks_a_model(after):
            return "noise", "mark"
        if folded in known.colours:
            return "colour", known.colours[folded]
        if folded in known.accessory_nouns:
            return "accessory", ""
        if folded in known.camera and len(folded) > 2:
            return "camera", ""
        if folded in known.noise or folded in known.after_a_view:
            return "noise", ""
        return None

    def _marks_a_model(self, after: int) -> bool:
        """Whether what stands behind a word such as "model" is a model: it has a digit."""
        if after >= len(self._pieces):
            return False
        text = self._pieces[after].text
        return any(character.isdigit() for character in text) and self._pieces[after].shape in {
            "word",
            "number",
            "gtin",
        }

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
                yield Word(piece.text, "noise", "", piece.before)

    def _latin(self, piece: Piece) -> Iterator[Word]:
        text, known = piece.text, self._known
        split = _LETTERS_THEN_DIGITS.fullmatch(text)
        if split:
            letters = fold(split[1])
            if letters in known.views or letters in known.noise or letters in known.colours:
                yield from (
                    word._replace(before=piece.before if word.text == split[1] else "")
                    for word in _known_then_counter(split, letters, known)
                )
                return
        camera = re.fullmatch(r"([^\W\d_]+)(\d{4,})", text)
        if camera and fold(camera[1]) in known.camera:
            yield Word(text, "camera", "", piece.before)
        elif _NO_MODEL.fullmatch(text):
            yield Word(text, "noise", "", piece.before)
        elif split and _is_word_with_counter(split[1], split[2]):
            yield Word(split[1], "product", "", piece.before)
            yield Word(split[2], "counter", str(int(split[2])), "")
        elif _MODEL.fullmatch(text) or _ASIN.fullmatch(text):
            yield Word(text, "model", text.upper(), piece.before)
        else:
            yield Word(text, "product", "", piece.before)

    def _chinese(self, piece: Piece) -> Iterator[Word]:
        """Chinese has no spaces: known words are taken from the end, then from the beginning."""
        text, tail = piece.text, list[Word]()
        while (cut := self._known_end(text)) is not None:
            role, length = cut
            tail.insert(0, Word(text[-length:], *role))
            text = text[:-length]
        head = list[Word]()
        while (cut := self._known_beginning(text)) is not None:
            role, length = cut
            head.append(Word(text[:length], *role))
            text = text[length:]
        if text:
            head.append(Word(text, "product", ""))
        for number, word in enumerate([*head, *tail]):
            yield word._replace(before=piece.before) if number == 0 else word

    def _known_end(self, text: str) -> tuple[tuple[Role, str], int] | None:
        for length in range(min(len(text), 8), 1, -1):
            end = text[-length:]
            if (role := self._role_in_chinese(end)) is not None:
                return role, length
        if len(text) > 2 and text[-1] in self._known.after_a_view and self._known_end(text[:-1]):
            return ("noise", ""), 1
        return None

    def _known_beginning(self, text: str) -> tuple[tuple[Role, str], int] | None:
        for length in range(min(len(text) - 1, 8), 1, -1):
            beginning = text[:length]
            if beginning in self._known.not_before_a_product and text[length] != "的":
                continue
            if (role := self._role_in_chinese(beginning)) is not None:
                return role, length
        if text.startswith("的") and len(text) > 1:
            return ("noise", ""), 1
        return None

    def _role_in_chinese(self, text: str) -> tuple[Role, str] | None:
        known, folded = self._known, fold(text)
        if folded in known.views:
            return "view", known.views[folded]
        if folded in known.colours:
            return "colour", known.colours[folded]
        if folded in known.noise or folded in known.after_a_view:
            return "noise", ""
        return None

    def _products_again(self, words: list[Word]) -> list[Word]:
        """Views and camera's words that turn out to belong to a product's name: side table."""
        result = list(words)
        for place, word in enumerate(words):
            if word.role not in {"view", "camera"} or place + 1 == len(words):
                continue
            follower = words[place + 1]
            unsure = word.role == "camera" or fold(word.text) in self._known.not_before_a_product
            close = not set(follower.before) - set(" -")
            if unsure and close and follower.role == "product":
                result[place] = word._replace(role="product", value="")
        return result


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
        yield piece._replace(text=rest)
        yield Piece(parts[-1], "word", " ")


def _goes_on(piece: Piece) -> bool:
    """Whether a piece stands so close to the one before it that both can be one phrase."""
    return len(piece.before) <= 1 and piece.before in {" ", "-", "_", ".", "'", ""}


def _known_then_counter(split: re.Match[str], letters: str, known: Vocabulary) -> Iterator[Word]:
    """``open2``, ``detail01``, ``red3``: a known word and a counter."""
    if letters in known.views:
        yield Word(split[1], "view", known.views[letters])
    elif letters in known.colours:
        yield Word(split[1], "colour", known.colours[letters])
    else:
        yield Word(split[1], "noise", "")
    yield Word(split[2], "counter", str(int(split[2])))


def _is_word_with_counter(letters: str, digits: str) -> bool:
    """``bag12`` is the twelfth bag, ``WSH03`` and ``wsh03`` are models: a word has a vowel."""
    return (
        len(digits) <= 2
        and len(letters) >= 3
        and not letters.isupper()
        and bool(_VOWEL.search(letters))
    )


def _cameras(words: list[Word]) -> list[Word]:
    """What follows a camera's word at once is the camera's too: ``IMG_E2231``, ``DSC 0012``."""
    result = list[Word]()
    after_camera = False
    screen = bool(words) and fold(words[0].text) in _SCREENS
    for word in words:
        numbers = word.role in {"number", "date", "model", "counter"} and word.value != "mark"
        if (after_camera and numbers) or screen:
            word = word._replace(role="camera", value="")
        elif word.role not in {"camera", "date"}:
            after_camera = False
        if word.role == "camera":
            after_camera = True
        result.append(word)
    has_digits = any(
        word.role in {"camera", "date"} and any(map(str.isdigit, word.text)) for word in result
    )
    if has_digits:
        return result
    # "Photo of a lamp": without a number it is a word like any other, and says nothing.
    return [word._replace(role="noise") if word.role == "camera" else word for word in result]


def _models_by_hyphen(words: list[Word]) -> list[Word]:
    """``SD-200A``, ``A-100``, ``3M-9502``: two pieces that a hyphen makes one model."""
    result = list[Word]()
    for word in words:
        last = result[-1] if result else None
        if (
            last is not None
            and word.before == "-"
            and last.role in {"product", "model", "size"}
            and word.role in {"number", "model", "product", "size", "quantity"}
            and _JOINED_MODEL_HEAD.fullmatch(last.text)
            and _JOINED_MODEL_TAIL.fullmatch(word.text)
            and any(map(str.isdigit, last.text + word.text))
        ):
            text = f"{last.text}-{word.text}"
            result[-1] = Word(text, "model", text.upper(), last.before)
        else:
            result.append(word)
    return result


def _view_letters(words: list[Word], known: Vocabulary) -> list[Word]:
    """A studio's letter at the end, behind an underscore: ``WB02_F``."""
    if len(words) < 2:
        return words
    last, rest = words[-1], words[:-1]
    view = known.view_letters.get(last.text.casefold()) if last.text.isupper() else None
    told = any(word.role in {"model", "product", "number"} for word in rest)
    if view and last.role == "product" and last.before == "_" and told:
        return [*rest, last._replace(role="view", value=view)]
    return words


def _counters(words: list[Word]) -> list[Word]:
    """A short number at the end, in brackets, or behind a view, counts pictures."""
    result = list(words)
    for place, word in enumerate(words):
        if word.role != "number" or len(word.text) > 3:
            continue
        others = [other for other in words if other.role not in {"noise", "number"}]
        last = place == len(words) - 1 or all(
            other.role in {"noise", "date", "view", "colour"} for other in words[place + 1 :]
        )
        if last and others and place > 0:
            result[place] = word._replace(role="counter", value=str(int(word.text)))
    return result
