"""Photos of noise, which fill whatever bytes a JPEG may have, so that a few make several mails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

_NAMES = (
    "工具箱 X100/关闭.png",
    "工具箱 X100/打开.png",
    "工具箱 X100/背面.png",
    "Küchenwaage 'Größe' Ø22/front.png",
    "Lamp L7/front.png",
    f"{'A very long name of a product ' * 3}/open.png",
    "Lamp L7/accessory not included charger.png",
)


def noisy_photos(folder: Path) -> Path:
    """A folder of some that fill their budget and some small ones, with names of every kind."""
    rng = np.random.default_rng(16)
    for number, name in enumerate(_NAMES):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 256, (700, 1000, 3), dtype=np.uint8)
        picture = Image.fromarray(noise)
        if number % 3 == 2:
            picture = picture.resize((100, 70), Image.Resampling.BOX)
        picture.save(path, compress_level=1)
    return folder
