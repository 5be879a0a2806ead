"""Files in a store, through fsspec, which this module and ``remote_listing`` alone know.

fsspec comes with the extra ``[cluster]``, with what speaks to S3; another store's library is
installed beside it. Who may read and write there is settled by that library's own settings, on
every machine by itself: nothing of it is taken, kept or sent by photoprep.

What is looked at is asked of the store anew each time. That a file is the one that was listed is
told by its size and what the store has for its content (an ETag, a checksum) or, where it has
none, by the time of its last change.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from photoprep.errors import (
    MissingExtraError,
    PhotoError,
    PhotoprepError,
    SourceChangedError,
    SourceUnreadableError,
    StoreError,
    UsageError,
)
from photoprep.files import FileStamp
from photoprep.installed import how_to_add_cluster, is_single_file
from photoprep.language import say
from photoprep.remote_address import own_name, scheme_of

# As the stores' libraries call them.
_TAGS = ("ETag", "etag", "md5Hash", "crc32c", "content_md5")
_TIMES = ("LastModified", "updated", "last_modified", "mtime", "modified", "created")
_PIECE_BYTES = 1 << 24
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """One file in a store, as the store told of it at ``looked_ns``.

    ``tag`` is what the store has for the content, ``mtime_ns`` when it was last changed; empty and
    0 where the store does not say.
    """

    address: str
    size_bytes: int
    tag: str
    mtime_ns: int
    looked_ns: int

    @property
    def name(self) -> str:
        """The last part of its address."""
        return own_name(self.address)

    @property
    def stamp(self) -> FileStamp:
        """How it looks, as a file of this computer does; never proof where a store says nothing."""
        tag = int(hashlib.sha256(self.tag.encode()).hexdigest()[:16], 16) if self.tag else 0
        mtime_ns = self.mtime_ns or (0 if self.tag else self.looked_ns)
        return FileStamp(self.size_bytes, mtime_ns, tag, self.looked_ns)

    def is_as(self, earlier: RemoteObject) -> bool:
        """Whether it has the content that it had at an earlier look, as far as the store tells."""
        return (self.size_bytes, self.tag, self.mtime_ns) == (
            earlier.size_bytes,
            earlier.tag,
            earlier.mtime_ns,
        )


@dataclass(frozen=True, slots=True)
class Range:
    """So many bytes of an object from a place on; fewer where it ends before."""

    of: RemoteObject
    start: int
    length_bytes: int


@contextmanager
def speaking_to(address: str) -> Iterator[tuple[Any, str]]:
    """Fsspec's store of an address, and the path in it; what it raises is a ``StoreError``."""
    with _spoken_to(address, partial(_refused, address)) as opened:
        yield opened


def told_object(address: str, told: Mapping[str, Any], looked_ns: int) -> RemoteObject:
    """The file at an address by what its library told of it at ``looked_ns``."""
    tag = next((str(told[key]) for key in _TAGS if told.get(key)), "")
    changed = next((told[key] for key in _TIMES if told.get(key)), None)
    return RemoteObject(address, int(told.get("size") or 0), tag, _ns(changed), looked_ns)


def takes_many_at_once(address: str) -> bool:
    """Whether several threads may speak to its store; raises ``StoreError``."""
    with speaking_to(address) as (store, _):
        return bool(store.async_impl)


def look_at(address: str) -> RemoteObject:
    """What the store says of one file now.

    Raises:
        SourceUnreadableError: it is gone, or the store cannot be reached, or refuses.

    """
    with _reading(address) as (store, path):
        looked_ns = time.time_ns()
        store.invalidate_cache()
        return told_object(address, store.info(path), looked_ns)


def check_unchanged(listed: RemoteObject) -> None:
    """Refuse a file that is no longer what it was when it was listed.

    Raises:
        SourceChangedError: it is another one.
        SourceUnreadableError: as for ``look_at``.

    """
    if not look_at(listed.address).is_as(listed):
        raise SourceChangedError(
            say("The file changed while it was being read."),
            hint=say("Wait until it has been copied whole, then run again."),
        )


def pieces_of_object(listed: RemoteObject) -> Generator[bytes, None, None]:
    """The content of a file; whoever comes to its end has had all of what was listed.

    Raises:
        SourceChangedError: it is no longer what was listed.
        SourceUnreadableError: as for ``look_at``.

    """
    digest = hashlib.md5(usedforsecurity=False)
    for start in range(0, listed.size_bytes, _PIECE_BYTES):
        with _reading(listed.address) as (store, path):
            end = min(start + _PIECE_BYTES, listed.size_bytes)
            piece: bytes = store.cat_file(path, start=start, end=end)
        digest.update(piece)
        yield piece
    # S3's tag of what was put there in one piece is the content's MD5: then nobody need be asked.
    if listed.tag.strip('"') != digest.hexdigest():
        check_unchanged(listed)


