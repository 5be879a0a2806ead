"""How good the JPEGs look: photoprep beside its peers, on the same photos, in the same run.

    python -m benchmarks.quality FOLDER... [--bytes 200000 144000 96000] [--out FILE.json]

Every photo of at least 1 MP is scaled to 944 px; each encoder gets the same picture and the same
bytes, and SSIMULACRA2 says what is left, counted up to 95, above which more shows nothing. The row
"photoprep, from the file" is the whole product: its own decoding and scaling, with its colour
profile in the bytes, against the same reference. Peers that are missing are installed from PyPI,
npm and Debian, or left out with a word; what scores comes with `pip install -e '.[bench]'`.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from PIL import Image

from benchmarks import peers
from benchmarks.photos import at_944_px, photos_in
from benchmarks.ssimulacra2_fast import Reference
from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.fit import fit_jpeg
from photoprep.photo.make import make_photo
from photoprep.photo.task import PhotoTask
from photoprep.preset import PhotoSpec

CEILING = 95.0
OURS, WHOLE = "photoprep", "photoprep, from the file"
PILLOWS = ("Pillow 4:2:0", "Pillow 4:4:4")


@dataclass(frozen=True)
class Measured:
    """One encoder on one photo at one limit."""

    encoder: str
    photo: str
    limit_bytes: int
    size_bytes: int
    score: float
    estimate: float | None = None

    @property
    def counted(self) -> float:
        """The score, counted up to the ceiling."""
        return min(self.score, CEILING)


def spec_for(limit_bytes: int) -> PhotoSpec:
    """The trade's figures at another number of bytes."""
    return PhotoSpec(
        longest_side_cm=Fraction(24),
        dpi_max=100,
        dpi_min=72,
        max_bytes=limit_bytes,
        enough_quality=96,
        good_quality=80,
        min_quality=0,
        background="white",
    )


def measure(path: Path, limits: list[int]) -> list[Measured]:
    """Every encoder on one photo."""
    picture = at_944_px(path)
    reference = Reference(picture)
    rows = []

    def note(encoder: str, limit: int, data: bytes, estimate: float | None = None) -> None:
        shown = Image.open(io.BytesIO(data)).convert("RGB") if data else None
        if shown is not None and shown.size != picture.size:
            shown = shown.resize(picture.size, Image.Resampling.LANCZOS)
        score = reference.score(shown) if shown is not None else 0.0
        name = f"{path.parent.name}/{path.name}"
        rows.append(Measured(encoder, name, limit, len(data), round(score, 2), estimate))

    set_up_decoders()
    for limit in limits:
        ours = fit_jpeg(
            lambda size: picture.resize(size, Image.Resampling.LANCZOS),
            picture.size,
            spec_for(limit),
        )
        note(OURS, limit, ours.data, ours.quality)
        made = make_photo(PhotoTask(path, FileStamp.of(path), spec_for(limit))).jpeg
        note(WHOLE, limit, made.data, made.quality)
        for name, encode in peers.available().items():
            note(name, limit, encode(picture, limit))
    return rows


def table(rows: list[Measured], limit: int) -> str:
    """One line an encoder: means, the worst, and how it stands to the better of Pillow's two."""
    here = [row for row in rows if row.limit_bytes == limit]
    better = {
        photo: max(row.counted for row in here if row.photo == photo and row.encoder in PILLOWS)
        for photo in {row.photo for row in here}
    }
    others = [row for row in here if row.encoder not in {OURS, WHOLE}]
    best = {photo: max(r.counted for r in others if r.photo == photo) for photo in better}
    lines = [
        f"{len(better)} photos within {limit:,} bytes; the better of Pillow's two, photo by photo: "
        f"{statistics.mean(better.values()):.2f}; the best of all peers: "
        f"{statistics.mean(best.values()):.2f}",
        f"{'encoder':26} {'mean':>6} {'worst':>6} {'to Pillow':>9} {'least':>6} {'to best':>8} "
        f"{'bytes':>8} {'over':>5}",
    ]
    for encoder in dict.fromkeys(row.encoder for row in here):
        mine = [row for row in here if row.encoder == encoder]
        gains = [row.counted - better[row.photo] for row in mine]
        to_best = [row.counted - best[row.photo] for row in mine]
        lines.append(
            f"{encoder:26} {statistics.mean(row.counted for row in mine):6.2f} "
            f"{min(row.counted for row in mine):6.2f} {statistics.mean(gains):+9.2f} "
            f"{min(gains):+6.2f} {statistics.mean(to_best):+8.2f} "
            f"{round(statistics.mean(row.size_bytes for row in mine)):8,} "
            f"{sum(row.size_bytes > limit for row in mine):5}"
        )
    return "\n".join(lines)


def estimates(rows: Iterable[Measured]) -> str:
    """How far the quick estimate of quality is from SSIMULACRA2, both counted up to the ceiling."""
    errors = [min(row.estimate, CEILING) - row.counted for row in rows if row.estimate is not None]
    sizes = [abs(error) for error in errors]
    return (
        f"estimate of quality: off by {statistics.mean(sizes):.2f} in the mean, "
        f"{max(sizes):.2f} at worst, bias {statistics.mean(errors):+.2f}"
    )


def main() -> int:
    """Measure and print a table a limit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--bytes", type=int, nargs="+", default=[200_000, 144_000, 96_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    peers.install()
    paths = photos_in(options.folders)
    if not paths:
        print("no photo of at least 1 MP in the folders given")
        return 1
    print(peers.versions())
    limits = [options.bytes] * len(paths)
    with ProcessPoolExecutor(options.jobs) as pool:
        rows = [row for found in pool.map(measure, paths, limits) for row in found]
    for limit in options.bytes:
        print(f"\n{table(rows, limit)}")
        here = [row for row in rows if row.limit_bytes == limit]
        print(estimates(row for row in here if row.encoder == OURS))
    if options.out:
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=0) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
