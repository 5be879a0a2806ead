"""The search: the best-looking JPEG of a picture that is not a byte over its limit.

Plain encodes, at a fifth of the cost, say where on the scale the budget lies. Where the budget
binds, the picture is then coded as planes made for one another (see ``luma``). Finished encodes
close in on the limit, and what is returned is always a measured length. Resolution is given up only
where the estimate says that it helps.
"""

from __future__ import annotations

import math
from typing import Protocol

from PIL import Image

from photoprep.errors import CannotFitError
from photoprep.language import say
from photoprep.photo.bands import in_bands
from photoprep.photo.detail import chroma_detail, resolution_loss
from photoprep.photo.encode import Wrapping, encode_finished
from photoprep.photo.quality import (
    COARSEST_STEP,
    FINEST_STEP,
    PROBE_STEP,
    STEPS_PER_OCTAVE,
)
from photoprep.photo.search import (
    DEAD_ZONE,
    WIDEST_DEAD_ZONE,
    ceiling_step,
    chroma_for,
    next_step,
    steps_to,
)
from photoprep.photo.task import EncodedJpeg
from photoprep.photo.trial import Trial
from photoprep.preset import PhotoSpec
from photoprep.units import density_dpi, longest_side_px, say_bytes, scaled_size_px

_NEAR_STEPS = STEPS_PER_OCTAVE // 8
# Where 4:4:4 lands here, which subsampling wins is a question; before, 4:4:4 does, beyond 4:2:0.
CHROMA_STEPS = range(-190, 160)
_MOST_LOCATING, _MOST_FORETELLING, _MOST_ZONES, _MOST_FINISHED = 3, 5, 3, 16
# A version for a mail aims nearer: what it leaves unused no picture has (0.7 encodes more).
_SMALLER_AIM, _SMALLER_NEAR = 999, 996  # thousandths of the limit, as in ``Trial``
# How near to the aim a foretold length must come, as logarithms: the dead zone can make good for so
# much; where there is none, it must come into what is near enough.
_REACH, _ROUNDED_REACH = (-0.007, 0.02), (-0.0075, 0.0025)


class Renders(Protocol):
    """A picture that can be had at any size."""

    def __call__(self, size_px: tuple[int, int], /) -> Image.Image:
        """Return the picture in sRGB, mode RGB, at that size; it costs a resize."""


def _within(step: int, finest: int) -> int:
    return max(finest, min(COARSEST_STEP, step))


def fit_jpeg(
    render: Renders,
    source_size_px: tuple[int, int],
    spec: PhotoSpec,
    *,
    icc_profile: bytes = b"",
    exif: bytes = b"",
    whole_chroma: bool = False,
) -> EncodedJpeg:
    """Encode a picture as well as ``spec`` allows, in at most ``spec.max_bytes`` bytes.

    At least 98.5% of the bytes are used, unless the picture reaches ``spec.enough_quality``
    before. The size is the largest allowed; a smaller one, down to ``spec.dpi_min``, is taken when
    the quality is below ``spec.good_quality``, there is less than 0.55 bit for a pixel, and the
    smaller picture is reckoned to look better at the larger size. Pictures are never enlarged, and
    the same input gives the same bytes. ``whole_chroma`` keeps to 4:4:4 whatever the bytes, for
    pictures with coloured text and lines: which subsampling looks better was fitted on photos.

    Raises:
        CannotFitError: no allowed size fits, or none does with ``spec.min_quality``.

    """
    trials: list[Trial] = []
    for size_px in allowed_sizes_px(source_size_px, spec):
        image = render(size_px)
        lost = resolution_loss(trials[0].image, image) if trials else 0.0
        wrapping = _wrapping(size_px, spec, icc_profile, exif)
        trials.append(Trial(image, wrapping, spec.max_bytes, in_bands(image), lost))
        _locate(trials[-1], spec.enough_quality, whole_chroma=whole_chroma)
        if trials[0].quality >= spec.good_quality or trials[0].has_bits_enough:
            break
    # On a tie the larger picture wins, because max keeps the first.
    best = max(trials, key=lambda trial: trial.quality)
    _close_in(best, spec.enough_quality)
    if best.data is None and best is not trials[-1]:
        best = trials[-1]
        _close_in(best, spec.enough_quality)
    if best.data is None or best.quality < spec.min_quality:
        raise _cannot_fit(best, spec)
    return _encoded(best, best.data, sum(trial.encodes for trial in trials))


