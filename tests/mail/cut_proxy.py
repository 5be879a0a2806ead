"""A stand between a program and a server, which breaks their conversation where it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class CutProxy:
    """Passes on ``server_lines`` of the server and ``client_bytes`` of the client, then breaks.

    None is no end. Where it ``stalls``, it keeps the connection open and says nothing more; else
    it closes both ends. ``broke`` is set at that moment.
    """

    target_port: int
    server_lines: int | None = None
    client_bytes: int | None = None
    stalls: bool = False
    port: int = 0
    broke: threading.Event = field(default_factory=threading.Event)
    passed_client_bytes: int = 0
    passed_server_lines: int = 0
    _sockets: list[socket.socket] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                return
            self._sockets += [client, server]
            for work in (self._from_client, self._from_server):
                threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _from_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(4096):
                if self.client_bytes is not None:
                    data = data[: self.client_bytes - self.passed_client_bytes]
                server.sendall(data)
                self.passed_client_bytes += len(data)
                if self.passed_client_bytes == self.client_bytes:
                    self._break(client, server)
                    return
            server.shutdown(socket.SHUT_WR)

    def _from_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(4096):
                lines = data.splitlines(keepends=True)
                if self.server_lines is not None:
                    lines = lines[: self.server_lines - self.passed_server_lines]
                client.sendall(b"".join(lines))
                self.passed_server_lines += len(lines)
                if len(b"".join(lines)) < len(data):
                    self._break(client, server)
                    return
            client.shutdown(socket.SHUT_WR)

    def _break(self, client: socket.socket, server: socket.socket) -> None:
        self.broke.set()
        if not self.stalls:
            for end in (client, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        for end in self._sockets:
            end.close()


@contextmanager
def cut_proxy(
    target_port: int,
    *,
    server_lines: int | None = None,
    client_bytes: int | None = None,
    stalls: bool = False,
) -> Iterator[CutProxy]:
    """One that listens on ``port``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = CutProxy(target_port, server_lines, client_bytes, stalls=stalls)
        proxy.port = listener.getsockname()[1]
        threading.Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        try:
            yield proxy
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            proxy.close()
