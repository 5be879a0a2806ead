"""How good the JPEGs look: photoprep beside its peers, on the same scaled pictures, in one run.

    python benchmarks/quality.py FOLDER... [--bytes 200000]

Every photo of at least 1 MP in the folders is scaled to 944 px; each encoder gets the same bytes;
SSIMULACRA2 compares with the uncompressed scaled picture (needs ``ssimulacra2``, 1–2 s a score).
"""

from __future__ import annotations

import argparse
import importlib
import io
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from photoprep.photo.fit import fit_jpeg
from photoprep.preset import PhotoSpec
from photoprep.units import scaled_size_px

CONVERT = Path("/usr/bin/convert")
Encoder = Callable[[Image.Image, int], bytes]


def pictures(folders: list[Path]) -> list[tuple[str, Image.Image]]:
    """Read every photo of at least 1 MP, upright, flattened on white, at 944 px."""
    found = []
    for path in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
        try:
            with Image.open(path) as opened:
                if opened.width * opened.height < 1_000_000:
                    continue
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)
            continue
        flat = Image.new("RGBA", upright.size, "white")
        flat.alpha_composite(upright)
        size_px = scaled_size_px(flat.size, 944)
        found.append((path.name, flat.convert("RGB").resize(size_px, Image.Resampling.LANCZOS)))
    return found


def by_photoprep(picture: Image.Image, limit_bytes: int) -> bytes:
    """Encode as photoprep does."""
    spec = PhotoSpec(Fraction(24), 100, 72, limit_bytes, 80, 0, "white")
    return fit_jpeg(
        lambda size: picture.resize(size, Image.Resampling.LANCZOS), picture.size, spec
    ).data


def by_pillow(subsampling: str) -> Encoder:
    """Bisect Pillow's whole-number quality."""

    def encode(picture: Image.Image, limit_bytes: int) -> bytes:
        best, low, high = b"", 1, 100
        while low <= high:
            quality = (low + high) // 2
            buffer = io.BytesIO()
            picture.save(
                buffer,
                "JPEG",
                quality=quality,
                subsampling=subsampling,
                progressive=True,
                optimize=True,
            )
            if buffer.tell() <= limit_bytes:
                best, low = buffer.getvalue(), quality + 1
            else:
                high = quality - 1
        return best

    return encode


def by_imagemagick(picture: Image.Image, limit_bytes: int) -> bytes:
    """Let ImageMagick find the quality itself."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    arguments = ["png:-", "-define", f"jpeg:extent={limit_bytes}b", "jpg:-"]
    run = subprocess.run(
        [str(CONVERT), *arguments], input=buffer.getvalue(), capture_output=True, check=True
    )
    return run.stdout


def score(picture: Image.Image, data: bytes, folder: Path) -> float:
    """SSIMULACRA2 of a JPEG seen at the picture's size."""
    compute_ssimulacra2 = importlib.import_module("ssimulacra2").compute_ssimulacra2

    shown = Image.open(io.BytesIO(data)).convert("RGB")
    if shown.size != picture.size:
        shown = shown.resize(picture.size, Image.Resampling.BICUBIC)
    picture.save(folder / "picture.png", compress_level=1)
    shown.save(folder / "shown.png", compress_level=1)
    return float(compute_ssimulacra2(str(folder / "picture.png"), str(folder / "shown.png")))


def main() -> int:
    """Measure and print one line an encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--bytes", type=int, default=200_000)
    options = parser.parse_args()
    try:
        importlib.import_module("ssimulacra2")
    except ImportError:
        print("missing: ssimulacra2 (pip install ssimulacra2); nothing can be scored")
        return 1
    try:
        import pillow_heif

        pillow_heif.register_heif_opener()
    except ImportError:
        print("missing: pillow_heif; HEIC photos are left out")
    encoders: dict[str, Encoder] = {
        "photoprep": by_photoprep,
        "Pillow 4:2:0": by_pillow("4:2:0"),
        "Pillow 4:4:4": by_pillow("4:4:4"),
    }
    if CONVERT.exists():
        encoders["ImageMagick extent"] = by_imagemagick
    else:
        print(f"missing: {CONVERT}; ImageMagick is left out")
    taken = pictures(options.folders)
    if not taken:
        print("no photo of at least 1 MP in the folders given")
        return 1
    print(f"{len(taken)} photos at 944 px within {options.bytes} bytes")
    print(f"{'encoder':20} {'mean':>6} {'min':>6} {'mean bytes':>11} {'over':>5}")
    with tempfile.TemporaryDirectory() as folder:
        for name, encode in encoders.items():
            made = [(picture, encode(picture, options.bytes)) for _, picture in taken]
            scores = [score(picture, data, Path(folder)) for picture, data in made if data]
            sizes = [len(data) for _, data in made if data]
            over = sum(size > options.bytes for size in sizes)
            print(
                f"{name:20} {statistics.mean(scores):6.2f} {min(scores):6.2f} "
                f"{round(statistics.mean(sizes)):11} {over:5}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
