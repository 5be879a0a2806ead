"""Dask's event loop in a thread of ours, so that whatever hangs in it holds nobody.

Dask brings such a thread itself, but its calls into it have no end where the other side has none: a
scheduler that takes a connection and says nothing is waited for even by ``Client(timeout=…)``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from photoprep.worker_process import interrupts_held_back

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

# Windows lets a wait for another thread be broken off by Ctrl-C at its end alone.
PATIENCE_S = 1.0
# What is cancelled in the loop is gone at once; a thread that is not ends with the process.
_GONE_WITHIN_S = 5.0


class EventLoop:
    """A loop that runs for the ``with`` block, in a daemon thread; its end cancels all in it."""

    def __init__(self) -> None:
        # Tornado, which Dask talks by, wants this kind on Windows as well.
        self._runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        self._loop, self._end = self._runner.get_loop(), asyncio.Event()
        self._thread = Thread(target=self._work, name="cluster", daemon=True)

    def __enter__(self) -> EventLoop:
        with interrupts_held_back():  # a Ctrl-C is the main thread's, as in ``walk.settling``
            self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(_GONE_WITHIN_S)

    def outcome(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What comes of a coroutine, which is to end by itself; it is cancelled by Ctrl-C here."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            while not future.done():
                wait([future], timeout=PATIENCE_S)
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def _work(self) -> None:
        with self._runner as runner:
            runner.run(self._end.wait())


def begun(client: Client, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """A coroutine under way in the loop of a client that is connected."""
    loop: asyncio.AbstractEventLoop = client.loop.asyncio_loop  # type: ignore[union-attr]
    return asyncio.run_coroutine_threadsafe(coroutine, loop)
