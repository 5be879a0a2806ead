"""What an earlier run has already done: which pictures need no work, and which do.

A source is recognised by how it looks from outside, else by its hash; what came of it counts as
long as the recipe is the same and the JPEG still lies in the output folder as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from photoprep.errors import PhotoError
from photoprep.files import FileStamp
from photoprep.outcome import DAMAGED, PreparedJpeg
from photoprep.output_folder import OutputFolder
from photoprep.remembered import RememberedSource
from photoprep.walk.content import content_sha256
from photoprep.walk.intake import Candidate
from photoprep.walk.recipes import photo_recipes, refusal_recipe


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
        photos, refusals = photo_recipes(recipe), {refusal_recipe(recipe)}
        self.by_name = {
            name: known
            for name, known in sources.items()
            if known.recipe in (photos if isinstance(known.outcome, PreparedJpeg) else refusals)
            and not _is_doubtful(known, accept_damaged=accept_damaged)
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
