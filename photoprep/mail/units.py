"""What an order of products is made of: units of pictures, and the room that mails have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """What a mail holds: ``usual_bytes``, or ``alone_bytes``, not fewer, of a unit by itself.

    ``preferred_bytes`` is what it had better hold at most.
    """

    usual_bytes: int
    alone_bytes: int
    preferred_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A unit, begun in a mail of its own: so many mails, the last of them so full."""

    index: int
    sizes: tuple[int, ...]
    whole_bytes: int
    mails: int
    last_bytes: int


def begun(index: int, sizes: Sequence[int], room: Room) -> Unit:
    """The unit of these pictures; what fits no usual mail and may stand alone does so."""
    whole_bytes = sum(sizes)
    if room.usual_bytes < whole_bytes <= room.alone_bytes:
        mails, last_bytes = 1, room.usual_bytes  # nothing goes beside it
    else:
        mails, last_bytes = appended(0, room.usual_bytes, sizes, room)
    return Unit(index, tuple(sizes), whole_bytes, mails, last_bytes)


def appended(mails: int, used_bytes: int, sizes: Iterable[int], room: Room) -> tuple[int, int]:
    """So many mails, the last so full, once these pictures have been put in one by one."""
    for size in sizes:
        if used_bytes + size <= room.usual_bytes:
            used_bytes += size
        else:
            mails += 1
            used_bytes = min(size, room.usual_bytes)
    return mails, used_bytes
