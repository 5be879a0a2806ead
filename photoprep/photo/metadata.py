"""What may leave the house with a picture: who made it and whose it is, and nothing else.

An allow-list, so that what nobody thought of stays at home too: positions, serial numbers,
thumbnails of the uncropped original, editing histories, paths.
"""

from __future__ import annotations

from PIL import Image

# Exif 2.32, 4.6.4: Artist and Copyright in IFD 0.
_ALLOWED = (0x013B, 0x8298)
_LONGEST = 500


def clean_exif(exif: Image.Exif) -> bytes:
    """An Exif block with the artist and the copyright of the original; empty without them."""
    kept = Image.Exif()
    for tag in _ALLOWED:
        value = exif.get(tag)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str) and (text := value.replace("\0", " ").strip()):
            kept[tag] = text[:_LONGEST]
    return kept.tobytes() if len(kept) else b""
