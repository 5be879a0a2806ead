"""Photos go into the mails in smaller versions where that saves a mail.

What is asked for hangs on the photos, the letters and the preset alone, and never on what is there
already: so a second run asks for the same versions, finds each and makes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from photoprep.mail.items import MailItem
from photoprep.mail.message import MessagePlan
from photoprep.mail.series import Series, counted_bytes
from photoprep.mail.squeeze import Curve, Mail, Squeezed, Weigh, larger_by, squeeze
from photoprep.mail.wire_size import base64_bytes
from photoprep.outcome import Prepared, Reused
from photoprep.output_folder import OutputFolder
from photoprep.photo.quality import QualityCurve
from photoprep.preset import MailSpec
from photoprep.remembered import MailVersion
from photoprep.report import Squeeze
from photoprep.walk.versions import VersionMaker, Versions

Divide = Callable[[Sequence[MailItem]], Series]

# A curve's points from the floor to the full size: between two of them it is nearly straight.
_INTERVALS = 16
# Of 153 versions of 51 photos the worst came 0.9 points below what its curve foretold: so far above
# its floor one is planned, and where one is off by more its curve is taken for wrong.
_MARGIN = 1000  # thousandths of a point
# Then, and where a photo cannot be made smaller at all, the mails are reckoned anew.
_MOST_TURNS = 4
# What a mail has left when its versions are made goes to one of them, where it shows.
_WORTH_IT = 100  # thousandths of a point


@dataclass(frozen=True, slots=True)
class SqueezedMails:
    """The mails of a run, and the versions that they carry by their file names there."""

    series: Series
    versions: Mapping[str, MailVersion]
    squeeze: Squeeze | None = None


class Squeezing:
    """The mails of one run, planned with smaller photos.

    ``photos`` are by their file names in the mails; what has another name keeps its bytes, and so
    does everything where ``mail.squeeze`` is off.
    """

    def __init__(
        self,
        photos: Mapping[str, Prepared | Reused],
        folder: OutputFolder,
        mail: MailSpec,
        maker: VersionMaker,
        divide: Divide,
    ) -> None:
        self.versions = Versions(photos, folder, maker)
        self._photos, self.mail, self._divide = photos, mail, divide
        # Raw, a file takes of a mail what it has.
        self._weigh: Weigh = base64_bytes if mail.count == "wire" else int
        self._divided_before: dict[tuple[tuple[str, str, int], ...], Series] = {}
        self._good_quality = maker.spec.good_quality
        self._curves: dict[str, Curve] = {}

    def shortest(self, items: Sequence[MailItem]) -> Series:
        """The mails, as few as full or smaller photos allow; nothing is made.

        Its ``at_least`` holds for versions of whatever sizes there may be.

        Raises:
            MailTooLargeError: a picture alone is too large for a mail.

        """
        series = self._divided(items)
        if len(series.plans) < 2:
            return series
        least = [self._curve(item).floor_bytes for item in items]
        smaller = self._divided(_sized(items, least))
        if len(smaller.plans) < len(series.plans):
            return smaller
        return replace(series, at_least=min(series.at_least, smaller.at_least))

    def least_weight_bytes(self, item: MailItem) -> int:
        """What a picture takes of a mail at the very least."""
        return self._weigh(self._curve(item).floor_bytes)

    def foreseen(self, items: Sequence[MailItem]) -> tuple[Series, Mapping[str, float]]:
        """The mails about as ``squeeze`` would have them; nothing is made.

        With them come the qualities of the versions, as curves foretell them, by file name. For
        whoever wants to say what another way to divide the pictures would come to.

        Raises:
            MailTooLargeError: a picture alone is too large for a mail.

        """
        found = self._reckoned(items)
        if found is None:
            return self._divided(items), {}
        qualities = {
            item.filename: self._curve(item).quality_at(size) / 1000
            for item, size in zip(items, found.sizes, strict=True)
            if size < item.size_bytes
        }
        return self._divided(_sized(items, found.sizes)), qualities

    def squeeze(self, items: Sequence[MailItem]) -> SqueezedMails:
        """Plan the mails, with versions of photos where those save a mail, and have them made.

        Raises:
            CannotWriteError: a version cannot be written.
            MailTooLargeError: a picture alone is too large for a mail.

        """
        squeezed = self._squeezed(items)
        self.versions.record()
        return squeezed or SqueezedMails(self._divided(items), {})

    def _squeezed(self, items: Sequence[MailItem]) -> SqueezedMails | None:
        """The mails with versions; none where they save nothing, or too many cannot be made."""
        for _ in range(_MOST_TURNS):
            found = self._reckoned(items)
            if found is None:
                return None
            sized = zip(items, found.sizes, strict=True)
            made = self.versions.of(
                {item.filename: size for item, size in sized if size < item.size_bytes}
            )
            wrong = [name for name, version in made.items() if not self._is_good(name, version)]
            if not wrong:
                final = self._topped_up(items, made)
                series = self._divided(_with_versions(items, final))
                if len(series.plans) >= found.mails_before:
                    break  # a packer that tries orders may be so unlucky
                told = self._told(found.mails_before, len(series.plans), final)
                return SqueezedMails(series, final, told)
            for name in wrong:
                self._correct(name, made[name])
        for name in self._photos:
            self._stiffen(name)
        return None

    def _reckoned(self, items: Sequence[MailItem]) -> Squeezed | None:
        """The sizes that save mails, by the curves; none where nothing does."""
        curves = [self._curve(item) for item in items]
        return squeeze(curves, lambda sizes: self._packed(items, sizes), self._weigh)

    def _divided(self, items: Sequence[MailItem]) -> Series:
        """How pictures of these sizes are divided; some are asked for again."""
        key = tuple((item.filename, item.sha256, item.size_bytes) for item in items)
        if key not in self._divided_before:
            self._divided_before[key] = self._divide(items)
        return self._divided_before[key]

    def _curve(self, item: MailItem) -> Curve:
        """How good a picture is in fewer bytes, down to what the preset allows."""
        name = item.filename
        if name not in self._curves:
            measured = self.versions.curve(name) if self.mail.squeeze else None
            if measured is None:
                self._curves[name] = Curve(((item.size_bytes, self._best(name)),))
            else:
                share = round(1000 * self.mail.least_share)
                whole = _curve_of(measured, item.size_bytes, self._best(name), share)
                self._curves[name] = whole.from_level(self._floor_quality)
        return self._curves[name]

    @property
    def _floor_quality(self) -> int:
        return _thousandths(self._good_quality) + _MARGIN

    def _correct(self, name: str, version: MailVersion) -> None:
        """Take what became of a version into its photo's curve: every loss in that proportion."""
        curve = self._curves[name]
        foretold = curve.best - curve.quality_at(version.size_bytes)
        lost = curve.best - _thousandths(version.quality)
        if not version.size_bytes or not foretold:
            self._stiffen(name)
            return
        points = tuple(
            (size, max(0, curve.best - (curve.best - quality) * lost // foretold))
            for size, quality in curve.points
        )
        self._curves[name] = Curve(points).from_level(self._floor_quality)

    def _stiffen(self, name: str) -> None:
        """Let a photo keep its bytes from now on."""
        size = self._photos[name].jpeg.size_bytes
        self._curves[name] = Curve(((size, self._best(name)),))

    def _best(self, name: str) -> int:
        """The quality in full; a sheet's hinders nothing."""
        photo = self._photos.get(name)
        return _thousandths(photo.jpeg.quality if photo else 100)

    def _is_good(self, name: str, version: MailVersion) -> bool:
        """Whether a version is there, not below the floor, and what was expected of it."""
        floor = min(_thousandths(self._good_quality), self._best(name))
        expected = self._curves[name].quality_at(version.size_bytes) - _MARGIN
        return version.size_bytes > 0 and _thousandths(version.quality) >= max(floor, expected)

    def _packed(self, items: Sequence[MailItem], sizes: Sequence[int]) -> list[Mail]:
        places = {item.filename: index for index, item in enumerate(items)}
        return [
            Mail(
                tuple(places[item.filename] for item in plan.attachments),
                self._room_bytes(plan),
            )
            for plan in self._divided(_sized(items, sizes)).plans
        ]

    def _topped_up(
        self, items: Sequence[MailItem], versions: Mapping[str, MailVersion]
    ) -> Mapping[str, MailVersion]:
        """The versions, but the worst of a mail with what the mail has left, where that shows.

        One a mail at most, and once: encodes come near to what they were asked for.
        """
        plans = self._divided(_with_versions(items, versions)).plans
        wanted = dict(filter(None, (self._larger(plan, versions) for plan in plans)))
        sizes = {name: version.size_bytes for name, version in versions.items()} | wanted
        asked = [sizes.get(item.filename, item.size_bytes) for item in items]
        if not wanted or len(self._divided(_sized(items, asked)).plans) > len(plans):
            return versions
        full = {name for name, size in wanted.items() if size == self._curves[name].full_bytes}
        made = self.versions.of({name: wanted[name] for name in wanted if name not in full})
        better = {
            name: version
            for name, version in made.items()
            if version.quality > versions[name].quality
        }
        return {name: better.get(name, versions[name]) for name in versions if name not in full}

    def _larger(
        self, plan: MessagePlan, versions: Mapping[str, MailVersion]
    ) -> tuple[str, int] | None:
        """The worst version of a mail that what is left makes better, and its new size."""
        free = self._room_bytes(plan) - self._weight(plan)
        own = [item.filename for item in plan.attachments if item.filename in versions]
        for name in sorted(own, key=lambda each: (versions[each].quality, each)):
            curve, size = self._curves[name], versions[name].size_bytes
            larger = larger_by(free, size, curve.full_bytes, self._weigh)
            if curve.quality_at(larger) - curve.quality_at(size) >= _WORTH_IT:
                return name, larger
        return None

    def _room_bytes(self, plan: MessagePlan) -> int:
        """What the pictures of a mail may count together: its bound less all else in it."""
        counted = counted_bytes(plan, self.mail)
        most = self.mail.bound_bytes
        if self.mail.prefer == "light" and counted <= self.mail.preferred_bound_bytes:
            most = min(most, self.mail.preferred_bound_bytes)
        return most - (counted - self._weight(plan))

    def _weight(self, plan: MessagePlan) -> int:
        return sum(self._weigh(item.size_bytes) for item in plan.attachments)

    def _told(self, before: int, after: int, versions: Mapping[str, MailVersion]) -> Squeeze:
        losses = [
            max(0.0, self._photos[name].jpeg.quality - version.quality)
            for name, version in versions.items()
        ]
        mean = sum(losses) / max(1, len(losses))
        return Squeeze(
            before, after, len(losses), round(max(losses, default=0.0), 1), round(mean, 2)
        )


def _curve_of(measured: QualityCurve, full_bytes: int, best: int, share_permille: int) -> Curve:
    """A photo's curve from this share of its bytes on."""
    least = -(-full_bytes * share_permille // 1000)
    steps = {least + (full_bytes - least) * at // _INTERVALS for at in range(_INTERVALS)}
    points: list[tuple[int, int]] = []
    for size in sorted(steps - {full_bytes}):
        quality = min(best, measured.thousandths_at(size))
        points.append((size, max([quality, *(better for _, better in points[-1:])])))
    return Curve((*points, (full_bytes, best)))


def _thousandths(quality: float) -> int:
    return round(1000 * quality)


def _sized(items: Iterable[MailItem], sizes: Sequence[int]) -> list[MailItem]:
    return [
        item if item.size_bytes == size else replace(item, size_bytes=size)
        for item, size in zip(items, sizes, strict=True)
    ]


def _with_versions(
    items: Sequence[MailItem], versions: Mapping[str, MailVersion]
) -> list[MailItem]:
    found = [versions.get(item.filename) for item in items]
    return [
        replace(item, size_bytes=version.size_bytes, sha256=version.sha256) if version else item
        for item, version in zip(items, found, strict=True)
    ]
