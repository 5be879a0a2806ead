"""What an earlier run has already done: which pictures need no work, and which do.

A source is recognised by how it looks from outside, else by its hash; what came of it counts as
long as the recipe is the same and the JPEG still lies in the output folder as it was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace

from photoprep.errors import PhotoError
from photoprep.files import FileStamp
from photoprep.outcome import DAMAGED, PreparedJpeg
from photoprep.output_folder import OutputFolder
from photoprep.photo.task import RECIPE_NUMBER
from photoprep.preset import PhotoSpec
from photoprep.remembered import RememberedSource
from photoprep.version import __version__
from photoprep.walk.intake import Candidate, content_sha256


@dataclass(slots=True)
class Recalled:
    """What is known of candidates, each by its index.

    ``known`` holds what came of those that need no work, ``relearned`` those among them that were
    recognised by their content and should be recorded as they look now; ``to_make`` is the rest.
    """

    known: dict[int, RememberedSource] = field(default_factory=dict)
    relearned: set[int] = field(default_factory=set)
    unreadable: dict[int, PhotoError] = field(default_factory=dict)
    to_make: list[int] = field(default_factory=list)


def recipe_of(spec: PhotoSpec) -> str:
    """A fingerprint of all that makes a JPEG what it is, apart from its source."""
    ingredients = {key: str(value) for key, value in asdict(spec).items()}
    del ingredients["accept_damaged"]  # changes what comes of the damaged alone; see ``Memory``
    ingredients |= recipe_versions()
    return hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode()).hexdigest()


def recipe_versions() -> dict[str, str]:
    """The versions of photoprep and of the libraries that decide what a JPEG is, by their names."""
    versions = {name: version_of(name) for name in ("pillow", "pillow-heif", "pyvips-binary")}
    return versions | {"photoprep": __version__, "recipe": str(RECIPE_NUMBER)}


def recall(
    candidates: Sequence[Candidate], folder: OutputFolder, memory: Memory, *, verify: bool
) -> Recalled:
    """Sort candidates into those that are known and those to be made.

    With ``verify`` every source is hashed; otherwise only those that look changed, or that were
    changed so shortly before the last look that a coarse clock could hide it.
    """
    recalled = Recalled()
    for index, file in enumerate(candidates):
        try:
            known = memory.find(file, verify=verify)
        except PhotoError as error:
            recalled.unreadable[index] = error
            continue
        if known is None or not _still_holds(known, folder):
            recalled.to_make.append(index)
            continue
        recalled.known[index] = known
        if known is not memory.by_name.get(file.name):
            recalled.relearned.add(index)
    return recalled


class Memory:
    """The sources of earlier runs under this recipe, by name and by content.

    What was refused is tried again by a run that accepts damaged pictures, and what was accepted
    then is judged anew by one that does not.
    """

    def __init__(
        self, sources: dict[str, RememberedSource], recipe: str, *, accept_damaged: bool = False
    ) -> None:
        self.by_name = {
            name: known
            for name, known in sources.items()
            if known.recipe == recipe and not _is_doubtful(known, accept_damaged=accept_damaged)
        }
        self._by_content = {known.sha256: known for known in self.by_name.values()}
        self._sizes = {known.stamp.size_bytes for known in self.by_name.values()}

    def knows(self, name: str, stamp: FileStamp) -> bool:
        """Whether the file of this name is, by its looks, one that was worked on."""
        known = self.by_name.get(name)
        return known is not None and stamp.shows_unchanged(known.stamp)

    def find(self, file: Candidate, *, verify: bool) -> RememberedSource | None:
        """What came of a candidate, recognised by its looks or, else or to verify, by its hash."""
        stamp = file.stamp
        known = self.by_name.get(file.name)
        if known is not None and not verify and stamp.shows_unchanged(known.stamp):
            return known
        if stamp.size_bytes not in self._sizes:
            return None  # no known file has this size, so none has this content
        sha256 = file.sha256 or content_sha256(file)
        if known is None or known.sha256 != sha256:
            known = self._by_content.get(sha256)
        return replace(known, stamp=stamp) if known is not None else None


def _is_doubtful(known: RememberedSource, *, accept_damaged: bool) -> bool:
    if isinstance(known.outcome, PreparedJpeg):
        return not accept_damaged and any(note.code == DAMAGED for note in known.outcome.notes)
    return accept_damaged


def _still_holds(known: RememberedSource, folder: OutputFolder) -> bool:
    outcome = known.outcome
    return not isinstance(outcome, PreparedJpeg) or folder.holds(outcome.output, outcome.sha256)


def version_of(distribution: str) -> str:
    """The version of an installed library, without loading it.

    Most are told by the folder that their installer made: ``pillow-12.0.0.dist-info``. Python's own
    way to ask takes 40 ms, most of it for loading what parses mails.
    """
    stem = distribution.replace("-", "_")
    for place in sys.path:
        with suppress(OSError), os.scandir(place or ".") as entries:
            for entry in entries:
                if entry.name.startswith(f"{stem}-") and entry.name.endswith(".dist-info"):
                    return entry.name[len(stem) + 1 : -len(".dist-info")]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:  # vendored or frozen into one program
        return "unknown"
