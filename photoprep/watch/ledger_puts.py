"""What is written into the ledger at one go: a batch, with what becomes of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from photoprep.errors import ExitCode
from photoprep.language import packed, say, say_number
from photoprep.watch.backoff import DEATHS_BORNE, delay_s
from photoprep.watch.batch import Batch, KnownFile, Outcome
from photoprep.watch.found import FoundFile


@dataclass(frozen=True, slots=True)
class Put:
    """A batch to be written; ``old`` is its name until now where that is another.

    ``files`` take the place of the earlier ones, and those that look as they did keep their hashes;
    ``hashes`` come to those that are there.
    """

    batch: Batch
    files: Sequence[FoundFile] | None = None
    old: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    def known_files(self, kept: Mapping[str, KnownFile]) -> list[KnownFile] | None:
        """The files to be written, in the order of their paths; None leaves them as they are."""
        if self.old:
            renamed = (
                replace(file, path=moved_path(file.path, self.old, self.batch.name))
                for file in kept.values()
            )
            kept = {file.path: file for file in renamed}
        if self.files is not None:
            found = [
                KnownFile(file.path, file.size_bytes, file.mtime_ns, _hash_of(file, kept))
                for file in self.files
            ]
        elif self.old or self.hashes:
            found = [
                replace(file, sha256=self.hashes.get(file.path, file.sha256))
                for file in kept.values()
            ]
        else:
            return None
        return sorted(found, key=lambda file: file.path)


def _hash_of(file: FoundFile, kept: Mapping[str, KnownFile]) -> str:
    """The hash that is known of a file which looks as it did; empty where it does not."""
    known = kept.get(file.path)
    if known and (known.size_bytes, known.mtime_ns) == (file.size_bytes, file.mtime_ns):
        return known.sha256
    return ""


def moved_path(path: str, old: str, new: str) -> str:
    """A path in a folder that has another name by now."""
    return f"{new}/{path.removeprefix(f'{old}/')}" if path.startswith(f"{old}/") else path


def after_death(batch: Batch, now: float, last_place: int) -> Batch:
    """A batch that a daemon died at: queued again, or waiting where that happened too often."""
    deaths = batch.deaths + 1
    if deaths <= DEATHS_BORNE:
        return replace(batch, state="queued", deaths=deaths, next_try=0.0)
    message = say_number(
        deaths,
        "photoprep was ended once while it was at work on this.",
        "photoprep was ended {count} times in a row while it was at work on this.",
    )
    hint = say("Look for a very large or broken file in it, and whether memory ran out.")
    return replace(
        batch,
        state="later",
        deaths=deaths,
        next_try=now + delay_s(deaths - DEATHS_BORNE),
        ended_at=now,
        place=last_place,
        outcome=Outcome(
            ExitCode.TRY_LATER, is_passing=True, message=packed(message), hint=packed(hint)
        ),
    )
