"""Fit the quantisation tables to this job, and say how they do on photos that the fit never saw.

    pip install -e '.[bench]'
    python -m benchmarks.fit_tables FOLDER... --subsampling 4:4:4 [--minutes 12] [--out FILE.json]

Every photo of at least 1 MP is scaled to 944 px. Photos are dealt out in turn, whole folders of
one product together: half is for the fit, half for the score at the end. At each budget the table's
scale is the one that the *whole* photo needs; crops of 320 px are then encoded at that scale, so
that a score costs 25 ms and not a second.

The start is jpegli's published base matrices. What is searched (CMA-ES, separable) are logarithms:
one for each diagonal band of luma, and eight bands and a slope for each of Cb and Cr. A trial is
encoded by Pillow as the product would (progressive, optimised) at the bytes of the start; the
little that its length is off is reckoned with the crop's own slope of quality over bytes. Each
generation is judged on one random handful of crops; scores above 95.5 count as 95.5.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cma
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photos import at_944_px, photos_in
from benchmarks.ssimulacra2_fast import Reference
from photoprep.photo.quality import STEPS_PER_OCTAVE
from photoprep.photo.quant_tables import GROWTH, KNEE_SCALE

Chroma = Literal["4:4:4", "4:2:0"]
Tables = list[NDArray[np.float64]]  # Y, Cb, Cr; 64 each, in natural order

BUDGETS = (200_000, 144_000, 96_000, 66_000)
# Where on the scale each subsampling is of use: from ... to, in steps of 1/256 octave.
RANGES: dict[Chroma, tuple[int, int]] = {"4:4:4": (-300, 420), "4:2:0": (60, 800)}
CROP_PX = 320
CEILING = 95.5
HANDFUL = 14

# Eight numbers a row show the frequencies; the formatter would put one.
# fmt: off
# google/jpegli, lib/jpegli/quant.cc: kBaseQuantMatrixYCbCr and k420Rescale (BSD-3-Clause,
# Copyright the JPEG XL Project Authors; numbers only), rounded to two and four decimals.
JPEGLI_Y = (
    1.24, 1.72, 2.92, 2.81, 3.34, 3.46, 3.84, 3.87, 1.72, 2.09, 2.85, 2.70, 3.44, 3.17, 4.03, 4.04,
    2.92, 2.85, 2.96, 3.39, 3.62, 3.90, 3.76, 4.24, 2.81, 2.70, 3.39, 3.38, 4.17, 4.81, 4.78, 4.61,
    3.34, 3.44, 3.62, 4.17, 4.58, 4.92, 5.57, 5.49, 3.46, 3.17, 3.90, 4.81, 4.92, 5.44, 5.09, 6.09,
    3.84, 4.03, 3.76, 4.78, 5.57, 5.09, 5.44, 5.40, 3.87, 4.04, 4.24, 4.61, 5.49, 6.09, 5.40, 4.38,
)
JPEGLI_CB = (
    2.82, 6.50, 9.31, 10.65, 11.07, 17.15, 18.46, 29.09,
    6.50, 8.89, 8.98, 13.67, 16.55, 16.64, 26.78, 21.33,
    9.31, 8.98, 11.09, 18.21, 19.75, 23.99, 102.65, 24.45,
    10.65, 13.67, 18.21, 18.63, 16.04, 25.05, 25.02, 35.80,
    11.07, 16.55, 19.75, 16.04, 19.37, 14.68, 19.95, 51.09,
    17.15, 16.64, 23.99, 25.05, 14.68, 31.32, 46.36, 67.48,
    18.46, 26.78, 102.65, 25.02, 19.95, 46.36, 61.32, 88.35,
    29.09, 21.33, 24.45, 35.80, 51.09, 67.48, 88.35, 112.16,
)
JPEGLI_CR = (
    2.92, 4.50, 7.36, 6.58, 8.54, 8.80, 9.19, 9.48, 4.50, 6.31, 7.02, 7.16, 8.05, 7.01, 6.71, 8.38,
    7.36, 7.02, 6.89, 6.88, 8.78, 6.88, 7.89, 8.68, 6.58, 7.16, 6.88, 7.00, 7.72, 7.96, 7.47, 8.36,
    8.54, 8.05, 8.78, 7.72, 6.78, 9.48, 9.04, 8.05, 8.80, 7.01, 6.88, 7.96, 9.48, 8.61, 9.92, 64.25,
    9.19, 6.71, 7.89, 7.47, 9.04, 9.92, 63.18, 83.35, 9.48, 8.38, 8.68, 8.36, 8.05, 64.25, 83.35,
    114.89,
)
JPEGLI_420 = (
    .4093, .3209, .3477, .3333, .3144, .2823, .3214, .3354,
    .3209, .3111, .3489, .2801, .3059, .3119, .4135, .3445,
    .3477, .3489, .3586, .3257, .2727, .3754, .3369, .3484,
    .3333, .2801, .3257, .3020, .3515, .3410, .3971, .3839,
    .3144, .3059, .2727, .3515, .3105, .3397, .2716, .3836,
    .2823, .3119, .3754, .3410, .3397, .3212, .3203, .0726,
    .3214, .4135, .3369, .3971, .2716, .3203, .0798, .0553,
    .3354, .3445, .3484, .3839, .3836, .0726, .0553, .3368,
)
# fmt: on

_ROWS, _COLUMNS = np.indices((8, 8))
BAND = (_ROWS + _COLUMNS).ravel()  # 0 (DC) … 14
# +0.5 on the axes (a vertical or horizontal grating), -0.5 on the diagonal.
AXIS = (np.abs(_ROWS - _COLUMNS) / np.maximum(1, _ROWS + _COLUMNS)).ravel() - 0.5
LUMA_BANDS, CHROMA_BANDS = 15, 8
DIMENSIONS = LUMA_BANDS + 2 + 2 * (CHROMA_BANDS + 1)


def jpegli_tables(chroma: Chroma) -> Tables:
    """The start: what jpegli would take, before any scale."""
    halved = np.array(JPEGLI_420) if chroma == "4:2:0" else np.ones(64)
    return [np.array(JPEGLI_Y), np.array(JPEGLI_CB) * halved, np.array(JPEGLI_CR) * halved]


def tilted(base: Tables, point: NDArray[np.float64]) -> Tables:
    """The base with a search point's logarithms on it."""
    at = LUMA_BANDS + 2
    axis = np.where(BAND <= 4, point[LUMA_BANDS], point[LUMA_BANDS + 1]) * AXIS * (BAND > 0)
    logarithms = [point[:LUMA_BANDS][BAND] + axis]
    for _ in range(2):
        bands, slope = point[at : at + CHROMA_BANDS], point[at + CHROMA_BANDS]
        beyond = np.maximum(0, BAND - (CHROMA_BANDS - 1)) / 7
        logarithms.append(bands[np.minimum(BAND, CHROMA_BANDS - 1)] + slope * beyond)
        at += CHROMA_BANDS + 1
    return [table * np.exp(each) for table, each in zip(base, logarithms, strict=True)]


