from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from photoprep.errors import DamagedPhotoError
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.tiff_head import read_tiff_head
from tests.support import in_8_bits

SIZE_PX = (640, 480)


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def picture() -> Image.Image:
    """Every row differs from every other, and within itself."""
    rng = np.random.default_rng(5)
    rows = np.linspace(20, 200, SIZE_PX[1])[:, None, None]
    grain = rng.integers(0, 50, (SIZE_PX[1], SIZE_PX[0], 3))
    return Image.fromarray((rows + grain).astype(np.uint8))


def cut(path: Path, format_name: str, share: float, **options: object) -> Path:
    """The first part of a file; what ``share`` of its bytes hold of the picture."""
    buffer = io.BytesIO()
    picture().save(buffer, format_name, **options)
    data = buffer.getvalue()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.mark.parametrize(
    ("format_name", "options"),
    [("JPEG", {"quality": 90}), ("PNG", {}), ("TIFF", {}), ("BMP", {}), ("GIF", {"interlace": 0})],
)
def test_the_share_that_can_be_read_is_said_and_taken_when_asked(
    tmp_path: Path, format_name: str, options: dict[str, object]
) -> None:
    path = cut(tmp_path / "photo", format_name, 0.6, **options)
    with pytest.raises(DamagedPhotoError, match=r"About (5|6)\d% of it could be read") as refused:
        decode(path)
    assert "--accept-damaged" in refused.value.hint
    part = decode(path, accept_damaged=True)
    width, height = part.full_size_px
    assert width == SIZE_PX[0]
    assert 0.5 * SIZE_PX[1] < height < 0.7 * SIZE_PX[1]
    assert [note.code for note in part.notes] == ["damaged-accepted"]
    shown = np.asarray(in_8_bits(part.image).convert("RGB")).astype(int)
    top = SIZE_PX[1] - height if format_name == "BMP" else 0  # which is written from the bottom up
    whole = np.asarray(picture()).astype(int)[top : top + height]
    assert np.abs(shown.mean((1, 2)) - whole.mean((1, 2))).max() < 8


def test_a_progressive_photo_is_shown_coarse_rather_than_cut(tmp_path: Path) -> None:
    path = cut(tmp_path / "photo", "JPEG", 0.6, quality=90, progressive=True)
    part = decode(path, accept_damaged=True)
    assert part.full_size_px == SIZE_PX


def test_a_deep_scan_gives_what_it_has(tmp_path: Path) -> None:
    deep = np.asarray(picture()).astype(np.uint16) * 257
    path = tmp_path / "scan.tif"
    pyvips.Image.new_from_array(deep).tiffsave(str(path), compression="none")
    data = bytearray(path.read_bytes())
    head = read_tiff_head(path)
    assert head.is_deep
    # libtiff writes the directory last, so that a scan cut short has none; what a bad disk gives
    # is whole in length. From some strip on, every strip is said to lie behind the end.
    directory = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[directory : directory + 2], "little")
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        tag, count = (
            int.from_bytes(data[entry + at : entry + at + n], "little")
            for at, n in ((0, 2), (4, 4))
        )
        if tag == 273:  # StripOffsets
            table = int.from_bytes(data[entry + 8 : entry + 12], "little")
            for strip in range(count // 2, count):
                data[table + 4 * strip : table + 4 * strip + 4] = b"\xf0\xff\xff\x7f"
    path.write_bytes(data)
    with pytest.raises(DamagedPhotoError, match=r"About (4|5)\d% of it could be read"):
        decode(path)
    part = decode(path, accept_damaged=True)
    shown = np.asarray(in_8_bits(part.image))
    assert 200 < len(shown) < 260
    assert (shown == deep[: len(shown)] // 257).all()


@pytest.mark.parametrize("format_name", ["WEBP", "AVIF", "HEIF", "JPEG2000", "GIF"])
def test_what_decodes_all_at_once_or_with_gaps_gives_nothing_and_says_so(
    tmp_path: Path, format_name: str
) -> None:
    path = cut(tmp_path / "photo", format_name, 0.4)
    for accept in (False, True):
        with pytest.raises(DamagedPhotoError, match="Nothing of it could be read") as refused:
            decode(path, accept_damaged=accept)
        assert "--accept-damaged" not in refused.value.hint


def test_a_real_photo_cut_short(real_photos: Path) -> None:
    with pytest.raises(DamagedPhotoError, match="About 62% of it could be read"):
        decode(real_photos / "odd/train_cut60.jpg")
    part = decode(real_photos / "odd/train_cut60.jpg", accept_damaged=True)
    assert part.full_size_px == (4032, 1902)
