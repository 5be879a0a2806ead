"""Pictures that a small budget binds, as the usual one binds photos, and a preset that does so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from photoprep import load_preset
from photoprep.preset import Preset

# Two photos of 45 kB go into such a mail, and three of 40 kB.
PHOTO_BYTES, MAIL_BYTES = 45_000, 170_000

PRESET_FILE = f"""\
schema = 1
extends = "trade-email"
name = "bound"
[photo]
max_bytes = {PHOTO_BYTES}
[mail]
preferred_bytes = {MAIL_BYTES}
max_bytes = {MAIL_BYTES}
"""


def bound_preset(**mail: object) -> Preset:
    """The usual preset with these limits, and what else is said of mails."""
    usual = load_preset()
    figures: dict[str, object] = {"preferred_bytes": MAIL_BYTES, "max_bytes": MAIL_BYTES, **mail}
    return dataclasses.replace(
        usual,
        photo=dataclasses.replace(usual.photo, max_bytes=PHOTO_BYTES),
        mail=dataclasses.replace(usual.mail, **figures),  # type: ignore[arg-type]
    )


def noisy_photo(path: Path, seed: int) -> Path:
    """Soft noise of a strength of its own: at 45 kB its quality is about 90."""
    path.parent.mkdir(parents=True, exist_ok=True)
    strength = 8 + seed % 5
    noise = np.random.default_rng(seed).integers(
        128 - strength, 128 + strength, (180, 240, 3), dtype=np.uint8
    )
    Image.fromarray(noise).resize((480, 360), Image.Resampling.BICUBIC).save(path)
    return path
