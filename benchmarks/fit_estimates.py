"""Fit what the search reckons with: bytes from plain encodes, quality, and the subsampling.

    python -m benchmarks.fit_estimates FOLDER... [--rows FILE.json]

Every photo of at least 1 MP is scaled to 944 px and encoded along the scale in both subsamplings,
plainly and finished as the product does, and scored with SSIMULACRA2; as libjpeg quantises it by
itself too, which is what pictures at the ceiling get; at 812 and 680 px too, shown at 944. Each
formula of ``photo.quality`` and ``photo.search`` is then fitted by least squares and judged on
photos left out of its fit (five folds, whole photos). It takes a quarter of an hour; ``--rows``
keeps the measurements.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photos import at_944_px, photos_in
from benchmarks.ssimulacra2_fast import Reference
from photoprep.photo.detail import chroma_detail
from photoprep.photo.encode import Wrapping, encode_finished, encode_plain
from photoprep.photo.planes import planes_of, share_beyond
from photoprep.photo.quality import PROBE_STEP, STEPS_PER_OCTAVE, USUAL_SLOPE, ChromaSubsampling
from photoprep.photo.search import DEAD_ZONE
from photoprep.units import scaled_size_px

Numbers = NDArray[np.float64]

LOSS_POWER = 0.6276336467831387
BARE = Wrapping(100, b"", b"")
MARKERS_BYTES = 300
BUDGETS = (200_000, 144_000, 96_000, 66_000)
FOLDS = 5
NUDGE = 0.04


@dataclass(frozen=True)
class Row:
    """One encode of one photo at one size."""

    photo: str
    side_px: int
    chroma: ChromaSubsampling
    step: int
    pixels: int
    probe_bytes: int
    plain_bytes: int
    finished_bytes: int
    score: float
    detail: float
    dead_zone: float | None
    nonzero: float


def measure(path: Path) -> list[Row]:
    """Encode one photo along the scale, at three sizes."""
    largest = at_944_px(path)
    reference = Reference(largest)
    rows = []
    for side in (944, 812, 680):
        size_px = scaled_size_px(largest.size, side)
        picture = largest.resize(size_px, Image.Resampling.LANCZOS)
        probe, detail = len(encode_plain(picture, PROBE_STEP, "4:4:4")), chroma_detail(picture)
        steps: dict[ChromaSubsampling, range] = {
            "4:4:4": range(-860, 900, 60) if side == 944 else range(100, 1000, 100),
            "4:2:0": range(-400, 900, 60) if side == 944 else range(100, 1000, 100),
        }
        for chroma, along in steps.items():
            for step in along:
                for plain, data, dead_zone, nonzero in encodes(
                    picture, step, chroma, zones=side == 944
                ):
                    if not 25_000 <= len(data) <= 320_000:
                        continue
                    shown = Image.open(io.BytesIO(data)).convert("RGB")
                    if shown.size != largest.size:
                        shown = shown.resize(largest.size, Image.Resampling.LANCZOS)
                    rows.append(
                        Row(
                            photo=f"{path.parent.name}/{path.name}",
                            side_px=side,
                            chroma=chroma,
                            step=step,
                            pixels=picture.width * picture.height,
                            probe_bytes=probe,
                            plain_bytes=plain,
                            finished_bytes=len(data),
                            score=reference.score(shown),
                            detail=detail,
                            dead_zone=dead_zone,
                            nonzero=nonzero,
                        )
                    )
    return rows


def encodes(
    picture: Image.Image, step: int, chroma: ChromaSubsampling, *, zones: bool
) -> Iterator[tuple[int, bytes, float | None, float]]:
    """(plain bytes, finished JPEG, dead zone, share of coefficients not zero) of a step.

    The dead zone is None where libjpeg quantises by itself from RGB.
    """
    planes = planes_of(picture, step, chroma)
    for dead_zone in (DEAD_ZONE, DEAD_ZONE - NUDGE, DEAD_ZONE + NUDGE) if zones else (DEAD_ZONE,):
        data = planes.finished(step, dead_zone, BARE)
        if data is not None:
            nonzero = 0.0 if planes.is_rounded else share_beyond(planes.sizes(step), dead_zone)
            yield planes.plain_bytes, data, dead_zone, nonzero
        if planes.is_rounded:
            break
    data = encode_finished(picture, step, chroma, BARE)
    if data is not None and chroma == "4:4:4" and zones:
        yield planes.plain_bytes, data, None, 0.0


class Columns:
    """The rows as arrays: octaves from scale 1, and binary logarithms of bits a pixel."""

    def __init__(self, rows: list[Row]) -> None:
        pixels = np.array([row.pixels for row in rows])
        names = sorted({row.photo for row in rows})
        self.folds = np.array([names.index(row.photo) % FOLDS for row in rows])
        self.octaves = np.array([row.step / STEPS_PER_OCTAVE for row in rows])
        self.halved = np.array([float(row.chroma == "4:2:0") for row in rows])
        self.probe_bits = np.log2(np.array([row.probe_bytes for row in rows]) * 8 / pixels)
        self.plain_bits = np.log2(np.array([row.plain_bytes for row in rows]) * 8 / pixels)
        payload = np.array([row.finished_bytes - MARKERS_BYTES for row in rows])
        self.bits = np.log2(payload * 8 / pixels)
        self.scores = np.array([row.score for row in rows])


def fitted(
    terms: list[Numbers], wanted: Numbers, folds: NDArray[np.int64], weights: Numbers | None = None
) -> tuple[Numbers, Numbers]:
    """Coefficients from all rows, and predictions for each row from the folds without it."""
    matrix = np.stack(terms, 1)
    weight = np.ones(len(wanted)) if weights is None else weights
    weighed, aim = matrix * weight[:, None], wanted * weight
    predicted = np.zeros(len(wanted))
    for fold in range(FOLDS):
        others = folds != fold
        solution = np.linalg.lstsq(weighed[others], aim[others], rcond=None)[0]
        predicted[~others] = matrix[~others] @ solution
    coefficients: Numbers = np.linalg.lstsq(weighed, aim, rcond=None)[0].astype(np.float64)
    return coefficients, predicted


def fit_finished_bytes(rows: list[Row]) -> None:
    """The formula of ``search.finished_bytes``."""
    near = [row for row in usual(rows) if 60_000 < row.finished_bytes < 260_000]
    c = Columns(near)
    o, b, h, one = c.octaves, c.plain_bits, c.halved, np.ones(len(near))
    ratio = np.array(
        [np.log2((row.finished_bytes - 300) / (row.plain_bytes - 600)) for row in near]
    )
    terms = [one, o, o * o, b, b * b, o * b, h, h * b, c.probe_bits]
    coefficients, predicted = fitted(terms, ratio, c.folds)
    errors = (predicted - ratio) * np.log(2)
    print(f"\nfinished from plain bytes, {len(near)} encodes: off by {_percent(errors)}")
    print("  1, o, o², b, b², o·b, h, h·b, probe:", np.round(coefficients, 4).tolist())


def fit_coding_loss(rows: list[Row]) -> None:
    """The formula of ``quality.coding_loss``."""
    libjpegs = [row for row in rows if row.dead_zone is None and row.step < -100]
    near = [row for row in usual(rows) + libjpegs if row.score > 35]
    c = Columns(near)
    octaves = np.maximum(c.octaves, -1.5)
    bits = c.bits + USUAL_SLOPE * np.minimum(0.0, c.octaves + 1.5)
    h, p, one, finer = c.halved, c.probe_bits, np.ones(len(near)), np.minimum(octaves, 0.0)
    busier = np.clip(bits - p + USUAL_SLOPE * octaves, -0.5, 0.05)
    loss = np.log(((100 - np.minimum(c.scores, 99)) / 10) ** (1 / LOSS_POWER))
    terms = [one, octaves, finer * finer, finer * busier, h, h * octaves, bits, p]
    coefficients, predicted = fitted(terms, loss, c.folds, (100 - c.scores) + 3.5)
    errors = np.minimum(100 - 10 * np.exp(predicted) ** LOSS_POWER, 97) - np.minimum(c.scores, 97)
    print(f"\nquality, {len(near)} encodes; mean and worst error on photos left out:")
    for low, high in ((93.5, 100), (85, 93.5), (35, 85)):
        part = errors[(c.scores > low) & (c.scores <= high)]
        print(f"  score {low}-{high}: {np.abs(part).mean():.2f}, {np.abs(part).max():.2f}")
    print("  1, o, f², f·busier, h, h·o, b, p:", np.round(coefficients, 4).tolist())


def fit_nonzero_ratio(rows: list[Row]) -> None:
    """The formula of ``search.nonzero_ratio``: what coefficients not zero are worth in bytes."""
    by_place: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        if row.side_px == 944 and row.nonzero and 60_000 < row.finished_bytes < 260_000:
            by_place.setdefault((row.photo, row.chroma, row.step), []).append(row)
    pairs = [
        (more, fewer)
        for found in by_place.values()
        for more, fewer in pairwise(sorted(found, key=lambda row: row.dead_zone or 0.0))
    ]
    c = Columns([more for more, _ in pairs])
    bytes_fall, counts_fall = (
        np.log([getattr(more, name) / getattr(fewer, name) for more, fewer in pairs])
        for name in ("finished_bytes", "nonzero")
    )
    share = np.log2([more.nonzero for more, _ in pairs])
    terms = [np.ones(len(pairs)), c.octaves, c.halved, share, c.bits]
    coefficients, predicted = fitted(terms, bytes_fall / counts_fall, c.folds)
    off = np.abs(predicted * counts_fall - bytes_fall).mean() / np.abs(bytes_fall).mean()
    print(f"\nbytes for coefficients, {len(pairs)} pairs: off by {off:.0%} of the difference")
    print("  1, o, h, log of share, b:", np.round(coefficients, 4).tolist())


def usual(rows: list[Row]) -> list[Row]:
    """Those at 944 px with the usual dead zone."""
    return [row for row in rows if row.side_px == 944 and row.dead_zone == DEAD_ZONE]


def fit_chroma(rows: list[Row]) -> None:
    """The formula of ``search.chroma_for``: which subsampling wins at the same bytes."""
    rows, pairs = usual(rows), []
    for photo in sorted({row.photo for row in rows}):
        for budget in BUDGETS:
            whole, halved = (_at(rows, photo, chroma, 944, budget) for chroma in ("4:4:4", "4:2:0"))
            if whole and halved and whole[0] < 95:
                lost = next(row.detail for row in rows if row.photo == photo)
                pairs.append((photo, halved[0] - whole[0], whole[1], lost))
    names = sorted({pair[0] for pair in pairs})
    folds = np.array([names.index(pair[0]) % FOLDS for pair in pairs])
    gain = np.array([pair[1] for pair in pairs])
    octaves = np.array([pair[2] / STEPS_PER_OCTAVE for pair in pairs])
    detail = np.log(np.array([pair[3] for pair in pairs]) + 0.1)
    terms = [np.ones(len(pairs)), octaves, detail]
    coefficients, predicted = fitted(terms, np.clip(gain, -1.5, 1.5), folds)
    cost = np.where(predicted > 0, np.maximum(-gain, 0), np.maximum(gain, 0))
    print(f"\nsubsampling, {len(pairs)} pairs of photo and budget, on photos left out:")
    print(f"  right in {np.mean((predicted > 0) == (gain > 0)):.0%}, lost {cost.mean():.3f} points")
    print(
        f"  always 4:4:4 loses {np.maximum(gain, 0).mean():.3f}, "
        f"always 4:2:0 {np.maximum(-gain, 0).mean():.3f}"
    )
    print("  1, o, log of detail:", np.round(coefficients, 3).tolist())


def compare_sizes(rows: list[Row]) -> None:
    """How often a smaller picture, shown at 944 px, looks better at the same bytes."""
    print("\nresolution: how often fewer pixels win, and by how much in the mean")
    for budget in (*BUDGETS, 48_000, 36_000):
        for side in (812, 680):
            gains = []
            for photo in sorted({row.photo for row in rows}):
                full, small = (_best(rows, photo, each, budget) for each in (944, side))
                if full is not None and small is not None:
                    gains.append(small - full)
            if gains:
                wins = sum(gain > 0 for gain in gains)
                print(
                    f"  {budget:7,} bytes, {side} px: {wins} of {len(gains)}, "
                    f"mean {np.mean(gains):+.2f}, best {max(gains):+.2f}"
                )


def _best(rows: list[Row], photo: str, side_px: int, budget: int) -> float | None:
    scores = [_at(rows, photo, chroma, side_px, budget) for chroma in ("4:4:4", "4:2:0")]
    return max((score[0] for score in scores if score), default=None)


def _at(
    rows: list[Row], photo: str, chroma: str, side_px: int, budget: int
) -> tuple[float, float] | None:
    """Score (counted up to 95) and step at so many bytes, between the encodes around them."""
    mine = sorted(
        (row.finished_bytes, row.score, row.step)
        for row in rows
        if (row.photo, row.chroma, row.side_px) == (photo, chroma, side_px)
    )
    if len(mine) < 2 or not mine[0][0] <= budget <= mine[-1][0]:
        return None
    lengths = np.log([each[0] for each in mine])
    score = float(np.interp(np.log(budget), lengths, [each[1] for each in mine]))
    return min(95.0, score), float(np.interp(np.log(budget), lengths, [each[2] for each in mine]))


def _percent(errors: Numbers) -> str:
    return f"{np.abs(errors).mean():.1%} in the mean, {np.abs(errors).max():.1%} at worst"


def main() -> int:
    """Measure (or read what was measured) and print every fit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if options.rows and options.rows.is_file():
        rows = [Row(**each) for each in json.loads(options.rows.read_text())]
    else:
        with ProcessPoolExecutor(options.jobs) as pool:
            found = pool.map(measure, photos_in(options.folders))
            rows = [row for each in found for row in each]
        if options.rows:
            options.rows.write_text(json.dumps([asdict(row) for row in rows]))
    print(f"{len(rows)} encodes of {len({row.photo for row in rows})} photos")
    fit_finished_bytes(rows)
    fit_coding_loss(rows)
    fit_nonzero_ratio(rows)
    fit_chroma(rows)
    compare_sizes([row for row in rows if row.dead_zone == DEAD_ZONE])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