def at_step(tables: Tables, step: int) -> list[list[int]]:
    """Whole numbers at a place on the scale, by the product's own rule of growth."""
    scale = 2.0 ** (step / STEPS_PER_OCTAVE)
    growth = np.full(64, scale)
    if scale > KNEE_SCALE:
        growth = KNEE_SCALE * (scale / KNEE_SCALE) ** np.array(GROWTH)
    return [np.clip(np.rint(table * growth), 1, 255).astype(int).tolist() for table in tables]


def encoded(picture: Image.Image, tables: list[list[int]], chroma: Chroma) -> bytes:
    """A progressive JPEG, as the product ends with."""
    buffer = io.BytesIO()
    picture.save(
        buffer, "JPEG", qtables=tables, subsampling=chroma, progressive=True, optimize=True
    )
    return buffer.getvalue()


@dataclass
class Crop:
    """A piece of a photo, the step that the whole photo needs at a budget, and how it scores."""

    photo: str
    picture: Image.Image
    step: int
    reference: Reference = field(init=False)
    length: int = 0
    score: float = 0.0
    slope: float = 0.0  # points of quality for one natural logarithm of bytes

    def measure(self, base: Tables, chroma: Chroma) -> None:
        """Encode at the start's tables, a little finer and a little coarser."""
        self.reference = Reference(self.picture)
        points = []
        for step in (self.step - 32, self.step, self.step + 32):
            data = encoded(self.picture, at_step(base, step), chroma)
            points.append((len(data), self.reference.score(Image.open(io.BytesIO(data)))))
        self.length, self.score = points[1]
        rise = math.log(points[0][0] / points[2][0])
        self.slope = max(0.5, (points[0][1] - points[2][1]) / rise) if rise else 0.5

    def gain(self, tables: Tables, chroma: Chroma) -> float:
        """How much better than the start these tables are, at the same bytes."""
        step, data = self.step, b""
        for _ in range(3):
            data = encoded(self.picture, at_step(tables, step), chroma)
            if abs(len(data) / self.length - 1) < 0.015:
                break
            step += round(STEPS_PER_OCTAVE * math.log2(len(data) / self.length) / 0.62)
        score = self.reference.score(Image.open(io.BytesIO(data)))
        score -= self.slope * math.log(len(data) / self.length)
        return min(score, CEILING) - min(self.score, CEILING)


