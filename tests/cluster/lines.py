"""Lines between machines, on this one: one that goes dead without a word, others that break."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Thread

from tests.ports import free_port


@dataclass(frozen=True)
class FarSide:
    """A network namespace as another machine, and the addresses of both ends of the line to it."""

    name: str
    near: str
    far: str

    @property
    def within(self) -> list[str]:
        """What a command there begins with."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """From now on whatever is sent from one side to the other vanishes."""
        _ip("-n", self.name, "link", "set", "far", "down")

    def mend(self) -> None:
        """Let it through again."""
        _ip("-n", self.name, "link", "set", "far", "up")


@cache
def why_no_far_side() -> str:
    """Why there can be no ``far_side`` here; empty where there can."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    try:
        with far_side():
            return ""
    except FileNotFoundError:
        # .ci/run installs it
        return "" if "PHOTOPREP_REQUIRE_READERS" in os.environ else "needs iproute2"
    except subprocess.CalledProcessError as error:
        return f"may make no network namespace: {error.stderr.strip()}"


@contextmanager
def far_side() -> Iterator[FarSide]:
    """Another machine at the end of a line of its own, for the block."""
    # 198.18.0.0/15 is for measurements of networks (RFC 2544, C.2.2): no other machine has it.
    number = os.getpid() % 10_000
    net = f"198.18.{number // 60}.{number % 60 * 4}".rpartition(".")
    near, far = (f"{net[0]}.{int(net[2]) + host}" for host in (1, 2))
    side, interface = FarSide(f"photoprep-{os.getpid()}", near, far), f"pp{os.getpid()}"
    _ip("netns", "add", side.name)
    try:
        _ip("link", "add", interface, "type", "veth", "peer", "name", "far", "netns", side.name)
        _ip("address", "add", f"{near}/30", "dev", interface)
        _ip("link", "set", interface, "up")
        _ip("-n", side.name, "address", "add", f"{far}/30", "dev", "far")
        for name in ("lo", "far"):
            _ip("-n", side.name, "link", "set", name, "up")
        yield side
    finally:
        with suppress(subprocess.CalledProcessError):  # where there has not been one yet
            _ip("link", "delete", interface)
        _ip("netns", "delete", side.name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Relay:
    """A port that leads to another one of this machine, over connections that break.

    The first that has brought more than so many bytes from there breaks in the midst of them;
    ``broken`` has how many they were.
    """

    def __init__(self, to: int, *, after_bytes: float = math.inf) -> None:
        self._to, self._after_bytes = to, after_bytes
        self.broken: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", free_port()))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads = [Thread(target=self._listen)]
        self._is_over = False

    def __enter__(self) -> Relay:
        self._threads[0].start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._is_over = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # so that it looks
        self._threads[0].join()
        for pair in self._pairs:
            _shut(pair)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *(end for pair in self._pairs for end in pair)):
            end.close()

    def break_all_but_the_first(self) -> None:
        """Of a client of Dask's the first is the stream, and the others have questions."""
        for pair in self._pairs[1:]:
            _shut(pair)

    def _listen(self) -> None:
        while True:
            came, _ = self._listener.accept()
            if self._is_over:
                came.close()
                return
            pair = came, socket.create_connection(("127.0.0.1", self._to))
            self._pairs.append(pair)
            for work in (self._bring, self._take):
                self._threads.append(Thread(target=work, args=pair))
                self._threads[-1].start()

    def _take(self, came: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := came.recv(1 << 16):
                there.sendall(data)
        _shut((came, there))

    def _bring(self, came: socket.socket, there: socket.socket) -> None:
        brought = 0
        with suppress(OSError):
            while data := there.recv(1 << 16):
                brought += len(data)
                if not self.broken and brought > self._after_bytes:
                    self.broken.append(brought)
                    break
                came.sendall(data)
        _shut((came, there))


def _shut(pair: tuple[socket.socket, socket.socket]) -> None:
    for end in pair:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
