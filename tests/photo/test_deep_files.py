from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from photoprep.errors import UnsupportedFormatError
from photoprep.files import FileStamp
from photoprep.photo import deep_files
from photoprep.photo.colour import plan_colours, to_srgb
from photoprep.photo.decode import DecodedPhoto, decode, set_up_decoders
from photoprep.photo.deep import DeepPicture
from photoprep.photo.make import make_photo
from photoprep.photo.resize import upright_at
from photoprep.photo.task import PhotoTask
from photoprep.preset_file import load_preset
from tests.tiffs import CIELAB, CMYK, GREY, RGB, ZSTANDARD, write_tiff

SIZE_PX = (96, 64)


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def values(channels: int = 3, kind: str = "u2") -> NDArray[Any]:
    """A gradient with grain, from none to all of every channel."""
    rng = np.random.default_rng(3)
    width, height = SIZE_PX
    ramp = np.linspace(0, 1, width)[None, :, None] * np.linspace(0.5, 1, channels)
    grain = rng.random((height, width, channels)) * 0.02
    shares = np.clip(ramp + grain - 0.01, 0, 1)
    if kind.startswith("f"):
        return shares.astype(kind)
    return (shares * np.iinfo(kind).max).astype(kind)


def deep(decoded: DecodedPhoto) -> DeepPicture:
    assert isinstance(decoded.image, DeepPicture)
    return decoded.image


def shown(decoded: DecodedPhoto, size_px: tuple[int, int] = SIZE_PX) -> NDArray[np.uint8]:
    plan = plan_colours(decoded.image, decoded.icc_profile, decoded.exif)
    return np.asarray(to_srgb(upright_at(decoded, size_px, deep=not plan.is_srgb), plan, "white"))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("compression", [1, ZSTANDARD])
@pytest.mark.parametrize(("photometric", "channels"), [(GREY, 1), (RGB, 3), (CMYK, 4)])
def test_16_bits_are_read_to_the_last_one(
    tmp_path: Path, order: Any, planar: bool, compression: int, photometric: int, channels: int
) -> None:
    written = values(channels)
    path = write_tiff(
        tmp_path / "scan.tif",
        written,
        photometric,
        order=order,
        planar=planar and channels > 1,
        compression=compression,
    )
    read = deep(decode(path))
    assert read.space == {1: "L", 3: "RGB", 4: "CMYK"}[channels]
    assert (read.values == written).all()


@pytest.mark.parametrize("kind", ["f4", "u4"])
@pytest.mark.parametrize("channels", [1, 3])
def test_32_bits_and_floating_point_are_read_by_their_range(
    tmp_path: Path, kind: str, channels: int
) -> None:
    written = values(channels, kind)
    path = write_tiff(tmp_path / "scan.tif", written, GREY if channels == 1 else RGB)
    wanted = written.astype(np.float64) / (1 if kind == "f4" else 2**32 - 1) * 65535
    assert np.abs(deep(decode(path)).values - wanted).max() <= 1


@pytest.mark.parametrize("most", [255.0, 65535.0])
def test_floating_point_that_nobody_divided_is_understood(tmp_path: Path, most: float) -> None:
    path = write_tiff(tmp_path / "scan.tif", values(3, "f4") * np.float32(most))
    assert np.abs(deep(decode(path)).values - values(3, "f4") * 65535.0).max() <= 2


def test_what_is_no_number_does_no_harm(tmp_path: Path) -> None:
    written = values(3, "f4")
    written[10, 10], written[11, 11] = np.nan, np.inf
    read = deep(decode(write_tiff(tmp_path / "scan.tif", written))).values
    assert (read[10, 10] == 0).all()
    assert (read[11, 11] == 65535).all()
    assert abs(int(read[20, 50, 0]) - float(written[20, 50, 0]) * 65535) <= 1


def test_lab_of_16_bits_is_the_colour_it_names(tmp_path: Path) -> None:
    # CIELAB of sRGB red, D50: L* 54.3, a* 80.8, b* 69.9; a* and b* are signed, 256 steps to one.
    written = np.empty((16, 16, 3), np.uint16)
    written[:] = [round(54.3 * 65535 / 100), round(80.8 * 256), round(69.9 * 256)]
    decoded = decode(write_tiff(tmp_path / "scan.tif", written, CIELAB))
    assert deep(decoded).space == "LAB"
    red, green, blue = shown(decoded, (16, 16))[8, 8]
    assert red >= 252
    assert max(green, blue) <= 12


