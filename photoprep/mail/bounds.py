"""How few mails could do, whatever the order: proofs, so that a plan can be called the fewest.

A mail holds attachments of at most ``room_bytes`` together, whatever else is in it. Sizes are
whole numbers of bytes, each at least 1 and at most the room. No packing of them, in any order and
with any product parted, has fewer mails than is said here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


def least_mails(sizes_bytes: Sequence[int], room_bytes: int) -> int:
    """The larger of two bounds: by how much there is, and by how many fit one mail.

    The first is Martello and Toth's L2 (Discrete Applied Mathematics 28, 1990), which is never
    below the sum over the room.
    """
    rising = sorted(sizes_bytes)
    return max(_by_halves(rising, room_bytes), _by_number(rising, room_bytes))


def least_light_mails(
    groups_bytes: Sequence[Sequence[int]], room_bytes: int, alone_room_bytes: int
) -> int:
    """The same where a whole group, or one item, may have ``alone_room_bytes`` by itself.

    ``room_bytes`` is that of all other mails. A group that fits no such mail either has one of
    its own or is parted over others, and fills one of them at least; an item that fits none has
    one of its own, in its group or alone.
    """
    every_size = [size for sizes in groups_bytes for size in sizes]
    usual = [sizes for sizes in groups_bytes if sum(sizes) <= room_bytes]
    unusual = [sizes for sizes in groups_bytes if sum(sizes) > room_bytes]
    bounds = [
        least_mails(every_size, alone_room_bytes),
        least_mails([size for sizes in usual for size in sizes], room_bytes),
    ]
    if room_bytes > 0:
        # What stands alone is counted as no more than one mail, which it takes.
        filled_bytes = sum(map(sum, usual))
        for sizes in unusual:
            parted = sum(sizes) > alone_room_bytes
            filled_bytes += sum(min(size, room_bytes) for size in sizes) if parted else room_bytes
        bounds.append(-(-filled_bytes // room_bytes))
    return max(bounds)


def _by_halves(rising: Sequence[int], room_bytes: int) -> int:
    """L2: what is over half the room has a mail each, and so much room for small ones."""
    before = [*accumulate(rising, initial=0)]
    half = bisect_right(rising, room_bytes // 2)
    large = len(rising) - half
    best = large
    for first in range(half):
        # Of the small ones those from here on: beside what is larger than ``alone`` none fits.
        alone = bisect_right(rising, room_bytes - rising[first])
        beside_bytes = (alone - half) * room_bytes - (before[alone] - before[half])
        over_bytes = before[half] - before[first] - beside_bytes
        best = max(best, large - (-over_bytes // room_bytes))
    return best


def _by_number(rising: Sequence[int], room_bytes: int) -> int:
    """Of the n largest, a mail holds at most as many as of their smallest fit: for every n."""
    before = [*accumulate(rising, initial=0)]
    best = 0
    for first in range(len(rising)):
        most = bisect_right(before, before[first] + room_bytes) - 1 - first
        best = max(best, -(-(len(rising) - first) // most) if most else 0)
    return best
