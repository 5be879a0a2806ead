"""Whether two pictures are two shots of nearly the same: arithmetic on their *looks*.

Two shots of a burst, or of a tripod that was touched, differ by a small shift, turn and zoom and by
the light: six numbers. They are fitted to the difference of the two pictures' luma by least
squares, to the first order of a Taylor series (Lucas and Kanade, "An iterative image registration
technique", 1981), and what they do not explain decides. A lid that opens, another view or another
product leave much unexplained, or need a shift that no hand makes by chance.

``photo.likeness`` says what looks are, and which pictures are the same; docs/duplicates.md has the
measurements behind the bounds.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from operator import mul

from photoprep.photo.likeness import CHROMA_SIDE, SIDE, in_lanes

_BLOCKS, _CHROMA_BLOCKS = 4, 2
# The six blocks, of sixteen, by which pictures are sorted into buckets: products stand there.
_PLACES, _BUCKET_WIDTH = (1, 5, 6, 9, 10, 13), 32
# Without contrast any two pictures are alike: less than this and nothing is said.
_LEAST_CONTRAST = 3.0
# What may be left unexplained: as a share of the contrast, and at most, in levels; more where more
# was moved, because the series ends after its first term.
_LEFT_SHARE, _LEFT_LEVELS, _LEFT_A_CELL, _MOST_LEFT_LEVELS = 0.12, 8.0, 30.0, 30.0
_ROUGHLY_SHARE, _ROUGHLY_LEVELS = 0.32, 45.0  # the same at half the resolution, to look no further
# A sixteenth of the side is one cell: 3.8% of it in each direction, and a turn and a zoom that move
# the border by as much; a third more or less of the light's levels.
_MOST_SHIFT, _MOST_GAIN = 0.6, 0.35
# Where there is little to see a movement by, it is taken for small (Tikhonov), in squared levels.
_DAMPING = (50.0, 50.0, 1500.0, 1500.0, 50.0, 0.001)

Matrix = list[list[float]]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the means of a picture's sixteenths may differ in luma, and of quarters in chroma."""

    luma: int
    chroma: int


# Two such shots differ by 30 and 7 at most. Nearer ones may be looked for among many more: half of
# those moved by 2% of the side are among them, and nearly all that were only turned or lit anew.
FAR, CLOSE = Reach(32, 9), Reach(14, 6)
_LUMAS, _CHROMAS = _BLOCKS**2, 2 * _CHROMA_BLOCKS**2
_TOP_BITS = in_lanes(b"\x80" * (_LUMAS + _CHROMAS)) << 8
# A top bit in every lane, which a difference beyond the reach takes away (as in ``likeness``).
_GUARDS = {
    reach: _TOP_BITS + in_lanes(bytes([reach.luma]) * _LUMAS + bytes([reach.chroma]) * _CHROMAS)
    for reach in (FAR, CLOSE)
}


