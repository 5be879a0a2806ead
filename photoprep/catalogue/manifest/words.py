"""The words of a manifest: what its columns are called and what its cells may say.

They stand in ``words.toml``, where a person can read them and add to them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from photoprep.language import Language, say_list

Field = Literal[
    "file", "product", "model", "quantity", "view", "colour", "caption", "kind", "included"
]
# In the order in which they are written.
FIELDS: tuple[Field, ...] = (
    "file", "product", "model", "quantity", "view", "colour", "caption", "kind", "included",
)  # fmt: skip
PASSED_OVER = "passed over"

# The contract's kinds of view.
VIEWS = (
    "closed", "open", "front", "back", "side", "top", "detail", "packaging", "accessory",
    "accessory-not-included", "scene", "unknown",
)  # fmt: skip
ACCESSORIES = frozenset({"accessory", "accessory-not-included"})

_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_BESIDE = re.compile(r"[()（）\[\]【】/／|\n]+")
_SCRIPTS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]+|[^\u2e80-\u9fff\uf900-\ufaff]+")


def field_of(heading: str) -> Field | Literal["passed over", ""]:
    """The column that a heading names; ``PASSED_OVER`` for a counter, empty where none is known.

    A heading in two languages is known by either part.
    """
    known = _columns()
    parts = [part for beside in _BESIDE.split(heading) for part in _SCRIPTS.findall(beside)]
    for text in (heading, *_BESIDE.split(heading), *parts):
        found = known.get(_folded(text))
        if found:
            return found
    return ""


def known_headings(language: Language = "en") -> tuple[str, ...]:
    """The headings of all columns, as photoprep writes them in a language."""
    return tuple(str(_data()["columns"][field]["written"][language]) for field in FIELDS)


def headings_told() -> str:
    """All headings in both languages, for a person who has to choose among them."""
    pairs = zip(known_headings("en"), known_headings("zh"), strict=True)
    return say_list("/".join(pair) for pair in pairs)


def views_told() -> str:
    """The words for all kinds of view in both languages, for a person who has to choose one."""
    known = [view for view in VIEWS if view != "unknown"]
    return say_list(f"{view_word(view, 'en')}/{view_word(view, 'zh')}" for view in known)


def included_of(text: str) -> bool | None:
    """Whether the words for "included or not" say yes or no; None where they say neither."""
    return _yes_or_no().get(_folded(text))


def included_word(included: bool, language: Language) -> str:
    """How photoprep writes that something is included, or is not."""
    written: dict[str, str] = _data()["included"]["written_yes" if included else "written_no"]
    return written[language]


def view_named(text: str) -> str:
    """The kind of view that is called exactly so in either language; empty where none is."""
    return _views().get(_folded(text), "")


def view_word(view: str, language: Language) -> str:
    """How photoprep writes a kind of view; nothing for one that is unknown."""
    return "" if view == "unknown" else str(_data()["views"][view][language])


def _folded(text: str) -> str:
    """What of a word counts: its letters and digits, without capitals, and marks such as √."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NEITHER_LETTER_NOR_DIGIT.sub("", plain) or plain.strip()


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def _columns() -> dict[str, Field | Literal["passed over"]]:
    known: dict[str, Field | Literal["passed over"]] = {}
    for word in _data()["columns_passed_over"]["words"]:
        known[_folded(word)] = "passed over"
    for field in FIELDS:
        column = _data()["columns"][field]
        known |= dict.fromkeys(map(_folded, (*column["words"], *column["written"].values())), field)
    return known


@lru_cache(maxsize=1)
def _yes_or_no() -> dict[str, bool]:
    words = _data()["included"]
    return {
        _folded(word): answer
        for key, answer in (("yes", True), ("no", False))
        for word in words[key]
    }


@lru_cache(maxsize=1)
def _views() -> dict[str, str]:
    views: dict[str, dict[str, str]] = _data()["views"]
    return {_folded(word): view for view in VIEWS for word in (view, *views[view].values())}
