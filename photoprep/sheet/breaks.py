"""Where to break pictures into rows, so that rows filled from edge to edge are equally high."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def even_breaks(aspects: Sequence[float], most_rows: int) -> dict[int, tuple[tuple[int, int], ...]]:
    """For each number of rows up to ``most_rows`` the most even way to break pictures into rows.

    A row filled from edge to edge is as high as its width over the sum of its aspect ratios. The
    sum of the squares of these sums is least where rows are most alike: found by dynamic
    programming, as Knuth and Plass break lines (1981), over whole thousandths.
    """
    sums = [0]
    for aspect in aspects:
        sums.append(sums[-1] + max(1, round(aspect * 1000)))
    count = len(aspects)
    costs: list[float] = [0.0] + [float("inf")] * count
    starts: list[list[int]] = []
    found = {}
    for rows in range(1, min(most_rows, count) + 1):
        costs, start = _one_row_more(sums, costs, rows, count)
        starts.append(start)
        ends = [count]
        for layer in reversed(starts):
            ends.append(layer[ends[-1]])
        found[rows] = tuple(pairwise(reversed(ends)))
    return found


def _one_row_more(
    sums: list[int], costs: list[float], rows: int, count: int
) -> tuple[list[float], list[int]]:
    """The least cost of so many rows for each end, and where the last row begins."""
    best_costs = [float("inf")] * (count + 1)
    best_starts = [0] * (count + 1)
    # A row of more than thrice the mean never helps, and leaving it out keeps this quick.
    longest = 3 * sums[-1] // rows
    for end in range(rows, count + 1):
        for start in range(end - 1, rows - 2, -1):
            length = sums[end] - sums[start]
            if length > longest and start < end - 1:
                break
            cost = costs[start] + length * length
            if cost < best_costs[end]:
                best_costs[end], best_starts[end] = cost, start
    return best_costs, best_starts
