"""The same picture in another format, size or quality, or nearly the same: a person is told.

All are prepared.
Which of them is wanted only a person can say. The looks of a picture are taken when it is made and
kept in the record, so that a run which makes nothing decodes nothing for this.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from photoprep.language import say
from photoprep.outcome import Prepared, PreparedJpeg, Reused, Severity
from photoprep.photo.likeness import RENDITIONS, Looks, may_be_copies
from photoprep.photo.nearness import CLOSE, NearLooks
from photoprep.report import Finding

Ready = Prepared | Reused
_Known = tuple[int, Ready, NearLooks]  # with its place in the order of photos

# Shots of one burst follow one another: so many before a photo are looked at with more patience,
# and of those that may be near at most so many closely, the latest first. Ten thousand photos that
# all look alike from afar would else take minutes.
_RECENT, _MOST_COMPARED = 48, 4
# Nobody looks for a second shot further back than this; it bounds time and memory of half a
# million photos.
_FAR_BACK = 10_000
_ASPECT = 0.03  # by so much two shots of one thing may be cropped differently


def lookalike_findings(photos: Sequence[Ready], *, wanted: bool = False) -> list[Finding]:
    """One finding for every photo that shows the same picture as one before it, or nearly the same.

    ``wanted`` says that the preset asks for every copy: then it is told, and nobody is warned.
    """
    severity: Severity = "info" if wanted else "warning"
    same = lookalikes(photos)
    copies = {photo.source for _, photo in same}
    others = [photo for photo in photos if photo.source not in copies]
    return [
        *(_finding(first, photo, severity) for first, photo in same),
        *(_near_finding(before, photo) for before, photo in near_lookalikes(others)),
    ]


def lookalikes(photos: Iterable[Ready]) -> list[tuple[Ready, Ready]]:
    """Each photo that looks like an earlier one, with the first of its kind before it.

    Only firsts are kept to compare with, in buckets by coarse brightness, so that neither many
    photos nor many copies of one make many comparisons.
    """
    in_bucket: defaultdict[tuple[int, ...], list[tuple[Ready, int]]] = defaultdict(list)
    of_name: defaultdict[str, list[Ready]] = defaultdict(list)
    pairs = []
    for photo in photos:
        if not photo.jpeg.looks:
            continue
        looks, name = _ready_looks(photo.jpeg.looks), _without_extension(photo.source)
        first = _like(photo, looks, in_bucket) or _rendition(photo, looks, of_name[name])
        if first is not None:
            pairs.append((first, photo))
            continue
        in_bucket[looks.bucket].append((photo, looks.places))
        of_name[name].append(photo)
    return pairs


@lru_cache(maxsize=2048)
def _ready_looks(text: str) -> Looks:
    """Ready to be compared they take three times the text's memory: not kept for every photo."""
    return Looks(text)


def near_lookalikes(photos: Iterable[Ready]) -> list[tuple[Ready, Ready]]:
    """Each photo that shows nearly the same as an earlier one, with the latest such before it.

    The last ``_FAR_BACK`` are kept to compare with, also near ones, because a series may drift.
    Those shortly before it are compared whatever their distance, all others when they are close
    already.
    """
    recent: deque[_Known] = deque(maxlen=_RECENT)
    in_bucket: defaultdict[tuple[int, ...], deque[_Known]] = defaultdict(deque)
    kept: deque[tuple[int, ...]] = deque()
    pairs = []
    for place, photo in enumerate(photos):
        if not photo.jpeg.looks:
            continue
        known = (place, photo, NearLooks(photo.jpeg.looks))
        before = _nearly_like(known, recent, in_bucket)
        if before is not None:
            pairs.append((before, photo))
        recent.append(known)
        bucket = known[2].bucket
        in_bucket[bucket].append(known)
        kept.append(bucket)
        if len(kept) > _FAR_BACK:
            in_bucket[kept.popleft()].popleft()
    return pairs


def _nearly_like(
    this: _Known, recent: Iterable[_Known], in_bucket: dict[tuple[int, ...], deque[_Known]]
) -> Ready | None:
    _, photo, looks = this
    likely = {known[0]: known for known in recent if looks.may_be_near(known[2])}
    for bucket in looks.near_buckets:
        for known in in_bucket.get(bucket, ()):
            if looks.may_be_near(known[2], CLOSE):
                likely[known[0]] = known
    for place in sorted(likely, reverse=True)[:_MOST_COMPARED]:
        _, before, others = likely[place]
        if _like_shape(photo.jpeg, before.jpeg) and looks.is_near(others):
            return before
    return None


def _like_shape(one: PreparedJpeg, other: PreparedJpeg) -> bool:
    across = one.source_width_px * other.source_height_px
    down = one.source_height_px * other.source_width_px
    return abs(across - down) <= _ASPECT * max(across, down)


def _like(
    photo: Ready, looks: Looks, in_bucket: dict[tuple[int, ...], list[tuple[Ready, int]]]
) -> Ready | None:
    its_places = looks.places
    for bucket in product(*map(dict.fromkeys, looks.choices)):
        for first, places in in_bucket.get(bucket, ()):
            if not may_be_copies(its_places, places) or not _same_shape(photo.jpeg, first.jpeg):
                continue
            if looks.is_like(_ready_looks(first.jpeg.looks)):
                return first
    return None


def _rendition(photo: Ready, looks: Looks, namesakes: list[Ready]) -> Ready | None:
    for first in namesakes:
        known = _ready_looks(first.jpeg.looks)
        if looks.is_like(known, RENDITIONS) and _same_shape(photo.jpeg, first.jpeg):
            return first
    return None


def _same_shape(one: PreparedJpeg, other: PreparedJpeg) -> bool:
    """Whether one picture could be the other at another size: sides were rounded to pixels."""
    small, large = sorted((one, other), key=_pixels)
    wide, high = small.source_width_px, small.source_height_px
    off_px = abs(wide * large.source_height_px - high * large.source_width_px)
    return off_px <= max(large.source_width_px, large.source_height_px)


def _finding(first: Ready, photo: Ready, severity: Severity) -> Finding:
    one, other = first.jpeg, photo.jpeg
    if _pixels(one) == _pixels(other):
        sizes = say("at the same size ({size} pixels)", size=_size(other))
    else:
        larger = photo.source if _pixels(other) > _pixels(one) else first.source
        sizes = say(
            "at another size ({size} pixels, not {other}): {larger} is the larger",
            size=_size(other),
            other=_size(one),
            larger=larger,
        )
    return Finding(
        "duplicate",
        severity,
        say(
            "It shows the same picture as {source}, {sizes}. Both go out.",
            source=first.source,
            sizes=sizes,
        ),
        say("Take the one that is not wanted out of the folder, then run again."),
        product=photo.subject.product,
        source=photo.source,
    )


def _near_finding(before: Ready, photo: Ready) -> Finding:
    return Finding(
        "near-duplicate",
        "info",
        say(
            "It shows nearly the same as {other}: a second shot of it, perhaps.",
            other=before.source,
        ),
        say("Keep the better one, and take the other out of the folder."),
        product=photo.subject.product,
        source=photo.source,
    )


def _pixels(jpeg: PreparedJpeg) -> int:
    return jpeg.source_width_px * jpeg.source_height_px


def _size(jpeg: PreparedJpeg) -> str:
    return f"{jpeg.source_width_px}×{jpeg.source_height_px}"


def _without_extension(source: str) -> str:
    folder, slash, name = source.casefold().rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)
