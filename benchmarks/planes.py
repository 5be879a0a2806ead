"""What each part of the planes brings: the same photos at the same bytes, one part more at a time.

    python -m benchmarks.planes FOLDER... [--bytes 200000 144000 96000]

Every photo of at least 1 MP is scaled to 944 px and coded, in the subsampling that the product
chooses for it, at the scale that comes to the bytes: as libjpeg does it from RGB; with luma made
for the chroma beside it and rounded; with that luma quantised before it is handed over; and with a
dead zone. The little that a length is off is reckoned with the photo's own slope of quality over
bytes. Only photos that are bound by their bytes are counted, whose quality at 95 or below can rise.
"""

from __future__ import annotations

import argparse
import io
import math
import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import repeat
from pathlib import Path

from PIL import Image

from benchmarks.photos import at_944_px, photos_in
from benchmarks.quality import CEILING, spec_for
from benchmarks.ssimulacra2_fast import Reference
from photoprep.photo.encode import Wrapping, encode_finished
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.planes import Planes, planes_of
from photoprep.photo.quality import STEPS_PER_OCTAVE, ChromaSubsampling
from photoprep.photo.search import DEAD_ZONE

BARE = Wrapping(100, b"", b"")
TRIES = 4

Coder = Callable[[int], bytes]


def coders(picture: Image.Image, chroma: ChromaSubsampling) -> dict[str, Coder]:
    """What is compared, by name; each takes a step."""

    def planes(step: int, *, is_rounded: bool) -> Planes:
        made = planes_of(picture, step, chroma)  # at fine steps rounded ones are all there are
        return replace(made, is_rounded=made.is_rounded or is_rounded)

    return {
        "libjpeg from RGB": lambda step: _coded(encode_finished(picture, step, chroma, BARE)),
        "lightness kept": lambda step: _coded(
            planes(step, is_rounded=True).finished(step, 0.0, BARE)
        ),
        "quantised before": lambda step: _coded(
            planes(step, is_rounded=False).finished(step, 0.0, BARE)
        ),
        "with a dead zone": lambda step: _coded(
            planes(step, is_rounded=False).finished(step, DEAD_ZONE, BARE)
        ),
    }


def _coded(data: bytes | None) -> bytes:
    if data is None:
        raise ValueError("too many bytes for Pillow's buffer")
    return data


def measure(path: Path, limits: list[int]) -> dict[int, dict[str, float]]:
    """The score of each coder at each limit, photos at the ceiling left out."""
    picture = at_944_px(path)
    reference = Reference(picture)
    found: dict[int, dict[str, float]] = {}
    for limit in limits:
        start = fit_jpeg(lambda _size: picture, picture.size, spec_for(limit))
        if len(start.data) < 0.97 * limit or max(start.width_px, start.height_px) < 944:
            continue
        scores = {
            name: at_bytes(coder, start.step, 0.994 * limit, reference)
            for name, coder in coders(picture, start.chroma_subsampling).items()
        }
        if scores["libjpeg from RGB"] < CEILING:
            found[limit] = scores
    return found


def at_bytes(coder: Coder, step: int, aim: float, reference: Reference) -> float:
    """The score that a coder would have at just so many bytes."""
    points: list[tuple[float, float]] = []
    for _ in range(TRIES):
        data = coder(step)
        score = reference.score(Image.open(io.BytesIO(data)).convert("RGB"))
        points.append((math.log(len(data) / aim), score))
        moved = round(STEPS_PER_OCTAVE * math.log2(len(data) / aim) / 0.58)
        if abs(points[-1][0]) < 0.01 and len(points) > 1:
            break
        step += moved or 8
    (far, worse), (near, better) = sorted(points, key=lambda point: -abs(point[0]))[-2:]
    slope = (worse - better) / (far - near) if abs(far - near) > 0.003 else 6.0
    return better - max(1.0, min(20.0, slope)) * near


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--bytes", type=int, nargs="+", default=[200_000, 144_000, 96_000])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    paths = photos_in(options.folders)
    with ProcessPoolExecutor(options.jobs) as pool:
        found = list(pool.map(measure, paths, repeat(options.bytes)))
    for limit in options.bytes:
        rows = [each[limit] for each in found if limit in each]
        if not rows:
            continue
        print(f"\n{len(rows)} photos that {limit:,} bytes bind, points over libjpeg from RGB:")
        for name in rows[0]:
            gains = [row[name] - row["libjpeg from RGB"] for row in rows]
            print(f"  {name:20} {statistics.mean(gains):+.2f}   least {min(gains):+.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
