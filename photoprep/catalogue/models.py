"""What the number of a model looks like, and what only looks like one."""

from __future__ import annotations

import re

_MODEL = re.compile(
    r"[a-z]{1,5}\d{2,6}(?:[a-z]{0,4}|[a-z]{1,3}\d{1,4})"  # X100, WP09, SD200A, RX100M7
    r"|[a-z]{1,3}\d(?:[a-z]{1,2}\d{0,4})?"  # T7, K8s
    r"|\d{1,6}[a-z]{1,3}\d{1,6}[a-z]{0,2}"  # 3M9502
    r"|\d{2,6}[a-z]{1,3}",  # 8801A
    re.IGNORECASE,
)
_IN_CAPITALS = re.compile(r"(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{6,14}")  # BVCSWW08, BWCSWWO8
_ASIN = re.compile(r"B0[A-Z0-9]{8}")  # Amazon's number of an article
_NO_MODEL = re.compile(
    r"v\d|(?:ver|no|nr|pt|pic|fig|step|set|page|part|rev|vol|ch|gen|mk)\d{1,2}"
    r"|\d+in\d+|[2-5][dg]|usb\d|cat\d[ae]?|rj\d\d|ip\d\d|wifi\d|hdmi\d|pcie\d|ddr\d|mp[34]|h26[45]",
    re.IGNORECASE,
)
# Two pieces that a hyphen joins: SD-200A, A-100, 3M-9502, XC-90; the series behind: XW30-PRO.
_HEAD = re.compile(r"\d{0,2}[A-Z]{1,4}|[A-Z]{0,6}\d{1,6}[A-Z]{0,3}")
_TAIL = re.compile(
    r"(?!(?:19|20)\d\d$)\d{2,6}[A-Z]{0,3}|[A-Z]{1,3}\d{1,5}[A-Z]{0,2}|PRO|PLUS|MAX|MINI|LITE|[A-Z]"
)
_FURTHER = re.compile(r"\d{2,3}|[A-Z]{1,2}")  # behind a second hyphen: APYE0112-Y-10
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
# GS1 Product Image Specification Standard, 4.2: kind of image, facing, angle, in its pack or out.
_GS1_CODE = re.compile(r"[a-z]([1-9])[a-z][0-9]", re.IGNORECASE)
_GS1_FACINGS = {"1": "front", "2": "side", "3": "top", "7": "back", "8": "side"}


def is_model(word: str) -> bool:
    """Whether a word of letters and digits is a model by its shape."""
    shaped = _MODEL.fullmatch(word) or _ASIN.fullmatch(word) or _IN_CAPITALS.fullmatch(word)
    return bool(shaped) and not looks_like_one(word)


def looks_like_one(word: str) -> bool:
    """Whether it has a model's shape and is none: a version, a step, a standard (USB3)."""
    return bool(_NO_MODEL.fullmatch(word))


def are_one_model(head: str, tail: str) -> bool:
    """Whether two pieces with a hyphen between them are one model."""
    has_digit = any(map(str.isdigit, head + tail))
    if not has_digit or looks_like_one(head):
        return False
    if "-" in head:
        return bool(_FURTHER.fullmatch(tail))
    if head.islower() and head.isalpha():  # "dp-0018", but not "bag-01" and "cap-100"
        return len(head) <= 2 and len(tail) >= 3 and tail.isdigit()
    if head.isdigit() and tail.isdigit():
        return False
    return bool(_HEAD.fullmatch(head) and _TAIL.fullmatch(tail))


def counts_pictures(letters: str, digits: str) -> bool:
    """Whether digits behind letters count: ``bag12`` is the twelfth bag, ``wsh03`` is a model.

    A word has a vowel and is not all capitals.
    """
    is_word = len(letters) >= 3 and not letters.isupper() and bool(_VOWEL.search(letters))
    return is_word and len(digits) <= 2


def gs1_view(code: str) -> str | None:
    """The view that a code of GS1's standard for images tells, such as ``A1C1``."""
    match = _GS1_CODE.fullmatch(code)
    return _GS1_FACINGS.get(match[1]) if match else None
