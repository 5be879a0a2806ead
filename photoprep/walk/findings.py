"""The last step but one: what a careful colleague would say of this run before it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from photoprep.installed import DECODERS, plugin_entries
from photoprep.language import say
from photoprep.outcome import Note, PhotoOutcome, Prepared, Reused
from photoprep.photo.doubts import doubts_of
from photoprep.preset import PhotoSpec
from photoprep.report import Finding

_REBUILT = {
    "damaged": say("was damaged; it was set aside as .photoprep/state-damaged.db"),
    "missing": say("was gone"),
    "older": say("was an older photoprep's; it was set aside as .photoprep/state-older.db"),
}


def findings_of(
    products: Sequence[Finding],
    photos: Sequence[PhotoOutcome],
    spec: PhotoSpec,
    duplicates: Sequence[Finding],
    left_alone: Sequence[str],
    mailed: Sequence[Finding],
) -> tuple[Finding, ...]:
    """Every finding of the run: of products, of single photos, duplicates, outputs, mails."""
    return (
        *products,
        *photo_findings(photos, spec),
        *duplicates,
        *map(_output_changed, left_alone),
        *mailed,
    )


def photo_findings(photos: Sequence[PhotoOutcome], spec: PhotoSpec) -> list[Finding]:
    """What there is to say of each picture by itself."""
    return [
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


def plugin_findings() -> list[Finding]:
    """The plug-ins that decode and cannot be used: what they would read is left aside."""
    if not plugin_entries(DECODERS):
        return []  # as nearly everywhere: then nothing is loaded for it
    from photoprep.plugged import broken_decoders

    return [
        Finding(
            "plugin-broken",
            "warning",
            say(
                "The plug-in {plugin} cannot be used: {reason}.",
                plugin=broken.entry.plugin,
                reason=broken.reason,
            ),
            say(
                "Update it, or take it away with: pip uninstall {distribution}",
                distribution=broken.entry.distribution,
            ),
        )
        for broken in broken_decoders()
    ]


def record_findings(rebuilt: str) -> list[Finding]:
    """What there is to say of an output folder whose record had to be begun anew: why."""
    if not rebuilt:
        return []
    return [
        Finding(
            "record-rebuilt",
            "warning",
            say(
                "The record of earlier runs {what}. A new one was begun "
                "and every photo prepared anew; files that are not known as photoprep's "
                "were left "
                "alone.",
                what=_REBUILT[rebuilt],
            ),
            say('If there are names with "-2", compare the files and delete what is not needed.'),
        )
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


def _notes(photo: Prepared | Reused, spec: PhotoSpec) -> tuple[Note, ...]:
    """What was said when it was made, and what its measures give to doubt today."""
    jpeg = photo.jpeg
    source_px = (jpeg.source_width_px, jpeg.source_height_px)
    return jpeg.notes + doubts_of(jpeg.measures, source_px, spec)
