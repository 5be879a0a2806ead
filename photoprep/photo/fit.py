"""The search: the best-looking JPEG of a picture that is not a byte over its limit.

Two plain encodes say about where on the scale the budget lies, finished ones close in on it; what
is returned is always a measured length. Resolution is given up only where quality needs it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from photoprep.errors import CannotFitError
from photoprep.photo.encode import (
    COARSEST_STEP,
    FINEST_STEP,
    STEPS_PER_OCTAVE,
    ChromaSubsampling,
    EncodedJpeg,
    Wrapping,
    coding_loss,
    encode_finished,
    measure_plain,
    quality_of,
    resolution_loss,
)
from photoprep.preset import PhotoSpec
from photoprep.units import density_dpi, longest_side_px, say_bytes, scaled_size_px

# Above this estimate more bytes show nothing (SSIMULACRA2: 90 is no visible difference).
CEILING_QUALITY = 95.5
# Bytes fall as scale^-0.61 in the mean of 25 photos (standard deviation 0.1).
_USUAL_SLOPE = 0.61
# A finished encode has 0.91 of a plain one's bytes in the mean (standard deviation 0.06).
_FINISHED_PER_PLAIN = 0.91
# Where the budget leads 4:4:4 to a scale above 1.8, 4:2:0 looks better: picking so loses 0.09
# points against always knowing the better of the two; 4:4:4 alone loses 0.41, 4:2:0 alone 0.51.
_COARSE_CHROMA_STEP = 217
_FIRST_STEP = 64
_MOST_FINISHED = 16
_AIM, _ENOUGH = 993, 985  # thousandths of the budget


class Renders(Protocol):
    """A picture that can be had at any size."""

    def __call__(self, size_px: tuple[int, int], /) -> Image.Image:
        """Return the picture in sRGB, mode RGB, at that size; it costs a resize."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The outcome at one size: a JPEG that fits (or None) and what was measured on the way."""

    image: Image.Image
    wrapping: Wrapping
    chroma: ChromaSubsampling
    data: bytes | None
    step: int
    quality: float
    resolution: float
    encodes: int
    smallest_bytes: int


def fit_jpeg(
    render: Renders,
    source_size_px: tuple[int, int],
    spec: PhotoSpec,
    *,
    icc_profile: bytes = b"",
    exif: bytes = b"",
) -> EncodedJpeg:
    """Encode a picture as well as ``spec`` allows, in at most ``spec.max_bytes`` bytes.

    At least 98.5% of the bytes are used, unless the picture reaches ``CEILING_QUALITY`` before.
    The size is the largest allowed; a smaller one, down to ``spec.dpi_min``, is taken when the
    quality is below ``spec.good_quality`` and the smaller picture looks better at the larger
    size. Pictures are never enlarged, and the same input gives the same bytes.

    Raises:
        CannotFitError: no allowed size fits, or none does with ``spec.min_quality``.

    """
    candidates: list[_Candidate] = []
    for size_px in allowed_sizes_px(source_size_px, spec):
        image = render(size_px)
        lost = resolution_loss(candidates[0].image, image) if candidates else 0.0
        candidates.append(_fit_size(image, _wrapping(size_px, spec, icc_profile, exif), spec, lost))
        if candidates[0].data is not None and candidates[0].quality >= spec.good_quality:
            break
    # On a tie the larger picture wins, because max keeps the first.
    best = max(candidates, key=lambda candidate: (candidate.data is not None, candidate.quality))
    if best.data is None or best.quality < spec.min_quality:
        raise _cannot_fit(candidates, best, spec)
    return EncodedJpeg(
        data=best.data,
        width_px=best.image.width,
        height_px=best.image.height,
        dpi=best.wrapping.dpi,
        quality=best.quality,
        chroma_subsampling=best.chroma,
        encodes=sum(candidate.encodes for candidate in candidates),
    )


