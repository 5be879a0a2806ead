"""In which encoding a text file was written, told from its bytes alone.

Excel writes four: UTF-8 with a byte order mark ("CSV UTF-8"), UTF-16 with one ("Unicode text"), and
for plain "CSV" what its Windows speaks: GBK in China, Windows-1252 in western Europe. The last two
leave no mark, so whatever is not Unicode is a guess, and said to be one. What is valid UTF-8 is
taken for it; a very short GBK text can be both (鞋 is Ь), a list's headings hardly ever are.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# The longest mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Of ten letters beyond ASCII, nine must be whole before a file counts as UTF-8 with damage.
_DAMAGED_SHARE = 0.1
# GB 2312's first level, the 3,755 letters in daily use, by the order of their sounds: nearly all of
# any Chinese text, and 0 to 40 % of what other encodings' bytes look like when read as GB18030.
_DAILY_SHARE = 0.6
_LOST = "\ufffd"
_FOREIGN_LETTER = re.compile(r"[^\W\x00-\x7f]")
_SAMPLE_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it was read in.

    ``is_guess`` says that nothing in the file names it. ``lost`` is how many letters could not be
    read, ``sample`` a word whose letters depend on the guess.
    """

    text: str
    encoding: str
    is_guess: bool = False
    lost: int = 0
    sample: str = ""


def decoded(data: bytes) -> Decoded | None:
    """The text of a file; None where its bytes are a text in no encoding that is known here."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _unicode(data[len(mark) :], encoding)
    if b"\0" in data:
        return _utf_16_without_mark(data)
    read = _strictly(data, "utf-8")
    if read is not None:
        return Decoded(read, "utf-8")
    damaged = data.decode("utf-8", "replace")
    foreign = sum(1 for letter in damaged if not letter.isascii())
    if damaged.count(_LOST) <= foreign * _DAMAGED_SHARE:
        return Decoded(damaged, "utf-8", lost=damaged.count(_LOST))
    chinese = _strictly(data, "gb18030")
    if chinese is not None and _looks_chinese(chinese):
        return _guess(chinese, "gb18030")
    western = _strictly(data, "cp1252")
    return None if western is None else _guess(western, "cp1252")


def _unicode(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, lost=text.count(_LOST))


def _utf_16_without_mark(data: bytes) -> Decoded | None:
    """A text with NULs, which only UTF-16 writes: beside every comma, digit and line end."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) * 4 > max(even, odd):
        return None
    text = _strictly(data[: len(data) // 2 * 2], encoding)
    return None if text is None or "\0" in text else Decoded(text, encoding)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guess(text: str, encoding: str) -> Decoded:
    return Decoded(text, encoding, is_guess=True, sample=_sample(text))


def _sample(text: str) -> str:
    """The first word that is not in ASCII, or what of it stands near its first such letter."""
    letter = _FOREIGN_LETTER.search(text)
    at = letter.start() if letter else next(i for i, sign in enumerate(text) if not sign.isascii())
    before = text[max(0, at - _SAMPLE_LETTERS) : at]
    after = text[at : at + _SAMPLE_LETTERS]
    begins = re.search(r"\w*\Z", before)
    ends = re.match(r"\w*", after)
    return (begins[0] if begins else "") + ((ends[0] if ends else "") or after[:1])


def _looks_chinese(text: str) -> bool:
    letters = [letter for letter in text if not letter.isascii()]
    # Punctuation (。，（） and so on) is in every Chinese text, and proves nothing.
    told = [letter for letter in letters if letter.isalpha()]
    daily = sum(1 for letter in told if _is_daily(letter))
    return bool(told) and daily >= len(told) * _DAILY_SHARE


def _is_daily(letter: str) -> bool:
    try:
        raw = letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= raw[0] <= 0xD7
