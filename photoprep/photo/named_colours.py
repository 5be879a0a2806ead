"""Colours that a file names by numbers instead of a profile: code points, or PNG's own chunks.

Code points (ITU-T H.273) stand in a ``colr`` box of type ``nclx`` in HEIC and AVIF (ISO/IEC
23008-12) and in a cICP chunk in PNG. PNG has gAMA and cHRM besides (PNG, third edition, 11.3.2).
What is named becomes a profile like any other. High dynamic range (PQ, HLG) is left as it is: no
way from it to paper white is right for every picture.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photoprep.photo.profiles import GAMMA, SRGB_CURVE, Curve, matrix_profile

# xy of white, red, green and blue, by H.273's colour primaries.
_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    1: (_D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
# H.273's transfer characteristics: sRGB's, and BT.709's and BT.2020's, which everyone shows by it.
_LIKE_SRGB = {1, 6, 13, 14, 15}
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}

_HEAD_BYTES = 1 << 16  # the boxes stand before the picture
_NCLX = b"colrnclx"
_CICP = b"cICP"

# Bradford's cone responses, and the white of the profile connection space (ICC.1:2022, Annex E).
_CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50 = np.array([0.9642, 1.0, 0.8249])

_Xy = tuple[float, float]


def named_profile(path: Path, image: Image.Image, pillow_format: str) -> bytes:
    """The profile of what the file names; empty where it names nothing, or sRGB.

    For colours alone: grey is shown as it stands.
    """
    if image.mode not in {"RGB", "RGBA", "P", "PA"}:
        return b""
    if pillow_format in {"HEIF", "AVIF"}:
        return _by_code_points(_after(path, _NCLX))
    if pillow_format != "PNG":
        return b""
    if len(code_points := _after(path, _CICP)) == 4:
        return _by_code_points(bytes([0, code_points[0], 0, code_points[1]]))
    if "srgb" in image.info:
        return b""
    return _by_chunks(image.info.get("gamma"), image.info.get("chromaticity"))


def _after(path: Path, mark: bytes) -> bytes:
    """The four bytes after a mark in the file's first; empty without it."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    at = head.find(mark)
    return head[at + len(mark) : at + len(mark) + 4] if at >= 0 else b""


def _by_code_points(code_points: bytes) -> bytes:
    """The profile of primaries and transfer characteristics, two bytes each."""
    if len(code_points) < 4:
        return b""
    primaries = int.from_bytes(code_points[:2], "big")
    transfer = int.from_bytes(code_points[2:], "big")
    if primaries not in _PRIMARIES or (primaries == 1 and transfer in _LIKE_SRGB):
        return b""
    if transfer in _LIKE_SRGB:
        curve = SRGB_CURVE
    elif transfer in _GAMMAS:
        curve = (GAMMA, (_GAMMAS[transfer],))
    else:
        return b""
    return _profile(_PRIMARIES[primaries], curve)


def _by_chunks(gamma: object, chromaticity: object) -> bytes:
    """The profile of gAMA and cHRM; without the latter of sRGB's primaries."""
    places = _PRIMARIES[1]
    if isinstance(chromaticity, tuple) and len(chromaticity) == 8:
        numbers = [float(number) for number in chromaticity]
        white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
        places = (white, red, green, blue)
    if not isinstance(gamma, float) or not 0.1 <= gamma <= 1.5:
        return b""
    # 0.45455 is what everyone writes who means sRGB.
    curve = SRGB_CURVE if abs(gamma - 1 / 2.2) < 0.01 else (GAMMA, (1 / gamma,))
    return _profile(places, curve)


def _profile(places: tuple[_Xy, _Xy, _Xy, _Xy], curve: Curve) -> bytes:
    """A profile of these places; empty where they span nothing."""
    if any(y <= 0.001 for _, y in places):
        return b""
    white, *rgb = (np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in places)
    stacked: NDArray[np.float64] = np.stack(rgb, axis=1)
    try:
        columns = stacked * np.linalg.solve(stacked, white)
        adapted = _to_d50(white) @ columns
    except np.linalg.LinAlgError:
        return b""
    if not np.isfinite(adapted).all() or np.abs(adapted).max() > 4:
        return b""
    return matrix_profile("named by the file", adapted.T.tolist(), curve)


def _to_d50(white: NDArray[np.float64]) -> NDArray[np.float64]:
    gains = (_CONES @ _D50) / (_CONES @ white)
    return np.asarray(np.linalg.solve(_CONES, gains[:, None] * _CONES))
