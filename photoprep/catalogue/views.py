"""The kinds of views by their names for people."""

from __future__ import annotations

from photoprep.language import Sentence, say

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
