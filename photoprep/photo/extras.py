"""JPEG XL, which Pillow reads by a plugin (the extra ``photoprep[jxl]``), and with some care."""

from __future__ import annotations

from pathlib import Path

from photoprep.errors import MissingExtraError, UnsupportedFormatError
from photoprep.language import say
from photoprep.photo.jpeg_xl_head import JpegXlHead


def load_jpeg_xl(path: Path) -> None:
    """Make Pillow read JPEG XL.

    Raises:
        MissingExtraError: the extra is not installed.

    """
    try:
        from pillow_jxl import JpegXLImagePlugin
    except ImportError as error:
        raise MissingExtraError(
            say("It is a JPEG XL file, and what reads those is not installed."),
            hint=say('"photoprep doctor" says how to install it. Or save it as JPEG or PNG.'),
            path=path,
        ) from error
    JpegXLImagePlugin.DECODE_THREADS = 1  # there is a worker for every core


def check_still(head: JpegXlHead, path: Path) -> None:
    """Refuse a JPEG XL that moves.

    Raises:
        UnsupportedFormatError: it moves.

    """
    if head.moves:
        raise UnsupportedFormatError(
            say("It is a JPEG XL that moves, of which photoprep cannot take the first frame."),
            hint=say("Save one frame of it as JPEG or PNG and run again."),
            path=path,
        )