def ranges_of(ranges: Sequence[Range]) -> list[bytes | PhotoError]:
    """Parts of files of one store, many at a time; in the place of each that fails, its error."""
    wanted = [each for each in ranges if each.length_bytes and each.of.size_bytes > each.start]
    got = iter(_ranges(wanted) if wanted else ())
    taken = {(each.of.address, each.start): next(got) for each in wanted}
    return [taken.get((each.of.address, each.start), b"") for each in ranges]


def put(contents: Mapping[str, bytes]) -> None:
    """Put files at their addresses, of one store, over whatever stands there; many at a time.

    Raises:
        StoreError: some are not there; those that are, are whole.

    """
    if not contents:
        return
    with speaking_to(next(iter(contents))) as (store, _):
        store.pipe({_path(store, address): data for address, data in contents.items()})


def remove(address: str) -> None:
    """Take one file away; raises ``StoreError`` where it stays."""
    with speaking_to(address) as (store, path):
        store.rm_file(path)


def content_of(listed: RemoteObject) -> bytes:
    """The whole of a small file; raises ``StoreError``."""
    with speaking_to(listed.address) as (store, path):
        content: bytes = store.cat_file(path)
        return content


def _ranges(wanted: Sequence[Range]) -> list[bytes | PhotoError]:
    with _reading(wanted[0].of.address) as (store, _):
        got = store.cat_ranges(
            [_path(store, each.of.address) for each in wanted],
            [each.start for each in wanted],
            [min(each.start + each.length_bytes, each.of.size_bytes) for each in wanted],
            on_error="return",
        )
    return [piece if isinstance(piece, bytes) else _unreadable(piece) for piece in got]


@contextmanager
def _reading(address: str) -> Iterator[tuple[Any, str]]:
    """The store of a photo; what it raises costs this one photo."""
    with _spoken_to(address, _unreadable) as opened:
        yield opened


@contextmanager
def _spoken_to(
    address: str, as_ours: Callable[[Exception], PhotoprepError]
) -> Iterator[tuple[Any, str]]:
    """Fsspec's store of an address, and the path in it; stores' libraries raise what they like."""
    try:
        yield _opened(address)
    except PhotoprepError:
        raise
    except Exception as error:
        raise as_ours(error) from error


def _opened(address: str) -> tuple[Any, str]:
    """Fsspec's store of an address, and the path in it.

    An address is one file's: a chain of several (``a::b``), as fsspec reads them, is not meant.
    """
    scheme = scheme_of(address)
    try:
        from fsspec import get_filesystem_class

        kind = get_filesystem_class(scheme)
    except ImportError as error:
        raise MissingExtraError(
            say(
                "Addresses of {scheme}:// need a library that is not installed here.", scheme=scheme
            ),
            hint=how_to_add_cluster()
            if scheme == "s3" or is_single_file()
            else say(
                "{detail}; with photoprep[cluster] comes what s3:// needs.", detail=str(error)
            ),
        ) from error
    except ValueError as error:
        raise UsageError(
            say("No store is known by {scheme}://.", scheme=scheme),
            hint=say("It looks like s3://bucket/catalogue."),
        ) from error
    store = kind(**kind._get_kwargs_from_urls(address))
    return store, _path(store, address)


def _path(store: Any, address: str) -> str:
    path: str = store._strip_protocol(address)
    return path


def _ns(changed: object) -> int:
    """A time as some library tells it, in nanoseconds; 0 where it is none."""
    from datetime import datetime  # workers start without it

    if isinstance(changed, str):
        try:
            changed = datetime.fromisoformat(changed)
        except ValueError:
            return 0
    if isinstance(changed, datetime):
        changed = changed.timestamp()
    return int(changed * 1_000_000_000) if isinstance(changed, int | float) else 0


def _refused(address: str, error: Exception) -> StoreError:
    return StoreError(
        say(
            "{address} cannot be read or written ({reason}).",
            address=address,
            reason=_reason(error),
        ),
        hint=say("Check the address, the network and your rights to the store, then run again."),
    )


def _unreadable(error: BaseException) -> SourceUnreadableError:
    if isinstance(error, FileNotFoundError):
        return SourceUnreadableError(
            say("The file vanished before it could be read."),
            hint=say("Put it back and run again."),
        )
    return SourceUnreadableError(
        say("The store does not give the file ({reason}).", reason=_reason(error)),
        hint=say("Check the network and your rights to the store, then run again."),
    )


def _reason(error: BaseException) -> str:
    """What a library says, in one short line."""
    return " ".join(str(error).split())[:_LONGEST_REASON] or type(error).__name__
