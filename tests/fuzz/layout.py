"""Where a file's parts stand: pieces that can be moved about, and the numbers that steer a reader.

Each format's outline is read with no more care than mutation needs; what is broken has as much of
an outline as can be read of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Order = Literal["big", "little"]

_MOST_PARTS = 4000
_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SUB_DIRECTORIES = {330, 34665, 34853, 40965}
_CONTAINERS = {b"meta", b"iprp", b"ipco", b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf"}
_CONTAINERS |= {b"iref", b"iinf", b"jp2h", b"grpl", b"edts"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the file's own structure: a length, a count, an offset, a size in pixels."""

    at: int
    size_bytes: int
    order: Order


@dataclass(slots=True)
class Layout:
    """The outline of one file: ``pieces`` are (start, end), in the file's order, never nested."""

    pieces: list[tuple[int, int]] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)

    def number(self, at: int, size_bytes: int, order: Order) -> None:
        self.numbers.append(Number(at, size_bytes, order))

    def each(self, start: int, end: int, size_bytes: int, order: Order) -> None:
        for at in range(start, end - size_bytes + 1, size_bytes):
            self.number(at, size_bytes, order)


def layout_of(family: str, data: bytes) -> Layout:
    """The outline of a file of a family; without pieces where there is none."""
    layout = Layout()
    with suppress(struct.error, IndexError):
        _READERS.get(family, _head_only)(data, layout)
    layout.numbers = [each for each in layout.numbers if each.at + each.size_bytes <= len(data)]
    return layout


def _head_only(data: bytes, layout: Layout) -> None:
    layout.each(0, min(64, len(data)), 1, "big")


def _jpeg(data: bytes, layout: Layout) -> None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        end = min(at + 2 + length, len(data))
        layout.pieces.append((at, end))
        layout.number(at + 2, 2, "big")
        body = at + 4
        if data[body : body + 6] == b"Exif\0\0":
            _tiff(data, layout, base=body + 6, pieces=False)
        elif data[body : body + 12] == b"ICC_PROFILE\0":
            layout.each(body + 12, body + 14, 1, "big")
            _icc(layout, body + 14, end)
        elif data[body : body + 4] == b"MPF\0":
            _tiff(data, layout, base=body + 4, pieces=False)
        elif 0xC0 <= marker <= 0xCF:
            layout.each(body, min(end, body + 40), 1, "big")
            layout.each(body + 1, body + 5, 2, "big")
        elif marker >= 0xDA:
            layout.each(body, min(end, body + 24), 1, "big")
        if marker == 0xDA:
            layout.pieces.extend(_scan_pieces(end, len(data)))
            return
        at = end


