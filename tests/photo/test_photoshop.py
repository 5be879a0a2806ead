from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photoprep.photo.decode import decode, set_up_decoders
from tests.support import in_8_bits

SIZE_PX = (40, 30)
COLOURS = [(220, 30, 30), (30, 200, 60), (40, 60, 210)]


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def stripes() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rows = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    for stripe, colour in enumerate(COLOURS):
        rows[stripe * 10 : stripe * 10 + 10] = colour
    rows[:, ::7] = 255  # so that rows do not pack to one length
    return rows


def packed(row: bytes) -> bytes:
    """PackBits (TIFF 6.0, section 9), literal where three are not the same."""
    out, at = b"", 0
    while at < len(row):
        run = 1
        while at + run < len(row) and run < 100 and row[at + run] == row[at]:
            run += 1
        out += bytes([257 - run, row[at]]) if run > 1 else bytes([0, row[at]])
        at += run
    return out


def photoshop(path: Path, channels: list[bytes], *, layers: int = 0, packs: bool = True) -> Path:
    """A file whose picture has these channels, each as bytes; ``layers`` as it is counted."""
    width, height = SIZE_PX
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, len(channels), height, width, 8, 3)
    # An empty layer takes 44 bytes; nobody reads it here.
    body = struct.pack(">h", layers) + bytes(44 * abs(layers) + 2)
    info = struct.pack(">I", len(body)) + body
    section = struct.pack(">I", len(info)) + info if layers else struct.pack(">I", 0)
    starts = range(0, width * height, width)
    rows = [channel[at : at + width] for channel in channels for at in starts]
    if packs:
        rows = [packed(row) for row in rows]
    lengths = b"".join(struct.pack(">H", len(row)) for row in rows) if packs else b""
    path.write_bytes(
        head + bytes(8) + section + struct.pack(">H", packs) + lengths + b"".join(rows)
    )
    return path


@pytest.mark.parametrize("selections", [0, 1, 2, 5])
@pytest.mark.parametrize("packs", [True, False])
def test_saved_selections_do_not_tear_the_picture(
    tmp_path: Path, selections: int, packs: bool
) -> None:
    picture = stripes()
    channels = [picture[..., channel].tobytes() for channel in range(3)]
    selection = np.tile(np.arange(SIZE_PX[0], dtype=np.uint8), SIZE_PX[1]).tobytes()
    path = photoshop(tmp_path / "a.psd", channels + [selection] * selections, packs=packs)
    shown = np.asarray(in_8_bits(decode(path).image))
    assert shown.shape == picture.shape  # a selection is no transparency
    assert (shown == picture).all()


@pytest.mark.parametrize(("layers", "mode"), [(-1, "RGBA"), (1, "RGB"), (0, "RGB")])
def test_a_fourth_channel_is_transparency_where_the_layers_say_so(
    tmp_path: Path, layers: int, mode: str
) -> None:
    picture = stripes()
    channels = [picture[..., channel].tobytes() for channel in range(3)]
    path = photoshop(tmp_path / "a.psd", [*channels, bytes([128]) * 1200], layers=layers)
    image = decode(path).image
    assert isinstance(image, Image.Image)
    assert image.mode == mode


def test_a_real_file_with_selections_is_whole(real_photos: Path) -> None:
    image = decode(real_photos / "formats/AlphaChannelSample_720x480.psd").image
    assert isinstance(image, Image.Image)
    shown = image.convert("RGB")
    # As ImageMagick shows it: blue letters on white, the firm's name below on the right.
    assert shown.getpixel((5, 5)) == (255, 255, 255)
    values = np.asarray(shown).astype(int)
    assert (values[..., 0] - values[..., 2]).max() <= 20  # torn, it had red and pink
