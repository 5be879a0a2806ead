"""What a file is, by its first bytes: the extension is only asked when content says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.files import open_source, unreadable
from photoprep.installed import DECODERS, plugin_entries
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.plugged import DecoderPlugin

# As many bytes as the longest signature needs (DICOM's stands at 128), and plug-ins may.
HEAD_BYTES = 144

# fmt: off
READ_EXTENSIONS = frozenset({
    "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "tif", "tiff", "webp", "bmp", "dib", "gif",
    "heic", "heif", "hif", "avif", "jp2", "j2k", "jpx", "jxl", "psd",
})
# What cameras' makers call their RAW files; most begin as a TIFF does.
_RAW_EXTENSIONS = frozenset({
    "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "iiq", "k25", "kdc", "mef",
    "mos", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw",
    "x3f",
})
# fmt: on
_OTHER_PICTURE_EXTENSIONS = frozenset(
    {"psb", "ico", "svg", "svgz", "eps", "ai", "cdr", "indd", "wmf", "emf", "jxr", "wdp", "hdp"}
    | {"tga", "pcx", "dds", "ppm", "pgm", "pbm", "pnm", "xcf", "jls"}
)

_ASK_AGAIN = say("Ask for the photo once more.")

# The brands of the ISO base media file format (ISO/IEC 14496-12) that hold still pictures.
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's kind by its content.

    ``pillow_format`` is the Pillow plugin to read it with, ``RAW`` for ``photo.raw``, and empty
    where photoprep reads it not;
    ``name`` is what people call it; ``is_picture`` whether it is meant to show anything at all,
    ``is_damaged`` whether it is named like a picture that its content is not, ``is_archive``
    whether it may hold pictures that nobody sees. ``advice`` says what a person can do.
    ``plugged`` is the plug-in that reads it where photoprep does not.
    """

    name: str
    pillow_format: str
    is_picture: bool
    advice: str = ""
    is_damaged: bool = False
    is_archive: bool = False
    plugged: DecoderPlugin | None = None


def recognise(head: bytes, path: Path) -> Recognised | None:
    """The kind of the file that begins with ``head``; None when neither content nor name tell.

    A file of unknown content that is named like a picture counts as a damaged picture.
    """
    extension = path.suffix.lower().removeprefix(".")
    found = _by_signature(head) or _by_brand(head)
    if found is not None and found.pillow_format == "TIFF" and extension in _RAW_EXTENSIONS:
        return _RAW
    if found is not None and found.pillow_format:
        return found
    plugged = _by_plugin(head, extension, is_known=found is not None)
    if plugged is not None or found is not None:
        return plugged or found
    if extension in READ_EXTENSIONS:
        name = (
            say("named .{extension}, but its content is no picture", extension=extension)
            if head
            else say("empty")
        )
        return Recognised(name, "", True, _ASK_AGAIN, is_damaged=True)
    if extension in _RAW_EXTENSIONS:
        return _RAW if head else Recognised(say("empty"), "", True, _ASK_AGAIN, is_damaged=True)
    if extension in _OTHER_PICTURE_EXTENSIONS:
        return _unread(say("a .{extension} file", extension=extension))
    return None


def recognise_file(path: Path) -> Recognised | None:
    """The kind of the file at ``path``; see ``recognise``. A file without content has none.

    Raises:
        SourceUnreadableError: the system refuses to read it.

    """
    try:
        with open_source(path) as file:
            return recognise(file.read(HEAD_BYTES), path)
    except OSError as error:
        raise unreadable(path, error) from error


def _read(name: str, pillow_format: str) -> Recognised:
    return Recognised(name, pillow_format, is_picture=True)


def _unread(name: str) -> Recognised:
    return Recognised(
        name, "", is_picture=True, advice=say("Export it as JPEG, PNG or TIFF and run again.")
    )


def _archive(name: str) -> Recognised:
    advice = say("Unpack it and drop the folder, or ask for a ZIP archive.")
    return Recognised(name, "", is_picture=False, advice=advice, is_archive=True)


_RAW = _read(say("camera RAW"), "RAW")

