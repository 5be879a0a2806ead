"""The times that a daemon goes by, so that a test can set them."""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """Four ways to ask what time it is."""

    def monotonic_s(self) -> float:
        """Seconds that only pass; for all that is waited for."""

    def wall_s(self) -> float:
        """Seconds since the epoch, as the machine has them; they may jump."""

    def cpu_s(self) -> float:
        """Seconds of a core that this thread has had."""

    def today(self) -> datetime.date:
        """The local day."""


class SystemClock:
    """The machine's clocks."""

    def monotonic_s(self) -> float:
        """As ``time.monotonic``."""
        return time.monotonic()

    def wall_s(self) -> float:
        """As ``time.time``."""
        return time.time()

    def cpu_s(self) -> float:
        """As ``time.thread_time``."""
        return time.thread_time()

    def today(self) -> datetime.date:
        """As ``datetime.date.today``."""
        return datetime.date.today()
