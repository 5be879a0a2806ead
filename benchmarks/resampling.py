"""How a large photo is best made small: filters, reducing gaps, linear light, sharpening after it.

    python -m benchmarks.resampling FOLDER... [--photos 12] [--picture FILE.png]

Targets drawn here, whose small version is known, tell what is kept, what is folded back as moiré,
how far edges overshoot and what becomes of brightness. Then photos of at least 1 MP, as many from
each folder, are scaled to 944 px and judged: docs/resampling.md explains the columns and says what
came of it. Needs numpy, scipy and ssimulacra2.
"""

from __future__ import annotations

import argparse
import io
import math
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.Image import Resampling
from scipy.ndimage import maximum_filter, minimum_filter

from benchmarks.photos import photos_in
from benchmarks.quality import spec_for
from benchmarks.ssimulacra2_fast import Reference
from photoprep.photo.colour import to_srgb
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.lanczos import lanczos
from photoprep.units import scaled_size_px

Size = tuple[int, int]
Scaler = Callable[[Image.Image, Size], Image.Image]
Floats = NDArray[np.floating]
Row = dict[str, float]

WIDE_PX, SMALL_PX = (1008, 756), (236, 177)  # a quarter of 12 MP to a quarter of 944 px
KEPT, FOLDED = (0.25, 0.5, 0.75, 0.9), (1.1, 1.25, 1.5, 2.0)  # of the small picture's Nyquist
HALO, PLAIN, OFF = 8, 8, 4  # levels
BLOCK_PX = 8
_LEVELS = np.arange(256) / 255
_LIGHT = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)


def levels_of(light: Floats) -> Floats:
    """Light of 0…1 as sRGB levels of 0…255, not rounded."""
    held = np.clip(light, 0, 1)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055) * 255


def picture_of(levels: Floats) -> Image.Image:
    """Levels as a picture; grey ones in three equal planes."""
    whole = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return Image.fromarray(whole).convert("RGB")


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
    small = image.resize(size_px, Resampling.LANCZOS)
    return small.filter(ImageFilter.UnsharpMask(radius, percent, threshold=0))


CANDIDATES: dict[str, Scaler] = {
    "photoprep": lambda image, size_px: lanczos(image, size_px, image.size),
    "Lanczos": partial(Image.Image.resize, resample=Resampling.LANCZOS),
    "Lanczos, gap 3": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=3.0),
    "Lanczos, gap 2": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=2.0),
    "Lanczos, gap 1.5": partial(Image.Image.resize, resample=Resampling.LANCZOS, reducing_gap=1.5),
    "bicubic": partial(Image.Image.resize, resample=Resampling.BICUBIC),
    "Hamming": partial(Image.Image.resize, resample=Resampling.HAMMING),
    "box": partial(Image.Image.resize, resample=Resampling.BOX),
    "Lanczos in light": partial(in_light, resampling=Resampling.LANCZOS),
    "bicubic in light": partial(in_light, resampling=Resampling.BICUBIC),
    "unsharp 0.6, 30%": partial(sharpened, radius=0.6, percent=30),
    "unsharp 0.8, 60%": partial(sharpened, radius=0.8, percent=60),
}


def grating(share: float) -> Image.Image:
    """Upright waves of a share of the small picture's Nyquist frequency, 88…168 levels."""
    angles = np.pi * share * SMALL_PX[0] * (np.arange(WIDE_PX[0]) + 0.5) / WIDE_PX[0]
    return picture_of(np.tile(128 + 40 * np.sin(angles + 0.3), (WIDE_PX[1], 1)))


def to_edge(size_px: Size) -> Floats:
    """How many pixels each pixel's centre lies right of a line one in ten off the upright."""
    down, across = np.mgrid[: size_px[1], : size_px[0]] + 0.5
    lean = across - size_px[0] / 2 - (down - size_px[1] / 2) / 10
    return np.asarray(lean / math.hypot(1, 0.1))


def edge(dark: int, bright: int) -> Image.Image:
    """Two plain areas, and between them as sharp an edge as pixels can show."""
    return picture_of(dark + (bright - dark) * np.clip(to_edge(WIDE_PX) + 0.5, 0, 1))


