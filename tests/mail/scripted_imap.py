"""An IMAP server that answers as it is told to, as a real one does on bad days only.

It knows as much of the protocol as a run of ``photoprep drafts`` asks for. ``answers`` replaces
what it says to a command: the first key that the command's line begins with (after its tag)
counts. An answer is lines without the last line end, in which ``{tag}`` stands for the command's;
None is no answer, and ``HANG_UP`` ends the connection.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader

HANG_UP = "hang up"
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")
_USUAL = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN SPECIAL-USE\r\n{tag} OK done",
    "AUTHENTICATE": "{tag} OK in",
    "LOGIN": "{tag} OK in",
    'LIST "" "*"': '* LIST (\\Drafts) "/" Drafts\r\n* LIST () "/" INBOX\r\n{tag} OK done',
    "EXAMINE": "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] there\r\n{tag} OK [READ-ONLY] done",
    "UID SEARCH": "* SEARCH\r\n{tag} OK done",
    "APPEND": "{tag} OK [APPENDUID 1 1] done",
    "STATUS": "* STATUS Drafts (APPENDLIMIT 5000)\r\n{tag} OK done",
    "LOGOUT": "* BYE\r\n{tag} OK done",
}


@dataclass
class ScriptedImap:
    """What it says, and what it was told: ``commands`` without tags, ``appended`` messages."""

    greeting: str
    answers: dict[str, str | None]
    port: int = 0
    commands: list[str] = field(default_factory=list)
    appended: list[bytes] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reader, suppress(OSError):
                self._converse(connection, reader)

    def _converse(self, connection: socket.socket, reader: BufferedReader) -> None:
        if self.greeting == HANG_UP:
            return
        connection.sendall(f"{self.greeting}\r\n".encode())
        while line := reader.readline():
            tag, _, command = line.rstrip(b"\r\n").decode(errors="replace").partition(" ")
            self.commands.append(command)
            answer = next(
                (text for key, text in self.answers.items() if command.startswith(key)),
                "{tag} BAD what?",
            )
            literal = _LITERAL.search(line)
            takes = literal or command.startswith("AUTHENTICATE")
            if takes and answer is not None and answer.startswith("{tag} OK"):
                connection.sendall(b"+ go on\r\n")
                if literal:
                    self.appended.append(reader.read(int(literal[1])))
                reader.readline()
            if answer == HANG_UP:
                return
            if answer is not None:
                connection.sendall(f"{answer.replace('{tag}', tag)}\r\n".encode())


@contextmanager
def scripted_imap(
    answers: Mapping[str, str | None] | None = None, *, greeting: str = "* OK ready"
) -> Iterator[ScriptedImap]:
    """One that listens on ``port``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = dict(answers or {})
        for key, text in _USUAL.items():
            told.setdefault(key, text)
        server = ScriptedImap(greeting, told)
        server.port = listener.getsockname()[1]
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
