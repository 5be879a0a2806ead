"""How long a scheduler may say nothing before it is told, and before it is given up (arithmetic).

One that is stopped, or whose machine hangs, keeps its connections, and nothing tells it from one
that thinks: Dask's own calls wait for its answer for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from photoprep.awake import AwakeClock

# A person who looks at a bar that stands still wonders about as soon.
TOLD_AFTER_S = 10.0
# A scheduler answers nobody while it takes in a large graph of somebody else's, or its machine
# swaps: for seconds, at worst for some tens of them. Who gives up too early breaks off a night's
# run, who does so too late loses a minute of it; and who watches is told, and may press Ctrl-C. So
# long a run waits for workers, too, when all are gone.
SILENT_AT_MOST_S = 120.0


class Silence:
    """The seconds for which somebody owes an answer, while this machine was awake.

    Whoever counts them asks at least every ten seconds, as ``AwakeClock`` wants it.
    """

    def __init__(self, now_s: Callable[[], float] | None = None) -> None:
        self._now_s = now_s or AwakeClock().now_s
        self._since_s = self._now_s()

    def begin(self) -> None:
        """Count from now: something was asked, or there was a sign of life."""
        self._since_s = self._now_s()

    def lasts_s(self) -> float:
        """How long it has lasted."""
        return self._now_s() - self._since_s
