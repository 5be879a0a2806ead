"""Profiles that browsers are measured with: a compact one of version 2, and a wide display's.

Version 2 (ICC.1:2001-04) has no parametric curves: a tone curve is a table, and programs draw
straight lines between its entries. A table of 26 entries is about as long as version 4's formula.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CURVE_ENTRIES = 26
_D50 = (0.9642, 1.0, 0.8249)
# Red, green and blue, adapted to D50 by the Bradford transform: IEC 61966-2-1; SMPTE EG 432-1
# with the white D65.
_SRGB_PRIMARIES = (
    (0.436066, 0.222488, 0.013916),
    (0.385147, 0.716873, 0.097076),
    (0.143066, 0.060608, 0.714096),
)
_P3_PRIMARIES = (
    (0.515102, 0.241182, -0.001050),
    (0.291965, 0.692236, 0.041882),
    (0.157153, 0.066582, 0.784073),
)


def compact_v2_srgb() -> bytes:
    """A profile of sRGB of version 2 with the shortest table that is true to a level or so."""
    return _profile_v2("sRGB", _SRGB_PRIMARIES, _fitted_curve(CURVE_ENTRIES))


def display_p3() -> bytes:
    """The profile of a wide-gamut display, with a table so long that it is exact."""
    return _profile_v2("Display P3", _P3_PRIMARIES, srgb_curve(np.linspace(0, 1, 4096)))


def srgb_curve(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """The light (0–1) of sRGB's encoded values (0–1); IEC 61966-2-1."""
    straight = encoded / 12.92
    return np.where(encoded <= 0.04045, straight, ((encoded + 0.055) / 1.055) ** 2.4)


def furthest_level(curve: NDArray[np.float64]) -> float:
    """How far, in levels of 255, a table of a tone curve is from sRGB's own."""
    levels = np.arange(256) / 255
    drawn = np.interp(levels, np.linspace(0, 1, len(curve)), curve)
    exact = srgb_curve(np.linspace(0, 1, 65536))
    return float(np.abs(np.interp(drawn, exact, np.linspace(0, 1, 65536)) - levels).max() * 255)


def _fitted_curve(entries: int) -> NDArray[np.float64]:
    """The table whose straight lines are nearest to the curve, judged in encoded levels."""
    levels = np.arange(256) / 255
    at = np.linspace(0, 1, entries)
    hats = np.stack([np.interp(levels, at, row) for row in np.eye(entries)], axis=1)
    wanted = srgb_curve(levels)
    # A level is worth more light where the curve is steep: errors are divided by its slope.
    weight = 1 / np.gradient(wanted, levels)
    inner = slice(1, -1)  # black and white stay what they are
    goal = (wanted - hats[:, -1]) * weight
    solved = np.linalg.lstsq(hats[:, inner] * weight[:, None], goal, rcond=None)[0]
    return np.concatenate([[0.0], solved, [1.0]])


def _profile_v2(
    name: str, primaries: Sequence[Sequence[float]], curve: NDArray[np.float64]
) -> bytes:
    entries = np.round(np.clip(curve, 0, 1) * 65535).astype(">u2")
    tone = b"curv" + struct.pack(">4xI", len(entries)) + entries.tobytes()
    title = name.encode("ascii") + b"\0"
    # textDescriptionType (6.5.17): its Unicode and ScriptCode halves are empty, but stand.
    description = b"desc" + struct.pack(">4xI", len(title)) + title + bytes(4 + 4 + 2 + 1 + 67)
    tags = [
        (b"desc", description),
        (b"cprt", b"text" + bytes(4) + b"CC0\0"),
        (b"wtpt", _xyz(_D50)),
        *((b"rgb"[i : i + 1] + b"XYZ", _xyz(primary)) for i, primary in enumerate(primaries)),
        *((channel + b"TRC", tone) for channel in (b"r", b"g", b"b")),
    ]
    at = 128 + 4 + 12 * len(tags)
    table, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    for signature, data in tags:
        if data not in places:
            places[data] = at + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", signature, places[data], len(data))
    header = struct.pack(
        ">I4xI4s4s4s6H4s24x4xiii48x",
        at + len(body),
        0x02400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        *(round(value * 65536) for value in _D50),
    )
    return header + table + body


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + struct.pack(">4x3i", *(round(value * 65536) for value in values))
