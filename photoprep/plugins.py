"""What plug-ins and photoprep say to each other: the interface for plug-ins, version 1.

    [project.entry-points."photoprep.decoders"]
    qoi = "photoprep_qoi:DECODER"          # a Decoder

    [project.entry-points."photoprep.delivery"]
    zip = "photoprep_qoi.zipped:DELIVERY"  # a Delivery

docs/plugins.md has a whole one as an example. Loading what an entry point names must be cheap: the
parent process does that, and it never decodes. What works is named by ``decode`` and ``deliver``
and loaded where it is used: decoders in worker processes, with their bounds of time and memory.

What is here stays as it is for as long as photoprep takes plug-ins of ``api_version`` 1; new fields
come at the end and have defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from photoprep.errors import PhotoError
from photoprep.pixel_bounds import check_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Pixels = NDArray[np.uint8] | NDArray[np.uint16] | Image.Image

__all__ = [
    "API_VERSION",
    "HEAD_BYTES",
    "DamagedFileError",
    "Decode",
    "DecodedPicture",
    "Decoder",
    "Deliver",
    "Delivered",
    "Delivery",
    "DeliveryError",
    "FinishedMail",
    "FinishedRun",
    "Option",
    "PhotoError",
    "Signature",
    "UnsupportedFileError",
    "check_size_px",
]

API_VERSION = 1
# How much of a file is looked at to recognise it.
HEAD_BYTES = 144

_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_ENDING = re.compile(r"[a-z0-9_-]{1,16}")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Signature:
    """Bytes that a file of the format has at this place, within the first ``HEAD_BYTES``.

    Raises:
        ValueError: there are none, or they reach beyond.

    """

    value: bytes
    at: int = 0

    def __post_init__(self) -> None:
        if not self.value or self.at < 0 or self.at + len(self.value) > HEAD_BYTES:
            raise ValueError(f"a signature lies within the first {HEAD_BYTES} bytes of a file")

    def fits(self, head: bytes) -> bool:
        """Whether a file that begins so has it."""
        return head[self.at : self.at + len(self.value)] == self.value


@dataclass(frozen=True, slots=True)
class Decoder:
    """A format that photoprep does not read by itself, and what reads it.

    A file is of the format when one of the ``signatures`` fits. Where there are none, or where
    photoprep knows the content as something else that it does not read (a ZIP archive, say), its
    name has to end as one of ``endings`` too: lower case, without the dot. What photoprep reads
    itself it reads itself. A file that ends so and whose content is nothing known counts as a
    damaged one.

    ``decode`` names a ``Decode`` as ``module:function``; ``format_name`` is what people call the
    format. ``api_version`` is the one that the plug-in was written for: write the number, 1.

    Raises:
        ValueError: a value is none of these.

    """

    api_version: int
    format_name: str
    decode: str
    endings: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        _check_reference("decode", self.decode)
        if not self.format_name.strip():
            raise ValueError("format_name is empty")
        if not self.endings and not self.signatures:
            raise ValueError("a decoder has endings or signatures, by which files are recognised")
        if not all(_ENDING.fullmatch(ending) for ending in self.endings):
            raise ValueError(f"endings are in lower case and without a dot, not {self.endings}")


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """One picture as its file has it, not turned.

    ``pixels`` is an array of ``uint8`` or ``uint16`` in C order, rows from the top: (height, width)
    or (height, width, channels) with 1 channel for grey, 2 for grey and alpha, 3 for RGB, 4 for
    RGBA; 0 is black, alpha is not multiplied into the others. Or a picture of Pillow's, in any of
    its modes. ``icc_profile`` says what its colours mean; sRGB where it is empty. ``orientation``
    is that of Exif 2.32, 4.6.4 A: 1 for a picture that stands upright, to 8. ``exif`` is a block
    that begins with a TIFF header, for artist, copyright and the time of the shot; nothing else of
    it leaves the house, and its own orientation is not heeded.
    """

    pixels: Pixels
    icc_profile: bytes = b""
    exif: bytes = b""
    orientation: int = 1


class Decode(Protocol):
    """What ``Decoder.decode`` names. It runs in a worker process and writes nothing anywhere."""

    def __call__(self, path: Path, /) -> DecodedPicture:
        """Decode the file at ``path``, which has the ending of the original.

        Raises:
            DamagedFileError, UnsupportedFileError: as their names say; the picture fails with that
                reason. Whatever else is raised fails the picture as a fault of the plug-in.
            PhotoError: by ``check_size_px``.

        """


class DamagedFileError(Exception):
    """The file is broken or ends too early; its text is one sentence that says how."""


class UnsupportedFileError(Exception):
    """The file is whole, but of a kind that the plug-in does not read; its text says which."""


def check_size_px(width_px: int, height_px: int, path: Path) -> None:
    """Refuse a picture of more pixels than a worker may hold; call it before decoding.

    Raises:
        PhotoError: it is too large.

    """
    check_pixels((width_px, height_px), path)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a person can say about a delivery: ``--set name=value``.

    ``meaning`` is one sentence for its help. Without a ``default`` it has to be given.

    Raises:
        ValueError: the name is not lower case letters, digits and hyphens.

    """

    name: str
    meaning: str
    default: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"an option's name is lower case letters and hyphens: {self.name!r}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that can be done with a finished run: another target beside drafts and sending.

    ``summary`` says in one sentence what it does. ``deliver`` names a ``Deliver`` as
    ``module:function``; ``api_version`` as for ``Decoder``.

    Raises:
        ValueError: a value is none of these.

    """

    api_version: int
    summary: str
    deliver: str
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        _check_reference("deliver", self.deliver)
        if len({option.name for option in self.options}) < len(self.options):
            raise ValueError("two options have the same name")


@dataclass(frozen=True, slots=True)
class FinishedMail:
    """A draft that a run has written: a whole message, without a recipient.

    ``wire_bytes`` is what it weighs when it is sent.
    """

    path: Path
    subject: str
    wire_bytes: int


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """An output folder whose run has finished; what is named in it lies there.

    ``report`` is report.json. Nothing in the folder is the delivery's to change.
    """

    folder: Path
    mails: tuple[FinishedMail, ...]
    photos: tuple[Path, ...]
    sheets: tuple[Path, ...]
    customer: str
    date: str
    report: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One thing that was delivered: ``what``, ``where`` to, and whether it ``was_there`` before."""

    what: str
    where: str
    was_there: bool = False


class Deliver(Protocol):
    """What ``Delivery.deliver`` names; it runs in the process of the command."""

    def __call__(
        self, run: FinishedRun, options: Mapping[str, str], /, *, dry_run: bool
    ) -> Iterable[Delivered]:
        """Deliver a run; gives what was done, one by one, as soon as it is done.

        It may be called again for the same run, after a success or in the middle of one that was
        cut short, and delivers each thing once. ``options`` has all that the ``Delivery`` declares.
        With ``dry_run`` it changes nothing anywhere and gives what it would do.

        Raises:
            DeliveryError: something cannot be delivered.

        """


class DeliveryError(Exception):
    """A delivery that cannot be done: ``message`` says why, ``hint`` what to do about it.

    ``passes`` says that the same may do later.
    """

    def __init__(self, message: str, *, hint: str = "", passes: bool = False) -> None:
        super().__init__(message)
        self.message, self.hint, self.passes = message, hint, passes


def _check_reference(name: str, value: str) -> None:
    if not _REFERENCE.fullmatch(value):
        raise ValueError(f"{name} reads module:function, not {value!r}")
