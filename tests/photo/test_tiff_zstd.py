"""Strips compressed by Zstandard, packed anew: as they were, and no more than can be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photoprep.errors import DamagedPhotoError
from photoprep.photo import tiff_zstd
from photoprep.photo.decode import decode
from photoprep.photo.deep import DeepPicture


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Grey of 16 bits, a megabyte that is a few hundred bytes in its file."""
    path = tmp_path / "scan.tif"
    Image.fromarray(np.full((500, 1000), 12_345, np.uint16)).save(path, compression="zstd")
    return path


def test_values_are_what_they_were(scan: Path) -> None:
    image = decode(scan).image
    assert isinstance(image, DeepPicture)
    assert set(image.values.flat) == {12_345}


def test_a_strip_that_becomes_too_large_is_refused_before_it_is_in_memory(
    scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scan.stat().st_size < 20_000
    monkeypatch.setattr(tiff_zstd, "_MOST_STRIP_BYTES", 1000)
    with pytest.raises(DamagedPhotoError, match="a strip is larger than any can be"):
        decode(scan)


def test_many_strips_that_become_too_much_are_refused(
    scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiff_zstd, "_MOST_PLAIN_BYTES", 500_000)
    with pytest.raises(DamagedPhotoError, match="too large"):
        decode(scan)


def test_a_strip_that_ends_too_early_is_damage(scan: Path) -> None:
    data = scan.read_bytes()
    at = data.index(b"\x28\xb5\x2f\xfd")  # Zstandard's magic number (RFC 8878, 3.1.1)
    scan.write_bytes(data[: at + 4] + bytes(4) + data[at + 8 :])
    with pytest.raises(DamagedPhotoError, match="a strip is broken"):
        decode(scan)
