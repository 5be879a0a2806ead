"""What the service manager is told: ready, alive, busy with what, about to end (sd_notify(3)).

The protocol is one datagram a message to the socket that ``NOTIFY_SOCKET`` names. Where there is
none nothing is sent, and a manager that does not listen never disturbs the watching.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notifier:
    """Tells the service manager; ``watchdog_s`` is how often it wants to hear, 0 for never.

    The variables are taken out of the environment, so that no process of ours speaks for us.
    """

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        given: Mapping[str, str] = os.environ if environment is None else environment
        self._address = _address(given.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog_s(given) if self._address else 0.0
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
            if environment is None:
                os.environ.pop(name, None)

    def ready(self) -> None:
        """The watching has begun."""
        self._send("READY=1")

    def reloading(self, monotonic_s: float) -> None:
        """Settings are being read anew; ``ready`` ends that."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic_s * 1_000_000)}")

    def alive(self) -> None:
        """The loop turns: this winds up the watchdog."""
        self._send("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """What it is at, for ``systemctl status``."""
        self._send(f"STATUS={' '.join(sentence.split())}")

    def stopping(self) -> None:
        """It is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.setblocking(False)
            end.sendto(message.encode(), self._address)


def _address(named: str) -> str:
    """The socket's address: a path or, of one that has no file, a name behind a zero byte."""
    if named.startswith("@"):
        return "\0" + named[1:]
    return named if named.startswith("/") else ""


def _watchdog_s(given: Mapping[str, str]) -> float:
    """Half of the time after which we are taken for dead, as sd_watchdog_enabled(3) advises."""
    meant = given.get("WATCHDOG_PID", "")
    with suppress(ValueError):
        if not meant or int(meant) == os.getpid():
            return max(0, int(given.get("WATCHDOG_USEC", "0"))) / 2_000_000
    return 0.0