def stripes(dark: int, bright: int) -> Image.Image:
    """Lines one pixel wide."""
    line = np.where(np.arange(WIDE_PX[0]) % 2, bright, dark).astype(float)
    return picture_of(np.tile(line, (WIDE_PX[1], 1)))


def print_of(ink: int, paper: int) -> Image.Image:
    """Small print with strokes of two or three pixels: less than one of the small picture's."""
    page = Image.new("L", WIDE_PX, paper)
    for row in range(0, WIDE_PX[1], 30):
        line = "Model 4711, 220-240 V, 50 Hz, 1500 W, keep dry, wash by hand " * 2
        ImageDraw.Draw(page).text((4 - row // 3, row), line, ink, ImageFont.load_default(24))
    return page.convert("RGB")


PATTERNS = {
    "lines 30/225": stripes(30, 225),
    "lines 90/150": stripes(90, 150),
    "white print": print_of(245, 30),
    "black print": print_of(30, 245),
}


def _green(image: Image.Image) -> Floats:
    return np.asarray(image)[:, :, 1].astype(float)


def _mean_level(picture: Image.Image) -> float:
    return float(levels_of(_LIGHT[np.asarray(picture)].mean(keepdims=True)).item())


def on_waves(scale: Scaler) -> Row:
    """What is left of each wave in percent: its amplitude below Nyquist, its strength above."""
    row = {}
    for share in (*KEPT, *FOLDED):
        small = _green(scale(grating(share), SMALL_PX))[80, 8:-8]
        window = np.hanning(small.size)
        turns = np.exp(-1j * np.pi * share * np.arange(small.size)) * window
        found = 2 * abs(((small - small.mean()) * turns).sum()) / window.sum()
        row[f"{share:g}"] = 2.5 * (found if share < 1 else float(small.std()) * math.sqrt(2))
    return row


def on_edges(scale: Scaler) -> Row:
    """Overshoot in levels on either side, and the way from 10 to 90% in small pixels."""
    row = {}
    places = np.arange(-4, 4, 0.1)
    distance = to_edge(SMALL_PX)[8:-8]
    for dark, bright in ((40, 215), (100, 160)):
        small = _green(scale(edge(dark, bright), SMALL_PX))[8:-8]
        profile = np.array([small[np.abs(distance - place) < 0.06].mean() for place in places])
        rising = slice(int(profile.argmin()), int(profile.argmax()) + 1)
        marks = dark + (bright - dark) * np.array([0.1, 0.9])
        row[f"under {dark}"] = dark - float(profile.min())
        row[f"over {bright}"] = float(profile.max()) - bright
        row[f"rise {dark}"] = float(np.ptp(np.interp(marks, profile[rising], places[rising])))
    return row


def on_patterns(scale: Scaler) -> Row:
    """By how many levels fine patterns come out brighter (+) or darker (-) than they shine."""
    return {
        name: _mean_level(scale(wide, SMALL_PX)) - _mean_level(wide)
        for name, wide in PATTERNS.items()
    }


def whole(path: Path) -> Image.Image:
    """The photo in full, upright, in sRGB on white."""
    decoded = decode(path)
    image, turn = decoded.image, decoded.turn
    upright = image if turn is None else image.transpose(turn)
    return to_srgb(upright, decoded.icc_profile, "white")[0]


def block_levels(picture: Image.Image, blocks: Size) -> Floats:
    """The brightness of blocks, by the light in them."""
    light = _LIGHT[np.asarray(picture)] @ np.array([[0.2126], [0.7152], [0.0722]], np.float32)
    return levels_of(floating(light, blocks, Resampling.BOX))


def range_under(picture: Image.Image, size_px: Size) -> tuple[Floats, Floats]:
    """The lowest and highest grey level of the original under each pixel of the small picture."""
    grey = np.asarray(picture.convert("L"))
    axes = zip(size_px[::-1], grey.shape, strict=True)
    centres = np.ix_(*((np.arange(small) * 2 + 1) * full // (2 * small) for small, full in axes))
    window = 2 * math.ceil(max(picture.size) / max(size_px) / 2) + 1
    low, high = minimum_filter(grey, window)[centres], maximum_filter(grey, window)[centres]
    return low.astype(float), high.astype(float)


def measure(path: Path) -> dict[str, Row]:
    """Every candidate on one photo."""
    set_up_decoders()
    photo = whole(path)
    size_px = scaled_size_px(photo.size, 944)
    double_px = scaled_size_px(photo.size, 1888)
    blocks = (size_px[0] // BLOCK_PX, size_px[1] // BLOCK_PX)
    stored = Reference(exact(photo, size_px))
    light = Reference(in_light(photo, size_px, Resampling.LANCZOS))
    double = Reference(exact(photo, double_px))
    low, high = range_under(photo, size_px)
    shining = block_levels(photo, blocks)
    rows = {}
    for name, scale in CANDIDATES.items():
        small = scale(photo, size_px)
        grey = np.asarray(small.convert("L")).astype(float)
        halo = np.maximum(low - grey, grey - high) > HALO
        off = block_levels(small, blocks) - shining
        row = {
            "stored": stored.score(small),
            "light": light.score(small),
            "double": double.score(small.resize(double_px, Resampling.BICUBIC)),
            "halo": 1e4 * halo.mean(),
            "plain": 1e4 * (halo & (high - low <= PLAIN)).mean(),
            "off": float(off.mean()),
            "blocks": 100 * float((np.abs(off) > OFF).mean()),
        }
        own = Reference(small)
        for limit in (200_000, 96_000):
            jpeg = fit_jpeg(partial(scale, photo), size_px, spec_for(limit)).data
            shown = Image.open(io.BytesIO(jpeg)).convert("RGB")
            if shown.size != size_px:
                shown = shown.resize(size_px, Resampling.LANCZOS)
            for judge, reference in (("own", own), ("stored", stored), ("light", light)):
                row[f"{limit // 1000} {judge}"] = reference.score(shown)
            row[f"{limit // 1000} kB"] = len(jpeg) / 1000
        rows[name] = row
    return rows


def milliseconds(scale: Scaler) -> float:
    """The best of five, from 12 MP."""
    wide = print_of(245, 30).resize((4032, 3024))
    times = []
    for _ in range(5):
        began = time.perf_counter()
        scale(wide, (944, 708))
        times.append(1000 * (time.perf_counter() - began))
    return min(times)


def table(title: str, rows: dict[str, Row], places: int = 1) -> str:
    """A line a candidate."""
    widths = {name: max(len(name), 5) + 2 for name in next(iter(rows.values()))}
    lines = [f"\n{title}", " " * 18 + "".join(f"{name:>{w}}" for name, w in widths.items())]
    for candidate, row in rows.items():
        values = "".join(f"{row[name]:{width}.{places}f}" for name, width in widths.items())
        lines.append(f"{candidate:18}{values}")
    return "\n".join(lines)


def means(rows: list[Row]) -> Row:
    """The mean of every column."""
    return {name: statistics.mean(row[name] for row in rows) for name in rows[0]}


def some_of(folder: Path, count: int) -> list[Path]:
    """So many of the folder's photos, evenly spread."""
    found = photos_in([folder])
    return found[:: max(1, math.ceil(len(found) / count))] if count < len(found) else found


def main() -> int:
    """Measure and print a table for each kind of target, and two for each folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--photos", type=int, default=12)
    options = parser.parse_args()
    for title, on in (
        ("waves, % of the amplitude kept, by share of Nyquist; above 1 it is moiré", on_waves),
        ("edges: levels beyond either side, way from 10 to 90% in px", on_edges),
        ("fine patterns: levels brighter than they shine", on_patterns),
    ):
        print(table(title, {name: on(scale) for name, scale in CANDIDATES.items()}))
    times = {name: milliseconds(scale) for name, scale in CANDIDATES.items()}
    ratios = {name: {"ms": ms, "ratio": ms / times["Lanczos"]} for name, ms in times.items()}
    print(table("12 MP to 944 px", ratios, 2))
    for folder in options.folders:
        paths = some_of(folder, max(1, options.photos // len(options.folders)))
        with ProcessPoolExecutor(2) as pool:
            photos = list(pool.map(measure, paths))
        rows = {name: means([photo[name] for photo in photos]) for name in CANDIDATES}
        print(table(f"{folder.name}, {len(photos)} photos", rows, 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
