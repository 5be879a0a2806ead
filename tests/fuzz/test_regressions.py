"""What the fuzz command has found, each as a file that is as small as it could be made."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from photoprep.errors import DamagedPhotoError
from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import make_photo
from photoprep.photo.refusals import translated
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.photo.tiff_head import pages_of
from photoprep.preset_file import load_preset
from tests.fuzz.seeds import dng
from tests.fuzz.verdict import fault_of_jpeg

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
