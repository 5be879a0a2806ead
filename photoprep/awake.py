"""A clock that stands still while the process, or the machine under it, does.

A laptop that sleeps and a run that is stopped with Ctrl-Z must not use up a photo's time. Monotonic
clocks leave a sleep out on Linux and macOS and count it on Windows, and all of them count a stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# Whoever waits by this clock looks at it at least so often. A look costs nothing.
LOOK_EVERY_S = 10.0


class AwakeClock:
    """Counts seconds from look to look; one that comes far too late was slept over."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._looked_s = monotonic_s()
        self._awake_s = 0.0

    def now_s(self) -> float:
        """Seconds of being awake since the clock was made; of a longer pause twice a look's."""
        looked_s = self._monotonic_s()
        self._awake_s += min(looked_s - self._looked_s, 2 * LOOK_EVERY_S)
        self._looked_s = looked_s
        return self._awake_s
