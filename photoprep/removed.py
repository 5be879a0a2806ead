"""The kinds of metadata that stay at home, the gravest first, and their names for people."""

from __future__ import annotations

from typing import Literal, get_args

from photoprep.language import Sentence, say

RemovedKind = Literal[
    "position",
    "people",
    "serial-numbers",
    "thumbnail",
    "comments",
    "software",
    "maker-notes",
    "capture-time",
    "camera",
    "iptc",
    "xmp",
]
REMOVED: tuple[str, ...] = get_args(RemovedKind)

_NAMES = {
    "position": say("where it was taken (GPS)"),
    "people": say("names of people"),
    "serial-numbers": say("serial numbers"),
    "thumbnail": say("a small picture of the uncropped original"),
    "comments": say("titles and comments"),
    "software": say("programs and computers that it went through"),
    "maker-notes": say("the camera maker's own notes"),
    "capture-time": say("when it was taken or changed"),
    "camera": say("camera, lens and exposure"),
    "iptc": say("press data (IPTC)"),
    "xmp": say("picture editors' data (XMP)"),
}


def say_removed(kind: str) -> Sentence:
    """A kind of metadata as a person reads it."""
    return _NAMES[kind]
