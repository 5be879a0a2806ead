"""In which order the parts of a line stand when both directions meet. Pure.

The Unicode Bidirectional Algorithm (UAX #9) for one cleaned line: explicit codes (X1 to X8) do not
come up, because cleaning takes them out; pairs of brackets (N0) are left to the rules of neutrals.
RAQM does all this within a text of one font; here it is done before a line is parted by fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_MIRRORED = str.maketrans("()[]{}<>«»‹›⟨⟩≤≥", ")(][}{><»«›‹⟩⟨≥≤")
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})

_BRACKETS = {
    "(": ")",
    "[": "]",
    "{": "}",
    "（": "）",
    "［": "］",
    "「": "」",
    "【": "】",
    "《": "》",
}
_STRONG = frozenset({"L", "R", "EN", "AN"})


def reads_from_right(text: str) -> bool:
    """Whether a line's base direction is right to left: by its first strong character (P2, P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def levels(text: str, *, from_right: bool) -> tuple[int, ...]:
    """The level of each character: odd ones are written from right to left."""
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    edge = "R" if from_right else "L"
    _resolve_weak(kinds, edge)
    _resolve_brackets(text, kinds, edge)
    _resolve_neutral(kinds, edge)
    base = int(from_right)
    raised = {"L": base & 1, "R": (base + 1) & 1, "AN": 2 - base & 3, "EN": 2 - base & 3}
    return tuple(base + raised[kind] for kind in kinds)


def visual_order(parts: Sequence[_T], part_levels: Sequence[int]) -> tuple[_T, ...]:
    """Parts of a line, each on one level, as they stand from left to right (L2)."""
    order = list(range(len(parts)))
    for level in range(max(part_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and part_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return tuple(parts[number] for number in order)


def mirrored(text: str) -> str:
    """The text with its brackets turned round, as a line from right to left shows them (L4)."""
    return text.translate(_MIRRORED)


def _resolve_weak(kinds: list[str], edge: str) -> None:
    """W1 to W7: digits, their signs and marks."""
    before, strong = edge, edge
    for place, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[place] = before
        elif kind == "EN" and strong == "AL":
            kinds[place] = "AN"
        elif kind in ("L", "R", "AL"):
            strong = kind
        before = kinds[place]
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        around = (kinds[place - 1], kinds[place + 1])
        if around == ("EN", "EN") and kinds[place] in ("ES", "CS"):
            kinds[place] = "EN"
        elif around == ("AN", "AN") and kinds[place] == "CS":
            kinds[place] = "AN"
    _join_signs(kinds)
    strong = edge
    for place, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"


def _join_signs(kinds: list[str]) -> None:
    """W5 and W6: a currency or percent sign beside a number belongs to it; other signs do not."""
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        before = ""
        for place in order:
            if kinds[place] == "ET" and before == "EN":
                kinds[place] = "EN"
            before = kinds[place]
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]


def _resolve_brackets(text: str, kinds: list[str], edge: str) -> None:
    """N0: brackets go with the line when it goes on within them, else with what is before them."""
    for opening, closing in _pairs(text, kinds):
        inside = {_side(kind) for kind in kinds[opening + 1 : closing] if kind in _STRONG}
        if not inside:
            continue
        before = [_side(kind) for kind in kinds[:opening] if kind in _STRONG]
        went = before[-1] if before else edge
        kinds[opening] = kinds[closing] = edge if edge in inside else went


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Where brackets open and close, by their opening (BD16)."""
    waiting: list[tuple[str, int]] = []
    pairs = []
    for place, character in enumerate(text):
        if kinds[place] != "ON":
            continue
        if character in _BRACKETS:
            waiting.append((_BRACKETS[character], place))
        for number in range(len(waiting) - 1, -1, -1):
            if waiting[number][0] == character:
                pairs.append((waiting[number][1], place))
                del waiting[number:]
                break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], edge: str) -> None:
    """N1 and N2: signs and spaces go with what stands on both sides, else with the line."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            left = _side(kinds[start - 1]) if start else edge
            right = _side(kinds[end]) if end < len(kinds) else edge
            kinds[start:end] = [left if left == right else edge] * (end - start)
        start = end + 1


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
