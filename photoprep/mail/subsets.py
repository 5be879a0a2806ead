"""For few products: the order of all with the fewest mails, by dynamic programming over subsets."""

from __future__ import annotations

from collections.abc import Sequence

from photoprep.mail.units import Order, Room, Unit, appended


def over_subsets(units: Sequence[Unit], room: Room, *, first_stays: bool, parted: bool) -> Order:
    """The order of all with the fewest mails, and of those with the emptiest last one.

    Whichever of the units stand before, it is best that they take few mails and, among as few,
    little of the last: so one order for each subset is enough. Where units may not be ``parted``,
    those that fit no mail are begun in a new one.
    """
    everything = (1 << len(units)) - 1
    best: dict[int, tuple[int, int]] = {0: (0, room.usual_bytes)}
    last: dict[int, int] = {}
    for subset in range(everything):
        if subset not in best:
            continue
        mails, used_bytes = best[subset]
        for unit in units if subset or not first_stays else units[:1]:
            longer = subset | 1 << unit.index
            if longer == subset:
                continue
            if not parted and unit.mails == 1 and used_bytes + unit.last_bytes <= room.usual_bytes:
                reached = mails, used_bytes + unit.last_bytes
            else:
                reached = mails + unit.mails, unit.last_bytes
            if parted:
                reached = min(reached, appended(mails, used_bytes, unit.sizes, room))
            if longer not in best or reached < best[longer]:
                best[longer], last[longer] = reached, unit.index
    backwards = []
    while everything:
        backwards.append(last[everything])
        everything ^= 1 << last[everything]
    return tuple(reversed(backwards))
