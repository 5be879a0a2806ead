"""The list of what lies below an address in a store, which may take minutes to come.

Of stores of S3's kind it comes a thousand files at a time. It does so in fsspec's own thread, so
that whoever waits for it can say how far it is, and leave at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import Any

from photoprep.remote_store import RemoteObject, speaking_to, told_object

_HEARD_EVERY_S = 0.1
# botocore's name for the answer to one request for a list (Amazon's ListObjectsV2).
_A_PAGE = "after-call.s3.ListObjectsV2"


def objects_below(
    address: str, on_found: Callable[[int], None] = lambda _found: None
) -> list[RemoteObject]:
    """Every file at or below an address, in no particular order; none where nothing is there.

    ``on_found`` hears in the caller's thread how many are found: 0 at first, then more with every
    page of a list, of stores that tell of pages, and all at the end.

    Raises:
        StoreError: the store cannot be reached, or refuses.

    """
    on_found(0)
    heard = 0
    with _Listing(address) as listing:
        while not listing.has_come_within(_HEARD_EVERY_S):
            if listing.found > heard:
                heard = listing.found
                on_found(heard)
        objects = listing.objects()
    on_found(len(objects))
    return objects


class _Listing:
    """A list on its way, for the time of the block; ``found`` is how much of it has come."""

    def __init__(self, address: str) -> None:
        self.found = 0
        self._address = address

    def __enter__(self) -> _Listing:
        with speaking_to(self._address) as (store, path):
            self._store, self._path, self._looked_ns = store, path, time.time_ns()
            store.invalidate_cache()
            self._pages = _pages_of(store)
            if self._pages:
                self._pages.register(_A_PAGE, self._hear)
            self._coming: Future[dict[str, dict[str, Any]]] | None = None
            if store.async_impl:
                asked = store._find(path, detail=True)
                self._coming = asyncio.run_coroutine_threadsafe(asked, store.loop)
        return self

    def __exit__(self, *_raised: object) -> None:
        """Take back what has not come."""
        if self._coming:
            self._coming.cancel()
        if self._pages:
            self._pages.unregister(_A_PAGE, self._hear)

    def has_come_within(self, patience_s: float) -> bool:
        """Whether there is nothing to wait for any more, after so many seconds at most."""
        return self._coming is None or bool(wait([self._coming], patience_s).done)

    def objects(self) -> list[RemoteObject]:
        """All of it; what a library without a thread of its own lists is waited for here."""
        with speaking_to(self._address):
            try:
                coming = self._coming
                found = coming.result() if coming else self._store.find(self._path, detail=True)
            except FileNotFoundError:
                return []
            self._store.invalidate_cache()  # which else keeps all of it
            # Libraries have schemes of their own for what was asked (s3:// for s3a://). What is
            # listed as a folder's mark ends with a slash, and is no file.
            above, start = self._address.rstrip("/"), len(self._path)
            return [
                told_object(above + name[start:], found.pop(name), self._looked_ns)
                for name in list(found)
                if not name.endswith("/")
            ]

    def _hear(self, parsed: Mapping[str, Any], **_more: object) -> None:
        self.found += len(parsed.get("Contents", ()))


def _pages_of(store: Any) -> Any:
    """What tells of each page of a list (botocore's events); None where a library has no such.

    fsspec itself gives a list as a whole, or folder by folder with a journey for each.
    """
    return getattr(getattr(getattr(store, "s3", None), "meta", None), "events", None)
