"""The kinds of views of a product, and their names for people."""

from __future__ import annotations

from typing import Literal, get_args

from photoprep.language import Sentence, say

ViewKind = Literal[
    "closed",
    "open",
    "front",
    "back",
    "side",
    "top",
    "detail",
    "packaging",
    "accessory",
    "accessory-not-included",
    "scene",
    "unknown",
]
VIEWS: tuple[str, ...] = get_args(ViewKind)

_NAMES = {
    "closed": say("closed"),
    "open": say("open"),
    "front": say("front view"),
    "back": say("rear view"),
    "side": say("side view"),
    "top": say("top view"),
    "detail": say("detail"),
    "packaging": say("packaging"),
    "accessory": say("accessory"),
    "accessory-not-included": say("accessory, not included"),
    "scene": say("in use"),
    "unknown": say("view unknown"),
}


def say_view(view: str) -> Sentence:
    """A kind of view as a person reads it."""
    return _NAMES[view]
