"""How a file is spoiled: a few changes, blind ones and others that know its format, written down.

All of it comes from one source of random numbers, so that a trial is what its number says.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.layout import Layout, layout_of
from tests.fuzz.seeds import Seed, with_profile

_MOST_BYTES = 3_000_000
_MENDED_SHARE = 0.75  # of PNGs: with right checksums, or no reader looks further

Change = Callable[[random.Random, bytes, Seed, Seed], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoiled file and the recipe that it was made by."""

    data: bytes
    recipe: tuple[str, ...]


def mutant_of(rng: random.Random, seed: Seed, other: Seed) -> Mutant:
    """A file made of ``seed``, with parts of ``other`` perhaps, which is of the same family."""
    data, recipe = seed.data, [f"from {seed.name}"]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        change = rng.choice(_STRUCTURAL if rng.random() < 0.7 else _BLIND)
        data, said = change(rng, data, seed, other)
        data = data[:_MOST_BYTES]
        recipe.append(said)
    if seed.family == "png" and rng.random() < _MENDED_SHARE:
        data = _with_checksums(data)
        recipe.append("checksums mended")
    return Mutant(data, tuple(recipe))


def _flips(rng: random.Random, data: bytes, _seed: Seed, _other: Seed) -> tuple[bytes, str]:
    spoiled, places = bytearray(data), []
    # Heads steer readers and are a small part of most files.
    end = len(data) if rng.random() < 0.5 else min(len(data), 600)
    for _ in range(rng.choice((1, 1, 2, 4, 16, 64)) if data else 0):
        at, bit = rng.randrange(end), rng.randrange(8)
        spoiled[at] ^= 1 << bit
        places.append(f"{at}.{bit}")
    return bytes(spoiled), f"bits {' '.join(places)} flipped"


def _cut(rng: random.Random, data: bytes, _seed: Seed, _other: Seed) -> tuple[bytes, str]:
    kept = rng.randrange(len(data) + 1)
    return data[:kept], f"cut to {kept} bytes"


def _inserted(rng: random.Random, data: bytes, _seed: Seed, _other: Seed) -> tuple[bytes, str]:
    at, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 4, 7, 64, 3000))
    more = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))
    return data[:at] + more + data[at:], f"{length} bytes ({more[:4].hex()}…) inserted at {at}"


def _removed(rng: random.Random, data: bytes, _seed: Seed, _other: Seed) -> tuple[bytes, str]:
    at, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 4, 100, 3000))
    return data[:at] + data[at + length :], f"{length} bytes removed at {at}"


def _blocks_swapped(
    rng: random.Random, data: bytes, _seed: Seed, _other: Seed
) -> tuple[bytes, str]:
    length = rng.choice((4, 16, 256, 4096))
    first, second = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    second = max(second, first + length)
    one, two = data[first : first + length], data[second : second + length]
    between = data[first + length : second]
    return (
        data[:first] + two + between + one + data[second + length :],
        f"{length} bytes at {first} and {second} swapped",
    )


def _spliced(rng: random.Random, data: bytes, _seed: Seed, other: Seed) -> tuple[bytes, str]:
    head, tail = rng.randrange(len(data) + 1), rng.randrange(len(other.data) + 1)
    return data[:head] + other.data[tail:], f"from {head} on that of {other.name} from {tail} on"


