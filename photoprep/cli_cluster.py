"""What ``--cluster`` asks for: a connection for as long as the command lasts, and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from photoprep.cli_exits import stderr_console
from photoprep.cli_language import told
from photoprep.language import say

if TYPE_CHECKING:
    from photoprep.walk.crew import Elsewhere


@contextmanager
def cluster_at(address: str, on_silent: Callable[[float], None]) -> Iterator[Elsewhere | None]:
    """The cluster at this address, for the block; None where none is asked for.

    Workers that came meanwhile and were refused are named at the end. ``on_silent`` hears, and
    this raises, as ``cluster.connecting.connected`` has it.
    """
    if not address:
        yield None
        return
    from photoprep.cluster.connecting import connected

    with connected(address, on_silent=on_silent) as cluster:
        yield cluster
        for worker in cluster.refused:
            stderr_console().print(
                told(
                    say(
                        "A worker that joined the cluster was given no work, because it would make "
                        "other photos ({worker}).",
                        worker=worker.told(),
                    )
                ),
                highlight=False,
                markup=False,
            )
