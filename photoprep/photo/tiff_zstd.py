"""A TIFF compressed by Zstandard, packed anew so that libvips reads it.

The libtiff in libvips' wheels knows no Zstandard. Strips and tiles are taken out of one packing and
put into the other (Deflate), unread: predictor, order of bytes and planes stay what they are.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from photoprep.language import say

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Tags by TIFF 6.0; Zstandard's number by libtiff's tiff.h.
COMPRESSION, ZSTANDARD = 259, 50000
_DEFLATE = 8
_STRIPS, _TILES = (273, 279), (324, 325)  # offsets and byte counts
# Size, bits, meaning, orientation, samples, rows a strip, planes, predictor, palette, tiles' size,
# extra samples, sample format, profile: what it takes to understand the values.
_KEPT = (256, 257, 258, 262, 274, 277, 278, 284, 317, 320, 322, 323, 338, 339, 34675)
_SHORT, _LONG, _UNDEFINED = 3, 4, 7
# All of it is in memory for a moment, and one strip as it was before it was compressed.
MOST_BYTES = 200_000_000
_MOST_STRIP_BYTES = 650_000_000  # 108 megapixels of 16 bits in one strip
_MOST_PLAIN_BYTES = 4_000_000_000  # 200 megapixels have at most 3.2 GB


def repacked(path: Path, tags: ImageFileDirectory_v2) -> bytes:
    """The first page, whose directory is ``tags``, as a TIFF of its own compressed by Deflate.

    Raises:
        ValueError: a strip is missing or broken, or it all takes more than ``MOST_BYTES``.

    """
    offsets_tag, counts_tag = _TILES if _TILES[0] in tags else _STRIPS
    order = ">" if tags.prefix == b"MM" else "<"
    values = {tag: _values(tags, tag) for tag in _KEPT if tag in tags}
    values[COMPRESSION] = [_DEFLATE]
    pieces = list(_deflated(path, _values(tags, offsets_tag), _values(tags, counts_tag)))
    values[counts_tag] = [len(piece) for piece in pieces]
    values[offsets_tag] = [0] * len(pieces)
    at = 8 + len(_directory(order, values))
    for place, piece in enumerate(pieces):
        values[offsets_tag][place] = at
        at += len(piece)
    head = struct.pack(f"{order}2sHI", tags.prefix, 42, 8)
    return head + _directory(order, values) + b"".join(pieces)


def _deflated(path: Path, offsets: Sequence[int], counts: Sequence[int]) -> Iterator[bytes]:
    taken = plain_bytes = 0
    with path.open("rb") as file:
        for offset, count in zip(offsets, counts, strict=True):
            file.seek(offset)
            packed = file.read(min(count, MOST_BYTES))
            if len(packed) < count:
                raise ValueError(say("a strip is missing"))
            plain = _plain(packed)
            piece = zlib.compress(plain, 1)
            taken += len(piece)
            plain_bytes += len(plain)
            if taken > MOST_BYTES or plain_bytes > _MOST_PLAIN_BYTES:
                raise ValueError(
                    say("compressed by Zstandard it is too large; save it with Deflate")
                )
            yield piece


def _plain(packed: bytes) -> bytes:
    """A strip as it was, within bounds: thirty kilobytes can hold a gigabyte of one value."""
    reader = zstd.ZstdDecompressor()
    try:
        plain = reader.decompress(packed, max_length=_MOST_STRIP_BYTES)
    except zstd.ZstdError as error:
        raise ValueError(say("a strip is broken")) from error
    if not reader.eof:
        whole = len(plain) < _MOST_STRIP_BYTES
        raise ValueError(
            say("a strip is broken") if whole else say("a strip is larger than any can be")
        )
    return plain


def _values(tags: ImageFileDirectory_v2, tag: int) -> list[int]:
    value = tags[tag]
    if isinstance(value, bytes):
        return list(value)
    return [int(each) for each in (value if isinstance(value, tuple) else (value,))]


def _directory(order: str, values: dict[int, list[int]]) -> bytes:
    """A directory at offset 8, with what does not fit into it behind it (TIFF 6.0, section 2)."""
    entries, behind = io.BytesIO(), io.BytesIO()
    start = 8 + 2 + 12 * len(values) + 4
    for tag, numbers in sorted(values.items()):
        kind = _UNDEFINED if tag == 34675 else _SHORT
        if kind == _SHORT and (tag in _STRIPS + _TILES or max(numbers, default=0) > 0xFFFF):
            kind = _LONG
        letter = {_SHORT: "H", _LONG: "I", _UNDEFINED: "B"}[kind]
        data = struct.pack(f"{order}{len(numbers)}{letter}", *numbers)
        if len(data) > 4:
            place = struct.pack(f"{order}I", start + behind.tell())
            behind.write(data + bytes(-len(data) % 4))
        else:
            place = data.ljust(4, b"\0")
        entries.write(struct.pack(f"{order}HHI", tag, kind, len(numbers)) + place)
    count = struct.pack(f"{order}H", len(values))
    return count + entries.getvalue() + bytes(4) + behind.getvalue()
