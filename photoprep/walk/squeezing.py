"""Photos made smaller for the mails where that saves mails: reckoned, asked for, kept.

``photos/`` keeps each picture in full; its version for a mail lies among the folder's own things.
What is asked for hangs on the photos, the letters and the preset alone, and a version is known by
all that makes it what it is. So a second run reckons the same, finds every version and makes none,
and a run that was killed leaves nothing but versions that the next one finds or makes anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from photoprep.errors import CannotFitError, PhotoError
from photoprep.mail.items import MailItem
from photoprep.mail.message import MessagePlan
from photoprep.mail.squeeze import Curve, Mail, fewest_mails, squeeze
from photoprep.mail.wire_size import base64_bytes
from photoprep.output_folder import MARKER, OutputFolder
from photoprep.photo.remembered_fit import fit_of
from photoprep.photo.task import EncodedJpeg, PhotoTask, SmallerTask
from photoprep.preset import MailSpec, PhotoSpec
from photoprep.remembered import MailVersion, RememberedSource
from photoprep.report import Prepared, Reused, Squeeze
from photoprep.version import __version__
from photoprep.walk.crew import Team
from photoprep.walk.intake import Candidate

VERSIONS_FOLDER = f"{MARKER}/mail-versions"
# Part of what makes a version what it is: raised whenever equal input would give other bytes.
RECIPE_NUMBER = 1

PlanMails = Callable[[Sequence[MailItem]], Sequence[MessagePlan]]

# A curve's points from the floor to the full size: between two of them it is nearly straight.
_INTERVALS = 16
# Curves foretell a version to 0.9 points; so far above the floor an estimate still keeps it.
_FLOOR_MARGIN = 1000  # thousandths of a point
# Photos that cannot be made smaller are left as they are, and the mails reckoned anew.
_MOST_TURNS = 4
# What a mail has left when its versions are made goes to one of them, where it shows.
_WORTH_IT = 100  # thousandths of a point


@dataclass(frozen=True, slots=True)
class VersionMaker:
    """Who makes versions, and from what: the originals by name, and what makes a photo of one."""

    candidates: Mapping[str, Candidate]
    spec: PhotoSpec
    recipe: str
    team: Team


@dataclass(frozen=True, slots=True)
class SqueezedMails:
    """The mails of a run with the versions that they carry, by their file names in the mails."""

    plans: Sequence[MessagePlan]
    versions: Mapping[str, MailVersion]
    squeeze: Squeeze | None = None


class Squeezing:
    """The photos of one run, and which versions of them there are.

    ``photos`` are by their file names in the mails; what has another name keeps its bytes.
    ``encodes`` counts what it cost. Nothing is asked for where the preset's ``squeeze`` is off.
    """

    def __init__(
        self,
        photos: Mapping[str, Prepared | Reused],
        folder: OutputFolder,
        mail: MailSpec,
        maker: VersionMaker,
        plan_mails: PlanMails,
    ) -> None:
        self._photos, self._folder, self._mail = photos, folder, mail
        self._maker, self._plan_mails = maker, plan_mails
        self._sources = folder.state.sources() if mail.squeeze else {}
        self._known = folder.state.versions()
        self._curves: dict[str, Curve] = {}
        self.encodes = 0

    def shortest(self, items: Sequence[MailItem]) -> Sequence[MessagePlan]:
        """The plan with the fewest mails that full or smaller photos allow; nothing is made.

        Raises:
            MailTooLargeError: a picture alone is too large for a mail.

        """
        plans = self._plan_mails(items)
        if not self._mail.squeeze:
            return plans
        curves = [self._curve(item) for item in items]
        if fewest_mails(curves, lambda sizes: self._packed(items, sizes), len(plans)) is None:
            return plans
        floors = [curve.floor_bytes for curve in curves]
        return self._plan_mails(_sized(items, floors))

    def squeeze(self, items: Sequence[MailItem]) -> SqueezedMails:
        """Plan the mails, with versions of the photos where those save a mail, and have them made.

        Raises:
            CannotWriteError: a version cannot be written.
            MailTooLargeError: a picture alone is too large for a mail.

        """
        squeezed = self._squeezed(items) if self._mail.squeeze else None
        squeezed = squeezed or SqueezedMails(self._plan_mails(items), {})
        kept = {version.key: version for version in squeezed.versions.values()}
        # What cannot be made is remembered as well, as long as it would be asked for.
        kept |= {key: version for key, version in self._known.items() if not version.size_bytes}
        if kept != self._folder.state.versions():
            self._folder.state.replace_versions(kept.values())
        return squeezed

    def _squeezed(self, items: Sequence[MailItem]) -> SqueezedMails | None:
        """The mails with versions; none where they save nothing, or too many cannot be made."""
        for _ in range(_MOST_TURNS):
            curves = [self._curve(item) for item in items]
            found = squeeze(curves, lambda sizes: self._packed(items, sizes), base64_bytes)
            if found is None:
                return None
            wanted = {
                item.filename: size
                for item, size in zip(items, found.sizes, strict=True)
                if size < item.size_bytes
            }
            versions = self._versions(wanted)
            spoiled = [
                name for name, version in versions.items() if not self._is_good(name, version)
            ]
            if not spoiled:
                versions = self._topped_up(items, versions)
                plans = self._plan_mails(_with_versions(items, versions))
                return SqueezedMails(
                    plans, versions, self._told(found.mails_before, plans, versions)
                )
            for name in spoiled:
                jpeg = self._photos[name].jpeg
                self._curves[name] = Curve(((jpeg.size_bytes, _thousandths(jpeg.quality)),))
        return None

    def _curve(self, item: MailItem) -> Curve:
        """How good a picture is in fewer bytes, down to what the preset allows."""
        if item.filename not in self._curves:
            photo = self._photos.get(item.filename)
            self._curves[item.filename] = (
                _curve_of(photo, self._maker.spec, self._mail)
                if photo is not None and self._origin(photo) is not None
                else Curve(((item.size_bytes, 100_000),))
            )
        return self._curves[item.filename]

    def _origin(self, photo: Prepared | Reused) -> tuple[Candidate, RememberedSource] | None:
        """Where a photo came from, and what is remembered of that."""
        candidate = self._maker.candidates.get(photo.source)
        known = self._sources.get(photo.source)
        return (candidate, known) if candidate and known and photo.jpeg.fit else None

    def _packed(self, items: Sequence[MailItem], sizes: Sequence[int]) -> list[Mail]:
        places = {item.filename: index for index, item in enumerate(items)}
        return [
            Mail(
                tuple(places[each.filename] for each in plan.attachments),
                _room_bytes(plan, self._mail),
            )
            for plan in self._plan_mails(_sized(items, sizes))
        ]

    def _is_good(self, name: str, version: MailVersion) -> bool:
        floor = min(self._maker.spec.good_quality, self._photos[name].jpeg.quality)
        return version.size_bytes > 0 and version.quality >= floor

    def _topped_up(
        self, items: Sequence[MailItem], versions: Mapping[str, MailVersion]
    ) -> Mapping[str, MailVersion]:
        """The versions, the worst of a mail made anew with what the mail has left, where it shows.

        One a mail at most, and once: encodes come near enough to what they were asked for.
        """
        plans = self._plan_mails(_with_versions(items, versions))
        wanted: dict[str, int] = {}
        for plan in plans:
            free = _room_bytes(plan, self._mail) - sum(
                base64_bytes(item.size_bytes) for item in plan.attachments
            )
            own = [item.filename for item in plan.attachments if item.filename in versions]
            for name in sorted(own, key=lambda each: (versions[each].quality, each)):
                curve, size = self._curves[name], versions[name].size_bytes
                larger = min(curve.full_bytes, size + _content_bytes(size, free))
                if curve.quality_at(larger) - curve.quality_at(size) >= _WORTH_IT:
                    wanted[name] = larger
                    break
        sizes = {name: version.size_bytes for name, version in versions.items()} | wanted
        asked = [sizes.get(item.filename, item.size_bytes) for item in items]
        if not wanted or len(self._plan_mails(_sized(items, asked))) > len(plans):
            return versions
        full = {name for name, size in wanted.items() if size == self._curves[name].full_bytes}
        more = self._versions({name: wanted[name] for name in wanted if name not in full})
        better = {
            name: version
            for name, version in more.items()
            if version.quality > versions[name].quality
        }
        return {
            name: better.get(name, version)
            for name, version in versions.items()
            if name not in full
        }

    def _versions(self, wanted: Mapping[str, int]) -> dict[str, MailVersion]:
        """A version of each photo within its bytes, by file name; made where it is not there."""
        keys = {name: self._key(self._photos[name], size) for name, size in wanted.items()}
        missing = [name for name, key in keys.items() if not self._is_there(key)]
        # A worker that takes the largest last leaves the others waiting.
        missing.sort(key=lambda name: (-self._photos[name].jpeg.source_bytes, name))
        places = {name: f"{VERSIONS_FOLDER}/{keys[name][:32]}.jpg" for name in missing}
        if missing:
            self._folder.announce(places.values())
            tasks = [self._task(self._photos[name], wanted[name]) for name in missing]
            for index, result in self._maker.team.run(tasks):
                if isinstance(result, EncodedJpeg | PhotoError):
                    name = missing[index]
                    self._keep(keys[name], places[name], result)
        return {name: self._known.get(key, MailVersion(key)) for name, key in keys.items()}

    def _keep(self, key: str, place: str, result: EncodedJpeg | PhotoError) -> None:
        if isinstance(result, EncodedJpeg):
            self.encodes += result.encodes
            put = self._folder.put(place, result.data)
            self._folder.record([(place, put)])
            self._known[key] = MailVersion(key, place, put.sha256, len(result.data), result.quality)
        elif isinstance(result, CannotFitError):
            self._known[key] = MailVersion(key)
        else:  # it may be gone at the next run
            self._known.pop(key, None)

    def _is_there(self, key: str) -> bool:
        known = self._known.get(key)
        if known is None:
            return False
        return not known.size_bytes or self._folder.holds(known.output, known.sha256)

    def _key(self, photo: Prepared | Reused, max_bytes: int) -> str:
        source = self._sources[photo.source].sha256
        everything = [__version__, RECIPE_NUMBER, self._maker.recipe, source]
        everything += [photo.jpeg.sha256, photo.jpeg.fit, max_bytes]
        return hashlib.sha256(json.dumps(everything).encode()).hexdigest()

    def _task(self, photo: Prepared | Reused, max_bytes: int) -> SmallerTask:
        file = self._maker.candidates[photo.source]
        made = PhotoTask(
            file.path, file.stamp, self._maker.spec, file.member, self._folder.unpacking_folder
        )
        return SmallerTask(made, self._sources[photo.source].sha256, fit_of(photo.jpeg), max_bytes)

    def _told(
        self, before: int, plans: Sequence[MessagePlan], versions: Mapping[str, MailVersion]
    ) -> Squeeze:
        losses = [
            max(0.0, self._photos[name].jpeg.quality - version.quality)
            for name, version in versions.items()
        ]
        return Squeeze(
            mails_before=before,
            mails_after=len(plans),
            photos=len(losses),
            largest_loss=round(max(losses, default=0.0), 1),
            mean_loss=round(sum(losses) / max(1, len(losses)), 2),
        )


def _curve_of(photo: Prepared | Reused, spec: PhotoSpec, mail: MailSpec) -> Curve:
    """The photo's curve from its floor on.

    The floor is ``least_share`` of its bytes, or more where it would else come below
    ``good_quality``. One that is no better than that in full stays as it is.
    """
    full, best = photo.jpeg.size_bytes, _thousandths(photo.jpeg.quality)
    least = -(-full * round(1000 * mail.least_share) // 1000)
    measured = fit_of(photo.jpeg).curve
    points: list[tuple[int, int]] = []
    for size in sorted({least + (full - least) * at // _INTERVALS for at in range(_INTERVALS)}):
        quality = min(best, measured.thousandths_at(size))
        points.append((size, max([quality, *(better for _, better in points[-1:])])))
    whole = Curve((*(point for point in points if point[0] < full), (full, best)))
    floor = whole.size_at(min(best, _thousandths(spec.good_quality) + _FLOOR_MARGIN))
    above = (point for point in whole.points if point[0] > floor)
    return Curve(((floor, whole.quality_at(floor)), *above))


def _thousandths(quality: float) -> int:
    return round(1000 * quality)


def _room_bytes(plan: MessagePlan, spec: MailSpec) -> int:
    """What the pictures of a mail may weigh together, as base64: the limit less all else in it."""
    pictures = sum(base64_bytes(item.size_bytes) for item in plan.attachments)
    return spec.limit_bytes - (plan.wire_bytes - pictures)


def _content_bytes(size_bytes: int, free_bytes: int) -> int:
    """How much larger a picture may be for its base64 to grow by no more than ``free_bytes``."""
    low, high = 0, max(0, free_bytes)
    while low < high:
        middle = (low + high + 1) // 2
        if base64_bytes(size_bytes + middle) - base64_bytes(size_bytes) <= free_bytes:
            low = middle
        else:
            high = middle - 1
    return low


def _sized(items: Iterable[MailItem], sizes: Sequence[int]) -> list[MailItem]:
    return [
        item if item.size_bytes == size else replace(item, size_bytes=size)
        for item, size in zip(items, sizes, strict=True)
    ]


def _with_versions(
    items: Sequence[MailItem], versions: Mapping[str, MailVersion]
) -> list[MailItem]:
    sizes = [
        versions[item.filename].size_bytes if item.filename in versions else item.size_bytes
        for item in items
    ]
    return _sized(items, sizes)
