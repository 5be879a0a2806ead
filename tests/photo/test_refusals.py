"""What is said of a broken picture: words for a person, and of this very picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvips

from photoprep.errors import DamagedPhotoError, TooManyPixelsError
from photoprep.language import in_language, say
from photoprep.photo.decode import decode, set_up_decoders
from photoprep.photo.refusals import translated
from photoprep.pixel_bounds import check_pixels


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def grain(path: Path, **options: object) -> Path:
    values = np.random.default_rng(1).integers(0, 65535, (64, 96, 3), np.uint16)
    pyvips.Image.new_from_array(values, interpretation="rgb16").write_to_file(str(path), **options)
    return path


def png_without_its_middle(path: Path) -> Path:
    data = grain(path, interlace=True).read_bytes()
    first, second = (at - 4 for at in (data.index(b"IDAT"), data.rindex(b"IDAT")))
    assert first < second
    path.write_bytes(data[:first] + data[second:])
    return path


def tiff_with_broken_codes(path: Path) -> Path:
    data = bytearray(grain(path, compression="lzw").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    path.write_bytes(data)
    return path


def refusal_of(path: Path) -> str:
    with pytest.raises(DamagedPhotoError) as refused:
        decode(path)
    return refused.value.message


def test_a_refusal_does_not_depend_on_what_was_read_before(tmp_path: Path) -> None:
    png = png_without_its_middle(tmp_path / "a.png")
    tiff = tiff_with_broken_codes(tmp_path / "b.tif")
    first = refusal_of(png)
    decode(tiff, accept_damaged=True)  # what libvips warns of, nobody has asked for
    assert refusal_of(png) == first


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Generic Error. Please build `libjxl` from source", "ends too early."),
        ("Truncated File Read", "ends too early."),
        ("5", "ends too early."),
        ("its head makes no sense", "ends too early: its head makes no sense."),
        ("Decompressed data too large for PngImagePlugin.MAX_TEXT_CHUNK", "any picture needs."),
    ],
)
def test_words_for_programmers_are_left_out(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises(DamagedPhotoError) as refused, translated(tmp_path / "a.png", "PNG"):
        raise ValueError(said)
    assert refused.value.message.endswith(told)


@pytest.mark.parametrize("size", [(300_001, 1), (1, 3_000_000)])
def test_what_is_hardly_more_than_a_line_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    check_pixels((300_000, 600), tmp_path)
    with pytest.raises(TooManyPixelsError, match="300,000 a side"):
        check_pixels(size, tmp_path)


def test_what_our_own_readers_say_is_translated_within_the_refusal(tmp_path: Path) -> None:
    with (
        pytest.raises(DamagedPhotoError) as refused,
        translated(tmp_path / "a.tif", "TIFF"),
    ):
        raise ValueError(say("a strip is broken"))
    assert refused.value.message == "The TIFF is damaged or ends too early: a strip is broken."
    assert (
        in_language(refused.value.message, "zh") == "文件已损坏或不完整（TIFF）：有一个条带已损坏。"
    )
