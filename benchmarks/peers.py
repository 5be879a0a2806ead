"""The encoders that photoprep is measured beside, each asked for the best within a limit.

``install()`` fetches what is missing from the ordinary registries: PyPI, npm, and Debian's
packages where the user is root. What cannot be had is said and left out.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

Encoder = Callable[[Image.Image, int], bytes]

NODE_HOME = Path(tempfile.gettempdir()) / "photoprep-benchmark-node"
SHARP_FIT = Path(__file__).with_name("sharp_fit.mjs")
SHARP_FOLDER = Path(__file__).with_name("sharp_folder.mjs")

_PYTHON = {"pyvips": ["pyvips", "pyvips-binary"], "pyjpegli": ["pyjpegli"]}
_DEBIAN = {"convert": "imagemagick", "jpegoptim": "jpegoptim"}


def install() -> None:
    """Fetch the peers that are missing; a failure leaves one out and is said."""
    for module, packages in _PYTHON.items():
        if importlib.util.find_spec(module) is None:
            _try([sys.executable, "-m", "pip", "install", "--quiet", *packages])
    if shutil.which("npm") and not (NODE_HOME / "node_modules" / "sharp").is_dir():
        NODE_HOME.mkdir(exist_ok=True)
        _try(["npm", "install", "--silent", "--prefix", str(NODE_HOME), "sharp"])
    missing = [package for tool, package in _DEBIAN.items() if not _tool(tool)]
    if missing and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _try(["apt-get", "install", "-y", "-qq", *missing])
    importlib.invalidate_caches()


def available() -> dict[str, Encoder]:
    """Every peer that can be had here, by the name it has in the tables."""
    encoders: dict[str, Encoder] = {
        "Pillow 4:2:0": by_pillow("4:2:0"),
        "Pillow 4:4:4": by_pillow("4:4:4"),
    }
    if _tool("convert"):
        encoders["ImageMagick jpeg:extent"] = by_imagemagick
    if _tool("jpegoptim"):
        encoders["jpegoptim --size"] = by_jpegoptim
    if importlib.util.find_spec("pyvips"):
        for subsample in ("on", "off"):
            name = {"on": "4:2:0", "off": "4:4:4"}[subsample]
            encoders[f"libvips {name}"] = by_vips(subsample, mozjpeg=False)
            encoders[f"mozjpeg {name}"] = by_vips(subsample, mozjpeg=True)
    if importlib.util.find_spec("pyjpegli"):
        encoders["pyjpegli 4:2:0"] = by_jpegli
    if shutil.which("node") and (NODE_HOME / "node_modules" / "sharp").is_dir():
        encoders["sharp"] = by_sharp
    return encoders


def versions() -> str:
    """One line that names the versions measured."""
    parts = [
        f"Python {platform.python_version()}",
        f"Pillow {importlib.metadata.version('pillow')}",
    ]
    modules = [each for each in ("pyvips-binary", "pyjpegli") if _has(each)]
    parts += [f"{module} {importlib.metadata.version(module)}" for module in modules]
    tool = _tool("convert")
    if tool:
        parts.append(_said([tool, "-version"]).partition("http")[0].removeprefix("Version: "))
    if _tool("jpegoptim"):
        parts.append(_said(["jpegoptim", "--version"]))
    package = NODE_HOME / "node_modules" / "sharp" / "package.json"
    if package.is_file():
        parts.append(f"sharp {json.loads(package.read_text(encoding='utf-8'))['version']}")
    return ", ".join(part.strip() for part in parts)


def bisected(encode: Callable[[int], bytes], limit_bytes: int) -> bytes:
    """The best whole-number quality whose bytes are within the limit; empty if none is."""
    best, low, high = b"", 1, 100
    while low <= high:
        quality = (low + high) // 2
        data = encode(quality)
        if len(data) <= limit_bytes:
            best, low = data, quality + 1
        else:
            high = quality - 1
    return best


def by_pillow(subsampling: str) -> Encoder:
    """Pillow: progressive, optimised."""

    def encode(picture: Image.Image, limit_bytes: int) -> bytes:
        def at(quality: int) -> bytes:
            buffer = io.BytesIO()
            picture.save(
                buffer,
                "JPEG",
                quality=quality,
                subsampling=subsampling,
                progressive=True,
                optimize=True,
            )
            return buffer.getvalue()

        return bisected(at, limit_bytes)

    return encode


def by_vips(subsample: str, *, mozjpeg: bool) -> Encoder:
    """Libvips with libjpeg's settings, or with all that mozjpeg has."""

    def encode(picture: Image.Image, limit_bytes: int) -> bytes:
        pyvips: Any = importlib.import_module("pyvips")
        image = pyvips.Image.new_from_memory(
            picture.tobytes(), picture.width, picture.height, 3, "uchar"
        ).copy(interpretation="srgb")
        extras: dict[str, Any] = (
            {
                "trellis_quant": True,
                "overshoot_deringing": True,
                "optimize_scans": True,
                "quant_table": 3,
            }
            if mozjpeg
            else {}
        )

        def at(quality: int) -> bytes:
            data = image.jpegsave_buffer(
                Q=quality,
                interlace=True,
                optimize_coding=True,
                subsample_mode=subsample,
                strip=True,
                **extras,
            )
            return bytes(data)

        return bisected(at, limit_bytes)

    return encode


