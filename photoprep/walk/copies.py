"""Files that are the same to the last byte: the first of them is prepared, the others are not.

Only files of equal size are looked into, and of those only the ones whose ends and middle agree too
are hashed: uncompressed pictures of one camera all have one size. What the record knows of a file
that is unchanged is not read again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from photoprep.errors import PhotoError
from photoprep.language import say
from photoprep.outcome import Failed, PhotoOutcome, Prepared, Reused, Skipped
from photoprep.output_folder import OutputFolder
from photoprep.remembered import RememberedSource
from photoprep.report import Finding
from photoprep.walk.content import content_sha256, samples_of
from photoprep.walk.intake import Candidate, Copy, Intake


def copies_aside(
    intake: Intake, sources: Mapping[str, RememberedSource], *, verify: bool = False
) -> Intake:
    """The intake with a ``Copy`` in the place of every file that equals one before it.

    ``sources`` is what the record knows, whatever the recipe; with ``verify`` it is not believed.
    """
    of_size: defaultdict[int, list[Candidate]] = defaultdict(list)
    for file in intake.candidates:
        of_size[file.stamp.size_bytes].append(file)
    hashes: dict[str, str] = {}
    for files in of_size.values():
        if len(files) > 1:
            hashes |= _hashes(files, {} if verify else sources)
    first: dict[str, str] = {}
    rows: list[Candidate | Copy | Skipped | Failed] = []
    for row in intake.rows:
        sha256 = hashes.get(row.name) if isinstance(row, Candidate) else None
        if not isinstance(row, Candidate) or sha256 is None:
            rows.append(row)
        elif sha256 in first:
            rows.append(Copy(row, first[sha256], sha256))
        else:
            first[sha256] = row.name
            rows.append(replace(row, sha256=sha256))
    return Intake(tuple(rows))


def copy_outcome(copy: Copy, kept: PhotoOutcome) -> Skipped | Failed:
    """The row of a copy. One that equals a file which cannot be prepared is just as broken."""
    if isinstance(kept, Failed):
        reason = say(
            "It is the same file as {of}, which was not prepared either. {reason}",
            of=copy.of,
            reason=kept.reason,
        )
        return Failed(
            copy.file.name,
            copy.file.subject,
            reason,
            kept.hint,
            is_passing=kept.is_passing,
        )
    return Skipped(copy.file.name, say("It is the same file as {of}.", of=copy.of))


def copy_findings(intake: Intake, photos: Sequence[PhotoOutcome]) -> list[Finding]:
    """One finding for every copy that was set aside; a hint, for nothing is lost by it."""
    left = {photo.source for photo in photos if isinstance(photo, Skipped)}
    return [
        Finding(
            "duplicate",
            "info",
            say("It is the same file as {of}, which is prepared; this copy is not.", of=copy.of),
            say('To prepare every copy, set duplicates = "keep-all" under [photo] in the preset.'),
            product=copy.file.subject.product,
            source=copy.file.name,
        )
        for copy in intake.copies
        if copy.file.name in left
    ]


def remember_copies(
    intake: Intake,
    photos: Sequence[PhotoOutcome],
    sources: Mapping[str, RememberedSource],
    folder: OutputFolder,
) -> None:
    """Record of every copy what came of the file that it equals.

    So the next run need not read it, and it takes that one's place, unencoded, when that is gone.
    """
    settled = {photo.source for photo in photos if isinstance(photo, Prepared | Reused | Failed)}
    learned = []
    for copy in intake.copies:
        kept = folder.state.source(copy.of) if copy.of in settled else None
        if kept is None or kept.sha256 != copy.sha256:
            continue  # a passing trouble, which is not remembered of the kept one either
        known, earlier = replace(kept, stamp=copy.file.stamp), sources.get(copy.file.name)
        if earlier is not None and known.stamp.shows_unchanged(earlier.stamp):
            known = replace(known, stamp=earlier.stamp)
        if known != earlier:
            learned.append((copy.file.name, known))
    folder.state.remember_sources(learned)


def _hashes(files: Sequence[Candidate], sources: Mapping[str, RememberedSource]) -> dict[str, str]:
    """The hashes of files of one size, as far as it takes them to tell copies apart.

    Where the record knows one of them, a new one is hashed at once: ``recall`` would do so too.
    """
    hashes = {
        file.name: sources[file.name].sha256
        for file in files
        if file.name in sources and file.stamp.shows_unchanged(sources[file.name].stamp)
    }
    unknown = [file for file in files if file.name not in hashes]
    for file in unknown if hashes else _alike_outside(unknown):
        with suppress(PhotoError):  # said when it is to be read for good
            hashes[file.name] = content_sha256(file)
    return hashes


def _alike_outside(files: Sequence[Candidate]) -> list[Candidate]:
    """Those whose samples are the same as another's."""
    samples = samples_of(files)
    counts = Counter(samples.values())
    return [file for file in files if counts[samples.get(file.name, b"")] > 1]
