"""A prepared photo in the real Chromium, the engine behind most mail that is read in a browser."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from benchmarks.compact_profiles import display_p3
from photoprep.photo.profiles import adobe_rgb_profile
from tests.support import photoprep

CHROMIUM = next(
    (each for each in ("chromium", "chromium-browser", "google-chrome") if shutil.which(each)), None
)
# All of them are colours of sRGB, so that LittleCMS alone says what they become.
COLOURS = (
    *((255, 255, 255), (128, 128, 128), (40, 40, 40), (204, 50, 40)),
    *((40, 82, 155), (60, 150, 70), (224, 172, 140), (140, 90, 60)),
    *((220, 180, 70), (110, 60, 150), (90, 180, 190), (200, 120, 160)),
)
ACROSS, DOWN = 4, 3
PATCH_PX = 160
SIDEWAYS = 6  # Exif's orientation of a camera held upright: turned right to be shown
A_FEW_LEVELS = 4

Levels = NDArray[np.int64]


@pytest.mark.skipif(
    CHROMIUM is None and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="Chromium is not installed",
)
@pytest.mark.parametrize("profile_of", [adobe_rgb_profile, display_p3])
def test_chromium_shows_the_colours_that_littlecms_says(
    profile_of: Callable[[], bytes], tmp_path: Path
) -> None:
    original = tmp_path / "photos" / "chart.jpg"
    original.parent.mkdir()
    wanted = _photograph(original, profile_of())
    run = photoprep(original.parent, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    (prepared,) = (tmp_path / "out" / "photos").glob("*.jpg")
    shown = _middles(_in_chromium(prepared, tmp_path))
    assert np.abs(shown - wanted).max() <= A_FEW_LEVELS


def _photograph(path: Path, profile: bytes) -> Levels:
    """Write the chart as a camera held upright does; what of it is to be seen, upright, in sRGB."""
    chart = Image.new("RGB", (ACROSS, DOWN))
    chart.putdata(COLOURS)
    upright = chart.resize((ACROSS * PATCH_PX, DOWN * PATCH_PX), Image.Resampling.NEAREST)
    wide = _converted(upright, None, profile)
    assert np.abs(_middles(wide) - _middles(upright)).max() > 4 * A_FEW_LEVELS
    exif = Image.Exif()
    exif[0x0112] = SIDEWAYS
    wide.transpose(Image.Transpose.ROTATE_90).save(
        path, quality=100, subsampling=0, icc_profile=profile, exif=exif.tobytes()
    )
    return _middles(_converted(wide, profile, None))


def _converted(image: Image.Image, source: bytes | None, target: bytes | None) -> Image.Image:
    """The picture between two profiles, by LittleCMS; None is sRGB."""
    before, after = (
        ImageCms.ImageCmsProfile(io.BytesIO(each) if each else ImageCms.createProfile("sRGB"))
        for each in (source, target)
    )
    converted = ImageCms.profileToProfile(
        image,
        before,
        after,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.NOOPTIMIZE,
    )
    assert converted is not None
    return converted


def _in_chromium(photo: Path, folder: Path) -> Image.Image:
    """The photo as a page shows it on an sRGB display, as large as it is."""
    with Image.open(photo) as image:
        width, height = image.size
    page, picture = folder / "page.html", folder / "shown.png"
    page.write_text(
        "<!doctype html><style>body{margin:0}img{display:block}</style>"
        f'<img src="{photo.as_uri()}">',
        encoding="utf-8",
    )
    assert CHROMIUM is not None, "Chromium is required here and not installed"
    subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            f"--user-data-dir={folder / 'browser'}",
            "--force-color-profile=srgb",
            # A window has a frame even where nobody sees it: some height is lost to it.
            f"--window-size={max(width, 500)},{height + 200}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    with Image.open(picture) as shot:
        return shot.convert("RGB").crop((0, 0, width, height))


def _middles(image: Image.Image) -> Levels:
    """The colour in the middle of each patch of an upright chart."""
    values = np.asarray(image).astype(np.int64)
    tall, wide = values.shape[0] / DOWN, values.shape[1] / ACROSS
    return np.array(
        [
            values[int((row + 0.5) * tall), int((column + 0.5) * wide)]
            for row in range(DOWN)
            for column in range(ACROSS)
        ]
    )
