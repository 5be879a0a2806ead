"""What a picture's file says beside its pixels that stays at home, by the kinds in ``removed``.

It only tells: what leaves the house is what ``metadata`` allows, whatever is found here. Tags are
those of Exif 2.32 and 3.0, TIFF 6.0 and DNG 1.6; an entry that is blank says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from photoprep.photo.credit import IPTC_TAG, XMP_TAG, iptc_of_tiff
from photoprep.removed import REMOVED

Tags = Mapping[int, Any]

# Of the first directory, TIFF's and Windows' own among them.
_FIRST = {
    0x013C: "software",  # HostComputer
    0x0131: "software",
    0x000B: "software",  # ProcessingSoftware
    0x8649: "software",  # Photoshop's resources
    0x010F: "camera",
    0x0110: "camera",
    0xC614: "camera",  # UniqueCameraModel
    0xC62F: "serial-numbers",
    0x0132: "capture-time",
    0x010E: "comments",
    0x010D: "comments",  # DocumentName: often a path
    0x011D: "comments",
    0x9C9B: "comments",  # XPTitle …
    0x9C9C: "comments",
    0x9C9E: "comments",
    0x9C9F: "comments",
    0x9C9D: "people",  # XPAuthor
    XMP_TAG: "xmp",
    IPTC_TAG: "iptc",
}
_OWN = {
    0x829A: "camera",  # ExposureTime
    0x829D: "camera",
    0x8827: "camera",
    0x920A: "camera",
    0xA432: "camera",
    0xA433: "camera",
    0xA434: "camera",
    0x927C: "maker-notes",
    0x9286: "comments",  # UserComment
    0xA436: "comments",  # ImageTitle
    0x9003: "capture-time",
    0x9004: "capture-time",
    0xA430: "people",  # CameraOwnerName
    0xA437: "people",  # Photographer
    0xA438: "people",  # ImageEditor
    0xA431: "serial-numbers",
    0xA435: "serial-numbers",
    0xA420: "serial-numbers",  # ImageUniqueID
    0xA439: "software",  # CameraFirmware
    0xA43A: "software",
    0xA43B: "software",
    0xA43C: "software",
}
# Latitude, longitude, those of the destination, and the area's name: a version or a time alone,
# which cameras write without a receiver, is no position.
_GPS = dict.fromkeys((0x02, 0x04, 0x14, 0x16, 0x1C), "position")
_USER_COMMENT, _CODE_BYTES = 0x9286, 8  # which begins with the name of its code

# Of the directory after the first: where its picture lies, and whether it is a smaller one of the
# first's, which in a TIFF it need not be.
_PICTURES, _SUBFILE, _SMALLER = (0x0201, 0x0111), 0x00FE, 1

# How programs begin that sign in the place of a comment.
_SIGNATURES = (b"creat", b"file written by", b"lavc", b"lead technologies", b"optimized by")

# Photoshop's image resources, which JPEGs have too.
_RESOURCES = {
    0x0404: "iptc",
    0x0424: "xmp",
    0x0409: "thumbnail",
    0x040C: "thumbnail",
}

# What a packet of XMP may say; names are looked for and not understood, so that none is missed.
_MOST_XMP_BYTES = 1_000_000
_XMP_NAMES = {
    b"GPSLatitude": "position",
    b"SerialNumber": "serial-numbers",
    b"OwnerName": "people",
    b"PersonInImage": "people",
    b"mwg-rs:Name": "people",
    b"CreatorTool": "software",
    b"xmpMM:History": "software",
    b"FilePath": "software",
    b"CreateDate": "capture-time",
    b"DateTimeOriginal": "capture-time",
    b"xmp:Thumbnails": "thumbnail",
    b"xapGImg:image": "thumbnail",
    b"xmpGImg:image": "thumbnail",
    b"dc:description": "comments",
    b"dc:title": "comments",
    b"dc:subject": "comments",
}

# The texts of a PNG by their keywords (PNG, third edition, 11.3.3.2); all others are comments.
_PNG_KEYWORDS = {
    "Software": "software",
    "Source": "camera",
    "Creation Time": "capture-time",
    "XML:com.adobe.xmp": "xmp",
    "Raw profile type iptc": "iptc",
}
_PNG_KEPT = {"Author", "Artist", "Copyright"}


def private_kinds(exif: Image.Exif, image: Image.Image) -> tuple[str, ...]:
    """The kinds that a picture's Exif and what else Pillow has of its file tell, in their order.

    Broken metadata says less, and never fails.
    """
    is_tiff = image.format == "TIFF"
    return _in_order(_of_exif(exif, is_tiff=is_tiff), _of_info(image))


def private_kinds_of_tiff(path: Path) -> tuple[str, ...]:
    """The kinds that a TIFF's first page, or a RAW file's, tells; as ``private_kinds``."""
    try:
        with path.open("rb") as file:
            exif = Image.Exif()
            exif.load_from_fp(file)
            return _in_order(_of_exif(exif, is_tiff=True))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (Pillow raises almost anything on broken tags)
        return ()


def together(*kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds from several places, each once, in their order."""
    found = {kind for some in kinds for kind in some}
    return tuple(kind for kind in REMOVED if kind in found)


