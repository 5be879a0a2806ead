"""One picture at one size under trial: what has been measured of it, and the best that fits."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from photoprep.photo.encode import Wrapping, encode_finished, encode_plain
from photoprep.photo.planes import Planes, dead_zone_with, planes_of, share_beyond
from photoprep.photo.quality import (
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
from photoprep.photo.search import DEAD_ZONE, PLAIN_OVERHEAD_BYTES, finished_bytes, nonzero_ratio

# A smaller picture looked better in none of 120 comparisons (51 photos, 48 to 200 kB) above this.
_ENOUGH_BITS_PER_PIXEL = 0.55
# So far from a finished encode its ratio to a plain one still holds.
_NEAR_STEPS = STEPS_PER_OCTAVE // 4


@dataclass(frozen=True, slots=True)
class _Plain:
    """A plain encode: its length, and the payload that it lets expect of a finished one."""

    step: int
    chroma: ChromaSubsampling
    length: float
    payload: float


@dataclass(slots=True)
class Trial:
    """One picture at one size: what has been measured of it, and the best that fits so far.

    A *payload* is what a scale can change of a file's bytes: all but profile, Exif and markers.
    ``aim`` and ``near``, in thousandths of the limit, are where an encode is to land, and what is
    near enough.
    """

    image: Image.Image
    wrapping: Wrapping
    limit_bytes: int
    sample: Image.Image  # the picture in bands
    resolution: float = 0.0
    aim: int = 996
    near: int = 985
    chroma: ChromaSubsampling = "4:4:4"
    step: int = PROBE_STEP
    data: bytes | None = None
    smallest_bytes: int = 0
    probe_bits: float = 0.0
    budget_binds: bool = False  # more bytes would show
    planes: Planes | None = None
    bands: Planes | None = None
    plain: list[_Plain] = field(default_factory=list)
    foretold: list[tuple[int, float]] = field(default_factory=list)
    plain_bands: dict[int, float] = field(default_factory=dict)
    finished: list[tuple[int, float]] = field(default_factory=list)

    @property
    def pixels(self) -> int:
        """Its area."""
        return self.image.width * self.image.height

    @property
    def encodes(self) -> int:
        """How many it took, those of bands among them."""
        planes = 3 if self.bands else 0
        return len(self.plain) + planes + len(self.plain_bands) + len(self.finished)

    @property
    def budget_bytes(self) -> int:
        """The payload that the limit leaves."""
        return max(1, self.limit_bytes - self.wrapping.overhead_bytes)

    def share_of_limit(self, thousandths: int) -> float:
        """The payload at so much of the limit."""
        return max(1.0, self.limit_bytes * thousandths / 1000 - self.wrapping.overhead_bytes)

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
        """About the payload of a finished encode, reckoned from a plain one of the bands.

        Their share of the length is off by a few percent from their share of the picture, and by a
        tenth at worst: near enough to say where to look.
        """
        sampled = len(encode_plain(self.sample, step, chroma))
        length = sampled * self.image.height / self.sample.height
        if not self.plain:
            self.probe_bits = log2_bits(length, self.pixels)
        payload = finished_bytes(length, step, chroma, self.pixels, self.probe_bits)
        self.plain.append(_Plain(step, chroma, length, payload))
        return payload

    def make_planes(self) -> Planes:
        """Turn to planes, with chroma coded where the search stands; returns their bands."""
        self.foretold.clear()
        self.plain_bands.clear()
        self.planes = planes_of(self.image, self.step, self.chroma)
        self.bands = self.planes.in_bands()
        return self.bands

    def foretell(self, step: int) -> float:
        """The payload that the planes' finished encode will have, to half a percent.

        The first time from a finished encode of the bands; near there by the ratio of plain ones,
        whose lengths stall and jump with the tables where finished ones do.
        """
        if self.foretold and abs(step - self.foretold[0][0]) <= _NEAR_STEPS:
            first, told = self.foretold[0]
            payload = told * self._plain_payload(step) / self._plain_payload(first)
        else:
            self.foretold.clear()
            payload = self._payload_by_bands(step)
        self.foretold.append((step, payload))
        return payload

    def _payload_by_bands(self, step: int) -> float:
        planes, bands = self.planes, self.bands or self.make_planes()
        data = bands.finished(step, DEAD_ZONE, Wrapping(0, b"", b""))
        if data is None or planes is None:
            return float(4 * self.pixels)
        return bands.reckoned_from(len(data), planes.plain_bytes)

    def _plain_payload(self, step: int) -> float:
        if step not in self.plain_bands:
            bands = self.bands or self.make_planes()
            self.plain_bands[step] = len(bands.plain(step, DEAD_ZONE)) - PLAIN_OVERHEAD_BYTES
        return max(1.0, self.plain_bands[step])

    def dead_zone_for(self, step: int, dead_zone: float, payload: float, aim: float) -> float:
        """The dead zone that brings ``payload``, had with ``dead_zone``, to ``aim``."""
        bands = self.bands or self.make_planes()
        sizes = bands.sizes(step)
        nonzero = share_beyond(sizes, dead_zone)
        ratio = nonzero_ratio(payload, aim, step, self.chroma, nonzero, self.pixels)
        return dead_zone_with(sizes, nonzero * ratio)

    def finish(self, step: int, dead_zone: float = DEAD_ZONE) -> float:
        """Encode as it will be sent, keep it if it is the best that fits; returns its payload."""
        if self.planes is None:
            data = encode_finished(self.image, step, self.chroma, self.wrapping)
        else:
            data = self.planes.finished(step, dead_zone, self.wrapping)
        length = len(data) if data is not None else 4 * self.pixels + self.limit_bytes
        self.smallest_bytes = min(self.smallest_bytes or length, length)
        if data is not None and length <= self.limit_bytes and length > len(self.data or b""):
            self.data, self.step = data, step
        payload = float(max(1, length - self.wrapping.overhead_bytes))
        self.finished.append((step, payload))
        return payload

    def slope(self) -> float:
        """How fast bytes fall where the search stands, from its last two encodes of a kind."""
        plain = [(each.step, each.length) for each in self.plain if each.chroma == self.chroma]
        for measured in (self.finished, self.foretold, plain):
            if len(measured) > 1 and measured[-1][0] != measured[-2][0]:
                return slope_between(measured[-2], measured[-1])
        return USUAL_SLOPE

    def curve(self) -> QualityCurve:
        """Bytes against quality, from all that was measured of this subsampling."""
        known = {each.step: each.payload for each in self.plain if each.chroma == self.chroma}
        falling: list[tuple[int, float]] = []
        for step, payload in sorted((known | dict(self.finished)).items()):
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
