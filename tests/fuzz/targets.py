"""photoprep's own parsers, each as a function of any bytes: what it may raise, what must hold.

``guided`` looks for bytes that break one; ``test_targets`` tries each on whole files and spoiled
ones. A target takes the bytes and a path that it may write them to, and raises on what may not be.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.fuzz.seeds import Seed, dng, drawn_seeds

Target = Callable[[bytes, Path], None]

_MODES = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA", "RGBX",
          "RGBa", "La", "I;16", "I;16B")  # fmt: skip


def recognise(data: bytes, path: Path) -> None:
    """A file's first bytes under a name of any ending."""
    from photoprep.photo.formats import recognise

    ending = data[-5:].decode("latin-1").replace("/", "").replace("\0", "")
    kind = recognise(data, path.with_name(f"photo.{ending}"))
    assert kind is None or kind.name
    assert kind is None or not kind.is_damaged or not kind.pillow_format


def tiff(data: bytes, path: Path) -> None:
    """A TIFF's head, its pages, and its strips packed anew."""
    from photoprep.errors import PhotoError
    from photoprep.photo.refusals import translated
    from photoprep.photo.tiff_head import MOST_PAGES, pages_of, read_tags, read_tiff_head
    from photoprep.photo.tiff_zstd import COMPRESSION, repacked

    path.write_bytes(data)
    assert 0 <= pages_of(path) <= MOST_PAGES
    with suppress(PhotoError), translated(path, "TIFF"):
        head = read_tiff_head(path)
        assert all(type(side) is int for side in (*head.size_px, head.bits, head.compression))
        assert isinstance(head.icc_profile, bytes)
        tags = read_tags(path)
        again = repacked(path, tags) if COMPRESSION in tags else b""
        assert not again or again[:2] == tags.prefix


def profile(data: bytes, _path: Path) -> None:
    """A colour profile: whose colours, and whether they are sRGB's."""
    from photoprep.photo.profiles import is_srgb, space_of

    if space_of(data) == "RGB":
        is_srgb.__wrapped__(data)  # without its memory of earlier ones


def archive(data: bytes, _path: Path) -> None:
    """A ZIP archive's directory and the names in it."""
    from photoprep.catalogue.member_names import names_of, tidy_name, unsafe_because
    from photoprep.catalogue.zip_directory import MAX_ENTRIES, read_directory
    from photoprep.errors import ArchiveRefusedError

    with suppress(ArchiveRefusedError):
        entries = read_directory(io.BytesIO(data))
        assert len(entries) <= MAX_ENTRIES
        assert all(0 <= entry.header_offset < len(data) for entry in entries)
        for name in names_of(entries):
            if not unsafe_because(name):
                steps = tidy_name(name).split("/")
                assert all(step not in {"", ".", ".."} for step in steps)


def jpeg_2000(data: bytes, path: Path) -> None:
    """A JPEG 2000's tiles and levels."""
    from photoprep.photo.jpeg2000 import halvings_for, read_jpeg2000_head

    path.write_bytes(data)
    with suppress(ValueError):
        head = read_jpeg2000_head(path)
        assert head.tiles >= 0
        assert 0 <= head.levels <= 32
        halvings_for((2**31, 2**31), head.levels, 1_000_000)


def jpeg_xl(data: bytes, path: Path) -> None:
    """A JPEG XL's size."""
    from photoprep.photo.jpeg_xl_head import read_jpeg_xl_head

    path.write_bytes(data)
    head = read_jpeg_xl_head(path)
    size = head.size_px if head else None
    assert size is None or (0 < size[1] <= 2**30 and 0 <= size[0] <= 2**31)


def png(data: bytes, path: Path) -> None:
    """A PNG's Exif."""
    from photoprep.photo.png_exif import exif_chunk_of

    path.write_bytes(data)
    exif = exif_chunk_of(path)
    assert exif is None or len(exif) <= 1_000_006


def named(data: bytes, path: Path) -> None:
    """Colours named by numbers: in a file's head, and as Pillow hands on PNG's chunks."""
    from photoprep.photo.named_colours import named_profile
    from photoprep.photo.profiles import space_of

    path.write_bytes(data)
    image = Image.new("RGB", (1, 1))
    numbers = struct.unpack("<9d", data[:72].ljust(72, b"\0"))
    image.info = {"gamma": numbers[0], "chromaticity": numbers[1:]}
    for kind in ("PNG", "HEIF"):
        made = named_profile(path, image, kind)
        assert not made or space_of(made) == "RGB"


def modes(data: bytes, _path: Path) -> None:
    """Pixels of any value in any of Pillow's modes."""
    from photoprep.photo.deep import MODES, DeepPicture
    from photoprep.photo.modes import plain_mode

    kind, width, height, extra = data[:4].ljust(4, b"\1")
    mode, size = _MODES[kind % len(_MODES)], (1 + width % 16, 1 + height % 16)
    image = Image.frombytes(mode, size, (data[4:] or b"\0") * 2048)
    if extra % 3 == 1:
        image.info["transparency"] = _transparency(mode, extra, data)
    plain = plain_mode(image)
    assert plain.size == size
    assert isinstance(plain, DeepPicture) or plain.mode in MODES


