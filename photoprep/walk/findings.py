"""The last step but one: what a careful colleague would say of this run before it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from photoprep.language import say
from photoprep.report import Finding, PhotoOutcome, Prepared, Reused


def findings_of(
    products: Sequence[Finding],
    photos: Sequence[PhotoOutcome],
    duplicates: Sequence[Finding],
    left_alone: Sequence[str],
    mailed: Sequence[Finding],
) -> tuple[Finding, ...]:
    """Every finding of the run: of products, of single photos, duplicates, outputs, mails."""
    return (
        *products,
        *photo_findings(photos),
        *duplicates,
        *map(_output_changed, left_alone),
        *mailed,
    )


def photo_findings(photos: Sequence[PhotoOutcome]) -> list[Finding]:
    """What there is to say of each picture by itself."""
    return [
        Finding(
            note.code,
            note.severity,
            note.message,
            product=photo.subject.product,
            source=photo.source,
        )
        for photo in photos
        if isinstance(photo, Prepared | Reused)
        for note in photo.jpeg.notes
    ]


def _output_changed(path: str) -> Finding:
    return Finding(
        "output-changed",
        "warning",
        say(
            "{path} was changed by someone after photoprep wrote it, and was left alone.", path=path
        ),
        say("Delete it if it is not needed."),
    )
