"""The demo's folder: which files it holds, and what is special about each.

Toolbox X100/X100 closed.jpg     4:2:2, Exif thumbnail, GPS, serial number, copyright
Toolbox X100/X100 open.jpg       4:2:0
Toolbox X100/X100 back.jpg       4:2:2
Lunch Box L20/L20 closed.jpg     wide-gamut ICC profile, colours right only through it
Lunch Box L20/L20 open.jpg       4:2:0
Lunch Box L20/L20 detail.jpg     broken: it ends in the middle of the picture
手电筒 T7/T7 正面.jpg             pixels lie on their side, orientation 6
手电筒 T7/T7 背面.heic            HEIC, as phones write it
手电筒 T7/T7 打开.jpg             4:2:0
accessories/shoulder strap.jpg   4:2:2
accessories/T7 battery.png       a cut-out with alpha
price list.txt, Thumbs.db        no pictures
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from math import sqrt
from pathlib import Path

import pillow_heif
from PIL import Image

from photoprep.demo import lunch_box, strap, toolbox, torch
from photoprep.demo.camera import Sensor, cut_out, photograph
from photoprep.demo.exif import Shot, exif_of, with_thumbnail
from photoprep.demo.gamut import to_wide_gamut, wide_gamut_profile
from photoprep.demo.mesh import Shapes
from photoprep.demo.scene import DRAWING_PX, Scene
from photoprep.errors import CannotWriteError, UsageError
from photoprep.language import say

# Lists what the demo wrote, so that a later run knows its own files from a person's.
_LEDGER = ".photoprep-demo"
_UNFINISHED = ".photoprep-demo-unfinished"
# What file managers leave in a folder that was only looked at.
_CLUTTER = frozenset({".DS_Store", "desktop.ini"})

_CAMERA = Sensor(luminance_noise=2.2, colour_noise=1.2)
# Phones smooth their pictures.
_PHONE = Sensor(luminance_noise=1.1, colour_noise=0.6)

_JPEG_QUALITY = 92
_HEIC_QUALITY = 60


class Kind(Enum):
    """How a picture is written."""

    JPEG_422 = "JPEG, colour halved sideways"
    JPEG_420 = "JPEG, colour halved both ways"
    BROKEN_JPEG = "JPEG that ends halfway"
    HEIC = "HEIC"
    PNG = "PNG cut-out with alpha"


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """One picture of the demo: where it lies, what it shows, how it was taken and written.

    ``portrait`` is how it looks upright, whatever way its pixels lie.
    """

    path: str
    scene: Callable[[Shapes], Scene]
    kind: Kind
    shot: Shot
    portrait: bool = False
    thumbnail: bool = False


PICTURES = (
    DemoPicture(
        "Toolbox X100/X100 closed.jpg",
        toolbox.closed,
        Kind.JPEG_422,
        Shot("2026:11:20 09:14:02"),
        thumbnail=True,
    ),
    DemoPicture(
        "Toolbox X100/X100 open.jpg", toolbox.opened, Kind.JPEG_420, Shot("2026:11:20 09:17:45")
    ),
    DemoPicture(
        "Toolbox X100/X100 back.jpg", toolbox.back, Kind.JPEG_422, Shot("2026:11:20 09:21:30")
    ),
    DemoPicture(
        "Lunch Box L20/L20 closed.jpg",
        lunch_box.closed,
        Kind.JPEG_422,
        Shot("2026:11:20 10:02:11", wide_gamut=True),
    ),
    DemoPicture(
        "Lunch Box L20/L20 open.jpg", lunch_box.opened, Kind.JPEG_420, Shot("2026:11:20 10:09:54")
    ),
    DemoPicture(
        "Lunch Box L20/L20 detail.jpg",
        lunch_box.detail,
        Kind.BROKEN_JPEG,
        Shot("2026:11:20 10:15:08"),
    ),
    DemoPicture(
        "手电筒 T7/T7 正面.jpg",
        torch.standing,
        Kind.JPEG_422,
        Shot("2026:11:20 11:30:27", orientation=6),
        portrait=True,
    ),
    DemoPicture(
        "手电筒 T7/T7 背面.heic", torch.lying, Kind.HEIC, Shot("2026:11:20 11:34:40", phone=True)
    ),
    DemoPicture("手电筒 T7/T7 打开.jpg", torch.opened, Kind.JPEG_420, Shot("2026:11:20 11:41:19")),
    DemoPicture(
        "accessories/shoulder strap.jpg", strap.rolled, Kind.JPEG_422, Shot("2026:11:20 13:05:50")
    ),
    DemoPicture(
        "accessories/T7 battery.png", torch.cell_pair, Kind.PNG, Shot("2026:11:20 13:12:33")
    ),
)

_PRICE_LIST = """\
Price list (demo, no offer)

