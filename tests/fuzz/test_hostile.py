"""Hostile files through the product's own worker: in bounds, with a clear word or a picture."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from photoprep.errors import PhotoError
from photoprep.preset_file import load_preset
from photoprep.workers import Crew
from tests.fuzz.bombs import HOSTILE
from tests.fuzz.campaign import LIMIT_S
from tests.fuzz.verdict import fault_of_jpeg, name_of
from tests.fuzz.worker import Attempt, Trial, attempt, set_up

SPEC = load_preset("trade-email").photo

# What must come of each, and how many megabytes its worker may have taken at most: it
# has 50 itself, and runs differ by some 3. Others of ``HOSTILE`` take seconds, or a gigabyte that
# is known of.
EXPECTED = {
    "30000-pages.tif": ("prepared", 250),
    "30000-deep-pages.tif": ("prepared", 250),
    "looped-pages.tif": ("prepared", 250),
    "tags-of-2-32.tif": ("DamagedPhotoError", 250),
    "tags-of-2-62.tif": ("DamagedPhotoError", 250),
    "exif-in-itself.jpg": ("prepared", 250),
    "exif-3000-deep.jpg": ("prepared", 250),
    "20000-frames.gif": ("prepared", 250),
    "endless-blocks.gif": ("DamagedPhotoError", 200),
    "65535-square.gif": ("TooManyPixelsError", 250),
    "outlying-frame.gif": ("TooManyPixelsError", 250),
    "64k-square.png": ("TooManyPixelsError", 250),
    "text-bomb.png": ("DamagedPhotoError", 250),
    "text-bomb-16.png": ("DamagedPhotoError", 250),
    "2000-texts.png": ("DamagedPhotoError", 250),
    "profile-bomb.png": ("DamagedPhotoError", 250),
    "profile-bomb-16.png": ("DamagedPhotoError", 280),
    "profile-60-mb.jpg": ("prepared", 280),
    "xmp-60-mb.jpg": ("prepared", 250),
    "canvas-of-2-32.webp": ("DamagedPhotoError", 250),
    "60000-square.avif": ("DamagedPhotoError", 250),
    "60000-square.heic": ("TooManyPixelsError", 250),
    "tiles-of-1.j2k": ("DamagedPhotoError", 250),
    "one-tile-14000.j2k": ("DamagedPhotoError", 400),
    "16384-components.j2k": ("DamagedPhotoError", 250),
    "2-31-square.j2k": ("TooManyPixelsError", 250),
    "2-30-square.jxl": ("TooManyPixelsError", 250),
    "60000-square.bmp": ("TooManyPixelsError", 250),
    "flat-14000-16.png": ("prepared", 480),
    "adam7-14000-16.png": ("TooManyPixelsError", 250),
    "flat-14000-16.tif": ("prepared", 480),
}


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Attempt | PhotoError]]:
    """All of them one after another, by the same worker where it lives."""
    pytest.importorskip("pillow_jxl")
    folder = tmp_path_factory.mktemp("hostile")
    for name in EXPECTED:
        HOSTILE[name](folder / name)
    trials = [Trial(folder / name, SPEC, LIMIT_S) for name in EXPECTED]
    with Crew(attempt, jobs=1, set_up=set_up) as crew:
        yield {list(EXPECTED)[index]: result for index, result in crew.run(trials)}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_file_is_bounded(name: str, results: dict[str, Attempt | PhotoError]) -> None:
    result = results[name]
    assert isinstance(result, Attempt), result
    (outcome,) = result.outcomes
    kind, most_mb = EXPECTED[name]
    assert name_of(outcome) == kind, outcome
    if not isinstance(outcome, PhotoError):
        assert fault_of_jpeg(outcome, SPEC) == ""
    if sys.platform.startswith("linux"):
        assert result.peak_bytes <= most_mb * 1_000_000
