"""A file becomes a picture in memory: upright, whole, at no more pixels than are of use.

Pillow reads; pillow-heif adds HEIC, libvips what has more than 8 bits, and extras more.
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin
from PIL import _imaging as core

from photoprep.errors import (
    DamagedPhotoError,
    NotAPictureError,
    UnsupportedFormatError,
)
from photoprep.language import say
from photoprep.outcome import Note
from photoprep.photo.credit import add_credit
from photoprep.photo.damaged import Remnant, remnant_of
from photoprep.photo.decode_notes import (
    RAW_DEVELOPED,
    RAW_PREVIEW,
    frames_notes,
    pages_notes,
    say_share,
    shown_in_part,
)
from photoprep.photo.deep import DeepPicture
from photoprep.photo.deep_files import CannotReadError, read_deep_png, read_deep_tiff
from photoprep.photo.extras import check_still, load_jpeg_xl
from photoprep.photo.formats import Recognised, recognise_file
from photoprep.photo.jpeg2000 import halve
from photoprep.photo.jpeg_head import check_jpeg_kind
from photoprep.photo.jpeg_xl_head import read_jpeg_xl_head
from photoprep.photo.memory_bound import check_room
from photoprep.photo.modes import is_deep_png, plain_mode
from photoprep.photo.named_colours import named_profile
from photoprep.photo.photoshop import check_composite, check_photoshop_depth, mend_channels
from photoprep.photo.png_exif import exif_chunk_of
from photoprep.photo.private import private_kinds, private_kinds_of_tiff, together
from photoprep.photo.profiles import LARGEST_BYTES
from photoprep.photo.raw import read_raw
from photoprep.photo.refusals import (
    MAX_JPEG_XL_MEGAPIXELS,
    MAX_PROGRESSIVE_BYTES,
    check_coefficients,
    check_compression,
    check_interlaced,
    check_jpeg_2000,
    coefficient_bytes,
    translated,
)
from photoprep.photo.tiff_head import TiffHead, read_tiff_head
from photoprep.pixel_bounds import check_pixels

if TYPE_CHECKING:
    from photoprep.plugged import DecoderPlugin

# A JPEG is decoded in full up to here and scaled beyond, by the least factor that brings it below.
# Read as what it is (see ``averages``), a picture decoded at a half still loses 0.28 points of
# SSIMULACRA2 at 200 kB in the mean of 14 camera photos and 0.64 at worst, and more where there is
# noise: docs/encoder.md. 32 megapixels are 128 MB in memory.
_FULL_DECODE_MEGAPIXELS = 32

_PIXEL_BYTES = 4  # as Pillow keeps them

# What these hold beside Pillow's picture is a multiple of it: OpenJPEG a number of 4 bytes for each
# value. OpenJPEG's refusal of memory reads "broken data stream". Others go by rows.
_DECODED_AT_ONCE = {"AVIF", "HEIF", "JPEG2000", "JXL", "WEBP"}
_DECODER_BYTES_PER_PIXEL = 16

# How a picture is turned upright, by its orientation tag (Exif 2.32, 4.6.4 A).
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
QUARTER_TURNS = {_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8]}


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """One picture in memory, as its file has it: not turned yet, in its own colours.

    ``image`` has 8 bits and one of the modes in ``deep.MODES``, or is deep. ``full_size_px`` is
    what the original measures upright, ``original_px`` as stored. A scaled decode makes one pixel
    of the mean of ``averaged_px`` × ``averaged_px`` (else 1) and rounds up: of a picture 3841 px
    wide it gives 1921 at a half, the last of them half padding. ``turn`` brings it upright.
    ``exif`` is the original's, and ``removed`` what else its file says, in the words of
    ``removed.REMOVED``. ``plugin`` is the plug-in that has read it, with its version, if one has.
    """

    image: Image.Image | DeepPicture
    full_size_px: tuple[int, int]
    original_px: tuple[int, int]
    averaged_px: int
    turn: Image.Transpose | None
    icc_profile: bytes
    exif: Image.Exif
    notes: tuple[Note, ...]
    removed: tuple[str, ...] = ()
    plugin: str = ""


def set_up_decoders() -> None:
    """Register HEIC with Pillow and leave the bounding of pixels to ``decode``; once a process."""
    import pillow_heif  # only workers need it, and it is slow to load

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None
    # Photoshop's histories in XMP have several megabytes, and large profiles too; unbounded they
    # are not: one may be as large as a profile, all together 64 MB.
    PngImagePlugin.MAX_TEXT_CHUNK = LARGEST_BYTES
    # Pictures in one piece of memory can be read by others without a copy (see ``lanczos``).
    with suppress(AttributeError):  # where Pillow has no such door, pictures are copied
        core.set_use_block_allocator(1)


def decode(path: Path, *, accept_damaged: bool = False) -> DecodedPhoto:
    """Read the picture at ``path``.

    ``accept_damaged`` takes as much of a damaged one as can be read, with the note
    ``damaged-accepted``.

    Raises:
        NotAPictureError: it is none, by content and by name.
        UnsupportedFormatError: it is one that photoprep does not read.
        DamagedPhotoError: it is broken or ends too early; half a product must not go out.
        TooManyPixelsError: it is larger than a worker may hold.
        PluginFailedError: a plug-in reads it, and has a fault.
        NotEnoughMemoryError: it took more than its worker has.
        SourceUnreadableError: the system refuses to read it.

    """
    kind = _recognised(path)
    if kind.plugged is not None:
        return _decoded_by_plugin(path, kind.plugged)
    try:
        return _decoded_whole(path, kind)
    except DamagedPhotoError as error:
        remnant = remnant_of(path, kind.pillow_format) if kind.pillow_format else None
        if remnant is not None and accept_damaged:
            return _shown_in_part(remnant)
        say_share(error, remnant)
        raise


def _decoded_by_plugin(path: Path, plugged: DecoderPlugin) -> DecodedPhoto:
    from photoprep.photo.foreign import read_by_plugin  # most workers never meet such a picture

    picture = read_by_plugin(path, plugged)
    image = picture.image
    # What Pillow has read of a file may tell things in other places too.
    told_by = image if isinstance(image, Image.Image) else Image.new("L", (1, 1))
    told_by.info["exif"] = picture.exif
    exif = _exif_of(told_by)
    exif[_ORIENTATION] = picture.orientation
    upright = _upright(
        image, image.size, 1, picture.icc_profile, exif, (), private_kinds(exif, told_by)
    )
    return replace(upright, plugin=plugged.plugin)


def _check_head(path: Path, kind: Recognised) -> None:
    """Refuse by its head what Pillow would take wrongly, or only after decoding it whole."""
    if kind.pillow_format == "JPEG":
        check_jpeg_kind(path)
    if kind.pillow_format == "PSD":
        check_photoshop_depth(path)
    if kind.pillow_format == "JXL":
        head = read_jpeg_xl_head(path)
        if head is not None:
            check_pixels(head.size_px, path, MAX_JPEG_XL_MEGAPIXELS)
            check_still(head, path)
        load_jpeg_xl(path)


def _decoded_whole(path: Path, kind: Recognised) -> DecodedPhoto:
    with translated(path, kind.name):
        if kind.pillow_format == "TIFF":
            head = read_tiff_head(path)
            check_compression(head.compression, path)
            if head.is_deep:
                return _decoded_tiff(path, head)
        if kind.pillow_format == "RAW":
            return _decoded_raw(path, kind)
        _check_head(path, kind)
        with _opened(path, kind) as image:
            if kind.pillow_format == "PSD":
                check_composite(image, path)
                mend_channels(image, path)
            return _decoded(image, path, kind)


def _opened(path: Path, kind: Recognised) -> Image.Image:
    """The picture's head, read by Pillow."""
    try:
        return Image.open(path, formats=[kind.pillow_format])
    except MemoryError as error:
        if kind.name == "JPEG XL":  # which is decoded at once
            raise
        # A length of gigabytes in a file that has no such part; no picture has been read yet.
        raise CannotReadError(say("its head makes no sense")) from error


