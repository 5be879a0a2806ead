"""The last step but one: what a careful colleague would say of this run before it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from photoprep.photo.doubts import doubts_of
from photoprep.preset import PhotoSpec
from photoprep.report import Finding, Note, PhotoOutcome, Prepared, Reused


def findings_of(
    photos: Sequence[PhotoOutcome],
    spec: PhotoSpec,
    duplicates: Sequence[Finding],
    mailed: Sequence[Finding],
    left_alone: Sequence[str],
) -> tuple[Finding, ...]:
    """Every finding of the run: of single photos first, then duplicates, outputs, mails."""
    found = [
        Finding(
            note.code,
            note.severity,
            note.message,
            note.hint,
            product=photo.subject.product,
            source=photo.source,
        )
        for photo in photos
        if isinstance(photo, Prepared | Reused)
        for note in _notes(photo, spec)
    ]
    found += duplicates
    found += [
        Finding(
            "output-changed",
            "warning",
            f"{path} was changed by someone after photoprep wrote it, and was left alone.",
            "Delete it if it is not needed.",
        )
        for path in left_alone
    ]
    return (*found, *mailed)


def _notes(photo: Prepared | Reused, spec: PhotoSpec) -> tuple[Note, ...]:
    """What was said when it was made, and what its measures give to doubt today."""
    jpeg = photo.jpeg
    source_px = (jpeg.source_width_px, jpeg.source_height_px)
    return jpeg.notes + doubts_of(jpeg.measures, source_px, spec)
