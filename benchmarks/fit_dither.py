"""Anneal the order in which a block's levels are raised, for ``photo.luma``.

    python -m benchmarks.fit_dither [--seed 0]

A permutation of 0…63 is looked for that lets every flat block through libjpeg: with the n lowest of
the 64 raised by one level, its mean is right by construction, and no other coefficient should come
near half a quantisation step. The cost is the 6-norm of all coefficients over half their steps at
scale 1, for flat levels in sixteenths; swaps of two places are annealed. It takes twenty seconds.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from photoprep.photo.quant_tables import LUMA_444

Order = NDArray[np.int64]

RAISED = (*range(8, 57, 8), *range(4, 61, 8))
TURNS = 60_000
HOTTEST, COOLING, COLDEST = 0.1, 0.9999, 0.001


def patterns() -> NDArray[np.float64]:
    """The 64 patterns of the 8 × 8 DCT, orthonormal, one a row."""
    frequency, place = np.indices((8, 8))
    norm = np.sqrt(np.where(frequency == 0, 1 / 8, 2 / 8))
    line = norm * np.cos((2 * place + 1) * frequency * np.pi / 16)
    return np.kron(line, line)


def reach(order: Order, basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each coefficient beside the mean over half its step, for every flat level."""
    halves = np.minimum(np.array(LUMA_444) / 2, 6)
    raised = np.stack([(order < count) - count / 64 for count in RAISED])
    found: NDArray[np.float64] = (np.abs(raised @ basis.T) / halves)[:, 1:]
    return found


def annealed(seed: int) -> Order:
    """The best order that one run of annealing comes to."""
    dice, basis = np.random.default_rng(seed), patterns()

    def cost(order: Order) -> float:
        return float((reach(order, basis) ** 6).sum() ** (1 / 6))

    order = dice.permutation(64)
    now, heat = cost(order), HOTTEST
    for _ in range(TURNS):
        one, other = dice.integers(64, size=2)
        if one == other:
            continue
        order[one], order[other] = order[other], order[one]
        then = cost(order)
        if then < now or dice.random() < np.exp((now - then) / heat):
            now = then
        else:
            order[one], order[other] = order[other], order[one]
        heat = max(COLDEST, heat * COOLING)
    return order


def main() -> int:
    """Anneal, and print the order and how near it comes to half a step."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    order = annealed(parser.parse_args().seed)
    for row in order.reshape(8, 8):
        print("    " + ", ".join(f"{place:2}" for place in row) + ",")
    print(f"at most {reach(order, patterns()).max():.2f} of half a step at scale 1")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