def by_jpegli(picture: Image.Image, limit_bytes: int) -> bytes:
    """pyjpegli, which has 4:2:0 and whole-number quality alone."""
    pyjpegli: Any = importlib.import_module("pyjpegli")
    pixels, (width, height) = picture.tobytes(), picture.size
    return bisected(
        lambda quality: bytes(pyjpegli.encode(pixels, width, height, quality)), limit_bytes
    )


def by_imagemagick(picture: Image.Image, limit_bytes: int) -> bytes:
    """ImageMagick finds the quality itself."""
    arguments = ["png:-", "-interlace", "Plane", "-define", f"jpeg:extent={limit_bytes}b", "jpg:-"]
    run = subprocess.run(
        [str(_tool("convert")), *arguments],
        input=_png(picture),
        capture_output=True,
        check=True,
    )
    return run.stdout


def by_jpegoptim(picture: Image.Image, limit_bytes: int) -> bytes:
    """Jpegoptim on a JPEG of quality 98; its size is an aim in whole kibibytes, not a limit.

    So it is asked for less and less, by a hundredth a time, until the file is within the limit.
    """
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=98)
    for percent in range(100, 80, -1):
        size = f"--size={limit_bytes * percent // 100 // 1024}"
        run = subprocess.run(
            ["jpegoptim", size, "--all-progressive", "-s", "-q", "--stdout", "-"],
            input=buffer.getvalue(),
            capture_output=True,
            check=True,
        )
        if len(run.stdout) <= limit_bytes:
            return run.stdout
    return b""


def by_sharp(picture: Image.Image, limit_bytes: int) -> bytes:
    """Sharp with mozjpeg's settings, bisected in one process."""
    run = subprocess.run(
        ["node", str(SHARP_FIT), str(NODE_HOME), str(limit_bytes)],
        input=_png(picture),
        capture_output=True,
        check=True,
    )
    return run.stdout


def image_magick() -> str | None:
    """The ImageMagick command, if it is here."""
    return _tool("convert")


def _tool(name: str) -> str | None:
    # A wrapper of another kind may stand before the real one.
    real = Path("/usr/bin") / name
    return str(real) if real.exists() else shutil.which(name)


def _has(distribution: str) -> bool:
    return importlib.util.find_spec(distribution.partition("-")[0]) is not None


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _said(command: list[str]) -> str:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return (run.stdout or run.stderr).partition("\n")[0]


def _try(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"could not run: {' '.join(command)}: {run.stderr.strip()[-300:]}", file=sys.stderr)
