"""Files that no path opens by itself: those within an archive, and those in a store.

Each is read piece by piece, from the ``path`` that it was found by, and whoever comes to the end
has had the whole of it, as it was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

from photoprep.archive_member import ArchiveMember, pieces_of_member
from photoprep.remote_store import RemoteObject, pieces_of_object

Member = ArchiveMember | RemoteObject


def object_of(member: Member | None) -> RemoteObject | None:
    """What a store is asked for where a member lies in one: itself, or its archive."""
    return member.in_store if isinstance(member, ArchiveMember) else member


def pieces_of(path: Path, member: Member) -> Generator[bytes, None, None]:
    """The content of a member of the archive at ``path``, or of a store.

    Raises:
        SourceUnreadableError: the system or the store refuses to read it.
        SourceChangedError: it, or its archive, is not the one that was looked at.
        ArchiveRefusedError: it is damaged in its archive, or holds more than that says.

    """
    if isinstance(member, RemoteObject):
        return pieces_of_object(member)
    return pieces_of_member(path, member)


def sha256_of_member(path: Path, member: Member) -> str:
    """The SHA-256 of a member's content, in hexadecimal; raises as ``pieces_of``."""
    digest = hashlib.sha256()
    for piece in pieces_of(path, member):
        digest.update(piece)
    return digest.hexdigest()
