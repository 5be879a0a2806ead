"""What a camera writes beside the picture. Names, numbers and places are made up.

Tag numbers are those of Exif 2.32 (CIPA DC-008).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SERIAL_NUMBER = "PD-0042-1177"
COPYRIGHT = "(c) 2026 Photoprep Demo Works"
ARTIST = "Li Demo"

_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_MAKE, _MODEL, _ORIENTATION, _SOFTWARE = 0x010F, 0x0110, 0x0112, 0x0131
_DATE_TIME, _ARTIST, _COPYRIGHT = 0x0132, 0x013B, 0x8298
_EXPOSURE, _F_NUMBER, _ISO, _FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x920A
_TAKEN, _DIGITISED, _SERIAL, _COLOUR_SPACE = 0x9003, 0x9004, 0xA431, 0xA001
_SRGB, _UNCALIBRATED = 1, 65535


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture was taken. ``taken`` is Exif's "YYYY:MM:DD HH:MM:SS"."""

    taken: str
    orientation: int = 1
    phone: bool = False
    wide_gamut: bool = False


def exif_of(shot: Shot) -> Image.Exif:
    """The picture's Exif: camera, time, exposure, owner, serial number, and where it stood."""
    exif = Image.Exif()
    exif[_MAKE] = "Demo Phone Co." if shot.phone else "Demo Optical"
    exif[_MODEL] = "P-1" if shot.phone else "DX-12"
    exif[_ORIENTATION] = shot.orientation
    exif[_SOFTWARE] = "photoprep demo"
    exif[_DATE_TIME] = shot.taken
    exif[_ARTIST] = ARTIST
    exif[_COPYRIGHT] = COPYRIGHT
    exif.get_ifd(_EXIF_POINTER).update(
        {
            _EXPOSURE: IFDRational(1, 125),
            _F_NUMBER: IFDRational(18, 10) if shot.phone else IFDRational(8, 1),
            _ISO: 100,
            _FOCAL_LENGTH: IFDRational(6, 1) if shot.phone else IFDRational(70, 1),
            _TAKEN: shot.taken,
            _DIGITISED: shot.taken,
            _SERIAL: SERIAL_NUMBER,
            _COLOUR_SPACE: _UNCALIBRATED if shot.wide_gamut else _SRGB,
        }
    )
    # 22 deg 32' 30" N, 114 deg 3' 18" E: somewhere in a large city, nobody's address.
    exif.get_ifd(_GPS_POINTER).update(
        {
            0: b"\x02\x03\x00\x00",
            1: "N",
            2: (IFDRational(22, 1), IFDRational(32, 1), IFDRational(30, 1)),
            3: "E",
            4: (IFDRational(114, 1), IFDRational(3, 1), IFDRational(18, 1)),
            5: b"\x00",
            6: IFDRational(21, 1),
        }
    )
    return exif


def with_thumbnail(exif: Image.Exif, picture: Image.Image) -> bytes:
    """The Exif block with a 160-pixel preview in its second directory, as cameras write it.

    Pillow writes no second directory, so one is hung on the end of the first by hand.
    """
    small = picture.copy()
    small.thumbnail((160, 160), reducing_gap=2.0)
    jpeg = BytesIO()
    small.save(jpeg, "JPEG", quality=70)
    head = b"Exif\0\0"
    block = exif.tobytes()
    tiff = bytearray(block.removeprefix(head))
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, first)
    second = len(tiff) + len(tiff) % 2
    tiff += bytes(second - len(tiff))
    struct.pack_into(order + "I", tiff, first + 2 + 12 * count, second)
    data_at = second + 2 + 3 * 12 + 4
    short, long = 3, 4
    tiff += struct.pack(order + "H", 3)
    tiff += struct.pack(order + "HHIHxx", 0x0103, short, 1, 6)  # compressed as JPEG
    tiff += struct.pack(order + "HHII", 0x0201, long, 1, data_at)
    tiff += struct.pack(order + "HHII", 0x0202, long, 1, len(jpeg.getvalue()))
    tiff += struct.pack(order + "I", 0) + jpeg.getvalue()
    return head + bytes(tiff)
