"""JPEG 2000 of many megapixels: decoded at a lower resolution, which it has inside, or refused.

Its decoder takes 12 bytes a pixel beside the picture: 2.3 GB for 196 megapixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photoprep.language import say

_HEAD_BYTES = 1 << 16
_START = b"\xff\x4f\xff\x51"  # SOC and SIZ (ISO/IEC 15444-1, Annex A)
_CODING, _TILE_PART = 0xFF52, 0xFF90
_MOST_TILES = 65_535  # their numbers have 16 bits (A.4.2)
_MOST_LEVELS = 32


@dataclass(frozen=True, slots=True)
class Jpeg2000Head:
    """How many tiles there are, and how many times a side can be halved."""

    tiles: int
    levels: int

    @property
    def is_lawful(self) -> bool:
        """Whether the tiles can be numbered at all."""
        return 0 < self.tiles <= _MOST_TILES


def read_jpeg2000_head(path: Path) -> Jpeg2000Head:
    """Read the main header. Raises ``ValueError`` where there is none, and ``OSError``."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    start = head.find(_START)
    if start < 0 or len(head) < start + 42:
        raise ValueError(say("its head makes no sense"))
    right, bottom, _, _, tile_width, tile_height, tile_left, tile_top = (
        int.from_bytes(head[at : at + 4], "big") for at in range(start + 8, start + 40, 4)
    )
    if not tile_width or not tile_height:
        raise ValueError(say("its head makes no sense"))
    across = math.ceil((right - tile_left) / tile_width)
    down = math.ceil((bottom - tile_top) / tile_height)
    return Jpeg2000Head(max(0, across) * max(0, down), _levels(head, start + 2))


def _levels(head: bytes, at: int) -> int:
    """The decomposition levels by the default coding style (A.6.1); 0 without one."""
    while at + 4 <= len(head):
        marker, length = (int.from_bytes(head[at + n : at + n + 2], "big") for n in (0, 2))
        if marker == _CODING:
            return min(int.from_bytes(head[at + 9 : at + 10], "big"), _MOST_LEVELS)
        if marker == _TILE_PART or length < 2:
            break
        at += 2 + length
    return 0


def halvings_for(size_px: tuple[int, int], levels: int, most_px: int) -> int | None:
    """How often to halve a side for at most ``most_px``; None where it has not as many levels."""
    wanted = next(n for n in range(64) if math.prod(size_px) <= most_px * 4**n)
    return wanted if wanted <= levels else None


def halve(image: Any, times: int) -> None:
    """Let an opened JPEG 2000 be decoded at sides halved so often, rounded up."""
    # Pillow halves its size itself, and rounds to the nearest where the decoder rounds up, which
    # then refuses: it is given a size that comes out even.
    image._size = tuple((side + (1 << times) - 1 >> times) << times for side in image.size)
    image.reduce = times