def smaller_jpeg(
    image: Image.Image,
    jpeg: EncodedJpeg,
    max_bytes: int,
    *,
    icc_profile: bytes = b"",
    exif: bytes = b"",
) -> EncodedJpeg:
    """The picture that ``jpeg`` shows, at the same size and subsampling, in fewer bytes.

    ``image`` is what was encoded, not the JPEG decoded again; of ``jpeg`` all but its data counts.
    What the fit measured says where to look, so that two or three finished encodes come to 99.6% of
    the bytes; ``jpeg.curve`` tells the quality beforehand.

    Raises:
        CannotFitError: it does not fit at this size.

    """
    wrapping = Wrapping(jpeg.dpi, icc_profile, exif)
    trial = Trial(image, wrapping, max_bytes, in_bands(image), jpeg.curve.resolution_loss)
    trial.chroma, trial.probe_bits = jpeg.chroma_subsampling, jpeg.curve.probe_bits
    trial.aim, trial.near = _SMALLER_AIM, _SMALLER_NEAR
    trial.finished = list(jpeg.curve.lengths)
    known = len(trial.finished)
    trial.step = _within(jpeg.curve.step_for(max_bytes * trial.aim // 1000), FINEST_STEP)
    trial.budget_binds = True
    _close_in(trial, enough_quality=100)
    if trial.data is None:
        raise CannotFitError(
            say(
                "The picture cannot be brought within {size} at this size: the "
                "smallest version still has {smallest_bytes} bytes.",
                size=say_bytes(max_bytes),
                smallest_bytes=trial.smallest_bytes,
            ),
            smallest_bytes=trial.smallest_bytes,
        )
    return _encoded(trial, trial.data, trial.encodes - known)


def allowed_sizes_px(source_size_px: tuple[int, int], spec: PhotoSpec) -> list[tuple[int, int]]:
    """The sizes to try, largest first: at ``dpi_max``, half-way, and at ``dpi_min``."""
    longest = longest_side_px(spec.longest_side_cm, spec.dpi_max)
    shortest = longest_side_px(spec.longest_side_cm, spec.dpi_min)
    sides = (longest, (longest + shortest) // 2, shortest)
    return list(dict.fromkeys(scaled_size_px(source_size_px, max(1, side)) for side in sides))


def _wrapping(
    size_px: tuple[int, int], spec: PhotoSpec, icc_profile: bytes, exif: bytes
) -> Wrapping:
    dpi = density_dpi(
        max(size_px), spec.longest_side_cm, dpi_min=spec.dpi_min, dpi_max=spec.dpi_max
    )
    return Wrapping(dpi, icc_profile, exif)


def _encoded(trial: Trial, data: bytes, encodes: int) -> EncodedJpeg:
    return EncodedJpeg(
        data=data,
        width_px=trial.image.width,
        height_px=trial.image.height,
        dpi=trial.wrapping.dpi,
        quality=trial.quality,
        chroma_subsampling=trial.chroma,
        encodes=encodes,
        step=trial.step,
        curve=trial.curve(),
    )


def _locate(trial: Trial, enough_quality: int, *, whole_chroma: bool) -> None:
    """Say by plain encodes of bands which subsampling is best and about where the budget lies."""
    aim = trial.share_of_limit(trial.aim)
    payload = trial.measure(PROBE_STEP, "4:4:4")
    # Finer than the ceiling is of no interest, and the dearest to try.
    finest = ceiling_step(trial.curve(), enough_quality)
    step, measured = _within(PROBE_STEP + steps_to(payload, aim), finest), PROBE_STEP
    if step >= CHROMA_STEPS.start and not whole_chroma:
        detail = chroma_detail(trial.sample) if step in CHROMA_STEPS else 0.0
        trial.chroma = chroma_for(step, detail)
        measured = PROBE_STEP if trial.chroma == "4:4:4" else COARSEST_STEP * 2
    for _ in range(_MOST_LOCATING):
        if abs(step - measured) <= _NEAR_STEPS:
            break
        payload, measured = trial.measure(step, trial.chroma), step
        finest = ceiling_step(trial.curve(), enough_quality)
        step = _within(step + steps_to(payload, aim, trial.slope()), finest)
    trial.step, trial.budget_binds = step, step > finest


def _close_in(trial: Trial, enough_quality: int) -> None:
    """Make finished encodes until one is near enough to the limit, or as good as shows."""
    if not trial.budget_binds:
        if not trial.curve().is_ample_at(trial.step):
            trial.make_planes()
        payload = trial.finish(trial.step)
        if payload <= trial.budget_bytes:
            return
        # The ceiling lies beyond the budget after all.
        trial.step += steps_to(payload, trial.share_of_limit(trial.aim), trial.slope())
    bands = trial.make_planes()
    step = _foretold_step(trial, _ROUNDED_REACH if bands.is_rounded else _REACH)
    if bands.is_rounded:
        _met_by_step(trial, step, enough_quality)
    elif not _met_by_dead_zone(trial, step, enough_quality):
        payload = trial.finished[-1][1]
        step += steps_to(payload, trial.share_of_limit(trial.aim), trial.slope())
        _met_by_step(trial, step, enough_quality)


def _foretold_step(trial: Trial, reach: tuple[float, float]) -> int:
    """The step whose length, foretold from bands, is near the aim: within ``reach`` (logarithms).

    Or the one that comes nearest to that, of those tried.
    """
    aim, step = trial.share_of_limit(trial.aim), _within(trial.step, FINEST_STEP)
    least, most = reach

    def beyond(told: tuple[int, float]) -> float:
        off = math.log(told[1] / aim)
        return round(max(least - off, off - most), 4)

    for _ in range(_MOST_FORETELLING):
        payload = trial.foretell(step)
        if beyond((step, payload)) <= 0:
            return step
        step = _within(step + steps_to(payload, aim, trial.slope()), FINEST_STEP)
    return min(trial.foretold, key=beyond)[0]


def _met_by_dead_zone(trial: Trial, step: int, enough_quality: int) -> bool:
    """Meet the length with the dead zone, the table at ``step``; returns whether it is near."""
    aim, dead_zone = trial.share_of_limit(trial.aim), DEAD_ZONE
    payload = dict(trial.foretold)[step]
    for _ in range(_MOST_ZONES):
        dead_zone = trial.dead_zone_for(step, dead_zone, payload, aim)
        payload = trial.finish(step, dead_zone)
        if _is_met(trial, step, payload, enough_quality):
            return True
        if not 0 < dead_zone < WIDEST_DEAD_ZONE:
            break
    return False


def _met_by_step(trial: Trial, step: int, enough_quality: int) -> None:
    """Close in on the limit from ``step`` by the scale of the tables, whatever the picture.

    The length is not strictly monotone, so that the best one is kept and not the last.
    """
    low, high = FINEST_STEP - 1, COARSEST_STEP + 1
    step = _within(step, FINEST_STEP)
    for turn in range(_MOST_FINISHED):
        payload = trial.finish(step)
        if _is_met(trial, step, payload, enough_quality):
            return
        low, high = (low, step) if payload <= trial.budget_bytes else (step, high)
        if high - low <= 1:
            return
        step += steps_to(payload, trial.share_of_limit(trial.aim), trial.slope())
        step = max(step, ceiling_step(trial.curve(), enough_quality))
        step = next_step(step, low, high, turn)


def _is_met(trial: Trial, step: int, payload: float, enough_quality: int) -> bool:
    """Whether a payload fits, and is near the limit or as good as shows."""
    if payload > trial.budget_bytes:
        return False
    is_near = payload >= trial.share_of_limit(trial.near)
    return is_near or trial.curve().is_enough_at(step, enough_quality)


def _cannot_fit(trial: Trial, spec: PhotoSpec) -> CannotFitError:
    """Say how small it became, and what in the preset would help."""
    if trial.data is None:
        smallest = trial.smallest_bytes
        what = say("the smallest version still has {smallest} bytes", smallest=smallest)
    else:
        smallest = _bytes_worth_showing(trial, spec)
        what = say(
            "the smallest version that still shows the product has {smallest} bytes",
            smallest=smallest,
        )
    return CannotFitError(
        say(
            "The picture cannot be brought within {size} at "
            "{longest_side_cm:g} cm and {dpi} DPI: {what}.",
            size=say_bytes(spec.max_bytes),
            longest_side_cm=float(spec.longest_side_cm),
            dpi=trial.wrapping.dpi,
            what=what,
        ),
        smallest_bytes=smallest,
        hint=say(
            "Raise max_bytes, or lower longest_side, dpi_min or min_quality under [photo] "
            "in the preset."
        ),
    )


def _bytes_worth_showing(trial: Trial, spec: PhotoSpec) -> int:
    """Measure the picture at about ``min_quality``, which takes more than the limit."""
    smallest = 0
    for step in range(trial.step, FINEST_STEP - 1, -STEPS_PER_OCTAVE // 2):
        data = encode_finished(trial.image, step, trial.chroma, trial.wrapping)
        if data is None:
            break
        smallest = len(data)
        payload = max(1, smallest - trial.wrapping.overhead_bytes)
        enough = trial.quality_for(step, payload) >= spec.min_quality
        if smallest > spec.max_bytes and enough:
            break
    return smallest
