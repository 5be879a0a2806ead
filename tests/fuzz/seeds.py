"""What is spoiled: real photos, made small where they are large, and pictures drawn in code.

A trial costs what its picture's pixels cost, and readers fail over structure and not over size: so
of a real file above ``_SMALL_PX`` a small version is saved in its own format, with its own colour
profile, Exif and other segments; a file that nobody here can save is taken as it is, or its head.
"""

from __future__ import annotations

import io
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

_SMALL_PX = 160_000
_SMALL_BYTES = 70_000
_REDUCED_PX = 160
_HEAD_BYTES = 60_000

# Pillow's formats → how their files are built, and the ending.
FAMILIES = {
    "JPEG": ("jpeg", ".jpg"),
    "MPO": ("jpeg", ".mpo"),
    "PNG": ("png", ".png"),
    "TIFF": ("tiff", ".tif"),
    "WEBP": ("riff", ".webp"),
    "GIF": ("gif", ".gif"),
    "BMP": ("bmp", ".bmp"),
    "AVIF": ("boxes", ".avif"),
    "HEIF": ("boxes", ".heic"),
    "JPEG2000": ("boxes", ".jp2"),
    "JXL": ("jxl", ".jxl"),
    "PSD": ("psd", ".psd"),
}


@dataclass(frozen=True, slots=True)
class Seed:
    """A whole file to be spoiled. ``format`` is what tables call it, ``family`` how it is built."""

    name: str
    format: str
    family: str
    ending: str
    data: bytes


def set_up() -> None:
    """Register the formats that Pillow itself does not have; once a process."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None
    with suppress(ImportError):
        import pillow_jxl  # noqa: F401 (registers itself)


@cache
def drawn_seeds() -> tuple[Seed, ...]:
    """One small picture in every format that can be written here, in its several kinds."""
    set_up()
    return tuple(_drawn())


def real_seeds(folder: Path) -> list[Seed]:
    """A seed of every picture under a folder, in the order of their names."""
    set_up()
    return [
        _real(path, path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".tsv" and path.stat().st_size
    ]


def with_profile(seed: Seed, profile: bytes) -> bytes | None:
    """The drawn picture saved in a seed's format with a colour profile; None where it has none."""
    pillow_format = next((name for name, (_, end) in FAMILIES.items() if end == seed.ending), "")
    if pillow_format in {"", "GIF", "BMP", "PSD", "JPEG2000", "MPO"}:
        return None
    with suppress(OSError, ValueError, RuntimeError):
        return _saved(_picture(), pillow_format, icc_profile=profile)
    return None


def _real(path: Path, name: str) -> Seed:
    data = path.read_bytes()
    with suppress(Exception), warnings.catch_warnings():  # odd ones are taken as they are
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ""
            family, ending = FAMILIES.get(kind, ("other", path.suffix))
            if image.width * image.height > _SMALL_PX or len(data) > _SMALL_BYTES:
                reduced = _reduced(image, kind, data)
                return Seed(f"{name} (made smaller)", kind, family, ending, reduced)
            return Seed(name, kind, family, ending, data)
    return Seed(name, "odd", "other", path.suffix, data[:_HEAD_BYTES])


def _reduced(image: Image.Image, kind: str, data: bytes) -> bytes:
    """A small version in the same format, with what the file says beside its pixels."""
    if kind == "PSD":
        return data if len(data) < 400_000 else data[:_HEAD_BYTES]
    options = {
        key: image.info[key]
        for key in ("icc_profile", "exif", "transparency")
        if image.info.get(key) is not None
    }
    if kind in {"JPEG", "MPO"}:
        options |= {"progressive": bool(image.info.get("progressive")), "quality": 85}
        options.pop("exif", None)  # comes with the file's own segments
        kind = "JPEG"
    small = image.copy()
    if small.mode == "P":
        small = small.resize((_REDUCED_PX, _REDUCED_PX), Image.Resampling.NEAREST)
    else:
        small.thumbnail((_REDUCED_PX, _REDUCED_PX))
    made = _saved(small, kind, **options)
    if kind == "JPEG":
        made = made[:2] + b"".join(_segments_beside(data)) + made[2:]
    return made


