"""A wide-gamut colour profile made from published figures, for one of the demo pictures.

The primaries, white point and gamma are those that the Adobe RGB (1998) Color Image Encoding
(version 2005-05) publishes; the profile is built here byte by byte after ICC.1:2001-04 (version 2)
and contains nobody else's text.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageCms

from photoprep.demo.mesh import cross, dot

PROFILE_NAME = "photoprep demo wide gamut RGB"

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

_GAMMA = 2.19921875
_PRIMARIES = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_D65 = (0.3127, 0.3290)
# The profile connection space's white, as ICC.1 writes it.
_D50_XYZ: Row = (0.9642, 1.0, 0.8249)
# Cone responses after Bradford (Lam 1985), as in ICC.1 annex E.
_BRADFORD: Matrix = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


@lru_cache(maxsize=1)
def wide_gamut_profile() -> bytes:
    """The ICC profile: version 2, matrix and one gamma, display class."""
    red, green, blue = _adapted_primaries()
    text = PROFILE_NAME.encode("ascii") + b"\0"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text
    # No Unicode and no Macintosh name: counts of zero, and the latter's fixed 67 bytes.
    description += bytes(4 + 4 + 2 + 1 + 67)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(_GAMMA * 256))
    tags = [
        (b"desc", description),
        (b"cprt", b"text" + bytes(4) + b"No copyright, use freely\0"),
        (b"wtpt", _xyz(_D50_XYZ)),
        (b"rXYZ", _xyz(red)),
        (b"gXYZ", _xyz(green)),
        (b"bXYZ", _xyz(blue)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    ]
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4xI4s4s4s", start + len(data), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += _fixed(_D50_XYZ)
    return header.ljust(128, b"\0") + table + data


def to_wide_gamut(picture: Image.Image) -> Image.Image:
    """The same colours, from sRGB, written in the wide-gamut profile's numbers."""
    profile = ImageCms.ImageCmsProfile(BytesIO(wide_gamut_profile()))
    converted = ImageCms.profileToProfile(
        picture,
        ImageCms.createProfile("sRGB"),
        profile,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    # None comes only from work in place, which was not asked for.
    return converted if converted is not None else picture


def _fixed(values: Row) -> bytes:
    """Numbers as s15Fixed16."""
    return struct.pack(">3i", *(round(value * 65536) for value in values))


def _xyz(values: Row) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)


def _adapted_primaries() -> Matrix:
    """XYZ under D50 of full red, green and blue."""
    red, green, blue = (_chromatic(x, y) for x, y in _PRIMARIES)
    white = _chromatic(*_D65)
    r, g, b = _times(_inverse(_transposed((red, green, blue))), white)
    cone_white, cone_d50 = _times(_BRADFORD, white), _times(_BRADFORD, _D50_XYZ)
    back = _inverse(_BRADFORD)

    def adapt(colour: Row, amount: float) -> Row:
        x, y, z = _times(_BRADFORD, colour)
        cones = (
            x * amount * cone_d50[0] / cone_white[0],
            y * amount * cone_d50[1] / cone_white[1],
            z * amount * cone_d50[2] / cone_white[2],
        )
        return _times(back, cones)

    return (adapt(red, r), adapt(green, g), adapt(blue, b))


def _chromatic(x: float, y: float) -> Row:
    """XYZ of a chromaticity at luminance 1."""
    return (x / y, 1.0, (1 - x - y) / y)


def _times(matrix: Matrix, v: Row) -> Row:
    a, b, c = matrix
    return (
        a[0] * v[0] + a[1] * v[1] + a[2] * v[2],
        b[0] * v[0] + b[1] * v[1] + b[2] * v[2],
        c[0] * v[0] + c[1] * v[1] + c[2] * v[2],
    )


def _transposed(m: Matrix) -> Matrix:
    return (
        (m[0][0], m[1][0], m[2][0]),
        (m[0][1], m[1][1], m[2][1]),
        (m[0][2], m[1][2], m[2][2]),
    )


def _inverse(m: Matrix) -> Matrix:
    """By the adjugate: rows of the inverse are cross products of the columns."""
    a, b, c = _transposed(m)
    volume = dot(a, cross(b, c))

    def row(u: Row, v: Row) -> Row:
        x, y, z = cross(u, v)
        return (x / volume, y / volume, z / volume)

    return (row(b, c), row(c, a), row(a, b))
