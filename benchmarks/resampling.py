"""How a large photo is best made small: filters, reducing gaps, linear light, sharpening after it.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.resampling FOLDER... [--photos 12]

Targets drawn here tell what is kept, what is folded back as moiré, how far edges overshoot and what
becomes of brightness. Then photos of at least 1 MP, as many from each folder, are scaled to 944 px
and judged: docs/resampling.md has the columns and what came of it. Needs numpy, scipy, ssimulacra2.
"""

from __future__ import annotations

import argparse
import io
import math
import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from timeit import repeat

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.Image import Resampling
from scipy.ndimage import maximum_filter, minimum_filter

from benchmarks.photos import in_srgb, photos_in
from benchmarks.quality import spec_for
from benchmarks.ssimulacra2_fast import Reference
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.lanczos import lanczos
from photoprep.units import scaled_size_px

Size = tuple[int, int]
Scaler = Callable[[Image.Image, Size], Image.Image]
Floats = NDArray[np.floating]
Levels = NDArray[np.int16]
Row = dict[str, float]

WIDE_PX, SMALL_PX = (1008, 756), (236, 177)  # a quarter of 12 MP to a quarter of 944 px
HALO, PLAIN, OFF = 8, 8, 4  # levels; docs/resampling.md explains them
_LEVELS = np.arange(256, dtype=np.float32) / 255
_LIGHT = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)


def levels_of(light: Floats) -> Floats:
    """Light as sRGB levels of 0…255, not rounded."""
    held = np.clip(light, 0, 1)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055) * 255


def picture_of(levels: Floats) -> Image.Image:
    """Levels as a picture; grey ones in three equal planes."""
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8)).convert("RGB")


def floating(planes: Floats, size_px: Size, resampling: Resampling) -> Floats:
    """Pillow's filter in floating point: nothing is rounded or held to a range."""
    parts = [Image.fromarray(plane.astype(np.float32)) for plane in np.moveaxis(planes, 2, 0)]
    return np.stack([np.asarray(part.resize(size_px, resampling)) for part in parts], axis=2)


def exact(image: Image.Image, size_px: Size) -> Image.Image:
    """Lanczos on the stored values, rounded once, at the end."""
    return picture_of(floating(np.asarray(image), size_px, Resampling.LANCZOS))


def in_light(image: Image.Image, size_px: Size, resampling: Resampling) -> Image.Image:
    """On amounts of light, rounded once, at the end."""
    return picture_of(levels_of(floating(_LIGHT[np.asarray(image)], size_px, resampling)))


def sharpened(image: Image.Image, size_px: Size, radius: float, percent: int) -> Image.Image:
    """Pillow's Lanczos, then an unsharp mask."""
    mask = ImageFilter.UnsharpMask(radius, percent, threshold=0)
    return image.resize(size_px, Resampling.LANCZOS).filter(mask)


CANDIDATES: dict[str, Scaler] = {
    "photoprep": lanczos,
    "Lanczos": partial(Image.Image.resize, resample=Resampling.LANCZOS),
    "Lanczos, exact": exact,
    "Lanczos, gap 3": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=3),
    "Lanczos, gap 2": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=2),
    "Lanczos, gap 1.5": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=1.5),
    "bicubic": partial(Image.Image.resize, resample=Resampling.BICUBIC),
    "Hamming": partial(Image.Image.resize, resample=Resampling.HAMMING),
    "box": partial(Image.Image.resize, resample=Resampling.BOX),
    "Lanczos in light": partial(in_light, resampling=Resampling.LANCZOS),
    "bicubic in light": partial(in_light, resampling=Resampling.BICUBIC),
    "Hamming in light": partial(in_light, resampling=Resampling.HAMMING),
    "unsharp 0.6, 30%": partial(sharpened, radius=0.6, percent=30),
    "unsharp 0.8, 60%": partial(sharpened, radius=0.8, percent=60),
}