def _decoded(image: Image.Image, path: Path, kind: Recognised) -> DecodedPhoto:
    """A picture that Pillow has opened."""
    check_pixels(image.size, path)
    check_coefficients(image, path)
    notes = frames_notes(image, path, kind)
    icc_profile = image.info.get("icc_profile") or named_profile(path, image, kind.pillow_format)
    original_px = image.size
    plain: Image.Image | DeepPicture
    if kind.name == "PNG" and is_deep_png(image):
        check_interlaced(image, path)
        # Pillow would decode the whole picture to see whether Exif stands behind its pixels.
        image.info.setdefault("exif", exif_chunk_of(path))
        exif = _exif_of(image)
        plain, averaged_px = read_deep_png(path)
    else:
        averaged_px = _halved(image, path) if kind.name == "JPEG 2000" else _draft(image)
        _load(image, kind)
        exif = _exif_of(image)
        # libjxl has turned it, and what Exif says is to be ignored; but a JPEG that was packed as
        # JPEG XL without loss is unpacked first, and lies as it did.
        if kind.name == "JPEG XL" and not getattr(image, "jpeg", False):
            exif.pop(_ORIENTATION, None)
        plain = plain_mode(image)
    removed = private_kinds(exif, image)
    return _upright(plain, original_px, averaged_px, icc_profile, exif, notes, removed)


