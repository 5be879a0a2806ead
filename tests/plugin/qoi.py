"""QOI files for tests, by an encoder of our own that uses every operation of the format."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PIL import Image

Pixel = tuple[int, int, int, int]


def qoi_bytes(image: Image.Image) -> bytes:
    """A picture as QOI, specification 1.0: RGB as 3 channels, all else as 4."""
    channels = 3 if image.mode == "RGB" else 4
    data = image.convert("RGBA").tobytes()
    pixels: list[Pixel] = [
        (data[at], data[at + 1], data[at + 2], data[at + 3]) for at in range(0, len(data), 4)
    ]
    size = image.width.to_bytes(4, "big") + image.height.to_bytes(4, "big")
    return b"".join([b"qoif", size, bytes([channels, 0]), *_chunks(pixels), bytes(7), b"\1"])


def _chunks(pixels: list[Pixel]) -> Iterator[bytes]:
    seen: list[Pixel] = [(0, 0, 0, 0)] * 64
    run = 0
    for before, pixel in pairwise([(0, 0, 0, 255), *pixels]):
        if pixel == before:
            run += 1
            if run == 62:
                yield bytes([0xC0 | run - 1])
                run = 0
            continue
        if run:
            yield bytes([0xC0 | run - 1])
            run = 0
        red, green, blue, alpha = pixel
        place = (3 * red + 5 * green + 7 * blue + 11 * alpha) % 64
        if seen[place] == pixel:
            yield bytes([place])
            continue
        seen[place] = pixel
        yield _as_change(before, pixel)
    if run:
        yield bytes([0xC0 | run - 1])


def _as_change(before: Pixel, pixel: Pixel) -> bytes:
    red, green, blue = (
        (now - was + 128) % 256 - 128 for now, was in zip(pixel[:3], before[:3], strict=True)
    )
    if pixel[3] != before[3]:
        return bytes([0xFF, *pixel])
    if all(-2 <= step <= 1 for step in (red, green, blue)):
        return bytes([0x40 | red + 2 << 4 | green + 2 << 2 | blue + 2])
    if -32 <= green <= 31 and -8 <= red - green <= 7 and -8 <= blue - green <= 7:
        return bytes([0x80 | green + 32, red - green + 8 << 4 | blue - green + 8])
    return bytes([0xFE, *pixel[:3]])