def print_of(ink: int, paper: int) -> Image.Image:
    """Small print with strokes of two or three pixels: less than one of the small picture's."""
    page = Image.new("L", WIDE_PX, paper)
    for row in range(0, WIDE_PX[1], 30):
        line = "Model 4711, 220-240 V, 50 Hz, 1500 W, keep dry, wash by hand " * 2
        ImageDraw.Draw(page).text((4 - row // 3, row), line, ink, ImageFont.load_default(24))
    return page.convert("RGB")


def on_waves(scale: Scaler) -> Row:
    """What is left of waves of 88…168 levels: the amplitude below Nyquist, the strength above."""
    row = {}
    for share in (0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0):  # of the small picture's Nyquist
        angles = np.pi * share * SMALL_PX[0] * (np.arange(WIDE_PX[0]) + 0.5) / WIDE_PX[0]
        wave = picture_of(np.tile(128 + 40 * np.sin(angles + 0.3), (WIDE_PX[1], 1)))
        small = np.asarray(scale(wave, SMALL_PX))[80, 8:-8, 1].astype(float)
        window = np.hanning(small.size)
        turns = np.exp(-1j * np.pi * share * np.arange(small.size)) * window
        found = 2 * abs(((small - small.mean()) * turns).sum()) / window.sum()
        row[f"{share:g}"] = 2.5 * (found if share < 1 else float(small.std()) * math.sqrt(2))
    return row


def to_edge(size_px: Size) -> Floats:
    """How many pixels each pixel's centre lies right of a line one in ten off the upright."""
    down, across = np.mgrid[: size_px[1], : size_px[0]] + 0.5
    return np.asarray(across - size_px[0] / 2 - (down - size_px[1] / 2) / 10) / math.hypot(1, 0.1)


def on_edges(scale: Scaler) -> Row:
    """Overshoot in levels on either side, and the way from 10 to 90% in small pixels."""
    row, places, distance = Row(), np.arange(-4, 4, 0.1), to_edge(SMALL_PX)[8:-8]
    for dark, bright in ((40, 215), (100, 160)):
        wide = picture_of(dark + (bright - dark) * np.clip(to_edge(WIDE_PX) + 0.5, 0, 1))
        small = np.asarray(scale(wide, SMALL_PX))[8:-8, :, 1].astype(float)
        profile = np.array([small[np.abs(distance - place) < 0.06].mean() for place in places])
        rising = slice(int(profile.argmin()), int(profile.argmax()) + 1)
        marks = dark + (bright - dark) * np.array([0.1, 0.9])
        row[f"under {dark}"] = dark - float(profile.min())
        row[f"over {bright}"] = float(profile.max()) - bright
        row[f"rise {dark}"] = float(np.ptp(np.interp(marks, profile[rising], places[rising])))
    return row


def on_patterns(scale: Scaler) -> Row:
    """By how many levels fine patterns come out brighter (+) or darker (-) than they shine."""
    odd = np.tile(np.arange(WIDE_PX[0]) % 2, (WIDE_PX[1], 1))
    patterns = {
        "lines 30/225": picture_of(30.0 + 195 * odd),
        "lines 90/150": picture_of(90.0 + 60 * odd),
        "white print": print_of(245, 30),
        "black print": print_of(30, 245),
    }
    row = {}
    for name, wide in patterns.items():
        light = [_LIGHT[np.asarray(picture)].mean() for picture in (wide, scale(wide, SMALL_PX))]
        row[name] = float(np.diff(levels_of(np.array(light)))[0])
    return row


def block_levels(picture: Image.Image, size_px: Size) -> Floats:
    """The brightness, by the light in them, of blocks of 8 × 8 pixels at the size."""
    luminance = _LIGHT[np.asarray(picture)] @ np.array([[0.2126], [0.7152], [0.0722]], np.float32)
    return levels_of(floating(luminance, (size_px[0] // 8, size_px[1] // 8), Resampling.BOX))


def range_under(picture: Image.Image, size_px: Size) -> tuple[Levels, Levels]:
    """The lowest and highest grey level of the original under each pixel of the small picture."""
    grey = np.asarray(picture.convert("L")).astype(np.int16)
    axes = zip(size_px[::-1], grey.shape, strict=True)
    centres = np.ix_(*((np.arange(small) * 2 + 1) * full // (2 * small) for small, full in axes))
    window = 2 * math.ceil(max(picture.size) / max(size_px) / 2) + 1
    return minimum_filter(grey, window)[centres], maximum_filter(grey, window)[centres]


def measure(path: Path) -> dict[str, Row]:
    """Every candidate on one photo."""
    set_up_decoders()
    decoded = decode(path)
    if not isinstance(decoded.image, Image.Image):
        raise SystemExit(f"{path.name} has more than 8 bits: compare others.")
    photo = in_srgb(decoded.image, decoded.icc_profile)  # lying as it was taken
    size_px, double_px = (scaled_size_px(photo.size, side) for side in (944, 1888))
    light = in_light(photo, size_px, Resampling.LANCZOS)
    judges = {"stored": Reference(exact(photo, size_px)), "light": Reference(light)}
    double = Reference(exact(photo, double_px))
    low, high = range_under(photo, size_px)
    shining = block_levels(photo, size_px)
    known, rows = dict[bytes, Row](), dict[str, Row]()
    for name, scale in CANDIDATES.items():
        small = scale(photo, size_px)
        rows[name] = row = known.setdefault(small.tobytes(), {})
        if row:
            continue  # the same picture again
        grey = np.asarray(small.convert("L")).astype(np.int16)
        halo = np.maximum(low - grey, grey - high) > HALO
        off = block_levels(small, size_px) - shining
        row |= {judge: reference.score(small) for judge, reference in judges.items()}
        row["double"] = double.score(small.resize(double_px, Resampling.BICUBIC))
        row["halo"] = 1e4 * float(halo.mean())
        row["plain"] = 1e4 * float((halo & (high - low <= PLAIN)).mean())
        row["off"] = float(off.mean())
        row["blocks"] = 100 * float((np.abs(off) > OFF).mean())
        by_judge = {"own": Reference(small)} | judges
        for limit in (200_000, 96_000):
            jpeg = fit_jpeg(small.resize, size_px, spec_for(limit)).data
            shown = Image.open(io.BytesIO(jpeg)).convert("RGB")
            for judge, reference in by_judge.items():
                row[f"{limit // 1000} {judge}"] = reference.score(shown)
            row[f"{limit // 1000} kB"] = len(jpeg) / 1000
    return rows


def table(title: str, rows: dict[str, Row]) -> str:
    """A line a candidate."""
    widths = {name: max(len(name), 5) + 2 for name in next(iter(rows.values()))}
    lines = [f"\n{title}", " " * 18 + "".join(f"{name:>{w}}" for name, w in widths.items())]
    for candidate, row in rows.items():
        values = "".join(f"{row[name]:{width}.2f}" for name, width in widths.items())
        lines.append(f"{candidate:18}{values}")
    return "\n".join(lines)


def main() -> int:
    """Measure and print a table for each kind of target, and one for each folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--photos", type=int, default=12)
    options = parser.parse_args()
    set_up_decoders()  # also how Pillow lays out memory, which photoprep's Lanczos is faster for
    for title, on in (("waves", on_waves), ("edges", on_edges), ("patterns", on_patterns)):
        print(table(title, {name: on(scale) for name, scale in CANDIDATES.items()}))
    wide = print_of(245, 30).resize((4032, 3024))
    tasks = {name: partial(scale, wide, (944, 708)) for name, scale in CANDIDATES.items()}
    times = {name: min(repeat(task, repeat=5, number=1)) for name, task in tasks.items()}
    ratios = {name: {"ms": 1e3 * s, "ratio": s / times["Lanczos"]} for name, s in times.items()}
    print(table("12 MP to 944 px", ratios))
    for folder in options.folders:
        found = photos_in([folder])
        step = math.ceil(len(found) * len(options.folders) / options.photos)
        with ProcessPoolExecutor(2) as pool:
            photos = list(pool.map(measure, found[:: max(1, step)]))
        rows = {
            name: {key: statistics.mean(photo[name][key] for photo in photos) for key in row}
            for name, row in photos[0].items()
        }
        print(table(f"{folder.name}, {len(photos)} photos", rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
