"""Whether two pictures look the same: arithmetic on their *looks*, a few hundred numbers each.

Looks are ``SIDE`` × ``SIDE`` means of luma, row by row, then ``CHROMA_SIDE`` × ``CHROMA_SIDE`` of
Cb, then of Cr, each a byte (``photo.looks`` makes them). They are compared number by number, and
the largest difference decides. Perceptual hashes (Zauner, "Implementation and Benchmarking of
Perceptual Image Hash Functions", 2010) keep one bit of each number: of a product on white most of
these bits are chance, and a lid that opens changes few of them. docs/duplicates.md has the
measurements behind the tolerances.
"""

from __future__ import annotations

from binascii import a2b_base64
from dataclasses import dataclass

SIDE = 16
CHROMA_SIDE = 8
_LUMAS, _CHROMAS = SIDE * SIDE, 2 * CHROMA_SIDE * CHROMA_SIDE
# Ten places, (row, column), by whose luma pictures are sorted into buckets: six about the
# middle, where even products on white differ, and four further out.
_MIDDLE = ((4, 7), (6, 5), (6, 10), (8, 8), (10, 5), (11, 9))
_OUTER = ((3, 3), (3, 12), (12, 3), (13, 12))
_PLACES = tuple(row * SIDE + column for row, column in (*_MIDDLE, *_OUTER))
_BUCKET_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far any luma and any chroma of two pictures may differ, in levels of 255."""

    luma: int
    chroma: int


# 391 copies made of 24 photos differed from them by 5 and 6 at most; of 90 photos, the two that are
# different and nearest to one another by 25.
COPIES = Tolerance(6, 8)
# The same shot developed twice: files of the same name, such as a raw file and the camera's JPEG.
RENDITIONS = Tolerance(24, 32)


def in_lanes(values: bytes) -> int:
    """Each value in 16 bits of its own, so that one subtraction compares all."""
    lanes = bytearray(2 * len(values))
    lanes[::2] = values
    return int.from_bytes(lanes, "little")


_TOP_BITS = in_lanes(b"\x80" * (_LUMAS + _CHROMAS)) << 8


def _borrow_guard(tolerance: Tolerance) -> int:
    """A top bit in every lane, which a difference beyond the tolerance takes away."""
    allowed = bytes([tolerance.luma]) * _LUMAS + bytes([tolerance.chroma]) * _CHROMAS
    return _TOP_BITS + in_lanes(allowed)


_GUARDS = {tolerance: _borrow_guard(tolerance) for tolerance in (COPIES, RENDITIONS)}
_PLACES_TOP_BITS = in_lanes(b"\x80" * len(_PLACES)) << 8
_PLACES_GUARD = _PLACES_TOP_BITS + in_lanes(bytes([COPIES.luma]) * len(_PLACES))


class Looks:
    """The looks of one picture, ready to be compared."""

    __slots__ = ("_lanes", "_sorted_by")

    def __init__(self, text: str) -> None:
        values = a2b_base64(text)
        self._sorted_by = [values[place] for place in _PLACES]
        self._lanes = in_lanes(values)

    def is_like(self, other: Looks, tolerance: Tolerance = COPIES) -> bool:
        """Whether no number of the two differs by more than the tolerance (0.3 µs)."""
        guard = _GUARDS[tolerance]
        none_above = (self._lanes + guard - other._lanes) & _TOP_BITS == _TOP_BITS
        return none_above and (other._lanes + guard - self._lanes) & _TOP_BITS == _TOP_BITS

    @property
    def places(self) -> int:
        """The luma of ten places, for ``may_be_copies``: an eighth of what all of it takes."""
        return in_lanes(bytes(self._sorted_by))

    @property
    def bucket(self) -> tuple[int, ...]:
        """Where it is kept: the luma of a few places, coarsely."""
        return tuple(level // _BUCKET_WIDTH for level in self._sorted_by)

    @property
    def choices(self) -> list[tuple[int, int]]:
        """For each number of a bucket the two that it can be for pictures alike to this."""
        reach, width = COPIES.luma, _BUCKET_WIDTH
        return [
            (max(0, level - reach) // width, min(255, level + reach) // width)
            for level in self._sorted_by
        ]


def may_be_copies(one: int, other: int) -> bool:
    """Whether two ``places`` differ by no more than copies do; else their looks do too (0.2 µs)."""
    if (one + _PLACES_GUARD - other) & _PLACES_TOP_BITS != _PLACES_TOP_BITS:
        return False
    return (other + _PLACES_GUARD - one) & _PLACES_TOP_BITS == _PLACES_TOP_BITS
