"""Lines between machines, on this one: one that goes dead without a word, one that breaks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
        _ip("netns", "delete", side.name)  # and with it the line


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@contextmanager
def breaking_once(port: int, after_bytes: int) -> Iterator[tuple[int, list[int]]]:
    """A port that leads to another one of this machine, and what broke on the way.

    The first connection that has brought so many bytes from there is ended in the midst of them,
    and all others are let be. The list has how many bytes it had brought.
    """
    broken: list[int] = []
    with socket.create_server(("127.0.0.1", free_port())) as listener:

        def pass_on(taken: socket.socket, there: socket.socket, *, may_break: bool) -> None:
            brought = 0
            with suppress(OSError):
                while data := taken.recv(1 << 16):
                    brought += len(data)
                    if may_break and not broken and brought > after_bytes:
                        broken.append(brought)
                        break
                    there.sendall(data)
            for end in (taken, there):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    came, _ = listener.accept()
                    there = socket.create_connection(("127.0.0.1", port))
                    ends.extend((came, there))
                    for one, other in ((came, there), (there, came)):
                        threads.append(
                            Thread(
                                target=pass_on,
                                args=(one, other),
                                kwargs={"may_break": one is there},
                            )
                        )
                        threads[-1].start()

        ends: list[socket.socket] = []
        threads = [Thread(target=listen)]
        threads[0].start()
        try:
            yield listener.getsockname()[1], broken
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            threads[0].join()
            for end in ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for thread in threads[1:]:
                thread.join()
            for end in ends:
                end.close()