Model   Description        Unit    FOB Shenzhen
X100    Tool case          piece   USD 14.80
L20     Lunch box 1.2 L    piece   USD  3.95
T7      Torch, 1200 lm     piece   USD 11.20
"""
# The signature of an OLE2 file, which a real Thumbs.db is, and nothing more.
_THUMBS_DB = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def make_demo_folder(folder: Path, *, megapixels: float = 12.0) -> list[Path]:
    """Make the demo's product pictures in ``folder``; the files, in the order of writing.

    Pixels depend on ``megapixels`` and on the Pillow version alone. A folder that an earlier demo
    made is made again; one with anything else in it is refused with UsageError.
    """
    if not 0.05 <= megapixels <= 50:
        raise UsageError(
            say(
                "The demo cannot make pictures of {megapixels:g} megapixels.", megapixels=megapixels
            ),
            hint=say("Ask for 0.05 to 50 megapixels."),
        )
    files: list[Path] = []
    try:
        _refuse_foreign_files(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in _contents(megapixels):
            files.append(_write(folder, name, data))
        _close_ledger(folder, len(files))
    except OSError as error:
        raise CannotWriteError(
            say(
                "The demo's pictures cannot be written: {reason}.",
                reason=error.strerror or str(error),
            ),
            hint=say("Give another folder: photoprep demo DIR."),
            path=folder,
        ) from error
    return files


def picture_bytes(picture: DemoPicture, *, megapixels: float) -> bytes:
    """One picture as its file holds it; the same arguments give the same pixels."""
    width, height = picture_size(megapixels)
    if picture.portrait:
        width, height = height, width
    # Curves need fewer faces on a smaller drawing.
    fineness = min(1.0, max(0.3, 0.6 * max(width, height) / DRAWING_PX))
    scene = picture.scene(Shapes(fineness))
    seed = int.from_bytes(hashlib.sha256(picture.path.encode()).digest()[:2], "big")
    if picture.kind is Kind.PNG:
        image = cut_out(scene, width // 2, height // 2)
    else:
        sensor = _PHONE if picture.shot.phone else _CAMERA
        image = photograph(scene, width, height, sensor=sensor, seed=seed)
    return _encoded(image, picture)


def picture_size(megapixels: float) -> tuple[int, int]:
    """Width and height, 4 to 3 and even: 12 megapixels are 4000 by 3000."""
    unit = sqrt(megapixels * 1_000_000 / 12)
    return (2 * round(unit * 2), 2 * round(unit * 1.5))


def _contents(megapixels: float) -> Iterator[tuple[str, bytes]]:
    for picture in PICTURES:
        yield picture.path, picture_bytes(picture, megapixels=megapixels)
    yield "price list.txt", _PRICE_LIST.encode("utf-8")
    yield "Thumbs.db", _THUMBS_DB


def _encoded(image: Image.Image, picture: DemoPicture) -> bytes:
    exif = exif_of(picture.shot)
    out = BytesIO()
    if picture.kind is Kind.PNG:
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()
    if picture.kind is Kind.HEIC:
        # The quickest of x265's presets: this is about the file's kind, not its size.
        heif = pillow_heif.from_pillow(image)
        heif.save(
            out, quality=_HEIC_QUALITY, exif=exif.tobytes(), enc_params={"preset": "ultrafast"}
        )
        return out.getvalue()
    if picture.shot.wide_gamut:
        image = to_wide_gamut(image)
    block = with_thumbnail(exif, image) if picture.thumbnail else exif.tobytes()
    if picture.shot.orientation == 6:
        # 6 says: turn me a quarter clockwise to see me; so the pixels lie a quarter the other way.
        image = image.transpose(Image.Transpose.ROTATE_90)
    image.save(
        out,
        "JPEG",
        quality=_JPEG_QUALITY,
        subsampling=1 if picture.kind is Kind.JPEG_422 else 2,
        exif=block,
        icc_profile=wide_gamut_profile() if picture.shot.wide_gamut else None,
        dpi=(300, 300),
    )
    data = out.getvalue()
    return data[: len(data) // 2] if picture.kind is Kind.BROKEN_JPEG else data


def _write(folder: Path, name: str, data: bytes) -> Path:
    """A file, whole or not at all, and known to the ledger before it appears."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    with (folder / _LEDGER).open("a", encoding="utf-8", newline="\n") as ledger:
        ledger.write(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    unfinished = folder / _UNFINISHED
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return path


def _close_ledger(folder: Path, count: int) -> None:
    """Keep the lines of this run, the last ``count``: an earlier run's stood there too."""
    ledger = folder / _LEDGER
    lines = ledger.read_text("utf-8").splitlines(keepends=True)[-count:]
    unfinished = folder / _UNFINISHED
    unfinished.write_text("".join(lines), encoding="utf-8", newline="\n")
    unfinished.replace(ledger)


def _refuse_foreign_files(folder: Path) -> None:
    """UsageError if the folder holds anything that no demo wrote, or that changed since."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            say("The demo needs a folder of its own, and this is none."),
            hint=say("Give the name of a folder that does not exist yet: photoprep demo DIR."),
            path=folder,
        )
    ledger = folder / _LEDGER
    known: set[tuple[str, str]] = set()
    if ledger.is_file() and not ledger.is_symlink():
        for line in ledger.read_text("utf-8", errors="replace").splitlines():
            digest, _, name = line.partition("  ")
            known.add((name, digest))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if name in (_LEDGER, _UNFINISHED) or path.name in _CLUTTER:
            continue
        ours = path.is_file() and not path.is_symlink()
        if not ours or (name, hashlib.sha256(path.read_bytes()).hexdigest()) not in known:
            raise UsageError(
                say(
                    "The folder already holds something that the demo did not make: {name}.",
                    name=name,
                ),
                hint=say(
                    "Give another folder: photoprep demo DIR. Nothing in this one was changed."
                ),
                path=folder,
            )