def _in_order(*finders: Iterator[str]) -> tuple[str, ...]:
    return together(*map(_as_far_as_it_goes, finders))


def _as_far_as_it_goes(found: Iterator[str]) -> Iterator[str]:
    """What is found until the metadata breaks."""
    try:
        yield from found
    except MemoryError:
        raise  # it would be remembered as absent
    except Exception:  # noqa: BLE001 (Pillow raises almost anything on broken tags)
        return


def _of_exif(exif: Image.Exif, *, is_tiff: bool) -> Iterator[str]:
    places: tuple[tuple[Callable[[], Tags], dict[int, str]], ...] = (
        (lambda: exif, _FIRST),
        (lambda: exif.get_ifd(ExifTags.IFD.Exif), _OWN),
        (lambda: exif.get_ifd(ExifTags.IFD.GPSInfo), _GPS),
    )
    for tags_of, kinds in places:
        yield from _as_far_as_it_goes(_of_tags(tags_of, kinds))
    yield from _as_far_as_it_goes(_of_next_directory(exif, is_tiff=is_tiff))
    packet = exif.get(XMP_TAG)
    if isinstance(packet, bytes):
        yield from _of_xmp(packet)


def _of_tags(tags_of: Callable[[], Tags], kinds: Mapping[int, str]) -> Iterator[str]:
    tags = tags_of()
    for tag, kind in kinds.items():
        if tag in tags and _says_something(tag, tags[tag]):
            yield kind


def _of_next_directory(exif: Image.Exif, *, is_tiff: bool) -> Iterator[str]:
    tags = exif.get_ifd(ExifTags.IFD.IFD1)
    is_smaller = not is_tiff or int(tags.get(_SUBFILE, 0)) & _SMALLER
    if is_smaller and any(tag in tags for tag in _PICTURES):
        yield "thumbnail"


def _says_something(tag: int, value: object) -> bool:
    if isinstance(value, bytes) and tag == _USER_COMMENT:
        value = value[_CODE_BYTES:]
    if isinstance(value, bytes):
        return bool(value.strip(b"\0 "))
    return bool(value.strip("\0 ")) if isinstance(value, str) else value is not None


def _of_info(image: Image.Image) -> Iterator[str]:
    info = image.info
    comment = info.get("comment")
    comment = comment.encode() if isinstance(comment, str) else comment
    if isinstance(comment, bytes) and comment.strip(b"\0 "):
        yield "software" if comment.lower().startswith(_SIGNATURES) else "comments"
    packet = info.get("xmp")
    if isinstance(packet, bytes | str) and packet:
        yield "xmp"
        yield from _of_xmp(packet if isinstance(packet, bytes) else packet.encode())
    resources = info.get("photoshop")
    if not isinstance(resources, Mapping):  # as PSD has them
        resources = {number: data for number, _, data in getattr(image, "resources", ())}
    yield from _of_resources(resources)
    if hasattr(image, "tag_v2") and iptc_of_tiff(image.tag_v2):
        yield "iptc"
    if image.format == "PNG":
        yield from _of_png_texts(info)


def _of_resources(resources: Mapping[int, object]) -> Iterator[str]:
    if resources:
        yield "software"
    for number, data in resources.items():
        if number in _RESOURCES and data:
            yield _RESOURCES[number]
            if _RESOURCES[number] == "xmp" and isinstance(data, bytes):
                yield from _of_xmp(data)


def _of_xmp(packet: bytes) -> Iterator[str]:
    searched = packet[:_MOST_XMP_BYTES]
    for name, kind in _XMP_NAMES.items():
        if name in searched:
            yield kind


def _of_png_texts(info: Mapping[Any, object]) -> Iterator[str]:
    for keyword, text in info.items():
        if isinstance(text, str) and text.strip() and keyword not in _PNG_KEPT:
            yield _PNG_KEYWORDS.get(str(keyword), "comments")
