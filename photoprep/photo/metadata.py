"""What may leave the house with a picture: who made it and whose it is, and nothing else.

An allow-list, so that what nobody thought of stays at home too: positions, serial numbers,
thumbnails of the uncropped original, editing histories, paths.
"""

from __future__ import annotations

from PIL import Image

from photoprep.photo.credit import ARTIST, COPYRIGHT

_ALLOWED = (ARTIST, COPYRIGHT)
_LONGEST_BYTES = 500


def clean_exif(exif: Image.Exif) -> bytes:
    """An Exif block with the artist and the copyright of the original; empty without them."""
    kept = Image.Exif()
    for tag in _ALLOWED:
        value = exif.get(tag)
        if isinstance(value, str):
            # Pillow reads Exif's ASCII as Latin-1, which gives back the very bytes of the file,
            # UTF-8 or not; writing text, it would put a question mark for every ©.
            value = value.encode("latin-1", "replace")
        if isinstance(value, bytes) and (text := value.replace(b"\0", b" ").strip()):
            kept[tag] = text[:_LONGEST_BYTES]
    return kept.tobytes() if len(kept) else b""
