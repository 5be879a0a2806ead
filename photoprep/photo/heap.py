"""Memory that pictures leave is kept for the next ones.

glibc gives every large piece back to the system as soon as it is freed, and the system clears each
page anew at its first touch: 26,000 of them a photo, a seventh of a worker's time. A worker that
keeps its memory needs no more at its largest, and it lives for a folder.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# As in glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_AMPLE_BYTES, _PAD_BYTES = 1 << 30, 1 << 24


def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed, where it is glibc; once in a worker process."""
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _AMPLE_BYTES)
        mallopt(_TRIM_THRESHOLD, _AMPLE_BYTES)
        mallopt(_TOP_PAD, _PAD_BYTES)
