"""The last step but one: what a careful colleague would say of this run before it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from photoprep.language import say
from photoprep.report import Finding, PhotoOutcome, Prepared, Reused


def findings_of(
    photos: Sequence[PhotoOutcome],
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
            product=photo.subject.product,
            source=photo.source,
        )
        for photo in photos
        if isinstance(photo, Prepared | Reused)
        for note in photo.jpeg.notes
    ]
    found += duplicates
    found += [
        Finding(
            "output-changed",
            "warning",
            say(
                "{path} was changed by someone after photoprep wrote it, and was left alone.",
                path=path,
            ),
            say("Delete it if it is not needed."),
        )
        for path in left_alone
    ]
    return (*found, *mailed)
