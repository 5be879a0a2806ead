"""Files that are small, or lawful, and would eat all time or memory of a reader without bounds.

All are made in code; ``hostile`` measures what each costs a worker.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fuzz.seeds import Seed, drawn_seeds
from tests.tiffs import write_tiff

_PNG = b"\x89PNG\r\n\x1a\n"
_GIGABYTE = 1_000_000_000


def _drawn(name: str) -> bytes:
    found: Seed = next(seed for seed in drawn_seeds() if seed.name == f"drawn {name}")
    return found.data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _packed(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(piece) for piece in pieces) + packer.flush()


def _png(
    width: int,
    height: int,
    *,
    bits: int = 8,
    colour: int = 2,
    adam7: bool = False,
    more: bytes = b"",
) -> bytes:
    """A flat PNG, with other chunks before its pixels."""
    channels = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, adam7)
    passes = _ADAM7 if adam7 else [(0, 0, 1, 1)]
    rows = _packed(
        b"\0" + bytes([90]) * (-(-(width - x) // right) * channels * bits // 8)
        for x, y, right, down in passes
        for _ in range(-(-(height - y) // down))
    )
    return _PNG + _chunk(b"IHDR", head) + more + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


# Where each pass begins and its steps (PNG specification, 8.2).
_ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
_ADAM7 += [(0, 1, 1, 2)]


def _zeros(length: int) -> Iterator[bytes]:
    for _ in range(length // 1_000_000):
        yield bytes(1_000_000)


def _png_head_alone(side: int = 65536, *, bits: int = 8, adam7: bool = False) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, bits, 2, 0, 0, adam7))
    return _PNG + head + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")


def _png_text_bomb(bits: int = 8) -> bytes:
    text = _chunk(b"zTXt", b"Comment\0\0" + _packed(_zeros(_GIGABYTE)))
    return _png(64, 48, bits=bits, more=text)


def _png_many_texts() -> bytes:
    text = _chunk(b"zTXt", b"Comment\0\0" + _packed(_zeros(1_000_000)))
    return _png(64, 48, more=text * 2000)


def _png_profile_bomb(bits: int = 8) -> bytes:
    return _png(64, 48, bits=bits, more=_chunk(b"iCCP", b"x\0\0" + _packed(_zeros(_GIGABYTE))))


def _segments(marker: int, start: bytes, length: int) -> bytes:
    body = start + bytes(60_000)
    segment = bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
    return segment * (length // len(segment))


def _jpeg_with(segments: bytes) -> bytes:
    jpeg = _drawn("JPEG progressive")
    return jpeg[:2] + segments + jpeg[2:]


def _jpeg_profile_of_60_mb() -> bytes:
    body = bytes(65_000)
    parts = (
        b"\xff\xe2" + struct.pack(">H", len(body) + 16) + b"ICC_PROFILE\0" + bytes((n, 255)) + body
        for n in range(1, 256)
    )
    return _jpeg_with(b"".join(parts) * 4)


def _tiff_directory(
    entries: list[tuple[int, int, int, int]], next_page: int = 0, *, order: str = "<"
) -> bytes:
    packed = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    return struct.pack(f"{order}H", len(entries)) + packed + struct.pack(f"{order}I", next_page)


def _page(width: int, height: int, strip_at: int, bits: int = 8) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, strip_at),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, width * height * bits // 8),
    ]


def _tiff_of_pages(pages: int = 30_000, *, bits: int = 8, looped: bool = False) -> bytes:
    start, length = 8 + 4096, 2 + 9 * 12 + 4
    data = [b"II*\0", struct.pack("<I", start), bytes(4096)]
    for number in range(1, pages + 1):
        following = start + length * number if number < pages else start if looped else 0
        data.append(_tiff_directory(_page(32, 32, 8, bits), following))
    return b"".join(data)


def _tiff_of_endless_tags(*, big: bool = False) -> bytes:
    counts = [
        (tag, kind, 2**32 - 1, 8) for tag, kind in ((270, 2), (700, 1), (34675, 7), (33432, 2))
    ]
    counts += [(320, 3, 2**32 - 1, 8), (273, 4, 2**32 - 1, 8)]
    known = {tag for tag, *_ in counts}
    entries = sorted([entry for entry in _page(32, 32, 8) if entry[0] not in known] + counts)
    if not big:
        return b"II*\0" + struct.pack("<I", 4104) + bytes(4096) + _tiff_directory(entries)
    packed = b"".join(
        struct.pack("<HHQQ", tag, kind, 2**62 if count > 1 else 1, value)
        for tag, kind, count, value in entries
    )
    head = b"II+\0" + struct.pack("<HHQ", 8, 0, 4112)
    return head + bytes(4096) + struct.pack("<Q", len(entries)) + packed + bytes(8)


def _exif_of_depth(depth: int, *, looped: bool = False) -> bytes:
    """Directories in directories: Exif's pointer to a directory that has one again."""
    data = b"II*\0" + struct.pack("<I", 8)
    for number in range(depth):
        at = 8 + 18 * (0 if looped else number + 1)
        data += _tiff_directory([(0x8769, 4, 1, at)])
    body = b"Exif\0\0" + data[:60_000]
    return _jpeg_with(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)


