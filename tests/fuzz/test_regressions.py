"""What the fuzz command has found, each as a file that is as small as it could be made."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from photoprep.errors import DamagedPhotoError, TooManyPixelsError
from photoprep.files import FileStamp
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.jpeg_xl_head import read_jpeg_xl_head
from photoprep.photo.make import make_photo
from photoprep.photo.refusals import translated
from photoprep.photo.resize import upright_at
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.photo.tiff_head import pages_of
from photoprep.preset_file import load_preset
from photoprep.workers import Crew
from tests.fuzz.campaign import LIMIT_S
from tests.fuzz.seeds import dng, drawn_seeds
from tests.fuzz.verdict import fault_of_jpeg, name_of
from tests.fuzz.worker import Attempt, Trial, attempt, set_up
from tests.support import photoprep, small_photo

FIXTURES = Path(__file__).parents[1] / "fixtures" / "fuzz"
SPEC = load_preset("trade-email").photo


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def made(path: Path) -> MadePhoto:
    return make_photo(PhotoTask(path, FileStamp.of(path), SPEC))


@pytest.mark.parametrize("place", [2**62, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_next_page_beyond_what_a_file_can_have_is_none(tmp_path: Path, place: int) -> None:
    path = tmp_path / "big.tif"
    head = b"II+\0" + struct.pack("<HHQ", 8, 0, 16)
    path.write_bytes(head + struct.pack("<QHHQQQ", 1, 256, 4, 1, 1, place))
    assert pages_of(path) == 1


def test_a_directory_of_more_entries_than_a_file_can_have_is_the_last(tmp_path: Path) -> None:
    path = tmp_path / "big.tif"
    path.write_bytes(b"MM\0+" + struct.pack(">HHQQ", 8, 0, 16, 2**64 - 1))
    assert pages_of(path) == 1


def test_a_place_that_no_file_has_is_the_files_fault_and_not_the_disks(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    path.write_bytes(b"II*\0")
    with (
        pytest.raises(DamagedPhotoError),
        translated(path, "TIFF"),
        path.open("rb") as file,
    ):
        file.seek(-1)  # as Pillow does, of offsets that it reads as negative


def test_a_raw_file_without_a_colour_filter_is_grey(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    path = tmp_path / "mono.dng"
    path.write_bytes(dng(colour_filter=False))
    photo = made(path)
    assert fault_of_jpeg(photo, SPEC) == ""
    assert photo.source_size_px == (64, 48)


def test_a_tiff_whose_head_has_another_size_than_its_picture_is_damaged(tmp_path: Path) -> None:
    # 16 bits and Zstandard, the width's tag made something else: what libvips reads is not what
    # its head was read as, and once a size of nothing was divided by.
    path = FIXTURES / "width-of-another-tag.tif"
    with pytest.raises(DamagedPhotoError, match="contradicts itself"):
        made(path)


@pytest.mark.parametrize("size", [(1001, 701), (1003, 707), (1200, 640)])
def test_a_large_jpeg_2000_is_decoded_at_a_half_and_moves_nothing(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.jp2"
    Image.linear_gradient("L").resize(size).convert("RGB").save(path)
    whole = decode(path)
    monkeypatch.setattr("photoprep.photo.decode._FULL_DECODE_MEGAPIXELS", 0.05)
    halved = decode(path)
    assert (halved.averaged_px, halved.full_size_px) == (4, size)
    assert halved.image.size == tuple(-(-side // 4) for side in size)
    small = (240, 240 * size[1] // size[0])
    one, other = (np.asarray(upright_at(each, small)).astype(int) for each in (whole, halved))
    assert np.abs(one - other).max() <= 3


def test_one_that_has_no_smaller_version_inside_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.jp2"
    Image.new("RGB", (640, 480), "red").save(path, num_resolutions=1)
    monkeypatch.setattr("photoprep.photo.decode._FULL_DECODE_MEGAPIXELS", 0.05)
    with pytest.raises(TooManyPixelsError, match="no smaller version"):
        decode(path)


@pytest.mark.parametrize("size", [(96, 64), (97, 65), (256, 256), (1600, 900), (4000, 513)])
@pytest.mark.parametrize("boxed", [False, True])
def test_a_jpeg_xl_tells_its_size_before_it_is_opened(
    tmp_path: Path, size: tuple[int, int], boxed: bool
) -> None:
    pytest.importorskip("pillow_jxl")
    path = tmp_path / "photo.jxl"
    exif = {"exif": Image.Exif().tobytes()} if boxed else {}
    Image.new("RGB", size, "red").save(path, "JXL", use_container=boxed, **exif)
    assert path.read_bytes().startswith(b"\xff\x0a") is not boxed
    head = read_jpeg_xl_head(path)
    assert (head.size_px if head else None) == size


@pytest.mark.parametrize("late", [False, True])
def test_exif_of_a_deep_png_is_found_wherever_it_stands(tmp_path: Path, late: bool) -> None:
    path = tmp_path / "deep.png"
    black = pyvips.Image.black(16, 8, bands=3).cast("ushort").copy(interpretation="rgb16")
    black.pngsave(str(path), keep="none")
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "An Artist"
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = b"eXIf" + block
    chunk = struct.pack(">I", len(block)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = path.read_bytes()
    at = len(data) - 12 if late else 33
    path.write_bytes(data[:at] + chunk + data[at:])
    decoded = decode(path)
    assert decoded.full_size_px == (8, 16)
    assert decoded.exif[0x013B] == "An Artist"


def test_a_profile_or_a_history_of_megabytes_does_not_cost_its_png(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    about = PngInfo()
    about.add_itxt("XML:com.adobe.xmp", "<history/>" * 300_000, zip=True)
    Image.new("RGB", (16, 8), "red").save(path, pnginfo=about)
    assert made(path).source_size_px == (16, 8)


@pytest.mark.parametrize("workers", ["forked", "spawned"])
def test_what_libraries_print_of_a_broken_picture_stays_off_the_terminal(
    tmp_path: Path, workers: str
) -> None:
    source, out = tmp_path / "Boxes", tmp_path / "out"
    small_photo(source / "whole.jpg")
    fax = bytearray(next(seed.data for seed in drawn_seeds() if seed.name == "drawn TIFF fax"))
    fax[300:340] = b"\x55" * 40
    (source / "fax.tif").write_bytes(fax)
    if workers == "spawned":  # as they are wherever the output folder is there already
        out.mkdir()
    done = photoprep("prepare", source, "--out", out, "--quiet")
    assert list(out.glob("photos/*.jpg"))
    assert "Fax4Decode" not in done.stderr
    assert "line" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded elsewhere")
def test_a_length_of_gigabytes_in_a_head_is_damage_and_no_want_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "poster.psd"
    photoshop = bytearray(next(seed.data for seed in drawn_seeds() if seed.name == "drawn PSD"))
    photoshop[42:46] = b"\xff\xff\xff\xf0"  # what its first resource has
    path.write_bytes(photoshop)
    with Crew(attempt, jobs=1, set_up=set_up) as crew:
        ((_, result),) = crew.run([Trial(path, SPEC, LIMIT_S)])
    assert isinstance(result, Attempt)
    assert [name_of(outcome) for outcome in result.outcomes] == ["DamagedPhotoError"]
