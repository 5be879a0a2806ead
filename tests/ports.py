"""Ports for the servers of the tests."""

from __future__ import annotations

import contextlib
import secrets
import socket

# Below the ports that systems give away themselves (from 32768 on Linux, 49152 elsewhere): of
# those, another process's connection could take one between our look and the server's start.
_FIRST = 15_000
_LAST = 32_000


def free_port() -> int:
    """A port on loopback where nobody listens."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
