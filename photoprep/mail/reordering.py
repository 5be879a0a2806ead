"""Orders of the products in which they may take fewer mails, where their order need not be kept.

A unit is what stays together in its own order: a product with its sheet ahead of its views, an
overview. Its sizes are what each of its pictures adds to a mail, whose room is what all pictures
of a mail may take together. A plan is an order of the units and cuts in it, which ``packing``
finds, so all that is sought here are orders worth trying. No method is the best for all sizes;
several are cheap, and the caller keeps whichever turns out best:

- whole units into mails as into bins: first fit and best fit, the largest first, and mails filled
  one after another by those units that leave the least room;
- a chain: mails filled one after another by whole units and the beginning of one more, which ends
  in the next;
- for few units, the fewest mails over all orders, with whole units and with a chain, by dynamic
  programming over their subsets.

Bins are then evened by moving units and by exchanging two of them, and chains are improved by
moving one. All of it is whole numbers in a fixed order, and bounded in its steps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence

from photoprep.mail.chains import chain, improved
from photoprep.mail.subsets import over_subsets
from photoprep.mail.units import Order, Room, Unit, appended, begun

# The searches that could take long end after so many steps, each about a microsecond.
_SUBSET_STEPS = 100_000
_FILL_STEPS = 60_000
_EVEN_STEPS = 30_000
# Of more units than these, fewer methods, and no more orders than these packed in earnest.
_MANY_UNITS, _MOST_ORDERS = 400, 2
# Above so many units to a mail, the order in which they come hardly matters.
_FILL_UNITS = 12


class _Bin:
    """A mail; or several, which a large unit takes, the last of them with room for others."""

    def __init__(self, *units: Unit) -> None:
        self.units = list(units)
        self.used_bytes = sum(unit.last_bytes for unit in units)


_Filling = Callable[[list[_Bin], list[Unit], Room], None]


def orders(units: Sequence[Sequence[int]], room: Room, *, first_stays: bool) -> list[Order]:
    """Orders of the units worth trying beside the one given, each once.

    With ``first_stays`` the first unit is the first in all of them.
    """
    known = [begun(index, sizes, room) for index, sizes in enumerate(units)]
    openers = {unit.index for unit in known if unit.mails > 1 or (first_stays and not unit.index)}
    others = [unit for unit in known if unit.index not in openers]
    others.sort(key=lambda unit: (-unit.last_bytes, unit.index))
    divided = []
    fillings: list[_Filling] = [_best_fit]
    if len(known) <= _MANY_UNITS:
        fillings.append(_first_fit)
        if len(known) * room.usual_bytes <= _FILL_UNITS * sum(map(sum, units)):
            fillings.append(_least_left)
    for fill in fillings:
        divided.append([_Bin(unit) for unit in known if unit.index in openers])
        fill(divided[-1], others, room)
    found = list[Order]()
    if 2 ** min(len(known), 64) * len(known) <= _SUBSET_STEPS:
        order = over_subsets(known, room, first_stays=first_stays, parted=False)
        divided.append(_bins(order, known, openers, room))
    for bins in divided:
        _even_out(bins, openers, room)
        found.append(_in_sequence(bins))
    found.append(chain(known, room, first_stays=first_stays))
    if len(known) <= _MANY_UNITS:
        found += [improved(order, known, room, first_stays=first_stays) for order in found[-2:]]
    if 2 ** min(len(known), 64) * sum(map(len, units)) <= _SUBSET_STEPS:
        found.append(over_subsets(known, room, first_stays=first_stays, parted=True))
    return _with_fewest(dict.fromkeys(found), known, room)


def _with_fewest(found: Iterable[Order], units: Sequence[Unit], room: Room) -> list[Order]:
    """Those that take the fewest mails, as well as it can be told here; not the one given."""
    given = tuple(range(len(units)))
    most = _MOST_ORDERS if len(units) > _MANY_UNITS else None
    mails = {
        order: appended(
            0, room.usual_bytes, (size for at in order for size in units[at].sizes), room
        )[0]
        for order in found
    }
    fewest = min(mails.values())
    return [order for order in mails if mails[order] == fewest and order != given][:most]


def _put(target: _Bin, unit: Unit) -> None:
    target.units.append(unit)
    target.used_bytes += unit.last_bytes


def _first_fit(bins: list[_Bin], falling: list[Unit], room: Room) -> None:
    """Each unit into the first mail that has room for it."""
    for unit in falling:
        most_bytes = room.usual_bytes - unit.last_bytes
        fitting = next((each for each in bins if each.used_bytes <= most_bytes), None)
        if fitting is None:
            bins.append(_Bin(unit))
        else:
            _put(fitting, unit)


def _best_fit(bins: list[_Bin], falling: list[Unit], room: Room) -> None:
    """Each unit into the fullest mail that has room for it."""
    by_use = sorted((each.used_bytes, at) for at, each in enumerate(bins))
    for unit in falling:
        fitting = bisect_right(by_use, (room.usual_bytes - unit.last_bytes, len(bins))) - 1
        if fitting < 0:
            at = len(bins)
            bins.append(_Bin(unit))
        else:
            _, at = by_use.pop(fitting)
            _put(bins[at], unit)
        insort(by_use, (bins[at].used_bytes, at))


def _least_left(bins: list[_Bin], falling: list[Unit], room: Room) -> None:
    """Mail after mail: the largest unit left, and those beside it that leave the least room.

    This is the minimum bin slack of Gupta and Ho with the largest unit fixed (Fleszar and Hindi,
    Computers & Operations Research 29, 2002).
    """
    left = list(falling)
    steps = _FILL_STEPS // (len(bins) + len(falling) or 1)
    begun = list(bins)
    while left:
        if begun:
            filled = begun.pop(0)
        else:
            filled = _Bin(left.pop(0))
            bins.append(filled)
        chosen = _fullest([unit.last_bytes for unit in left], room, filled.used_bytes, steps)
        for at in chosen:
            _put(filled, left[at])
        taken = frozenset(chosen)
        left = [unit for at, unit in enumerate(left) if at not in taken]


def _fullest(falling: list[int], room: Room, used_bytes: int, steps: int) -> tuple[int, ...]:
    """Which of these sizes, together, leave the least of what a mail has left."""
    rising = [-size for size in falling]
    best_bytes, best = 0, tuple[int, ...]()
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())] if falling else []
    space_bytes = room.usual_bytes - used_bytes
    while waiting and steps > 0 and best_bytes < space_bytes:
        first, sum_bytes, chosen = waiting.pop()
        if sum_bytes > best_bytes:
            best_bytes, best = sum_bytes, chosen
        at = bisect_left(rising, sum_bytes - space_bytes, first)
        steps -= 1
        if at < len(falling):
            # Without all of this size, to be tried after the sums that have it.
            waiting.append((bisect_right(rising, rising[at], at), sum_bytes, chosen))
            waiting.append((at + 1, sum_bytes + falling[at], (*chosen, at)))
    return best


def _bins(order: Order, units: Sequence[Unit], openers: set[int], room: Room) -> list[_Bin]:
    """Whole units in an order, a new mail begun where one does not fit."""
    bins = list[_Bin]()
    for index in order:
        unit = units[index]
        if not bins or index in openers or bins[-1].used_bytes + unit.last_bytes > room.usual_bytes:
            bins.append(_Bin(unit))
        else:
            _put(bins[-1], unit)
    return bins


def _even_out(bins: list[_Bin], openers: set[int], room: Room) -> None:
    """Move and exchange units as long as that lessens excess, or squares where it does not."""
    weight = len(bins) * room.usual_bytes**2 + 1

    def cost(used_bytes: int) -> int:
        return max(0, used_bytes - room.preferred_bytes) * weight + used_bytes**2

    steps = _EVEN_STEPS
    changed = True
    while changed and steps > 0:
        falling = sorted(bins, key=lambda each: (-each.used_bytes, each.units[0].index))
        steps -= len(bins)
        changed = False
        for heavy, light in ((one, other) for one in falling for other in reversed(falling)):
            if heavy.used_bytes > light.used_bytes:
                moves = _moves(heavy, light, openers, room)
                steps -= 1 + len(moves)
                changed = _eased(heavy, light, moves, cost)
            if changed or steps <= 0:
                break


_Move = tuple[int, Unit, Unit | None]


def _moves(heavy: _Bin, light: _Bin, openers: set[int], room: Room) -> list[_Move]:
    """What the heavy mail could give to the light one, for nothing or for a smaller unit."""
    return [
        (by_bytes, given, taken)
        for given in heavy.units
        if given.index not in openers
        for taken in (None, *light.units)
        if (len(heavy.units) > 1 if taken is None else taken.index not in openers)
        and (by_bytes := given.last_bytes - (taken.last_bytes if taken else 0)) > 0
        and light.used_bytes + by_bytes <= room.usual_bytes
    ]


def _eased(heavy: _Bin, light: _Bin, moves: list[_Move], cost: Callable[[int], int]) -> bool:
    """Make the move that lessens the cost of both most; whether there is one."""
    costs = [
        cost(heavy.used_bytes - by_bytes) + cost(light.used_bytes + by_bytes)
        for by_bytes, _, _ in moves
    ]
    if not costs or min(costs) >= cost(heavy.used_bytes) + cost(light.used_bytes):
        return False
    by_bytes, given, taken = moves[costs.index(min(costs))]
    for source, target, unit in ((heavy, light, given), (light, heavy, taken)):
        if unit is not None:
            source.units.remove(unit)
            target.units.append(unit)
    heavy.used_bytes -= by_bytes
    light.used_bytes += by_bytes
    return True


def _in_sequence(bins: Iterable[_Bin]) -> Order:
    """Mail after mail, each where its first unit stands; what was begun in a new mail leads it."""
    sequence = [
        [unit.index for unit in sorted(each.units, key=lambda unit: (unit.mails == 1, unit.index))]
        for each in bins
    ]
    return tuple(index for indexes in sorted(sequence, key=min) for index in indexes)
