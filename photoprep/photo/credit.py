"""Who made a picture and whose it is, where not Exif but IPTC, XMP or a PNG's own texts say so.

Picture editors and agencies write those; the JPEG that leaves the house says it in Exif.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from xml.etree import ElementTree

ARTIST, COPYRIGHT = 0x013B, 0x8298  # Exif 2.32, 4.6.4
XMP_TAG, IPTC_TAG = 700, 33723  # of TIFF (XMP part 3; Adobe's TIFF Technical Note 3)

# Photoshop's image resources, which JPEGs have too.
_IPTC_RESOURCE, _XMP_RESOURCE = 0x0404, 0x0424
_LONGEST_BYTES = 500
_MOST_XMP_BYTES = 1_000_000
_DC, _RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one thing is said, by the names that each standard gives it."""

    exif_tag: int
    iptc_dataset: int  # of record 2 (IPTC-IIM 4.2)
    xmp_property: str
    png_keywords: tuple[str, ...]


_PLACES = (
    _Place(ARTIST, 80, f"{_DC}creator", ("Author", "Artist")),
    _Place(COPYRIGHT, 116, f"{_DC}rights", ("Copyright",)),
)


def add_credit(exif: Image.Exif, image: Image.Image) -> None:
    """Put artist and copyright into ``exif`` where they stand elsewhere in the file alone."""
    resources = image.info.get("photoshop")
    if not isinstance(resources, Mapping):  # as PSD has them
        resources = {number: data for number, _, data in getattr(image, "resources", ())}
    iptc = resources.get(_IPTC_RESOURCE, b"")
    if not iptc and hasattr(image, "tag_v2"):
        iptc = iptc_of_tiff(image.tag_v2)
    xmp = image.info.get("xmp") or resources.get(_XMP_RESOURCE, b"")
    texts = image.info if image.format == "PNG" else {}
    add_credit_from(exif, xmp, iptc, texts)


def add_credit_from(
    exif: Image.Exif, xmp: object, iptc: object, texts: Mapping[Any, object] | None = None
) -> None:
    """As ``add_credit``, of blocks that are read already; what is no block is taken as absent."""
    missing = [place for place in _PLACES if _is_blank(exif.get(place.exif_tag))]
    if not missing:
        return
    datasets = dict(_datasets(iptc)) if isinstance(iptc, bytes) else {}
    root = _parsed(xmp) if isinstance(xmp, bytes) else None
    for place in missing:
        said = datasets.get(place.iptc_dataset, "") or _of_xmp(root, place.xmp_property)
        for keyword in place.png_keywords:
            said = said or str((texts or {}).get(keyword, ""))
        line = " ".join(said.split()).encode("utf-8", "ignore")[:_LONGEST_BYTES]
        if line:
            # Without the half of a character that the cut may have left.
            exif[place.exif_tag] = line.decode("utf-8", "ignore").encode()


def iptc_of_tiff(tags: Any) -> bytes:
    """The IPTC block of a TIFF's tags; it is often declared as numbers, so its bytes are taken."""
    block = getattr(tags, "_tagdata", {}).get(IPTC_TAG, b"")
    return block if isinstance(block, bytes) else b""


def _is_blank(value: object) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return not (isinstance(text, str) and text.strip("\0 "))


def _datasets(block: bytes) -> Iterator[tuple[int, str]]:
    """The texts of record 2 by their number; of one that is repeated, all together."""
    found: dict[int, list[bytes]] = {}
    at = 0
    while block[at : at + 1] == b"\x1c" and at + 5 <= len(block):
        record, number = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if record == 2 and length < 0x8000:  # longer ones are no texts
            found.setdefault(number, []).append(block[at + 5 : at + 5 + length])
        at += 5 + length
    for number, values in found.items():
        yield number, "; ".join(_text(value) for value in values)


def _text(value: bytes) -> str:
    """UTF-8 where it is that; a text of another encoding hardly ever is."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _parsed(xmp: bytes) -> ElementTree.Element | None:
    packet = xmp.strip(b"\0 \n")
    from xml.etree import ElementTree  # a worker that meets no such picture is spared it

    # XMP has no document type, and what a broken one could do with entities is not awaited; nor is
    # UTF-16, in which one could hide.
    if len(packet) > _MOST_XMP_BYTES or b"\0" in packet or b"<!" in packet.replace(b"<!--", b""):
        return None
    with suppress(ElementTree.ParseError, ValueError, LookupError):
        return ElementTree.fromstring(packet)  # noqa: S314 (no entities, as said)
    return None


def _of_xmp(root: ElementTree.Element | None, name: str) -> str:
    """A property's value: of alternative languages the first, of a list all."""
    found = root.find(f".//{name}") if root is not None else None
    if found is None:
        return ""
    items = [item.text or "" for item in found.iter(f"{_RDF}li")]
    if found.find(f"{_RDF}Alt") is not None:
        items = items[:1]
    return "; ".join(item for item in items if item.strip()) or (found.text or "")