def _segments_beside(jpeg: bytes) -> Iterator[bytes]:
    """The camera's own segments: Exif with its maker's notes, XMP, MPF, comments."""
    at, taken = 2, 0
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        is_beside = 0xE1 <= jpeg[at + 1] <= 0xEF or jpeg[at + 1] == 0xFE
        is_profile = jpeg[at + 4 : at + 15] == b"ICC_PROFILE"
        if is_beside and not is_profile and taken + end - at < 100_000:
            taken += end - at
            yield jpeg[at:end]
        at = end


def _picture(size: tuple[int, int] = (96, 64)) -> Image.Image:
    rng = np.random.default_rng(7)
    ramp = np.linspace(0, 200, size[0])[None, :, None] * np.ones((size[1], 1, 3))
    return Image.fromarray((ramp + rng.integers(0, 56, ramp.shape)).astype(np.uint8))


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x8298] = 6, "An Artist", "© A House"
    exif.get_ifd(0x8769)[0xA001] = 2
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def _drawn() -> Iterator[Seed]:
    picture, exif = _picture(), _exif()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    both: dict[str, Any] = {"icc_profile": profile, "exif": exif}
    kinds: list[tuple[str, str, Image.Image, dict[str, Any]]] = [
        ("JPEG", "baseline", picture, both),
        ("JPEG", "progressive", picture, {"progressive": True, "exif": exif}),
        ("JPEG", "CMYK", picture.convert("CMYK"), {}),
        ("JPEG", "grey", picture.convert("L"), {"exif": exif}),
        ("PNG", "RGB", picture, both),
        ("PNG", "palette", picture.quantize(16), {"transparency": 3}),
        ("PNG", "RGBA", picture.convert("RGBA"), both),
        ("PNG", "1 bit", picture.convert("1"), {}),
        ("TIFF", "LZW", picture, {"compression": "tiff_lzw", **both}),
        ("TIFF", "Deflate", picture, {"compression": "tiff_adobe_deflate"}),
        ("TIFF", "JPEG", picture, {"compression": "jpeg"}),
        ("TIFF", "PackBits CMYK", picture.convert("CMYK"), {"compression": "packbits"}),
        ("TIFF", "fax", picture.convert("1"), {"compression": "group4"}),
        ("TIFF", "Lab", picture.convert("LAB"), {}),
        ("TIFF", "Zstandard", picture, {"compression": "zstd"}),
        ("TIFF", "palette", picture.quantize(16), {}),
        ("TIFF", "BigTIFF", picture, {"big_tiff": True}),
        ("TIFF", "two pages", picture, {"save_all": True, "append_images": [picture]}),
        ("WEBP", "lossy", picture, both),
        ("WEBP", "lossless", picture.convert("RGBA"), {"lossless": True}),
        ("WEBP", "moving", picture, {"save_all": True, "append_images": [picture.rotate(180)]}),
        ("GIF", "moving", picture, {"save_all": True, "append_images": [picture.rotate(180)]}),
        ("GIF", "interlaced", picture.convert("P"), {"interlace": 1, "transparency": 4}),
        ("BMP", "24 bits", picture, {}),
        ("BMP", "palette", picture.quantize(16), {}),
        ("AVIF", "8 bits", picture, both),
        ("HEIF", "8 bits", picture, both),
        ("JPEG2000", "jp2", picture, {"tile_size": (32, 32)}),
        ("JPEG2000", "codestream", picture, {"no_jp2": True}),
        ("JXL", "8 bits", picture, {"exif": exif.tobytes()}),
    ]
    for kind, variant, image, options in kinds:
        with suppress(OSError, KeyError, ValueError):  # what this build of a library does not write
            family, ending = FAMILIES[kind]
            data = _saved(image, kind, **options)
            yield Seed(f"drawn {kind} {variant}", kind, family, ending, data)
    yield Seed("drawn PSD", "PSD", "psd", ".psd", _photoshop(picture))
    yield from _deep(picture)
    yield _archive(picture)
    yield Seed("drawn DNG", "RAW", "tiff", ".dng", dng())