def test_a_faint_gradient_has_no_bands_and_loses_nothing_at_its_ends(tmp_path: Path) -> None:
    width = 1800
    ramp = np.linspace(0, 65535, width).astype(np.uint16)
    path = write_tiff(tmp_path / "scan.tif", np.repeat(ramp[None, :, None], 40, 0).repeat(3, 2))
    row = shown(decode(path), (900, 20))[10, :, 0].astype(int)
    assert (row[0], row[-1]) == (0, 255)
    assert set(np.diff(row)) == {0, 1}
    assert len(set(row)) == 256
    runs = np.diff(np.flatnonzero(np.diff(row)))
    assert runs.max() <= 5  # every level is as wide as its neighbours, 900 pixels / 255


@pytest.mark.parametrize("channels", [2, 4])
def test_deep_alpha_lets_the_background_through_without_a_fringe(
    tmp_path: Path, channels: int
) -> None:
    # A white disc whose transparent surroundings are black underneath: the usual trap.
    rows, columns = np.mgrid[-1:1:200j, -1:1:200j]
    inside = np.hypot(rows, columns) < 0.7
    written = np.zeros((200, 200, channels), np.uint16)
    written[inside] = 65535
    path = write_tiff(tmp_path / "cut.tif", written, GREY if channels == 2 else RGB, extra=2)
    decoded = decode(path)
    assert deep(decoded).has_alpha
    assert (shown(decoded, (50, 50)) == 255).all()


def test_a_channel_that_is_no_transparency_is_left_out(tmp_path: Path) -> None:
    written = np.concatenate([values(), np.zeros((*SIZE_PX[::-1], 1), np.uint16)], axis=-1)
    decoded = decode(write_tiff(tmp_path / "spot.tif", written, extra=0))
    assert not deep(decoded).has_alpha
    assert (deep(decoded).values == values()).all()


def test_colours_multiplied_by_alpha_already_are_not_multiplied_again(tmp_path: Path) -> None:
    written = np.full((16, 16, 4), 32768, np.uint16)  # white, half transparent
    decoded = decode(write_tiff(tmp_path / "cut.tif", written, extra=1))
    assert (shown(decoded, (16, 16)) >= 254).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_deep_scan_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    upright = values()
    upright[:10, :20] = 65535  # a white corner, above left
    undo: dict[int, NDArray[Any]] = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, 3),
    }
    path = write_tiff(tmp_path / "scan.tif", undo[orientation], orientation=orientation)
    decoded = decode(path)
    assert decoded.full_size_px == SIZE_PX
    picture = upright_at(decoded, SIZE_PX)
    assert isinstance(picture, DeepPicture)
    assert (picture.values == upright).all()


def test_a_scan_too_large_for_memory_is_read_as_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    smooth = np.asarray(
        Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8)).resize((801, 601))
    )
    path = write_tiff(tmp_path / "scan.tif", smooth.astype(np.uint16) * 257)
    in_full = upright_at(decode(path), (200, 150))
    monkeypatch.setattr(deep_files, "_MOST_PIXELS", 200_000)
    decoded = decode(path)
    assert decoded.averaged_px == 2
    assert decoded.full_size_px == (801, 601)
    assert deep(decoded).size == (401, 301)
    by_means = upright_at(decoded, (200, 150))
    assert isinstance(in_full, DeepPicture)
    assert isinstance(by_means, DeepPicture)
    apart = np.abs(in_full.values.astype(int) - by_means.values)
    assert apart.mean() < 40  # of 65535


def test_12_bits_are_refused_as_what_they_are(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "scan.tif", values(1), GREY)
    data = bytearray(path.read_bytes())
    place = data.index(bytes([2, 1, 3, 0, 1, 0, 0, 0, 16, 0]))
    data[place + 8] = 12
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormatError, match="12 bits a channel"):
        decode(path)


def test_a_deep_scan_becomes_a_photo_with_its_artist(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "scan.tif", values(), artist=b"Ann Other")
    spec = load_preset("trade-email").photo
    made = make_photo(PhotoTask(path, FileStamp.of(path), spec))
    with Image.open(io.BytesIO(made.jpeg.data)) as jpeg:
        assert jpeg.size == SIZE_PX
        assert jpeg.getexif()[0x013B] == "Ann Other"
        apart = np.abs(np.asarray(jpeg).astype(int) - values() / 257)
    assert apart.mean() < 3
