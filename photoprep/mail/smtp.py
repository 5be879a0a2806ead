"""The conversation with an SMTP server, so that after each step it is known what may have arrived.

smtplib finds the server, reads its replies and does TLS; what is said, and when, is said here. The
content goes out in two strokes: all of it, and then the dot that ends it. Up to the dot nothing
can have arrived (RFC 5321, 4.1.1.4); from the dot until the server's answer it may have. The
caller is told before either, so that it can write that down first.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, NoReturn

from photoprep.errors import AccountError, MailRefusedError, TryLaterError
from photoprep.language import say
from photoprep.mail.account import Server
from photoprep.mail.network import detail_of, is_here, not_reached, unreachable
from photoprep.mail.passwords import without_secrets
from photoprep.mail.replies import Reply, reason_of, reply_of

# Who we are, by an address that says nothing of this computer (RFC 5321, 4.1.4).
_EHLO_NAME = "[127.0.0.1]"
_LOST = (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError)
_GOES_ON = 354  # the content may come (RFC 5321, 4.1.1.4)
_NEXT_ANSWER = 334  # while logging in (RFC 4954, 4)
_EARLY_BYTES = 1_000
_HANGS_UP = 421  # may answer anything (RFC 5321, 3.8)

Outcome = Literal["sent", "deferred", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a server may be silent, in seconds (RFC 5321, 4.5.3.2, but for connecting)."""

    connect_s: float = 30
    command_s: float = 300
    content_s: float = 180
    verdict_s: float = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mail for one recipient, in words, and the server's own where it spoke."""

    outcome: Outcome
    message: str
    hint: str = ""


class _LostError(Exception):
    """The connection is gone, or says what is no SMTP."""


