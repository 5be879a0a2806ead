"""A call that travels as bytes and is made by unpacking them, by a worker that knows nothing of it.

A function of photoprep's, sent as such, makes Dask drop the connection to a worker that does not
have photoprep: all that was on its way there counts as lost, and after a few times as deadly. Bytes
arrive anywhere; where they cannot be unpacked, that is an error of this one call.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable

# What a worker is asked to do with the bytes.
make_call = pickle.loads
# What it raises where it has no photoprep, or one that is put together differently.
NOT_TO_BE_MADE = (ImportError, AttributeError, TypeError)


class _Call:
    """Pickled, it is the call; unpickled, what the call returned."""

    def __init__(self, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
        self._function, self._arguments = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._function, self._arguments


def packed(function: Callable[..., object], *arguments: object) -> bytes:
    """The call of a function that a module has by its name."""
    return pickle.dumps(_Call(function, arguments), protocol=5)
