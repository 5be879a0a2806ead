"""A name cut into pieces: words, Chinese writing, numbers with units, dates, codes.

Where a piece begins and ends is told by separators, by a change between Chinese and other writing,
and by the shapes of dates, sizes and codes; what a piece means is ``reading``'s business.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from photoprep.catalogue.vocabulary import Vocabulary

Shape = Literal["word", "number", "chinese", "size", "count", "date", "code", "pixels", "gtin"]

_CHINESE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_NUMBER = r"\d+(?:[.,]\d+)?"
# Seconds or milliseconds since 1970, as messengers and shops write them. GTINs do not begin so:
# GS1 has given these prefixes to nobody (GS1 General Specifications, 1.4.2).
_CLOCK = re.compile(r"1[4-9]\d{8}(?:\d{3})?")
_ASIN = re.compile(r"B0[A-Z0-9]{8}")  # Amazon's number of an article


class Piece(NamedTuple):  # of which 20,000 names have 100,000: half the time of a dataclass
    """A part of a name: its text, what it looks like, and what stands between it and the last."""

    text: str
    shape: Shape
    before: str


# A shop's programs set their own marks behind the name that a file came with: DSC01472.JPG_euemlu.
_INNER_ENDING = re.compile(r"\.(?:jpe?g|png|heic|webp|tiff?)(?:[_ -].*)?$", re.IGNORECASE)
# Units that are often set apart from their number; others are words too ("5 in use").
_APART = frozenset(
    {"cm", "mm", "ml", "kg", "inch", "inches", "oz", "lbs", "mah", "dpi", "pcs", "pieces"}
)


@lru_cache(maxsize=4)
def _lexer(vocabulary: Vocabulary) -> re.Pattern[str]:
    edge, end = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
    number = rf"{edge}{_NUMBER}"
    day = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])"
    time = r"(?:[01]?\d|2[0-3])[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?(?:[-_.]?\d{3})?"
    letter, hexadecimal = rf"[^\W\d_{_CHINESE}]", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    further = rf"(?:[^\W_{_CHINESE}]|(?<=\w)['’](?=\w))"
    shapes = {
        # First what most names are made of: what begins with a digit is looked into for longer.
        "word": rf"(?!{hexadecimal}){letter}{further}*",
        "chinese": rf"[{_CHINESE}]+",
        "code": rf"{edge}{hexadecimal}{end}",
        "date": rf"{edge}{day}(?:[ _T-]*(?:at |上午|下午)?{time})?"
        rf"(?: ?[AaPp][Mm])?{end}"
        rf"|(?:19|20)\d\d年\d{{1,2}}月(?:\d{{1,2}}日)?",
        "pixels": rf"{edge}(?:[1-9]\d{{2,4}}[x×*][1-9]\d{{2,4}}(?:px)?|[1-9]\d{{2,3}}px){end}"
        r"|@[1-4]x",
        "size": rf"{number}(?:[x×*]{_NUMBER}){{1,2}} ?(?:cm|mm|m|in|inch|英寸|厘米|毫米)?{end}"
        rf"|{number}(?:{_units(vocabulary.measured, vocabulary)}|m){end}",
        "count": rf"{number}(?:{_units(vocabulary.counted, vocabulary)}){end}",
        "number": rf"{edge}\d+{end}",
        "mixed": rf"{further}+",
    }
    return re.compile("|".join(f"(?P<{shape}>{pattern})" for shape, pattern in shapes.items()))


def _units(words: frozenset[str], vocabulary: Vocabulary) -> str:
    """A pattern for units; "3M" is a maker and "3m" a length, so that one is not among them.

    A Chinese unit is none where a known word begins with it: 主图2打开 is "open", not two dozen.
    """
    joined = sorted(words - {"m"}, key=lambda word: (-len(word), word))
    known = [*vocabulary.views, *vocabulary.noise]
    patterns = []
    for unit in joined:
        rests = [re.escape(word[len(unit) :]) for word in known if word.startswith(unit)]
        longer = [rest for rest in rests if rest] if not unit.isascii() else []
        patterns.append(re.escape(unit) + (rf"(?!{'|'.join(longer)})" if longer else ""))
    apart = [re.escape(word) for word in joined if word in _APART]
    return rf"(?i:{'|'.join(patterns)})|[ -](?i:{'|'.join(apart)})"


def pieces_of(text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a name without its extension, in their order."""
    text = _INNER_ENDING.sub(" ", unicodedata.normalize("NFKC", text))
    found: list[Piece] = []
    end = 0
    for match in _lexer(vocabulary).finditer(text):
        shape, before = match.lastgroup or "", text[end : match.start()]
        end = match.end()
        found.append(Piece(match[0], _refined(match[0], shape), before))
    return found


def _refined(text: str, shape: str) -> Shape:
    if shape == "mixed":
        shape = "word"
    if shape == "number" and is_gtin(text):
        return "gtin"
    if shape == "number" and (len(text) > 14 or _CLOCK.fullmatch(text)):
        return "code"
    if shape == "word" and not _ASIN.fullmatch(text) and _is_code(text):
        return "code"
    return shape  # type: ignore[return-value]


def is_gtin(digits: str) -> bool:
    """Whether the digits are a GTIN-12, -13 or -14 with its check digit (GS1, 7.9)."""
    if len(digits) not in (12, 13, 14) or _CLOCK.fullmatch(digits) or not digits.isascii():
        return False
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits[-2::-1]))
    return (weighted + int(digits[-1])) % 10 == 0


def _is_code(word: str) -> bool:
    """Whether a word is one that no person wrote: a hash, or a shop's random identifier."""
    if len(word) < 8 or not word.isascii():
        return False
    digits = sum(character.isdigit() for character in word)
    if re.fullmatch(r"[0-9a-f]+", word):
        return digits >= 2
    if len(word) < 10:
        return False
    turns = sum(
        one.isdigit() != other.isdigit() or (one.islower() and other.isupper())
        for one, other in pairwise(word)
    )
    return digits >= 2 and turns >= 4