def _transparency(mode: str, extra: int, data: bytes) -> object:
    """As Pillow's readers of PNG and GIF give it."""
    if mode == "RGB":
        return (extra, extra // 2, 0)
    return data[:16] if mode == "P" and extra % 2 else extra


def sizes(data: bytes, _path: Path) -> None:
    """A preset's words for bytes and lengths, and a dropped path."""
    from photoprep.catalogue.dropped import readings
    from photoprep.units import parse_bytes, parse_length_cm, say_bytes

    text = data.decode("utf-8", "surrogateescape")
    with suppress(ValueError):
        size_bytes = parse_bytes(text)
        assert size_bytes >= 1
        assert say_bytes(size_bytes)
    with suppress(ValueError):
        assert parse_length_cm(text) > 0
    for windows in (False, True):
        assert readings(text, windows=windows)[0] == text


def manifest(data: bytes, _path: Path) -> None:
    """A list of the products in each of its formats, laid over two pictures."""
    from photoprep.catalogue.manifest.applying import applied
    from photoprep.catalogue.manifest.rows import read_manifest
    from photoprep.catalogue.manifest.words import VIEWS
    from photoprep.outcome import Subject

    understood = dict.fromkeys(("a.jpg", "b/工具箱.jpg"), Subject("Box", "X1", "open"))
    for ending in ("csv", "toml"):  # a workbook is known by its content
        read = read_manifest(f"products.{ending}", data, lambda text: text)
        assert all(row.line >= 1 and row.view in {"", *VIEWS} for row in read.rows)
        assert all(row.file or row.product or row.model for row in read.rows)
        subjects, findings = applied((), read, understood)
        assert list(subjects) == list(understood)
        for finding in (*read.findings, *findings):
            assert finding.message.isprintable(), finding
            assert finding.hint.isprintable(), finding
            assert len(finding.message) < 500, finding


@dataclass(frozen=True, slots=True)
class Parser:
    """A target and the whole files that it begins with."""

    target: Target
    seeds: Callable[[], Iterator[Seed]]


def _of(*families: str) -> Callable[[], Iterator[Seed]]:
    def chosen() -> Iterator[Seed]:
        return (seed for seed in drawn_seeds() if not families or seed.family in families)

    return chosen


def _profiles() -> Iterator[Seed]:
    from photoprep.photo.profiles import adobe_rgb_profile, srgb_profile

    for name, data in (("sRGB", srgb_profile()), ("Adobe RGB", adobe_rgb_profile())):
        yield Seed(name, "ICC", "icc", ".icc", data)


def _tiffs() -> Iterator[Seed]:
    yield from _of("tiff")()
    yield Seed("grey DNG", "RAW", "tiff", ".dng", dng(colour_filter=False))


def _texts() -> Iterator[Seed]:
    for text in ("200 kB", "195.5 KiB", "9.4 inches", "file:///C:/a%20b", "'a\\ b'", "~/a"):
        yield Seed(text, "text", "other", ".txt", text.encode())


def _numbers() -> Iterator[Seed]:
    chunks = struct.pack("<9d", 0.5, 0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
    for mark in (b"cICP\x09\x10\0\1", b"colrnclx\0\x0c\0\x0d\0\0\x80"):
        yield Seed(mark[:4].decode(), "named", "other", ".png", chunks + mark)


def _pixels() -> Iterator[Seed]:
    for number, mode in enumerate(_MODES):
        yield Seed(mode, "pixels", "other", "", bytes((number, 5, 7, 1)) + bytes(range(0, 256, 3)))


def _lists() -> Iterator[Seed]:
    from photoprep.catalogue.manifest.writing import MAKERS, rows_of
    from photoprep.outcome import Subject

    understood = {
        "a.jpg": Subject("Box", "X1", "accessory", "red", "200", 'two "words", and one'),
        "b/工具箱.jpg": Subject("工具箱", "X2", "open"),
    }
    for ending, make in MAKERS.items():
        data = make(rows_of(understood), "zh")
        yield Seed(f"list {ending}", "list", "zip" if ending == ".xlsx" else "other", ending, data)
    text = 'sep=;\r\nDatei;Produkt;Menge;Ansicht\r\n*.jpg;Größe;1,5;open\r\n;"two\r\nlines"\r\n'
    for encoding in ("cp1252", "utf-16", "utf-16-be"):
        yield Seed(f"list in {encoding}", "list", "other", ".csv", text.encode(encoding))
    yield Seed("list in GBK", "list", "other", ".csv", "文件名,品名\n工具箱,红色\n".encode("gbk"))


PARSERS = {
    "recognise": Parser(recognise, _of()),
    "tiff": Parser(tiff, _tiffs),
    "profile": Parser(profile, _profiles),
    "archive": Parser(archive, _of("zip")),
    "jpeg_2000": Parser(jpeg_2000, _of("boxes")),
    "jpeg_xl": Parser(jpeg_xl, _of("jxl")),
    "png": Parser(png, _of("png")),
    "named": Parser(named, _numbers),
    "modes": Parser(modes, _pixels),
    "sizes": Parser(sizes, _texts),
    "manifest": Parser(manifest, _lists),
}
