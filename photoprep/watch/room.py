"""Whether a disk that was full has room again."""

from __future__ import annotations

from collections.abc import Callable

# Room for a photo, its sheet and the record, where there was none at all.
_LEAST_MORE_BYTES = 1_000_000


class Room:
    """Remembers how little room there was when something could not be written."""

    def __init__(self, free_bytes: Callable[[], int | None]) -> None:
        self._free_bytes = free_bytes
        self._then: int | None = None

    def was_wanting(self) -> None:
        """Something could not be written just now."""
        self._then = self._free_bytes()

    @property
    def is_wanting(self) -> bool:
        """Whether it is waited for."""
        return self._then is not None

    def is_back(self) -> bool:
        """Whether there is so much more room that another try is worth it; True once."""
        if self._then is None:
            return False
        free = self._free_bytes()
        if free is None or free < 2 * self._then + _LEAST_MORE_BYTES:
            return False
        self._then = None
        return True
