"""The search: the best-looking JPEG of a picture that is not a byte over its limit.

Plain encodes, at a fifth of the cost, say where on the scale the budget lies. Where the budget
binds, the picture is then coded as planes made for one another (see ``luma``). Finished encodes
close in on the limit, and what is returned is always a measured length. Resolution is given up only
where the estimate says that it helps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from photoprep.errors import CannotFitError
from photoprep.photo.detail import red_detail, resolution_loss
from photoprep.photo.encode import Wrapping, encode_finished, encode_plain
from photoprep.photo.planes import Planes, planes_of
from photoprep.photo.quality import (
    COARSEST_STEP,
    FINEST_STEP,
    PROBE_STEP,
    STEPS_PER_OCTAVE,
    USUAL_SLOPE,
    ChromaSubsampling,
    QualityCurve,
    coding_loss,
    log2_bits,
    quality_of,
    slope_between,
)
from photoprep.photo.search import (
    ceiling_step,
    chroma_for,
    finished_bytes,
    next_step,
    steps_to,
    table_and_dead_zone,
)
from photoprep.photo.task import EncodedJpeg
from photoprep.preset import PhotoSpec
from photoprep.units import density_dpi, longest_side_px, say_bytes, scaled_size_px

_NEAR_STEPS = STEPS_PER_OCTAVE // 8
# Where 4:4:4 lands here, which subsampling wins is a question; before, 4:4:4 does, beyond 4:2:0.
_CHROMA_STEPS = range(-80, 360)
# A smaller picture looked better in none of 129 comparisons (51 photos, 48 to 200 kB) above this.
_ENOUGH_BITS_PER_PIXEL = 0.55
_MOST_FINISHED = 16
_AIM, _NEAR = 993, 985  # thousandths of the limit


class Renders(Protocol):
    """A picture that can be had at any size."""

    def __call__(self, size_px: tuple[int, int], /) -> Image.Image:
        """Return the picture in sRGB, mode RGB, at that size; it costs a resize."""


def _within(step: int, finest: int) -> int:
    return max(finest, min(COARSEST_STEP, step))


@dataclass(frozen=True, slots=True)
class _Plain:
    """A plain encode: its length, and the payload that it lets expect of a finished one."""

    step: int
    chroma: ChromaSubsampling
    length: int
    payload: float


@dataclass(slots=True)
class _Trial:
    """One picture at one size: what has been measured of it, and the best that fits so far."""

    image: Image.Image
    wrapping: Wrapping
    limit_bytes: int
    resolution: float = 0.0
    chroma: ChromaSubsampling = "4:4:4"
    step: int = PROBE_STEP
    data: bytes | None = None
    smallest_bytes: int = 0
    probe_bits: float = 0.0
    budget_binds: bool = False  # more bytes would show
    planes: Planes | None = None
    anchor: int = COARSEST_STEP * 2  # the step whose table was used last; none yet
    plain: list[_Plain] = field(default_factory=list)
    finished: list[tuple[int, float]] = field(default_factory=list)

    @property
    def pixels(self) -> int:
        return self.image.width * self.image.height

    @property
    def encodes(self) -> int:
        return len(self.plain) + len(self.finished)

    @property
    def budget_bytes(self) -> int:
        return max(1, self.limit_bytes - self.wrapping.overhead_bytes)

    def share_of_limit(self, thousandths: int) -> float:
        """The payload at so much of the limit."""
        return self.limit_bytes * thousandths / 1000 - self.wrapping.overhead_bytes

    @property
    def has_bits_enough(self) -> bool:
        """Whether there are so many bits for a pixel that fewer pixels cannot look better."""
        return self.budget_bytes * 8 >= self.pixels * _ENOUGH_BITS_PER_PIXEL

    @property
    def quality(self) -> float:
        """The estimate for what fits, or for where the search stands."""
        payload = float(self.budget_bytes)
        if self.data is not None:
            payload = max(1, len(self.data) - self.wrapping.overhead_bytes)
        return self.quality_for(self.step, payload)

    def quality_for(self, step: int, payload: float) -> float:
        """The estimate for a step and the bytes that it led to."""
        loss = coding_loss(step, self.chroma, payload, self.pixels, self.probe_bits)
        return quality_of(loss, self.resolution)

    def measure(self, step: int, chroma: ChromaSubsampling) -> float:
        """The bytes that a finished encode would have, reckoned from a plain one."""
        return self._reckon(step, chroma, len(encode_plain(self.image, step, chroma)))

    def make_planes(self, step: int) -> float:
        """Turn to planes, their chroma coded at ``step``; returns what ``measure`` does."""
        self.planes = planes_of(self.image, step, self.chroma)
        return self._reckon(step, self.chroma, self.planes.plain_bytes)

    def _reckon(self, step: int, chroma: ChromaSubsampling, plain_bytes: int) -> float:
        if not self.plain:
            self.probe_bits = log2_bits(plain_bytes, self.pixels)
        payload = finished_bytes(plain_bytes, step, chroma, self.pixels, self.probe_bits)
        self.plain.append(_Plain(step, chroma, plain_bytes, payload))
        return payload

    def finish(self, step: int) -> float:
        """Encode as it will be sent, keep it if it is the best that fits; returns its payload."""
        data = self._encoded(step)
        length = len(data) if data is not None else 4 * self.pixels + self.limit_bytes
        self.smallest_bytes = min(self.smallest_bytes or length, length)
        if data is not None and length <= self.limit_bytes and length > len(self.data or b""):
            self.data, self.step = data, step
        payload = float(length - self.wrapping.overhead_bytes)
        self.finished.append((step, payload))
        return payload

    def _encoded(self, step: int) -> bytes | None:
        if self.planes is None:
            return encode_finished(self.image, step, self.chroma, self.wrapping)
        self.anchor, dead_zone = table_and_dead_zone(step, self.anchor)
        return encode_finished(
            self.planes.at(self.anchor, dead_zone),
            self.anchor,
            self.chroma,
            self.wrapping,
            chroma_step=self.planes.chroma_step,
        )

    def reckoned(self) -> list[tuple[int, float]]:
        """What plain encodes of this subsampling let expect, (step, payload)."""
        return [(each.step, each.payload) for each in self.plain if each.chroma == self.chroma]

    def slope(self) -> float:
        """How fast bytes fall where the search stands, from its last two encodes of a kind."""
        plain = [(each.step, float(each.length)) for each in self.plain if each.chroma == "4:4:4"]
        for measured in (self.finished, plain):
            if len(measured) > 1 and measured[-1][0] != measured[-2][0]:
                return slope_between(measured[-2], measured[-1])
        return USUAL_SLOPE

    def curve(self) -> QualityCurve:
        """Bytes against quality, from all that was measured of this subsampling."""
        falling: list[tuple[int, float]] = []
        for step, payload in sorted((dict(self.reckoned()) | dict(self.finished)).items()):
            if not falling or payload < falling[-1][1]:
                falling.append((step, payload))
        return QualityCurve(
            self.chroma,
            self.pixels,
            self.probe_bits,
            self.wrapping.overhead_bytes,
            self.resolution,
            tuple(falling),
        )


def fit_jpeg(
    render: Renders,
    source_size_px: tuple[int, int],
    spec: PhotoSpec,
    *,
    icc_profile: bytes = b"",
    exif: bytes = b"",
) -> EncodedJpeg:
    """Encode a picture as well as ``spec`` allows, in at most ``spec.max_bytes`` bytes.

    At least 98.5% of the bytes are used, unless the picture reaches ``spec.enough_quality``
    before. The size is the largest allowed; a smaller one, down to ``spec.dpi_min``, is taken when
    the quality is below ``spec.good_quality``, there is less than 0.55 bit for a pixel, and the
    smaller picture is reckoned to look better at the larger size. Pictures are never enlarged, and
    the same input gives the same bytes.

    Raises:
        CannotFitError: no allowed size fits, or none does with ``spec.min_quality``.

    """
    trials: list[_Trial] = []
    for size_px in allowed_sizes_px(source_size_px, spec):
        image = render(size_px)
        lost = resolution_loss(trials[0].image, image) if trials else 0.0
        wrapping = _wrapping(size_px, spec, icc_profile, exif)
        trials.append(_Trial(image, wrapping, spec.max_bytes, lost))
        _locate(trials[-1], spec.enough_quality)
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

    ``image`` is what was encoded, not the JPEG decoded again. What the fit measured says where to
    look, so that one or two encodes are enough; ``jpeg.curve`` tells the quality beforehand.

    Raises:
        CannotFitError: it does not fit at this size.

    """
    wrapping = Wrapping(jpeg.dpi, icc_profile, exif)
    trial = _Trial(image, wrapping, max_bytes, jpeg.curve.resolution_loss)
    trial.chroma, trial.probe_bits = jpeg.chroma_subsampling, jpeg.curve.probe_bits
    trial.finished = list(jpeg.curve.lengths)
    known = len(trial.finished)
    trial.step = _within(jpeg.curve.step_for(max_bytes * _AIM // 1000), FINEST_STEP)
    trial.planes = planes_of(image, trial.step, trial.chroma)
    _close_in(trial, enough_quality=100)
    if trial.data is None:
        raise CannotFitError(
            f"The picture cannot be brought within {say_bytes(max_bytes)} at this size: the "
            f"smallest version still has {trial.smallest_bytes} bytes.",
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


def _encoded(trial: _Trial, data: bytes, encodes: int) -> EncodedJpeg:
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


def _locate(trial: _Trial, enough_quality: int) -> None:
    """Say by plain encodes which subsampling is best and about where the budget lies."""
    aim = trial.share_of_limit(_AIM)
    payload = trial.measure(PROBE_STEP, "4:4:4")
    # Finer than the ceiling is of no interest, and the dearest to try.
    finest = ceiling_step(trial.curve(), enough_quality)
    step = _within(PROBE_STEP + steps_to(payload, aim), finest)
    if step >= _CHROMA_STEPS.start:
        detail = red_detail(trial.image) if step in _CHROMA_STEPS else 0.0
        trial.chroma = chroma_for(step, detail)
    # Where the budget binds, planes are made next, which tell the same; but to choose between
    # sizes, or to stop at the ceiling, one must know more.
    trial.budget_binds = step > finest
    known = trial.budget_binds and trial.has_bits_enough
    if not known and (abs(step - PROBE_STEP) > _NEAR_STEPS or trial.chroma != "4:4:4"):
        payload = trial.measure(step, trial.chroma)
        finest = ceiling_step(trial.curve(), enough_quality)
        step += steps_to(payload, aim, trial.slope())
        trial.budget_binds = step > finest
    trial.step = _within(step, finest)


def _turn_to_planes(trial: _Trial, enough_quality: int) -> None:
    payload = trial.make_planes(trial.step)
    step = trial.step + steps_to(payload, trial.share_of_limit(_AIM), trial.slope())
    trial.step = _within(step, ceiling_step(trial.curve(), enough_quality))


def _close_in(trial: _Trial, enough_quality: int) -> None:
    """Make finished encodes, nearer and nearer to the limit, until one is near enough.

    Or until one is as good as shows. The length is not strictly monotone, so that the best one is
    kept and not the last.
    """
    low, high = FINEST_STEP - 1, COARSEST_STEP + 1
    if trial.planes is None and trial.budget_binds:
        _turn_to_planes(trial, enough_quality)
    step = trial.step
    for turn in range(_MOST_FINISHED):
        payload = trial.finish(step)
        if payload <= trial.budget_bytes:
            high = step
            is_near = payload >= trial.share_of_limit(_NEAR)
            if is_near or trial.curve().is_enough_at(step, enough_quality):
                return
        elif trial.planes is None:  # the ceiling lies beyond the budget after all
            _turn_to_planes(trial, enough_quality)
            step = trial.step
            continue
        else:
            low = step
        if high - low <= 1:
            return
        step += steps_to(payload, trial.share_of_limit(_AIM), trial.slope())
        step = max(step, ceiling_step(trial.curve(), enough_quality))
        step = next_step(step, low, high, turn)


def _cannot_fit(trial: _Trial, spec: PhotoSpec) -> CannotFitError:
    """Say how small it became, and what in the preset would help."""
    if trial.data is None:
        smallest = trial.smallest_bytes
        what = f"the smallest version still has {smallest} bytes"
    else:
        smallest = _bytes_worth_showing(trial, spec)
        what = f"the smallest version that still shows the product has {smallest} bytes"
    return CannotFitError(
        f"The picture cannot be brought within {say_bytes(spec.max_bytes)} at "
        f"{float(spec.longest_side_cm):g} cm and {trial.wrapping.dpi} DPI: {what}.",
        smallest_bytes=smallest,
        hint="Raise max_bytes, or lower longest_side, dpi_min or min_quality under [photo] "
        "in the preset.",
    )


def _bytes_worth_showing(trial: _Trial, spec: PhotoSpec) -> int:
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
