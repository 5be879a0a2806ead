"""Which characters a font file has, read from the file itself.

A font's ``cmap`` table says which glyph stands for a character; glyph 0 is the empty box. It is
read here and not asked of Pillow, which has no such question: drawing each character and comparing
it with the box takes a thousand times as long, and takes a blank that is meant (U+3000) for a
missing one. fonttools would do it, at 4 MB more to install.

OpenType 1.9, ``otff`` (directory, collections), ``cmap`` (formats 4 and 12), ``name``.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

# Fonts of pictures: Pillow draws no outline of theirs, or an empty one.
_COLOUR_TABLES = frozenset({b"CBDT", b"COLR", b"SVG ", b"sbix"})
_OUTLINE_TABLES = frozenset({b"CFF ", b"CFF2", b"glyf"})
# Platform and encoding of cmaps in Unicode, the fullest first (3,10 and 0,4 reach beyond U+FFFF).
_UNICODE_CMAPS = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
# Numbers of a face's names: the typographic one first, then the one of four styles.
_FAMILY_NAMES = (16, 1)
_STYLE_NAMES = (17, 2)
_ENGLISH = 0x409
# Tables are padded to 4 bytes, which the last one of some fonts counts without having them.
_PADDING_BYTES = 3
# The largest collection known (Noto Sans CJK with all its regions) has 45.
_MOST_FACES = 256


class NotAFontError(Exception):
    """The file is no font that can be used: no outlines, no Unicode, damaged or unreadable."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters that a face has: ranges of code points, sorted, ends included."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    def has(self, character: str) -> bool:
        """Whether the face has a glyph of its own for a character."""
        code = ord(character)
        place = bisect_left(self.lasts, code)
        return place < len(self.lasts) and self.firsts[place] <= code


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file: where it is, what it is called and has.

    ``index`` is its number in a collection (``.ttc``), else 0; ``style`` is such as ``Regular``;
    ``variable`` tells whether its axes, most often the weight, can be chosen.
    """

    path: Path
    index: int
    family: str
    style: str
    coverage: Coverage
    variable: bool


def read_faces(path: Path) -> tuple[Face, ...]:
    """The usable faces of a font file, in its order.

    Raises:
        NotAFontError: none can be used.

    """
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            faces = [_face(data, path, at, index) for index, at in enumerate(_starts(data))]
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise NotAFontError(path) from error
    usable = tuple(face for face in faces if face is not None)
    if not usable:
        raise NotAFontError(path)
    return usable


def _starts(data: mmap) -> tuple[int, ...]:
    """Where the directory of each face begins."""
    if data[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", data, 8)
    if count > _MOST_FACES:
        raise ValueError(f"a collection of {count} faces")
    return struct.unpack_from(f">{count}I", data, 12)


def _face(data: mmap, path: Path, at: int, index: int) -> Face | None:
    tables = _tables(data, at)
    if not _OUTLINE_TABLES & tables.keys() or _COLOUR_TABLES & tables.keys():
        return None
    coverage = _coverage(tables.get(b"cmap", b""))
    if not coverage.firsts:
        return None
    names = _names(tables.get(b"name", b""))
    family, style = _first(names, _FAMILY_NAMES), _first(names, _STYLE_NAMES)
    return Face(path, index, family, style, coverage, variable=b"fvar" in tables)


def _tables(data: mmap, at: int) -> dict[bytes, bytes]:
    """The tables of a face by tag: the content of those that are read, nothing of the others."""
    (count,) = struct.unpack_from(">H", data, at + 4)
    found = {}
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, at + 12 + 16 * number)
        if offset + length > len(data) + _PADDING_BYTES:
            raise ValueError(f"{tag!r} goes beyond the end of the file")
        found[tag] = data[offset : offset + length] if tag in (b"cmap", b"name") else b""
    return found


def _coverage(cmap: bytes) -> Coverage:
    """The ranges of the fullest Unicode cmap; none where there is none in a format that is read."""
    if not cmap:
        return Coverage((), ())
    (count,) = struct.unpack_from(">H", cmap, 2)
    records = [struct.unpack_from(">HHI", cmap, 4 + 8 * number) for number in range(count)]
    offsets = {(platform, encoding): offset for platform, encoding, offset in records}
    for kind in _UNICODE_CMAPS:
        if kind in offsets:
            (form,) = struct.unpack_from(">H", cmap, offsets[kind])
            read = {4: _segments, 12: _groups}.get(form)
            if read is not None:
                ranges = sorted(read(cmap, offsets[kind]))
                return Coverage(tuple(r[0] for r in ranges), tuple(r[1] for r in ranges))
    return Coverage((), ())


def _groups(cmap: bytes, at: int) -> list[tuple[int, int]]:
    """Format 12: ranges of code points, each with the glyph of its first."""
    (count,) = struct.unpack_from(">I", cmap, at + 12)
    groups = struct.iter_unpack(">III", cmap[at + 16 : at + 16 + 12 * count])
    return [
        (first + (glyph == 0), last)
        for first, last, glyph in groups
        if first + (glyph == 0) <= last
    ]


def _segments(cmap: bytes, at: int) -> list[tuple[int, int]]:
    """Format 4: ranges, of which those with a glyph array may leave single characters out."""
    (twice,) = struct.unpack_from(">H", cmap, at + 6)
    count = twice // 2
    starts = at + 14 + twice + 2
    lasts = struct.unpack_from(f">{count}H", cmap, at + 14)
    firsts = struct.unpack_from(f">{count}H", cmap, starts)
    deltas = struct.unpack_from(f">{count}H", cmap, starts + twice)
    offsets = struct.unpack_from(f">{count}H", cmap, starts + 2 * twice)
    ranges = []
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        if offsets[number] == 0:
            missing = (-deltas[number]) % 0x10000  # the one that would be glyph 0
            codes = [code for code in (missing,) if first <= code <= last]
        else:
            place = starts + 2 * twice + 2 * number + offsets[number]
            # The last segment (U+FFFF) of some fonts points beyond the table.
            size = max(0, min(last - first + 1, (len(cmap) - place) // 2))
            glyphs = struct.unpack_from(f">{size}H", cmap, place) if size else ()
            codes = [first + step for step, glyph in enumerate(glyphs) if glyph == 0]
            last = first + size - 1
        ranges += _without(first, last, codes)
    return ranges


def _without(first: int, last: int, codes: list[int]) -> list[tuple[int, int]]:
    """A range as the pieces that are left when some sorted code points are taken out."""
    pieces = []
    for code in [*codes, last + 1]:
        if first < code:
            pieces.append((first, code - 1))
        first = code + 1
    return pieces


def _names(name: bytes) -> dict[int, str]:
    """A face's names in English by their numbers; none where it tells none."""
    if not name:
        return {}
    _, count, strings = struct.unpack_from(">HHH", name, 0)
    found: dict[int, str] = {}
    for number in range(count):
        platform, _, language, kind, length, offset = struct.unpack_from(
            ">HHHHHH", name, 6 + 12 * number
        )
        if (platform, language) in ((3, _ENGLISH), (1, 0)) or platform == 0:
            text = name[strings + offset : strings + offset + length]
            charset = "mac_roman" if platform == 1 else "utf-16-be"
            found.setdefault(kind, text.decode(charset, "replace"))
    return found


def _first(names: dict[int, str], kinds: tuple[int, ...]) -> str:
    return next((names[kind] for kind in kinds if kind in names), "")
