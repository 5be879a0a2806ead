"""The fuzz command in short: some hundred spoiled files, always the same ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photoprep.errors import DamagedPhotoError, SourceUnreadableError
from photoprep.preset_file import load_preset
from tests.fuzz.campaign import Campaign, Tally, run
from tests.fuzz.layout import layout_of
from tests.fuzz.seeds import Seed, drawn_seeds, real_seeds
from tests.fuzz.verdict import MOST_PEAK_BYTES, fault_of
from tests.fuzz.worker import Attempt

TRIALS = 250


def findings_of(campaign: Campaign, folder: Path) -> tuple[list[str], Tally]:
    tally = Tally()
    for _ in run(campaign, range(TRIALS), folder, jobs=2, tally=tally):
        pass
    return [f"{found.index}: {found.fault} {found.recipe}" for found in tally.findings], tally


def test_spoiled_pictures_end_as_photos_or_as_refusals_in_bounds(tmp_path: Path) -> None:
    findings, tally = findings_of(Campaign(drawn_seeds(), 7), tmp_path)
    assert findings == []
    assert tally.trials.total() == TRIALS
    outcomes = {name for _, name in tally.outcomes}
    assert {"prepared", "DamagedPhotoError"} <= outcomes  # neither all spoiled nor none
    assert list(tmp_path.iterdir()) == []


def test_spoiled_real_photos_do_too(tmp_path: Path, real_photos: Path) -> None:
    seeds = real_seeds(real_photos / "odd") + real_seeds(real_photos / "formats")
    findings, _ = findings_of(Campaign(seeds, 7), tmp_path)
    assert findings == []


def test_a_trial_is_what_its_number_says() -> None:
    first, second = Campaign(drawn_seeds(), 3), Campaign(drawn_seeds(), 3)
    assert [first.mutant(n) for n in range(40)] == [second.mutant(n) for n in range(40)]
    assert first.mutant(1)[1] != Campaign(drawn_seeds(), 4).mutant(1)[1]


@pytest.mark.parametrize("seed", drawn_seeds(), ids=lambda seed: seed.name)
def test_the_outline_of_every_format_is_found(seed: Seed) -> None:
    layout = layout_of(seed.family, seed.data)
    assert len(layout.numbers) >= 10
    assert all(0 <= start < end <= len(seed.data) for start, end in layout.pieces)


def test_what_may_not_be_is_a_finding() -> None:
    spec = load_preset("trade-email").photo
    refused = DamagedPhotoError("The PNG is damaged.", hint="Ask for it once more.")
    good = Attempt((refused,), 0.1, 1)
    assert fault_of(good, spec) == ""
    assert "MB" in fault_of(replace(good, peak_bytes=MOST_PEAK_BYTES + 1), spec)
    wrong = SourceUnreadableError("The file cannot be read (Invalid argument).")
    assert fault_of(Attempt((wrong,), 0.1, 1), spec)
    assert fault_of(Attempt((DamagedPhotoError("KeyError: 7"),), 0.1, 1), spec)
    assert fault_of(DamagedPhotoError("whatever the crew says itself"), spec)
