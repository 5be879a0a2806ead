"""How long a batch waits before it is tried again: longer each time, never longer than a bound."""

from __future__ import annotations

DELAYS_S = (5.0, 15.0, 60.0, 300.0, 900.0)
"""After the first try, the second …; after all further ones as after the last."""

DEATHS_BORNE = 2
"""So many deaths of the daemon in a row, during one batch, are taken for chance."""


def delay_s(tries: int) -> float:
    """The wait after so many tries."""
    return DELAYS_S[min(max(tries, 1), len(DELAYS_S)) - 1]