def _deep(picture: Image.Image) -> Iterator[Seed]:
    import pyvips

    wide = np.asarray(picture).astype(np.uint16) * 257
    image = pyvips.Image.new_from_array(wide, interpretation="rgb16")
    with tempfile.TemporaryDirectory() as folder:
        for name, options in (
            ("16 bits.png", {}),
            ("16 bits interlaced.png", {"interlace": True}),
            ("16 bits LZW.tif", {"compression": "lzw", "predictor": "horizontal"}),
            ("16 bits tiles.tif", {"tile": True, "tile_width": 32, "tile_height": 32}),
            ("16 bits Deflate.tif", {"compression": "deflate", "bigtiff": True}),
        ):
            path = Path(folder) / name
            image.write_to_file(str(path), **options)
            kind = "PNG" if path.suffix == ".png" else "TIFF"
            family, ending = FAMILIES[kind]
            yield Seed(f"drawn {kind} {path.stem}", f"{kind} 16", family, ending, path.read_bytes())
        path = Path(folder) / "float.tif"
        (image.cast("float") / 65535).write_to_file(str(path))
        yield Seed("drawn TIFF float", "TIFF 16", "tiff", ".tif", path.read_bytes())
    zstandard = _zstandard_16(wide)
    if zstandard:
        yield Seed("drawn TIFF 16 bits Zstandard", "TIFF 16", "tiff", ".tif", zstandard)


def _zstandard_16(wide: Any) -> bytes:
    """Grey of 16 bits, compressed by Zstandard; empty where Pillow's libtiff has it not."""
    with suppress(OSError, KeyError, ValueError):
        return _saved(Image.fromarray(wide[:, :, 0]), "TIFF", compression="zstd")
    return b""


def _photoshop(picture: Image.Image) -> bytes:
    """A flat Photoshop file with one resource (Photoshop File Formats Specification)."""
    resource = b"8BIM" + struct.pack(">H2xI", 1057, 6) + struct.pack(">IBB", 1, 1, 0)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, picture.height, picture.width, 8, 3)
    planes = b"".join(band.tobytes() for band in picture.split())
    sections = struct.pack(">I", 0) + struct.pack(">I", len(resource)) + resource + bytes(4)
    return head + sections + bytes(2) + planes


def _archive(picture: Image.Image) -> Seed:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Toolbox/X100 open.jpg", _saved(picture, "JPEG"))
        packed.writestr(zipfile.ZipInfo("工具箱/红色.png"), _saved(picture, "PNG"))
        packed.writestr("notes.txt", "no picture")
    return Seed("drawn ZIP", "ZIP", "zip", ".zip", buffer.getvalue())


def dng(*, colour_filter: bool = True) -> bytes:
    """A camera's sensor values, uncompressed (DNG specification 1.4, chapter 4)."""
    width, height = 64, 48
    values = (np.arange(width * height, dtype="<u2") * 13 % 4096).tobytes()
    entries: list[tuple[int, int, int, bytes]] = [
        (254, 4, 1, struct.pack("<I", 0)),
        (256, 4, 1, struct.pack("<I", width)),
        (257, 4, 1, struct.pack("<I", height)),
        (258, 3, 1, struct.pack("<H", 16)),
        (259, 3, 1, struct.pack("<H", 1)),
        (262, 3, 1, struct.pack("<H", 32803)),
        (271, 2, 4, b"Own\0"),
        (272, 2, 4, b"One\0"),
        (273, 4, 1, struct.pack("<I", 8)),
        (277, 3, 1, struct.pack("<H", 1)),
        (278, 4, 1, struct.pack("<I", height)),
        (279, 4, 1, struct.pack("<I", len(values))),
        (33421, 3, 2, struct.pack("<HH", 2, 2)),
        (33422, 1, 4, bytes((0, 1, 1, 2))),
        (50706, 1, 4, bytes((1, 4, 0, 0))),
        (50717, 4, 1, struct.pack("<I", 4095)),
    ]
    if not colour_filter:
        grey = (262, 3, 1, struct.pack("<H", 34892))
        entries = [entry for entry in entries if entry[0] not in {262, 33421, 33422}]
        entries = sorted([*entries, grey])
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
        for tag, kind, count, value in entries
    )
    return b"II*\0" + struct.pack("<I", 8 + len(values)) + values + directory + bytes(4)
