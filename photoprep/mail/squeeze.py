"""Fewer mails from slightly smaller pictures: how small each may be, and how large it then is.

A picture is told here by its *curve*: how good it is in how many bytes, from the fewest that it may
have (its floor) to all that it has. Three steps:

1. Packed at their floors, do the pictures take fewer mails than at their full sizes? If not, every
   picture stays as it is. If so, that is the number of mails.
2. A *level* gives each picture the fewest bytes in which it is so good: no fewer than its floor, no
   more than it has. The highest level, in tenths of a point, at which the pictures still go into
   that many mails says where the series is cut. So the lowest quality of the set is as high as it
   can be, and what is alike to a tenth of a point is left to packing: whole products, even mails.
3. In each mail the level rises on until its room is spent, in thousandths of a point; what is then
   left goes to the pictures whose next thousandth costs least.

Whole numbers throughout: sizes in bytes, qualities in thousandths of a point of 0 to 100.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# A level's unit while mails are sought: a tenth of a point, which is what reports tell.
LEVEL_STEP = 100
# What a mail's room is cut by where a series filled to the brim is one mail longer: sizes are upper
# bounds while mails are sought.
_FIRST_MARGIN_BYTES = 64


@dataclass(frozen=True, slots=True)
class Curve:
    """How good a picture is in how many bytes: points of (bytes, thousandths of a point).

    Bytes rise from point to point, and quality does not fall; between points it is a straight line.
    The first point is the picture's floor, the last what it has in full. One point: it keeps its
    bytes.

    Raises:
        ValueError: there is no point, or bytes do not rise, or quality falls.

    """

    points: tuple[tuple[int, int], ...]
    _sizes: tuple[int, ...] = field(init=False, repr=False)
    _qualities: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sizes = tuple(size for size, _ in self.points)
        qualities = tuple(quality for _, quality in self.points)
        rising = all(one < other for one, other in pairwise(sizes))
        if not sizes or not rising or list(qualities) != sorted(qualities):
            raise ValueError(f"no curve: {self.points}")
        object.__setattr__(self, "_sizes", sizes)
        object.__setattr__(self, "_qualities", qualities)

    @property
    def floor_bytes(self) -> int:
        """The fewest bytes that the picture may have."""
        return self._sizes[0]

    @property
    def full_bytes(self) -> int:
        """The bytes that it has, and never more."""
        return self._sizes[-1]

    @property
    def worst(self) -> int:
        """The quality at the floor."""
        return self._qualities[0]

    @property
    def best(self) -> int:
        """The quality in full."""
        return self._qualities[-1]

    def size_at(self, level: int) -> int:
        """The fewest bytes in which the picture is as good as ``level``, floor to full."""
        at = bisect_left(self._qualities, level)
        if at == 0:
            return self.floor_bytes
        if at == len(self.points):
            return self.full_bytes
        (size, quality), (more, better) = self.points[at - 1], self.points[at]
        return size + -(-(more - size) * (level - quality) // (better - quality))

    def quality_at(self, size_bytes: int) -> int:
        """The quality in ``size_bytes``, rounded down; beyond the ends that of the ends."""
        at = bisect_left(self._sizes, size_bytes)
        if at == 0:
            return self.worst
        if at == len(self.points):
            return self.best
        (size, quality), (more, better) = self.points[at - 1], self.points[at]
        return quality + (better - quality) * (size_bytes - size) // (more - size)

    def from_level(self, level: int) -> Curve:
        """The part in which the picture is no worse than ``level``, or no worse than in full."""
        floor = self.size_at(min(self.best, level))
        above = (point for point in self.points if point[0] > floor)
        return Curve(((floor, self.quality_at(floor)), *above))


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a plan: its pictures by index, and the room that they have together.

    ``room_bytes`` counts as the packer's limit does, everything but the pictures taken off.
    """

    pictures: tuple[int, ...]
    room_bytes: int


# Sizes of all pictures → the fewest mails that hold them.
Pack = Callable[[Sequence[int]], Sequence[Mail]]
# What a picture of so many bytes takes of a mail's room; it never falls as the picture grows.
Weigh = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Squeezed:
    """What a squeeze comes to: mails before and after, and each picture's size."""

    mails_before: int
    mails_after: int
    sizes: tuple[int, ...]


