"""How plug-ins' files are recognised, what their pictures become, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photoprep import plugged as plugged_module
from photoprep.errors import PluginFailedError, TooManyPixelsError
from photoprep.installed import PluginEntry
from photoprep.photo import decode as decode_module
from photoprep.photo import formats
from photoprep.photo.decode import decode
from photoprep.photo.deep import DeepPicture
from photoprep.plugged import DecoderPlugin
from photoprep.plugins import (
    HEAD_BYTES,
    DecodedPicture,
    Decoder,
    Delivery,
    Option,
    Signature,
)
from tests.support import in_8_bits, small_photo

ENTRY = PluginEntry("photoprep.decoders", "toy", "toy:DECODER", "toy", "1.0")
GIVEN: list[object] = []


def give(_path: Path) -> Any:
    """What the toy plug-in decodes: whatever a test has laid ready."""
    return GIVEN[-1]


def toy(name: str, *endings: str, signature: bytes = b"", at: int = 0) -> DecoderPlugin:
    signatures = (Signature(signature, at),) if signature else ()
    return DecoderPlugin(ENTRY, Decoder(1, name, f"{__name__}:give", endings, signatures))


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    decoders = (
        toy("TOY", "toy", signature=b"TOY", at=HEAD_BYTES - 3),
        toy("Krita picture", "kra", signature=b"PK\3\4"),
        toy("TGA", "tga"),
        toy("greedy", "jpg", "png", signature=b"\xff\xd8\xff"),
    )
    monkeypatch.setattr(plugged_module, "plugged_decoders", lambda: decoders)
    monkeypatch.setattr(formats, "plugin_entries", lambda _group: decoders)


@pytest.mark.parametrize(
    ("name", "head", "told"),
    [
        ("a.bin", bytes(HEAD_BYTES - 3) + b"TOY", "TOY"),
        ("a.toy", b"TOY", "damaged"),
        ("a.toy", b"", "damaged"),
        ("a.kra", b"PK\3\4 and more", "Krita picture"),
        ("a.zip", b"PK\3\4 and more", "a ZIP archive"),
        ("a.TGA", b"\0\0\2", "TGA"),
        ("a.tga", b"", "damaged"),
        ("a.bin", b"\0\0\2", "nothing"),
        ("a.tga", b"\0\0\1\0 as icons begin", "TGA"),
        ("a.ico", b"\0\0\1\0 as icons begin", "an icon file"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "JPEG"),
        ("a.jpg", b"a text", "damaged"),
        ("a.nef", b"II*\0", "camera RAW"),
    ],
)
@pytest.mark.usefixtures("plugged")
def test_content_and_name_say_what_reads_a_file(name: str, head: bytes, told: str) -> None:
    kind = formats.recognise(head, Path(name))
    if kind is None:
        assert told == "nothing"
    elif kind.is_damaged:
        assert told == "damaged"
        assert kind.plugged is None
    else:
        assert told == kind.name
        assert (kind.plugged is None) == (told[0] == "a" or told in {"JPEG", "camera RAW"})


def decoded(tmp_path: Path, picture: object) -> decode_module.DecodedPhoto:
    GIVEN.append(picture)
    path = tmp_path / "a.tga"
    path.write_bytes(b"\0\0\2")
    return decode(path)


def ramp(channels: int, kind: type = np.uint8) -> Any:
    top = np.iinfo(kind).max
    values: Any = np.linspace(0, top, 6 * 4 * max(1, channels)).astype(kind)
    return values.reshape((4, 6, channels) if channels else (4, 6))


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(
    ("channels", "mode"), [(0, "L"), (1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")]
)
def test_arrays_become_pictures(tmp_path: Path, channels: int, mode: str) -> None:
    shallow = decoded(tmp_path, DecodedPicture(ramp(channels))).image
    assert isinstance(shallow, Image.Image)
    assert shallow.mode == mode
    assert np.array_equal(np.asarray(shallow), ramp(channels).squeeze())
    deep = decoded(tmp_path, DecodedPicture(ramp(channels, np.uint16)[:, ::-1])).image
    assert isinstance(deep, DeepPicture)
    assert (deep.size, deep.space, deep.has_alpha) == ((6, 4), mode[:-1] or "L", False) or (
        deep.space,
        deep.has_alpha,
    ) == (mode.removesuffix("A"), mode.endswith("A"))
    wide = ramp(channels, np.uint16)[:, ::-1].reshape(4, 6, -1).astype(np.float64)
    if deep.has_alpha:
        wide[..., :-1] *= wide[..., -1:] / 65535
    assert np.abs(deep.values - wide).max() <= 0.5


@pytest.mark.usefixtures("plugged")
def test_pillows_pictures_orientation_and_credit_are_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x8298], exif[0x0110] = 3, "W. Wang", "A camera"
    palette = small_photo(tmp_path / "p.png").read_bytes()
    assert palette
    with Image.open(tmp_path / "p.png") as image:
        photo = decoded(
            tmp_path,
            DecodedPicture(image.convert("P"), exif=exif.tobytes()[6:], orientation=6),
        )
    assert photo.full_size_px == (80, 120)
    assert photo.turn == Image.Transpose.ROTATE_270
    assert in_8_bits(photo.image).mode == "RGB"
    assert photo.exif[0x8298] == "W. Wang"
    assert "camera" in photo.removed
    assert photo.plugin == "toy 1.0"


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "it gave no DecodedPicture but NoneType"),
        (DecodedPicture(ramp(5)), r"array of shape \(4, 6, 5\)"),
        (DecodedPicture(ramp(3).astype(np.float32)), "type float32"),
        (DecodedPicture(np.zeros((0, 5, 3), np.uint8)), "without pixels"),
        (DecodedPicture(b"pixels"), "pixels as bytes"),  # type: ignore[arg-type]
        (DecodedPicture(ramp(3), orientation=9), "orientation 9"),
    ],
)
def test_what_is_no_picture_is_told_with_the_plugins_name(
    tmp_path: Path, given: object, told: str
) -> None:
    with pytest.raises(PluginFailedError, match=f"The plug-in toy 1.0.*{told}"):
        decoded(tmp_path, given)


@pytest.mark.usefixtures("plugged")
def test_what_is_too_large_is_refused_though_it_is_decoded(tmp_path: Path) -> None:
    large = np.broadcast_to(np.uint8(0), (20_000, 20_000))
    with pytest.raises(TooManyPixelsError):
        decoded(tmp_path, DecodedPicture(large))


def test_as_much_of_a_file_is_looked_at_as_plugins_are_told() -> None:
    assert formats.HEAD_BYTES == HEAD_BYTES


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Signature(b""),
        lambda: Signature(b"toolong" * 30),
        lambda: Signature(b"x", at=HEAD_BYTES),
        lambda: Decoder(1, "Toy", "no reference", ("toy",)),
        lambda: Decoder(1, "Toy", "a:b"),
        lambda: Decoder(1, " ", "a:b", ("toy",)),
        lambda: Decoder(1, "Toy", "a:b", (".TOY",)),
        lambda: Delivery(1, "…", "nowhere"),
        lambda: Delivery(1, "…", "a:b", (Option("x", "…"), Option("x", "…"))),
        lambda: Option("Into", "…"),
    ],
)
def test_authors_are_told_at_once_what_is_wrong(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        wrong()