class Session:
    """A connection to a server, logged in where the server asks for it; a context manager.

    ``password`` is asked for only then. ``size_limit_bytes`` is what the server says it takes
    (RFC 1870), ``None`` where it names no limit.

    Raises:
        TryLaterError: it is not to be reached, or says "not now".
        MailRefusedError: it will have nothing to do with us.
        AccountError: its certificate is not in order, it has no TLS, or refuses the password.

    """

    def __init__(
        self,
        server: Server,
        *,
        username: str = "",
        password: Callable[[], str] = str,
        timeouts: Timeouts = Timeouts(),
    ) -> None:
        self._server = server
        self._timeouts = timeouts
        self._secrets = (username, "")
        self.is_logged_in = False
        self._client = self._connected()
        self.is_open = True
        try:
            self._protect()
            self._login(username, password)
        except _LostError as error:
            self.close()
            raise unreachable(self._server, error) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def size_limit_bytes(self) -> int | None:
        """The most bytes that the server says it takes."""
        said = self._client.esmtp_features.get("size", "").split()
        limit = int(said[0]) if said and said[0].isdecimal() and said[0].isascii() else 0
        return limit or None

    def transmit(
        self,
        sender: str,
        recipients: Sequence[str],
        data: bytes,
        *,
        before_data: Callable[[Sequence[str]], None],
        before_dot: Callable[[], None],
    ) -> dict[str, Verdict]:
        """Hand one message over to all recipients; what became of it for each of them.

        ``data`` has CRLF at each line's end. ``before_data`` gets those recipients whom the server
        takes; whatever it or ``before_dot`` raises ends the connection before the dot. Afterwards
        ``is_open`` says whether the session can go on.
        """
        verdicts: dict[str, Verdict] = {}
        taken: list[str] = []
        handed = False
        try:
            size = f" SIZE={len(data)}" if self._client.has_extn("size") else ""
            reply = self._command("MAIL", f"FROM:<{sender}>{size}")
            if not reply.is_taken:
                return self._all(recipients, reply)
            for recipient in recipients:
                reply = self._command("RCPT", f"TO:<{recipient}>")
                if reply.is_taken:
                    taken.append(recipient)
                else:
                    verdicts[recipient] = self._verdict(reply)
            if not taken:
                self._command("RSET")
                return verdicts
            before_data(taken)
            reply = self._command("DATA")
            if reply.code != _GOES_ON:
                verdicts |= self._all(taken, reply)
                self._command("RSET")
                return verdicts
            self._push(_with_doubled_dots(data), self._timeouts.content_s)
            before_dot()
            early = self._early_answer()
            if early is not None:
                self.close()
                return verdicts | self._all(taken, early)
            handed = True
            self._push(b".\r\n", self._timeouts.verdict_s)
            reply = self._read()
        except _LostError as error:
            self.close()
            outcome: Outcome = "unknown" if handed else "deferred"
            lost = Verdict(
                outcome, say("the connection was lost ({detail})", detail=detail_of(error))
            )
            return {recipient: verdicts.get(recipient, lost) for recipient in recipients}
        except BaseException:
            self.close()
            raise
        return verdicts | self._all(taken, reply, handed=True)

    def end(self) -> None:
        """Take leave of the server, and close."""
        if self.is_open:
            try:
                self._command("QUIT", timeout_s=self._timeouts.connect_s)
            except _LostError:
                pass  # whoever has been served may hang up first
            finally:
                self.close()

    def close(self) -> None:
        """Hang up without a word, which ends whatever had been begun."""
        self.is_open = False
        self._client.close()

    @property
    def _socket(self) -> socket.socket:
        if self._client.sock is None:
            raise _LostError(say("closed"))
        return self._client.sock

    def _connected(self) -> smtplib.SMTP:
        host, port, timeout_s = self._server.host, self._server.port, self._timeouts.connect_s
        client: smtplib.SMTP
        try:
            if self._server.security == "tls":
                # A context of our own: smtplib's verifies nothing.
                context = ssl.create_default_context()
                client = smtplib.SMTP_SSL(
                    host, port, _EHLO_NAME, timeout=timeout_s, context=context
                )
            else:
                client = smtplib.SMTP(host, port, _EHLO_NAME, timeout=timeout_s)
        except smtplib.SMTPConnectError as error:
            self._turned_away(self._told(error.smtp_code, _bytes(error.smtp_error)))
        except smtplib.SMTPException as error:
            raise unreachable(self._server, error) from error
        except OSError as error:
            raise not_reached(self._server, error) from error
        if self._server.security == "plain" and (client.sock is None or not is_here(client.sock)):
            client.close()
            raise AccountError(
                say("{host} is not this machine.", host=self._server.host),
                hint=say('Take security = "tls" or "starttls"; plain is for this machine alone.'),
            )
        return client

    def _protect(self) -> None:
        """Say hello, and begin TLS where it has not begun with the first byte."""
        self._hello()
        if self._server.security != "starttls":
            return
        if not self._client.has_extn("starttls"):
            raise AccountError(
                say("{host} does not offer STARTTLS.", host=self._server.host),
                hint=say(
                    'Take security = "tls" and the port for it (465). Without protection nothing '
                    "is sent."
                ),
            )
        reply = self._command("STARTTLS")
        if not reply.is_taken:
            self._turned_away(reply)
        context = ssl.create_default_context()
        try:
            # What came before TLS is forgotten, answers in advance too (RFC 3207, 4.2).
            self._client.sock = context.wrap_socket(self._socket, server_hostname=self._server.host)
        except OSError as error:
            raise not_reached(self._server, error) from error
        self._client.file = None
        self._client.esmtp_features = {}
        self._hello()

    def _hello(self) -> None:
        self._socket.settimeout(self._timeouts.command_s)
        try:
            code, text = self._client.ehlo()
        except _LOST as error:
            raise _LostError(detail_of(error)) from error
        if not 200 <= code < 300:
            self._turned_away(self._told(code, text))

    def _login(self, username: str, password: Callable[[], str]) -> None:
        """Log in where the server offers it; over TLS, or to this machine (``_connected``)."""
        offered = self._client.esmtp_features.get("auth", "").upper().split()
        if not offered or not username:
            return
        secret = password()
        self._secrets = (username, secret)
        if "PLAIN" in offered:  # RFC 4616
            token = _coded(f"\0{username}\0{secret}")
            reply = self._command("AUTH", f"PLAIN {token}")
        elif "LOGIN" in offered:
            reply = self._command("AUTH", "LOGIN")
            for answer in (username, secret):
                if reply.code == _NEXT_ANSWER:
                    reply = self._command(_coded(answer))
        else:
            raise AccountError(
                say("{host} asks for a way to log in that photoprep lacks.", host=self._offering()),
                hint=say("Ask the mail's administrator for a password for programs."),
            )
        if reply.is_not_now:
            self._turned_away(reply)
        if not reply.is_taken:
            raise AccountError(
                say(
                    "{host} refuses name or password: {reply}",
                    host=self._server.host,
                    reply=str(reply),
                ),
                hint=say(
                    "Check the account's username and store the password again. Some providers "
                    "want a password made for programs."
                ),
            )
        self.is_logged_in = True

    def _offering(self) -> str:
        return f"{self._server.host} ({self._client.esmtp_features.get('auth', '').strip()})"

    def _command(self, verb: str, words: str = "", *, timeout_s: float | None = None) -> Reply:
        line = f"{verb} {words}".strip()
        self._push(f"{line}\r\n".encode("ascii"), timeout_s or self._timeouts.command_s)
        return self._read()

    def _push(self, data: bytes, timeout_s: float) -> None:
        try:
            self._socket.settimeout(timeout_s)
            self._socket.sendall(data)
        except OSError as error:
            raise _LostError(detail_of(error)) from error

    def _read(self) -> Reply:
        try:
            code, text = self._client.getreply()
        except _LOST as error:
            raise _LostError(detail_of(error)) from error
        if not 200 <= code < 600:
            raise _LostError(say("no SMTP: {reply}", reply=str(self._told(code, text))))
        if code == _HANGS_UP:
            self.close()
        return self._told(code, text)

    def _early_answer(self) -> Reply | None:
        """What the server has said before the dot, if anything: it will not take the mail.

        A connection that is seen to be cut here leaves no doubt, as it would a moment later.
        """
        try:
            self._socket.settimeout(0)
            said = self._socket.recv(_EARLY_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError as error:
            raise _LostError(detail_of(error)) from error
        if not said[:3].isdigit():
            raise _LostError(say("closed before the mail's end"))
        return self._told(int(said[:3]), said[4:])

    def _told(self, code: int, text: bytes) -> Reply:
        reply = reply_of(code, text)
        return Reply(reply.code, without_secrets(reply.text, *self._secrets))

    def _all(
        self, recipients: Sequence[str], reply: Reply, *, handed: bool = False
    ) -> dict[str, Verdict]:
        return dict.fromkeys(recipients, self._verdict(reply, handed=handed))

    def _verdict(self, reply: Reply, *, handed: bool = False) -> Verdict:
        if reply.is_taken and handed:
            return Verdict("sent", str(reply))
        if reply.is_never or reply.is_not_now:
            reason = reason_of(reply)
            return Verdict("refused" if reply.is_never else "deferred", reason.message, reason.hint)
        # A 2yz or 3yz that does not belong there: before the dot nothing has been handed over.
        said = say("the server said {reply}", reply=str(reply))
        return Verdict("unknown" if handed else "deferred", said)

    def _turned_away(self, reply: Reply) -> NoReturn:
        """Raise what a server's refusing to talk means."""
        if not 200 <= reply.code < 600:
            raise unreachable(self._server, _LostError(say("no SMTP: {reply}", reply=reply.text)))
        reason = reason_of(reply)
        message = say("{host}: {reason}", host=self._server.host, reason=reason.message)
        if reply.is_never:
            raise MailRefusedError(message, hint=reason.hint)
        raise TryLaterError(message, hint=reason.hint)


def _with_doubled_dots(data: bytes) -> bytes:
    """The content as it is sent: a dot that begins a line is doubled (RFC 5321, 4.5.2)."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
