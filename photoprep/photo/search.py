"""Where on the scale to look next: the arithmetic of the search, without a picture."""

from __future__ import annotations

import math

from photoprep.photo.quality import (
    CEILING_MARGIN,
    COARSEST_STEP,
    FINEST_STEP,
    STEPS_PER_OCTAVE,
    USUAL_SLOPE,
    ChromaSubsampling,
    QualityCurve,
    log2_bits,
)

_RECKONED_TURNS = 8

# Values of the luma move this much towards zero before they are rounded: bytes saved where least is
# lost. From 0.05 to 0.10 it makes no difference of 0.02 points of SSIMULACRA2; nor does it help to
# widen it in busy blocks.
DEAD_ZONE = 0.07
# Near a table that was tried the dead zone sets the length: it moves it evenly, where the whole
# numbers in tables stall and jump. One step is worth so much of it; from 0.03 to 0.11.
_DEAD_ZONE_A_STEP = 0.0015
_EVEN_STEPS = 26

# A plain JPEG's markers and standard Huffman tables.
PLAIN_OVERHEAD_BYTES = 600


def steps_to(length_bytes: float, aim_bytes: float, slope: float = USUAL_SLOPE) -> int:
    """By how many steps to move, for ``length_bytes`` to become about ``aim_bytes``."""
    octaves = math.log2(max(1.0, length_bytes) / max(1.0, aim_bytes)) / slope
    return round(octaves * STEPS_PER_OCTAVE)


def step_between(one: tuple[int, float], other: tuple[int, float], aim_bytes: float) -> int:
    """The step for ``aim_bytes``, from two (step, bytes): between them, or beyond the second."""
    fall = math.log(max(1.0, one[1]) / max(1.0, other[1]))
    wanted = math.log(max(1.0, one[1]) / max(1.0, aim_bytes))
    if fall and 0.0 <= wanted / fall <= 1.0:
        return one[0] + round((other[0] - one[0]) * wanted / fall)
    return other[0] + steps_to(other[1], aim_bytes)


def table_and_dead_zone(step: int, anchor: int) -> tuple[int, float]:
    """How a step is coded: near the ``anchor`` with its table and another dead zone."""
    if abs(step - anchor) > _EVEN_STEPS:
        return step, DEAD_ZONE
    return anchor, DEAD_ZONE + _DEAD_ZONE_A_STEP * (step - anchor)


def next_step(wanted: int, low: int, high: int, turn: int) -> int:
    """The step to try next, strictly between ``low`` (too large) and ``high`` (known).

    A proposal outside is taken back to the edge, further from it with every turn: lengths stall
    and jump. Where eight turns have not helped, halving certainly does.
    """
    least, most = low + 2**turn, high - 2**turn
    if turn >= _RECKONED_TURNS or least > most:
        return (low + high) // 2
    return int(max(least, min(most, wanted)))


def finished_bytes(
    plain_bytes: float, step: int, chroma: ChromaSubsampling, pixels: int, probe_bits: float
) -> float:
    """The payload of a finished encode, reckoned from a plain one of the same step.

    Progressive and optimised saves 3–15%, more where there is less. ``probe_bits`` as for
    ``quality.coding_loss``. Fitted by ``benchmarks/fit_estimates.py``; off by 1.8% in the mean on
    photos left out of the fit, and much the same for all encodes of one photo.
    """
    plain_payload = max(1.0, plain_bytes - PLAIN_OVERHEAD_BYTES)
    octaves = step / STEPS_PER_OCTAVE
    halved = 1.0 if chroma == "4:2:0" else 0.0
    bits = log2_bits(plain_bytes, pixels)
    octaves_saved = (
        -0.1590
        - 0.0072 * octaves
        - 0.0091 * octaves**2
        + 0.0410 * bits
        - 0.0405 * bits**2
        - 0.0213 * octaves * bits
        + 0.0262 * halved
        - 0.0402 * halved * bits
        + 0.0774 * probe_bits
    )
    return float(plain_payload * 2.0 ** max(-0.4, min(0.0, octaves_saved)))


def chroma_for(step: int, red_detail: float) -> ChromaSubsampling:
    """The subsampling that looks better where the budget leads 4:4:4 to ``step``.

    ``red_detail`` is the mean square of what halving takes from Cr. Fitted on 100 pairs of photo
    and budget for the difference in SSIMULACRA2: right for 91% of the photos left out of the fit.
    All wrong picks together cost 0.02 points in the mean, against 0.10 by the step alone, 0.14
    for 4:2:0 always and 0.82 for 4:4:4 always.
    """
    octaves, detail = step / STEPS_PER_OCTAVE, math.log(red_detail + 0.05)
    # Rounded, so that no machine's last digit tips the choice.
    return "4:2:0" if round(-0.313 + 0.837 * octaves - 0.189 * detail, 3) > 0 else "4:4:4"


def ceiling_step(curve: QualityCurve, quality: float) -> int:
    """The finest step worth taking: about where the estimate comes up to ``quality``.

    Reckoning is off by a little, so that it aims at the middle of the margin.
    """
    low, high = FINEST_STEP, COARSEST_STEP
    while low < high:
        step = (low + high) // 2
        if curve.is_enough_at(step, quality + CEILING_MARGIN):
            low = step + 1
        else:
            high = step
    return low
