"""Orders in which a product that does not fit is begun in one mail and ends in the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from photoprep.mail.units import Order, Room, Unit, appended

# Of all units' beginnings, as many are tried for a mail as these are to the number of units.
_CHAIN_STEPS = 20_000
# Orders are compared until so many pictures have been put into mails.
_IMPROVE_STEPS = 100_000


def chain(units: Sequence[Unit], room: Room, *, first_stays: bool) -> Order:
    """Mail after mail, filled by whole units and, last of all, by the beginning of one."""
    left = sorted(units, key=lambda unit: (-unit.whole_bytes, unit.index))
    begun_most = max(1, _CHAIN_STEPS // len(units))
    order = list[int]()
    used_bytes = room.usual_bytes
    if first_stays:
        order.append(0)
        left.remove(units[0])
        used_bytes = units[0].last_bytes
    while left:
        chosen = _filling(left, room.usual_bytes - used_bytes, begun_most)
        if not chosen and used_bytes:
            used_bytes = 0  # a new mail
            continue
        # A picture that fits no mail beside others: whatever is largest.
        for unit in chosen or left[:1]:
            left.remove(unit)
            order.append(unit.index)
            _, used_bytes = appended(0, used_bytes, unit.sizes, room)
    return tuple(order)


def improved(order: Order, units: Sequence[Unit], room: Room, *, first_stays: bool) -> Order:
    """Take single units to other places as long as that fills the fuller mails yet more."""
    best, best_worth = list(order), _worth(order, units, room)
    steps = _IMPROVE_STEPS // sum(len(unit.sizes) for unit in units)
    changed = True
    while changed:
        changed = False
        for source in range(int(first_stays), len(best)):
            for target in range(int(first_stays), len(best)):
                if steps <= 0:
                    return tuple(best)
                if target == source:
                    continue
                steps -= 1
                other = best[:source] + best[source + 1 :]
                other.insert(target, best[source])
                worth = _worth(other, units, room)
                if worth > best_worth:
                    best, best_worth, changed = other, worth, True
    return tuple(best)


def _worth(order: Sequence[int], units: Sequence[Unit], room: Room) -> tuple[int, int]:
    """The fewer mails the better, and then the more uneven: what is in few mails leaves others."""
    mails, used_bytes, squares = 0, room.usual_bytes, 0
    for index in order:
        for size in units[index].sizes:
            if used_bytes + size <= room.usual_bytes:
                used_bytes += size
            else:
                mails += 1
                squares += used_bytes * used_bytes
                used_bytes = min(size, room.usual_bytes)
    return -mails, squares + used_bytes * used_bytes


def _filling(falling: Sequence[Unit], space_bytes: int, begun_most: int) -> list[Unit]:
    """Units that fill a space best, the largest first; only the last may be larger than is left."""
    rising = [-unit.whole_bytes for unit in falling]
    chosen = _whole_within(falling, rising, space_bytes)
    best_bytes = sum(unit.whole_bytes for unit in chosen)
    tried = dict[tuple[int, ...], Unit]()
    for unit in falling:
        if len(unit.sizes) > 1:
            tried.setdefault(unit.sizes, unit)
            if len(tried) >= begun_most:
                break
    for unit in tried.values():
        beginnings = [*accumulate(unit.sizes[:-1])]
        for beginning_bytes in beginnings[: bisect_right(beginnings, space_bytes)]:
            beside = _whole_within(falling, rising, space_bytes - beginning_bytes, unit)
            filled_bytes = beginning_bytes + sum(other.whole_bytes for other in beside)
            # Of as full ones that with the larger beginning: what is small fits later too.
            if filled_bytes >= best_bytes:
                best_bytes, chosen = filled_bytes, [*beside, unit]
    return chosen


def _whole_within(
    falling: Sequence[Unit], rising: Sequence[int], space_bytes: int, but: Unit | None = None
) -> list[Unit]:
    """Whole units within a space, the largest that fits first; ``rising`` are their sizes below 0.

    The beginning of ``but`` follows, so that it cannot be among them.
    """
    chosen = list[Unit]()
    at = bisect_left(rising, -space_bytes)
    while at < len(falling):
        if falling[at] is not but:
            chosen.append(falling[at])
            space_bytes += rising[at]
        at = bisect_left(rising, -space_bytes, at + 1)
    return chosen