def allowed_sizes_px(source_size_px: tuple[int, int], spec: PhotoSpec) -> list[tuple[int, int]]:
    """The sizes to try, largest first: at ``dpi_max``, half-way, and at ``dpi_min``."""
    longest = longest_side_px(spec.longest_side_cm, spec.dpi_max)
    shortest = longest_side_px(spec.longest_side_cm, spec.dpi_min)
    sides = (longest, (longest + shortest) // 2, shortest)
    return list(dict.fromkeys(scaled_size_px(source_size_px, max(1, side)) for side in sides))


def steps_to(length_bytes: float, aim_bytes: float, slope: float = _USUAL_SLOPE) -> int:
    """By how many steps to move, for ``length_bytes`` to become about ``aim_bytes``."""
    octaves = math.log2(max(1.0, length_bytes) / max(1.0, aim_bytes)) / slope
    return round(octaves * STEPS_PER_OCTAVE)


def slope_between(one: tuple[int, float], other: tuple[int, float]) -> float:
    """The power by which bytes fall with the scale, from two (step, bytes) measured.

    Kept within 0.45…1.2: neighbouring lengths hang more on chance than on the scale.
    """
    octaves = (other[0] - one[0]) / STEPS_PER_OCTAVE
    if octaves == 0:
        return _USUAL_SLOPE
    slope = math.log2(max(1.0, one[1]) / max(1.0, other[1])) / octaves
    return max(0.45, min(1.2, slope))


def next_step(step: int, wanted: int, low: int, high: int, *, has_fitted: bool) -> int:
    """The step to try next, strictly between ``low`` (too large) and ``high`` (known or no step).

    A proposal outside is no use: then the middle, or the coarsest of all while nothing has fitted.
    """
    if low < wanted < high and wanted != step:
        return wanted
    if wanted >= high and not has_fitted:
        return high - 1
    return (low + high) // 2


def ceiling_step(at_step: int, payload_bytes: float, pixels: int, quality: float) -> int:
    """The finest 4:4:4 step worth taking: where the estimate comes up to ``quality``.

    Bytes at other steps are reckoned from ``payload_bytes`` at ``at_step``.
    """
    low, high = FINEST_STEP, COARSEST_STEP
    while low < high:
        step = (low + high) // 2
        octaves = (step - at_step) / STEPS_PER_OCTAVE
        payload = payload_bytes * 2.0 ** (-octaves * _USUAL_SLOPE)
        if quality_of(coding_loss(step, "4:4:4", payload, pixels)) > quality:
            low = step + 1
        else:
            high = step
    return low


def _wrapping(
    size_px: tuple[int, int], spec: PhotoSpec, icc_profile: bytes, exif: bytes
) -> Wrapping:
    dpi = density_dpi(
        max(size_px), spec.longest_side_cm, dpi_min=spec.dpi_min, dpi_max=spec.dpi_max
    )
    return Wrapping(dpi, icc_profile, exif)


def _fit_size(
    image: Image.Image, wrapping: Wrapping, spec: PhotoSpec, resolution: float
) -> _Candidate:
    """Search at one size: first the place on the scale and the chroma, then the exact bytes."""
    pixels = image.width * image.height
    budget = max(1, spec.max_bytes - wrapping.overhead_bytes)
    step, plain_bytes, plain_encodes = _probe(image, budget)
    finest = ceiling_step(step, plain_bytes * _FINISHED_PER_PLAIN, pixels, CEILING_QUALITY)
    step += steps_to(plain_bytes * _FINISHED_PER_PLAIN, budget * _AIM / 1000)
    chroma: ChromaSubsampling = "4:2:0" if step > _COARSE_CHROMA_STEP else "4:4:4"
    step = max(finest, min(COARSEST_STEP, step))

    data, best_step, encodes, smallest = None, step, plain_encodes, 4 * pixels + spec.max_bytes
    for tried, found in _finished(image, chroma, wrapping, spec.max_bytes, finest, step):
        encodes += 1
        smallest = min(smallest, len(found)) if found is not None else smallest
        fits = found is not None and len(found) <= spec.max_bytes
        if found is not None and fits and (data is None or len(found) > len(data)):
            data, best_step = found, tried
    payload = max(1, len(data or b"") - wrapping.overhead_bytes)
    quality = quality_of(coding_loss(best_step, chroma, payload, pixels), resolution)
    return _Candidate(
        image, wrapping, chroma, data, best_step, quality, resolution, encodes, smallest
    )


def _probe(image: Image.Image, budget_bytes: int) -> tuple[int, int, int]:
    """Measure plainly, again if the first measure is far off; returns step, bytes, encodes."""
    length = measure_plain(image, _FIRST_STEP, "4:4:4")
    wanted = _FIRST_STEP + steps_to(length * _FINISHED_PER_PLAIN, budget_bytes)
    # The ceiling lies about here, so that a finer place is never of interest.
    wanted = max(-STEPS_PER_OCTAVE, min(COARSEST_STEP, wanted))
    if abs(wanted - _FIRST_STEP) <= STEPS_PER_OCTAVE // 4:
        return _FIRST_STEP, length, 1
    return wanted, measure_plain(image, wanted, "4:4:4"), 2


def _finished(
    image: Image.Image,
    chroma: ChromaSubsampling,
    wrapping: Wrapping,
    limit_bytes: int,
    finest: int,
    step: int,
) -> Iterator[tuple[int, bytes | None]]:
    """Yield finished encodes, closing in on the limit, until one is near enough.

    At most ``_MOST_FINISHED``; the length is not strictly monotone, so the caller keeps the best.
    """
    low, high, has_fitted = finest - 1, COARSEST_STEP + 1, False
    overhead = wrapping.overhead_bytes
    aim = limit_bytes * _AIM / 1000 - overhead
    last: tuple[int, float] | None = None
    for turn in range(_MOST_FINISHED):
        data = encode_finished(image, step, chroma, wrapping)
        yield step, data
        length = len(data) if data is not None else 4 * image.width * image.height
        if length <= limit_bytes:
            high, has_fitted = step, True
            if length * 1000 >= limit_bytes * _ENOUGH:
                return
        else:
            low = step
        if high - low <= 1:
            return
        here = (step, float(length - overhead))
        slope = slope_between(last, here) if last is not None else _USUAL_SLOPE
        # Where reckoning has not helped by half-way, halving certainly does.
        wanted = step + steps_to(here[1], aim, slope) if turn < _MOST_FINISHED // 2 else step
        last = here
        step = next_step(step, wanted, low, high, has_fitted=has_fitted)


def _cannot_fit(candidates: list[_Candidate], best: _Candidate, spec: PhotoSpec) -> CannotFitError:
    """Say how small it became, and what in the preset would help."""
    if best.data is None:
        smallest = min(candidate.smallest_bytes for candidate in candidates)
        what = f"the smallest version still has {smallest} bytes"
    else:
        smallest = _bytes_worth_showing(best, spec)
        what = f"the smallest version that still shows the product has {smallest} bytes"
    dpi = candidates[-1].wrapping.dpi
    return CannotFitError(
        f"The picture cannot be brought within {say_bytes(spec.max_bytes)} at "
        f"{float(spec.longest_side_cm):g} cm and {dpi} DPI: {what}.",
        smallest_bytes=smallest,
        hint="Raise max_bytes, or lower longest_side, dpi_min or min_quality under [photo] "
        "in the preset.",
    )


def _bytes_worth_showing(candidate: _Candidate, spec: PhotoSpec) -> int:
    """Measure the picture at about ``min_quality``, which takes more than the limit."""
    pixels = candidate.image.width * candidate.image.height
    smallest = 0
    for step in range(candidate.step, FINEST_STEP - 1, -STEPS_PER_OCTAVE // 2):
        data = encode_finished(candidate.image, step, candidate.chroma, candidate.wrapping)
        if data is None:
            break
        smallest = len(data)
        payload = max(1, smallest - candidate.wrapping.overhead_bytes)
        loss = coding_loss(step, candidate.chroma, payload, pixels)
        if smallest > spec.max_bytes and quality_of(loss, candidate.resolution) >= spec.min_quality:
            break
    return smallest