def squeeze(curves: Sequence[Curve], pack: Pack, weigh: Weigh) -> Squeezed | None:
    """The sizes with which the pictures take as few mails as they can, each as good as it can be.

    None where full sizes take as few. ``pack`` takes no more mails for smaller pictures.
    """
    before = pack([curve.full_bytes for curve in curves])
    fewest = fewest_mails(curves, pack, len(before))
    if fewest is None:
        return None
    level = _highest_level(curves, pack, len(fewest))
    mails = pack(_sizes_at(curves, level))
    sizes = _filled_within(curves, mails, pack, weigh, level)
    return Squeezed(len(before), len(mails), tuple(sizes))


def fewest_mails(curves: Sequence[Curve], pack: Pack, before: int) -> Sequence[Mail] | None:
    """The mails that the pictures take at their floors, where those are fewer than ``before``."""
    if before < 2 or all(curve.floor_bytes == curve.full_bytes for curve in curves):
        return None
    mails = pack([curve.floor_bytes for curve in curves])
    return mails if len(mails) < before else None


def filled(
    curves: Sequence[Curve], mail: Mail, weigh: Weigh, level: int, room_bytes: int
) -> list[int]:
    """The sizes of one mail's pictures that spend ``room_bytes``, none worse than at ``level``.

    At ``level`` they must go in. The lowest quality is raised first, all that have it together.
    """
    own = [curves[index] for index in mail.pictures]

    def weight(sizes: Sequence[int]) -> int:
        return sum(map(weigh, sizes))

    low, high = level, max(curve.best for curve in own) + 1
    if weight([curve.full_bytes for curve in own]) <= room_bytes:
        return [curve.full_bytes for curve in own]
    while high - low > 1:
        middle = (low + high) // 2
        fits = weight(_sizes_at(own, middle)) <= room_bytes
        low, high = (middle, high) if fits else (low, middle)
    sizes, wanted = _sizes_at(own, low), _sizes_at(own, high)
    # Those whose next thousandth is cheapest first; what is left for the last of them is a part.
    for at in sorted(range(len(own)), key=lambda each: (wanted[each] - sizes[each], each)):
        free = room_bytes - weight(sizes) + weigh(sizes[at])
        sizes[at] = _largest(sizes[at], wanted[at], weigh, free)
    return sizes


def larger_by(free_bytes: int, size_bytes: int, most_bytes: int, weigh: Weigh) -> int:
    """How large a picture may become, to ``most_bytes``, where so much room is left beside it."""
    return _largest(size_bytes, most_bytes, weigh, max(0, free_bytes) + weigh(size_bytes))


def _highest_level(curves: Sequence[Curve], pack: Pack, mails: int) -> int:
    """The highest level, in whole steps, at which the pictures go into so many mails."""
    low = min(curve.worst for curve in curves) // LEVEL_STEP
    high = max(curve.best for curve in curves) // LEVEL_STEP + 1
    while high - low > 1:
        middle = (low + high) // 2
        fits = len(pack(_sizes_at(curves, middle * LEVEL_STEP))) <= mails
        low, high = (middle, high) if fits else (low, middle)
    return low * LEVEL_STEP


def _filled_within(
    curves: Sequence[Curve], mails: Sequence[Mail], pack: Pack, weigh: Weigh, level: int
) -> list[int]:
    """Every mail filled; held against packing once more, which may reckon with some bytes more."""
    margin = 0
    while True:
        sizes = _sizes_at(curves, level)
        for mail in mails:
            room = mail.room_bytes - margin
            if sum(weigh(sizes[index]) for index in mail.pictures) > room:
                continue
            for index, size in zip(
                mail.pictures, filled(curves, mail, weigh, level, room), strict=True
            ):
                sizes[index] = size
        if len(pack(sizes)) <= len(mails):
            return sizes
        # It ends: without room all stay at their level, which was packed so.
        margin = max(_FIRST_MARGIN_BYTES, 2 * margin)


def _sizes_at(curves: Sequence[Curve], level: int) -> list[int]:
    return [curve.size_at(level) for curve in curves]


def _largest(low: int, high: int, weigh: Weigh, room_bytes: int) -> int:
    """The largest size from ``low`` to ``high`` that goes into ``room_bytes``; ``low`` does."""
    while low < high:
        middle = (low + high + 1) // 2
        if weigh(middle) <= room_bytes:
            low = middle
        else:
            high = middle - 1
    return low
