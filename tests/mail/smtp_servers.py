"""Servers that take mails on loopback: one that does as it is told wrong, and Postfix."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest

from tests.ports import free_port

LIMIT_BYTES = 800_000
Step = Literal["connect", "ehlo", "mail", "rcpt", "data", "content", "dot", "quit"]
STEPS: tuple[Step, ...] = ("connect", "ehlo", "mail", "rcpt", "data", "content", "dot")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at a step, once.

    ``reply`` is said instead of the usual; without one the connection is cut. ``keeps`` says of
    ``dot`` that the mail is kept all the same. ``slow_s`` is waited first. ``about`` limits it to a
    command with these words in it, ``nth`` lets the step pass before.
    """

    step: Step
    reply: str = ""
    keeps: bool = False
    slow_s: float = 0.0
    about: str = ""
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that the server took: it is with the customer now."""

    recipients: tuple[str, ...]
    data: bytes


@dataclass(slots=True)
class FaultyServer:
    """An SMTP server that goes wrong as its faults say, one after the other, and else is right.

    ``kept`` is the truth that a journal is held against. ``watch`` is called at each step.
    """

    faults: list[Fault] = field(default_factory=list)
    extensions: tuple[str, ...] = (f"SIZE {LIMIT_BYTES}", "ENHANCEDSTATUSCODES")
    kept: list[Kept] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    watch: Callable[[Step], None] = lambda _step: None
    auth_reply: str = "235 2.7.0 Ok"
    port: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> FaultyServer:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits in accept() is not woken by closing its socket.
        with contextlib.suppress(OSError):  # not every system has this for a listener
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _begin(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            if not self._answer(connection, "connect", "220 mx.example.com ESMTP"):
                return
            recipients: list[str] = []
            while line := lines.readline():
                words = line.decode("ascii", "replace").strip()
                self.said.append(words)
                verb = words.split()[0].upper()
                if verb == "EHLO":
                    usual = "\r\n250-".join(["250-mx.example.com", *self.extensions[:-1]])
                    going = self._answer(
                        connection, "ehlo", f"{usual}\r\n250 {self.extensions[-1]}"
                    )
                elif verb == "MAIL":
                    recipients = []
                    going = self._answer(connection, "mail", "250 2.1.0 Ok")
                elif verb == "RCPT":
                    taken = self._next("rcpt", words)
                    going = self._carry_out(connection, taken, "250 2.1.5 Ok")
                    if taken is None or taken.slow_s:
                        recipients.append(words.partition("<")[2].rstrip(">"))
                elif verb == "DATA":
                    going = self._data(connection, lines.readline, recipients)
                elif verb == "AUTH" and words.upper() == "AUTH LOGIN":
                    connection.sendall(b"334 VXNlcm5hbWU6\r\n")
                    lines.readline()
                    connection.sendall(b"334 UGFzc3dvcmQ6\r\n")
                    lines.readline()
                    going = self._carry_out(connection, None, self.auth_reply)
                elif verb == "AUTH":
                    reply = self.auth_reply.format(words=words)
                    going = self._carry_out(connection, None, reply)
                elif verb == "QUIT":
                    self._answer(connection, "quit", "221 2.0.0 Bye")
                    return
                else:
                    connection.sendall(b"250 2.0.0 Ok\r\n")
                    going = True
                if not going:
                    return

    def _data(
        self, connection: socket.socket, next_line: Callable[[], bytes], recipients: list[str]
    ) -> bool:
        fault = self._next("data")
        if fault is not None and not fault.slow_s:
            return self._carry_out(connection, fault, "")
        self._carry_out(connection, fault, "354 End data with <CR><LF>.<CR><LF>")
        cut = self._next("content")
        content = b""
        while line := next_line():
            if line == b".\r\n":
                break
            content += line[1:] if line.startswith(b".") else line
            if cut is not None and len(content) > 200:
                self._carry_out(connection, cut, "")
                return False
        else:
            return False  # the connection ended before the dot: nothing is kept
        fault = self._next("dot")
        if fault is None or fault.slow_s or fault.keeps:
            self.kept.append(Kept(tuple(recipients), content))
        return self._carry_out(connection, fault, "250 2.0.0 Ok: queued")

    def _answer(self, connection: socket.socket, step: Step, usual: str) -> bool:
        return self._carry_out(connection, self._next(step), usual)

    def _next(self, step: Step, words: str = "") -> Fault | None:
        self.watch(step)
        for fault in self.faults:
            if fault.step == step and fault.about in words:
                self.faults.remove(fault)
                if fault.nth == 1:
                    return fault
                self.faults.append(replace(fault, nth=fault.nth - 1))
                return None
        return None

    def _carry_out(self, connection: socket.socket, fault: Fault | None, usual: str) -> bool:
        """Say what is said; whether the connection goes on."""
        if fault is not None and fault.slow_s:
            time.sleep(fault.slow_s)
        reply = fault.reply if fault is not None and not fault.slow_s else usual
        if not reply:
            return False
        connection.sendall(f"{reply}\r\n".encode())
        return not reply.startswith("421")


POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_postfix = pytest.mark.skipif(
    (POSTFIX is None or os.name == "nt" or os.geteuid() != 0)
    and "PHOTOPREP_REQUIRE_READERS" not in os.environ,
    reason="needs Postfix (Debian package postfix) and root, which it wants",
)

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.com
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
default_transport = {transport}
relayhost =
message_size_limit = {limit}
mailbox_size_limit = 0
alias_maps =
alias_database =
local_recipient_maps =
maillog_file =
syslog_name = postfix-of-a-test
"""
_MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


@contextlib.contextmanager
def postfix(root: Path, transport: str = "discard:") -> Iterator[int]:
    """Postfix with its own queue and a limit of 800,000 bytes; its port.

    ``transport`` is where mails go: away, or ``smtp:[127.0.0.1]:PORT`` to another server.
    """
    assert POSTFIX is not None, "Postfix is missing"
    for folder in root.parents:  # pytest makes them for their owner alone; Postfix has its own user
        if folder.owner() == "root" and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    config = root / "config"
    for folder in (config, root / "queue", root / "data"):
        folder.mkdir(parents=True)
    shutil.chown(root / "data", "postfix")
    (config / "main.cf").write_text(
        _MAIN_CF.format(root=root, limit=LIMIT_BYTES, transport=transport), encoding="ascii"
    )
    port = free_port()
    (config / "master.cf").write_text(_MASTER_CF.format(port=port), encoding="ascii")
    # In the foreground: "start" gives up after ten seconds, which a busy machine may take.
    with subprocess.Popen(
        [POSTFIX, "-c", str(config), "start-fg"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as master:
        try:
            wait_for(port, master)
            yield port
        finally:
            subprocess.run([POSTFIX, "-c", str(config), "stop"], check=False, capture_output=True)
            try:
                master.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(master.pid, signal.SIGKILL)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when somebody listens there; the process must not end before."""
    for _ in range(1200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, f"it ended with {process.returncode}"
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")
