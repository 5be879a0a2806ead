"""Where a line may end. Pure.

Lines end after spaces and after ``-``, ``_`` and ``/`` within a word; between Chinese and Japanese
characters anywhere, except that no line begins with a closing sign and none ends with an opening
one (kinsoku: JIS X 4051; GB/T 15834).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"
NO_LINE_BEGINS = frozenset(
    "，。、．：；！？）」』】》〉〕］｝…‥・ー々,.:;!?)]}»›”’％%‰°ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
NO_LINE_ENDS = frozenset("（「『【《〈〔［｛([{«‹“‘￥¥$€£#№")
_AFTER_THESE = frozenset("-‐–_/")
_EAST_ASIAN = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))
_BEYOND_PLANE_0 = ("\U00020000", "\U0003ffff")


@lru_cache(maxsize=4096)
def line_ends(pieces: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of clusters before which a line may end, ascending; the end of all is the last.

    A line that ends at ``n`` holds the clusters up to ``n - 1``; its spaces at the end are not
    drawn.
    """
    places = [place for place in range(1, len(pieces)) if _may_part(pieces, place)]
    return (*places, len(pieces))


def _may_part(pieces: tuple[str, ...], place: int) -> bool:
    before, after = pieces[place - 1], pieces[place]
    if after == " ":
        return False
    if before == " ":
        last = pieces[place - 2][0] if place > 1 else ""
        return after[0] not in NO_LINE_BEGINS and last not in NO_LINE_ENDS
    if after[0] in NO_LINE_BEGINS or before[0] in NO_LINE_ENDS:
        return False
    if before[0] in _AFTER_THESE:
        return place > 1 and pieces[place - 2][0].isalnum() and after[0].isalnum()
    return is_east_asian(before) or is_east_asian(after)


def is_east_asian(cluster: str) -> bool:
    """Whether a cluster is of a script without spaces that parts anywhere; Hangul has spaces."""
    first = cluster[0]
    if unicodedata.category(first) == "Zs" and first != "\u3000":
        return False
    return any(low <= first <= high for low, high in (*_EAST_ASIAN, _BEYOND_PLANE_0))
