"""What must be equal on two machines so that they make equal bytes; asked of every worker."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from photoprep.errors import ClusterMismatchError
from photoprep.installed import decoder_identities
from photoprep.language import Sentence, say, say_list, say_number
from photoprep.walk.recipes import library_version, recipe_versions

# What a recipe does not name, because a picture that they read is the same picture: but a worker
# without them refuses what another one reads.
_READERS = ("rawpy", "pillow-jxl-plugin")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Versions:
    """Names and versions, in a fixed order. ``system`` is that of paths (``os.name``)."""

    of: tuple[tuple[str, str], ...]
    system: str

    def differences(self, ours: Versions) -> tuple[str, ...]:
        """What differs here from ``ours``, a sentence each."""
        theirs = dict(self.of)
        told: list[str] = [
            say(
                "{name} {theirs} instead of {ours}",
                name=name,
                theirs=theirs.get(name, "unknown"),
                ours=version,
            )
            for name, version in ours.of
            if theirs.get(name) != version
        ]
        if self.system != ours.system:
            told.append(say("another kind of system, whose paths are others"))
        return tuple(told)


@cache
def versions_here() -> Versions:
    """Those of this process; they cannot change while it lives."""
    named = recipe_versions() | {name: library_version(name) for name in _READERS}
    named["plug-ins"] = ", ".join(decoder_identities()) or "none"
    return Versions(tuple(sorted(named.items())), os.name)


@dataclass(frozen=True, slots=True)
class RefusedWorker:
    """A worker that may not work on this run, by its address, and what is different there."""

    address: str
    differences: tuple[str, ...]

    def told(self) -> Sentence:
        """The worker and its differences in a row."""
        return say("{worker}: {what}", worker=self.address, what=say_list(self.differences))


def without_photoprep() -> tuple[str, ...]:
    """The difference of a worker that cannot load what it was asked for."""
    return (say("no photoprep of this version"),)


def refusal(refused: Iterable[RefusedWorker]) -> ClusterMismatchError:
    """The error for a cluster with workers that would make other photos."""
    workers = list(refused)
    named = say_list(worker.told() for worker in workers[:_MOST_NAMED])
    return ClusterMismatchError(
        say_number(
            len(workers),
            "{count} worker of the cluster would make other photos than this machine ({named}).",
            "{count} workers of the cluster would make other photos than this machine ({named}).",
            named=named,
        ),
        hint=say(
            "Install the same versions of photoprep and its libraries there, or run without "
            "--cluster."
        ),
    )
