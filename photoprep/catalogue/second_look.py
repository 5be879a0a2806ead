"""Roles that only a piece's neighbours can tell: whose a number is, what belongs to a product.

Each function takes all words of one name and gives them back, some with another role.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from photoprep.catalogue.models import are_one_model, gs1_view
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
    "label",
    "product",
]

_SIZE_LETTERS = re.compile(r"X{0,3}[SL]|M|[2-6]XL")
# What stands behind these is the name of the program that was looked at.
_SCREENS = frozenset({"screenshot", "screen shot", "截图", "屏幕截图", "屏幕快照"})


class Word(NamedTuple):
    """A piece with its role; ``value`` is what it says: a view, a counter's number."""

    text: str
    role: Role
    value: str
    before: str = ""


def second_look(words: list[Word], known: Vocabulary) -> list[Word]:
    """The words of one name with their final roles."""
    roles = {word.role for word in words}
    if "camera" in roles:
        words = _cameras(words)
    words = _models_by_hyphen(words)
    if "number" in roles:
        words = _numbers_as_models(words)
    if "view" in roles or "camera" in roles:
        words = _products_again(words, known)
    words = _sizes_and_codes(_view_letters(words, known))
    if "view" in roles:
        words = _labels(words)
    return _counters(words) if "number" in roles else words


def _cameras(words: list[Word]) -> list[Word]:
    """What follows a camera's word at once is the camera's too: ``IMG_E2231``, ``DSC 0012``."""
    result = list[Word]()
    after_camera = False
    screen = bool(words) and fold(words[0].text) in _SCREENS
    for word in words:
        numbers = word.role in {"number", "date", "model", "counter"} and word.value != "mark"
        if (after_camera and numbers) or screen or (after_camera and re.match(r"\d{3}", word.text)):
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
    if not any(word.before == "-" for word in words):
        return words
    result = list[Word]()
    for word in words:
        last = result[-1] if result else None
        if (
            last is not None
            and word.before == "-"
            and last.role in {"product", "model", "size", "number"}
            and word.role in {"number", "model", "product", "size", "quantity"}
            and are_one_model(last.text, word.text)
        ):
            text = f"{last.text}-{word.text}"  # and on: APYE0112-Y-10
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


def _numbers_as_models(words: list[Word]) -> list[Word]:
    """A long number that leads a name which says more is a model: ``6787-黑色``, ``32965_1``.

    So is any number with the mark that factories put behind it, ``8416#``. Years are none, and a
    number of four digits that only a counter follows may be a camera's.
    """
    result = list(words)
    for place, word in enumerate(words):
        if word.role != "number":
            continue
        more = words[place + 1 :]
        marked = bool(more) and more[0].before.startswith("#")
        leads = not any(
            before.role in {"product", "model", "camera"} or before.value == "code"
            for before in words[:place]
        )
        others = [other for other in more if other.role != "number"]
        enough = 4 if others else 5 if more else 99
        year = re.fullmatch(r"(?:19|20)\d\d", word.text)
        if (marked and len(word.text) >= 3) or (leads and len(word.text) >= enough and not year):
            result[place] = word._replace(role="model", value=word.text)
            break
    return result


def _sizes_and_codes(words: list[Word]) -> list[Word]:
    """Sizes of clothes behind a colour or a model, ``blue-M``; codes of GS1 behind a number."""
    result = list(words)
    coded = False
    for place, word in enumerate(words[1:], start=1):
        last = words[place - 1]
        coded |= len(last.text) >= 12 and last.text.isdigit()
        if coded and (view := gs1_view(word.text)) is not None:
            result[place] = word._replace(role="view", value=view)
        elif last.role in {"colour", "model"} and _SIZE_LETTERS.fullmatch(word.text):
            result[place] = word._replace(role="size", value=word.text)
    return result


def _labels(words: list[Word]) -> list[Word]:
    """What follows a view behind a product's name says more of the view: ``detail-zipper``."""
    result = list(words)
    named = seen = False
    for place, word in enumerate(words):
        if word.role == "product" and named and seen:
            result[place] = word._replace(role="label")
        named |= word.role in {"product", "model"}
        seen |= word.role == "view" and named
    return result


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


def _products_again(words: list[Word], known: Vocabulary) -> list[Word]:
    """Views and camera's words that belong to a product's name after all: side table.

    Behind a product's name they are what they seem, and what follows is a label.
    """
    result = list(words)
    named = False
    for place, word in enumerate(words[:-1]):
        if word.role in {"view", "camera"} and _begins_a_name(word, words[place + 1], known):
            seen_later = any(other.role == "view" for other in words[place + 1 :])
            if not named or seen_later:
                result[place] = word._replace(role="product", value="")
        named |= result[place].role in {"product", "model"}
    return result


def _begins_a_name(word: Word, follower: Word, known: Vocabulary) -> bool:
    """Whether a product's word stands close behind one that begins names of products."""
    close = follower.role == "product" and not set(follower.before) - set(" -")
    return close and (word.role == "camera" or fold(word.text) in known.not_before_a_product)
