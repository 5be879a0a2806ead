"""What may stand in a line of a sheet, and the pieces of it that must not be parted.

Pure: nothing here knows a font.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ZWNJ, ZWJ = "\u200c", "\u200d"
# No language puts more marks on one letter; what does would be drawn over the lines around it.
_MOST_MARKS = 4
_VIRAMA_CLASS = 9


def clean(text: str) -> str:
    """The text as one line that can be drawn: NFC, without what is not seen.

    White space of every kind and control characters become single spaces. Invisible format
    characters, which can turn the direction of writing, lone surrogates, and selectors of a
    picture's colours go; the joiners that Persian and Indian scripts spell with stay where they
    stand after a letter or mark that is not Latin. Of more than four marks on one letter, four are
    kept. Cleaning twice changes nothing.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp", "Zs") and character != "\u3000":
            character, category = " ", "Zs"
        elif _is_unseen(character, category) and not _joins(character, kept):
            continue
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    # Composed again: what stood on both sides of a removed character may now combine.
    line = " ".join(part for part in "".join(kept).split(" ") if part)
    return unicodedata.normalize("NFC", line.strip("\u3000 "))


@lru_cache(maxsize=4096)
def clusters(text: str) -> tuple[str, ...]:
    """The text in pieces that are drawn as one: a letter with its marks, joined consonants.

    A simple form of Unicode's grapheme clusters (UAX #29), enough for cleaned text. Joined, they
    are the text again.
    """
    pieces: list[str] = []
    for character in text:
        if pieces and _belongs_to(pieces[-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return tuple(pieces)


def _belongs_to(piece: str, character: str) -> bool:
    last = piece[-1]
    if unicodedata.category(character).startswith("M") or character in (ZWJ, ZWNJ):
        return piece != " "
    if last == ZWJ or unicodedata.combining(last) == _VIRAMA_CLASS:
        return unicodedata.category(character).startswith("L")
    # Thai and Lao write some vowels before their consonant, and AM (U+0E33) after it.
    return "\u0e40" <= last <= "\u0e44" or character == "\u0e33"


def _is_unseen(character: str, category: str) -> bool:
    return category in ("Cf", "Cs") or "\ufe00" <= character <= "\ufe0f"


def _joins(character: str, kept: list[str]) -> bool:
    if character not in (ZWJ, ZWNJ) or not kept:
        return False
    before = kept[-1]
    return unicodedata.category(before)[0] in "LM" and before >= "\u0600"
