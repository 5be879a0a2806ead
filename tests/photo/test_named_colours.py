from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.libvips import to_srgb16
from photoprep.photo.profiles import adobe_rgb_profile, is_srgb

P3, BT709, BT2020 = 12, 1, 9
SRGB_CURVE, PQ = 13, 16


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def picture() -> Image.Image:
    return Image.new("RGB", (32, 32), (120, 200, 90))


def png(path: Path, *chunks: tuple[bytes, bytes]) -> Path:
    """A PNG with these chunks after its head."""
    buffer = io.BytesIO()
    picture().save(buffer, "PNG", pnginfo=PngInfo())
    data = buffer.getvalue()
    more = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    path.write_bytes(data[:33] + more + data[33:])
    return path


def chromaticities(*places: tuple[float, float]) -> bytes:
    return b"".join(struct.pack(">II", *(round(each * 100_000) for each in xy)) for xy in places)


def avif(path: Path, primaries: int, transfer: int) -> Path:
    """An AVIF whose code points are these."""
    buffer = io.BytesIO()
    picture().save(buffer, "AVIF")
    data = bytearray(buffer.getvalue())
    at = data.index(b"colrnclx") + 8
    data[at : at + 4] = struct.pack(">HH", primaries, transfer)
    path.write_bytes(data)
    return path


def shown(profile: bytes) -> tuple[int, ...]:
    """Display P3's (120, 200, 90) in sRGB, by that profile."""
    values = np.array([[[120, 200, 90]]], np.uint16) * np.uint16(257)
    return tuple(int(each) for each in to_srgb16(values, "RGB", profile, "relative")[0, 0] // 257)


def test_p3_named_by_numbers_is_p3_by_its_profile(tmp_path: Path, real_photos: Path) -> None:
    with Image.open(real_photos / "camera/test_exif_full.jpg") as phone:
        wanted = shown(phone.info["icc_profile"])
    by_chunk = decode(png(tmp_path / "a.png", (b"cICP", bytes([P3, SRGB_CURVE, 0, 1]))))
    by_box = decode(avif(tmp_path / "a.avif", P3, SRGB_CURVE))
    assert shown(by_chunk.icc_profile) == shown(by_box.icc_profile) == wanted
    assert wanted[0] < 110  # taken for sRGB it would be 120, a duller green


def test_what_is_srgb_by_numbers_is_not_converted(tmp_path: Path) -> None:
    files = [
        png(tmp_path / "a.png", (b"cICP", bytes([BT709, SRGB_CURVE, 0, 1]))),
        png(tmp_path / "b.png", (b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100_000))),
        png(tmp_path / "c.png"),
        avif(tmp_path / "d.avif", BT709, SRGB_CURVE),
    ]
    assert [decode(path).icc_profile for path in files] == [b""] * 4
    everyones = decode(png(tmp_path / "e.png", (b"gAMA", struct.pack(">I", 45455)))).icc_profile
    assert is_srgb(everyones)


def test_gamma_and_chromaticities_of_a_png_count(tmp_path: Path) -> None:
    places = chromaticities((0.3127, 0.3290), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
    gamma = struct.pack(">I", round(100_000 / 2.19921875))
    named = decode(png(tmp_path / "a.png", (b"gAMA", gamma), (b"cHRM", places))).icc_profile
    apart = np.abs(np.subtract(shown(named), shown(adobe_rgb_profile())))
    assert apart.max() <= 3  # its curve is taken for sRGB's, which is nearly the same
    light = decode(png(tmp_path / "b.png", (b"gAMA", struct.pack(">I", 100_000)))).icc_profile
    assert shown(light) == (182, 229, 160)  # 1.055 * (level / 255) ** (1 / 2.4) - 0.055


@pytest.mark.parametrize(
    "places",
    [
        chromaticities((0.3, 0), (0.6, 0), (0.2, 0), (0.1, 0)),
        chromaticities((0.31, 0.33), (0.3, 0.3), (0.3, 0.3), (0.3, 0.3)),
        chromaticities((0.31, 0.33), (0.64, 0.33), (0.3, 0.331), (0.15, 0.329)),
    ],
)
def test_nonsense_is_left_aside(tmp_path: Path, places: bytes) -> None:
    path = png(tmp_path / "a.png", (b"gAMA", struct.pack(">I", 45455)), (b"cHRM", places))
    decoded = decode(path)
    assert decoded.full_size_px == (32, 32)


def test_high_dynamic_range_is_left_as_it_is(tmp_path: Path) -> None:
    assert decode(avif(tmp_path / "a.avif", BT2020, PQ)).icc_profile == b""