def step_of(picture: Image.Image, budget: int, base: Tables, chroma: Chroma) -> int | None:
    """The place on the scale at which the whole photo has the budget's bytes, if there is one."""
    step = 64
    for _ in range(7):
        length = len(encoded(picture, at_step(base, step), chroma))
        if abs(length / budget - 1) < 0.02:
            return step
        step += round(STEPS_PER_OCTAVE * math.log2(length / budget) / 0.62)
        step = max(-600, min(1500, step))
    return None


def crops_of(photos: list[Path], base: Tables, chroma: Chroma, each: int, seed: int) -> list[Crop]:
    """Random crops that have something to show, for each photo and each budget within reach."""
    dice, crops = random.Random(seed), []
    low, high = RANGES[chroma]
    for path in photos:
        picture = at_944_px(path)
        for budget in BUDGETS:
            step = step_of(picture, budget, base, chroma)
            if step is None or not low <= step <= high:
                continue
            share = CROP_PX * CROP_PX / (picture.width * picture.height)
            found: list[Crop] = []
            for _ in range(12):
                left = dice.randrange(0, max(1, picture.width - CROP_PX))
                top = dice.randrange(0, max(1, picture.height - CROP_PX))
                box = (left, top, left + CROP_PX, top + CROP_PX)
                crop = Crop(f"{path.parent.name}/{path.name}", picture.crop(box), step)
                if len(encoded(crop.picture, at_step(base, step), chroma)) > budget * share / 4:
                    found.append(crop)
                if len(found) == each:
                    break
            crops += found
    for crop in crops:
        crop.measure(base, chroma)
    return [crop for crop in crops if crop.score < CEILING + 0.5]


def dealt(photos: list[Path]) -> tuple[list[Path], list[Path]]:
    """Half for the fit, half held out; the pictures of one product stay together."""
    groups: dict[str, list[Path]] = {}
    for path in photos:
        alone = path.parent.name == "camera"
        groups.setdefault(str(path) if alone else str(path.parent), []).append(path)
    hands: tuple[list[Path], list[Path]] = ([], [])
    for number, group in enumerate(groups.values()):
        hands[number % 2].extend(group)
    return hands


def mean_gain(crops: list[Crop], tables: Tables, chroma: Chroma) -> float:
    """The mean over crops."""
    return statistics.mean(crop.gain(tables, chroma) for crop in crops)


def main() -> int:
    """Search for the minutes given and print tables and scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--subsampling", choices=["4:4:4", "4:2:0"], default="4:4:4")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    chroma: Chroma = options.subsampling
    base = jpegli_tables(chroma)
    fitting, held_out = dealt(photos_in(options.folders))
    crops = crops_of(fitting, base, chroma, 3, seed=1)
    unseen = crops_of(held_out, base, chroma, 2, seed=2)
    print(
        f"{chroma}: {len(crops)} crops of {len(fitting)} photos for the fit, {len(unseen)} unseen"
    )

    search = cma.CMAEvolutionStrategy(
        [0.0] * DIMENSIONS, 0.25, {"popsize": 16, "CMA_diagonal": True, "verbose": -9, "seed": 7}
    )
    dice, begin, generation = random.Random(3), time.monotonic(), 0
    while time.monotonic() - begin < options.minutes * 60:
        points = search.ask()
        handful = dice.sample(crops, min(HANDFUL, len(crops)))
        # A slight pull towards the start keeps bands that nothing depends on from drifting.
        costs = [
            0.1 * float(np.mean(np.square(point))) - mean_gain(handful, tilted(base, point), chroma)
            for point in points
        ]
        search.tell(points, costs)
        generation += 1
        if generation % 10 == 0:
            now = mean_gain(unseen, tilted(base, search.mean), chroma)
            print(f"generation {generation}: held-out gain {now:+.3f}", flush=True)
    tables = [np.round(table, 2) for table in tilted(base, search.mean)]
    result = {
        "subsampling": chroma,
        "generations": generation,
        "held_out_start": round(statistics.mean(min(crop.score, CEILING) for crop in unseen), 3),
        "held_out_gain": round(mean_gain(unseen, tables, chroma), 3),
        "held_out_gain_by_photo": {
            name: round(mean_gain([c for c in unseen if c.photo == name], tables, chroma), 2)
            for name in sorted({crop.photo for crop in unseen})
        },
        "tables": [table.tolist() for table in tables],
    }
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
