"""Many trials, one after another: each is what the campaign's number and its own say it is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from photoprep.errors import PhotoError
from photoprep.preset import PhotoSpec
from photoprep.preset_file import load_preset
from photoprep.workers import Crew
from tests.fuzz.mutations import Mutant, mutant_of
from tests.fuzz.seeds import Seed
from tests.fuzz.verdict import fault_of, name_of
from tests.fuzz.worker import Attempt, Trial, attempt, set_up

# A photo of this size takes a tenth of a second; what takes hundreds of times as long hangs.
LIMIT_S = 30.0

# Workers are begun anew after so many, so that a finding of memory is not laid to all that follow.
_BATCH = 250
_OTHER_ENDINGS = (".jpg", ".png", ".tif", ".dng", ".nef", ".heic", ".psd", "")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is spoiled, and the number that all chance comes from."""

    seeds: Sequence[Seed]
    number: int

    def mutant(self, index: int) -> tuple[Seed, Mutant, str, bool]:
        """A trial's seed, its spoiled file, that one's ending and whether damage is accepted."""
        rng = random.Random(f"{self.number}:{index}")
        by_format = _by_format(self.seeds)
        # Formats by turns and not seeds: real photos are JPEGs, nearly all of them.
        kind = rng.choice([*by_format, "JPEG", "JPEG", "TIFF", "TIFF 16", "PNG"])
        seed = rng.choice(by_format.get(kind, self.seeds))
        other = rng.choice([each for each in self.seeds if each.family == seed.family])
        mutant = mutant_of(rng, seed, other)
        ending = rng.choice(_OTHER_ENDINGS) if rng.random() < 0.05 else seed.ending
        return seed, mutant, ending, rng.random() < 0.3


def _by_format(seeds: Sequence[Seed]) -> dict[str, list[Seed]]:
    sorted_seeds: dict[str, list[Seed]] = {}
    for seed in seeds:
        sorted_seeds.setdefault(seed.format, []).append(seed)
    return sorted_seeds


@dataclass(frozen=True, slots=True)
class Finding:
    """A trial that ended as none may, by its number."""

    index: int
    fault: str
    recipe: tuple[str, ...]
    data: bytes
    ending: str


@dataclass(slots=True)
class Tally:
    """What came of all trials: outcomes by format, the slowest and the largest."""

    trials: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: tuple[float, int, str] = (0.0, -1, "")
    largest: tuple[int, int, str] = (0, -1, "")
    findings: list[Finding] = field(default_factory=list)

    def count(self, index: int, kind: str, result: Attempt | PhotoError) -> None:
        self.trials[kind] += 1
        if isinstance(result, PhotoError):
            self.outcomes[kind, name_of(result)] += 1
            return
        for name in {name_of(outcome) for outcome in result.outcomes} or {"nothing in it"}:
            self.outcomes[kind, name] += 1
        self.slowest = max(self.slowest, (result.seconds, index, kind))
        self.largest = max(self.largest, (result.peak_bytes, index, kind))


def run(
    campaign: Campaign, indices: Sequence[int], folder: Path, *, jobs: int, tally: Tally
) -> Iterator[int]:
    """Make the trials in ``folder``, batch by batch; yields how many are done."""
    spec = load_preset("trade-email").photo
    for start in range(0, len(indices), _BATCH):
        batch = indices[start : start + _BATCH]
        _run_batch(campaign, batch, folder, spec, jobs=jobs, tally=tally)
        yield start + len(batch)


def _run_batch(
    campaign: Campaign,
    indices: Sequence[int],
    folder: Path,
    spec: PhotoSpec,
    *,
    jobs: int,
    tally: Tally,
) -> None:
    made = [campaign.mutant(index) for index in indices]
    trials = []
    for index, (_, mutant, ending, accept_damaged) in zip(indices, made, strict=True):
        path = folder / f"{index:06}{ending}"
        path.write_bytes(mutant.data)
        trials.append(Trial(path, replace(spec, accept_damaged=accept_damaged), LIMIT_S))
    with Crew(attempt, jobs=jobs, set_up=set_up) as crew:
        for place, result in crew.run(trials):
            seed, mutant, ending, _ = made[place]
            tally.count(indices[place], seed.format, result)
            fault = fault_of(result, spec)
            if fault:
                found = Finding(indices[place], fault, mutant.recipe, mutant.data, ending)
                tally.findings.append(found)
    for trial in trials:
        trial.path.unlink()
