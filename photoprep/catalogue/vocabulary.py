"""The words that tell a view, a colour, a model …: a data file that people extend.

``words.toml`` beside this module is what everybody has; a file of that name in the settings folder
(see ``profile``) adds to it. Words are compared folded: without case, accents and the kind of
separator between them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from photoprep.errors import PresetError
from photoprep.language import say, say_list
from photoprep.views import VIEWS

SHIPPED = Path(__file__).with_name("words.toml")
# Tables with a list for each meaning, and tables that are one list called "words".
_BY_MEANING = ("views", "view_letters", "colours", "kinds")
_LISTS = (
    "not_before_a_product",
    "after_a_view",
    "accessory_nouns",
    "model_marks",
    "counted",
    "measured",
    "noise",
    "camera",
    "plain_folders",
)

# Chinese has no spaces: "QQ 图片" and QQ图片 are one.
_CHINESE_GAP = re.compile(r"(?<=[\u2e80-\u9fff]) | (?=[\u2e80-\u9fff])")

_SCRIPTS = re.compile(r"[\u2e80-\u9fff]+|[^\u2e80-\u9fff ]+")

PhraseRole = Literal["view", "colour", "accessory", "camera", "noise"]
Words = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)  # compared, and cached by, identity
class Vocabulary:
    """Folded words and what they mean.

    ``longest_from`` tells for each word that begins a phrase how many words the longest one has,
    ``roles`` what a phrase is where nothing but itself is looked at, and what it says.
    """

    views: Mapping[str, str]
    view_letters: Mapping[str, str]
    colours: Mapping[str, str]
    kinds: Mapping[str, str]
    not_before_a_product: Words
    after_a_view: Words
    accessory_nouns: Words
    model_marks: Words
    counted: Words
    measured: Words
    noise: Words
    camera: Words
    plain_folders: Words
    longest_from: Mapping[str, int]
    roles: Mapping[str, tuple[PhraseRole, str]]

    def view_of(self, text: str) -> str:
        """The view that a text by itself names, such as a cell of a manifest; else "unknown"."""
        folded = fold(text)
        if folded.replace(" ", "-") in VIEWS:
            return folded.replace(" ", "-")
        return self.views.get(folded, "unknown")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A word or phrase as it is compared: no case, no accents, single spaces between words."""
    if not text.isascii():
        bare = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in bare if not unicodedata.combining(character))
        text = unicodedata.normalize("NFC", text)
    words = text.casefold().replace("_", " ").replace("-", " ").split()
    return _CHINESE_GAP.sub("", " ".join(words))


@lru_cache(maxsize=4)
def load_vocabulary(own: Path | None = None) -> Vocabulary:
    """The shipped words, and those of the file ``own`` where there is such a file.

    Raises:
        PresetError: that file cannot be read, is no TOML, or has a table or a meaning that is
            unknown.

    """
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    if own is not None and own.is_file():
        _merge(tables, _read(own), own)
    meanings = {name: _by_word(tables[name]) for name in _BY_MEANING}
    lists = {name: _joined_too(tables[name]["words"]) for name in _LISTS}
    longest_from: dict[str, int] = {}
    for words in (*meanings.values(), *lists.values()):
        for phrase in words:
            first, *more = _SCRIPTS.findall(phrase)
            longest_from[first] = max(longest_from.get(first, 1), 1 + len(more))
    roles = _roles(meanings, lists)
    return Vocabulary(**meanings, **lists, longest_from=longest_from, roles=roles)  # type: ignore[arg-type]


def _roles(
    meanings: Mapping[str, Mapping[str, str]], lists: Mapping[str, Words]
) -> dict[str, tuple[PhraseRole, str]]:
    """Each phrase with its role; where it has several, the first in this order counts."""
    roles: dict[str, tuple[PhraseRole, str]] = {}
    for word, view in meanings["views"].items():
        roles[word] = "view", view
    for word, colour in meanings["colours"].items():
        roles.setdefault(word, ("colour", colour))
    for word in lists["accessory_nouns"]:
        roles.setdefault(word, ("accessory", ""))
    for word in lists["camera"]:
        if len(word) > 2 or not word.isascii():
            roles.setdefault(word, ("camera", ""))
    for word in lists["noise"] | lists["after_a_view"]:
        roles.setdefault(word, ("noise", ""))
    return roles


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PresetError(
            say("The file of words cannot be read ({reason}).", reason=reason),
            hint=say("Check your rights to it, or move it away."),
            path=path,
        ) from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise PresetError(
            say("This is not valid TOML: {error}.", error=str(error)),
            hint=say('Each line reads meaning = ["word", "another word"], below a [table].'),
            path=path,
        ) from error


def _merge(tables: dict[str, dict[str, list[str]]], own: Mapping[str, object], path: Path) -> None:
    """Put a person's words first: of two meanings of a word the first one found counts."""
    for name, table in own.items():
        known = tables.get(name)
        if known is None or not isinstance(table, dict):
            raise _unknown(path, name, sorted(tables))
        for meaning, words in table.items():
            fixed = VIEWS if name in {"views", "view_letters"} else ()
            if name in _LISTS:
                fixed = ("words",)
            if fixed and meaning not in fixed:
                raise _unknown(path, f"{name}.{meaning}", list(fixed))
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise PresetError(
                    say("{key} is no list of words.", key=f"{name}.{meaning}"),
                    hint=say(
                        'Each line reads meaning = ["word", "another word"], below a [table].'
                    ),
                    path=path,
                )
            _drop_elsewhere(known, words)
            known[meaning] = [*words, *known.get(meaning, [])]


def _drop_elsewhere(table: dict[str, list[str]], words: list[str]) -> None:
    taken = set(map(fold, words))
    for meaning, known in table.items():
        table[meaning] = [word for word in known if fold(word) not in taken]


def _unknown(path: Path, key: str, known: list[str]) -> PresetError:
    return PresetError(
        say("{key} is unknown in a file of words.", key=key),
        hint=say("Known are {known}.", known=say_list(known)),
        path=path,
    )


def _by_word(table: Mapping[str, list[str]]) -> dict[str, str]:
    """Each folded word with its meaning; a word that is given twice keeps its first meaning."""
    meanings: dict[str, str] = {}
    for meaning, words in table.items():
        for word in _joined_too(words):
            meanings.setdefault(word, meaning)
    return meanings


def _joined_too(words: list[str]) -> frozenset[str]:
    """The folded words, phrases of Latin letters also written as one: "close up", "closeup"."""
    folded = set(map(fold, words))
    return frozenset(folded | {word.replace(" ", "") for word in folded if word.isascii()})
