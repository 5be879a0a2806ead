"""A photo made again in fewer bytes: as good as its curve foretold, and of the same picture."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photoprep.errors import CannotFitError, SourceChangedError
from photoprep.files import FileStamp, sha256_of_file
from photoprep.outcome import PreparedJpeg
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import make_photo, make_smaller
from photoprep.photo.remembered_fit import fit_of, text_of_fit
from photoprep.photo.task import EncodedJpeg, MadePhoto, PhotoTask, SmallerTask
from photoprep.preset_file import load_preset

SPEC = dataclasses.replace(load_preset().photo, max_bytes=45_000)


@pytest.fixture(scope="module", autouse=True)
def _decoders() -> None:
    set_up_decoders()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Soft noise, which 45 kB do not hold whole, with an artist and a place in its Exif."""
    noise = np.random.default_rng(3).integers(118, 138, (180, 240, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((480, 360), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x013B] = "An Artist"
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path_factory.mktemp("smaller") / "source.jpg"
    picture.save(path, quality=95, exif=exif)
    return path


@pytest.fixture(scope="module")
def made(source: Path) -> MadePhoto:
    return make_photo(task_of(source))


def task_of(source: Path) -> PhotoTask:
    return PhotoTask(source, FileStamp.of(source), SPEC)


def smaller(source: Path, made: MadePhoto, share: float) -> EncodedJpeg:
    max_bytes = int(len(made.jpeg.data) * share)
    like = dataclasses.replace(made.jpeg, data=b"")
    return make_smaller(SmallerTask(task_of(source), made.source_sha256, like, max_bytes))


@pytest.mark.parametrize("share", [0.97, 0.9, 0.8])
def test_it_comes_near_its_bytes_and_near_what_was_foretold(
    source: Path, made: MadePhoto, share: float
) -> None:
    version = smaller(source, made, share)
    asked = int(len(made.jpeg.data) * share)
    assert 0.985 * asked <= len(version.data) <= asked
    foretold = made.jpeg.curve.quality_at(len(version.data))
    assert version.quality == pytest.approx(foretold, abs=2.0)  # noise is no photo
    assert version.quality < made.jpeg.quality
    assert version == smaller(source, made, share)


def test_it_is_the_same_picture_and_as_clean(source: Path, made: MadePhoto) -> None:
    with (
        Image.open(io.BytesIO(made.jpeg.data)) as full,
        Image.open(io.BytesIO(smaller(source, made, 0.85).data)) as version,
    ):
        assert version.size == full.size
        assert version.info["dpi"] == full.info["dpi"]
        assert version.info["icc_profile"] == full.info["icc_profile"]
        assert version.info["exif"] == full.info["exif"]
        assert b"An Artist" in version.info["exif"]
        assert not version.getexif().get_ifd(0x8825)
        off = np.abs(np.asarray(version, dtype=int) - np.asarray(full, dtype=int))
        assert off.mean() < 6


def test_what_is_remembered_of_a_fit_makes_the_same_version(source: Path, made: MadePhoto) -> None:
    jpeg = made.jpeg
    photo = PreparedJpeg(
        output="photos/a.jpg",
        sha256="",
        size_bytes=len(jpeg.data),
        width_px=jpeg.width_px,
        height_px=jpeg.height_px,
        dpi=jpeg.dpi,
        quality=jpeg.quality,
        chroma_subsampling=jpeg.chroma_subsampling,
        source_bytes=1,
        source_width_px=480,
        source_height_px=360,
        fit=text_of_fit(jpeg),
    )
    assert fit_of(photo) == dataclasses.replace(jpeg, data=b"", encodes=0)
    again = dataclasses.replace(made, jpeg=fit_of(photo))
    asked = SmallerTask(task_of(source), made.source_sha256, again.jpeg, 40_000)
    assert make_smaller(asked).data == smaller(source, made, 40_000 / len(jpeg.data)).data


def test_another_source_is_refused(source: Path, made: MadePhoto, tmp_path: Path) -> None:
    other = tmp_path / "other.jpg"
    Image.new("RGB", (480, 360), "red").save(other)
    assert sha256_of_file(other) != made.source_sha256
    with pytest.raises(SourceChangedError) as caught:
        smaller(other, made, 0.9)
    assert caught.value.path == other


def test_too_few_bytes_are_refused_with_the_smallest_that_there_are(
    source: Path, made: MadePhoto
) -> None:
    with pytest.raises(CannotFitError) as caught:
        smaller(source, made, 0.02)
    assert caught.value.smallest_bytes > 0.02 * len(made.jpeg.data)
    assert caught.value.path == source


def test_a_curve_in_thousandths_says_what_the_one_in_tenths_says(made: MadePhoto) -> None:
    for size in range(25_000, len(made.jpeg.data), 700):
        in_tenths = made.jpeg.curve.quality_at(size)
        assert abs(made.jpeg.curve.thousandths_at(size) / 1000 - in_tenths) <= 0.05 + 1e-9