def _number(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    numbers = layout_of(seed.family, data).numbers
    if not numbers:
        return _flips(rng, data, seed, other)
    spoiled, said = bytearray(data), []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        where = rng.choice(numbers)
        place = slice(where.at, where.at + where.size_bytes)
        before = int.from_bytes(data[place], where.order)
        most = (1 << 8 * where.size_bytes) - 1
        told = (
            0, 1, 2, most, most - 1, most // 2, most // 2 + 1, before + 1, before - 1, before * 2,
            before // 2, before ^ 1 << rng.randrange(8 * where.size_bytes), where.at, len(data),
            len(data) - where.at, 65535, 65536, 20000, rng.randrange(most + 1),
        )  # fmt: skip
        after = rng.choice(told) & most
        spoiled[place] = after.to_bytes(where.size_bytes, where.order)
        said.append(f"number at {where.at} ({where.size_bytes} bytes) {before} → {after}")
    return bytes(spoiled), ", ".join(said)


def _piece_gone(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    pieces = layout_of(seed.family, data).pieces
    if not pieces:
        return _removed(rng, data, seed, other)
    start, end = rng.choice(pieces)
    return data[:start] + data[end:], f"piece {start}–{end} gone"


def _piece_again(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    pieces = layout_of(seed.family, data).pieces
    if not pieces:
        return _inserted(rng, data, seed, other)
    start, end = rng.choice(pieces)
    at, times = rng.choice(pieces)[0], rng.choice((1, 1, 2, 50, 2000))
    times = max(1, min(times, 200_000 // max(1, end - start)))
    return (
        data[:at] + data[start:end] * times + data[at:],
        f"piece {start}–{end} put in at {at}, {times} times",
    )


def _pieces_swapped(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    pieces = layout_of(seed.family, data).pieces
    if len(pieces) < 2:
        return _blocks_swapped(rng, data, seed, other)
    (a, b), (c, d) = sorted(rng.sample(pieces, 2))
    return (
        data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:],
        f"pieces {a}–{b} and {c}–{d} swapped",
    )


def _foreign_piece(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    pieces = layout_of(seed.family, data).pieces
    theirs = layout_of(other.family, other.data).pieces
    if not pieces or not theirs:
        return _spliced(rng, data, seed, other)
    (start, end), (first, last) = rng.choice(pieces), rng.choice(theirs)
    taken = rng.choice((start, end))  # put before it, or in its place
    return (
        data[:start] + other.data[first:last] + data[taken:],
        f"{start}–{taken} made piece {first}–{last} of {other.name}",
    )


def _profile(rng: random.Random, data: bytes, seed: Seed, other: Seed) -> tuple[bytes, str]:
    """Another colour profile inside, spoiled, in a file that is whole."""
    from photoprep.photo.profiles import adobe_rgb_profile

    profile = adobe_rgb_profile()
    layout = Layout()
    layout.each(0, len(profile), 4, "big")
    spoiled = bytearray(profile)
    said = []
    for _ in range(rng.choice((1, 2, 4))):
        at = rng.choice(layout.numbers).at
        spoiled[at : at + 4] = rng.choice(
            (
                bytes(4),
                b"\xff" * 4,
                b"\x7f\xff\xff\xff",
                b"XYZ ",
                b"CMYK",
                b"GRAY",
                b"abst",
                b"link",
            )
        )
        said.append(f"{at}={bytes(spoiled[at : at + 4]).hex()}")
    if rng.random() < 0.2:
        spoiled = spoiled[: rng.randrange(len(spoiled))]
        said.append(f"cut to {len(spoiled)}")
    made = with_profile(seed, bytes(spoiled))
    if made is None:
        return _number(rng, data, seed, other)
    return made, f"saved with Adobe RGB's profile, spoiled: {' '.join(said)}"


_BLIND: tuple[Change, ...] = (_flips, _flips, _cut, _inserted, _removed, _blocks_swapped, _spliced)
_STRUCTURAL: tuple[Change, ...] = (
    _number, _number, _number, _number, _number, _piece_gone, _piece_again, _pieces_swapped,
    _foreign_piece, _profile,
)  # fmt: skip


def _with_checksums(data: bytes) -> bytes:
    mended = bytearray(data)
    for start, end in layout_of("png", data).pieces:
        if end - start >= 12:
            checksum = zlib.crc32(data[start + 4 : end - 4])
            mended[end - 4 : end] = checksum.to_bytes(4, "big")
    return bytes(mended)
