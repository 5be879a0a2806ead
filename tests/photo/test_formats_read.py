"""Every row of docs/formats.md, on a file that another program wrote (tests/fixtures/formats)."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from photoprep.errors import NotAPictureError, PhotoError, UnsupportedFormatError
from photoprep.files import FileStamp
from photoprep.photo.decode import set_up_decoders
from photoprep.photo.make import make_photo
from photoprep.photo.task import MadePhoto, PhotoTask
from photoprep.preset_file import load_preset

FORMATS = Path(__file__).resolve().parents[1] / "fixtures" / "formats"
SIZE_PX = (48, 32)

# What is in the four quadrants: left and right above, left and right below.
Quadrants = tuple[tuple[int, int, int], ...]
WHITE = (255, 255, 255)
COLOURS: Quadrants = ((200, 60, 50), (60, 160, 80), (50, 80, 180), (220, 200, 90))
HOLE: Quadrants = (*COLOURS[:3], WHITE)  # the last one is transparent there


def greys(*levels: int) -> Quadrants:
    return tuple((level,) * 3 for level in levels)


GREYS, BITS = greys(40, 110, 180, 240), greys(0, 255, 255, 255)
GREY_HOLE = greys(40, 110, 180, 255)
# CMYK without a profile is taken for ink on paper, and the full inks that programs write for sRGB
# colours look as printed. What it should look like is in test_colour; here all files agree.
PRINTED: Quadrants = ((197, 89, 50), (69, 127, 104), (70, 80, 130), (230, 201, 110))

# How far a level may be off: as JPEG rounds, and as lossy and coarser formats do.
FINE, LOSSY, COARSE = 2, 4, 9

# The kinds of a format that show one thing: names without their format.
READ: tuple[tuple[str, str, Quadrants, int], ...] = (
    (".jpg", "baseline progressive 411 440 restart arithmetic rgb lossless", COLOURS, FINE),
    (".jpg", "grey", GREYS, FINE),
    (".jpg", "cmyk", PRINTED, LOSSY),
    (".jpg", "ycck", PRINTED, 24),  # written with other inks: without black
    (".png", "rgb8 rgb8-interlaced rgb16 rgb16-interlaced", COLOURS, FINE),
    (".png", "palette2 palette4 palette8", COLOURS, FINE),
    (".png", "grey8 grey16", GREYS, FINE),
    (".png", "grey2", greys(0, 85, 170, 255), FINE),
    (".png", "grey4", greys(34, 102, 170, 238), FINE),
    (".png", "1bit", BITS, FINE),
    (".png", "palette-key rgb-key rgba8 rgba16", HOLE, FINE),
    (".png", "grey-alpha8 grey-alpha16", GREY_HOLE, FINE),
    (".tif", "rgb8 rgb8-lzw rgb8-deflate rgb8-packbits rgb8-zstd rgb8-lzma", COLOURS, FINE),
    (".tif", "rgb8-jpeg rgb8-planar rgb8-tiled rgb8-bigendian rgb8-bigtiff", COLOURS, FINE),
    (".tif", "palette ycbcr-jpeg turned", COLOURS, FINE),
    (".tif", "rgb16 rgb16-deflate rgb16-zstd rgb16-planar rgb16-tiled", COLOURS, FINE),
    (".tif", "rgb16-bigendian rgb16-bigendian-planar rgb16-bigtiff rgb32", COLOURS, FINE),
    (".tif", "rgb-float16 rgb-float32 rgb-float32-255", COLOURS, FINE),
    (".tif", "grey8 grey-min-is-white grey16 grey16-lzw grey16-bigendian grey32", GREYS, FINE),
    (".tif", "grey-float32 grey8-jpeg", GREYS, FINE),
    (".tif", "grey4", greys(0, 85, 170, 255), FINE),
    (".tif", "ccitt-g3 ccitt-g4", BITS, FINE),
    (".tif", "rgba8 rgba16", HOLE, FINE),
    (".tif", "cmyk8 cmyk8-jpeg cmyk16", PRINTED, LOSSY),
    (".tif", "lab16 icclab16", COLOURS, FINE),
    (".tif", "lab8 icclab8", COLOURS, LOSSY),  # a* and b* in steps of 1
    (".webp", "lossy lossless", COLOURS, FINE),
    (".webp", "alpha", HOLE, FINE),
    (".gif", "plain interlaced", COLOURS, FINE),
    (".gif", "transparent", HOLE, FINE),
    (".bmp", "24 palette rle8", COLOURS, FINE),
    (".bmp", "565", COLOURS, COARSE),
    (".bmp", "1bit", BITS, FINE),
    (".bmp", "alpha", HOLE, FINE),
    (".heic", "444 420 10bit two", COLOURS, FINE),
    (".heic", "alpha", HOLE, FINE),
    (".avif", "444 10bit 12bit lossless turned", COLOURS, FINE),
    (".avif", "alpha", HOLE, FINE),
    (".jp2", "lossy lossless rgb16", COLOURS, FINE),
    (".j2k", "tiled", COLOURS, FINE),
    (".jp2", "grey", GREYS, FINE),
    (".jxl", "lossy container", COLOURS, LOSSY),
    (".jxl", "lossless rgb16 from-jpeg from-turned-jpeg from-turned-pixels", COLOURS, FINE),
    (".jxl", "grey", GREYS, FINE),
    (".jxl", "alpha", HOLE, FINE),
    (".psd", "rgb rgb-packbits palette", COLOURS, FINE),
    (".psd", "grey", GREYS, FINE),
    (".psd", "bitmap", BITS, FINE),
    (".psd", "cmyk", PRINTED, LOSSY),
    (".psd", "layers", HOLE, FINE),
)

# What is said of those of which only a part is shown.
PARTS = {
    "png-animated.png": "first-frame",
    "webp-animated.webp": "first-frame",
    "gif-animated.gif": "first-frame",
    "avif-animated.avif": "first-frame",
    "tif-rgb8-pages.tif": "first-page",
}

REFUSED: dict[str, tuple[type[PhotoError], str, str]] = {
    "jpg-12bit.jpg": (UnsupportedFormatError, "JPEG of 12 bits a channel", "TIFF or PNG"),
    "jpg-lossless-16bit.jpg": (UnsupportedFormatError, "JPEG of 16 bits a channel", "TIFF or PNG"),
    "jls-jpeg-ls.jls": (UnsupportedFormatError, "JPEG-LS", "TIFF or PNG"),
    "jxr-jpeg-xr.jxr": (UnsupportedFormatError, "JPEG XR", "Export it as JPEG"),
    "tif-rgb8-webp.tif": (UnsupportedFormatError, "TIFF compressed as WebP", "LZW"),
    "jxl-animated.jxl": (UnsupportedFormatError, "JPEG XL that moves", "one frame"),
    "jxl-animated-container.jxl": (UnsupportedFormatError, "JPEG XL that moves", "one frame"),
    "psd-grey16.psd": (UnsupportedFormatError, "16 bits a channel", "TIFF"),
    "psd-rgb16.psd": (UnsupportedFormatError, "16 bits a channel", "TIFF"),
    "psd-without-composite.psd": (UnsupportedFormatError, "only layers", "Maximize"),
    "psb-large.psb": (UnsupportedFormatError, "PSB", "Export it as JPEG"),
    "ico-icon.ico": (UnsupportedFormatError, "icon file", "Export it as JPEG"),
    "pdf-page.pdf": (NotAPictureError, "no picture", ""),
}


def name_of(ending: str, kind: str) -> str:
    return f"{ending.removeprefix('.')}-{kind}{ending}"


EVERY = [
    (name_of(ending, kind), quadrants, tolerance)
    for ending, kinds, quadrants, tolerance in READ
    for kind in kinds.split()
]


@pytest.fixture(scope="module", autouse=True)
def decoders() -> None:
    set_up_decoders()


def made(path: Path) -> MadePhoto:
    return make_photo(PhotoTask(path, FileStamp.of(path), load_preset().photo))


def shown(photo: MadePhoto) -> Image.Image:
    with Image.open(io.BytesIO(photo.jpeg.data), formats=["JPEG"]) as image:
        return image.convert("RGB")


def differences(picture: Image.Image, quadrants: Quadrants) -> list[int]:
    """How far the middle of each quadrant is from what it should be, at the channel that is worst.

    In the middle, because a lossy format may smear where the colours meet.
    """
    width, height = picture.size
    places = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [
        max(abs(a - b) for a, b in zip(pixel, wanted, strict=True))
        for place, wanted in zip(places, quadrants, strict=True)
        if isinstance(pixel := picture.getpixel(place), tuple)
    ]


@pytest.mark.parametrize(("name", "quadrants", "tolerance"), EVERY, ids=[row[0] for row in EVERY])
def test_a_kind_is_read(name: str, quadrants: Quadrants, tolerance: int) -> None:
    photo = made(FORMATS / name)
    picture = shown(photo)
    assert picture.size == SIZE_PX
    found = differences(picture, quadrants)
    assert len(found) == len(COLOURS)
    assert max(found) <= tolerance, found
    expected = {"colour-guessed"} if quadrants is PRINTED else set()
    assert {note.code for note in photo.notes} == expected


@pytest.mark.parametrize("name", PARTS)
def test_of_several_pictures_the_first_is_shown_and_it_is_said(name: str) -> None:
    photo = made(FORMATS / name)
    assert max(differences(shown(photo), COLOURS)) <= FINE
    assert [note.code for note in photo.notes] == [PARTS[name]]


@pytest.mark.parametrize("name", REFUSED)
def test_a_kind_that_nobody_reads_is_refused_with_advice(name: str) -> None:
    error, words, advice = REFUSED[name]
    with pytest.raises(error, match=words) as caught:
        made(FORMATS / name)
    assert advice in caught.value.hint
    assert caught.value.path == FORMATS / name


def test_a_raw_file_is_developed() -> None:
    photo = made(FORMATS / "raw-sensor.dng")
    assert shown(photo).size == (96, 64)
    assert max(differences(shown(photo), COLOURS)) <= LOSSY
    assert [note.code for note in photo.notes] == ["raw-developed"]


def test_a_raw_files_large_preview_is_taken() -> None:
    photo = made(FORMATS / "raw-preview.dng")
    assert shown(photo).size == (944, 629)
    assert max(differences(shown(photo), COLOURS)) <= LOSSY
    assert [note.code for note in photo.notes] == ["raw-preview"]


def test_in_heic_exif_does_not_turn() -> None:
    # ISO/IEC 23008-12, A.2: what turns a picture is its irot and imir, which phones write too.
    picture = shown(made(FORMATS / "heic-exif-turned.heic"))
    assert picture.size == SIZE_PX[::-1]
    turned_back = picture.transpose(Image.Transpose.ROTATE_270)
    assert max(differences(turned_back, COLOURS)) <= FINE


def test_every_file_has_its_row() -> None:
    tested = {name for name, *_ in EVERY} | PARTS.keys() | REFUSED.keys()
    tested |= {"raw-sensor.dng", "raw-preview.dng", "heic-exif-turned.heic"}
    assert {path.name for path in FORMATS.iterdir()} == tested
    table = (FORMATS.parent / "formats.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.partition("\t")[0] for line in table} == tested


@pytest.mark.parametrize("extra", ["raw", "jxl"])
def test_where_an_extra_is_missing_it_is_named(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules is how Python itself says that a module cannot be imported.
    module, name = {
        "raw": ("rawpy", "raw-sensor.dng"),
        "jxl": ("pillow_jxl", "jxl-lossless.jxl"),
    }[extra]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnsupportedFormatError, match="not installed") as caught:
        made(FORMATS / name)
    assert '"photoprep doctor" says how to install it' in caught.value.hint


# Of real photos, upright sizes: the phone's HEIC lies on its side, with its irot and in Exif too.
REAL: dict[str, tuple[tuple[int, int], list[str]]] = {
    "camera/classic-car.heic": ((708, 944), []),
    "camera/heic-iphone7.heic": ((944, 708), []),
    "formats/5_webp_a.webp": ((300, 300), []),
    "formats/dancing_banana2.lossless.webp": ((890, 944), ["first-frame"]),
    "formats/iphoneprogressive.jpg": ((944, 612), []),
    "formats/AlphaChannelSample_720x480.psd": ((720, 480), []),
    "formats/paletted-transparent.png": ((300, 225), []),
    "formats/sample_1280853.bmp": ((944, 629), []),
    "formats/sugarshack.mpo": ((640, 480), []),
    "formats/t0.tif": ((650, 434), []),
    "formats/test.avif": ((944, 627), []),
    "formats/test.gif": ((703, 681), ["first-frame"]),
    "formats/test.jp2": ((944, 590), []),
    "formats/test.jxl": ((944, 566), []),
    "formats/test.webp": ((550, 368), []),
    "formats/test2.heic": ((944, 629), []),
    "odd/heic_named.JPG": ((944, 629), []),
    "odd/webp_named.jpg": ((550, 368), []),
}


@pytest.mark.parametrize("name", REAL)
def test_real_photos_are_read_whole_and_upright(name: str, real_photos: Path) -> None:
    photo = made(real_photos / name)
    assert (shown(photo).size, [note.code for note in photo.notes]) == REAL[name]
