"""Marks of a text's direction, kept from turning what stands beside it."""

from __future__ import annotations

import re

# Unicode Standard Annex 9: embeddings, overrides and isolates, and what ends them.
_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_END_OF = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)


def kept_in(value: object) -> object:
    """The value; a text without its marks of direction where one of them begins or ends outside it.

    An element that is isolated (``bdi``) does not hold them in: browsers put marks of the same kind
    around it, and the text's own are taken for their partners. Who uses them well, ends them.
    """
    if not isinstance(value, str) or value.isascii() or _is_whole(value):
        return value
    return type(value)(_MARKS.sub("", value))


def _is_whole(text: str) -> bool:
    ends: list[str] = []
    for mark in _MARKS.findall(text):
        if mark in _END_OF:
            ends.append(_END_OF[mark])
        elif not ends or ends.pop() != mark:
            return False
    return not ends
