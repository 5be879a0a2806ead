"""The door: an address becomes a cluster whose workers are known to make what is made here."""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from photoprep.cluster.loop import EventLoop
from photoprep.cluster.roster import USUAL, OnSilent, Patience, Roster, unheard
from photoprep.cluster.running import Cluster
from photoprep.cluster.versions import refusal, versions_here
from photoprep.errors import MissingExtraError, TryLaterError, UsageError
from photoprep.installed import how_to_add_cluster
from photoprep.language import say

if TYPE_CHECKING:
    from distributed import Client

# Dask's own default (``distributed.comm.default-scheme`` and the scheduler's port).
_DEFAULT_PORT = 8786
_SCHEMES = ("tcp", "tls")
_CONNECTED_WITHIN_S = 10.0
# So much longer in all, so that of a machine that takes no connection Dask's own word comes first.
_GREETED_WITHIN_S = 2.0
# A scheduler that listens takes leave at once.
_CLOSED_WITHIN_S = 2.0
_LOOK_EVERY_S = 0.2
_CONFIG = {
    # Bytes travel within their tasks, so that the scheduler can give them to another worker when
    # one is lost; that such a task is large is known.
    "distributed.admin.large-graph-warning-threshold": "1 TB",
    # Else the last thousand messages of up to 1 MB stay in memory, to be looked at by nobody.
    "distributed.admin.low-level-log-length": 0,
    # A result or an answer whose connection breaks on its way is asked for over another one.
    "distributed.comm.retry.count": 2,
}


@contextmanager
def connected(
    address: str,
    *,
    within_s: float = _CONNECTED_WITHIN_S,
    manned_within_s: float = _CONNECTED_WITHIN_S,
    patience: Patience = USUAL,
    on_silent: OnSilent = unheard,
) -> Iterator[Cluster]:
    """The cluster of the scheduler at this address, for the block.

    TLS (``tls://``) takes its certificates from Dask's own configuration. ``on_silent`` hears for
    how many seconds the scheduler has been silent, every second after ten, and 0 when it speaks.

    Raises:
        UsageError: this is no address of a scheduler.
        MissingExtraError: Dask is not installed here.
        TryLaterError: no scheduler answers within ``within_s`` seconds, or it has no worker
            within ``manned_within_s`` more.
        ClusterMismatchError: some of its workers would make other photos than this machine.

    """
    plain = checked_address(address)
    with _client(plain, within_s) as client:
        roster = Roster(client, plain, versions_here(), patience=patience, on_silent=on_silent)
        ends_s = time.monotonic() + manned_within_s
        roster.look(within_s=within_s, silent_s=within_s)  # a worker has photoprep to load at first
        while not (roster.threads or roster.refused) and time.monotonic() < ends_s:
            time.sleep(_LOOK_EVERY_S)
            roster.look(silent_s=within_s)
        if roster.refused:
            raise refusal(roster.refused.values())
        if not roster.threads:
            raise TryLaterError(
                say("The scheduler at {address} has no worker.", address=plain),
                hint=say("Start some (dask worker {address}), then run again.", address=plain),
            )
        yield Cluster(client, roster)


def checked_address(address: str) -> str:
    """The address with its scheme and port, ``tcp`` and 8786 where it has none.

    Raises:
        UsageError: it is none that a scheduler can have.

    """
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError:  # a port that is none, or half an IPv6 address
        host, port = None, 0
    rest = host is None or parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if not host or rest or parts.scheme not in _SCHEMES or any(map(str.isspace, host)):
        raise UsageError(
            say("This is no address of a cluster's scheduler: {address}", address=address),
            hint=say("It looks like tcp://scheduler:8786, or tls://scheduler:8786."),
        )
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _client(address: str, within_s: float) -> Iterator[Client]:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError(
            say("Work on a cluster needs Dask, which is not installed here."),
            hint=how_to_add_cluster(),
        ) from error
    _silence_dask()
    with dask.config.set(_CONFIG), EventLoop() as loop:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Dask's, of versions of its own that differ
                client = loop.outcome(_opened(Client, address, within_s))
        except (OSError, ValueError, TypeError) as error:
            raise TryLaterError(
                say(
                    "No scheduler answers at {address} ({detail}).",
                    address=address,
                    detail=_detail(error),
                ),
                hint=say("Check the address and that the cluster is running, then run again."),
            ) from error
        try:
            yield client
        finally:
            loop.outcome(_close(client))


async def _opened(kind: type[Client], address: str, within_s: float) -> Client:
    """A client that is connected, which takes ``within_s`` for a connection and little more."""
    client = kind(address, timeout=within_s, set_as_default=False, asynchronous=True)
    try:
        async with asyncio.timeout(within_s + _GREETED_WITHIN_S):
            await client
    except BaseException:
        await _close(client)
        raise
    return client


async def _close(client: Client) -> None:
    """Take leave, and where nobody listens go without."""
    closing = asyncio.ensure_future(client.close())
    if not (await asyncio.wait([closing], timeout=_CLOSED_WITHIN_S))[0]:
        if client.scheduler_comm is not None:
            client.scheduler_comm.abort()  # what is still to be sent has nobody to go to
        await asyncio.wait([closing], timeout=_CLOSED_WITHIN_S)


def _detail(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return say("it takes the connection and says nothing")
    return " ".join(str(error).split())[:200] or type(error).__name__


def _silence_dask() -> None:
    """What Dask would log of lost connections, a person is told in a sentence of ours."""
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
