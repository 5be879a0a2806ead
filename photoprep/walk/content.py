"""What is asked at home of a file's content before it is prepared: its kind, samples and hash.

Files of this computer are asked one after the other; those of a store many at once, because each
question is a journey.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from photoprep.archive_file import open_archive
from photoprep.archive_member import ArchiveMember, head_of_member, place_of_head
from photoprep.errors import PhotoError, SourceChangedError, SourceUnreadableError
from photoprep.files import FileStamp, open_source, sha256_of_file, unreadable
from photoprep.members import Member, object_of, pieces_of, sha256_of_member
from photoprep.photo.formats import HEAD_BYTES, Recognised, recognise, recognise_file
from photoprep.remote_store import Range, RemoteObject, ranges_of

_SAMPLE_BYTES, _PIECE_BYTES = 4096, 1 << 20
# So many questions are on their way to a store at once, and as many answers in memory.
_AT_ONCE = 1000


class ContentFile(Protocol):
    """A file that was found, and where its content is: at its path, or where its member says."""

    @property
    def path(self) -> Path:
        """The file's, or that of the archive or store it is a member of."""

    @property
    def name(self) -> str:
        """Its own, from what was dropped on."""

    @property
    def member(self) -> Member | None:
        """Where it stands in its archive or store."""


class StampedFile(ContentFile, Protocol):
    """One that was looked at."""

    @property
    def stamp(self) -> FileStamp:
        """How it looked."""


def kind_of(file: ContentFile) -> Recognised | None:
    """What a file is, wherever it is; raises ``PhotoError``."""
    if file.member is None:
        return recognise_file(file.path)
    if isinstance(file.member, ArchiveMember) and not file.member.in_store:
        return recognise(head_of_member(file.path, file.member, HEAD_BYTES), Path(file.member.name))
    kind = kinds_in_store([file])[file.name]
    if isinstance(kind, PhotoError):
        raise kind
    return kind


def kinds_in_store(
    files: Iterable[ContentFile], on_look: Callable[[int, int], None] = lambda _done, _total: None
) -> dict[str, Recognised | PhotoError | None]:
    """What each file of a store is, by its name, or why that cannot be said.

    ``on_look`` hears ``(done, total)`` while that is asked, which of many takes minutes.
    """
    kinds: dict[str, Recognised | PhotoError | None] = {}
    remote = [
        (file, file.member, found)
        for file in files
        if file.member and (found := object_of(file.member))
    ]
    for start in range(0, len(remote), _AT_ONCE):
        on_look(start, len(remote))
        some = remote[start : start + _AT_ONCE]
        heads = ranges_of([_place_of_head(member, found) for _, member, found in some])
        for (file, member, _), head in zip(some, heads, strict=True):
            kinds[file.name] = _kind_by(head, file.path, member)
        kinds |= _of_changed_archives([file for file, *_ in some], kinds)
    if remote:
        on_look(len(remote), len(remote))
    return kinds


def _place_of_head(member: Member, found: RemoteObject) -> Range:
    """Where in the store the first bytes of a file are: in what was found there."""
    if isinstance(member, RemoteObject):
        return Range(found, 0, HEAD_BYTES)
    place = place_of_head(member, HEAD_BYTES)
    return Range(found, place.start, place.length_bytes)


def _kind_by(
    head: bytes | PhotoError, path: Path, member: Member
) -> Recognised | PhotoError | None:
    """What a file of a store is, by what has come from the place of its first bytes."""
    if isinstance(head, PhotoError):
        return head
    try:
        if isinstance(member, ArchiveMember):
            head = head_of_member(path, member, HEAD_BYTES, known=head)
        return recognise(head, Path(member.name))
    except PhotoError as error:
        return error


def _of_changed_archives(
    files: Sequence[ContentFile], kinds: Mapping[str, Recognised | PhotoError | None]
) -> dict[str, PhotoError]:
    """The files whose archives are no longer those of the list: their heads mean nothing."""
    within = [
        (file.name, file.path, archive)
        for file in files
        if isinstance(file.member, ArchiveMember) and (archive := file.member.in_store)
    ]
    asked = {
        archive: path
        for name, path, archive in within
        if not isinstance(kinds[name], PhotoError)  # a store that is gone is not waited for again
    }
    wrong: dict[RemoteObject, PhotoError] = {}
    for archive, path in asked.items():
        try:
            with open_archive(path, archive.stamp, archive) as opened:
                opened.check_unchanged()
        except PhotoError as error:
            wrong[archive] = error
    return {name: wrong[archive] for name, _, archive in within if archive in wrong}


def content_sha256(file: ContentFile) -> str:
    """The hash of a file's content, wherever it is.

    Raises:
        PhotoError: it cannot be read.

    """
    if file.member is None:
        return sha256_of_file(file.path)
    return sha256_of_member(file.path, file.member)


def samples_of(files: Sequence[StampedFile]) -> dict[str, bytes]:
    """Something of each file's content, by its name, that equal files have alike.

    ``files`` are of one size. One that cannot be read is left out: that is said when it is to be
    read for good.
    """
    if any(isinstance(file.member, ArchiveMember) for file in files):
        sample = _checksum
    elif any(file.member for file in files):
        return _samples_in_store(files)
    else:
        sample = _sample
    samples: dict[str, bytes] = {}
    for file in files:
        with suppress(SourceUnreadableError, SourceChangedError):
            samples[file.name] = sample(file)
    return samples


def _samples_in_store(files: Sequence[StampedFile]) -> dict[str, bytes]:
    samples: dict[str, bytes] = {}
    remote = [(file.name, file.member) for file in files if isinstance(file.member, RemoteObject)]
    for start in range(0, len(remote), _AT_ONCE):
        some = remote[start : start + _AT_ONCE]
        places = [
            Range(member, place, _SAMPLE_BYTES)
            for _, member in some
            for place in _sample_places(member.size_bytes)
        ]
        pieces = iter(ranges_of(places))
        for name, member in some:
            of_this = [next(pieces) for _ in _sample_places(member.size_bytes)]
            if not any(isinstance(piece, PhotoError) for piece in of_this):
                samples[name] = b"".join(piece for piece in of_this if isinstance(piece, bytes))
    return samples


def _checksum(file: StampedFile) -> bytes:
    """The CRC-32 of a file's content, which an archive has of its members."""
    if isinstance(file.member, ArchiveMember):
        return file.member.crc32.to_bytes(4, "big")
    checksum = 0
    if file.member is not None:
        for piece in pieces_of(file.path, file.member):
            checksum = zlib.crc32(piece, checksum)
        return checksum.to_bytes(4, "big")
    try:
        with open_source(file.path) as opened:
            while piece := opened.read(_PIECE_BYTES):
                checksum = zlib.crc32(piece, checksum)
    except OSError as error:
        raise unreadable(file.path, error) from error
    return checksum.to_bytes(4, "big")


def _sample(file: StampedFile) -> bytes:
    """A few kilobytes of a file: its beginning, middle and end."""
    try:
        with open_source(file.path) as opened:
            pieces = []
            for place in _sample_places(file.stamp.size_bytes):
                opened.seek(place)
                pieces.append(opened.read(_SAMPLE_BYTES))
    except OSError as error:
        raise unreadable(file.path, error) from error
    return b"".join(pieces)


def _sample_places(size_bytes: int) -> tuple[int, int, int]:
    return 0, size_bytes // 2, max(0, size_bytes - _SAMPLE_BYTES)
