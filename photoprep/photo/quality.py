"""How good a JPEG looks, estimated in microseconds, and what its picture would be at other bytes.

Arithmetic alone: the estimates work on lengths and scales. What has to look at a picture for them
is in ``detail``.

Losses are on the scale of SSIMULACRA2 before its last line, score = 100 - 10 · loss^0.6276: there
they add up; scores don't.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

ChromaSubsampling = Literal["4:4:4", "4:2:0"]

STEPS_PER_OCTAVE = 256
# Scale 1/16 gives steps of 1 nearly everywhere, scale 512 nothing but 255: beyond is nothing.
FINEST_STEP = -4 * STEPS_PER_OCTAVE
COARSEST_STEP = 9 * STEPS_PER_OCTAVE

# Bytes fall as scale^-0.58 in the mean of 51 photos (standard deviation 0.12).
USUAL_SLOPE = 0.58

# The step of a search's first encode, from which the estimates reckon.
PROBE_STEP = -20

CEILING_MARGIN = 0.5
# A photo all sky and soft focus (one of 51) takes so much for SSIMULACRA2 to say 95.
_AMPLE_BITS_PER_PIXEL, _FINE_STEP = 1.2, -480

_LOSS_POWER = 0.6276336467831387


def coding_loss(
    step: int,
    chroma: ChromaSubsampling,
    payload_bytes: float,
    pixels: int,
    probe_bits: float,
) -> float:
    """Estimate the loss from the scale of the tables and the bits a pixel that it led to.

    A busy picture hides more of the same scale, and its bits a pixel say how busy it is:
    ``probe_bits`` at the scale that every search begins with, and those of ``payload_bytes`` at
    ``step``. ``benchmarks/fit_estimates.py`` fits the numbers and says how far they are off.
    """
    halved = 1.0 if chroma == "4:2:0" else 0.0
    octaves, bits = step / STEPS_PER_OCTAVE, log2_bits(payload_bytes, pixels)
    # How many more bits than usual a finer scale took. Where they rise slowly it shows more.
    busier = max(-0.5, min(0.05, bits - probe_bits + USUAL_SLOPE * octaves))
    # Finer than this the parabola would turn, and say that finer is worse.
    turns = -(0.4360 + 0.4529 * USUAL_SLOPE - 1.4322 * busier) / (2 * 0.3161)
    finest = max(-1.5, min(0.0, turns))
    bits += USUAL_SLOPE * min(0.0, octaves - finest)
    octaves = max(finest, octaves)
    finer = min(octaves, 0.0)
    return math.exp(
        -0.6537
        + 0.4360 * octaves
        + 0.3161 * finer**2
        - 1.4322 * finer * busier
        - 0.0134 * halved
        - 0.0365 * halved * octaves
        - 0.4529 * bits
        + 0.7095 * probe_bits
    )


def log2_bits(size_bytes: float, pixels: int) -> float:
    """The binary logarithm of the bits a pixel, kept where photos are."""
    return math.log2(max(0.02, min(12.0, size_bytes * 8 / pixels)))


def quality_of(coding: float, resolution: float = 0.0) -> float:
    """The quality, 0–100 to 0.1, that the losses of coding and of resolution add up to.

    The weights of the two (1.22 and 0.91) are fitted on 350 pictures encoded at 680 px and shown
    at 944 px: mean absolute error 0.9 points with both losses measured, worst 8.3.
    """
    return round(_score(coding, resolution), 1)


def _score(coding: float, resolution: float) -> float:
    loss = coding if resolution == 0.0 else 1.22 * coding + 0.91 * resolution
    return max(0.0, 100.0 - 10.0 * math.pow(loss, _LOSS_POWER))


@dataclass(frozen=True, slots=True)
class QualityCurve:
    """What one picture, at one size and chroma subsampling, is at any number of bytes.

    ``lengths`` are (step, payload bytes) as measured, steps rising: the encodes that the fit made
    anyway. Between them bytes fall as a power of the scale, beyond them with the usual slope.
    ``overhead_bytes`` are those of profile, Exif and markers, which no step changes.
    """

    chroma: ChromaSubsampling
    pixels: int
    probe_bits: float
    overhead_bytes: int
    resolution_loss: float
    lengths: tuple[tuple[int, float], ...]

    def bytes_at(self, step: int) -> int:
        """The file's size at a place on the scale."""
        return round(self._payload_at(step)) + self.overhead_bytes

    def step_for(self, size_bytes: int) -> int:
        """The finest step whose size is at most ``size_bytes``."""
        payload = max(1.0, size_bytes - self.overhead_bytes)
        lengths = self.lengths
        at = bisect_left(lengths, -payload, key=lambda each: -each[1])
        near = lengths[min(at, len(lengths) - 1)]
        slope = USUAL_SLOPE
        if 0 < at < len(lengths):
            slope = slope_between(lengths[at - 1], near)
        octaves = math.log2(near[1] / payload) / slope
        return near[0] + math.ceil(octaves * STEPS_PER_OCTAVE)

    def quality_at(self, size_bytes: int) -> float:
        """The quality (0–100) that the picture would have in a file of ``size_bytes``."""
        return self._quality(self.step_for(size_bytes), size_bytes - self.overhead_bytes)

    def thousandths_at(self, size_bytes: int) -> int:
        """``quality_at`` in whole thousandths of a point, to compare sizes that are near."""
        payload = size_bytes - self.overhead_bytes
        loss = self._coding_loss(self.step_for(size_bytes), payload)
        return round(1000 * _score(loss, self.resolution_loss))

    def quality_at_step(self, step: int) -> float:
        """The quality (0–100) at a place on the scale."""
        return self._quality(step, self._payload_at(step))

    def is_enough_at(self, step: int, quality: float) -> bool:
        """Whether more bytes would show nothing: the estimate is within 0.5 of ``quality``.

        Of the smoothest pictures the estimate thinks too well, so that few bits a pixel are
        enough at the finest steps alone.
        """
        if step > _FINE_STEP and not self.is_ample_at(step):
            return False
        return self.quality_at_step(step) >= quality - CEILING_MARGIN

    def is_ample_at(self, step: int) -> bool:
        """Whether there are so many bits for a pixel that the picture is not one of the smoothest.

        On those rounded chroma shows, and of them the estimate thinks too well.
        """
        return self._payload_at(step) * 8 / self.pixels >= _AMPLE_BITS_PER_PIXEL

    def _quality(self, step: int, payload: float) -> float:
        return quality_of(self._coding_loss(step, payload), self.resolution_loss)

    def _coding_loss(self, step: int, payload: float) -> float:
        return coding_loss(step, self.chroma, payload, self.pixels, self.probe_bits)

    def _payload_at(self, step: int) -> float:
        lengths = self.lengths
        at = bisect_left(lengths, step, key=lambda each: each[0])
        near = lengths[min(at, len(lengths) - 1)]
        slope = USUAL_SLOPE
        if 0 < at < len(lengths):
            slope = slope_between(lengths[at - 1], near)
        return float(near[1] * 2.0 ** (-slope * (step - near[0]) / STEPS_PER_OCTAVE))


def slope_between(one: tuple[int, float], other: tuple[int, float]) -> float:
    """The power by which bytes fall with the scale, from two (step, bytes) measured.

    Kept within 0.3…1.2: neighbouring lengths hang more on chance than on the scale.
    """
    octaves = (other[0] - one[0]) / STEPS_PER_OCTAVE
    if octaves == 0:
        return USUAL_SLOPE
    slope = math.log2(max(1.0, one[1]) / max(1.0, other[1])) / octaves
    return max(0.3, min(1.2, slope))