def _scan_pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    step = max(64, (end - start) // 16)
    for at in range(start, end, step):
        yield at, min(at + step, end)


def _png(data: bytes, layout: Layout) -> None:
    at = 8
    while at + 8 <= len(data) and len(layout.pieces) < _MOST_PARTS:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = min(at + 12 + length, len(data))
        layout.pieces.append((at, end))
        layout.number(at, 4, "big")
        if kind == b"IHDR":
            layout.each(at + 8, at + 16, 4, "big")
            layout.each(at + 16, at + 21, 1, "big")
        elif kind == b"eXIf":
            _tiff(data, layout, base=at + 8, pieces=False)
        elif kind not in {b"IDAT", b"IEND"}:
            layout.each(at + 4, min(end, at + 40), 1, "big")
        at = end


def _icc(layout: Layout, start: int, end: int) -> None:
    layout.each(start, min(end, start + 132), 4, "big")
    layout.each(start + 132, min(end, start + 132 + 12 * 20), 4, "big")


def _tiff(data: bytes, layout: Layout, *, base: int = 0, pieces: bool = True) -> None:
    order: Order = "big" if data[base : base + 2] == b"MM" else "little"
    big = int.from_bytes(data[base + 2 : base + 4], order) == 43
    layout.number(base + 2, 2, order)
    wide = 8 if big else 4
    layout.number(base + (8 if big else 4), wide, order)
    waiting = [int.from_bytes(data[base + wide : base + 2 * wide], order)]
    seen = set[int]()
    while waiting and len(seen) < 40:
        start = base + waiting.pop()
        if start in seen or start + 2 > len(data):
            continue
        seen.add(start)
        waiting += _directory(data, layout, base, start, order, big, pieces=pieces)
    if pieces:
        layout.pieces.sort()


def _directory(
    data: bytes, layout: Layout, base: int, start: int, order: Order, big: bool, *, pieces: bool
) -> Iterator[int]:
    entry, wide, head = (20, 8, 8) if big else (12, 4, 2)
    count = min(int.from_bytes(data[start : start + head], order), 100)
    layout.number(start, head, order)
    for at in range(start + head, start + head + entry * count, entry):
        tag, kind = (int.from_bytes(data[at + n : at + n + 2], order) for n in (0, 2))
        amount = int.from_bytes(data[at + 4 : at + 4 + wide], order)
        value_at = at + 4 + wide
        layout.each(at, at + 4, 2, order)
        layout.number(at + 4, wide, order)
        size = _TIFF_SIZES.get(kind, 1)
        layout.number(value_at, size if amount == 1 and size < wide else wide, order)
        value = int.from_bytes(data[value_at : value_at + wide], order)
        if size * amount > wide:
            layout.each(base + value, min(base + value + 32, len(data)), size, order)
        if pieces:
            layout.pieces.append((at, at + entry))
        if tag in _SUB_DIRECTORIES:
            yield value
    after = start + head + entry * count
    layout.number(after, wide, order)
    yield from (
        following for following in [int.from_bytes(data[after : after + wide], order)] if following
    )


def _boxes(data: bytes, layout: Layout) -> None:
    _boxes_within(data, layout, 0, len(data), depth=0)


def _boxes_within(data: bytes, layout: Layout, start: int, end: int, depth: int) -> None:
    at = start
    while at + 8 <= end and len(layout.pieces) < _MOST_PARTS:
        size, kind = struct.unpack_from(">I4s", data, at)
        stop = min(at + size, end) if size >= 8 else end
        layout.each(at, at + 8, 4, "big")
        body = at + 8
        if kind in _CONTAINERS and depth < 8:
            body += {b"meta": 4, b"iref": 4, b"iinf": 6}.get(kind, 0)
            _boxes_within(data, layout, body, stop, depth + 1)
        else:
            layout.pieces.append((at, stop))
            _box_numbers(data, layout, kind, body, stop)
        at = stop


def _box_numbers(data: bytes, layout: Layout, kind: bytes, body: int, stop: int) -> None:
    if kind == b"jp2c":
        layout.each(body, min(stop, body + 120), 1, "big")
        layout.each(body + 8, min(stop, body + 40), 4, "big")
    elif kind in {b"mdat", b"jxlc", b"jxlp", b"idat"}:
        layout.each(body, min(stop, body + 64), 1, "big")
        exif = data.find(b"Exif\0\0", body, stop)
        if exif >= 0:
            _tiff(data, layout, base=exif + 6, pieces=False)
    elif kind == b"colr":
        _icc(layout, body + 4, stop)
    elif kind in {b"ispe", b"ihdr", b"iloc"}:
        layout.each(body + 4, min(stop, body + 200), 4, "big")
        layout.each(body, min(stop, body + 200), 2, "big")
    else:
        layout.each(body, min(stop, body + 80), 1, "big")


def _riff(data: bytes, layout: Layout) -> None:
    layout.number(4, 4, "little")
    at = 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        end = min(at + 8 + size + (size & 1), len(data))
        layout.pieces.append((at, end))
        layout.number(at + 4, 4, "little")
        if kind == b"EXIF":
            _tiff(data, layout, base=at + 8, pieces=False)
        elif kind == b"ICCP":
            _icc(layout, at + 8, end)
        else:
            layout.each(at + 8, min(end, at + 40), 1, "little")
        at = end


def _gif(data: bytes, layout: Layout) -> None:
    layout.each(6, 10, 2, "little")
    layout.each(10, 13, 1, "little")
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while at < len(data) and data[at] != 0x3B and len(layout.pieces) < _MOST_PARTS:
        start, table = at, 0
        if data[at] == 0x2C:
            layout.each(at + 1, at + 9, 2, "little")
            layout.number(at + 9, 1, "little")
            table = 3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0
            at += 11 + table
            layout.number(at - 1, 1, "little")
        else:
            layout.number(at + 1, 1, "little")
            at += 2
        while at < len(data) and data[at]:
            layout.number(at, 1, "little")
            at += data[at] + 1
        at += 1
        layout.pieces.append((start, min(at, len(data))))


def _bmp(_data: bytes, layout: Layout) -> None:
    layout.number(2, 4, "little")
    layout.each(10, 26, 4, "little")
    layout.each(26, 30, 2, "little")
    layout.each(30, 138, 4, "little")


def _psd(data: bytes, layout: Layout) -> None:
    layout.each(12, 14, 2, "big")
    layout.each(14, 22, 4, "big")
    layout.each(22, 26, 2, "big")
    at = 26
    for _ in range(3):
        length = int.from_bytes(data[at : at + 4], "big")
        layout.number(at, 4, "big")
        layout.pieces.append((at, min(at + 4 + length, len(data))))
        at += 4 + length
    layout.each(at, at + 40, 2, "big")
    found = data.find(b"8BIM")
    while found >= 0 and len(layout.pieces) < 200:
        layout.number(found + 4, 2, "big")
        layout.number(found + 8, 4, "big")
        found = data.find(b"8BIM", found + 4)


def _jxl(data: bytes, layout: Layout) -> None:
    if data[:2] == b"\xff\x0a":
        _head_only(data, layout)
    else:
        _boxes(data, layout)


def _zip(data: bytes, layout: Layout) -> None:
    starts: list[int] = []
    for signature, numbers in _ZIP_RECORDS.items():
        found = data.find(signature)
        while found >= 0 and len(starts) < 200:
            starts.append(found)
            for at, size in numbers:
                layout.number(found + at, size, "little")
            found = data.find(signature, found + 4)
    ends = [*sorted(starts), len(data)]
    layout.pieces.extend(pairwise(ends))


_ZIP_RECORDS = {
    b"PK\3\4": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\1\2": (
        (4, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2),
        (38, 4), (42, 4), (46, 1), (47, 1),
    ),
    b"PK\5\6": ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}  # fmt: skip

_READERS: dict[str, Callable[[bytes, Layout], None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "tiff": _tiff,
    "boxes": _boxes,
    "riff": _riff,
    "gif": _gif,
    "bmp": _bmp,
    "psd": _psd,
    "jxl": _jxl,
    "zip": _zip,
}