def _gif_of_frames(frames: int = 20_000) -> bytes:
    frame = b"!\xf9\4\0\1\0\0\0,\0\0\0\0\x08\0\x08\0\0\2\7\x84\x8f\xa9\xcb\xed\x0f\xa3\x9c\0"
    head = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    return head + b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0" + frame * frames + b";"


def _gif_of_blocks() -> bytes:
    head = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    return head + b"!\xfe" + (b"\xff" + bytes(255)) * 80_000


def _gif_of_size() -> bytes:
    head = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    return head + b",\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1\0;"


def _gif_of_outlying_frame() -> bytes:
    head = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    return head + b"," + struct.pack("<HHHH", 60000, 60000, 5000, 5000) + b"\0\2\2\x44\1\0;"


def _boxes_of_size(name: str) -> bytes:
    data = bytearray(_drawn(name))
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", 60_000, 60_000)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def _webp_of_size() -> bytes:
    """An extended WebP whose canvas has all the pixels that its 24 bits can say."""
    lossless = _drawn("WEBP lossless")[12:]
    canvas = struct.pack("<4sI", b"VP8X", 10) + b"\x10\0\0\0" + b"\xff\xff\0" + b"\xff\xff\0"
    body = b"WEBP" + canvas + lossless
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_flat(side: int = 16_383) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(buffer, "WEBP", lossless=True, method=0, quality=0)
    return buffer.getvalue()


def _jpeg2000(width: int, height: int, tile: int, components: int = 3) -> bytes:
    """A codestream of many tiles or many components, and the start of its first tile."""
    data = _drawn("JPEG2000 codestream")
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, tile, tile, 0, 0, components)
    size += bytes((7, 1, 1)) * components
    old = 2 + 2 + int.from_bytes(data[4:6], "big")
    return data[:4] + struct.pack(">H", len(size) + 2) + size + data[old:]


def _jxl_of_size() -> bytes:
    """A bare codestream that says 1,073,741,824 pixels a side (ISO/IEC 18181-1, SizeHeader)."""
    raw = _drawn("JXL 8 bits")
    at = raw.find(b"\xff\x0a")
    rest = int.from_bytes(raw[at + 2 : at + 3], "little")
    # div8 = 0, then height: selector 3 (30 bits), ratio 1: width equal to it.
    bits = 0 | 3 << 1 | (2**30 - 1) << 3 | 1 << 33
    bits |= rest << 36
    return b"\xff\x0a" + bits.to_bytes(6, "little") + raw[at + 3 :]


def _jxl_flat(side: int) -> bytes:
    import pillow_jxl  # noqa: F401 (registers itself)

    buffer = io.BytesIO()
    image = Image.new("L", (side, side), 90)
    image.save(buffer, "JXL", lossless=True, effort=1)
    return buffer.getvalue()