def _load(image: Image.Image, kind: Recognised) -> None:
    """Decode it; a decoder that was refused memory may say that its picture is broken."""
    try:
        image.load()
    except (OSError, ValueError):
        if kind.pillow_format in _DECODED_AT_ONCE:
            check_room(image.size, bytes_per_pixel=_DECODER_BYTES_PER_PIXEL)
        raise


def _decoded_raw(path: Path, kind: Recognised) -> DecodedPhoto:
    """A camera RAW file: its preview, or developed."""
    raw = read_raw(path)
    if raw.developed is not None:
        exif = _credit_of_raw(path)
        size_px, removed = raw.developed.size, private_kinds_of_tiff(path)
        return _upright(raw.developed, size_px, 1, b"", exif, (RAW_DEVELOPED,), removed)
    with Image.open(io.BytesIO(raw.preview), formats=["JPEG"]) as image:
        decoded = _decoded(image, path, kind)
    for tag, value in _credit_of_raw(path).items():
        decoded.exif.setdefault(tag, value)
    if _ORIENTATION not in decoded.exif:  # most previews lie as the sensor saw
        decoded.exif[_ORIENTATION] = raw.preview_orientation
    return _upright(
        decoded.image,
        decoded.original_px,
        decoded.averaged_px,
        decoded.icc_profile,
        decoded.exif,
        (RAW_PREVIEW,),
        together(decoded.removed, private_kinds_of_tiff(path)),
    )


def _credit_of_raw(path: Path) -> Image.Exif:
    """Artist and copyright of a RAW file, most of which begin as a TIFF does."""
    with suppress(Exception):  # and the others raise anything
        exif = read_tiff_head(path).exif
        exif.pop(_ORIENTATION, None)
        return exif
    return Image.Exif()


