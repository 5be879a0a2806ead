"""Where a source lies, seen from home: what one worker does not see, others may not either."""

from __future__ import annotations

from photoprep.archive_member import ArchiveMember
from photoprep.cluster.parcels import PhotoWork, photo_of
from photoprep.members import object_of
from photoprep.photo.source import check_unchanged
from photoprep.remote_address import store_of
from photoprep.remote_store import check_unchanged as check_unchanged_in_store

# A disk, by ``st_dev`` (0 where the path is gone), or a store.
Place = int | str

# A path that is not there is not there for any file of its disk. A store may fail once in a while.
_MOST_UNSEEN_OF_A_STORE = 8


def place_of(work: PhotoWork) -> Place:
    """The disk or the store that the source of a task lies in."""
    photo = photo_of(work)
    if in_store := object_of(photo.member):
        return store_of(in_store.address)
    try:
        return photo.path.stat().st_dev
    except OSError:
        return 0


def most_unseen(work: PhotoWork) -> int:
    """After so many files that a worker did not see, all of the same place are sent along."""
    return _MOST_UNSEEN_OF_A_STORE if object_of(photo_of(work).member) else 1


def check_unchanged_here(work: PhotoWork) -> None:
    """Refuse a source that is no longer what it was when it was found, seen from home.

    Raises:
        SourceChangedError, SourceUnreadableError: as their names say.

    """
    photo = photo_of(work)
    if in_store := object_of(photo.member):
        check_unchanged_in_store(in_store)
    else:
        archive = photo.member.archive if isinstance(photo.member, ArchiveMember) else None
        check_unchanged(photo.path, archive or photo.stamp)
