"""Smaller versions of photos: made by the workers, kept for the next run.

``photos/`` has each picture in full; its versions lie among the folder's own things. One is known
by all that makes it what it is, so that it is made once, whichever run asks for it. A run that was
killed leaves nothing but versions that the next one makes anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from photoprep.errors import CannotFitError, PhotoError
from photoprep.outcome import Prepared, Reused
from photoprep.output_folder import MARKER, OutputFolder
from photoprep.photo.quality import QualityCurve
from photoprep.photo.remembered_fit import fit_of
from photoprep.photo.task import EncodedJpeg, PhotoTask, SmallerTask
from photoprep.preset import PhotoSpec
from photoprep.remembered import MailVersion
from photoprep.version import __version__
from photoprep.walk.crew import OnDone, Team, unheard
from photoprep.walk.intake import Candidate

VERSIONS_FOLDER = f"{MARKER}/mail-versions"
# Part of what makes a version what it is: raised whenever equal input would give other bytes.
RECIPE_NUMBER = 1


@dataclass(frozen=True, slots=True)
class VersionMaker:
    """Who makes versions, and from what: the originals by name, and what makes a photo of one."""

    candidates: Mapping[str, Candidate]
    spec: PhotoSpec
    recipe: str
    team: Team
    on_version: OnDone = unheard


class Versions:
    """The versions of a run's photos.

    ``photos`` are by their file names in the mails. ``encodes`` counts what it cost.
    """

    def __init__(
        self, photos: Mapping[str, Prepared | Reused], folder: OutputFolder, maker: VersionMaker
    ) -> None:
        self.encodes = 0
        self._photos, self._folder, self._maker = photos, folder, maker
        self._sources = folder.state.sources()
        self._recorded = folder.state.versions()
        self._known = dict(self._recorded)
        self._asked: set[str] = set()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Where the versions lie that this run asked for, as the next one will."""
        return tuple(version.output for version in self._kept().values() if version.size_bytes)

    def curve(self, name: str) -> QualityCurve | None:
        """What a picture would be in fewer bytes; nothing of one that cannot be made again."""
        photo = self._photos.get(name)
        if photo is None or not photo.jpeg.fit:
            return None
        known = photo.source in self._maker.candidates and photo.source in self._sources
        return fit_of(photo.jpeg).curve if known else None

    def of(self, wanted: Mapping[str, int]) -> dict[str, MailVersion]:
        """A version of each photo in at most so many bytes, made where it is not there.

        One that cannot be made has no bytes.

        Raises:
            CannotWriteError: one cannot be written.

        """
        keys = {name: self._key(name, size) for name, size in wanted.items()}
        self._asked.update(keys.values())
        missing = [name for name, key in keys.items() if not self._is_there(key)]
        # As with photos: of the largest left for the end, one core would work and the others wait.
        missing.sort(key=lambda name: (-self._photos[name].jpeg.source_bytes, name))
        if missing:
            places = {name: f"{VERSIONS_FOLDER}/{keys[name][:32]}.jpg" for name in missing}
            self._folder.announce(places.values())
            tasks = [self._task(name, wanted[name]) for name in missing]
            self._maker.on_version(0, len(missing))
            for done, (index, result) in enumerate(self._maker.team.run(tasks), start=1):
                if isinstance(result, EncodedJpeg | PhotoError):
                    name = missing[index]
                    self._keep(keys[name], places[name], result)
                self._maker.on_version(done, len(missing))
        return {name: self._known.get(key, MailVersion(key)) for name, key in keys.items()}

    def record(self) -> None:
        """Remember what this run asked for, and nothing else."""
        kept = self._kept()
        if kept != self._recorded:
            self._folder.state.replace_versions(kept.values())

    def _kept(self) -> dict[str, MailVersion]:
        return {key: self._known[key] for key in sorted(self._asked) if key in self._known}

    def _keep(self, key: str, place: str, result: EncodedJpeg | PhotoError) -> None:
        if isinstance(result, EncodedJpeg):
            self.encodes += result.encodes
            put = self._folder.put(place, result.data)
            self._folder.record([(place, put)])
            self._known[key] = MailVersion(key, place, put.sha256, len(result.data), result.quality)
        elif isinstance(result, CannotFitError):
            self._known[key] = MailVersion(key)
        else:  # the reason may be gone at the next run
            self._known.pop(key, None)

    def _is_there(self, key: str) -> bool:
        known = self._known.get(key)
        if known is None:
            return False
        return not known.size_bytes or self._folder.holds(known.output, known.sha256)

    def _key(self, name: str, max_bytes: int) -> str:
        jpeg, source = self._photos[name].jpeg, self._sources[self._photos[name].source]
        everything = [__version__, RECIPE_NUMBER, self._maker.recipe, source.sha256]
        everything += [jpeg.sha256, jpeg.fit, max_bytes]
        return hashlib.sha256(json.dumps(everything).encode()).hexdigest()

    def _task(self, name: str, max_bytes: int) -> SmallerTask:
        photo = self._photos[name]
        file = self._maker.candidates[photo.source]
        made = PhotoTask(
            file.path, file.stamp, self._maker.spec, file.member, self._folder.unpacking_folder
        )
        sha256 = self._sources[photo.source].sha256
        return SmallerTask(made, sha256, fit_of(photo.jpeg), max_bytes)
