"""What a person should know of how a picture was read: in part, or as one of several."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from photoprep.errors import DamagedPhotoError
from photoprep.language import say, say_both
from photoprep.outcome import DAMAGED, Note
from photoprep.photo.damaged import Remnant
from photoprep.photo.formats import Recognised
from photoprep.photo.tiff_head import MOST_PAGES, pages_of

RAW_PREVIEW = Note(
    "raw-preview",
    "info",
    say(
        "It is a camera RAW file; the camera's own preview in it was taken, which is large enough."
    ),
)
RAW_DEVELOPED = Note(
    "raw-developed",
    "info",
    say(
        "It is a camera RAW file and was developed with the camera's white balance; the maker's "
        "own "
        "program may show other colours."
    ),
)


def shown_in_part(remnant: Remnant) -> Note:
    """The note on a damaged picture that was taken all the same."""
    return Note(
        DAMAGED,
        "warning",
        say(
            "It is damaged: only {percent}% of it could be read and is shown.",
            percent=remnant.percent,
        ),
    )


def say_share(error: DamagedPhotoError, remnant: Remnant | None) -> None:
    """Let the refusal of a damaged picture tell how much of it could be read."""
    if remnant is None:
        error.message = say_both(error.message, say("Nothing of it could be read."))
    else:
        share = say("About {percent}% of it could be read.", percent=remnant.percent)
        error.message = say_both(error.message, share)
        error.hint = say_both(error.hint, say("--accept-damaged takes what there is."))


def pages_notes(path: Path) -> tuple[Note, ...]:
    """What there is to say of a TIFF of several pages."""
    pages = pages_of(path)
    if pages < 2:
        return ()
    if pages < MOST_PAGES:
        message = say("Of the TIFF's {count} pages only the first was taken.", count=pages)
    else:
        message = say(
            "Of the TIFF's {count} pages or more only the first was taken.", count=MOST_PAGES
        )
    return (Note("first-page", "warning", message),)


def frames_notes(image: Image.Image, path: Path, kind: Recognised) -> tuple[Note, ...]:
    """What there is to say of a picture that holds several."""
    if kind.pillow_format == "TIFF":
        return pages_notes(path)
    if kind.name in {"GIF", "WebP", "PNG", "AVIF"} and getattr(image, "is_animated", False):
        return (
            Note(
                "first-frame", "warning", say("The picture moves; only its first frame was taken.")
            ),
        )
    return ()
