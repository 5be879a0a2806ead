"""Pictures that only a camera named, parted by the pauses between them: one product, one session.

Whoever photographs products takes the views of one in a row and then sets up the next. A pause that
is long beside those around it parts two products: the rule of PhotoTOC (Platt, Czerwinski, Field,
"PhotoTOC: Automatic Clustering for Browsing Personal Photographs", 2003), which compares the
logarithm of each pause with the mean of those near it. What comes of it is a guess, and is asked
about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

# PhotoTOC parts holidays, whose pauses are 17 times those around them; between two products lies
# a change of the set-up, a minute after views of ten seconds. Not fitted: there were no folders of
# which the truth was known.
_TIMES_LONGER = 5.0
_NEIGHBOURS = 10
# No pause below parts products, every one above does: a lens is changed, and people go to lunch.
_SHORTEST_S, _LONGEST_S = 20.0, 1800.0


def sessions(times: Sequence[datetime]) -> list[range]:
    """The runs of indexes that belong together; ``times`` are in ascending order."""
    pauses_s = [max(1.0, (later - earlier).total_seconds()) for earlier, later in pairwise(times)]
    begins = [0, *(place + 1 for place in range(len(pauses_s)) if _parts(pauses_s, place))]
    return [
        range(begin, end)
        for begin, end in zip(begins, [*begins[1:], len(times)], strict=True)
        if end > begin
    ]


def _parts(pauses_s: Sequence[float], place: int) -> bool:
    pause_s = pauses_s[place]
    if pause_s >= _LONGEST_S:
        return True
    near = [
        *pauses_s[max(0, place - _NEIGHBOURS) : place],
        *pauses_s[place + 1 : place + 1 + _NEIGHBOURS],
    ]
    if pause_s < _SHORTEST_S or not near:
        return False
    usual = math.fsum(math.log(other) for other in near) / len(near)
    # Rounded, so that no last digit of a logarithm tips it.
    return round(math.log(pause_s) - usual, 6) >= round(math.log(_TIMES_LONGER), 6)