class NearLooks:
    """The looks of one picture, ready to be compared with those of nearly the same."""

    __slots__ = ("_blocks", "_halved", "_lanes", "_luma")

    def __init__(self, text: str) -> None:
        values = a2b_base64(text)
        self._luma = values[: SIDE * SIDE]
        self._blocks = _means(self._luma, SIDE, _BLOCKS)
        size = CHROMA_SIDE * CHROMA_SIDE
        cb, cr = values[-2 * size : -size], values[-size:]
        colours = [
            level for plane in (cb, cr) for level in _means(plane, CHROMA_SIDE, _CHROMA_BLOCKS)
        ]
        self._lanes = in_lanes(bytes(self._blocks + colours))
        self._halved: list[int] | None = None

    def may_be_near(self, other: NearLooks, reach: Reach = FAR) -> bool:
        """Whether it is worth comparing them: of 10,000 pairs of real photos 23 are (0.5 µs)."""
        guard = _GUARDS[reach]
        none_above = (self._lanes + guard - other._lanes) & _TOP_BITS == _TOP_BITS
        return none_above and (other._lanes + guard - self._lanes) & _TOP_BITS == _TOP_BITS

    def is_near(self, other: NearLooks) -> bool:
        """Whether the two are nearly the same, or the very same (1 ms at most)."""
        if not self.may_be_near(other):
            return False
        roughly = _Fit(self.halved, other.halved, SIDE // 2)
        if not roughly.leaves_less(_ROUGHLY_SHARE, _ROUGHLY_LEVELS):
            return False
        fit = _Fit(self._luma, other._luma, SIDE)
        moved = fit.moved_cells
        most = min(_MOST_LEFT_LEVELS, _LEFT_LEVELS + _LEFT_A_CELL * sum(moved))
        is_small = max(moved) <= _MOST_SHIFT and abs(fit.gain) <= _MOST_GAIN
        return is_small and fit.leaves_less(_LEFT_SHARE, most)

    @property
    def halved(self) -> list[int]:
        """Its luma at half the resolution."""
        if self._halved is None:
            self._halved = _means(self._luma, SIDE, SIDE // 2)
        return self._halved

    @property
    def bucket(self) -> tuple[int, ...]:
        """Where it is kept: the luma of a few parts, coarsely."""
        return tuple(self._blocks[place] // _BUCKET_WIDTH for place in _PLACES)

    @property
    def near_buckets(self) -> list[tuple[int, ...]]:
        """Every bucket in which a picture within ``CLOSE`` can be."""
        choices = [
            range(
                max(0, self._blocks[place] - CLOSE.luma) // _BUCKET_WIDTH,
                min(255, self._blocks[place] + CLOSE.luma) // _BUCKET_WIDTH + 1,
            )
            for place in _PLACES
        ]
        return list(product(*choices))


class _Fit:
    """The least squares between two pictures of ``side`` × ``side`` lumas."""

    __slots__ = ("_contrast", "_left", "gain", "moved_cells")

    def __init__(self, one: Sequence[int], other: Sequence[int], side: int) -> None:
        middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
        mean = sum(middle) / len(middle)
        self._contrast = (sum(level * level for level in middle) / len(middle) - mean**2) ** 0.5
        columns = _columns(middle, mean, side)
        inner = _inner(side)
        difference = [float(other[place] - one[place]) for place in inner]
        square = [[_dot(a, b) for b in columns] for a in columns]
        for place, damping in enumerate(_DAMPING):
            square[place][place] += damping
        weights = _solved(square, [_dot(column, difference) for column in columns])
        explained = [_dot(row, weights) for row in zip(*columns, strict=True)]
        self._left = [d - e for d, e in zip(difference, explained, strict=True)]
        right, down, zoom, turn, self.gain, _ = weights
        cells, half = SIDE / side, SIDE / 2
        self.moved_cells = (
            abs(right) * cells, abs(down) * cells, abs(zoom) * half, abs(turn) * half,
        )  # fmt: skip

    def leaves_less(self, share: float, levels: float) -> bool:
        """Whether what is unexplained is within a share of the contrast and at most so much."""
        if self._contrast < _LEAST_CONTRAST or max(map(abs, self._left)) > levels:
            return False
        squared = sum(level * level for level in self._left) / len(self._left)
        return bool(squared**0.5 <= share * self._contrast)


def _columns(middle: list[float], mean: float, side: int) -> list[list[float]]:
    """What each of the six numbers would change at the inner places."""
    inner = _inner(side)
    right = [(middle[place + 1] - middle[place - 1]) / 2 for place in inner]
    down = [(middle[place + side] - middle[place - side]) / 2 for place in inner]
    across, along = _from_middle(side)
    zoom = [x * r + y * d for x, y, r, d in zip(across, along, right, down, strict=True)]
    turn = [x * d - y * r for x, y, r, d in zip(across, along, right, down, strict=True)]
    return [right, down, zoom, turn, [middle[place] - mean for place in inner], [1.0] * len(inner)]


@lru_cache(maxsize=4)
def _inner(side: int) -> list[int]:
    """The places that have four neighbours."""
    return [row * side + column for row in range(1, side - 1) for column in range(1, side - 1)]


@lru_cache(maxsize=4)
def _from_middle(side: int) -> tuple[list[float], list[float]]:
    """How far each inner place is from the middle, to the right and downwards, in cells."""
    middle = (side - 1) / 2
    places = _inner(side)
    return [place % side - middle for place in places], [place // side - middle for place in places]


def _solved(square: Matrix, right: list[float]) -> list[float]:
    """The solution of linear equations with a positive matrix, by elimination without pivots."""
    rows = [[*row, value] for row, value in zip(square, right, strict=True)]
    for place, pivot in enumerate(rows):
        for row in rows[place + 1 :]:
            factor = row[place] / pivot[place]
            for column in range(place, len(row)):
                row[column] -= factor * pivot[column]
    solution = [0.0] * len(rows)
    for place in reversed(range(len(rows))):
        known = _dot(rows[place][place + 1 : -1], solution[place + 1 :])
        solution[place] = (rows[place][-1] - known) / rows[place][place]
    return solution


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(map(mul, one, other)))


def _means(values: Sequence[int], side: int, blocks: int) -> list[int]:
    """The means of blocks × blocks equal parts of a square, row by row."""
    size = side // blocks
    means = []
    for top in range(0, side, size):
        rows = [values[row * side : (row + 1) * side] for row in range(top, top + size)]
        columns = list(map(sum, zip(*rows, strict=True)))
        means += [sum(columns[left : left + size]) // size**2 for left in range(0, side, size)]
    return means
