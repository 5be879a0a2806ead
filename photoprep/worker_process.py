"""The life of one worker process: how it is begun, and what it does until its pipe is closed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from threading import Lock
from typing import TypeVar

from photoprep.early import THREAD_LIMITS, Ending
from photoprep.errors import NotEnoughMemoryError, PhotoError, UnexpectedPhotoError
from photoprep.language import say

Task = TypeVar("Task")
Result = TypeVar("Result")

# The environment is the whole process's, and a cluster's worker starts processes from many threads.
_environment = Lock()


def spawned(
    function: Callable[[Task], Result], set_up: Callable[[], None]
) -> tuple[Connection, Ending]:
    """A new process, and the pipe to it."""
    context = multiprocessing.get_context("spawn")
    pipe, far_end = context.Pipe()
    process = context.Process(target=_live, args=(far_end, function, set_up), daemon=True)
    process.start()
    # With our copy of its end closed, a dead worker is a closed pipe and not an endless wait.
    far_end.close()
    return pipe, process


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Start a process with Ctrl-C blocked, for it inherits that; ours arrives a moment later.

    A worker that is still importing could not ignore it yet and would print a trace. Windows has
    no such mask; there, a Ctrl-C in a worker's first tenth of a second is seen.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Started with the first process, it would lift the mask again (CPython's resource_tracker.py).
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Start a process whose matrix library keeps to one core: there is a worker for every core."""
    with _environment:
        before = {name: os.environ.get(name) for name in THREAD_LIMITS}
        os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _live(pipe: Connection, function: Callable[[Task], Result], set_up: Callable[[], None]) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        set_up()
    except Exception as error:  # noqa: BLE001 (whatever a broken installation raises)
        refusal = _cannot_load(error)

        def function(_task: Task) -> Result:
            raise refusal

    serve(pipe, function)


def serve(pipe: Connection, function: Callable[[Task], Result]) -> None:
    """Work until the other end is closed, which the system does when the parent dies."""
    _keep_libraries_quiet()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        outcome: Result | PhotoError
        try:
            outcome = function(task)
        except Exception as error:  # noqa: BLE001 (whatever it is, it costs this one picture)
            outcome = ours(error)
        try:
            pipe.send(outcome)
        except OSError:
            return


def _cannot_load(error: BaseException) -> UnexpectedPhotoError:
    return UnexpectedPhotoError(
        say(
            "What prepares photos cannot be loaded here ({kind}: {detail}).",
            kind=type(error).__name__,
            detail=str(error),
        ),
        hint=say("See what is broken, and the command that mends it, with: photoprep doctor"),
    )


def _keep_libraries_quiet() -> None:
    """Lead this process's standard error to nowhere.

    libtiff, LibRaw and Pillow print what they think of a broken picture, a line for each of its
    rows at times. What a person needs of that is in the refusal; the terminal is the parent's.
    """
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def ours(error: BaseException) -> PhotoError:
    """The error as one of ours: what is not is a bug, which costs this one picture."""
    if isinstance(error, PhotoError):
        return error
    if isinstance(error, MemoryError):
        return NotEnoughMemoryError(
            say("There is not enough memory for this picture."),
            hint=say("Save a smaller version of it, or run with fewer --jobs."),
        )
    return UnexpectedPhotoError(
        say(
            "photoprep met an error of its own ({kind}: {detail}).",
            kind=type(error).__name__,
            detail=str(error),
        ),
        hint=say("Please report it with this picture; saving the picture anew may help."),
    )
