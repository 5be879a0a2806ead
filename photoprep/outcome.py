"""What came of one photo: prepared now or at an earlier run, left aside, or not to be prepared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from photoprep.measured import Measures

Severity = Literal["info", "warning", "error"]

# The code of a note on a picture of which only a part could be read, and was taken.
DAMAGED = "damaged-accepted"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about one picture that was prepared all the same.

    ``code`` is stable and for programs, ``message`` is one sentence for a person; ``hint`` says
    what to do.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PreparedJpeg:
    """One finished JPEG: where it is, what it weighs and what it came from.

    ``output`` is relative to the output folder with forward slashes; ``source_*`` describe the
    original, upright. ``quality`` is estimated, 0–100, near SSIMULACRA2's scale. ``looks`` says
    what the picture looks like, ``measures`` what was measured of it, ``taken`` when it was taken,
    by its camera's clock, and ``fit`` what it would be in fewer bytes (``photo.remembered_fit``),
    for runs to come; report.json has none of them. ``colour_from`` is the colour space that it was
    converted from, as people call it, empty where it was sRGB already. ``removed`` says what of the
    original's metadata stayed at home, in the words of ``removed.REMOVED``. ``preview`` is where a
    picture of the original lies, at the photo's own size, upright, in the colours that a screen
    shows of it; empty where there is none.
    """

    output: str
    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    dpi: int
    quality: float
    chroma_subsampling: str
    source_bytes: int
    source_width_px: int
    source_height_px: int
    notes: tuple[Note, ...] = ()
    looks: str = ""
    measures: Measures = field(default_factory=Measures)
    taken: str = ""
    fit: str = ""
    colour_from: str = ""
    removed: tuple[str, ...] = ()
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file shows: its product, its model and the kind of view (see ``catalogue``).

    ``label`` is what else is said of this picture: the name of an accessory or a part, a caption.
    """

    product: str
    model: str
    view: str
    colour: str = ""
    quantity: str = ""
    label: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo that this run made."""

    source: str
    subject: Subject
    jpeg: PreparedJpeg
    status: Literal["prepared"] = "prepared"


@dataclass(frozen=True, slots=True)
class Reused:
    """A photo that an earlier run made and that still holds."""

    source: str
    subject: Subject
    jpeg: PreparedJpeg
    status: Literal["reused"] = "reused"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not to be prepared: no picture, or a copy of one that is."""

    source: str
    reason: str
    hint: str = ""
    status: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True)
class Failed:
    """A picture that could not be prepared: the reason, and what to do.

    ``is_passing`` says that the reason lies with the machine or the share, and may be gone soon.
    """

    source: str
    subject: Subject
    reason: str
    hint: str = ""
    status: Literal["failed"] = "failed"
    is_passing: bool = False


PhotoOutcome = Prepared | Reused | Skipped | Failed
