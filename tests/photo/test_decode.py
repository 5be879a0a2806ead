from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat

from photoprep.errors import (
    DamagedPhotoError,
    NotAPictureError,
    PhotoError,
    SourceUnreadableError,
    TooManyPixelsError,
    UnsupportedFormatError,
)
from photoprep.photo import decode as decoding
from photoprep.photo import refusals
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.deep import MODES, DeepPicture
from photoprep.photo.resize import upright_at
from photoprep.units import scaled_size_px
from tests.support import in_8_bits

RED, BLUE = (220, 30, 30), (30, 30, 220)


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def top_red(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """A picture whose upper half is red and whose lower half is blue, wider than high."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return image


def is_top_red(picture: Image.Image | DeepPicture) -> bool:
    rgb = in_8_bits(picture).convert("RGB")
    above = rgb.getpixel((rgb.width // 2, rgb.height // 8))
    below = rgb.getpixel((rgb.width // 2, rgb.height * 7 // 8))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    return above[0] > above[2] + 60 and below[2] > below[0] + 60


@pytest.mark.parametrize(
    ("suffix", "format_name", "options"),
    [
        ("jpg", "JPEG", {"quality": 92}),
        ("jpg", "JPEG", {"progressive": True}),
        ("png", "PNG", {}),
        ("tif", "TIFF", {"compression": "tiff_lzw"}),
        ("webp", "WEBP", {"quality": 90}),
        ("bmp", "BMP", {}),
        ("gif", "GIF", {}),
        ("avif", "AVIF", {"quality": 90}),
        ("heic", "HEIF", {"quality": 90}),
        ("jp2", "JPEG2000", {}),
        ("mpo", "MPO", {}),
        ("jpg", "PNG", {}),  # content decides, not the extension
        ("png", "HEIF", {}),
        ("dat", "WEBP", {}),
    ],
)
def test_every_format_is_read_by_its_content(
    tmp_path: Path, suffix: str, format_name: str, options: dict[str, object]
) -> None:
    path = tmp_path / f"photo.{suffix}"
    top_red().save(path, format_name, **options)
    decoded = decode(path)
    assert decoded.full_size_px == (60, 40)
    assert is_top_red(decoded.image)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "LAB"])
def test_every_mode_of_tiff_or_png_is_read(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "photo"
    grey = Image.linear_gradient("L")  # black above, white below
    if mode == "I;16":
        image = Image.frombytes(
            "I;16", grey.size, b"".join(struct.pack("<H", level * 257) for level in grey.tobytes())
        )
    else:
        image = Image.new("LAB", grey.size) if mode == "LAB" else grey.convert(mode)
    image.save(path, "PNG" if mode in {"P", "PA", "LA", "RGBA"} else "TIFF")
    decoded = decode(path).image
    assert decoded.size == (256, 256)
    if mode == "I;16":  # scaled by range, not cut off at 255
        assert isinstance(decoded, DeepPicture)
        assert decoded.space == "L"
        assert decoded.values[128, 0, 0] == 128 * 257
        assert (decoded.values.min(), decoded.values.max()) == (0, 65535)
    else:
        assert isinstance(decoded, Image.Image)
        assert decoded.mode in MODES


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_pictures_are_turned_upright_once(
    tmp_path: Path, orientation: int, format_name: str
) -> None:
    turns_back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = top_red((320, 200))
    stored = upright.transpose(turns_back[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo"
    stored.save(path, format_name, exif=exif)
    decoded = decode(path)
    assert decoded.full_size_px == (320, 200)
    for size_px in ((320, 200), (160, 100)):
        shown = upright_at(decoded, size_px)
        assert shown.size == size_px
        assert is_top_red(shown)


def test_a_phones_heic_is_not_turned_twice(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo.heic"
    stored = top_red((320, 200)).transpose(Image.Transpose.ROTATE_90)
    pillow_heif.from_pillow(stored).save(path, quality=90, exif=exif.tobytes())
    decoded = decode(path)
    assert decoded.full_size_px == (320, 200)
    assert is_top_red(upright_at(decoded, (320, 200)))


def test_a_jpeg_is_decoded_in_full_up_to_32_megapixels(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    top_red((4000, 3000)).save(path, quality=50)
    decoded = decode(path)
    assert decoded.full_size_px == decoded.image.size == (4000, 3000)


@pytest.fixture
def less_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_FULL_DECODE_MEGAPIXELS", 4)


def test_a_larger_one_by_the_least_factor_that_is_enough(
    tmp_path: Path, less_in_full: None
) -> None:
    path = tmp_path / "photo.jpg"
    top_red((4000, 3000)).save(path, quality=50)
    decoded = decode(path)
    assert decoded.full_size_px == (4000, 3000)
    assert decoded.image.size == (2000, 1500)


@pytest.mark.parametrize("size", [(4001, 3000), (3999, 2667), (4000, 3001)])
def test_a_scaled_decode_moves_nothing(
    tmp_path: Path, less_in_full: None, size: tuple[int, int]
) -> None:
    # libjpeg rounds a scaled size up and pads it; stretched over the picture, that shifts it.
    tile = Image.radial_gradient("L").resize((100, 100))
    large = Image.new("L", size)
    for left in range(0, size[0], 100):
        for top in range(0, size[1], 100):
            large.paste(tile, (left, top))
    path = tmp_path / "photo.jpg"
    large.save(path, quality=95)
    half = decode(path)
    assert half.image.size[0] < size[0]
    wanted = scaled_size_px(size, 944)
    shown = in_8_bits(upright_at(half, wanted))
    reference = large.resize(wanted, Image.Resampling.LANCZOS)
    strip = (wanted[0] - 60, wanted[1] - 60, *wanted)  # the shift would be largest there
    difference = ImageChops.difference(shown.crop(strip), reference.crop(strip))
    assert ImageStat.Stat(difference).rms[0] < 2.0


def test_a_large_progressive_jpeg_is_scaled_further_to_spare_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, progressive = tmp_path / "a.jpg", tmp_path / "b.jpg"
    top_red((400, 300)).save(plain, subsampling="4:2:0")
    top_red((400, 300)).save(progressive, subsampling="4:2:0", progressive=True)
    monkeypatch.setattr(decoding, "MAX_PROGRESSIVE_BYTES", 500_000)
    assert decode(plain).image.size == (400, 300)
    # 360,000 bytes of coefficients leave 35,000 pixels of four bytes: a half of each side.
    assert decode(progressive).image.size == (200, 150)
    assert decode(progressive).full_size_px == (400, 300)


def test_a_huge_progressive_jpeg_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 60 x 40 pixels in 4:2:0 have 3600 coefficients, which are 7200 bytes; in 4:4:4 twice as many.
    half, whole, plain = (tmp_path / f"{name}.jpg" for name in "abc")
    top_red((60, 40)).save(half, progressive=True, subsampling="4:2:0")
    top_red((60, 40)).save(whole, progressive=True, subsampling="4:4:4")
    top_red((60, 40)).save(plain, subsampling="4:4:4")
    monkeypatch.setattr(refusals, "_MAX_COEFFICIENT_BYTES", 7200)
    assert decode(half).full_size_px == decode(plain).full_size_px == (60, 40)
    with pytest.raises(TooManyPixelsError, match="progressive JPEG") as caught:
        decode(whole)
    assert "baseline" in caught.value.hint


def test_of_several_pages_or_frames_the_first_is_taken_and_said(tmp_path: Path) -> None:
    first, second = top_red(), Image.new("RGB", (60, 40), "green")
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second, second])
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    tiff, gif = decode(tmp_path / "a.tif"), decode(tmp_path / "a.gif")
    assert [note.code for note in tiff.notes] == ["first-page"]
    assert "3 pages" in tiff.notes[0].message
    assert [note.code for note in gif.notes] == ["first-frame"]
    assert is_top_red(tiff.image)
    assert is_top_red(gif.image)


def test_the_second_picture_of_an_mpo_is_left_out_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    top_red().save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    decoded = decode(path)
    assert is_top_red(decoded.image)
    assert not decoded.notes


def jpeg_bytes() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((400, 300), 60).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.jpg", b"", DamagedPhotoError, "The file is empty"),
        ("a.jpg", b"hello, I am a text", DamagedPhotoError, "named .jpg, but its content"),
        ("a.txt", b"hello, I am a text", NotAPictureError, "no picture"),
        ("a.txt", b"BMW price list", NotAPictureError, "no picture"),
        ("a.psd", b"8BPS\0\x01", DamagedPhotoError, "Photoshop"),
        ("a.psd", b"8BPS\0\x01" + bytes(17) + b"\x10\0\3", UnsupportedFormatError, "16 bits"),
        ("a.psb", b"8BPS\0\x02", UnsupportedFormatError, "PSB"),
        ("a.jxl", b"\xff\x0a\xff", DamagedPhotoError, "JPEG XL"),
        ("a.cr3", b"\0\0\0\x18ftypcrx \0\0\0\x01", PhotoError, "RAW"),
        ("a.nef", b"anything", PhotoError, "RAW"),
        ("a.svg", b"<svg/>", UnsupportedFormatError, r"\.svg"),
        ("a.jpg", jpeg_bytes()[: len(jpeg_bytes()) // 2], DamagedPhotoError, "ends too early"),
        ("a.jpg", jpeg_bytes()[:300], DamagedPhotoError, "JPEG is damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 40, DamagedPhotoError, "PNG is damaged"),
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, DamagedPhotoError, "HEIC is damaged"),
        ("a.tif", b"II*\0" + b"\xff" * 40, DamagedPhotoError, "TIFF is damaged"),
    ],
)
def test_bad_files_cost_themselves_and_say_why(
    tmp_path: Path, name: str, content: bytes, error: type[PhotoError], words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        decode(path)
    assert caught.value.path == path


def test_a_bomb_is_refused_by_its_head(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    png += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT\x35\xaf\x06\x1e"
    path = tmp_path / "bomb.png"
    path.write_bytes(png)
    with pytest.raises(TooManyPixelsError, match="3600 megapixels"):
        decode(path)


def test_broken_metadata_does_not_cost_a_whole_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    top_red().save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xee" * 30)
    assert is_top_red(decode(path).image)


def test_what_the_system_refuses_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match="vanished"):
        decode(tmp_path / "gone.jpg")
