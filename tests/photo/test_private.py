"""What of a file's metadata stays at home is told by its kind, whatever the format."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.private import private_kinds, together
from photoprep.removed import REMOVED

FORMATS = Path(__file__).resolve().parents[1] / "fixtures" / "formats"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" aux:SerialNumber="4711"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(autouse=True)
def _decoders() -> None:
    set_up_decoders()


def camera_exif() -> Image.Exif:
    """What a camera with a receiver writes."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Maker", "Model", "1.0"
    exif[0x0132] = "2026:11:23 10:00:00"
    own = exif.get_ifd(0x8769)
    own[0x829A], own[0x9003] = 0.01, "2026:11:23 10:00:00"
    own[0xA430], own[0xA431] = "Li Na", "4711"
    own[0x9286] = b"ASCII\0\0\0ready for the fair"
    own[0x927C] = b"what only the maker knows"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 18.0)
    exif[0x8769], exif[0x8825] = own, gps
    return exif


ALL_OF_A_CAMERA = (
    *("position", "people", "serial-numbers", "comments", "software"),
    *("maker-notes", "capture-time", "camera"),
)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif", ".heic", ".avif"])
def test_a_cameras_exif_is_told_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    Image.new("RGB", (64, 48), "red").save(path, exif=camera_exif())
    assert decode(path).removed == ALL_OF_A_CAMERA


def test_a_tiff_of_16_bits_too(tmp_path: Path) -> None:
    picture = Image.new("I;16", (64, 48), 30_000)
    picture.save(tmp_path / "a.tif", exif=camera_exif())
    assert decode(tmp_path / "a.tif").removed == ALL_OF_A_CAMERA


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".heic"])
def test_xmp_is_told_with_what_it_says(tmp_path: Path, ending: str) -> None:
    path, more = tmp_path / f"a{ending}", dict[str, Any]()
    if ending == ".png":
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        more["pnginfo"] = texts
    else:
        more["xmp"] = XMP
    Image.new("RGB", (64, 48), "red").save(path, **more)
    assert decode(path).removed == ("serial-numbers", "xmp")


def test_the_texts_of_a_png_but_not_its_makers(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    for keyword in ("Author", "Copyright"):
        texts.add_text(keyword, "Müller & Söhne")
    Image.new("RGB", (64, 48)).save(tmp_path / "kept.png", pnginfo=texts)
    assert decode(tmp_path / "kept.png").removed == ()
    texts.add_text("Software", "an editor")
    texts.add_text("Comment", "for our eyes only")
    Image.new("RGB", (64, 48)).save(tmp_path / "more.png", pnginfo=texts)
    assert decode(tmp_path / "more.png").removed == ("comments", "software")


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        (b"our price: 12.50", ("comments",)),
        (b"CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n", ("software",)),
        (b"\0\0  ", ()),
    ],
)
def test_a_jpegs_comment(tmp_path: Path, comment: bytes, kinds: tuple[str, ...]) -> None:
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", comment=comment)
    assert decode(tmp_path / "a.jpg").removed == kinds


def test_what_is_blank_or_leaves_with_the_photo_is_not_told(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Zoë", "© Zoë"
    exif[0x010F] = "  \0"
    exif[0x0112] = 6
    own, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    own[0x9286] = b"ASCII\0\0\0      \0"
    gps[0] = b"\2\3\0\0"  # a version, and no position
    exif[0x8769], exif[0x8825] = own, gps
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    assert decode(tmp_path / "a.jpg").removed == ()


def test_a_thumbnail_is_told_and_a_second_page_is_none(tmp_path: Path) -> None:
    # Exif with a second directory that points to a JPEG (Exif 2.32, 4.5.8).
    small = b"\xff\xd8\xff\xd9"
    first = struct.pack("<2sHIHI", b"II", 42, 8, 0, 14)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(small), 0)
    exif = b"Exif\0\0" + first + second + small
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    assert decode(tmp_path / "a.jpg").removed == ("thumbnail",)
    assert decode(FORMATS / "tif-rgb8-pages.tif").removed == ()


def test_real_files_say_what_they_say(real_photos: Path) -> None:
    phone = decode(real_photos / "camera" / "heic-iphone7.heic").removed
    assert {"position", "maker-notes", "capture-time", "camera"} <= set(phone)
    press = decode(real_photos / "camera" / "blue-periwinkle.jpg").removed
    assert {"serial-numbers", "thumbnail", "iptc", "xmp"} <= set(press)
    assert "position" not in press
    assert decode(real_photos / "products" / "magento-wb02" / "wb02-blue_main.jpg").removed == ()
    photoshop = decode(real_photos / "formats" / "AlphaChannelSample_720x480.psd").removed
    assert {"thumbnail", "software", "xmp"} <= set(photoshop)
    assert set(decode(FORMATS / "raw-preview.dng").removed) == {
        "software",
        "capture-time",
        "camera",
    }


@settings(deadline=None)
@given(cut=st.integers(0, 400), noise=st.binary(max_size=40))
def test_broken_metadata_says_less_and_never_fails(cut: int, noise: bytes) -> None:
    block = camera_exif().tobytes()
    exif = Image.Exif()
    try:
        exif.load(block[:cut] + noise + block[cut + len(noise) :])
    except Exception:  # noqa: BLE001 (as ``decode`` does)
        exif = Image.Exif()
    image = Image.new("RGB", (4, 4))
    image.info = {"comment": noise, "xmp": noise, "photoshop": {0x0404: noise, 0x0424: 7}}
    told = private_kinds(exif, image)
    assert told == together(told)
    assert set(told) <= set(REMOVED)
