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

# A plain JPEG's markers and standard Huffman tables.
PLAIN_OVERHEAD_BYTES = 600

# Values of the luma move this much towards zero before they are rounded: bytes saved where least is
# lost. From 0.05 to 0.10 it makes no difference of 0.02 points of SSIMULACRA2; nor does it help to
# widen it in busy blocks. Between the widest and none it moves the length by 7% or so, and evenly,
# where the whole numbers in tables stall and jump.
DEAD_ZONE, WIDEST_DEAD_ZONE = 0.07, 0.18


# Finer than this, where the lowest frequencies are kept to a level, a rounded luma that libjpeg
# quantises by itself looks better than one quantised beforehand: 0.1 to 0.3 points on 8 of 11
# photos at 200 and 144 kB. Coarser, it looks worse on all.
_FINE_STEP = -200


def is_fine(step: int) -> bool:
    """Whether luma is given to libjpeg rounded to whole levels, and without a dead zone."""
    return step < _FINE_STEP


def steps_to(length_bytes: float, aim_bytes: float, slope: float = USUAL_SLOPE) -> int:
    """By how many steps to move, for ``length_bytes`` to become about ``aim_bytes``."""
    octaves = math.log2(max(1.0, length_bytes) / max(1.0, aim_bytes)) / slope
    return round(octaves * STEPS_PER_OCTAVE)


def nonzero_ratio(
    payload_bytes: float,
    aim_bytes: float,
    step: int,
    chroma: ChromaSubsampling,
    nonzero: float,
    pixels: int,
) -> float:
    """By what to multiply the luma's coefficients that are not zero, to come to ``aim_bytes``.

    ``nonzero`` is their share of all. A percent of them is 0.2 to 0.5% of the file, by a formula
    fitted on 2,354 pairs of encodes of 51 photos with dead zones 0.04 apart: off by a tenth.
    """
    share = math.log2(max(0.001, nonzero))
    effect = (
        0.8171
        + 0.0386 * step / STEPS_PER_OCTAVE
        + (0.0151 if chroma == "4:2:0" else 0.0)
        + 0.1444 * share
        - 0.1593 * log2_bits(payload_bytes, pixels)
    )
    wanted = math.log(max(1.0, aim_bytes) / max(1.0, payload_bytes))
    return math.exp(max(-1.0, min(1.0, wanted / max(0.15, effect))))


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

    Progressive, optimised and with a dead zone saves 6–15%, more where there is less.
    ``probe_bits`` as for ``quality.coding_loss``. Fitted by ``benchmarks/fit_estimates.py``; off
    by 2.5% in the mean on photos left out of the fit.
    """
    plain_payload = max(1.0, plain_bytes - PLAIN_OVERHEAD_BYTES)
    octaves = step / STEPS_PER_OCTAVE
    halved = 1.0 if chroma == "4:2:0" else 0.0
    bits = log2_bits(plain_bytes, pixels)
    octaves_saved = (
        -0.2109
        - 0.0118 * octaves
        - 0.0023 * octaves**2
        + 0.0601 * bits
        - 0.0282 * bits**2
        - 0.0173 * octaves * bits
        + 0.0265 * halved
        - 0.0287 * halved * bits
        + 0.0434 * probe_bits
    )
    return float(plain_payload * 2.0 ** max(-0.4, min(0.0, octaves_saved)))


def chroma_for(step: int, chroma_detail: float) -> ChromaSubsampling:
    """The subsampling that looks better where the budget leads 4:4:4 to ``step``.

    ``chroma_detail`` is the mean square of what halving takes. Fitted on 98 pairs of photo and
    budget for the difference in SSIMULACRA2: right for 91% of the photos left out of the fit. All
    wrong picks together cost 0.02 points in the mean, against 0.03 by the step alone, 0.14 for
    4:2:0 always and 0.40 for 4:4:4 always. (On 132 pairs with smaller budgets among them: 89%,
    0.013, 0.09 and 0.71.)
    """
    octaves, detail = step / STEPS_PER_OCTAVE, math.log(chroma_detail + 0.1)
    # Rounded, so that no machine's last digit tips the choice.
    return "4:2:0" if round(0.107 + 0.519 * octaves - 0.110 * detail, 3) > 0 else "4:4:4"


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
