"""Where a photo's time goes, on one core: each stage on its own, and the whole against the least.

The least is "decode at the scale used, scale, one final encode": nobody who fits a photo into its
bytes can do with less.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TypeVar

from benchmarks.quality import spec_for
from photoprep.early import THREAD_LIMITS
from photoprep.files import FileStamp
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import decode
from photoprep.photo.encode import Wrapping, encode_finished
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.make import make_photo
from photoprep.photo.profiles import srgb_profile
from photoprep.photo.resize import upright_at
from photoprep.photo.task import PhotoTask, load_room
from photoprep.units import scaled_size_px

Result = TypeVar("Result")


@dataclass(frozen=True)
class PhotoStages:
    """Milliseconds of one photo; ``final`` is one encode of the fit's own outcome."""

    photo: str
    decode: float
    scale: float
    colour: float
    fit: float
    final: float
    whole: float
    encodes: int

    @property
    def to_least(self) -> float:
        """The whole against decode, scale and one final encode."""
        return self.whole / (self.decode + self.scale + self.final)

    @property
    def fit_to_final(self) -> float:
        """The fit against one final encode."""
        return self.fit / self.final


@dataclass(frozen=True)
class Stages:
    """The stages of many photos."""

    photos: list[PhotoStages]

    def table(self) -> str:
        """Medians, and the two ratios with their worst."""
        names = ("decode", "scale", "colour", "fit", "final", "whole")
        medians = {
            name: statistics.median(getattr(each, name) for each in self.photos) for name in names
        }
        least = [each.to_least for each in self.photos]
        fits = [each.fit_to_final for each in self.photos]
        return "\n".join(
            [
                "  ".join(f"{name} {median:.1f}" for name, median in medians.items()),
                "whole / (decode + scale + one final encode): median "
                f"{statistics.median(least):.2f}, worst {max(least):.2f}; "
                f"in sum {self.in_sum():.2f}",
                f"fit / one final encode: median {statistics.median(fits):.2f}, "
                f"worst {max(fits):.2f}; encodes a photo: median "
                f"{statistics.median(each.encodes for each in self.photos):.0f}, "
                f"most {max(each.encodes for each in self.photos)}",
            ]
        )

    def in_sum(self) -> float:
        """The ratio to the least over all photos together."""
        least = sum(each.decode + each.scale + each.final for each in self.photos)
        return sum(each.whole for each in self.photos) / least

    def to_json(self) -> list[dict[str, float | str]]:
        """One object a photo."""
        return [
            {name: getattr(each, name) for name in PhotoStages.__dataclass_fields__}
            for each in self.photos
        ]


def time_stages(paths: list[Path], limit_bytes: int = 200_000) -> Stages:
    """Time every stage of every photo, the best of three, in a process like the product's own."""
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning, initializer=load_room) as worker:
        return Stages(list(worker.map(_photo, paths, repeat(limit_bytes))))


def _photo(path: Path, limit_bytes: int) -> PhotoStages:
    spec = spec_for(limit_bytes)
    task = PhotoTask(path, FileStamp.of(path), spec)
    whole, made = _timed(lambda: make_photo(task))
    decoding, decoded = _timed(lambda: decode(path))
    size_px = scaled_size_px(decoded.full_size_px, 944)
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    scaling, scaled = _timed(lambda: upright_at(decoded, size_px, deep=not plan.is_srgb))
    colouring, picture = _timed(lambda: to_srgb(scaled, plan, "white"))
    fitting, fitted = _timed(
        lambda: fit_jpeg(lambda _size: picture, size_px, spec, icc_profile=srgb_profile())
    )
    wrapping = Wrapping(fitted.dpi, srgb_profile(), b"")
    final, _ = _timed(
        lambda: encode_finished(picture, fitted.step, fitted.chroma_subsampling, wrapping)
    )
    return PhotoStages(
        path.name, decoding, scaling, colouring, fitting, final, whole, made.jpeg.encodes
    )


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - began) * 1000)
    return min(times), result
