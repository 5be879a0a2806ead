"""Arabic letters in their joined forms, where Pillow does not shape text. Pure.

Pillow's wheels shape with RAQM only where the system has FriBiDi, which Windows and macOS have not.
Unicode has the joined forms of Arabic letters as characters of their own (U+FB50 to U+FDFF, U+FE70
to U+FEFC), and most fonts of the script have those; which letter has which stands in Unicode's own
decompositions. Ligatures are made where the script asks for them: lam with alef.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

_FORM_RANGES = (range(0xFB50, 0xFC00), range(0xFE70, 0xFEFD))
_LAM = "\u0644"
_TATWEEL = "\u0640"
_ZWJ = "\u200d"


def in_joined_forms(text: str, has: Callable[[str], bool]) -> str:
    """A text, in its logical order, with each Arabic letter in the form that its place asks.

    A letter stays as it is where it has no such form, or the font (``has``) lacks it.
    """
    forms = _forms()
    letters = _with_ligatures(text, has)
    bases = [place for place, letter in enumerate(letters) if not _is_mark(letter)]
    joined = list(letters)
    for number, place in enumerate(bases):
        before = letters[bases[number - 1]] if number else ""
        after = letters[bases[number + 1]] if number + 1 < len(bases) else ""
        letter = letters[place]
        from_before = _reaches_on(before) and "final" in forms.get(letter, {})
        to_after = _reaches_on(letter) and _takes_up(after)
        kind = _KINDS[from_before, to_after]
        form = forms.get(letter, {}).get(kind, letter)
        joined[place] = form if has(form) else letter
    return "".join(joined)


def is_joined(text: str) -> bool:
    """Whether a text, made by ``in_joined_forms``, has no letter left that would join others."""
    return not any("initial" in _forms().get(letter, {}) for letter in text)


_KINDS = {
    (False, False): "isolated",
    (False, True): "initial",
    (True, False): "final",
    (True, True): "medial",
}


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """The forms of each letter, and of lam with alef, by kind."""
    found: dict[str, dict[str, str]] = {}
    for code in (code for codes in _FORM_RANGES for code in codes):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        letter = "".join(chr(int(number, 16)) for number in letters)
        if letter and (len(letter) == 1 or letter[0] == _LAM):
            found.setdefault(letter, {}).setdefault(kind.strip("<>"), chr(code))
    return found


def _with_ligatures(text: str, has: Callable[[str], bool]) -> list[str]:
    """The characters, lam and alef together as one where the font has them so."""
    letters: list[str] = []
    for character in text:
        pair = letters[-1] + character if letters else ""
        forms = _forms().get(pair, {}) if len(pair) == 2 else {}
        if forms and all(has(form) for form in forms.values()):
            letters[-1] = pair
        else:
            letters.append(character)
    return letters


def _reaches_on(letter: str) -> bool:
    return letter in (_TATWEEL, _ZWJ) or "initial" in _forms().get(letter, {})


def _takes_up(letter: str) -> bool:
    return letter in (_TATWEEL, _ZWJ) or "final" in _forms().get(letter, {})


def _is_mark(letter: str) -> bool:
    return len(letter) == 1 and unicodedata.category(letter) == "Mn"