def _decoded_tiff(path: Path, head: TiffHead) -> DecodedPhoto:
    """A TIFF of more than 8 bits, or of numbers that are not whole."""
    check_pixels(head.size_px, path)
    if head.bits not in {8, 16, 32}:
        raise UnsupportedFormatError(
            say(
                "It is a TIFF of {bits} bits a channel, which photoprep does not read.",
                bits=head.bits,
            ),
            hint=say("Save it with 8 or 16 bits a channel and run again."),
            path=path,
        )
    picture, averaged_px = read_deep_tiff(path, head)
    if picture.size != tuple(-(-side // averaged_px) for side in head.size_px):
        raise CannotReadError(say("its head contradicts itself"))
    return _upright(
        picture,
        head.size_px,
        averaged_px,
        head.icc_profile,
        head.exif,
        pages_notes(path),
        private_kinds_of_tiff(path),
    )


def _shown_in_part(remnant: Remnant) -> DecodedPhoto:
    """What could be read of a damaged picture, as a picture of its own."""
    image = remnant.image
    exif, icc_profile, removed = Image.Exif(), b"", tuple[str, ...]()
    if isinstance(image, Image.Image):
        exif, icc_profile = _exif_of(image), image.info.get("icc_profile") or b""
        removed = private_kinds(exif, image)
        image = plain_mode(image)
    width, height = (side * remnant.averaged_px for side in image.size)
    return _upright(
        image,
        (width, height),
        remnant.averaged_px,
        icc_profile,
        exif,
        (shown_in_part(remnant),),
        removed,
    )


def _upright(
    image: Image.Image | DeepPicture,
    original_px: tuple[int, int],
    averaged_px: int,
    icc_profile: bytes,
    exif: Image.Exif,
    notes: tuple[Note, ...],
    removed: tuple[str, ...],
) -> DecodedPhoto:
    turn = _TURNS.get(exif.get(_ORIENTATION, 1))
    full_size_px = original_px[::-1] if turn in QUARTER_TURNS else original_px
    return DecodedPhoto(
        image, full_size_px, original_px, averaged_px, turn, icc_profile, exif, notes, removed
    )


def _recognised(path: Path) -> Recognised:
    kind = recognise_file(path)
    if kind is None or not kind.is_picture:
        raise NotAPictureError(say("It is no picture."), path=path)
    if kind.is_damaged:
        raise DamagedPhotoError(
            say("The file is {name}.", name=kind.name), hint=kind.advice, path=path
        )
    if not kind.pillow_format and kind.plugged is None:
        raise UnsupportedFormatError(
            say("It is {name}, which photoprep does not read.", name=kind.name),
            hint=kind.advice,
            path=path,
        )
    return kind


def _halved(image: Image.Image, path: Path) -> int:
    """Let a very large JPEG 2000 be decoded at a half, a quarter …; returns as ``_draft``."""
    halvings = check_jpeg_2000(image, path, _FULL_DECODE_MEGAPIXELS * 1_000_000)
    if halvings:
        halve(image, halvings)
    return 1 << halvings


def _draft(image: Image.Image) -> int:
    """Let libjpeg decode a very large JPEG at a half, a quarter or an eighth.

    Returns how many of its pixels a side become one. For other formats ``draft`` does nothing.
    """
    width, height = image.size
    most_px = _FULL_DECODE_MEGAPIXELS * 1_000_000
    gathered = coefficient_bytes(image)
    if gathered:
        most_px = min(most_px, (MAX_PROGRESSIVE_BYTES - gathered) // _PIXEL_BYTES)
    divisor = 1
    while divisor < 8 and width * height > most_px * divisor**2:
        divisor *= 2
    if divisor > 1:
        image.draft(None, (width // divisor, height // divisor))
    return round(width / image.width)


def _exif_of(image: Image.Image) -> Image.Exif:
    """The picture's Exif after loading, when decoders that turn pictures themselves have reset it.

    Broken metadata must not cost a picture whose pixels are whole: it is then taken as absent.
    """
    try:
        exif = image.getexif()
        exif.get_ifd(0)  # reads the tags, which getexif() alone puts off
    except MemoryError:
        raise  # not as absent: the picture would lie on its side
    except Exception:  # noqa: BLE001 (Pillow raises almost anything on broken tags)
        exif = Image.Exif()
    add_credit(exif, image)
    return exif
