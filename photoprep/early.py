"""Workers that are there when they are asked for: forked while the command line is still loading.

What decodes and scales takes a tenth of a second to load, in each worker anew, and the command line
itself takes as long to load before it knows what to do. So, on Linux, the door forks one process
before anything else (``begin``). That one, the *first*, loads the photo room, hears how many are
wanted, forks so many of itself, says who they are, and works on as one of them.

Forking copies no more than the caller knows: at the door that is one thread, no database and no
open file. The first forks only while it has one thread, and what it sends tells how many it made,
so that whoever asked can start the others in the ordinary way. No other system forks: macOS's own
libraries do not bear it, Windows cannot.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

Serve = Callable[[Connection], None]

# Read by OpenBLAS, MKL and others, and Apple's Accelerate as they are loaded: a worker for every
# core is enough.
THREAD_LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Ending(Protocol):
    """What can be asked of any worker's process."""

    def kill(self) -> None:
        """End it, in the middle of whatever it does."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it is gone, so many seconds at most."""


class EarlyWorkers:
    """The first process, and those it forks; the pipes to ``most`` of them lie ready."""

    def __init__(self, set_up: Callable[[], None], serve: Serve, most: int) -> None:
        context = multiprocessing.get_context("fork")
        pairs = [context.Pipe() for _ in range(most)]
        self._pipes = [ours for ours, _ in pairs]
        theirs = [far_end for _, far_end in pairs]
        self._first: BaseProcess = context.Process(
            target=_live, args=(self._pipes, theirs, set_up, serve), daemon=True
        )
        # A Ctrl-C in the moment before it can ignore one would print a trace.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._first.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for far_end in theirs:
            far_end.close()
        self._asked = 0

    def ask(self, wanted: int) -> None:
        """Say how many are wanted; only the first asking counts."""
        if not self._asked:
            self._asked = min(wanted, len(self._pipes))
            with suppress(OSError):  # it has died: then there are none
                self._pipes[0].send(self._asked)

    def come(self) -> list[tuple[Connection, Ending]]:
        """Wait until they have loaded; returns those that there are, perhaps fewer than asked."""
        try:
            others = self._pipes[0].recv() if self._asked else []
            came: list[Ending] = [self._first, *map(_Forked, others)]
        except (EOFError, OSError):
            self.end()
            return []
        for pipe in self._pipes[len(came) :]:
            pipe.close()
        return list(zip(self._pipes, came, strict=False))

    def end(self) -> None:
        """End them when they have not come yet."""
        self._first.kill()
        self._first.join()
        with suppress(EOFError, OSError):
            # What it has said before it was killed can still be read; it can fork no more.
            if self._asked and self._pipes[0].poll():
                for other in map(_Forked, self._pipes[0].recv()):
                    other.kill()
        for pipe in self._pipes:
            pipe.close()


_begun: list[EarlyWorkers] = []


def begin(set_up: Callable[[], None], serve: Serve, most: int) -> None:
    """Start the first process, where that can be done; ``claim`` hands it out.

    To be called before there is a thread, an open file or a database.
    """
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return
    with suppress(OSError):  # then they are started when there is work
        os.close(os.pidfd_open(os.getpid()))  # a kernel before 5.3, or a sandbox, has none
        _begun.append(EarlyWorkers(set_up, serve, most))


def claim() -> EarlyWorkers | None:
    """What was begun, for the one who asks first."""
    return _begun.pop() if _begun else None


class _Forked:
    """A process that the first has forked, by a handle that cannot come to mean another one."""

    def __init__(self, pid: int) -> None:
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def join(self, timeout: float | None = None) -> None:
        if self._handle >= 0 and select.select([self._handle], [], [], timeout)[0]:
            os.close(self._handle)
            self._handle = -1


def _live(
    parents: list[Connection], pipes: list[Connection], set_up: Callable[[], None], serve: Serve
) -> None:
    """The first's life, and that of those it forks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone decides what Ctrl-C means
    for pipe in parents:
        pipe.close()  # a parent that dies must be a closed pipe
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        set_up()
    except Exception:  # noqa: BLE001 (workers that are started in its place will say what it is)
        return
    try:
        wanted: Any = pipes[0].recv()
    except (EOFError, OSError):
        return
    mine = _multiplied(pipes, wanted)
    if mine is not None:
        serve(mine)


def _multiplied(pipes: list[Connection], wanted: int) -> Connection | None:
    """Fork until there are as many as wanted; returns, in each of them, the pipe that is its own.

    Those forked wait until their names have been sent home: one that nobody could end must not be.
    """
    own, others = pipes[0], pipes[1:wanted]
    gc.freeze()  # what is loaded stays shared: a collection would write into every page of it
    named, tell = os.pipe()
    pids: list[int] = []
    for pipe in others if _threads() == 1 else []:
        pid = os.fork()
        if pid == 0:
            os.close(tell)
            for other in pipes:
                if other is not pipe:
                    other.close()
            may_live = os.read(named, 1)
            os.close(named)
            return pipe if may_live else None
        pids.append(pid)
    for pipe in pipes[1:]:
        pipe.close()
    with suppress(OSError):  # nobody there any more: serving ends at once
        own.send(pids)
        os.write(tell, bytes(len(pids)))
    os.close(tell)
    os.close(named)
    return own


def _threads() -> int:
    """How many threads this process has, by the system's count; 0 where it does not say."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return 0