def _photoshop(side: int, channels: int) -> bytes:
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, side, side, 8, 3) + bytes(12)
    row = b"".join(bytes((0x81, 90)) for _ in range(-(-side // 128)))
    lengths = struct.pack(">H", len(row)) * (side * channels)
    return head + struct.pack(">H", 1) + lengths + row * (side * channels)


def _bitmap_of_size() -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 8, 1, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<I4xI", 2000, 14 + 40 + 1024) + head + bytes(1024) + b"\0\1" * 9


def _deep_tiff(
    path: Path,
    width: int,
    height: int,
    *,
    bits: int = 16,
    tile: int = 0,
    channels: int = 3,
    one_strip: bool = False,
) -> None:
    """A flat TIFF compressed by Deflate, in strips of 16 rows, or one, or one tile."""
    if tile:
        piece = _packed(_zeros(min(tile * tile * channels * bits // 8, 50_000_000)))
        pieces, across = [piece], tile
    else:
        rows = height if one_strip else 16
        strip = _packed(bytes(width * channels * bits // 8) for _ in range(rows))
        pieces, across = [strip] * -(-height // rows), rows
    entries: list[tuple[int, int, list[int]]] = [
        (256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * channels), (259, 3, [8]),
        (262, 3, [2 if channels > 2 else 1]), (277, 3, [channels]), (284, 3, [1]),
        (339, 3, [3 if bits == 32 else 1] * channels),
    ]  # fmt: skip
    if channels > 3:
        entries.append((338, 3, [0] * (channels - 3)))
    offsets, counts = (324, 325) if tile else (273, 279)
    entries += [(322, 4, [across]), (323, 4, [across])] if tile else [(278, 4, [across])]
    entries += [(offsets, 4, [0] * len(pieces)), (counts, 4, [len(each) for each in pieces])]
    entries.sort()
    behind_at = 8 + 2 + 12 * len(entries) + 4
    at = behind_at + sum(_length(kind, values) for _, kind, values in entries)
    places = []
    for piece in pieces:
        places.append(at)
        at += len(piece)
    with path.open("wb") as file:
        directory, behind = b"", b""
        for tag, kind, values in entries:
            values = places if tag == offsets else values
            data = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)
            if len(data) > 4:
                place = struct.pack("<I", behind_at + len(behind))
                behind += data
            else:
                place = data.ljust(4, b"\0")
            directory += struct.pack("<HHI", tag, kind, len(values)) + place
        head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4) + behind
        file.write(head)
        file.writelines(pieces)


def _length(kind: int, values: list[int]) -> int:
    length = len(values) * (2 if kind == 3 else 4)
    return length if length > 4 else 0


def _write(data: Callable[[], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data())

    return write


def _grey_tiff_of_one_row(path: Path) -> None:
    write_tiff(path, np.zeros((1, 3_000_000, 3), np.uint16), rows_a_strip=1)


# Each by its file's name → how it is written.
HOSTILE: dict[str, Callable[[Path], None]] = {
    "30000-pages.tif": _write(_tiff_of_pages),
    "30000-deep-pages.tif": _write(lambda: _tiff_of_pages(bits=16)),
    "looped-pages.tif": _write(lambda: _tiff_of_pages(50, looped=True)),
    "tags-of-2-32.tif": _write(_tiff_of_endless_tags),
    "tags-of-2-62.tif": _write(lambda: _tiff_of_endless_tags(big=True)),
    "exif-in-itself.jpg": _write(lambda: _exif_of_depth(1, looped=True)),
    "exif-3000-deep.jpg": _write(lambda: _exif_of_depth(3000)),
    "20000-frames.gif": _write(_gif_of_frames),
    "endless-blocks.gif": _write(_gif_of_blocks),
    "65535-square.gif": _write(_gif_of_size),
    "outlying-frame.gif": _write(_gif_of_outlying_frame),
    "64k-square.png": _write(_png_head_alone),
    "text-bomb.png": _write(_png_text_bomb),
    "text-bomb-16.png": _write(lambda: _png_text_bomb(16)),
    "2000-texts.png": _write(_png_many_texts),
    "profile-bomb.png": _write(_png_profile_bomb),
    "profile-bomb-16.png": _write(lambda: _png_profile_bomb(16)),
    "profile-60-mb.jpg": _write(_jpeg_profile_of_60_mb),
    "exif-60-mb.jpg": _write(lambda: _jpeg_with(_segments(0xE1, b"Exif\0\0", 60_000_000))),
    "xmp-60-mb.jpg": _write(
        lambda: _jpeg_with(_segments(0xE1, b"http://ns.adobe.com/xap/1.0/\0", 60_000_000))
    ),
    "canvas-of-2-32.webp": _write(_webp_of_size),
    "flat-16383.webp": _write(_webp_flat),
    "60000-square.avif": _write(lambda: _boxes_of_size("AVIF 8 bits")),
    "60000-square.heic": _write(lambda: _boxes_of_size("HEIF 8 bits")),
    "tiles-of-1.j2k": _write(lambda: _jpeg2000(14_000, 14_000, 1)),
    "one-tile-14000.j2k": _write(lambda: _jpeg2000(14_000, 14_000, 14_000)),
    "16384-components.j2k": _write(lambda: _jpeg2000(14_000, 14_000, 14_000, 16_384)),
    "2-31-square.j2k": _write(lambda: _jpeg2000(2**31, 2**31, 2**31)),
    "2-30-square.jxl": _write(_jxl_of_size),
    "flat-20000.jxl": _write(lambda: _jxl_flat(20_000)),
    "flat-14000.jxl": _write(lambda: _jxl_flat(14_000)),
    "56-channels.psd": _write(lambda: _photoshop(4000, 56)),
    "flat-14000.psd": _write(lambda: _photoshop(14_000, 4)),
    "60000-square.bmp": _write(_bitmap_of_size),
    "flat-14000.png": _write(lambda: _png(14_000, 14_000)),
    "flat-14000-alpha.png": _write(lambda: _png(14_000, 14_000, colour=6)),
    "flat-14000-16.png": _write(lambda: _png(14_000, 14_000, bits=16)),
    "flat-14000-alpha-16.png": _write(lambda: _png(14_000, 14_000, bits=16, colour=6)),
    "adam7-10500-16.png": _write(lambda: _png(10_500, 10_500, bits=16, adam7=True)),
    "adam7-14000-16.png": _write(lambda: _png_head_alone(14_000, bits=16, adam7=True)),
    "adam7-14000-alpha-16.png": _write(
        lambda: _png(14_000, 14_000, bits=16, colour=6, adam7=True)
    ),
    "flat-14000-16.tif": lambda path: _deep_tiff(path, 14_000, 14_000),
    "one-strip-14000-16.tif": lambda path: _deep_tiff(path, 14_000, 14_000, one_strip=True),
    "one-tile-32768-16.tif": lambda path: _deep_tiff(path, 14_000, 14_000, tile=32_768),
    "float-14000.tif": lambda path: _deep_tiff(path, 14_000, 14_000, bits=32),
    "60-channels-16.tif": lambda path: _deep_tiff(path, 3000, 3000, channels=60),
    "one-row-3000000-16.tif": _grey_tiff_of_one_row,
}  # fmt: skip
