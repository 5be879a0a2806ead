"""A worker takes so much memory and no more: a bomb costs its own picture, not the machine.

Pictures have bounds in pixels (``decode``), but a decoder can be led to ask for more than its
picture needs. On Linux the system itself refuses then, and the decoder says so: one
``NotEnoughMemoryError`` instead of a machine that swaps. macOS and Windows have no such limit that
holds (macOS takes ``RLIMIT_DATA`` and does not heed it); there the bounds in pixels stand alone.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

# The largest that may pass, 200 megapixels, took 3.23 GB as WebP, 2.49 as AVIF and 2.24 as
# 16-bit grey; a 100 megapixel PNG took 0.53. A decoder's threads add 8 MB of stack each, and memory
# that is kept lies in pieces.
MOST_BYTES = 4_000_000_000
_SHARE_OF_MACHINE = 0.75

# What libraries say when they get no memory, or no stack for a thread: Pillow and libvips; libavif;
# libheif, of whatever its codecs throw; glib and the system itself (ENOMEM, EAGAIN).
_WANT_OF_MEMORY = (
    "out of memory",
    "unexpected c++ exception",
    "memory allocation",
    "cannot allocate memory",
    "resource temporarily unavailable",
)

# Where memory ends all the same, the system shall end a worker and neither the run nor the person's
# own programs: of -1000 to 1000, the higher the sooner.
_FIRST_TO_GO = "500"


def bound_memory() -> None:
    """Let this process take no more than its share; to be called once in a worker.

    What is bounded is ``RLIMIT_DATA``, the memory that a process can write to: it lay within 70 MB
    of what was in use. The address space (``RLIMIT_AS``) counts files that are only looked at and
    what threads set aside: for a HEIC photo 0.86 GB where 0.19 were in use.
    """
    if not sys.platform.startswith("linux"):
        return
    import resource

    bytes_of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    bound = min(MOST_BYTES, round(bytes_of_machine * _SHARE_OF_MACHINE))
    allowed, most = resource.getrlimit(resource.RLIMIT_DATA)
    given = [limit for limit in (allowed, most) if limit != resource.RLIM_INFINITY]
    with suppress(OSError):  # a sandbox that forbids it
        resource.setrlimit(resource.RLIMIT_DATA, (min([bound, *given]), most))
    with suppress(OSError):  # one without /proc
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)


def tells_want_of_memory(said: str) -> bool:
    """Whether a library's words mean that it was refused memory, and nothing about its picture."""
    return any(words in said.lower() for words in _WANT_OF_MEMORY)


def check_room(size_px: tuple[int, int], *, bytes_per_pixel: int) -> None:
    """Raise ``MemoryError`` where a picture's need could not be met; it is not touched, only asked.

    For libraries that say the same of a broken picture and of a want of memory.
    """
    width, height = size_px
    np.empty(width * height * bytes_per_pixel, np.uint8)  # bytearray would write into it