_SIGNATURES: tuple[tuple[bytes, Recognised], ...] = (
    (b"\xff\xd8\xff", _read("JPEG", "JPEG")),
    (b"\x89PNG\r\n\x1a\n", _read("PNG", "PNG")),
    (b"II*\0\x10\0\0\0CR", _RAW),  # Canon's CR2
    (b"II*\0", _read("TIFF", "TIFF")),
    (b"MM\0*", _read("TIFF", "TIFF")),
    (b"II+\0", _read("BigTIFF", "TIFF")),
    (b"MM\0+", _read("BigTIFF", "TIFF")),
    (b"GIF87a", _read("GIF", "GIF")),
    (b"GIF89a", _read("GIF", "GIF")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _read("JPEG 2000", "JPEG2000")),
    (b"\xff\x4f\xff\x51", _read("JPEG 2000", "JPEG2000")),
    (b"\0\0\0\x0cJXL \r\n\x87\n", _read("JPEG XL", "JXL")),
    (b"\xff\x0a", _read("JPEG XL", "JXL")),
    (b"8BPS\0\1", _read(say("Photoshop file"), "PSD")),
    (b"8BPS\0\2", _unread(say("a large Photoshop file (PSB)"))),
    (b"\0\0\x01\0", _unread(say("an icon file"))),
    (b"II\xbc\x01", _unread(say("a JPEG XR file"))),
    (b"FUJIFILMCCD-RAW", _RAW),
    (b"IIRO", _RAW),  # Olympus
    (b"IIRS", _RAW),
    (b"MMOR", _RAW),
    (b"IIU\0", _RAW),  # Panasonic, Leica
    (b"FOVb", _RAW),  # Sigma
    (b"\0MRM", _RAW),  # Minolta
    (b"%PDF-", Recognised(say("a PDF"), "", False, say("Save its pictures as JPEG first."))),
    (
        b"%!PS",
        Recognised(say("a PostScript file"), "", False, say("Save its pictures as JPEG first.")),
    ),
    (
        b"PK\x03\x04",
        Recognised(say("a ZIP archive"), "", False, say("Unpack it and drop the folder.")),
    ),
    (b"Rar!\x1a\x07", _archive(say("a RAR archive"))),
    (b"7z\xbc\xaf\x27\x1c", _archive(say("a 7z archive"))),
)


def _by_signature(head: bytes) -> Recognised | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _read("WebP", "WEBP")
    if head[:2] == b"BM" and head[6:10] == bytes(4):  # bfReserved is 0; "BM" alone starts texts too
        return _read("BMP", "BMP")
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return None


def _by_plugin(head: bytes, extension: str, *, is_known: bool) -> Recognised | None:
    """What a plug-in reads; of content that is known as something else, its name has to agree."""
    if not plugin_entries(DECODERS):
        return None  # as nearly everywhere: then nothing is loaded for it
    from photoprep.plugged import plugged_decoders

    called_so = None
    for plugged in plugged_decoders():
        decoder = plugged.decoder
        ends_so = extension in decoder.endings
        fits = any(signature.fits(head) for signature in decoder.signatures)
        if (ends_so and head and not decoder.signatures) or (fits and (ends_so or not is_known)):
            return Recognised(decoder.format_name, "", is_picture=True, plugged=plugged)
        if ends_so and not is_known:
            called_so = called_so or decoder.format_name
    if called_so is None or extension in READ_EXTENSIONS:
        return None
    name = (
        say("named .{extension}, but its content is no picture", extension=extension)
        if head
        else say("empty")
    )
    return Recognised(name, "", is_picture=True, advice=_ASK_AGAIN, is_damaged=True)


def _by_brand(head: bytes) -> Recognised | None:
    """HEIF, AVIF and their relatives, by the major and the compatible brands of ``ftyp``."""
    if head[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, length - 3, 4)}
    if brands & _AVIF_BRANDS:
        return _read("AVIF", "AVIF")
    if brands & _HEIF_BRANDS:
        return _read("HEIC", "HEIF")
    if head[8:12] == b"crx ":
        return _RAW  # Canon's CR3
    return Recognised(say("a film"), "", False, say("Take a still picture from it."))
